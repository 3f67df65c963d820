"""Reads Parquet: typed columns, which pass through as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from proxyaddr.bulk.readers.reader import ROWS, Batch, Reader

__all__ = ["ParquetReader"]

BUFFER = 1 << 20
"""Bytes of a column chunk that are read at a time, so that a file of one huge row group needs no more memory."""

BATCH_BYTES = 32 << 20
"""What a batch may hold, by the sizes that the file states: lists of hundreds of proxies make wide rows."""

FEWEST_ROWS = 1024
"""Rows of a batch at least, however wide they are."""


class ParquetReader(Reader):
    """Reads one Parquet file, which must be seekable: a stream or a compressed file is copied first."""

    _file: parquet.ParquetFile | None = None

    def schema(self) -> pa.Schema:
        """Return the columns."""
        return self._open().schema_arrow.remove_metadata()

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows."""
        row = 1
        file = self._open()
        rows = file.metadata.num_rows
        groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
        stated = sum(group.total_byte_size for group in groups)
        size = max(FEWEST_ROWS, min(ROWS, BATCH_BYTES * rows // max(stated, 1)))
        for batch in filter(len, file.iter_batches(size)):
            row += batch.num_rows
            yield Batch(batch, row - batch.num_rows, (self._source.size or 0) * (row - 1) // rows, {})
        self.close()

    def close(self) -> None:
        """Close the file, and remove the copy."""
        if self._file is not None:
            self._file.close(force=True)
            self._file = None

    def _open(self) -> parquet.ParquetFile:
        if self._file is None:
            if self._source.path is not None and self._source.compression is None:
                source: Any = str(self._source.path)
            else:
                source = self._source.open_seekable()
            self._file = parquet.ParquetFile(source, buffer_size=BUFFER, pre_buffer=False)
        return self._file
