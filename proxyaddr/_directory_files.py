"""Reads the files that directories are exported to: CSV and JSON, to rows of text."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proxyaddr.errors import ConfigurationError, RowError

__all__ = ["Row", "csv_rows", "json_rows"]

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
_POWERSHELL_TYPE_LINE = "#TYPE"
_DEEP_KEYS = ("ProxyAddressString", "proxyAddressString")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a file says of a recipient, as text; proxies as text or as strings with one address each."""

    display_name: str = ""
    alias: str = ""
    proxies: str | tuple[str, ...] = ""
    secondary_proxies: str = ""
    target: str = ""


def csv_rows(path: str | Path) -> Iterator[tuple[int, Row] | RowError]:
    """Yield the rows of a CSV file with their lines; a row that is not as long as the header is an error (Q155414)."""
    text = _read(path)
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].startswith(_POWERSHELL_TYPE_LINE) else 0
    header_line = lines[skipped] if len(lines) > skipped else ""
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(lines[skipped:], delimiter=delimiter, strict=False)
    header = next(_guarded(reader, path, skipped), [])
    if isinstance(header, RowError):
        raise ConfigurationError("bad-header", str(header), source=str(path))
    names = _names([cell.strip() for cell in header], path)
    for row in _guarded(reader, path, skipped):
        line = reader.line_num + skipped
        if isinstance(row, RowError):
            yield row
        elif row and len(row) != len(header):
            yield RowError(
                "wrong-field-count", f"{len(row)} fields where the header has {len(header)}", line, str(path)
            )
        elif row:
            yield line, Row(**{field: row[index] for field, index in names.items()})


def json_rows(path: str | Path) -> Iterator[tuple[int, Row] | RowError]:
    """Yield the objects of a JSON file with their numbers from 1: a list, one object, or `{"value": [...]}`."""
    try:
        document = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise ConfigurationError("bad-json", f"not JSON: {error.msg}", source=str(path), line=error.lineno) from error
    except RecursionError as error:
        raise ConfigurationError("bad-json", "JSON nested too deeply", source=str(path)) from error
    if isinstance(document, dict):
        document = document["value"] if isinstance(document.get("value"), list) else [document]
    if not isinstance(document, list):
        raise ConfigurationError("bad-json", "expected a list of objects", source=str(path), line=1)
    for number, entry in enumerate(document, 1):
        if not isinstance(entry, Mapping):
            yield RowError("not-an-object", f"object {number}: expected an object with proxies", number, str(path))
            continue
        fields: dict[str, str | tuple[str, ...]] = {}
        for key, value in entry.items():
            field = COLUMNS.get(key.lower())
            if field and value is not None:
                fields.setdefault(field, _text(value) if field in PROXY_FIELDS else str(value))
        try:
            yield number, Row(**fields)  # type: ignore[arg-type]
        except TypeError as error:
            yield RowError("wrong-type", f"object {number}: {error}", number, str(path))


def _guarded(reader: Iterator[list[str]], path: str | Path, skipped: int) -> Iterator[list[str] | RowError]:
    """Yield rows, and an error for each that the csv module refuses."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = getattr(reader, "line_num", 0) + skipped
            yield RowError("bad-row", f"not CSV: {error}", line, str(path))


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


def _text(value: object) -> str | tuple[str, ...]:
    if not isinstance(value, list):
        return str(value)
    return tuple(_member(member) for member in value)


def _member(member: object) -> str:
    if isinstance(member, Mapping):
        return next((str(member[key]) for key in _DEEP_KEYS if key in member), json.dumps(dict(member)))
    return str(member)


def _read(path: str | Path) -> str:
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError("unreadable-file", f"cannot be read: {error}", source=str(path)) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # the code page of Exchange 5.5 exports
