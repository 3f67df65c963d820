"""Bounces as administrators paste them, from many servers: every recipient with its reason, and nobody else."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from tests.cases import cases

KEYS = ["recipient", "code", "reason", "rule", "article", "remedy", "addresses", "proxies"]


@pytest.mark.parametrize("case", cases("pasted_bounces"), ids=str)
def test_every_recipient_and_nobody_else(case: dict[str, Any]) -> None:
    found = px.diagnose(case["text"])
    assert [[one.recipient, one.code, one.rule, list(one.proxies)] for one in found] == case["expected"]
    assert all(one.remedy and one.reason.endswith(".") for one in found)


def test_a_broken_legacy_dn_is_not_to_be_made_a_proxy() -> None:
    address = "IMCEAEX-_o=A_ou=B_cn=Recipients_cn=j+E9@contoso.com"
    (found,) = px.diagnose(f"{address}\n#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##")
    assert [finding.code for finding in found.findings] == ["guessed-encoding", "dn-charset"]  # Latin-1 is a guess
    assert not any("proxy" in remedy for remedy in found.remedy)


def test_a_legacy_dn_that_the_report_does_not_show_is_to_be_made_a_proxy() -> None:
    (found,) = px.diagnose("Jane (jane@contoso.com)\n#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##")
    assert not found.addresses
    assert "X500 proxy" in found.remedy[0]


def test_keys_of_json_stand_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--json", "jane@contoso.com: 550 5.1.1 User unknown"]) == 1
    assert list(json.loads(capsys.readouterr().out))[: len(KEYS)] == KEYS


def test_what_is_no_report_is_told_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "please call jane@contoso.com"]) == 2
    assert "give the whole report" in capsys.readouterr().err


def test_an_identifier_as_a_database_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    octets = b"SMTP:BOB@CONTOSO.COM\x00"
    assert main(["decapsulate", "--json", f"X'{octets.hex()}'"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == "BOB@CONTOSO.COM"


def test_a_domain_that_was_broken_is_joined(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decapsulate", "--json", "IMCEAFAX-1@conto\nso.com}"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["domain"] == "contoso.com"
    assert [finding["code"] for finding in answer["findings"]] == ["joined-lines"]


REPORT = """\
Delivery has failed to these recipients or groups:

Jane Doe (jane@contoso.com)

Diagnostic information for administrators:

Remote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'
"""


@pytest.mark.parametrize("name", ["resolve", "parse"])
@pytest.mark.parametrize("before", ["", "postmaster@contoso.com\n"])
def test_a_report_piped_into_a_command_for_addresses_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, before: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO((before + REPORT).encode()))))
    assert main([name]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "proxyaddr diagnose < bounce.txt" in err


@pytest.mark.parametrize(
    "text",
    [
        "#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##",
        "Your message to joe@contoso.com couldn\N{RIGHT SINGLE QUOTATION MARK}t be delivered.",
        "Unzustellbar: Hallo",
        "Remote Server returned '550 5.4.1 Access denied'",
    ],
)
def test_a_line_of_a_report_is_no_address(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["resolve", text]) == 2
    assert "proxyaddr diagnose" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        (REPORT, "a command comes before the report: proxyaddr diagnose < bounce.txt"),
        ("IMCEAFAX-1@contoso.com", "proxyaddr decapsulate IMCEAFAX-1@contoso.com"),
    ],
)
def test_a_forgotten_command_is_named(capsys: pytest.CaptureFixture[str], given: str, mend: str) -> None:
    assert main([given]) == 2
    assert mend in capsys.readouterr().err


@pytest.mark.parametrize("name", ["decapsulate", "diagnose"])
@pytest.mark.parametrize("text", [b"", b" \n\n"])
def test_an_empty_text_is_no_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: bytes
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(text))))
    assert main([name]) == 2
    assert f"nothing to read; proxyaddr {name} --help" in capsys.readouterr().err


def test_the_name_of_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "not-there.eml"]) == 2
    assert "cannot be read" in capsys.readouterr().err


LEGACY_DN = "IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com"


def test_where_no_domain_is_ours_the_answer_for_a_legacy_dn_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "--json", LEGACY_DN]) == 0
    assert "--site-domain contoso.com" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["jane@contoso.com"], 0),
        (["IMCEAFAX-1@contoso.com"], 0),
        (["--site-domain", "fabrikam.com", LEGACY_DN], 0),
        (["--site-domain", "contoso.com", LEGACY_DN], 1),
    ],
)
def test_no_other_answer_rests_on_it(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int) -> None:
    assert main(["resolve", "--json", *arguments]) == status
    assert capsys.readouterr().err == ""
