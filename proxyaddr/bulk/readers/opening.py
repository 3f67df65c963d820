"""Opens every input, before any work: one schema for all, and then their rows one after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple

import pyarrow as pa

from proxyaddr.bulk.batches import Batch
from proxyaddr.bulk.foreign_errors import unreadable
from proxyaddr.bulk.formats import Format
from proxyaddr.bulk.inputs import Input
from proxyaddr.bulk.readers.arrow import ArrowReader, ParquetReader
from proxyaddr.bulk.readers.csv import CsvReader
from proxyaddr.bulk.readers.json import JsonLinesReader
from proxyaddr.bulk.readers.text import TEXT_COLUMN, TextReader
from proxyaddr.bulk.sound_text import check_names, is_list, is_text, sound
from proxyaddr.errors import ConfigurationError

__all__ = ["Opened", "open_inputs", "read"]


class Opened(NamedTuple):
    """What is known before the first row: the inputs, their readers, the columns, and which holds the addresses."""

    inputs: Sequence[Input]
    readers: Sequence[Any]
    schema: pa.Schema
    column: str


@contextmanager
def open_inputs(inputs: Sequence[Input], column: str | None, encoding: str | None) -> Iterator[Opened]:
    """Look at each input, and let go of all at the end.

    ConfigurationError where one can't be read, or its columns are not those of the first.
    A column of the first that is missing in another, or the other way round, is an error; JSON may leave fields out.
    """
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(_reader(source, column, encoding))) for source in inputs]
        schemas: list[pa.Schema] = []
        for source, reader in zip(inputs, readers, strict=True):
            try:
                schemas.append(reader.schema())
                check_names(schemas[-1])
            except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
                raise unreadable(source.name, source.format, error) from error
        schema = schemas[0]
        for source, found in zip(inputs[1:], schemas[1:], strict=True):
            schema = _same(schema, found, inputs[0], source)
        chosen = _column(schema, column, inputs[0])
        yield Opened(inputs, readers, _with_text(schema, chosen, inputs[0]), chosen)


def read(opened: Opened) -> Generator[tuple[Input, Batch]]:
    """Yield the batches of every input; ConfigurationError naming the input that can't be read on."""
    place = opened.schema.get_field_index(opened.column)
    for source, reader in zip(opened.inputs, opened.readers, strict=True):
        given = (opened.schema,) if isinstance(reader, JsonLinesReader) else ()
        try:
            for batch in reader.batches(*given):
                yield source, _fitted(batch, opened.schema, place, source)
        except (OSError, pa.ArrowException) as error:
            raise unreadable(source.name, source.format, error) from error


def _reader(source: Input, column: str | None, encoding: str | None) -> Any:  # noqa: ANN401 - schema, batches and close
    if source.format is Format.PARQUET:
        return ParquetReader(source)
    if source.format in (Format.ARROW, Format.ARROW_STREAM):
        return ArrowReader(source)
    kinds: dict[Format, Any] = {Format.JSON_LINES: JsonLinesReader, Format.TEXT: TextReader}
    return kinds.get(source.format, CsvReader)(source, column, encoding)


def _column(schema: pa.Schema, column: str | None, source: Input) -> str:
    if column is None and source.format is Format.TEXT:
        return TEXT_COLUMN
    if column is None and len(schema) == 1:
        return str(schema.names[0])
    if column in schema.names:
        return str(column)
    asked = "--column is missing" if column is None else f"no column {column!r}"
    columns = f"the columns are {', '.join(map(repr, schema.names))}" if schema.names else "there are no columns at all"
    message = f"{asked}; {columns}"
    raise ConfigurationError("no-such-column", message, "column", source.name)


def _with_text(schema: pa.Schema, column: str, source: Input) -> pa.Schema:
    """Return the schema with octets of the column as text; ConfigurationError where the column is neither."""
    place = schema.get_field_index(column)
    kind = schema.field(place).type
    listed = is_list(kind)
    if not is_text(kind.value_type if listed else kind):
        message = f"the column {column!r} holds {kind}; expected text or lists of text"
        raise ConfigurationError("not-text", message, "column", source.name)
    plain = pa.list_(pa.string()) if listed else pa.string()
    stays = pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    chosen = schema if stays else schema.set(place, pa.field(column, plain))
    views = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}  # pyarrow filters and takes no views
    return pa.schema([field.with_type(views.get(field.type, field.type)) for field in chosen])


def _same(first: pa.Schema, other: pa.Schema, source: Input, another: Input) -> pa.Schema:
    if set(first.names) == set(other.names):
        return first
    if source.format is another.format is Format.JSON_LINES:
        return pa.unify_schemas([first, other], promote_options="permissive")
    lacking = [f"lacks {name!r}" for name in first.names if name not in other.names]
    extra = [f"has {name!r}" for name in other.names if name not in first.names]
    message = f"other columns than {source.name}: {', '.join(lacking + extra)}"
    raise ConfigurationError("different-columns", message, source=another.name)


def _fitted(batch: Batch, schema: pa.Schema, place: int, source: Input) -> Batch:
    """Return the batch in the columns of all, the addresses as sound text."""
    codes = dict(batch.codes)
    columns = []
    for index, field in enumerate(schema):
        column = batch.rows.column(field.name)
        try:
            if index == place:
                column, broken = sound(column, field.type)
                codes |= broken
            elif column.type != field.type:
                column = column.cast(field.type)
        except pa.ArrowException as error:
            message = f"the column {field.name!r} holds {column.type}, that of the first input {field.type}"
            raise ConfigurationError("different-columns", message, source=source.name) from error
        columns.append(column)
    return batch._replace(rows=pa.RecordBatch.from_arrays(columns, schema=schema), codes=codes)
