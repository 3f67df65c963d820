"""Reads JSON lines in blocks: a first pass finds the columns, a line that is no object is kept whole with its code."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from proxyaddr.bulk.batches import Batch, Codes, escaped
from proxyaddr.bulk.inputs import Input
from proxyaddr.bulk.readers.blocks import blocks, last_line_end, recoded
from proxyaddr.bulk.readers.json_arrays import lines_of
from proxyaddr.columns import NOT_UTF8

__all__ = ["BAD_JSON", "JsonLinesReader"]

BAD_JSON = "bad-json"
"""The line is no JSON object."""

_ESCAPED = "surrogateescape"

_UNSOUND = r"(?m)^[ \t]*[^{ \t\r\n]|[^} \t\r\n][ \t\r]*$|\[[ \t\r\n]*null"
"""Lines that are no object, and lists that start with null.

pyarrow ends the process at a null that is no member (its issue 47409), and loses nulls at the start of a list (51305).
"""

Fields = dict[str, pa.DataType]


class JsonLinesReader:
    """Reads one file with a JSON object a line; a field whose values differ in type becomes text."""

    def __init__(self, source: Input, column: str | None, encoding: str | None = None) -> None:
        self._source = source
        self._column = column
        self._encoding = encoding
        self._copy: BinaryIO | None = None

    def schema(self) -> pa.Schema:
        """Return the columns that the lines have, found by reading all of them."""
        fields: Fields = {}
        with self._open() as raw:
            for block in self._blocks(raw):
                for name, kind in _fields_of(block).items():
                    fields[name] = kind if name not in fields else _merged(fields[name], kind)
        if self._column is not None and pa.types.is_null(fields.get(self._column, pa.string())):
            fields[self._column] = pa.string()
        return pa.schema(list(fields.items()))

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows, in the columns of a schema."""
        place = schema.get_field_index(self._column)
        row = 1
        with self._open() as raw:
            for block in self._blocks(raw):
                batch, codes, cells = _fast(block, schema) or _slow(block, schema, place)
                if batch.num_rows:
                    yield Batch(batch, row, raw.tell(), codes, cells)
                row += batch.num_rows

    def close(self) -> None:
        """Let go of the copy of a stream."""
        if self._copy is not None:
            self._copy.close()

    def _open(self) -> BinaryIO:
        """Open the file; standard input is copied first, as there are two passes."""
        if self._source.path is not None:
            return self._source.open()
        self._copy = self._copy or self._source.open_seekable()
        self._copy.seek(0)
        return os.fdopen(os.dup(self._copy.fileno()), "rb", buffering=0)

    def _blocks(self, raw: BinaryIO) -> Iterator[bytes]:
        packed = self._source.path is not None
        read = recoded((self._source.uncompressed(raw) if packed else raw).read, self._encoding)
        return blocks(lines_of(read, self._source.name), last_line_end)


def _is_text(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(block: bytes, schema: pa.Schema | None) -> pa.Table | None:
    """Read a block by pyarrow; None where it can't, or where what it gives would not be what is there."""
    if not _is_text(block) or pc.match_substring_regex(pa.array([block]), _UNSOUND)[0].as_py():
        return None
    parse = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error" if schema else "infer")
    read = arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1)
    try:
        table = arrow_json.read_json(pa.py_buffer(block), read_options=read, parse_options=parse)
        table.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return table


def _fields_of(block: bytes) -> Fields:
    table = _read(block, None)
    if table is not None:
        return {field.name: _kept(field.type) for field in table.schema}
    fields: Fields = {}
    for line in _lines(block):
        found = _object(line)
        for name, value in {} if found is None else found.items():
            kind = _type_of(value)
            fields[name] = kind if name not in fields else _merged(fields[name], kind)
    return fields


def _type_of(value: object) -> pa.DataType:
    try:
        return _kept(pa.array([_sound(value)]).type)
    except (pa.ArrowException, OverflowError):
        return pa.string()


def _kept(kind: pa.DataType) -> pa.DataType:
    """Return the type with text for times: pyarrow guesses them from text, and would write them otherwise."""
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_kept(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _kept(field.type)) for field in kind])
    return kind


def _merged(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return the type that holds both, text where there is none."""
    if one == other:
        return one
    try:
        schemas = [pa.schema([("field", kind)]) for kind in (one, other)]
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.string()


def _fast(block: bytes, schema: pa.Schema) -> tuple[pa.RecordBatch, Codes, int] | None:
    if not block.strip():
        return pa.RecordBatch.from_pylist([], schema), {}, 0
    table = _read(block, schema)
    if table is None or table.num_rows != sum(1 for _ in _lines(block)):
        return None  # pyarrow takes several objects on a line, and one over several lines
    batches = table.select(schema.names).combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema), {}, 0


def _slow(block: bytes, schema: pa.Schema, place: int) -> tuple[pa.RecordBatch, Codes, int]:
    """Read a block line by line."""
    rows: list[list[Any]] = []
    codes: Codes = {}
    cells = 0
    for line in _lines(block):
        found = _object(line)
        try:
            if found is None:
                raise ValueError  # out by the same way as a value that its column can't hold
            values = [_fitting(found.get(field.name), field.type) for field in schema]
            if (value := found.get(schema.names[place])) is not None and not _is_sound(value):
                codes[len(rows)] = NOT_UTF8
            cells += sum(not _is_sound(value) for name, value in found.items() if name != schema.names[place])
        except (ValueError, TypeError, OverflowError, pa.ArrowException):
            text, broken = escaped(line)
            codes[len(rows)] = NOT_UTF8 if broken else BAD_JSON
            values = [None] * len(schema)
            values[place] = _fitting(text, schema.field(place).type)
        rows.append(values)
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema), codes, cells


def _lines(block: bytes) -> Iterator[bytes]:
    return (line for line in block.splitlines() if line.strip())


def _object(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line; None where it is none."""
    try:
        found = json.loads(line.decode("utf-8", _ESCAPED), object_pairs_hook=_with_sound_names)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _with_sound_names(members: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_encodable(name): value for name, value in members}


def _fitting(value: object, kind: pa.DataType) -> object:
    """Return a value as the column's type takes it: as JSON where the column is text and the value is not."""
    if value is None:
        return None
    if pa.types.is_string(kind):
        return _encodable(value) if isinstance(value, str) else json.dumps(value)
    if pa.types.is_list(kind):
        return [_fitting(item, kind.value_type) for item in (value if isinstance(value, list) else [value])]
    if pa.types.is_struct(kind) and isinstance(value, dict):
        return {field.name: _fitting(value.get(field.name), field.type) for field in kind}
    if pa.types.is_floating(kind) and type(value) is int:
        value = float(value)  # as pyarrow reads it where every line is good
    pa.scalar(value, kind)  # raises where the column could not hold it
    return value


def _is_sound(value: object) -> bool:
    """Return whether all text of a value can be written as UTF-8."""
    if isinstance(value, str):
        return _encodable(value) == value
    return all(map(_is_sound, value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()))


def _sound(value: object) -> object:
    """Return a value with all its text as it can be written."""
    if isinstance(value, dict):
        return {name: _sound(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(_sound, value))
    return _encodable(value) if isinstance(value, str) else value


def _encodable(text: str) -> str:
    r"""Return text with octets that were not UTF-8 as `\xHH`, and half pairs that JSON escapes made as `\uHHHH`."""
    try:
        return text.encode("utf-8", _ESCAPED).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
