"""Reads the files that directories are exported to, in any form of objects, as records of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from proxyaddr._files.objects import Exported, Form, Objects, key_of, read_objects, unknown_column
from proxyaddr.directory.records import (
    ADDRESS_FIELDS,
    ALIAS_COLUMNS,
    FIELDS,
    SINGLE_ADDRESS,
    TYPE_COLUMNS,
    Record,
    record_of,
)
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits

__all__ = ["Records", "read_records"]

Records = Iterator[tuple[int, Record] | RowError]
"""Records with their lines, counted from 1, and the errors of rows that can't be read."""


def read_records(path: str | Path, limits: Limits, form: Form | None = None) -> Records:
    """Yield what a file says of each recipient; entries of LDIF that have no addresses are none.

    Rows of CSV with one address each are put together by what identifies the recipient. ConfigurationError for a file
    that can't be read, is not of the form where one is given, or whose header names no addresses.
    """
    source = str(path)
    read = read_objects(path, limits)
    if form is not None and read.form is not form:
        raise ConfigurationError(f"bad-{form.lower()}", f"not {form}: the content is {read.form}", source=source)
    keys = {key_of(name) for name in read.header}
    is_of_aliases = keys >= ALIAS_COLUMNS
    names_addresses = is_of_aliases or any(FIELDS.get(key) in ADDRESS_FIELDS or key in TYPE_COLUMNS for key in keys)
    if read.header and not names_addresses:
        raise unknown_column(
            "no-proxy-column", read.header, ("EmailAddresses", "proxyAddresses", "E-mail Addresses"), source
        )
    records = _records(read)
    return _together(records) if SINGLE_ADDRESS in keys or is_of_aliases else records


def _records(read: Objects) -> Records:
    for entry in read.objects:
        if isinstance(entry, RowError):
            yield entry
        elif read.form is not Form.LDIF or _has_addresses(entry):
            yield entry.line, record_of(entry.properties)


def _has_addresses(entry: Exported) -> bool:
    return any(FIELDS.get(key_of(name)) in ADDRESS_FIELDS for name in entry.properties)


def _together(records: Records) -> Records:
    """Yield the records of rows with one address each, those of one recipient as one, in the order of the first row."""
    known: dict[str, tuple[int, Record]] = {}
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        _, whole = known.setdefault(row.identity.casefold() or f"row {line}", (line, row))
        if whole is not row:
            whole.proxies += row.proxies
            whole.secondary_proxies += row.secondary_proxies
            whole.primary = whole.primary or row.primary
    yield from known.values()
