"""Control characters that Python counts as white space, U+001C to U+001F: an error or a finding, never left out."""

from __future__ import annotations

from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr._files.objects import Exported, objects_in_text
from proxyaddr._files.text import lines_of
from proxyaddr._text.types import TRIMMED
from proxyaddr.routing.accepted_files import read_accepted_domains
from tests.cases import Case, cases
from tests.text_files import written

CASES = cases("control_characters")


def of(call: str) -> list[Case]:
    return [case for case in CASES if case["call"] == call]


def codes(address: px.TypedAddress) -> list[str]:
    return [finding.code for finding in address.validate()]


@pytest.mark.parametrize("case", of("recipients"), ids=str)
def test_to_lines(case: Case) -> None:
    text = case["text"]
    found = px.parse_recipients(text)
    assert [address.value for address in found] == case["values"]
    assert [[error.code, text[slice(*error.span)]] for error in found.errors] == case["errors"]
    if "findings" in case:
        assert [code for address in found for code in codes(address)] == case["findings"]


@pytest.mark.parametrize("case", of("one"), ids=str)
def test_one_address(case: Case) -> None:
    if "error" in case:
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.parse(case["text"])
        assert caught.value.code == case["error"]
        return
    found = px.parse(case["text"])
    assert found.value == case["value"]
    if "name" in case:
        assert isinstance(found, px.OneOffAddress)
        assert found.display_name == case["name"]
    assert codes(found) == case.get("findings", [])


@pytest.mark.parametrize("case", of("x400"), ids=str)
def test_or_addresses(case: Case) -> None:
    if "error" in case:
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.X400Address.parse(case["text"])
        assert caught.value.code == case["error"]
        return
    read = px.X400Address.parse(case["text"])
    assert codes(px.OneOffAddress("X400", str(read))) == case["findings"]


@pytest.mark.parametrize("case", of("x500"), ids=str)
def test_legacy_dns(case: Case) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X500Address.parse(case["text"])
    assert caught.value.code == case["error"]


@pytest.mark.parametrize("case", of("objects"), ids=str)
def test_objects(case: Case) -> None:
    (found,) = objects_in_text(case["text"], "x").objects
    assert isinstance(found, Exported)
    assert found.properties == case["properties"]


@pytest.mark.parametrize("case", of("accepted"), ids=str)
def test_accepted_domains(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, "domains.txt", case["text"])
    if "error" in case:
        with pytest.raises(px.ConfigurationError) as caught:
            read_accepted_domains(path)
        assert caught.value.code == case["error"]
        return
    read = read_accepted_domains(path)
    assert read.domains == case["domains"]
    assert [error.code for error in read.errors] == case["errors"]


@pytest.mark.parametrize("case", [*of("gwart"), *of("csv")], ids=str)
def test_tables(case: Case, tmp_path: Path) -> None:
    ending = "csv" if case["call"] == "csv" else "mta"
    table = px.RoutingTable.from_file(written(tmp_path, f"table.{ending}", case["text"]), dialect="exchange55")
    assert [error.code for error in table.errors] == case["errors"]


@pytest.mark.parametrize("case", of("directory"), ids=str)
def test_directories(case: Case, tmp_path: Path) -> None:
    found = px.Directory.from_file(written(tmp_path, "people.csv", case["text"]))
    assert [error.code for error in found.errors] == case["errors"]


@pytest.mark.parametrize("case", of("settings"), ids=str)
def test_settings(case: Case) -> None:
    if "error" in case:
        with pytest.raises(px.ConfigurationError) as caught:
            px.InternetMailService(site_domain=case["text"])
        assert caught.value.code == case["error"]
        return
    assert px.InternetMailService(site_domain=case["text"]).site_domain == case["domain"]


WRITTEN = (
    *("a@contoso.com, Jane Doe <b@contoso.com>", '"Doe, J" <a@contoso.com>; [SMTP:b@contoso.com] (c)'),
    *("{a@contoso.com, b@contoso.com}", "Jane [a@contoso.com]\t\u2018b@contoso.com\u2019"),
    *("/o=Contoso/ou=First/cn=jane", "Jane <b@contoso.com<mailto:b@contoso.com>>", "X400:c=us;a= ;s=Doe;"),
    *('"SMTP:a@contoso.com","smtp:b@contoso.com"', "SMTP:a@contoso.com%FAX:5", "EUM:5;phone-context=x.y"),
)
"""Texts of which each part is an address, its type or its name: nothing in them may be left out."""


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("character", "\x00\x08\x1c\x1d\x1e\x1f\x7f")
def test_wherever_it_stands_it_is_an_error_or_a_finding(text: str, character: str) -> None:
    for place in range(len(text) + 1):
        given = text[:place] + character + text[place:]
        for read in (px.parse_recipients, px.parse_proxies):
            found = read(given)
            assert found.errors or any("control-character" in codes(address) for address in found), given
        try:
            assert "control-character" in codes(px.parse(given)), given
        except px.AddressSyntaxError as error:
            assert error.code  # noqa: PT017 - an error is an answer, and so is a finding


def test_lines_end_at_line_ends_alone() -> None:
    assert lines_of("") == []
    assert lines_of("a\n\rb\r\nc\u2028d\x1ee\x85f\vg\n") == ["a", "", "b", "c\u2028d\x1ee\x85f\vg"]


def test_what_is_trimmed_is_white_space_to_python_too() -> None:
    assert all(character.isspace() for character in TRIMMED)
    assert not set(TRIMMED) & set("\x1c\x1d\x1e\x1f\x85\u200b")
