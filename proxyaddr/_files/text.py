"""Reads text files: their bytes, their text in the encodings of exports, and the records of CSV."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from proxyaddr._files.exports import ANSI, DELIMITERS, POWERSHELL_TYPE_LINE
from proxyaddr._text.byte_order import unicode_start
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "before_header",
    "csv_records",
    "decoded",
    "delimiter_of",
    "each_line",
    "limited_rows",
    "lines_of",
    "read_bytes",
    "read_text",
    "too_long",
    "too_many_rows",
]

_BEFORE_HEADER = re.compile(
    rf'(?:(?:{POWERSHELL_TYPE_LINE}[^\r\n]*|"?sep=([^\r\n])"?[ \t]*|[ ]*)(?:\r\n|\r|\n))*', re.IGNORECASE
)
"""The type of Export-Csv, the line by which a file tells a spreadsheet what separates its fields, and blank lines."""

_OF_NAMES = re.compile(r"[\w .()\[\]-]+")
_NAME = re.compile(r'"[^"]+"|[A-Za-z][\w.()\[\]-]*(?: [\w.()\[\]-]+)*')
"""A name of a column, in quotes or of such characters as names have."""

_LONGEST_ODD_HEADER = 1 << 12
"""Characters of a header in which another delimiter than the usual ones is looked for."""

_PIECE = 1 << 20
"""Bytes that are read of a file at once."""

_QUOTED = re.compile(r'"[^"]*"')

_LINE_END = re.compile(r"\r\n?|\n")

Record = tuple[int, list[str]]
"""A row of a CSV file with its line, counted from 1."""


def read_bytes(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return the content of a file; ConfigurationError when it can't be read or is too large."""
    try:
        with Path(path).open("rb") as file:
            data = _read(file, limits.file_octets + 1)  # a bounded read, since a device or a pipe may never end
    except (OSError, ValueError) as error:
        raise ConfigurationError("unreadable-file", f"cannot be read: {_reason(error)}", source=str(path)) from None
    if len(data) > limits.file_octets:
        message = f"a file has at most {limits.file_octets} bytes; `limits=` allows more"
        raise ConfigurationError("file-too-large", message, source=str(path))
    return data


def _read(file: BinaryIO, most: int) -> bytes:
    """Return the content of a file up to so many bytes; one read of as many would take the memory for all of them."""
    parts: list[bytes] = []
    while most and (part := file.read(min(most, _PIECE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _reason(error: OSError | ValueError) -> str:
    """Return the reason of the system alone: the message names the file already."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def read_text(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the text of a file, in whichever encoding `decoded` knows it to be.

    ConfigurationError when the file can't be read or is too large. Undefined bytes are replaced.
    """
    return decoded(read_bytes(path, limits))


def decoded(data: bytes) -> str:
    """Return bytes as text: by the mark of Unicode or the NULs of UTF-16, else UTF-8, else ANSI."""
    encoding, mark = unicode_start(data)
    if encoding is not None:
        return data[mark:].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(ANSI, errors="replace")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their ends, as `each_line` yields them."""
    return list(each_line(text))


def each_line(text: str) -> Iterator[str]:
    """Yield each line of a text without its end, which is one of those of a file alone.

    `str.splitlines` also ends one at U+001C to U+001E, U+0085, U+2028 and others, which stand in values. A list of the
    lines would take many times the memory of a text whose lines are short.
    """
    start = 0
    for end in _LINE_END.finditer(text):
        yield text[start : end.start()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def csv_records(
    text: str, source: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[list[str], Iterator[Record | RowError]]:
    """Return the header and the rows of CSV text, separated by whatever separates the names in the header.

    A `#TYPE` line of Export-Csv and a `sep=` line of spreadsheets may stand before the header. Empty rows are skipped;
    a row with more or fewer fields than the header is an error (Q155414). ConfigurationError for a header that is
    malformed, too long, or names a column twice.
    """
    start, delimiter = before_header(text)
    skipped = text.count("\n", 0, start) or bool(start)
    lines = io.StringIO(text, newline="")
    lines.seek(start)
    header_line = lines.readline()
    lines.seek(start)
    reader = csv.reader(lines, delimiter=delimiter or delimiter_of(header_line), strict=False)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise ConfigurationError("bad-header", f"not CSV: {error}", source=source, line=skipped + 1) from None
    if sum(map(len, header)) > limits.line_length:
        raise ConfigurationError("bad-header", too_long(limits), source=source, line=skipped + 1)
    names = [cell.strip() for cell in header]
    if repeated := next((name for name, count in Counter(names).items() if name and count > 1), None):
        message = f"the header names the column {repeated} twice"
        raise ConfigurationError("bad-header", message, None, source, skipped + 1)
    return names, _records(reader, len(header), source, skipped, limits)


def before_header(text: str) -> tuple[int, str | None]:
    """Return the length of the lines before the header of CSV, and the delimiter that one of them names, or None."""
    match = _BEFORE_HEADER.match(text)
    return (match.end(), match[1]) if match else (0, None)


def delimiter_of(header: str) -> str:
    """Return what separates the names in a header: the most frequent of the delimiters outside quotes.

    Where there is none of them, it is another character that stands between names, as `Export-Csv -Delimiter` takes it.
    """
    bare = _QUOTED.sub("", header).strip("\r\n")
    found = max(DELIMITERS, key=bare.count)
    if found in bare or len(header) > _LONGEST_ODD_HEADER:
        return found
    others = sorted(set(_OF_NAMES.sub("", bare)) - {"@"}, key=bare.count)
    return next((each for each in others if _are_names(header.strip("\r\n").split(each))), found)


def _are_names(pieces: list[str]) -> bool:
    return len(pieces) > 1 and all(_NAME.fullmatch(piece) for piece in pieces)


def _records(reader: Any, width: int, source: str, skipped: int, limits: Limits) -> Iterator[Record | RowError]:  # noqa: ANN401 - csv names no public type for it
    for _ in limited_rows(source, limits):
        line = reader.line_num + skipped + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowError("bad-row", f"not CSV: {error}", line, source)
            continue
        if sum(map(len, row)) > limits.line_length:
            yield RowError("too-long", too_long(limits), line, source)
        elif row and len(row) != width:
            yield RowError("wrong-field-count", f"{len(row)} fields where the header has {width}", line, source)
        elif row:
            yield line, row


def limited_rows(source: str | None, limits: Limits) -> Iterator[None]:
    """Yield once for each row that a file may have; ConfigurationError when the file goes on after that."""
    for _ in range(limits.file_rows):
        yield
    yield  # a file of exactly as many rows shows its end here
    raise too_many_rows(source, limits)


def too_many_rows(source: str | None, limits: Limits) -> ConfigurationError:
    """Return the error of a file with more rows than it may have."""
    message = f"at most {limits.file_rows} rows are read; `limits=` allows more"
    return ConfigurationError("too-many-rows", message, source=source, line=limits.file_rows + 1)


def too_long(limits: Limits) -> str:
    """Return the message for a row or a line that is longer than the limits allow."""
    return f"a line has at most {limits.line_length} characters; `limits=` allows more"
