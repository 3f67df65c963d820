"""Writes fixes: LDIF modify records, commands of PowerShell, or CSV with each value before and after."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from proxyaddr.auditing.changes import LOSS, changes, changes_of_proxies, comment_on
from proxyaddr.auditing.fix_commands import write_powershell
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.ldif_lines import ldif_line
from proxyaddr.auditing.objects import PROXIES
from proxyaddr.errors import ConfigurationError, visible

__all__ = ["form_of_fixes", "write_fixes"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets read as the start of a formula (OWASP, CSV Injection)."""


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

    LDIF changes only objects whose distinguished name is known, and neither LDIF nor PowerShell one of which all
    addresses must be written where the export has some of them: comments name the others. ConfigurationError where the
    file can't be written.
    """
    changed = [each for each in mended if each.before != each.after]
    try:
        with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            return _WRITERS[form](file, changed)
    except OSError as error:
        raise ConfigurationError("unwritable-file", f"cannot be written: {error.strerror}", source=str(path)) from None


def _write_ldif(file: TextIO, mended: Sequence[Mended]) -> int:
    """Write a record that modifies each object (RFC 2849); one that can't be changed is told in a comment."""
    count = 0
    file.write("version: 1\n")
    for each in mended:
        file.write("\n")
        if each.before.dn is None:
            file.write(comment_on(each.before, "its distinguished name is not known"))
            continue
        if not each.before.has_all_addresses and any(change.is_whole for change in changes_of_proxies(each)):
            file.write(comment_on(each.before, LOSS))
            continue
        count += 1
        file.write(ldif_line("dn", each.before.dn))
        file.write("changetype: modify\n")
        for change in changes(each):
            if change.is_whole:
                _put_operation(file, "replace", change.attribute, change.after)
            else:
                _put_operation(file, "delete", change.attribute, change.removed)
                _put_operation(file, "add", change.attribute, change.added)
    return count


def _put_operation(file: TextIO, operation: str, attribute: str, values: Iterable[str]) -> None:
    values = tuple(values)
    if values:
        file.write(f"{operation}: {attribute}\n")
        for value in values:
            file.write(ldif_line(attribute, value))
        file.write("-\n")


def _write_csv(file: TextIO, mended: Sequence[Mended]) -> int:
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
    return len(mended)


def _guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs: with an apostrophe before what starts like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


_WRITERS: dict[str, Callable[[TextIO, Sequence[Mended]], int]] = {
    ".ldif": _write_ldif,
    ".ps1": write_powershell,
    ".csv": _write_csv,
}
