"""Reads files of text: bytes, text in the encodings of exports, CSV records, JSON objects, TOML."""

from __future__ import annotations

import codecs
import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from proxyaddr.errors import ConfigurationError, RowError

__all__ = ["csv_records", "json_objects", "read_bytes", "read_text", "toml_document"]

ANSI = "cp1252"
"""The code page of Exchange 5.5 exports."""

POWERSHELL_TYPE_LINE = "#TYPE"
"""How Export-Csv starts unless it is told not to."""

Record = tuple[int, list[str]]
"""A row of a CSV file with its line, counted from 1."""


def read_bytes(path: str | Path) -> bytes:
    """Return the content of a file; ConfigurationError when it can't be read."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError("unreadable-file", f"cannot be read: {error}", source=str(path)) from error


def read_text(path: str | Path) -> str:
    """Return the text of a file: UTF-16 by its mark, else UTF-8, else the ANSI code page."""
    data = read_bytes(path)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(ANSI, errors="replace")


def csv_records(path: str | Path) -> tuple[list[str], Iterator[Record | RowError]]:
    """Return the header and the rows of a CSV file, separated by comma, semicolon or tab, whichever the header uses.

    Empty rows are skipped; a row that is not as long as the header is an error (Q155414).
    """
    lines = list(io.StringIO(read_text(path), newline=""))  # not splitlines: names may hold U+2028
    skipped = 1 if lines and lines[0].startswith(POWERSHELL_TYPE_LINE) else 0
    header_line = lines[skipped] if len(lines) > skipped else ""
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(lines[skipped:], delimiter=delimiter, strict=False)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise ConfigurationError("bad-header", f"not CSV: {error}", source=str(path), line=skipped + 1) from error
    names = [cell.strip() for cell in header]
    if twice := next((name for name, count in Counter(names).items() if name and count > 1), None):
        raise ConfigurationError("bad-header", f"the column {twice} stands there twice", None, str(path), skipped + 1)
    return names, _records(reader, len(header), str(path), skipped)


def _records(reader: Any, width: int, source: str, skipped: int) -> Iterator[Record | RowError]:  # noqa: ANN401 - csv names no public type for it
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowError("bad-row", f"not CSV: {error}", reader.line_num + skipped, source)
            continue
        line = reader.line_num + skipped
        if row and len(row) != width:
            yield RowError("wrong-field-count", f"{len(row)} fields where the header has {width}", line, source)
        elif row:
            yield line, row


def json_objects(path: str | Path) -> Sequence[object]:
    """Return the members of a JSON file: a list, one object, or `{"value": [...]}` as web services wrap them."""
    try:
        document = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise ConfigurationError("bad-json", f"not JSON: {error.msg}", source=str(path), line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of too many digits
        raise ConfigurationError("bad-json", f"not JSON: {error}", source=str(path)) from error
    if isinstance(document, dict):
        document = document["value"] if isinstance(document.get("value"), list) else [document]
    if not isinstance(document, list):
        raise ConfigurationError("bad-json", "expected a list of objects", source=str(path), line=1)
    return document


def toml_document(path: str | Path) -> dict[str, Any]:
    """Return the content of a TOML file."""
    try:
        return tomllib.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigurationError("bad-toml", f"not TOML: {error}", source=str(path)) from error
