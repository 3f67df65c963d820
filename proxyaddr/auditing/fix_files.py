"""Writes fixes: LDIF modify records, commands of PowerShell, or CSV with each value before and after."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from proxyaddr._text.powershell import quoted
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.ldif_lines import ldif_line
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
from proxyaddr.errors import ConfigurationError, visible

__all__ = ["form_of_fixes", "write_fixes"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets read as the start of a formula (OWASP, CSV Injection)."""

_EXCHANGE_COMMANDS = {
    REMOTE_MAILBOX: "Set-RemoteMailbox",
    MAIL_USER: "Set-MailUser",
    CONTACT: "Set-MailContact",
    GROUP: "Set-DistributionGroup",
    "public-folder": "Set-MailPublicFolder",
}
_EXCHANGE_PARAMETERS = {
    MAIL: "WindowsEmailAddress",
    UPN: "UserPrincipalName",
    ALIAS: "Alias",
    NAME: "DisplayName",
    TARGET: "ExternalEmailAddress",
}


class Change(NamedTuple):
    """What changes in an attribute of an object: values that go, values that come, and all of them afterwards."""

    attribute: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    after: tuple[str, ...]
    is_whole: bool
    """Whether all values must be written: two that differ in case alone can't be told apart by a server."""


def changes(mended: Mended) -> Iterator[Change]:
    """Yield what changes in an object, attribute by attribute."""
    before, after = mended
    if before.proxies != after.proxies:
        kept = set(after.proxies)
        held = set(before.proxies)
        removed = tuple(text for text in dict.fromkeys(before.proxies) if text not in kept)
        added = tuple(text for text in after.proxies if text not in held)
        stays = {text.lower() for text in after.proxies if text in held}
        is_alike = not stays.isdisjoint(text.lower() for text in removed) or len(held) < len(before.proxies)
        yield Change(PROXIES, removed, added, after.proxies, is_alike and bool(after.proxies))
    for attribute, value in after.single.items():
        old = before.get(attribute)
        if old != value:
            yield Change(attribute, () if old is None else (old,), (value,), (value,), is_whole=True)


def form_of_fixes(path: Path) -> str:
    """Return the form that the name of a file says; ConfigurationError for a name that says none."""
    form = path.suffix.lower()
    if form not in _WRITERS:
        message = f"fixes are written to a file that ends in {', '.join(_WRITERS)}, not {visible(path.name)!r}; "
        message += "the export itself is written mended by --mended, in Python by write_mended"
        raise ConfigurationError("unknown-format", message, "fix")
    return form


def write_fixes(path: Path, form: str, mended: Iterable[Mended]) -> int:
    """Write the fixes in a form of `form_of_fixes`, and return how many objects they change.

    LDIF changes only objects whose distinguished name is known, and names the others in comments. ConfigurationError
    where the file can't be written.
    """
    changed = [each for each in mended if each.before != each.after]
    try:
        with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            _WRITERS[form](file, changed)
    except OSError as error:
        raise ConfigurationError("unwritable-file", f"cannot be written: {error.strerror}", source=str(path)) from None
    return sum(form != ".ldif" or each.before.dn is not None for each in changed)


def _write_ldif(file: TextIO, mended: Iterable[Mended]) -> None:
    """Write a record that modifies each object (RFC 2849); one whose name is not known is told in a comment."""
    file.write("version: 1\n")
    for each in mended:
        if each.before.dn is None:
            file.write(f"\n# {_in_comment(each.before.id)}: its distinguished name is not known\n")
            continue
        file.write("\n")
        file.write(ldif_line("dn", each.before.dn))
        file.write("changetype: modify\n")
        for change in changes(each):
            if change.is_whole:
                _put_operation(file, "replace", change.attribute, change.after)
            else:
                _put_operation(file, "delete", change.attribute, change.removed)
                _put_operation(file, "add", change.attribute, change.added)


def _put_operation(file: TextIO, operation: str, attribute: str, values: Iterable[str]) -> None:
    values = tuple(values)
    if values:
        file.write(f"{operation}: {attribute}\n")
        for value in values:
            file.write(ldif_line(attribute, value))
        file.write("-\n")


def _in_comment(text: str) -> str:
    return visible(text)[:200]


def _write_powershell(file: TextIO, mended: Iterable[Mended]) -> None:
    """Write commands in which every text is quoted, so that none is run; -WhatIf shows what they would do."""
    file.write("\ufeff[CmdletBinding(SupportsShouldProcess)] param()\n$ErrorActionPreference = 'Stop'\n")
    for each in mended:
        command = _exchange_command if each.before.is_exchange else _directory_command
        for line in command(each):
            file.write(f"{line}\n")


def _exchange_command(mended: Mended) -> Iterator[str]:
    """Yield the command of Exchange that changes an object, which Exchange owns."""
    audited = mended.before
    name = _EXCHANGE_COMMANDS.get(audited.kind or "", "Set-Mailbox")
    arguments = ""
    for change in changes(mended):
        if change.attribute == PROXIES:
            arguments += f" -EmailAddresses {_exchange_addresses(change)}"
        else:
            is_routing = change.attribute == TARGET and name == "Set-RemoteMailbox"
            parameter = "RemoteRoutingAddress" if is_routing else _EXCHANGE_PARAMETERS[change.attribute]
            arguments += f" -{parameter} {_quoted(change.after[0])}"
    yield f"{name} -Identity {_quoted(_identity(audited))}{arguments}"


def _exchange_addresses(change: Change) -> str:
    """Return the addresses to remove and to add, or all of them where a primary address changes."""
    changed = (*change.removed, *change.added)
    is_recased = len({text.lower() for text in changed}) < len(changed)
    has_primary = any(text.partition(":")[0].isupper() for text in changed)
    if change.after and (change.is_whole or is_recased or has_primary):
        return ",".join(map(_quoted, change.after))
    parts = [("Remove", change.removed), ("Add", change.added)]
    return f"@{{{';'.join(f'{name}={_several(values)}' for name, values in parts if values)}}}"


def _directory_command(mended: Mended) -> Iterator[str]:
    """Yield the commands of the module ActiveDirectory that change an object."""
    audited = mended.before
    name = "Set-ADUser" if audited.type in USERS else "Set-ADGroup" if audited.type == GROUP else "Set-ADObject"
    parts: dict[str, list[str]] = {"Remove": [], "Add": [], "Replace": []}
    for change in changes(mended):
        if change.is_whole:
            parts["Replace"].append(f"{change.attribute}={_several(change.after)}")
        else:
            for action, values in (("Remove", change.removed), ("Add", change.added)):
                if values:
                    parts[action].append(f"{change.attribute}={_several(values)}")
    arguments = "".join(f" -{action} @{{{';'.join(values)}}}" for action, values in parts.items() if values)
    yield f"{name} -Identity {_quoted(_identity(audited))}{arguments}"


def _identity(audited: AuditObject) -> str:
    return audited.dn or audited.guid or audited.id


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


def _write_csv(file: TextIO, mended: Iterable[Mended]) -> None:
    """Write a row a value: the object, the attribute, the value before and after; empty where it comes or goes."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("object", "attribute", "before", "after"))
    for each in mended:
        for change in changes(each):
            removed = change.removed
            if change.attribute == PROXIES:  # an export may hold one value twice, which no server does
                removed = tuple((Counter(each.before.proxies) - Counter(each.after.proxies)).elements())
            is_pair = len(removed) == len(change.added) == 1
            pairs = (
                [(removed[0], change.added[0])]
                if is_pair
                else [
                    *((before, "") for before in removed),
                    *(("", after) for after in change.added),
                ]
            )
            for before, after in pairs:
                rows.writerow(map(_guarded, (each.before.id, change.attribute, before, after)))


def _guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs: with an apostrophe before what starts like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


_WRITERS: dict[str, Callable[[TextIO, Iterable[Mended]], None]] = {
    ".ldif": _write_ldif,
    ".ps1": _write_powershell,
    ".csv": _write_csv,
}
