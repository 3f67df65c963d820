"""Non-delivery reports read back: whose mail came back, by which code, what it means and what mends it."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.delivery.bounce_codes import codes_in, meaning
from proxyaddr.delivery.outcomes import Layout
from proxyaddr.delivery.rules import RULES, Refusal
from proxyaddr.rulebook import find
from tests.cases import FOLDER, cases

BOUNCES = FOLDER / "bounces"
WHEN = datetime(1998, 3, 2, 9, 21)
ENCAPSULATED = "IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com"
PROXY = "X500:/o=Contoso/ou=Site/cn=Recipients/cn=jane"
TABLES = tomllib.loads((files("proxyaddr") / "delivery" / "bounce_codes.toml").read_text("utf-8"))


def told(text: str | bytes) -> list[list[object]]:
    return [[found.recipient, found.code, found.rule, list(found.proxies)] for found in px.diagnose(text)]


@pytest.mark.parametrize("case", cases("bounces"), ids=str)
def test_a_whole_report(case: dict[str, Any]) -> None:
    octets = (BOUNCES / case["file"]).read_bytes()
    assert told(octets) == case["expected"]
    assert told(octets.decode()) == case["expected"]
    assert told(octets.decode().encode("utf-16")) == case["expected"]
    assert told(octets.replace(b"\n", b"\r\n")) == case["expected"]
    for found in px.diagnose(octets):
        assert found.reason.endswith(".")
        assert found.remedy
        assert found.article


def test_every_bounce_is_a_case() -> None:
    assert {case["file"] for case in cases("bounces")} == {file.name for file in BOUNCES.iterdir()} - {"README.md"}


@pytest.mark.parametrize("case", cases("bounces"), ids=str)
def test_a_report_that_was_quoted_in_a_reply(case: dict[str, Any]) -> None:
    text = (BOUNCES / case["file"]).read_text("utf-8")
    if case["file"].endswith(".txt") and "Reporting-MTA" not in text:
        assert told("Joe wrote:\n" + "".join(f"> {line}\n" for line in text.splitlines())) == case["expected"]


@pytest.mark.parametrize("case", cases("bounce_lines"), ids=str)
def test_lines_about_one_recipient(case: dict[str, Any]) -> None:
    assert told(case["text"]) == [case["expected"]]


def test_the_more_precise_code_wins_in_any_order() -> None:
    lines = ["jane@contoso.com", "550 5.0.0 x", "jane@contoso.com", "550 5.1.10 x", "JANE@contoso.com", "550 5.1.1 x"]
    assert told("\n".join(lines)) == [["jane@contoso.com", "5.1.10", "recipient-not-found", []]]
    assert told("\n".join([*lines[4:], *lines[2:4], *lines[:2]]))[0][1] == "5.1.10"


def test_a_name_is_the_address_that_stands_beside_it() -> None:
    text = (
        "Delivery has failed to these recipients or groups:\nJane Doe (jane@contoso.com)\n\n"
        "The following recipient(s) could not be reached:\n'Jane Doe' on 3/2/2026 9:21 AM\n<ex.contoso.com #5.1.1>"
    )
    assert told(text) == [["jane@contoso.com", "5.1.1", "recipient-not-found", []]]


def test_an_unknown_code_is_said_to_be_unknown_with_its_class() -> None:
    (found,) = px.diagnose("jane@contoso.com\nRemote Server returned '550 5.7.9999'".replace("9999", "999"))
    assert found.rule == "mail-flow-rule"
    (found,) = px.diagnose("jane@contoso.com\nRemote Server returned '451 4.8.77 x'")
    assert found.reason == "The code 4.8.77 is unknown; its class is: persistent transient failure, subject 8."
    assert found.article == "RFC 3463"
    (found,) = px.diagnose("'Jane' on 3/2/98 9:21 AM\nMSEXCH:IMS:Contoso:SITE:EX1 0 (DEADBEEF) what")
    assert (found.code, found.rule, found.reason) == ("DEADBEEF", "unknown-code", "The code DEADBEEF is unknown.")
    assert meaning("MTS-congestion", "").rule == "x400-diagnostic"


def test_an_encapsulated_address_that_can_not_be_read_is_a_finding() -> None:
    text = "Delivery has failed to these recipients or groups:\nIMCEAEX-_o=Contoso_cn=jane\n"
    (found,) = px.diagnose(text)
    assert [finding.code for finding in found.findings] == ["no-domain"]
    assert (found.recipient, found.proxies, found.addresses) == ("IMCEAEX-_o=Contoso_cn=jane", (), ())


def test_a_broken_legacy_dn_makes_no_proxy() -> None:
    (found,) = px.diagnose("IMCEAEX-_o=Contoso_cn=jane@contoso.com\n550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found")
    assert (found.proxies, found.findings[0].code) == ((), "dn-order")
    (found,) = px.diagnose("'/o=Contoso/cn=jane' on 3/2/98 9:21 AM\nMSEXCH:IMS:A:B:C 0 (000C05A6) Unknown Recipient")
    assert (found.proxies, found.findings[0].code) == ((), "dn-order")


def test_a_broken_line_is_joined_and_said() -> None:
    text = "IMCEAEX-_o=Contoso_ou=Site_cn=Recip\n ients_cn=jane@contoso.com\n550 5.1.1 RESOLVER.ADR.ExRecipNotFound"
    (found,) = px.diagnose(text)
    assert found.proxies == (PROXY,)
    assert [finding.code for finding in found.findings] == ["joined-lines"]


def test_the_mail_that_came_back_is_no_part_of_the_report() -> None:
    assert "bob@fabrikam.com" not in [row[0] for row in told((BOUNCES / "online.eml").read_bytes())]
    forwarded = b"From: a@b.de\nSubject: Fwd\nContent-Type: message/rfc822\n\n" + (BOUNCES / "online.eml").read_bytes()
    assert told(forwarded)[0][:2] == ["jane@contoso.com", "5.1.10"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear Jane,\nsee version 5.1.10 of the plan on 3/2/98 9:21 AM, and call (00120270).\nJoe",
        ENCAPSULATED,
        "Final-Recipient: rfc822;jane@contoso.com\nAction: delivered\nStatus: 2.0.0",
        "From: jane@contoso.com\nTo: joe@contoso.com\nSubject: x on 3/2/98 9:21 AM\n\nHello\n",
        "Your message did not reach jane",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_report_is_an_error(text: str | bytes) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.diagnose(text)
    assert caught.value.code == "not-a-bounce"


def test_a_report_is_text_or_bytes() -> None:
    with pytest.raises(TypeError, match="text must be text"):
        px.diagnose(1)  # type: ignore[arg-type]


# What this library prints

SERVICES = [
    px.InternetMailService(organization="Contoso", site="SEATTLE (1)", server="EX 1"),
    px.InternetMailService(override_proxy_out="SMTPOUT", site_domain="contoso.com", server="EX-1"),
    px.InternetMailService(address_spaces=["FAX:*;1"], organization="A" * 64, site="B" * 40, server="C" * 20),
    px.InternetMailService(
        directory=px.Directory([px.Recipient(name, ["smtp:twin@contoso.com"]) for name in ("Twin", "Other")])
    ),
]
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
RECIPIENTS = st.builds(
    px.OneOffAddress,
    st.sampled_from(["SMTP", "SMTPOUT", "FAX", "MS", "EX"]),
    NAMES.filter(lambda text: text.strip(" \t\r\n\f\v")),
    display_name=st.none() | NAMES,
) | st.sampled_from([px.OneOffAddress("SMTP", "twin@contoso.com"), px.OneOffAddress("SMTP", "a b@contoso.com")])


def printed(name: str) -> str:
    """What a report makes of a name: one line of characters that can be printed, without blanks around it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


@given(RECIPIENTS, st.sampled_from(SERVICES), st.sampled_from([None, *Layout]), NAMES)
def test_every_report_that_is_printed_is_read_back(
    recipient: px.OneOffAddress, service: px.InternetMailService, layout: Layout | None, subject: str
) -> None:
    outcome = service.resolve(recipient)
    if outcome.delivered:
        return
    (found,) = px.diagnose(outcome.report(subject=subject, sent=WHEN, layout=layout))
    assert (found.recipient or "").strip() == printed(outcome.recipient).strip()
    own = Layout[outcome.details.component]
    if layout in (None, own):
        assert found.code == outcome.code
        assert own is Layout.MTA or found.rule == outcome.rule
    else:  # another layout says less: MS Mail has the numbers of X.400, and the MTA its texts
        assert found.code in {outcome.code, "transfer-failure", "unrecognized-OR-name", "ambiguous-OR-name"}


def test_every_reason_of_the_rules_has_a_row() -> None:
    reasons = [rule.reason for rule in RULES if isinstance(rule, Refusal)]
    for reason in reasons:
        assert meaning(reason.code, f"{reason.number} ({reason.code}) {reason.diagnostic}").rule in TABLES["rules"]


# The table of codes


def test_every_row_is_used_and_whole() -> None:
    assert {row["rule"] for row in TABLES["codes"]} == set(TABLES["rules"])
    for row in TABLES["codes"]:
        assert row["reason"].endswith(".")
        assert row["article"]
    names = {*TABLES["texts"].values(), *TABLES["ms_mail_reasons"].values()}
    assert all(meaning(name, "").rule != "unknown-code" for name in names)


@pytest.mark.parametrize("row", TABLES["codes"], ids=lambda row: f"{row['code']} {row['rule']}")
def test_every_row_is_found_by_its_code(row: dict[str, Any]) -> None:
    code = row["code"].split("-")[0] if row["code"][1] == "." else row["code"]
    said = f"MSEXCH:IMS:A:B:C 0 ({code}) " if len(code) == 8 and code[0] == "0" else f"550 {code} "
    text = said + " ".join(row.get("words", ["x"]))
    if code not in {"postal-address-incorrect", "no-transport-provider"}:  # which texts alone stand for
        assert code in codes_in(text)
    assert meaning(code, text).reason == row["reason"]


def test_the_rulebook_tells_of_a_code() -> None:
    entries = find("5.4.1")
    assert [entry.kind for entry in entries] == ["code of a report"] * 2
    assert "Exchange Online" in entries[0].source
    assert find("000d06b5")[0].meaning.startswith("No proxy")
    assert find("5.9.99")[0].meaning.startswith("The code 5.9.99 is unknown")
    assert find("5.9") == ()


# The command


@pytest.fixture
def bounce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("bounce.eml").write_bytes((BOUNCES / "online.eml").read_bytes())
    return "bounce.eml"


def test_the_command_reads_a_file(bounce: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", bounce, "--identity", "ann"]) == 1
    shown = capsys.readouterr().out
    assert "jane@contoso.com\n  code:        5.1.10\n  reason:      No recipient" in shown
    proxy = "X500:/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=ann"
    for command in ("Set-Mailbox", "Set-MailContact", "Set-RemoteMailbox"):
        assert f"{command} -Identity 'ann' -EmailAddresses @{{Add='{proxy}'}}\n" in shown
    assert "  address:     EX:/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=ann\n" in shown


def test_json_is_one_object_a_recipient(bounce: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--json", bounce]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["code"] for record in records] == ["5.1.10", "5.1.11"]
    assert records[1]["addresses"] == [
        {"type": "EX", "value": "/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=ann"}
    ]
    assert len(records[1]["powershell"]) == 3
    assert records[0]["powershell"] == records[0]["proxies"] == records[0]["addresses"] == []


def test_a_report_pasted_as_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    joined = "IMCEAEX-_o=Contoso_ou=Site_cn=Recip\n ients_cn=jane@contoso.com\n550 5.1.1 RESOLVER.ADR.ExRecipNotFound"
    assert main(["diagnose", joined, "Remote Server returned '550 5.7.57 x'"]) == 1
    shown = capsys.readouterr().out
    assert "# put together from broken lines: compare it with the report\n" in shown
    assert "warning [joined-lines]: " in shown
    assert "a recipient that the report does not name\n  code:        5.7.57\n" in shown


def test_the_command_refuses_what_is_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "Hello\0" * 1000]) == 2
    assert "[not-a-bounce]" in capsys.readouterr().err
    assert main(["diagnose", "--json", "Hello"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not-a-bounce"


def test_nothing_of_a_report_reaches_the_terminal_unescaped(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2J\u202e"
    text = (
        f"Delivery has failed to these recipients or groups:\nJane{hostile} (jane{hostile}@contoso.com)\n"
        f"550 5.1.1 {hostile}\n"
        "The following recipient(s) could not be reached:\n"
        f"'{hostile}' on 3/2/98 9:21 AM\nMSEXCH:IMS:A:B:C 0 (000C05A6) Unknown{hostile}\n"
        f"'/o=A/ou=B/cn={hostile}' on 3/2/98 9:21 AM\nMSEXCH:IMS:A:B:C 0 (000C05A6) Unknown\n"
    )
    for arguments in ([], ["--json"]):
        assert main(["diagnose", *arguments, text]) == 1
        shown = capsys.readouterr().out
        assert all(line.isprintable() for line in shown.split("\n"))
    assert all(str(found).isprintable() for found in px.diagnose(text))
