"""Reads the files that directories are exported to: CSV, JSON and LDIF, to rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxyaddr._files.documents import json_objects
from proxyaddr._files.ldif import ldif_entries
from proxyaddr._files.text import csv_records
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits

__all__ = ["Row", "csv_rows", "json_rows", "ldif_rows"]

COLUMNS = {
    "display name": "display_name",
    "displayname": "display_name",
    "name": "display_name",
    "alias name": "alias",
    "alias": "alias",
    "mailnickname": "alias",
    "e-mail addresses": "proxies",
    "emailaddresses": "proxies",
    "proxyaddresses": "proxies",
    "secondary-proxy-addresses": "secondary_proxies",
    "e-mail address": "target",
    "externalemailaddress": "target",
    "targetaddress": "target",
}
"""Column or key, in lower case, to what it says (Q155594, Q184536, Get-Recipient, Get-MgUser); the first one wins."""

PROXY_FIELDS = {"proxies", "secondary_proxies"}
_DEEP_KEYS = ("ProxyAddressString", "proxyAddressString")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a file says of a recipient, as text; proxies as text or as strings with one address each."""

    display_name: str = ""
    alias: str = ""
    proxies: str | tuple[str, ...] = ""
    secondary_proxies: str = ""
    target: str = ""


def csv_rows(path: str | Path, limits: Limits) -> Iterator[tuple[int, Row] | RowError]:
    """Yield the rows of a CSV file with their lines; a row that is not as long as the header is an error (Q155414)."""
    header, records = csv_records(path, limits)
    names = _names(header, path)
    for record in records:
        if isinstance(record, RowError):
            yield record
        else:
            line, row = record
            yield line, Row(**{field: row[index] for field, index in names.items()})


def json_rows(path: str | Path, limits: Limits) -> Iterator[tuple[int, Row] | RowError]:
    """Yield the objects of a JSON file with their numbers from 1: a list, one object, or `{"value": [...]}`."""
    for number, entry in enumerate(json_objects(path, limits), 1):
        if not isinstance(entry, Mapping):
            yield RowError("not-an-object", f"object {number}: expected an object with proxies", number, str(path))
            continue
        fields: dict[str, Any] = {}
        for key, value in entry.items():
            field = COLUMNS.get(key.lower())
            if field in PROXY_FIELDS and isinstance(value, list | Mapping):
                members = [_member(member) for member in (value if isinstance(value, list) else [value])]
                fields.setdefault(field, tuple(member for member in members if member is not None))
                if None in members:
                    message = f"object {number}: a proxy is left out: expected text, or an object with {_DEEP_KEYS[0]}"
                    yield RowError("bad-proxy", message, number, str(path))
            elif field and value is not None:
                fields.setdefault(field, str(value))
        yield number, Row(**fields)


def ldif_rows(path: str | Path, limits: Limits) -> Iterator[tuple[int, Row] | RowError]:
    """Yield the entries of an LDIF file that have addresses, with the lines where they start."""
    for entry in ldif_entries(path, limits):
        if isinstance(entry, RowError):
            yield entry
        elif entry.attributes.keys() & {"proxyaddresses", "targetaddress"}:
            yield (
                entry.line,
                Row(
                    entry.first("displayname", "cn", "name"),
                    entry.first("mailnickname"),
                    tuple(entry.attributes.get("proxyaddresses", ())),
                    target=entry.first("targetaddress"),
                ),
            )


def _names(header: list[str], path: str | Path) -> dict[str, int]:
    names: dict[str, int] = {}
    for index, column in enumerate(header):
        field = COLUMNS.get(column.lower())
        if field:
            names.setdefault(field, index)
    if not names.keys() & PROXY_FIELDS:
        raise ConfigurationError(
            "no-proxy-column",
            "the header names no proxies; expected E-mail Addresses, EmailAddresses or proxyAddresses",
            source=str(path),
            line=1,
        )
    return names


def _member(member: object) -> str | None:
    """Return the text of one proxy of a list, None where it has none."""
    if isinstance(member, Mapping):
        member = next((member[key] for key in _DEEP_KEYS if key in member), None)
    return member if isinstance(member, str) else None
