"""What is rare in pasted addresses and To lines: links with their text, comments that never close, folded lines."""

from __future__ import annotations

import io
import json
import sys

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.bulk.lists import holds_list
from proxyaddr.bulk.routed import shaped
from proxyaddr.cli.main import main


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('"Jane Doe" (Sales) <jane@contoso.com>', "Jane Doe", "jane@contoso.com"),
        ("(Jane) Doe <jane@contoso.com>", "(Jane) Doe", "jane@contoso.com"),
        ("(Jane <jane@contoso.com>", "(Jane", "jane@contoso.com"),
        ("jane@contoso.com <mailto:jane@contoso.com>", None, "jane@contoso.com"),
        ("<mailto:jane%40contoso.com?subject=Hello>", None, "jane@contoso.com"),
        ("Jane <\xa0jane@contoso.com\xa0>", "Jane", "jane@contoso.com"),
    ],
)
def test_one_address(text: str, name: str | None, value: str) -> None:
    address = px.parse_one_off(text)
    assert (address.display_name, address.type, address.value) == (name, "SMTP", value)


@pytest.mark.parametrize("text", ["<SMTP:\xa0jane@contoso.com>", "<jane@contoso.com\u200b>"])
def test_white_space_in_angle_brackets_is_a_finding(text: str) -> None:
    address = px.parse_one_off(text)
    assert (address.value, [found.code for found in address.validate()]) == ("jane@contoso.com", ["surrounding-blanks"])


def test_a_column_of_nulls_shows_no_shape() -> None:
    assert shaped(pa.nulls(2)) == pa.nulls(2)


@pytest.mark.parametrize(
    ("text", "address_type"),
    [
        ("/C=US/A=ADMD/DDA.SMTP=jane@contoso.com/S=Doe", "X400"),
        ("</C=US/A=ADMD/DDA.SMTP=jane@contoso.com/S=Doe>", "X400"),
        ("/C=US/A=ADMD/S=Doe/DDA.SMTP=jane@contoso.com", "SMTP"),
        ("/G=Jane/S=Doe/O=First/@gw.contoso.com", "SMTP"),
    ],
)
def test_or_addresses_with_an_at(text: str, address_type: str) -> None:
    assert px.parse_one_off(text).type == address_type


@pytest.mark.parametrize("text", ["\r\n ", "<>", "(Jane (Sales) <jane@contoso.com", "()", "( )"])
def test_no_address(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError):
        px.parse_one_off(text)


def test_a_value_of_white_space_alone_is_none() -> None:
    with pytest.raises(px.AddressSyntaxError, match="the value is empty"):
        px.ProxyAddress("SMTP", "\xa0")


def test_a_list_of_one_address_is_known_by_its_separators() -> None:
    assert holds_list(";SMTP:jane@contoso.com;")


def test_a_text_that_is_too_long_for_a_list_holds_none() -> None:
    assert not holds_list("a" * (px.Limits().list_length + 1))


TO_LINES = "To: Jane Doe\n <jane@contoso.com>,\n\tjoe@contoso.com\nann@contoso.com\n"


def test_lines_that_begin_with_a_blank_continue_a_to_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.StringIO("To: Jane Doe\n <jane@contoso.com>,\n\tjoe@contoso.com\nann@contoso.com\n")
    )
    assert main(["parse", "--recipients", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [[address["value"] for address in line["recipients"]] for line in lines]
    assert found == [["jane@contoso.com", "joe@contoso.com"], ["ann@contoso.com"]]


def test_a_bad_recipient_is_shown_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--recipients", "jane@contoso.com; Joe Roe"]) == 2
    assert "error [no-address]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--separator", "&", "a@b"], "--separator needs --list"),
        (["--list", "--separator", "ab", "a@b"], "one character"),
        (["--list", "--type", "EX", "a@b"], "--type is for single addresses"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parse", *arguments]) == 2
    assert words in capsys.readouterr().err
