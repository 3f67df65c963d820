"""Fixes: what is written mends what was found, nothing new is found afterwards, and no value can run."""

from __future__ import annotations

import base64
import csv
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._files.ldif import ldif_entries
from proxyaddr.auditing import fixes
from proxyaddr.auditing.fixes import mended
from proxyaddr.auditing.reading import Audited, read_audited
from proxyaddr.auditing.rules import RULE_NAMES, SEVERITIES
from proxyaddr.auditing.running import _Run

DOMAINS = ("contoso.com", "contoso.com.", "con toso.com", "bücher.example.de", "contoso.local", "x_y.com")
TENANT = ("contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com")
NAMES = ("jane", "joe", "j&j", "jané", "jane doe", "a..b", ".x", "x.", "иван", "a,b", "<k>", "o'neil")
ADDRESSES = st.builds(
    "{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(["@", "@", "@@", ""]), st.sampled_from(DOMAINS + TENANT)
)
TYPES = ("smtp:", "SMTP:", "Smtp:", "", "x500:", "X400:", "sip:", " smtp:")
VALUES = st.builds("{}{}".format, st.sampled_from(TYPES), ADDRESSES) | st.builds(
    "{}{},{}{}".format, st.sampled_from(TYPES), ADDRESSES, st.sampled_from(TYPES), ADDRESSES
)
OBJECTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["user", "contact", "group", "remote-mailbox", "mail-user", None])},
    optional={
        "proxyAddresses": st.lists(VALUES, max_size=4),
        "mail": ADDRESSES,
        "userPrincipalName": ADDRESSES,
        "targetAddress": VALUES,
        "mailNickname": st.sampled_from(NAMES),
        "displayName": st.sampled_from(["", "Jane"]),
        "previous_legacyExchangeDN": st.just(["/o=a/ou=b/cn=c"]),
    },
)
CONTEXTS = st.sampled_from(
    [px.AuditContext(), px.AuditContext(accepted_domains=["contoso.com"], coexistence_domain=TENANT[1], sync=True)]
)


def run(audited: Audited, context: px.AuditContext) -> _Run:
    return _Run(audited, frozenset(RULE_NAMES), context, frozenset(SEVERITIES), frozenset())


@given(OBJECTS, CONTEXTS)
def test_after_the_fixes_nothing_that_was_mended_is_found_and_nothing_new(
    record: dict[str, Any], context: px.AuditContext
) -> None:
    audited = read_audited([record])
    before = run(audited, context)
    found = before._judged(0, audited.objects[0])
    after = mended(audited.objects[0], found, lambda changed: before._judged(0, changed)).after
    again = run(Audited([after]), context).report().findings
    assert [finding for finding in again if finding.fix is not None] == []
    assert {finding.rule for finding in again} <= {each.rule for each in found}
    told = {(each.rule, each.value) for each in found if each.fix is not None and isinstance(each.value, str)}
    assert not told & {(finding.rule, finding.value) for finding in again}


PEOPLE: list[dict[str, Any]] = [
    {
        "dn": "CN=Jane Doe,OU=Staff,DC=contoso,DC=com",
        "objectClass": "user",
        "mail": "j@contoso.com",
        "proxyAddresses": ["SMTP:jané@contoso.com", "smtp:jane doe@contoso.com", "X500:/o=a/ou=b/cn=c"],
    },
    {
        "dn": "CN=Bücher $(calc)' `n,DC=contoso,DC=com",
        "objectClass": "group",
        "mail": "books@contoso.com",
        "displayName": "  ",
        "cn": "Books; \u2019Remove-Item\u2019",
        "proxyAddresses": ["smtp:books@contoso.com", "SMTP:a@contoso.com", "SMTP:books@contoso.com\x07"],
    },
    {"id": "=cmd()", "mail": "k@contoso.com", "proxyAddresses": ["smtp:k@contoso.com"]},
    {"id": "same", "proxyAddresses": ["SMTP:s@contoso.com"], "mail": "s@contoso.com"},
]


def test_ldif_modifies_single_values(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ldif"
    assert px.audit(PEOPLE).write_fixes(path) == 2  # the third is named in a comment
    text = path.read_text("utf-8")
    assert text.startswith("version: 1\n")
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 76
    first = text.split("\n\n")[1]
    assert first.splitlines() == [
        "dn: CN=Jane Doe,OU=Staff,DC=contoso,DC=com",
        "changetype: modify",
        "delete: proxyAddresses",
        "proxyAddresses:: U01UUDpqYW7DqUBjb250b3NvLmNvbQ==",
        "proxyAddresses: smtp:jane doe@contoso.com",
        "-",
        "add: proxyAddresses",
        "proxyAddresses: SMTP:jane@contoso.com",
        "proxyAddresses: smtp:janedoe@contoso.com",
        "-",
        "replace: mail",
        "mail: jane@contoso.com",
        "-",
    ]
    assert "# =cmd(): its distinguished name is not known" in text
    changes = list(ldif_entries(text, "fixes.ldif"))
    assert [getattr(each, "code", "") for each in changes] == ["ldif-change", "ldif-change"]


def test_a_value_that_differs_in_case_alone_is_written_with_all_others(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ldif"
    people = [{"dn": "CN=J", "mail": "j@contoso.com", "proxyAddresses": ["SMTP:j@contoso.com", "smtp:J@contoso.com"]}]
    px.audit(people).write_fixes(path)
    assert "replace: proxyAddresses\nproxyAddresses: SMTP:j@contoso.com\n-\n" in path.read_text("utf-8")


def powershell_texts(line: str) -> str:
    """Return a command without the texts in it: inside single quotes PowerShell reads nothing."""
    return re.sub(r"'(?:[^'\u2018\u2019\u201a\u201b]|['\u2018\u2019\u201a\u201b]{2})*'", "''", line)


def test_powershell_quotes_every_value(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ps1"
    px.audit(PEOPLE).write_fixes(path)
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[:2] == ["[CmdletBinding(SupportsShouldProcess)] param()", "$ErrorActionPreference = 'Stop'"]
    assert lines[2].startswith("function Find-One")  # for the object that has no name that the commands take
    lines[2:7] = []
    assert [powershell_texts(line) for line in lines[2:]] == [
        "Set-ADUser -Identity '' -Remove @{proxyAddresses='',''} -Add @{proxyAddresses='',''} -Replace @{mail=''}",
        "Set-ADGroup -Identity '' -Remove @{proxyAddresses='','',([string]''+''+[char]0x7)}"
        " -Add @{proxyAddresses='',''} -Replace @{displayName=''}",
        "Set-ADObject -Identity (Find-One '') -Remove @{proxyAddresses=''} -Add @{proxyAddresses=''}",
    ]
    assert "''Remove-Item" not in lines[3]
    assert "\u2019\u2019Remove-Item\u2019\u2019" in lines[3]


def test_characters_that_print_nothing_are_made_by_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ps1"
    px.audit([{"dn": "CN=a\x1bb\n", "proxyAddresses": ["Smtp:a@contoso.com"]}], ignore=["primary-missing"]).write_fixes(
        path
    )
    line = path.read_text("utf-8-sig").splitlines()[2]
    assert line.startswith("Set-ADObject -Identity ([string]''+'CN=a'+[char]0x1B+'b'+[char]0xA) -Remove")


EXCHANGE = [
    ("UserMailbox", "Set-Mailbox"),
    ("RemoteUserMailbox", "Set-RemoteMailbox"),
    ("MailUser", "Set-MailUser"),
    ("MailContact", "Set-MailContact"),
    ("MailUniversalDistributionGroup", "Set-DistributionGroup"),
]


@pytest.mark.parametrize(("kind", "command"), EXCHANGE)
def test_exchange_changes_what_it_owns(kind: str, command: str, tmp_path: Path) -> None:
    path = tmp_path / "fixes.ps1"
    people = [
        {
            **{"RecipientTypeDetails": kind, "Guid": "5d2c", "Name": "J", "Alias": "j ane", "displayName": " "},
            **{"ExternalEmailAddress": "jane@fabrikam.com", "WindowsEmailAddress": "jane@contoso.com"},
            "EmailAddresses": ["SMTP:jane@contoso.com", "smtp:a b@contoso.com", "smtp:jane@fabrikam.com"],
        }
    ]
    px.audit(people).write_fixes(path)
    target = "RemoteRoutingAddress" if kind.startswith("Remote") else "ExternalEmailAddress"
    assert path.read_text("utf-8-sig").splitlines()[2:] == [
        f"{command} -Identity '5d2c' -EmailAddresses @{{Remove='smtp:a b@contoso.com';Add='smtp:ab@contoso.com'}}"
        f" -DisplayName 'J' -Alias 'jane' -{target} 'SMTP:jane@fabrikam.com' -WhatIf:$WhatIfPreference"
    ]


def test_exchange_gets_all_addresses_where_a_primary_changes(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ps1"
    person = {"RecipientType": "UserMailbox", "Guid": "5d2c", "EmailAddresses": ["SMTP:a b@contoso.com", "sip:a"]}
    px.audit([{**person, "legacyExchangeDN": "x"}], rules=["smtp-invalid-character"]).write_fixes(path)
    assert "-EmailAddresses 'SMTP:ab@contoso.com','sip:a'" in path.read_text("utf-8-sig")


def test_csv_shows_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "fixes.csv"
    px.audit(PEOPLE).write_fixes(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["object", "attribute", "before", "after"]
    jane = [row[1:] for row in rows if "Jane" in row[0]]
    assert jane == [
        ["proxyAddresses", "SMTP:jané@contoso.com", ""],
        ["proxyAddresses", "smtp:jane doe@contoso.com", ""],
        ["proxyAddresses", "", "SMTP:jane@contoso.com"],
        ["proxyAddresses", "", "smtp:janedoe@contoso.com"],
        ["mail", "j@contoso.com", "jane@contoso.com"],
    ]
    assert rows[-1] == ["'=cmd()", "proxyAddresses", "smtp:k@contoso.com", "SMTP:k@contoso.com"]


def test_the_name_says_the_form_unless_it_is_given(tmp_path: Path) -> None:
    report = px.audit(PEOPLE)
    with pytest.raises(px.ConfigurationError, match=r"\.ldif, \.ps1, \.csv"):
        report.write_fixes(tmp_path / "fixes.txt")
    assert report.write_fixes(tmp_path / "fixes.txt", form=".csv") == 3
    with pytest.raises(px.ConfigurationError, match="cannot be written"):
        report.write_fixes(tmp_path / "no" / "fixes.csv")


def test_a_split_makes_no_second_primary() -> None:
    joined = "smtp:a@contoso.com,SMTP:b@contoso.com"
    person = {"mail": "j@contoso.com", "proxyAddresses": ["SMTP:j@contoso.com", joined]}
    assert after_fixes(person).proxies == ("SMTP:j@contoso.com", "smtp:a@contoso.com", "smtp:b@contoso.com")


def test_long_lines_of_ldif_are_folded(tmp_path: Path) -> None:
    path = tmp_path / "fixes.ldif"
    name = f"CN={'é' * 100},DC=contoso,DC=com "
    px.audit([{"dn": name, "proxyAddresses": ["smtp:a b@contoso.com"]}]).write_fixes(path)
    text = path.read_text("utf-8")
    assert max(map(len, text.splitlines())) == 76
    encoded = text.replace("\n ", "").split("dn:: ")[1].split("\n")[0]
    assert base64.b64decode(encoded).decode() == name


def test_keeping_one_primary_makes_the_others_secondary() -> None:
    person = {"mail": "b@contoso.com", "proxyAddresses": ["SMTP:a@contoso.com", "SMTP:b@contoso.com"]}
    assert after_fixes(person).proxies == ("smtp:a@contoso.com", "SMTP:b@contoso.com")


def after_fixes(person: dict[str, Any]) -> Any:  # noqa: ANN401 - an object of the audit, which has no public name
    audited = read_audited([person])
    judged = run(audited, px.AuditContext())
    return mended(audited.objects[0], judged._judged(0, audited.objects[0]), lambda each: judged._judged(0, each)).after


def test_several_faults_of_one_value_are_mended_one_after_the_other() -> None:
    assert after_fixes({"mailNickname": "..jane."}).get("mailNickname") == "jane"


def test_a_fix_is_no_endless_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixes, "MOST_ROUNDS", 1)
    assert after_fixes({"mailNickname": "..jane."}).get("mailNickname") == "jane."


@pytest.mark.parametrize("name", ["x.ldif", "x.ps1", "x.csv"])
def test_the_last_address_goes(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    person = {"dn": "CN=J", "proxyAddresses": ["SMTP:", "SMTP:"]}
    px.audit([person, {**person, "RecipientType": "UserMailbox"}]).write_fixes(path)
    text = path.read_text("utf-8-sig")
    if name == "x.ldif":
        record = "dn: CN=J\nchangetype: modify\ndelete: proxyAddresses\nproxyAddresses: SMTP:\n-\n"
        assert text == f"version: 1\n\n{record}\n{record}"
    elif name == "x.ps1":
        assert text.splitlines()[2:] == [
            "Set-ADObject -Identity 'CN=J' -Remove @{proxyAddresses='SMTP:'}",
            "Set-Mailbox -Identity 'CN=J' -EmailAddresses @{Remove='SMTP:'} -WhatIf:$WhatIfPreference",
        ]
    else:
        assert text.splitlines()[1:] == ["CN=J,proxyAddresses,SMTP:,"] * 4  # each of the values that are equal
