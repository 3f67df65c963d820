"""Writes batches to a file or to standard output, in each format."""

from __future__ import annotations

import json
import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, ipc, parquet

from proxyaddr.bulk.atomic import atomic_path
from proxyaddr.bulk.errors import unwritable
from proxyaddr.bulk.files import Format
from proxyaddr.bulk.formulas import without_formulas
from proxyaddr.bulk.readers.reader import ROWS
from proxyaddr.bulk.utf8 import as_utf8, is_text, values
from proxyaddr.errors import ConfigurationError

__all__ = ["Output", "Writer", "writer"]

CODE_SEPARATOR = ";"
"""What joins the codes of findings in one cell of CSV."""

GROUP_BYTES = 64 << 20
"""The size at which a row group is written though it has fewer rows than a batch may have."""


class Output(NamedTuple):
    """One file to write, or standard output where `path` is None.

    `compression` is that of the whole file; `pages` is that inside a Parquet or Arrow file, None for the default of the
    format; `raw_csv` leaves formulas in CSV as they are.
    """

    path: Path | None
    format: Format
    compression: str | None = None
    pages: str | None = None
    raw_csv: bool = False

    @property
    def name(self) -> str:
        """The name for messages."""
        return "standard output" if self.path is None else str(self.path)


@contextmanager
def writer(output: Output, schema: pa.Schema, added: Collection[str] = ()) -> Iterator[Writer]:
    """Yield the writer of the rows; the file is replaced when the block ends, and unchanged after an error.

    `added` names the columns that get no statistics in Parquet: the least and greatest connector help no reader, and
    finding them takes a third of the time of writing. ConfigurationError where the file can't be written;
    BrokenPipeError where the process that reads standard output has ended.
    """
    try:
        with ExitStack() as stack:
            if output.path is None:
                sink = pa.PythonFile(sys.stdout.buffer, "w")  # pyarrow leaves it open
            else:
                path = stack.enter_context(atomic_path(output.path))
                sink = stack.enter_context(pa.OSFile(str(path), "w"))
            if output.compression is not None:
                sink = stack.enter_context(pa.CompressedOutputStream(sink, output.compression))
            target: Writer = _WRITERS[output.format](sink, schema, output, added)
            stack.callback(target.abandon)
            yield target
            target.close()
    except BrokenPipeError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise unwritable(output.name, error) from None


class Writer(ABC):
    """Writes rows in one format to a sink.

    `guarded_cells` counts the cells that were written with an apostrophe in front, so that no spreadsheet runs them.
    """

    guarded_cells = 0

    @abstractmethod
    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        """Start the file."""

    @abstractmethod
    def write(self, rows: pa.RecordBatch) -> None:
        """Write the next rows, or keep them for later."""

    @abstractmethod
    def close(self) -> None:
        """Write the rows that were kept, and the end of the file."""

    def abandon(self) -> None:  # noqa: B027 - most formats have nothing to do
        """Write nothing more, after an error."""


class _Parquet(Writer):
    """Writes Parquet; a row group is as large as what may be kept in memory."""

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        self._writer = parquet.ParquetWriter(
            sink,
            schema,
            compression=output.pages or "snappy",
            write_statistics=[name for name in schema.names if name not in added],
        )
        self._held: list[pa.RecordBatch] = []
        self._schema = schema

    def write(self, rows: pa.RecordBatch) -> None:
        self._held.append(rows)
        if sum(held.num_rows for held in self._held) >= ROWS or sum(held.nbytes for held in self._held) >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        self._writer.is_open = False  # else it would write its footer when it is garbage-collected

    def _flush(self) -> None:
        if self._held:
            table = pa.Table.from_batches(self._held, self._schema)
            self._writer.write_table(table.unify_dictionaries() if len(self._held) > 1 else table, 2 * ROWS)
            self._held = []


class _Arrow(Writer):
    """Writes Arrow IPC, a file or a stream.

    In a file a dictionary may only grow: that of each batch starts with that of the batch before.
    """

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        make = ipc.new_stream if output.format is Format.ARROW_STREAM else ipc.new_file
        if output.pages == "gzip":
            message = "Arrow compresses its batches by zstd, not by gzip: end the name in .gz to pack the whole file"
            raise ConfigurationError("no-such-compression", message, "compression", output.name)
        codec = None if output.pages == "none" else output.pages
        options = ipc.IpcWriteOptions(compression=codec, emit_dictionary_deltas=True)
        self._writer = make(sink, schema, options=options)
        self._schema = schema
        self._words: dict[int, pa.Array] = {}

    def write(self, rows: pa.RecordBatch) -> None:
        columns = [
            self._extended(place, column) if pa.types.is_dictionary(column.type) else column
            for place, column in enumerate(rows.columns)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def _extended(self, place: int, column: pa.DictionaryArray) -> pa.DictionaryArray:
        """Return the column with a dictionary that starts with the one written before."""
        known = self._words.get(place)
        if known is None and is_text(column.type):
            known = pa.array([""]).cast(
                column.type.value_type
            )  # pyarrow takes one that grows from nothing for another one
        if known is None or known.equals(column.dictionary):
            self._words[place] = column.dictionary
            return column
        empty = pa.DictionaryArray.from_arrays(pa.array([], column.type.index_type), known)
        together = pa.chunked_array([empty, column]).unify_dictionaries().chunk(1)
        self._words[place] = together.dictionary
        return together


class _Csv(Writer):
    """Writes CSV in UTF-8 with a header: lists as JSON, nulls as empty cells, formulas as text.

    Lists of codes, which hold no separators, are joined by `;`.
    """

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        self._without_formulas = not output.raw_csv
        self._added = added
        kinds = [
            pa.string() if is_text(field.type) or pa.types.is_nested(field.type) else field.type for field in schema
        ]
        names = pa.array(schema.names, pa.string())
        if self._without_formulas:
            names = self._guarded(names)
        self._schema = pa.schema(list(zip(names.to_pylist(), kinds, strict=True)))
        options = csv.WriteOptions(delimiter="\t" if output.format is Format.TSV else ",")
        self._writer = csv.CSVWriter(sink, self._schema, write_options=options)

    def write(self, rows: pa.RecordBatch) -> None:
        columns = [self._cells(column, field) for column, field in zip(rows.columns, self._schema, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def _cells(self, column: pa.Array, field: pa.Field) -> pa.Array:
        if is_text(column.type):
            column, _ = as_utf8(column, pa.string())
        elif field.name in self._added and pa.types.is_list(column.type):
            joined = pc.binary_join(column, CODE_SEPARATOR)
            return pc.if_else(pc.equal(joined, ""), pa.scalar(None, joined.type), joined)
        elif pa.types.is_nested(column.type):
            column = pa.array([None if value is None else _json(value) for value in values(column)], pa.string())
        return self._guarded(column) if self._without_formulas and pa.types.is_string(field.type) else column

    def _guarded(self, texts: pa.Array) -> pa.Array:
        """Return the texts without formulas, after counting the apostrophes that this takes."""
        texts, count = without_formulas(texts)
        self.guarded_cells += count
        return texts


class _JsonLines(Writer):
    """Writes one JSON object a line, in UTF-8."""

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - as the others
        self._sink = sink

    def write(self, rows: pa.RecordBatch) -> None:
        names = rows.schema.names
        columns = zip(*map(values, rows.columns), strict=True)
        self._sink.write("".join([f"{_json(dict(zip(names, row, strict=True)))}\n" for row in columns]).encode())

    def close(self) -> None:
        self._sink.flush()


_WRITERS: dict[Format, type[Writer]] = {
    Format.PARQUET: _Parquet,
    Format.ARROW: _Arrow,
    Format.ARROW_STREAM: _Arrow,
    Format.CSV: _Csv,
    Format.TSV: _Csv,
    Format.JSON_LINES: _JsonLines,
}


def _json(value: object) -> str:
    """Return a value as JSON; times, decimals and bytes as their text."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_text, allow_nan=False)
    except ValueError:  # JSON has no NaN and no infinity
        return json.dumps(_finite(value), ensure_ascii=False, default=_text)


def _finite(value: object) -> object:
    """Return a value with None in place of NaN and infinity."""
    if isinstance(value, dict):
        return {key: _finite(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_finite(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
