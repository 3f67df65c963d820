"""Commands of PowerShell that mend: which command, how it names the object, and that it takes nothing away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px

Person = dict[str, Any]
WHAT_IF = " -WhatIf:$WhatIfPreference"
FAULT = ["SMTP:j@contoso.com", "smtp:j r@contoso.com"]
CHANGE = "-Remove @{proxyAddresses='smtp:j r@contoso.com'} -Add @{proxyAddresses='smtp:jr@contoso.com'}"


def commands(person: Person, path: Path, changed: int = 1) -> list[str]:
    report = px.audit([person], rules=["smtp-invalid-character", "smtp-non-ascii"])
    assert report.write_fixes(path / "fixes.ps1") == changed
    return (path / "fixes.ps1").read_text("utf-8-sig").splitlines()[2:]


def test_every_command_of_exchange_is_told_whether_it_only_shows_what_it_would_do(tmp_path: Path) -> None:
    person = {"RecipientTypeDetails": "UserMailbox", "Guid": "5d2c", "EmailAddresses": FAULT}
    (line,) = commands(person, tmp_path)
    assert line.endswith(WHAT_IF)


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ({"SamAccountName": "jane", "userPrincipalName": "j@contoso.com"}, "(sAMAccountName=jane)"),
        ({"userPrincipalName": "j@contoso.com"}, "(userPrincipalName=j@contoso.com)"),
        ({"mail": "j@contoso.com"}, "(mail=j@contoso.com)"),
        ({"mailNickname": "jane"}, "(mailNickname=jane)"),
        ({"SamAccountName": "j*)(cn=\\\0'"}, None),
    ],
)
def test_an_object_that_the_directory_can_not_be_asked_for_by_its_name_is_looked_up(
    person: Person, found: str | None, tmp_path: Path
) -> None:
    *function, line = commands({**person, "proxyAddresses": FAULT}, tmp_path)
    assert function[0] == "function Find-One([string] $Filter) {"
    assert "if ($found.Count -ne 1) { throw" in function[2]
    if found is not None:
        assert line == f"Set-ADObject -Identity (Find-One '{found}') {CHANGE}"
    else:
        assert line.startswith(r"Set-ADObject -Identity (Find-One '(sAMAccountName=j\2a\29\28cn=\5c\00'')')")


@pytest.mark.parametrize("name", ["DistinguishedName", "ObjectGUID"])
def test_an_object_with_a_name_is_not_looked_up(name: str, tmp_path: Path) -> None:
    person = {name: "x", "userPrincipalName": "j@contoso.com", "proxyAddresses": FAULT}
    assert commands(person, tmp_path) == [f"Set-ADUser -Identity 'x' {CHANGE}"]


def test_an_object_that_nothing_names_is_told_in_a_comment(tmp_path: Path) -> None:
    *_, line = commands({"displayName": "J", "proxyAddresses": FAULT}, tmp_path, changed=0)
    assert line == "# row 1: nothing names it: export DistinguishedName, ObjectGUID or SamAccountName too"


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("DynamicDistributionGroup", "Set-DynamicDistributionGroup"),
        ("GroupMailbox", "Set-UnifiedGroup"),
        ("RoomList", "Set-DistributionGroup"),
        ("MailUniversalSecurityGroup", "Set-DistributionGroup"),
        ("SharedMailbox", "Set-Mailbox"),
    ],
)
def test_each_kind_of_recipient_has_its_command(kind: str, command: str, tmp_path: Path) -> None:
    person = {"RecipientTypeDetails": kind, "Guid": "5d2c", "EmailAddresses": FAULT}
    assert commands(person, tmp_path)[0].startswith(f"{command} -Identity '5d2c' -EmailAddresses @{{Remove=")


@pytest.mark.parametrize("form", [".ps1", ".ldif", ".csv"])
def test_no_command_takes_addresses_away_that_the_export_does_not_hold(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"fixes{form}"
    primary = {"RecipientTypeDetails": "UserMailbox", "dn": "CN=J", "PrimarySmtpAddress": "jané@contoso.com"}
    changed = px.audit([primary], rules=["smtp-non-ascii"]).write_fixes(path)
    text = path.read_text("utf-8-sig")
    assert changed == (0 if form == ".ps1" else 1)
    assert "-EmailAddresses 'SMTP" not in text
    assert ("# CN=J: all its addresses must be written, and not all are in the export" in text) is (form == ".ps1")
    assert "replace" not in text


@pytest.mark.parametrize("form", [".ps1", ".ldif"])
def test_a_repeated_address_is_no_reason_to_write_all_where_not_all_are_known(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"fixes{form}"
    person = {"dn": "CN=J", "smtp": ["SMTP:j@contoso.com", "smtp:J@contoso.com"], "mail": "j@contoso.com"}
    assert px.audit([person]).write_fixes(path) == 0
    assert "# CN=J: all its addresses must be written" in path.read_text("utf-8-sig")


def test_an_empty_list_beside_the_primary_address_is_not_all_addresses(tmp_path: Path) -> None:
    person = {
        "RecipientType": "UserMailbox",
        "Alias": "j",
        "EmailAddresses": [],
        "PrimarySmtpAddress": "j r@contoso.com",
    }
    assert commands(person, tmp_path, changed=0)[-1].startswith("# ")
