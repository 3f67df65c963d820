"""Turns the batches of the inputs into rows of the output and of the rejects, and counts them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.answers import Cells, Command, error_column
from proxyaddr.bulk.files import Input
from proxyaddr.bulk.lists import Items, Lists, explode, holding_lists, slices, split_lists
from proxyaddr.bulk.plain import is_plain
from proxyaddr.bulk.prefetch import prefetched
from proxyaddr.bulk.readers.opening import Opened, read
from proxyaddr.bulk.readers.reader import Batch
from proxyaddr.bulk.routed import NOT_AN_ADDRESS
from proxyaddr.bulk.summary import Summary
from proxyaddr.bulk.utf8 import is_list
from proxyaddr.errors import ConfigurationError

__all__ = ["Answered", "Rows"]

ROW, SOURCE = "row", "source"
"""Columns that say where an item or a reject comes from: the number of its row, from 1, and the name of its input."""


class Answered(NamedTuple):
    """Rows to write, the input that they come from, and the byte of it at which they end."""

    rows: pa.RecordBatch
    rejects: pa.RecordBatch | None
    source: Input
    position: int


class Rows:
    """The rows of a run. `lists` says which text cells are proxy lists; `rejects` takes bad rows out of the output.

    A text cell that turns out to hold a list gives several rows, and no other columns than those of one address: which
    columns there are is settled before the first row is read.

    `schema` has the columns of the output, `added` the names of those that are not in the input, `rejects_schema` the
    columns of the rejects. ConfigurationError where the input has a column of an added name, unless the rows are only
    counted and not `written`.
    """

    def __init__(
        self,
        opened: Opened,
        command: Command,
        summary: Summary,
        *,
        prefix: str = "",
        lists: Lists,
        written: bool,
        rejects: bool,
        detailed: bool,
    ) -> None:
        self._opened = opened
        self._command = command
        self._summary = summary
        self._detailed = detailed
        self._place = opened.schema.get_field_index(opened.column)
        kind = opened.schema.field(self._place).type
        self._lists = Lists.IGNORED if is_list(kind) else lists
        has_items = is_list(kind) or lists is Lists.EVERY_CELL
        self._kind = pa.string() if has_items else _with_room(kind)
        self._kept = opened.schema.set(self._place, pa.field(opened.column, self._kind))
        row, source = pa.field(prefix + ROW, pa.int64()), pa.field(prefix + SOURCE, pa.string())
        self._origin = [row, source][: min(2, len(opened.inputs)) if has_items else 0]
        added = [*self._origin, *(pa.field(prefix + field.name, field.type) for field in command.fields)]
        self.schema = self._with(added) if written else pa.schema([*self._kept, *added])
        self.added = [field.name for field in added]
        self.rejects_schema = self._with([row, source, added[-1]]) if rejects else None

    def answered(self) -> Generator[Answered]:
        """Yield the rows to write, batch by batch."""
        with closing(prefetched(read(self._opened))) as batches:
            for source, batch in batches:
                self._summary.rows += batch.rows.num_rows
                self._summary.escaped += batch.escaped
                plain, holding = self._judged(batch)
                splits = holding is not None or self._lists is Lists.EVERY_CELL
                for start, rows in slices(batch.rows, self._place, splits=splits):
                    codes = {row - start: code for row, code in batch.codes.items() if 0 <= row - start < rows.num_rows}
                    part = batch._replace(rows=rows, first_row=batch.first_row + start, codes=codes)
                    masks = [None if mask is None else mask.slice(start, rows.num_rows) for mask in (plain, holding)]
                    yield self._one(source, part, self._items(part, *masks))

    def _one(self, source: Input, batch: Batch, items: Items) -> Answered:
        cells = Cells(items.rows.column(self._place), items.errors, items.plain, items.origin, items.parsed)
        answer = self._command.answer(cells)
        self._summary.add(answer.addresses, answer.errors)
        self._command.count(answer, detailed=self._detailed)
        has_bad = answer.errors.null_count < len(answer.errors)
        where = self._where(items, batch.first_row, source.name) if self._origin or has_bad else []
        columns = [*items.rows.columns, *where[: len(self._origin)], *answer.columns]
        answered = pa.RecordBatch.from_arrays(columns, schema=self.schema)
        if self.rejects_schema is None or not has_bad:
            return Answered(answered, None, source, batch.position)
        bad = pa.RecordBatch.from_arrays([*items.rows.columns, *where, answer.errors], schema=self.rejects_schema)
        is_good = pc.is_null(answer.errors)
        return Answered(answered.filter(is_good), bad.filter(pc.invert(is_good)), source, batch.position)

    def _judged(self, batch: Batch) -> tuple[pa.Array | None, pa.Array | None]:
        """Return masks of the plain cells and of those that hold a list; None where nobody asks, or there are none.

        Where lists are refused, a cell that holds one gets its code.
        """
        if self._lists not in (Lists.WHERE_FOUND, Lists.REFUSED):
            return None, None
        texts = batch.rows.column(self._place)
        plain = is_plain(texts)
        holding = holding_lists(texts, plain, batch.codes)
        count = holding.true_count
        if not count:
            return plain, None
        if self._lists is Lists.REFUSED:
            batch.codes.update(dict.fromkeys(pc.indices_nonzero(holding).to_pylist(), NOT_AN_ADDRESS))
            return plain, None
        self._summary.split += count
        return plain, holding

    def _items(self, batch: Batch, plain: pa.Array | None, holding: pa.Array | None) -> Items:
        if self._lists is Lists.EVERY_CELL:
            return split_lists(batch.rows, self._place, batch.codes)
        column = batch.rows.column(self._place)
        if is_list(column.type):
            return explode(batch.rows, self._place, batch.codes)
        if holding is not None:
            items = split_lists(batch.rows, self._place, batch.codes, holding)
            return items._replace(rows=self._with_kind(items.rows))
        return Items(self._with_kind(batch.rows), None, error_column(batch.rows.num_rows, batch.codes), None, plain)

    def _with_kind(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows whose addresses have the type that they have in the output."""
        column = rows.column(self._place)
        if column.type == self._kind:
            return rows
        if pa.types.is_dictionary(column.type):
            column = pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), column.dictionary)
        return rows.set_column(self._place, rows.schema.names[self._place], column.cast(self._kind))

    def _where(self, items: Items, first_row: int, name: str) -> list[pa.Array]:
        """Return the number of the row that each item comes from, and the name of the input."""
        count = items.rows.num_rows
        places = pa.array(range(count), pa.int64()) if items.origin is None else items.origin.cast(pa.int64())
        return [pc.add(places, pa.scalar(first_row, pa.int64())), pa.repeat(name, count)]

    def _with(self, added: list[pa.Field]) -> pa.Schema:
        """Return the columns that are kept and those that are added; ConfigurationError for a name that is taken."""
        for field in added:
            if field.name in self._kept.names:
                message = f"the input has a column {field.name!r} already: choose a --prefix for the added columns"
                raise ConfigurationError("column-taken", message, "prefix")
        return pa.schema([*self._kept, *added])


def _with_room(kind: pa.DataType) -> pa.DataType:
    """Return a type of text with room for the items of lists: a dictionary of 127 words has none."""
    if pa.types.is_dictionary(kind) and kind.index_type.bit_width < pa.int32().bit_width:
        return pa.dictionary(pa.int32(), kind.value_type, ordered=kind.ordered)
    return kind
