"""Reads JSON lines: a first pass finds the columns; a line that is not an object is kept whole, with its code.

pyarrow.json reads the blocks in which every line is an object and every field has one type. Other blocks are cut into
small pieces, and the json module reads the pieces that are at fault, five times as slowly. By itself pyarrow.json stops
at the first bad line, takes two objects on a line for two rows, ends the process at a `null` that is not the value of a
member (its issue 47409), and loses nulls at the start of a list (51305).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from proxyaddr.bulk.readers.blocks import blocks, last_line_end, recoded
from proxyaddr.bulk.readers.json_arrays import lines_of
from proxyaddr.bulk.readers.json_types import column_of, merged, type_of, without_times
from proxyaddr.bulk.readers.reader import MOST_COLUMNS, Batch, Codes, Reader, too_many_columns
from proxyaddr.bulk.utf8 import encodable, escaped
from proxyaddr.columns import NOT_UTF8

__all__ = ["BAD_JSON", "JsonLinesReader"]

BAD_JSON = "bad-json"
"""The code of a line that is not a JSON object."""

PIECE = 256 << 10
"""Bytes of the pieces of a block that pyarrow does not read as a whole."""

_ESCAPED = "surrogateescape"

_BLANKS = " \t\x0b\f"

_DECODER = json.JSONDecoder()

_NOT_FOR_PYARROW = r"(?m)^[ \t]*[^{ \t\r\n]|[^} \t\r\n][ \t\r]*$|\[[ \t\r\n]*null"
"""Lines that do not start and end as an object, and lists that start with null."""

_NAME = re.compile(rb'"([^"\\]*)"[ \t]*:')

_MAY_BE_SURROGATE = re.compile(r"[\udc80-\udcff]|\\u[dD][89a-fA-F]")
"""A byte that was not UTF-8, or an escape that may be half of a surrogate pair."""


class _Line(NamedTuple):
    """A line that is not blank: its object, None where it is not one, and whether its text may be more than UTF-8."""

    text: str
    found: dict[str, Any] | None
    is_suspect: bool


class JsonLinesReader(Reader):
    """Reads one file with a JSON object a line."""

    _copy: BinaryIO | None = None

    def schema(self) -> pa.Schema:
        """Return the columns of all lines, which are all read."""
        schema = pa.schema([])
        with self._open() as raw:
            for block in self._blocks(raw):
                schema = merged(schema, _schema_of(block, self._source.name))
                if len(schema) > MOST_COLUMNS:
                    raise too_many_columns(self._source.name)
        place = self._place(schema)
        if place >= 0 and pa.types.is_null(schema.field(place).type):
            schema = schema.set(place, pa.field(schema.names[place], pa.string()))
        return schema

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows."""
        place = self._place(schema)
        row = 1
        with self._open() as raw:
            for block in self._blocks(raw):
                batch, codes, cells = _read_block(block, schema, place)
                if batch.num_rows:
                    yield Batch(batch, row, raw.tell(), codes, cells)
                row += batch.num_rows

    def _place(self, schema: pa.Schema) -> int:
        """Return the place of the address column: the first where none is named, -1 where there is none."""
        if self._column is None:
            return 0 if len(schema) else -1
        place: int = schema.get_field_index(self._column)
        return place

    def close(self) -> None:
        """Remove the copy of standard input."""
        if self._copy is not None:
            self._copy.close()

    def _open(self) -> BinaryIO:
        """Open the file for one of the two passes; standard input is copied first."""
        if self._source.path is not None:
            return self._source.open()
        self._copy = self._copy or self._source.open_seekable()
        self._copy.seek(0)
        return os.fdopen(os.dup(self._copy.fileno()), "rb", buffering=0)

    def _blocks(self, raw: BinaryIO) -> Iterator[bytes]:
        is_copy = self._source.path is None
        read = recoded((raw if is_copy else self._source.uncompressed(raw)).read, self._encoding)
        return blocks(lines_of(read, self._source.name), last_line_end)


def _schema_of(block: bytes, source: str) -> pa.Schema:
    """Return the columns of the objects in a block; ConfigurationError where there are too many."""
    if _may_be_wide(block):
        raise too_many_columns(source)
    found = _inferred(block)
    if found is None:
        found = pa.schema([])
        for piece in _pieces(block):
            inferred = _inferred(piece) or _inferred_by_lines(piece)
            if not _agree(found, inferred):
                return _inferred_by_lines(block)
            found = merged(found, inferred)
    return found


def _agree(one: pa.Schema, other: pa.Schema) -> bool:
    """Return whether columns of two pieces have the same types, so that it does not matter where a block was cut."""
    types = {field.name: field.type for field in one}
    pairs = [(types[field.name], field.type) for field in other if field.name in types]
    return all(pa.types.is_null(first) or pa.types.is_null(second) or first == second for first, second in pairs)


def _may_be_wide(block: bytes) -> bool:
    """Return whether a block has so many names that pyarrow takes the square of its length for their nulls."""
    if block.count(b'":') < MOST_COLUMNS:
        return False
    return len({found[1] for found in _NAME.finditer(block)}) > MOST_COLUMNS


def _inferred(block: bytes) -> pa.Schema | None:
    """Return the columns that pyarrow finds; None where it could not read the block."""
    table = _read(block, None)
    return None if table is None else pa.schema([(field.name, without_times(field.type)) for field in table.schema])


def _inferred_by_lines(block: bytes) -> pa.Schema:
    """Return the columns that the json module finds."""
    objects = [line.found for line in _parsed(block) if line.found is not None]
    names = dict.fromkeys(name for members in objects for name in members)
    return pa.schema([(name, type_of([members.get(name) for members in objects])) for name in names])


def _pieces(block: bytes) -> Iterator[bytes]:
    """Yield a block in small pieces of whole lines."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + PIECE) + 1 or len(block)
        yield block[start:end]
        start = end


def _read_block(block: bytes, schema: pa.Schema, place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Return the rows of a block, the codes of bad ones, and the number of escaped cells outside the address column."""
    whole = _read_quickly(block, schema)
    if whole is not None:
        return whole
    batches: list[pa.RecordBatch] = []
    codes: Codes = {}
    row = cells = 0
    for piece in _pieces(block):
        batch, found, escaped_cells = _read_quickly(piece, schema) or _read_line_by_line(piece, schema, place)
        codes |= {row + bad: code for bad, code in found.items()}
        cells += escaped_cells
        row += batch.num_rows
        batches.append(batch)
    return pa.concat_batches(batches), codes, cells


def _read(block: bytes, schema: pa.Schema | None) -> pa.Table | None:
    """Read a block by pyarrow; None where pyarrow could not read it, or what it read would differ from the lines."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if pc.match_substring_regex(pa.array([block]), _NOT_FOR_PYARROW)[0].as_py():
        return None
    parse = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error" if schema else "infer")
    read = arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1)
    try:
        table = arrow_json.read_json(pa.py_buffer(block), read_options=read, parse_options=parse)
        table.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return table


def _read_quickly(block: bytes, schema: pa.Schema) -> tuple[pa.RecordBatch, Codes, int] | None:
    """Read a block by pyarrow; None where it can't be read so, and where a line holds more or less than an object."""
    if not block.strip():
        return pa.RecordBatch.from_pylist([], schema), {}, 0
    table = _read(block, schema)
    if table is None or table.num_rows != sum(1 for line in block.splitlines() if line.strip()):
        return None
    batches = table.select(schema.names).combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema), {}, 0


def _read_line_by_line(block: bytes, schema: pa.Schema, place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Read a block by the json module: the lines one by one, then each column at once."""
    lines = list(_parsed(block))
    objects = [line.found or {} for line in lines]
    is_suspect = any(line.is_suspect for line in lines)
    address = schema.names[place]
    codes: Codes = {}
    bad = [row for row, line in enumerate(lines) if line.found is None]
    columns: list[pa.Array] = []
    while bad or not columns:  # once more where a column can't hold a value: its row is bad too
        for row in bad:
            text, has_bytes = escaped(lines[row].text.encode("utf-8", _ESCAPED))
            codes[row] = NOT_UTF8 if has_bytes else BAD_JSON
            objects[row] = {address: text}
        made = [
            column_of([members.get(field.name) for members in objects], field.type, is_plain=not is_suspect)
            for field in schema
        ]
        columns = [column for column, _ in made]
        bad = sorted({row for _, misfits in made for row in misfits})
    cells = 0
    for row, line in enumerate(lines):
        if line.is_suspect and line.found is not None and row not in codes:
            changed = [name for name, value in line.found.items() if not _is_utf8(value)]
            cells += len(changed) - (address in changed)
            if address in changed:
                codes[row] = NOT_UTF8
    return pa.RecordBatch.from_arrays(columns, schema=schema), codes, cells


def _parsed(block: bytes) -> Iterator[_Line]:
    """Yield the lines of a block that are not blank."""
    text = block.decode("utf-8", _ESCAPED)
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.strip(_BLANKS):
            may_be = "\\u" in line or not line.isascii()  # faster than the pattern, and enough for most lines
            yield _line(line, is_suspect=may_be and _MAY_BE_SURROGATE.search(line) is not None)


def _line(text: str, *, is_suspect: bool) -> _Line:
    try:
        found = json.loads(text, object_pairs_hook=_with_encodable_names) if is_suspect else _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _Line(text, None, is_suspect)
    return _Line(text, found if isinstance(found, dict) else None, is_suspect)


def _with_encodable_names(members: list[tuple[str, Any]]) -> dict[str, Any]:
    return {encodable(name): value for name, value in members}


def _is_utf8(value: object) -> bool:
    """Return whether all text of a value can be written as UTF-8."""
    if isinstance(value, str):
        return encodable(value) == value
    return all(map(_is_utf8, value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()))
