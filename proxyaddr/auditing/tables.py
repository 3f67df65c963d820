"""Arrow data that an audit reads twice, batch by batch: files of Parquet and Arrow, tables, and text in columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from proxyaddr._files.text import too_many_rows
from proxyaddr.directory.arrow import ERRORS, unreadable
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import Limits

__all__ = ["ROWS", "Table", "ahead", "rows_of", "table_in_file", "table_of", "whole_file"]

ROWS = 1 << 14
"""Rows that are judged together."""

_BUFFER = 1 << 20
"""Bytes of a column that are read of a file at once."""


class Table:
    """Rows that can be read again and again, in plain types: dictionaries of texts and views of them are texts."""

    def __init__(
        self,
        schema: Any,  # noqa: ANN401 - pyarrow has no types
        opened: Callable[[list[str]], Iterable[Any]],
        limits: Limits,
        source: str | None = None,
    ) -> None:
        """Take a schema, and a function that reads batches of the columns of some names."""
        self.schema = pa.schema([field.with_type(_plain(field.type)) for field in schema])
        self._opened = opened
        self._limits = limits
        self._source = source

    def batches(self, names: Sequence[str]) -> Iterator[Any]:
        """Yield batches of at most ROWS rows with these columns, in this order.

        ConfigurationError for damaged data, text that is not UTF-8, and more rows than allowed.
        """
        schema = pa.schema([self.schema.field(name) for name in names])
        count = 0
        try:
            for read in self._opened(list(names)):
                for start in range(0, len(read), ROWS):
                    batch = read.slice(start, ROWS).select(schema.names)
                    batch.validate(full=True)
                    count += len(batch)
                    if count > self._limits.file_rows:
                        raise too_many_rows(self._source, self._limits)
                    yield batch if batch.schema.types == schema.types else batch.cast(schema)
        except ConfigurationError:
            raise
        except ERRORS as error:
            raise unreadable(error, self._source) from None


def ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches, of which each is read in another thread while the one before it is used."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def table_in_file(path: Path, limits: Limits) -> Table:
    """Return the rows of a Parquet file, an Arrow file or an Arrow stream, which are read anew each time."""
    source = str(path)
    try:
        with path.open("rb") as file:
            start = file.read(6)
        if start.startswith(b"PAR1"):
            schema = parquet.read_schema(path)
            return Table(schema, lambda names: _parquet_batches(path, names), limits, source)
        opened = ipc.open_file if start == b"ARROW1" else ipc.open_stream
        with pa.memory_map(source) as mapped:
            schema = opened(mapped).schema
        return Table(schema, lambda _: _arrow_batches(source, opened), limits, source)
    except ERRORS as error:
        raise unreadable(error, source) from None


def whole_file(path: Path) -> tuple[str, Any, Iterator[Any]]:
    """Return the form of Arrow data in a file, its schema as it is, and its batches with all columns."""
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"PAR1"):
        schema = parquet.read_schema(path)
        return "parquet", schema, _parquet_batches(path, schema.names)
    is_file = start == b"ARROW1"
    opened = ipc.open_file if is_file else ipc.open_stream
    with pa.memory_map(str(path)) as mapped:
        schema = opened(mapped).schema
    return "file" if is_file else "stream", schema, _arrow_batches(str(path), opened)


def _parquet_batches(path: Path, names: list[str]) -> Iterator[Any]:
    with parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
        yield from file.iter_batches(ROWS, columns=names)


def _arrow_batches(source: str, opened: Callable[[Any], Any]) -> Iterator[Any]:
    with pa.memory_map(source) as mapped:
        reader = opened(mapped)
        if opened is ipc.open_stream:
            yield from reader
        else:
            yield from map(reader.get_batch, range(reader.num_record_batches))


def rows_of(records: Any) -> Any:  # noqa: ANN401 - any object with the Arrow C data interface
    """Return the table of pyarrow that something is; a stream is read to its end, since it can't be read again."""
    try:
        if isinstance(records, pa.Table) or not hasattr(records, "__arrow_c_stream__"):
            return records if isinstance(records, pa.Table) else pa.Table.from_batches([pa.record_batch(records)])
        return pa.RecordBatchReader.from_stream(records).read_all()
    except ERRORS as error:
        raise unreadable(error, None) from None


def table_of(rows: Any, limits: Limits) -> Table:  # noqa: ANN401 - pyarrow has no types
    """Return the rows of a table of pyarrow."""
    return Table(rows.schema, lambda names: rows.select(names).to_batches(ROWS), limits)


def _plain(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the type of text that one is judged as: pyarrow computes nothing of views."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_list(kind) and pa.types.is_string_view(kind.value_type):
        return pa.list_(pa.string())
    return pa.string() if pa.types.is_string_view(kind) else kind
