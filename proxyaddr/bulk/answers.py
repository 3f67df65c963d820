"""What a command is given of each batch, and what it answers: the columns that it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.plain import is_plain
from proxyaddr.bulk.summary import Counted

__all__ = [
    "ERROR",
    "FINDINGS",
    "Answer",
    "Cells",
    "Command",
    "error_column",
    "first_of",
    "replaced",
    "whole",
    "without",
]

ERROR = "error"
"""The last column that is added: the code of the error that makes a row bad, null for good rows."""

FINDINGS = "findings"
"""The column of codes of what was found in a row: an empty list for nothing, null where there is no address."""


class Cells(NamedTuple):
    """The addresses of a batch: one a row, or the items of lists.

    `errors` are the codes of rows that are known to be bad, and `plain` marks the rows of which no rule says anything,
    None where nobody asked yet. `origin` is the row of the list that each item comes from, None where there are no
    lists. `parsed` has the parts of the items that were parsed with their list, null in other rows.
    """

    addresses: pa.Array
    errors: pa.Array
    plain: pa.Array | None = None
    origin: pa.Array | None = None
    parsed: pa.StructArray | None = None

    @property
    def texts(self) -> pa.Array:
        """The addresses that are still to be read, with null for bad rows and for items that were parsed."""
        return without(without(self.addresses, pc.is_valid(self.errors)), self.are_parsed)

    @property
    def are_parsed(self) -> pa.Array:
        """A mask of the items that were parsed with their list."""
        return pa.repeat(False, len(self.addresses)) if self.parsed is None else self.parsed.is_valid()

    @property
    def are_plain(self) -> pa.Array:
        """A mask of the plain addresses."""
        return is_plain(self.addresses) if self.plain is None else self.plain


class Answer(NamedTuple):
    """The added columns of a batch, and the addresses that they are about: without brackets, null for bad rows."""

    columns: list[pa.Array]
    addresses: pa.Array

    @property
    def errors(self) -> pa.Array:
        """The last of the columns: the code of each bad row."""
        return self.columns[-1]


class Command(Counted, Protocol):
    """What a run does with each batch."""

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns that are added; the last one is `error`."""

    def answer(self, cells: Cells) -> Answer:
        """Return the added columns for a batch of addresses."""

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count an answer; `detailed` asks for the counts that only the report shows."""


def error_column(length: int, codes: Mapping[int, str]) -> pa.Array:
    """Return the column of errors of so many rows, from the codes of the bad ones."""
    if not codes:
        return pa.nulls(length, pa.string())
    return pa.array([codes.get(row) for row in range(length)], pa.string())


def first_of(known: pa.Array, found: pa.Array) -> pa.Array:
    """Return the known error of each row, or the error found where none was known."""
    if known.null_count == len(known):
        return found
    return pc.coalesce(known, found)


def without(addresses: pa.Array, mask: pa.Array) -> pa.Array:
    """Return the addresses with null in place of those in the mask."""
    if not mask.true_count or pa.types.is_null(addresses.type):
        return addresses
    if pa.types.is_dictionary(addresses.type):
        addresses = addresses.dictionary_decode()
    return pc.if_else(mask, pa.scalar(None, addresses.type), addresses)


def whole(table: pa.Table) -> list[pa.Array]:
    """Return the columns of a table, each as one array."""
    found = [column.combine_chunks() for column in table.columns]
    return [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in found]


def replaced(found: list[pa.Array], mask: pa.Array, others: list[pa.Array]) -> list[pa.Array]:
    """Return columns with other values in the rows of a mask: one for each of these rows, in their order.

    The columns get the types of the others. `replace_with_mask` knows no lists.
    """
    count = len(mask)
    if mask.true_count == count:
        return others
    after = pc.add(pc.cumulative_sum(mask.cast(pa.int32())), pa.scalar(count - 1, pa.int32()))
    rows = pc.if_else(mask, after, pa.array(range(count), pa.int32()))
    pairs = zip(found, others, strict=True)
    return [pa.concat_arrays([column.cast(other.type), other]).take(rows) for column, other in pairs]
