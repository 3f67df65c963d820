"""Reads CSV: every column is text; a line that is not a row of the table is kept whole, with the code of its error.

Blocks of whole records are cut by hand, and pyarrow.csv reads only those blocks in which it finds the same cells as the
csv module. By itself it drops the quote after which a cell goes on (`"a@b"c` becomes `a@bc`), takes all lines up to
the next quote for one cell where a quote is not closed, and stops at a bad line that is not UTF-8.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from threading import Lock
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from proxyaddr._files.text import before_header, delimiter_of
from proxyaddr.bulk.files import Format
from proxyaddr.bulk.readers.blocks import LONGEST_ROW, blocks, last_record_end, recoded
from proxyaddr.bulk.readers.reader import MOST_COLUMNS, Batch, Codes, Reader, too_many_columns
from proxyaddr.columns import NOT_UTF8
from proxyaddr.errors import ConfigurationError

__all__ = ["WRONG_FIELD_COUNT", "CsvReader"]

WRONG_FIELD_COUNT = "wrong-field-count"
BAD_QUOTES = "bad-quotes"

_CELL = r'(?:"[^"]*(?:""[^"]*)*"|[^"{0}\r\n]*)'
_CELLS = rf"\A{_CELL}(?:[{{0}}\r\n]{_CELL})*\z"
"""Cells that are quoted as a whole or hold no quote. pyarrow accepts others too, and loses some of their text."""

LONGEST_HEAD = 1 << 16
"""Bytes that are searched for lines before the header."""

_FIELD_LIMIT = Lock()
"""Held while the limit of the csv module, one for the whole process, is changed."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ESCAPED = "surrogateescape"


class _Record(NamedTuple):
    """The cells of a record; or, with its code, a line that is not a row of the table as the only cell."""

    cells: list[str]
    code: str | None = None


class _Opened(NamedTuple):
    """A file after its header: the names of the columns, and the blocks of the records."""

    raw: BinaryIO
    names: list[str]
    delimiter: str
    rest: Iterator[bytes]


class CsvReader(Reader):
    """Reads one CSV file with a header; cells are separated by whatever separates the names in the header."""

    _opened: _Opened | None = None

    def schema(self) -> pa.Schema:
        """Return the columns, all text."""
        self._opened = self._open()
        return _schema(self._opened.names)

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows."""
        raw, names, delimiter, rest = self._opened = self._opened or self._open()
        place = names.index(self._column) if self._column in names else 0
        row = 1
        for block in rest:
            batch, codes, escaped = _read_quickly(block, names, delimiter, place) or _read_strictly(
                block, names, delimiter, place
            )
            if batch.num_rows:
                yield Batch(batch, row, raw.tell() if self._source.path else 0, codes, escaped)
            row += batch.num_rows
        self.close()

    def close(self) -> None:
        """Close the input."""
        if self._opened is not None:
            self._opened.raw.close()
            self._opened = None

    def _open(self) -> _Opened:
        """Open the file and read its header; ConfigurationError where the header is not CSV or names no columns."""
        with ExitStack() as stack:
            raw = stack.enter_context(self._source.open())
            found = blocks(recoded(self._source.uncompressed(raw).read, self._encoding), last_record_end)
            first = next(found, b"")
            start, named = before_header(first[:LONGEST_HEAD].decode("latin-1"))
            first = first[start:]
            line = _LINE.match(first.decode("utf-8", "backslashreplace"))
            counted = line[0] if line else ""
            delimiter = named or ("\t" if self._source.format is Format.TSV else delimiter_of(counted))
            try:
                header, length = _header(first, delimiter)
            except csv.Error as error:
                raise ConfigurationError("bad-header", f"not CSV: {error}", None, self._source.name, 1) from None
            if not header:
                raise ConfigurationError("bad-header", "no header", source=self._source.name, line=1)
            if header.count("") > 1:  # spreadsheets write the commas of columns that were once in use
                header = [name or f"column_{place}" for place, name in enumerate(header, 1)]
            if len(header) > MOST_COLUMNS:
                raise too_many_columns(self._source.name)
            if repeated := next((name for name, count in Counter(header).items() if count > 1), None):
                message = f"the column {repeated!r} occurs more than once"
                raise ConfigurationError("bad-header", message, source=self._source.name, line=1)
            stack.pop_all()  # the file stays open for the rows
        return _Opened(raw, header, delimiter, chain([first[length:]], found))


def _schema(names: list[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _header(block: bytes, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the first record, and its length in bytes; csv.Error where it is not CSV."""
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


def _read_quickly(
    block: bytes, names: list[str], delimiter: str, place: int
) -> tuple[pa.RecordBatch, Codes, int] | None:
    """Read a block by pyarrow; None where pyarrow could not read it or would lose a part of it."""
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
    ):  # pragma: no cover - _is_plain excludes all that this pyarrow refuses; another may refuse more
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if quotes and lines != table.num_rows + len(bad):
        return None  # a cell holds several lines, or two quotes are not closed, which looks the same
    if not bad:
        return table.combine_chunks().to_batches()[0] if table.num_rows else _batch([], names, {})[0], {}, 0
    return _with_lines(table, bad, place)


def _is_plain(block: bytes, quotes: int, delimiter: str) -> bool:
    """Return whether pyarrow reads the block without an error and without dropping text."""
    try:
        block.decode("utf-8")  # pyarrow can't hand over a bad line that is not UTF-8
    except UnicodeDecodeError:
        return False
    if quotes % 2 or block.startswith(codecs.BOM_UTF8):  # pyarrow drops that mark, here part of a cell
        return False
    return not quotes or pc.match_substring_regex(pa.array([block]), _CELLS.format(delimiter))[0].as_py()


def _with_lines(table: pa.Table, bad: list[tuple[int, str]], place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Return the rows with the bad lines, each a number from 1 and a text, inserted at their places in the block."""
    lines = [pa.nulls(len(bad), pa.string()) for _ in table.schema]
    lines[place] = pa.array([text for _, text in bad], pa.string())
    together = pa.concat_tables([table, pa.table(lines, schema=table.schema)])
    codes = {number - 1: WRONG_FIELD_COUNT for number, _ in bad}
    good = iter(range(table.num_rows))
    broken = iter(range(table.num_rows, together.num_rows))
    order = [next(broken) if row in codes else next(good) for row in range(together.num_rows)]
    return together.take(order).combine_chunks().to_batches()[0], codes, 0


def _read_strictly(block: bytes, names: list[str], delimiter: str, place: int) -> tuple[pa.RecordBatch, Codes, int]:
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
    """Raise the limit of the csv module for the length of a field to the longest row."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(LONGEST_ROW)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _records(text: str, width: int, delimiter: str) -> Iterator[_Record]:
    """Yield the records; where a quote is not closed, only the line that opens it is bad."""
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
            yield _Record(["".join(lines[start:end]).rstrip("\r\n")], code)
        elif cells:
            yield _Record(cells)
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
    data = cell.encode("utf-8", _ESCAPED)
    text = data.decode("utf-8", "backslashreplace")
    return text, text.encode() != data


def _batch(rows: list[list[str | None]], names: list[str], codes: Codes) -> tuple[pa.RecordBatch, Codes, int]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=_schema(names)), codes, 0
