"""Reads the files that directories are exported to, CSV, JSON and LDIF, as records of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from proxyaddr._files.documents import json_objects
from proxyaddr._files.ldif import ldif_entries
from proxyaddr._files.text import csv_records
from proxyaddr.directory.records import (
    COLUMNS,
    LDIF_ADDRESSES,
    LDIF_ATTRIBUTES,
    LDIF_PROXIES,
    PROXY_FIELDS,
    PROXY_TEXT_KEYS,
    Record,
)
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits

__all__ = ["Records", "csv_rows", "json_rows", "ldif_rows"]

Records = Iterator[tuple[int, Record] | RowError]
"""Records with their lines, counted from 1, and the errors of rows that can't be read."""


def csv_rows(path: str | Path, limits: Limits) -> Records:
    """Yield the rows of a CSV file; one with more or fewer fields than the header is an error (Q155414).

    ConfigurationError for a file that can't be read or whose header names no proxies.
    """
    header, records = csv_records(path, limits)
    fields = _fields(header, path)
    for record in records:
        if isinstance(record, RowError):
            yield record
        else:
            line, row = record
            yield line, Record(**{field: row[index] for field, index in fields.items()})


def json_rows(path: str | Path, limits: Limits) -> Records:
    """Yield the objects of a JSON file, each with its number from 1 in place of a line.

    ConfigurationError for a file that can't be read or is no JSON.
    """
    for number, entry in enumerate(json_objects(path, limits), 1):
        if not isinstance(entry, Mapping):
            yield RowError("not-an-object", f"object {number}: expected an object with proxies", number, str(path))
            continue
        fields: dict[str, Any] = {}
        for key, value in entry.items():
            field = COLUMNS.get(key.lower())
            if field in PROXY_FIELDS and isinstance(value, list | Mapping):
                texts = [_proxy_text(member) for member in (value if isinstance(value, list) else [value])]
                fields.setdefault(field, tuple(text for text in texts if text is not None))
                if None in texts:
                    message = f"object {number}: a proxy is left out: expected text, or an object with"
                    yield RowError("bad-proxy", f"{message} {PROXY_TEXT_KEYS[0]}", number, str(path))
            elif field and value is not None:
                fields.setdefault(field, str(value))
        yield number, Record(**fields)


def ldif_rows(path: str | Path, limits: Limits) -> Records:
    """Yield the entries of an LDIF file that have addresses, each with the line where it starts.

    ConfigurationError for a file that can't be read.
    """
    for entry in ldif_entries(path, limits):
        if isinstance(entry, RowError):
            yield entry
        elif entry.attributes.keys() & LDIF_ADDRESSES:
            texts = {field: entry.first(*names) for field, names in LDIF_ATTRIBUTES.items()}
            yield entry.line, Record(proxies=tuple(entry.attributes.get(LDIF_PROXIES, ())), **texts)


def _fields(header: list[str], path: str | Path) -> dict[str, int]:
    """Return the place in the header of each field of a record that it names."""
    fields: dict[str, int] = {}
    for index, column in enumerate(header):
        field = COLUMNS.get(column.lower())
        if field:
            fields.setdefault(field, index)
    if not fields.keys() & PROXY_FIELDS:
        raise ConfigurationError(
            "no-proxy-column",
            "the header names no proxies; expected E-mail Addresses, EmailAddresses or proxyAddresses",
            source=str(path),
            line=1,
        )
    return fields


def _proxy_text(member: object) -> str | None:
    """Return the text of one proxy of a list in JSON, None where it has none."""
    if isinstance(member, Mapping):
        member = next((member[key] for key in PROXY_TEXT_KEYS if key in member), None)
    return member if isinstance(member, str) else None
