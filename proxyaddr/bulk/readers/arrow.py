"""Reads Arrow IPC, as files and as streams: typed columns, which pass through as they are."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import ipc

from proxyaddr.bulk.readers.reader import ROWS, Batch, Reader
from proxyaddr.bulk.utf8 import check_offsets

__all__ = ["ArrowReader"]

PIECE = 16 << 20
"""The most bytes that are asked of a stream at once."""

_FILE_MAGIC = b"ARROW1\0\0"
"""The start of an Arrow IPC file. A stream follows it, and then a footer for random access.

Polars 2.1 leaves out the length with which the stream begins: such a file is read by its footer."""


class ArrowReader(Reader):
    """Reads one Arrow IPC file or stream; the first bytes say which."""

    _opened: tuple[BinaryIO, Any] | None = None

    def schema(self) -> pa.Schema:
        """Return the columns."""
        self._opened = self._open()
        return self._opened[1].schema.remove_metadata()

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows."""
        raw, reader = self._opened = self._opened or self._open()
        row = 1
        for batch in reader:
            for column in batch.columns:
                check_offsets(column)
            for start in range(0, batch.num_rows, ROWS):
                part = batch.slice(start, ROWS)
                yield Batch(part, row, raw.tell() if self._source.path else 0, {})
                row += part.num_rows
        self.close()

    def close(self) -> None:
        """Close the input."""
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def _open(self) -> tuple[BinaryIO, Any]:
        """Return the open file and pyarrow's reader of the stream in it."""
        with ExitStack() as stack:
            raw = stack.enter_context(self._source.open())
            stream = self._source.uncompressed(raw)
            start = stream.read(len(_FILE_MAGIC))
            pieces = _Pieces(b"" if start == _FILE_MAGIC else start, stream)
            try:
                reader: Any = ipc.open_stream(pa.PythonFile(pieces, "r"))
            except (OSError, pa.ArrowInvalid):  # it is no stream
                if start != _FILE_MAGIC or self._source.path is None:
                    raise
                if self._source.compression is not None:
                    raw.close()
                    raw = stack.enter_context(self._source.open_seekable())
                reader = _BatchesByFooter(raw)
            stack.pop_all()  # the file stays open for the rows
        return raw, reader


class _BatchesByFooter:
    """The batches of a file, found by its footer, and its columns.

    The file is mapped, so that what a damaged one asks for is refused before memory is reserved.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        mapped = mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ)
        self._reader = ipc.open_file(pa.BufferReader(pa.py_buffer(mapped)))
        self._size = len(mapped)
        self.schema: Any = self._reader.schema

    def __iter__(self) -> Iterator[Any]:
        count = self._reader.num_record_batches
        for number in range(count):
            yield self._reader.get_batch(number)
            self._raw.seek(self._size * (number + 1) // count)  # how far the rows have come


class _Pieces:
    """A stream that returns the bytes already read first, and reads the others in pieces.

    By hand, because io.BufferedReader, which could peek at the start, reserves the memory that is asked for before it
    reads: a damaged file asks for terabytes. pyarrow's own streams do the same.
    """

    closed = False

    def __init__(self, start: bytes, stream: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._start = start
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return as many bytes as asked for; fewer only at the end."""
        parts, size = [self._start[:size]], size - len(self._start[:size])
        self._start = self._start[len(parts[0]) :]
        while size > 0 and (part := self._stream.read(min(size, PIECE))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Leave the stream open: the reader closes the file under it."""
