"""What all readers have in common: their base class, and the batches that they yield.

A reader is made for one input, with the name of the address column (None where the user named none) and the encoding
that the user gave (None for none). It opens nothing until it is asked:

1. `schema()` opens the input and returns its columns. It is called once, before any batch.
2. `choose(column)` says which of the columns holds the addresses.
3. `batches(schema)` yields the rows in their order. `schema` has the columns that all inputs together have: the
   readers that find types by looking at values (JSON) give their columns these types, all others give the columns that
   the file has. No batch is empty, and none holds more than a few megabytes. A line that is not a row of the table does
   not end the reading: its text becomes the address, its other columns are null, and `Batch.codes` says what is wrong
   with it.
4. `close()` releases what is open and may be called at any time. `batches()` opens a file again that was
   closed after `schema()`; standard input can't be opened again.

OSError, pyarrow's exceptions and UnicodeDecodeError pass through; `opening` converts them. ConfigurationError is raised
for a header or an array that is broken: nothing after it can be read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from proxyaddr.bulk.files import Input
from proxyaddr.errors import ConfigurationError

__all__ = ["MOST_COLUMNS", "ROWS", "Batch", "Codes", "Reader", "too_many_columns"]

ROWS = 131_072
"""The most rows of a batch, and of a row group of Parquet that is written: memory holds a few batches, not a file."""

MOST_COLUMNS = 1 << 14
"""The most columns of an input, as of a spreadsheet: each row has room for all of them."""

Codes = dict[int, str]
"""The row of a batch, counted from 0, to the code of the error that makes it bad."""


class Batch(NamedTuple):
    """Rows of one input.

    `first_row` is the number of the first row in its input, from 1. `position` is the byte of the input at which the
    batch ends, for the progress bar, 0 where it is not known. `escaped` counts the cells outside the address column
    that were not UTF-8.
    """

    rows: pa.RecordBatch
    first_row: int
    position: int
    codes: Codes
    escaped: int = 0


def too_many_columns(source: str) -> ConfigurationError:
    """Return the error of an input with more columns than a row has room for."""
    message = f"more than {MOST_COLUMNS:,} columns; rows and columns are exchanged, or the file is no table"
    return ConfigurationError("too-many-columns", message, source=source)


class Reader(ABC):
    """Reads one input; the module says what its methods promise."""

    def __init__(self, source: Input, column: str | None = None, encoding: str | None = None) -> None:
        self._source = source
        self._column = column
        self._encoding = encoding

    def choose(self, column: str) -> None:
        """Say which column holds the addresses, once that is known: it takes the text of bad lines."""
        self._column = column

    @abstractmethod
    def schema(self) -> pa.Schema:
        """Return the columns of the input."""

    @abstractmethod
    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows of the input."""

    def close(self) -> None:  # noqa: B027 - a reader that holds nothing open has nothing to do
        """Release what is open."""
