"""A batch of rows as a reader gives it, and text in which octets that are not UTF-8 are shown escaped."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["ROWS", "Batch", "Codes", "escaped"]

ROWS = 131_072
"""Rows a batch at most, and a row group of Parquet written: what is held at a time, whatever the file's size."""

Codes = dict[int, str]
"""Row of the batch to the code of the error that makes it bad."""


class Batch(NamedTuple):
    """Rows of one input.

    `rows` is a pyarrow RecordBatch; a line that is no row stands whole in the column of addresses, and `codes` says so.
    `first_row` is the number of the first row in its input, from 1; `position` is how far into the input's octets it
    ends; `escaped` counts cells of other columns that were not UTF-8.
    """

    rows: Any
    first_row: int
    position: int
    codes: Codes
    escaped: int = 0


def escaped(octets: bytes) -> tuple[str, bool]:
    r"""Return text, with `\xHH` for octets that are not UTF-8, and whether there were any."""
    try:
        return octets.decode("utf-8"), False
    except UnicodeDecodeError:
        return octets.decode("utf-8", "backslashreplace"), True
