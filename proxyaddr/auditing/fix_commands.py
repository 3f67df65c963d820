"""Writes fixes as commands of PowerShell: those of Exchange where it owns an object, else of Active Directory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from proxyaddr._text.powershell import quoted
from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.auditing.changes import LOSS, Change, changes, changes_of_proxies, comment_on
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.objects import (
    ALIAS,
    CONTACT,
    GROUP,
    MAIL,
    MAIL_USER,
    NAME,
    PROXIES,
    REMOTE_MAILBOX,
    TARGET,
    UPN,
    USERS,
    AuditObject,
)

__all__ = ["write_powershell"]

_EXCHANGE_COMMANDS = {
    REMOTE_MAILBOX: "Set-RemoteMailbox",
    MAIL_USER: "Set-MailUser",
    CONTACT: "Set-MailContact",
    GROUP: "Set-DistributionGroup",
    "public-folder": "Set-MailPublicFolder",
}
_GROUP_COMMANDS = {"dynamicdistributiongroup": "Set-DynamicDistributionGroup", "groupmailbox": "Set-UnifiedGroup"}
"""Commands of groups that Set-DistributionGroup does not change, by their types in Exchange."""

_EXCHANGE_PARAMETERS = {
    MAIL: "WindowsEmailAddress",
    UPN: "UserPrincipalName",
    ALIAS: "Alias",
    NAME: "DisplayName",
    TARGET: "ExternalEmailAddress",
}


_FIND_ONE = """\
function Find-One([string] $Filter) {
    $found = @(Get-ADObject -LDAPFilter $Filter)
    if ($found.Count -ne 1) { throw "$($found.Count) objects are found by $Filter, and not one" }
    $found[0].DistinguishedName
}
"""
"""Looks up an object for whose names the commands of Active Directory have no parameter."""

_UNSAFE_IN_FILTER = re.compile(r"[*()\\\x00]")


def write_powershell(file: TextIO, mended: Sequence[Mended]) -> int:
    """Write commands in which every text is quoted, so that none is run; -WhatIf shows what they would do.

    An object that can't be changed is told in a comment.
    """
    count = 0
    file.write("\ufeff[CmdletBinding(SupportsShouldProcess)] param()\n$ErrorActionPreference = 'Stop'\n")
    if any(not (each.before.is_exchange or _known_identity(each.before)) for each in mended):
        file.write(_FIND_ONE)
    for each in mended:
        audited = each.before
        writes_all = any(
            _writes_all(change) if audited.is_exchange else change.is_whole for change in changes_of_proxies(each)
        )
        if writes_all and not audited.has_all_addresses:
            file.write(comment_on(audited, LOSS))
        elif (command := _exchange_command(each) if audited.is_exchange else _directory_command(each)) is None:
            file.write(
                comment_on(audited, "nothing names it: export DistinguishedName, ObjectGUID or SamAccountName too")
            )
        else:
            count += 1
            file.write(f"{command}\n")
    return count


def _writes_all(change: Change) -> bool:
    """Return whether a command of Exchange gets all addresses: it takes no part of them where the primary changes."""
    changed = (*change.removed, *change.added)
    is_recased = len({text.lower() for text in changed}) < len(changed)
    has_primary = any(text.partition(":")[0].isupper() for text in changed)
    return bool(change.after) and (change.is_whole or is_recased or has_primary)


def _exchange_command(mended: Mended) -> str:
    """Return the command of Exchange that changes an object, which Exchange owns.

    Its commands are functions of a module, to which PowerShell does not pass on the -WhatIf of a script.
    """
    audited = mended.before
    name = _EXCHANGE_COMMANDS.get(audited.kind or "", "Set-Mailbox")
    name = _GROUP_COMMANDS.get((audited.details or "").lower(), name)
    arguments = ""
    for change in changes(mended):
        if change.attribute == PROXIES:
            arguments += f" -EmailAddresses {_exchange_addresses(change)}"
        else:
            is_routing = change.attribute == TARGET and name == "Set-RemoteMailbox"
            parameter = "RemoteRoutingAddress" if is_routing else _EXCHANGE_PARAMETERS[change.attribute]
            arguments += f" -{parameter} {_quoted(change.after[0])}"
    identity = audited.dn or audited.guid or audited.id
    return f"{name} -Identity {_quoted(identity)}{arguments} -WhatIf:$WhatIfPreference"


def _exchange_addresses(change: Change) -> str:
    """Return the addresses to remove and to add, or all of them where a primary address changes."""
    if _writes_all(change):
        return ",".join(map(_quoted, change.after))
    parts = [("Remove", change.removed), ("Add", change.added)]
    return f"@{{{';'.join(f'{name}={_several(values)}' for name, values in parts if values)}}}"


def _directory_command(mended: Mended) -> str | None:
    """Return the command of the module ActiveDirectory that changes an object; None where nothing names it."""
    audited = mended.before
    identity = _known_identity(audited)
    if identity is None:
        found = _filter(audited)
        if found is None:
            return None
        identity, name = f"(Find-One {_quoted(found)})", "Set-ADObject"
    else:
        name = "Set-ADUser" if audited.type in USERS else "Set-ADGroup" if audited.type == GROUP else "Set-ADObject"
        identity = _quoted(identity)
    parts: dict[str, list[str]] = {"Remove": [], "Add": [], "Replace": []}
    for change in changes(mended):
        if change.is_whole:
            parts["Replace"].append(f"{change.attribute}={_several(change.after)}")
        else:
            for action, values in (("Remove", change.removed), ("Add", change.added)):
                if values:
                    parts[action].append(f"{change.attribute}={_several(values)}")
    arguments = "".join(f" -{action} @{{{';'.join(values)}}}" for action, values in parts.items() if values)
    return f"{name} -Identity {identity}{arguments}"


def _known_identity(audited: AuditObject) -> str | None:
    """Return what the commands of Active Directory take for an object: not its userPrincipalName or mail."""
    return audited.dn or audited.guid


def _filter(audited: AuditObject) -> str | None:
    """Return the filter by which an object is looked up, None where the export has nothing for it (RFC 4515)."""
    held = {
        "sAMAccountName": audited.account,
        UPN: audited.get(UPN),
        MAIL: audited.get(MAIL),
        ALIAS: audited.get(ALIAS),
    }
    known = ((name, value) for name, value in held.items() if value and value.strip(WHITE_SPACE))
    return next((f"({name}={_UNSAFE_IN_FILTER.sub(_escaped, value)})" for name, value in known), None)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):02x}"


def _several(values: tuple[str, ...]) -> str:
    return ",".join(map(_quoted, values))


def _quoted(text: str) -> str:
    """Return a text in quotes; characters that an editor or a console could act on are made by their numbers."""
    if text.isprintable():
        return quoted(text)
    pieces = [quoted("".join(run)) if printable else "+".join(map(_by_number, run)) for printable, run in _runs(text)]
    return f"({'+'.join(['[string]' + quoted(''), *pieces])})"


def _by_number(character: str) -> str:
    """Return the expression that makes a character; [char] has 16 bits."""
    number = f"0x{ord(character):X}"
    return f"[char]{number}" if ord(character) < 1 << 16 else f"[char]::ConvertFromUtf32({number})"


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    for character in text:
        if run and run[0].isprintable() != character.isprintable():
            yield run[0].isprintable(), run
            run = []
        run.append(character)
    yield run[0].isprintable(), run
