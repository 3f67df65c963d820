"""Writes batches in each format to a file or to standard output."""

from __future__ import annotations

import json
import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import csv, ipc, parquet

from proxyaddr.bulk.atomic import placed
from proxyaddr.bulk.batches import ROWS
from proxyaddr.bulk.foreign_errors import unwritable
from proxyaddr.bulk.formats import Format
from proxyaddr.bulk.sound_text import is_text, sound, values
from proxyaddr.bulk.spreadsheets import guarded, guarded_name
from proxyaddr.errors import ConfigurationError

__all__ = ["Output", "Write", "writer"]

Write = Callable[[pa.RecordBatch], None]
"""Takes the next rows."""

GROUP_OCTETS = 64 << 20
"""A row group is written when so much is held, though it has fewer rows than a batch may have."""


class Output(NamedTuple):
    """One file to write, standard output where `path` is None.

    `compression` is that of the whole file, `pages` that inside a Parquet or Arrow file, None for its default.
    """

    path: Path | None
    format: Format
    compression: str | None = None
    pages: str | None = None
    raw_csv: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return "standard output" if self.path is None else str(self.path)


@contextmanager
def writer(output: Output, schema: pa.Schema, added: Collection[str] = ()) -> Iterator[Write]:
    """Give what takes rows; the file is in its place when the block ends, and nothing is where the block fails.

    `added` names columns of ours: their least and greatest values help no reader and take a third of the time that
    writing them takes. ConfigurationError where it can't be written; BrokenPipeError where the reader of standard
    output has gone.
    """
    try:
        with ExitStack() as stack:
            if output.path is None:
                sink = pa.PythonFile(sys.stdout.buffer, "w")  # pyarrow leaves it open
            else:
                beside = stack.enter_context(placed(output.path))
                sink = stack.enter_context(pa.OSFile(str(beside), "w"))
            if output.compression is not None:
                sink = stack.enter_context(pa.CompressedOutputStream(sink, output.compression))
            target: _Rows = _KINDS[output.format](sink, schema, output, added)
            stack.callback(target.abandon)
            yield target.write
            target.close()
    except BrokenPipeError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise unwritable(output.name, error) from error


class _Rows(ABC):
    """Rows of one format to a sink."""

    @abstractmethod
    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        """Begin the file."""

    @abstractmethod
    def write(self, rows: pa.RecordBatch) -> None:
        """Take the next rows."""

    @abstractmethod
    def close(self) -> None:
        """Write what is held, and the end of the file."""

    def abandon(self) -> None:  # noqa: B027 - most have nothing to do
        """Write no more."""


class _Parquet(_Rows):
    """Parquet, a row group for so many rows or octets: what is held at a time."""

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
        if sum(held.num_rows for held in self._held) >= ROWS or sum(held.nbytes for held in self._held) >= GROUP_OCTETS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        self._writer.is_open = False  # else it would write its footer when it is collected

    def _flush(self) -> None:
        if self._held:
            table = pa.Table.from_batches(self._held, self._schema)
            self._writer.write_table(table.unify_dictionaries() if len(self._held) > 1 else table, 2 * ROWS)
            self._held = []


class _Arrow(_Rows):
    """Arrow IPC, a file or a stream. A dictionary may only grow in a file: each batch adds what the last had not."""

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
            self._grown(place, column) if pa.types.is_dictionary(column.type) else column
            for place, column in enumerate(rows.columns)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def _grown(self, place: int, column: pa.DictionaryArray) -> pa.DictionaryArray:
        known = self._words.get(place)
        if known is None and is_text(column.type):
            known = pa.array([""]).cast(column.type.value_type)  # what grows from nothing is taken for replaced
        if known is None or known.equals(column.dictionary):
            self._words[place] = column.dictionary
            return column
        empty = pa.DictionaryArray.from_arrays(pa.array([], column.type.index_type), known)
        together = pa.chunked_array([empty, column]).unify_dictionaries().chunk(1)
        self._words[place] = together.dictionary
        return together


class _Csv(_Rows):
    """CSV in UTF-8 with a header; lists as JSON, nulls as empty cells, formulas made harmless unless asked not to."""

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - pyarrow has no types
        self._guards = not output.raw_csv
        kinds = [
            pa.string() if is_text(field.type) or pa.types.is_nested(field.type) else field.type for field in schema
        ]
        names = [guarded_name(name) if self._guards else name for name in schema.names]
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        options = csv.WriteOptions(delimiter="\t" if output.format is Format.TSV else ",")
        self._writer = csv.CSVWriter(sink, self._schema, write_options=options)

    def write(self, rows: pa.RecordBatch) -> None:
        columns = [self._cells(column, field) for column, field in zip(rows.columns, self._schema, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def _cells(self, column: pa.Array, field: pa.Field) -> pa.Array:
        if is_text(column.type):
            column, _ = sound(column, pa.string())
        elif pa.types.is_nested(column.type):
            column = pa.array([None if value is None else _json(value) for value in values(column)], pa.string())
        return guarded(column) if self._guards and pa.types.is_string(field.type) else column


class _JsonLines(_Rows):
    """One JSON object a line, in UTF-8."""

    def __init__(self, sink: Any, schema: pa.Schema, output: Output, added: Collection[str]) -> None:  # noqa: ANN401 - as the others
        self._sink = sink

    def write(self, rows: pa.RecordBatch) -> None:
        names = rows.schema.names
        columns = zip(*map(values, rows.columns), strict=True)
        self._sink.write("".join([f"{_json(dict(zip(names, row, strict=True)))}\n" for row in columns]).encode())

    def close(self) -> None:
        self._sink.flush()


_KINDS: dict[Format, type[_Rows]] = {
    Format.PARQUET: _Parquet,
    Format.ARROW: _Arrow,
    Format.ARROW_STREAM: _Arrow,
    Format.CSV: _Csv,
    Format.TSV: _Csv,
    Format.JSON_LINES: _JsonLines,
}


def _json(value: object) -> str:
    """Return JSON; times, decimals and octets as their text."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_text, allow_nan=False)
    except ValueError:  # JSON has no number for these
        return json.dumps(_finite(value), ensure_ascii=False, default=_text)


def _finite(value: object) -> object:
    """Return null for each number that is none, or has no end."""
    if isinstance(value, dict):
        return {key: _finite(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_finite(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
