"""Reads plain text: one address a line; an empty line is a row without an address."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from proxyaddr.bulk.readers.blocks import blocks, last_line_end, recoded
from proxyaddr.bulk.readers.reader import Batch, Codes, Reader
from proxyaddr.bulk.utf8 import escaped
from proxyaddr.columns import NOT_UTF8

__all__ = ["TEXT_COLUMN", "TextReader"]

TEXT_COLUMN = "address"
"""The name of the one column, where the user gives none."""


class TextReader(Reader):
    """Reads one text file, or standard input."""

    def schema(self) -> pa.Schema:
        """Return the one column."""
        with self._source.open():  # a missing file is found before work begins
            return pa.schema([(self._column or TEXT_COLUMN, pa.string())])

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows."""
        row = 1
        with self._source.open() as raw:
            read = recoded(self._source.uncompressed(raw).read, self._encoding)
            for block in blocks(read, last_line_end):
                values, codes = _values(block)
                batch = pa.RecordBatch.from_arrays([pa.array(values, pa.string())], schema=schema)
                yield Batch(batch, row, raw.tell() if self._source.path else 0, codes)
                row += len(values)


def _values(block: bytes) -> tuple[list[str | None], Codes]:
    body = block[:-1] if block.endswith(b"\n") else block
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").removesuffix(b"\r")
    text, bad = escaped(body)
    if not bad:
        return [line or None for line in text.split("\n")], {}
    lines = [escaped(line) for line in body.split(b"\n")]
    return [line or None for line, _ in lines], {row: NOT_UTF8 for row, (_, broken) in enumerate(lines) if broken}
