"""Reads CSV in blocks: every column is text, a line that is no row of the table is kept whole with its code."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from proxyaddr._files.exports import DELIMITERS, POWERSHELL_TYPE_LINE
from proxyaddr.bulk.batches import Batch, Codes
from proxyaddr.bulk.formats import Format
from proxyaddr.bulk.inputs import Input
from proxyaddr.bulk.readers.blocks import LONGEST_ROW, blocks, last_record_end, recoded
from proxyaddr.columns import NOT_UTF8
from proxyaddr.errors import ConfigurationError

__all__ = ["WRONG_FIELD_COUNT", "CsvReader"]

WRONG_FIELD_COUNT = "wrong-field-count"
BAD_QUOTES = "bad-quotes"

_CELL = r'(?:"[^"]*(?:""[^"]*)*"|[^"{0}\r\n]*)'
_CELLS = rf"\A{_CELL}(?:[{{0}}\r\n]{_CELL})*\z"
"""Cells that are quoted as a whole or hold no quote: pyarrow takes others, and loses some of their text."""

_FIELD_LIMIT = Lock()
"""Held while the limit of the csv module is another than before."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ESCAPED = "surrogateescape"


class _Row(NamedTuple):
    """A row of the slow way: its cells, or the line that is none with its code."""

    cells: list[str]
    code: str | None = None


class CsvReader:
    """Reads one CSV file whose header names the columns, separated by comma, semicolon or tab as the header is."""

    def __init__(self, source: Input, column: str | None, encoding: str | None = None) -> None:
        self._source = source
        self._column = column
        self._encoding = encoding
        self._begun: tuple[BinaryIO, list[str], str, Iterator[bytes]] | None = None

    def schema(self) -> pa.Schema:
        """Return the columns, all text."""
        raw, names, _, _ = begun = self._begin()
        if self._source.path is None:
            self._begun = begun  # standard input can't be opened again
        else:
            raw.close()
        return _schema(names)

    def batches(self) -> Iterator[Batch]:
        """Yield the rows."""
        raw, names, delimiter, rest = self._begun or self._begin()
        place = names.index(self._column) if self._column in names else 0
        row = 1
        with raw:
            for block in rest:
                read = _fast(block, names, delimiter, place) or _slow(block, names, delimiter, place)
                batch, codes, escaped = read
                if batch.num_rows:
                    yield Batch(batch, row, raw.tell() if self._source.path else 0, codes, escaped)
                row += batch.num_rows

    def close(self) -> None:
        """Let go of standard input."""
        if self._begun is not None:
            self._begun[0].close()

    def _begin(self) -> tuple[BinaryIO, list[str], str, Iterator[bytes]]:
        """Return the open file, the header, the delimiter and the blocks after the header."""
        with ExitStack() as stack:
            raw = stack.enter_context(self._source.open())
            found = blocks(recoded(self._source.uncompressed(raw).read, self._encoding), last_record_end)
            first = next(found, b"")
            if first.startswith(POWERSHELL_TYPE_LINE.encode()):
                first = first.partition(b"\n")[2]
            line = _LINE.match(first.decode("utf-8", "backslashreplace"))
            counted = line[0] if line else ""
            delimiter = "\t" if self._source.format is Format.TSV else max(DELIMITERS, key=counted.count)
            try:
                header, length = _header(first, delimiter)
            except csv.Error as error:
                raise ConfigurationError("bad-header", f"not CSV: {error}", None, self._source.name, 1) from error
            if not header:
                raise ConfigurationError("bad-header", "no header", source=self._source.name, line=1)
            if header.count("") > 1:  # spreadsheets write the commas of columns that were once in use
                header = [name or f"column_{place}" for place, name in enumerate(header, 1)]
            if twice := next((name for name in header if header.count(name) > 1), None):
                message = f"the column {twice!r} stands there twice"
                raise ConfigurationError("bad-header", message, source=self._source.name, line=1)
            stack.pop_all()  # the file stays open for the rows

        def rest() -> Iterator[bytes]:
            yield first[length:]
            yield from found

        return raw, header, delimiter, rest()


def _schema(names: list[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _header(block: bytes, delimiter: str) -> tuple[list[str], int]:
    """Return the names of the first record and its length in octets."""
    length = quotes = 0
    for end in _LINE_END.finditer(block):
        quotes += block.count(b'"', length, end.end())
        length = end.end()
        if quotes % 2 == 0:
            break
    else:
        length = len(block)
    text = block[:length].decode("utf-8", "backslashreplace")
    with _long_fields():
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), []), length


def _fast(block: bytes, names: list[str], delimiter: str, place: int) -> tuple[pa.RecordBatch, Codes, int] | None:
    """Read a block by pyarrow; None where that would lose something, or can't."""
    if not block.strip(b"\r\n"):
        return _batch([], names, {})
    quotes = block.count(b'"')
    if not _is_plain(block, quotes, delimiter):
        return None
    bad: list[tuple[int, str]] = []

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow has no types
        bad.append((row.number, row.text))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(block),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=_schema(names), strings_can_be_null=True, quoted_strings_can_be_null=True, null_values=[""]
            ),
        )
    except (
        pa.ArrowInvalid
    ):  # pragma: no cover - nothing that _is_plain lets through; another pyarrow may find something
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if quotes and lines != table.num_rows + len(bad):
        return None  # some cell holds lines: two unbalanced quotes look the same, so each record is judged
    if not bad:
        return table.combine_chunks().to_batches()[0] if table.num_rows else _batch([], names, {})[0], {}, 0
    return _with_lines(table, bad, place)


def _is_plain(block: bytes, quotes: int, delimiter: str) -> bool:
    """Return whether pyarrow would neither stop at the block nor drop text of it."""
    try:
        block.decode("utf-8")  # pyarrow can't hand over a bad line that is not UTF-8
    except UnicodeDecodeError:
        return False
    if quotes % 2 or block.startswith(codecs.BOM_UTF8):  # pyarrow drops that mark, here part of a cell
        return False
    return not quotes or pc.match_substring_regex(pa.array([block]), _CELLS.format(delimiter))[0].as_py()


def _with_lines(table: pa.Table, bad: list[tuple[int, str]], place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Return the rows with the bad lines where they stood; they are numbered from 1 among all of the block."""
    lines = [pa.nulls(len(bad), pa.string()) for _ in table.schema]
    lines[place] = pa.array([text for _, text in bad], pa.string())
    together = pa.concat_tables([table, pa.table(lines, schema=table.schema)])
    codes = {number - 1: WRONG_FIELD_COUNT for number, _ in bad}
    good = iter(range(table.num_rows))
    broken = iter(range(table.num_rows, together.num_rows))
    order = [next(broken) if row in codes else next(good) for row in range(together.num_rows)]
    return together.take(order).combine_chunks().to_batches()[0], codes, 0


def _slow(block: bytes, names: list[str], delimiter: str, place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Read a block record by record, by the strict rules of the csv module."""
    rows: list[list[str | None]] = []
    codes: Codes = {}
    escaped = 0
    with _long_fields():
        records = list(_records(block.decode("utf-8", _ESCAPED), len(names), delimiter))
    for row in records:
        cells: list[str | None] = [None] * len(names)
        if row.code is not None:
            codes[len(rows)] = row.code
            cells[place] = _shown(row.cells[0])[0]
        else:
            for number, cell in enumerate(row.cells):
                cells[number], bad = _shown(cell)
                if bad and number == place:
                    codes[len(rows)] = NOT_UTF8
                escaped += bad and number != place
                cells[number] = cells[number] or None
        rows.append(cells)
    batch, codes, _ = _batch(rows, names, codes)
    return batch, codes, escaped


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let the csv module take fields as long as a row may be; its limit is one for the whole process."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(LONGEST_ROW)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _records(text: str, width: int, delimiter: str) -> Iterator[_Row]:
    """Yield the records; where quotes do not close, only the line they open in is bad."""
    lines = [line for line in _LINE.findall(text) if line]
    start = 0
    while start < len(lines):
        end = start + 1
        cells, code = _record(lines[start], delimiter)
        while code == BAD_QUOTES and lines[start].count('"') % 2 and end < len(lines):
            quotes = lines[end].count('"')
            end += 1
            if quotes % 2:
                cells, code = _record("".join(lines[start:end]), delimiter)
                break
        if code is not None:
            end = start + 1
        elif cells and len(cells) != width:
            code = WRONG_FIELD_COUNT
        if code is not None:
            yield _Row(["".join(lines[start:end]).rstrip("\r\n")], code)
        elif cells:
            yield _Row(cells)
        start = end


def _record(text: str, delimiter: str) -> tuple[list[str], str | None]:
    try:
        records = list(csv.reader([text.rstrip("\r\n")], delimiter=delimiter, strict=True))
    except csv.Error:
        return [], BAD_QUOTES
    return records[0] if records else [], None


def _shown(cell: str) -> tuple[str, bool]:
    if cell.isascii():
        return cell, False
    octets = cell.encode("utf-8", _ESCAPED)
    text = octets.decode("utf-8", "backslashreplace")
    return text, text.encode() != octets


def _batch(rows: list[list[str | None]], names: list[str], codes: Codes) -> tuple[pa.RecordBatch, Codes, int]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=_schema(names)), codes, 0
