"""What `parse` does with the addresses of a batch: the columns that it adds, and what it counts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr._text.types import type_named
from proxyaddr.bulk.answers import ERROR, FINDINGS, Answer, Cells, first_of, replaced, whole
from proxyaddr.bulk.column_types import read_as
from proxyaddr.bulk.finding_counts import FindingCounts
from proxyaddr.bulk.judging import CODES, judge_text, judged, judged_lists
from proxyaddr.bulk.summary import Chart, Fact, Line
from proxyaddr.bulk.tally import MOST_TYPES, Tally, counts
from proxyaddr.columns.dictionaries import WORDS

__all__ = ["Parse"]


class Parse:
    """Adds type, value and is_primary, as `proxyaddr.parse` returns them, and what `validate()` says.

    `type` is that of `parse`: the type of values that name none. AddressSyntaxError where it is no type.
    """

    name = "parse"
    fields = (
        pa.field("type", WORDS),
        pa.field("value", pa.string()),
        pa.field("is_primary", pa.bool_()),
        pa.field(FINDINGS, CODES),
        pa.field(ERROR, pa.string()),
    )

    def __init__(self, type: str | None = None) -> None:
        self._given = None if type is None else type_named(type)
        self._types = Tally(MOST_TYPES)
        self._findings = FindingCounts()

    def answer(self, cells: Cells) -> Answer:
        """Return the five columns."""
        texts = cells.texts
        if self._given is None:
            types, values, primary, errors = whole(columns.parse(texts))
            findings = judged(texts, cells.are_plain, pc.is_valid(values), judge_text)
        else:
            types, values, primary, findings, errors = read_as(texts, self._given)
        if cells.origin is not None and cells.parsed is None:
            findings = judged_lists(findings, cells.origin, texts, types, primary, cells.are_plain)
        found = [types, values, primary, findings, errors.cast(pa.string())]
        if cells.parsed is not None:
            found = replaced(found, cells.are_parsed, cells.parsed.drop_null().flatten())
        typed = [column.cast(field.type) for column, field in zip(found, self.fields, strict=True)]
        return Answer([*typed[:-1], first_of(cells.errors, typed[-1])], cells.addresses)

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count the types and the findings."""
        self._types.add(counts(answer.columns[0]))
        self._findings.add(answer.columns[3])

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where a finding has the severity error."""
        return self._findings.status

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        parsed = {"parsed": self._types.total(), "parsed_by_type": self._types.most_common()}
        return parsed | self._findings.record()

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        return [Line("parsed", self._types.total(), "rows parsed", self._types), *self._findings.lines()]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [Chart("Rows by type", "type", self._types), *self._findings.charts()]

    def facts(self) -> list[Fact]:
        """Return nothing: no other file is read."""
        return []
