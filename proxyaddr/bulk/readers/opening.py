"""Opens every input before any work: finds one schema for all of them, then yields their rows one after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._files.octets import octets_as_text
from proxyaddr.bulk.errors import unreadable
from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers.address_columns import AddressColumns, chosen_columns, gathered
from proxyaddr.bulk.readers.address_objects import as_texts, text_type
from proxyaddr.bulk.readers.arrow import ArrowReader
from proxyaddr.bulk.readers.csv import CsvReader
from proxyaddr.bulk.readers.json import JsonLinesReader
from proxyaddr.bulk.readers.json_types import merged
from proxyaddr.bulk.readers.objects import FORMS, ObjectsReader
from proxyaddr.bulk.readers.parquet import ParquetReader
from proxyaddr.bulk.readers.reader import Batch, Reader
from proxyaddr.bulk.readers.text import TextReader
from proxyaddr.bulk.utf8 import as_utf8, check_names, is_list, is_text
from proxyaddr.errors import ConfigurationError

__all__ = ["READERS", "Opened", "open_inputs", "read"]

READERS: dict[Format, type[Reader]] = {
    Format.CSV: CsvReader,
    Format.TSV: CsvReader,
    Format.PARQUET: ParquetReader,
    Format.ARROW: ArrowReader,
    Format.ARROW_STREAM: ArrowReader,
    Format.JSON_LINES: JsonLinesReader,
    Format.TEXT: TextReader,
    **dict.fromkeys(FORMS, ObjectsReader),
}

MOST_OPEN = 16
"""Inputs that stay open from their schema to their rows.

Of more inputs each file is opened again for its rows: a folder may hold more files than a process may open, and their
first blocks more than memory.
"""


class Opened(NamedTuple):
    """What is known before the first row: the inputs, their readers, the schema, and the name of the address column.

    `stored` is the schema by which the inputs are read: it differs where addresses are objects that hold their text,
    and where `parts`, several columns, become the address column.
    """

    inputs: Sequence[Input]
    readers: Sequence[Reader]
    schema: pa.Schema
    column: str
    stored: pa.Schema
    parts: tuple[str, ...]


@contextmanager
def open_inputs(inputs: Sequence[Input], column: str | None, encoding: str | None) -> Iterator[Opened]:
    """Read the schema of each input and yield that of all; close the inputs at the end.

    ConfigurationError for an input that can't be read, for one whose columns are not those of the first, and where the
    address column is missing or holds no text. Inputs of JSON may lack columns of each other.
    """
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(READERS[source.format](source, column, encoding))) for source in inputs]
        schemas: list[pa.Schema] = []
        for source, reader in zip(inputs, readers, strict=True):
            try:
                schemas.append(reader.schema())
                check_names(schemas[-1])
            except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
                raise unreadable(source.name, source.format, error) from error
            if len(inputs) > MOST_OPEN and source.path is not None:
                reader.close()
        schema = schemas[0]
        for source, found in zip(inputs[1:], schemas[1:], strict=True):
            schema = _unified(schema, found, inputs[0], source)
        chosen = chosen_columns(schema, column, inputs[0])
        for reader in readers:
            reader.choose(chosen.parts[0])
        stored = _with_read_nulls(schema, chosen.parts)
        text = _with_text(_together(stored, chosen, inputs[0]), chosen.name, inputs[0])
        if len(chosen.parts) == 1:
            found = stored.field(chosen.name)
            stored = text if text_type(found.type) == found.type else text.set(text.get_field_index(chosen.name), found)
        yield Opened(inputs, readers, text, chosen.name, stored, chosen.parts)


def read(opened: Opened) -> Generator[tuple[Input, Batch]]:
    """Yield the batches of every input in the common schema; ConfigurationError where an input can't be read on."""
    place = opened.schema.get_field_index(opened.column)
    for source, reader in zip(opened.inputs, opened.readers, strict=True):
        try:
            for batch in reader.batches(opened.stored):
                if source.format in (Format.CSV, Format.TSV):
                    batch = _with_octets_read(batch, opened.parts)  # noqa: PLW2901 - the same rows, as csvde means them
                yield source, _in_schema(_gathered(batch, opened), opened.schema, place, source)
        except (OSError, pa.ArrowException) as error:
            raise unreadable(source.name, source.format, error) from error


def _with_read_nulls(schema: pa.Schema, parts: Sequence[str]) -> pa.Schema:
    """Return the schema with text in place of columns of addresses in which there is nothing."""
    fields = [
        field.with_type(pa.string()) if field.name in parts and pa.types.is_null(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)


def _together(schema: pa.Schema, chosen: AddressColumns, source: Input) -> pa.Schema:
    """Return the schema with one column of lists in place of several columns of addresses.

    ConfigurationError where one of those is neither text nor lists of text.
    """
    if len(chosen.parts) == 1:
        return schema
    for name in chosen.parts:
        _with_text(schema, name, source)
    first = chosen.parts[0]
    fields = [field for field in schema if field.name == first or field.name not in chosen.parts]
    column = pa.field(chosen.name, pa.list_(pa.string()))
    return pa.schema([column if field.name == first else field for field in fields])


def _with_octets_read(batch: Batch, parts: Sequence[str]) -> Batch:
    """Return the batch with the octets that csvde writes for addresses that are not ASCII, `X'6a6f65'`, as text."""
    rows = batch.rows
    for name in parts:
        column = rows.column(name)
        if pc.any(pc.match_substring(column, "X'")).as_py():
            texts = [None if text is None else octets_as_text(text) for text in column.to_pylist()]
            rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(texts, column.type))
    return batch._replace(rows=rows)


def _gathered(batch: Batch, opened: Opened) -> Batch:
    """Return the batch with the columns of addresses as the one that they become."""
    if len(opened.parts) == 1:
        return batch
    addresses = gathered(batch.rows, opened.parts, batch.codes)
    columns = [addresses if name == opened.column else batch.rows.column(name) for name in opened.schema.names]
    return batch._replace(rows=pa.RecordBatch.from_arrays(columns, names=opened.schema.names))


def _with_text(schema: pa.Schema, column: str, source: Input) -> pa.Schema:
    """Return the schema with text in place of bytes in the address column, and no views anywhere.

    ConfigurationError where the address column is neither text nor bytes.
    """
    place = schema.get_field_index(column)
    kind = text_type(schema.field(place).type)
    listed = is_list(kind)
    if not is_text(kind.value_type if listed else kind):
        message = f"the column {column!r} holds {kind}; expected text or lists of text"
        raise ConfigurationError("not-text", message, "column", source.name)
    plain = pa.list_(pa.string()) if listed else pa.string()
    stays = pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    stays = stays and kind == schema.field(place).type
    chosen = schema if stays else schema.set(place, pa.field(column, plain))
    return pa.schema([field.with_type(_without_views(field.type)) for field in chosen])


def _without_views(kind: pa.DataType) -> pa.DataType:
    """Return a type with text in place of views of text, of which pyarrow filters and takes no rows."""
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _without_views(kind.value_type), ordered=kind.ordered)
    return {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}.get(kind, kind)


def _unified(first: pa.Schema, other: pa.Schema, source: Input, another: Input) -> pa.Schema:
    """Return the columns of two inputs together; ConfigurationError where they differ and one is not JSON."""
    if source.format is another.format is Format.JSON_LINES:
        return merged(first, other)
    if set(first.names) == set(other.names):
        return first
    lacking = [f"lacks {name!r}" for name in first.names if name not in other.names]
    extra = [f"has {name!r}" for name in other.names if name not in first.names]
    message = f"other columns than {source.name}: {', '.join(lacking + extra)}"
    raise ConfigurationError("different-columns", message, source=another.name)


def _in_schema(batch: Batch, schema: pa.Schema, place: int, source: Input) -> Batch:
    """Return the batch with the columns of the common schema, and its addresses as valid UTF-8."""
    codes = dict(batch.codes)
    columns = []
    for index, field in enumerate(schema):
        column = batch.rows.column(field.name)
        try:
            if index == place:
                column, broken = as_utf8(as_texts(column), field.type)
                codes |= broken
            elif column.type != field.type:
                column = column.cast(field.type)
        except pa.ArrowException as error:
            message = f"the column {field.name!r} holds {column.type}, that of the first input {field.type}"
            raise ConfigurationError("different-columns", message, source=source.name) from error
        columns.append(column)
    return batch._replace(rows=pa.RecordBatch.from_arrays(columns, schema=schema), codes=codes)
