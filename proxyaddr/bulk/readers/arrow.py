"""Reads Parquet and Arrow IPC, which hold typed columns: only addresses are looked at, all else passes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import ipc, parquet

from proxyaddr.bulk.batches import ROWS, Batch
from proxyaddr.bulk.inputs import Input
from proxyaddr.bulk.sound_text import check_places

__all__ = ["ArrowReader", "ParquetReader"]

BUFFER = 1 << 20
"""Octets of a column chunk read at a time, so that a file of one huge row group needs no more memory."""

BATCH_OCTETS = 32 << 20
"""What a batch may hold, by the sizes that the file states: lists of hundreds of proxies make wide rows."""

FEWEST_ROWS = 1024

PIECE = 16 << 20
"""Octets of a stream read at a time."""

_FILE_MAGIC = b"ARROW1\0\0"
"""How an Arrow IPC file starts; a stream follows, then a footer that only random access needs."""


class ParquetReader:
    """Reads one Parquet file."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self._copy: BinaryIO | None = None

    def schema(self) -> pa.Schema:
        """Return the columns."""
        with self._opened() as file:
            return file.schema_arrow.remove_metadata()

    def batches(self) -> Iterator[Batch]:
        """Yield the rows."""
        row = 1
        with self._opened() as file:
            rows = file.metadata.num_rows
            groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
            octets = sum(group.total_byte_size for group in groups)
            size = max(FEWEST_ROWS, min(ROWS, BATCH_OCTETS * rows // max(octets, 1)))
            for batch in filter(len, file.iter_batches(size)):
                row += batch.num_rows
                yield Batch(batch, row - batch.num_rows, (self._source.size or 0) * (row - 1) // rows, {})

    def close(self) -> None:
        """Let go of the copy of a stream."""
        if self._copy is not None:
            self._copy.close()

    @contextmanager
    def _opened(self) -> Iterator[parquet.ParquetFile]:
        if self._source.path is not None and self._source.compression is None:
            with parquet.ParquetFile(str(self._source.path), buffer_size=BUFFER, pre_buffer=False) as file:
                yield file
            return
        self._copy = self._copy or self._source.open_seekable()
        self._copy.seek(0)
        yield parquet.ParquetFile(self._copy, buffer_size=BUFFER, pre_buffer=False)


class ArrowReader:
    """Reads one Arrow IPC file or stream, whichever it is."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self._begun: tuple[BinaryIO, Any] | None = None

    def schema(self) -> pa.Schema:
        """Return the columns."""
        raw, reader = begun = self._begin()
        if self._source.path is None:
            self._begun = begun  # standard input can't be opened again
        else:
            raw.close()
        return reader.schema.remove_metadata()

    def batches(self) -> Iterator[Batch]:
        """Yield the rows."""
        raw, reader = self._begun or self._begin()
        row = 1
        with raw:
            for batch in reader:
                for column in batch.columns:
                    check_places(column)
                for start in range(0, batch.num_rows, ROWS):
                    part = batch.slice(start, ROWS)
                    yield Batch(part, row, raw.tell() if self._source.path else 0, {})
                    row += part.num_rows

    def _begin(self) -> tuple[BinaryIO, Any]:
        """Return the open file and a reader of the stream in it."""
        with ExitStack() as stack:
            raw = stack.enter_context(self._source.open())
            packed = self._source.uncompressed(raw)
            start = packed.read(len(_FILE_MAGIC))
            stream = pa.PythonFile(_After(b"" if start == _FILE_MAGIC else start, packed), "r")
            reader = ipc.open_stream(stream)
            stack.pop_all()  # the file stays open for the reader
        return raw, reader

    def close(self) -> None:
        """Let go of standard input."""
        if self._begun is not None:
            self._begun[0].close()


class _After:
    """A stream with octets put back at its start."""

    closed = False

    def __init__(self, start: bytes, stream: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._start = start
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return so many octets, fewer only at the end."""
        parts, size = [self._start[:size]], size - len(self._start[:size])
        self._start = self._start[len(parts[0]) :]
        while size > 0 and (part := self._stream.read(min(size, PIECE))):  # a broken file may ask for any size
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Leave the stream open: who opened it closes it."""
