"""Answers batches: the rows of the output and the rejects, counted."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.batches import Batch
from proxyaddr.bulk.commands import WORDS, Answers, ParseAnswers, error_column
from proxyaddr.bulk.inputs import Input
from proxyaddr.bulk.lists import explode, slices, split_lists
from proxyaddr.bulk.prefetch import ahead
from proxyaddr.bulk.readers.opening import Opened, read
from proxyaddr.bulk.sound_text import is_list
from proxyaddr.bulk.summary import Summary
from proxyaddr.errors import ConfigurationError

__all__ = ["Answered", "Work"]

ROW, SOURCE = "row", "source"
"""Columns that say where an item or a reject came from: the number of its row, from 1, and the name of its input."""


class Answered(NamedTuple):
    """Rows to write, and how far into which input they end."""

    rows: pa.RecordBatch
    rejects: pa.RecordBatch | None
    source: Input
    position: int


class Work:
    """What is done with each batch. `splits` reads text cells as proxy lists, `rejects` takes bad rows out."""

    def __init__(
        self, opened: Opened, answers: Answers, summary: Summary, *, prefix: str = "", splits: bool, rejects: bool
    ) -> None:
        self._opened = opened
        self._answers = answers
        self._summary = summary
        self._place = opened.schema.get_field_index(opened.column)
        kind = opened.schema.field(self._place).type
        self._splits = splits and not is_list(kind)
        explodes = self._splits or is_list(kind)
        item = pa.field(opened.column, pa.string() if explodes else kind)
        self._schema = opened.schema.set(self._place, item)
        row, source = pa.field(prefix + ROW, pa.int64()), pa.field(prefix + SOURCE, WORDS)
        self._origin = [row, source][: min(2, len(opened.inputs)) if explodes else 0]
        self._keeps_bad = not rejects
        added = [*self._origin, *(pa.field(prefix + field.name, field.type) for field in answers.fields)]
        self.schema = self._with(added)
        self.added = [field.name for field in added]
        self.rejects_schema = self._with([row, source, added[-1]]) if rejects else None

    def answered(self) -> Generator[Answered]:
        """Yield what is to be written, batch by batch."""
        with closing(ahead(read(self._opened))) as batches:
            for source, batch in batches:
                self._summary.rows += batch.rows.num_rows
                self._summary.escaped += batch.escaped
                for start, rows in slices(batch.rows, self._place, splits=self._splits):
                    codes = {row - start: code for row, code in batch.codes.items() if 0 <= row - start < rows.num_rows}
                    yield self._one(source, batch._replace(rows=rows, first_row=batch.first_row + start, codes=codes))

    def _one(self, source: Input, batch: Batch) -> Answered:
        rows, origin, errors, parsed = self._items(batch)
        addresses = rows.column(self._place)
        found, asked = self._answers.of(addresses, errors, parsed)
        errors = found[-1]
        if isinstance(self._answers, ParseAnswers):
            self._summary.add_parse(addresses, found[0], errors)
        else:
            self._summary.add_route(asked, found[0], found[1], errors)
        numbers = None
        if origin is not None or errors.null_count < len(errors):
            place = pa.array(range(rows.num_rows), pa.int64()) if origin is None else origin.cast(pa.int64())
            numbers = pc.add(place, pa.scalar(batch.first_row, pa.int64()))
        name = pa.DictionaryArray.from_arrays(
            pa.array([0] * rows.num_rows, pa.int32()) if numbers is not None else pa.nulls(rows.num_rows, pa.int32()),
            pa.array([source.name], pa.string()),
        )
        where = [numbers, name][: len(self._origin)]
        answered = pa.RecordBatch.from_arrays([*rows.columns, *where, *found], schema=self.schema)
        if self.rejects_schema is None or errors.null_count == len(errors):
            return Answered(answered, None, source, batch.position)
        bad = pa.RecordBatch.from_arrays([*rows.columns, numbers, name, errors], schema=self.rejects_schema)
        good = pc.is_null(errors)
        return Answered(answered.filter(good), bad.filter(pc.invert(good)), source, batch.position)

    def _items(self, batch: Batch) -> tuple[pa.RecordBatch, pa.Array | None, pa.Array, pa.StructArray | None]:
        if self._splits:
            return split_lists(batch.rows, self._place, batch.codes)
        if is_list(batch.rows.column(self._place).type):
            return explode(batch.rows, self._place, batch.codes)
        return batch.rows, None, error_column(batch.rows.num_rows, batch.codes), None

    def _with(self, added: list[pa.Field]) -> pa.Schema:
        for field in added:
            if field.name in self._schema.names:
                message = f"the input has a column {field.name!r} already: --prefix starts those added otherwise"
                raise ConfigurationError("column-taken", message, "prefix")
        return pa.schema([*self._schema, *added])
