"""Objects of Arrow data: Parquet and Arrow files, and tables in memory. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from proxyaddr._files.objects import Exported
from proxyaddr._files.text import limited_rows
from proxyaddr.errors import ConfigurationError, visible
from proxyaddr.limits import Limits

__all__ = ["ERRORS", "ArrowRows", "open_file", "open_table", "unreadable"]

ROWS = 1024
"""Rows that become objects of Python together."""

ERRORS = (OSError, ValueError, OverflowError, MemoryError, pa.ArrowException)
"""What pyarrow raises for damaged data, and for dates that Python can't hold."""


class ArrowRows:
    """The rows of Arrow data as objects: `names` are those of the columns, in their order."""

    def __init__(self, names: Iterable[str], batches: Iterable[pa.RecordBatch], source: str | None) -> None:
        self.names = tuple(names)
        self._batches = batches
        self._source = source

    def objects(self, is_wanted: Callable[[str], bool], limits: Limits) -> Iterator[Exported]:
        """Yield a row with its number, from 1, and the values of the columns that are wanted, lists as lists.

        ConfigurationError for damaged data, text that is not UTF-8, more rows than allowed, and a name of two columns.
        """
        wanted = [name for name in self.names if is_wanted(name)]
        if repeated := next((name for name in wanted if wanted.count(name) > 1), None):
            raise ConfigurationError("bad-header", f"two columns are named {repeated}", source=self._source)
        places = [self.names.index(name) for name in wanted]
        rows = zip(enumerate(limited_rows(self._source, limits), 1), self._rows(places), strict=False)
        for (number, _), values in rows:
            yield Exported(number, dict(zip(wanted, values, strict=True)))

    def _rows(self, places: list[int]) -> Iterator[tuple[object, ...]]:
        batches = iter(self._batches)
        while (found := self._next(batches, places)) is not None:
            yield from found

    def _next(self, batches: Iterator[pa.RecordBatch], places: list[int]) -> Iterator[tuple[object, ...]] | None:
        """Return the values of the rows of the next batch, None at the end."""
        try:
            batch = next(batches, None)
            if batch is None:
                return None
            chosen = [batch.column(place) for place in places]
            for column in chosen:
                column.validate(full=True)
            return zip(*(column.to_pylist() for column in chosen), strict=True) if chosen else iter([()] * len(batch))
        except ERRORS as error:
            raise unreadable(error, self._source) from None


def open_file(data: bytes, source: str) -> ArrowRows:
    """Return the rows of a Parquet file, an Arrow file or an Arrow stream; ConfigurationError for what is none."""
    opened: Any
    try:
        if data.startswith(b"PAR1"):
            opened = parquet.ParquetFile(pa.BufferReader(data))
            return ArrowRows(opened.schema_arrow.names, opened.iter_batches(ROWS), source)
        if data.startswith(b"ARROW1"):
            opened = ipc.open_file(pa.BufferReader(data))
            batches = (opened.get_batch(number) for number in range(opened.num_record_batches))
            return ArrowRows(opened.schema.names, _slices(batches), source)
        opened = ipc.open_stream(pa.BufferReader(data))
        return ArrowRows(opened.schema.names, _slices(opened), source)
    except ERRORS as error:
        raise unreadable(error, source) from None


def open_table(table: Any) -> ArrowRows:  # noqa: ANN401 - any object with the Arrow C data interface
    """Return the rows of a table: an object with the Arrow C data interface whose columns have names."""
    if hasattr(table, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(table)
        return ArrowRows(reader.schema.names, _slices(reader), None)
    batch = pa.record_batch(table)
    return ArrowRows(batch.schema.names, _slices([batch]), None)


def unreadable(error: BaseException, source: str | None) -> ConfigurationError:
    """Return the error of data that pyarrow can't read."""
    reason = visible(" ".join(str(error).split()))[:300]
    return ConfigurationError("unreadable-file", f"cannot be read as Arrow data: {reason}", source=source)


def _slices(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, len(batch), ROWS):
            yield batch.slice(start, ROWS)
