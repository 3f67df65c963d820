"""Turns the batches of the inputs into rows of the output and of the rejects, and counts them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.commands import Command, error_column
from proxyaddr.bulk.files import Input
from proxyaddr.bulk.lists import Items, explode, slices, split_lists
from proxyaddr.bulk.prefetch import prefetched
from proxyaddr.bulk.readers.opening import Opened, read
from proxyaddr.bulk.readers.reader import Batch
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
    """The rows of a run. `splits` reads text cells as proxy lists; `rejects` takes bad rows out of the output.

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
        splits: bool,
        written: bool,
        rejects: bool,
        detailed: bool,
        separator: str | None = None,
    ) -> None:
        self._opened = opened
        self._command = command
        self._summary = summary
        self._detailed = detailed
        self._separator = separator
        self._place = opened.schema.get_field_index(opened.column)
        kind = opened.schema.field(self._place).type
        self._splits = splits and not is_list(kind)
        has_items = self._splits or is_list(kind)
        self._kept = opened.schema.set(self._place, pa.field(opened.column, pa.string() if has_items else kind))
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
                for start, rows in slices(batch.rows, self._place, splits=self._splits):
                    codes = {row - start: code for row, code in batch.codes.items() if 0 <= row - start < rows.num_rows}
                    yield self._one(source, batch._replace(rows=rows, first_row=batch.first_row + start, codes=codes))

    def _one(self, source: Input, batch: Batch) -> Answered:
        items = self._items(batch)
        answer = self._command.answer(items.rows.column(self._place), items.errors, items.parsed)
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

    def _items(self, batch: Batch) -> Items:
        if self._splits:
            return split_lists(batch.rows, self._place, batch.codes, separator=self._separator)
        if is_list(batch.rows.column(self._place).type):
            return explode(batch.rows, self._place, batch.codes)
        return Items(batch.rows, None, error_column(batch.rows.num_rows, batch.codes))

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
