"""The summary of a run: its counts, for people as lines and for programs as one record."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.tally import MOST_TYPES, Tally, counts
from proxyaddr.errors import visible

__all__ = ["Chart", "Counted", "Fact", "Line", "Summary", "Tone"]

SHOWN = 10
"""The most values that a line for people names."""


class Line(NamedTuple):
    """A line of the summary: a number, its name, what it counts in full words, and its most frequent values."""

    name: str
    number: int
    meaning: str
    values: Tally | None = None


class Tone(Enum):
    """What a fact or the bars of a chart mean, which decides their colour."""

    NEUTRAL = "neutral"
    WARNING = "warning"
    BAD = "bad"


class Fact(NamedTuple):
    """Something that the report says about a run, in one line or several."""

    name: str
    lines: Sequence[str]
    tone: Tone = Tone.NEUTRAL


class Chart(NamedTuple):
    """A chart of the report: one bar for each of the most frequent values, which are all of one `kind`.

    A long value is shortened at its start where `keeps_end` is set, as the end of a domain tells whose it is.
    """

    title: str
    kind: str
    tally: Tally
    tone: Tone = Tone.NEUTRAL
    note: str = ""
    keeps_end: bool = False


class Counted(Protocol):
    """The counts that a command keeps of its own answers."""

    @property
    def name(self) -> str:
        """The name of the command."""

    @property
    def status(self) -> int:
        """The exit status where no row is bad."""

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""

    def lines(self) -> Sequence[Line]:
        """Return the lines for people."""

    def charts(self) -> Sequence[Chart]:
        """Return the charts of the report."""

    def facts(self) -> Sequence[Fact]:
        """Return what the report says of the other files that the command reads."""


class Summary:
    """The counts of one run: those that every command has, and those of its own."""

    def __init__(self, command: Counted) -> None:
        self._command = command
        self.rows = 0
        self.addresses = 0
        self.blank = 0
        self.split = 0
        self.escaped = 0
        self.guarded = 0
        self.errors = Tally(MOST_TYPES)

    @property
    def title(self) -> str:
        """The command, as a user calls it."""
        return f"proxyaddr {self._command.name}"

    @property
    def status(self) -> int:
        """The exit status: 2 for bad rows, else that of the command."""
        return 2 if self.errors.total() else self._command.status

    def add(self, addresses: pa.Array, errors: pa.Array) -> None:
        """Count addresses, blank ones and errors."""
        self.addresses += len(addresses)
        if addresses.null_count:
            self.blank += pc.and_(pc.is_null(addresses), pc.is_null(errors)).true_count
        if errors.null_count < len(errors):
            self.errors.add(counts(errors))

    def as_record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        return {
            "rows": self.rows,
            "addresses": self.addresses - self.blank,
            "blank": self.blank,
            **self._command.record(),
            "bad": self.errors.total(),
            "errors_by_code": self.errors.most_common(),
            "split_cells": self.split,
            "escaped_cells": self.escaped,
            "guarded_cells": self.guarded,
        }

    def charts(self) -> list[Chart]:
        """Return the charts of the report that have bars."""
        charts = [*self._command.charts(), Chart("Rows with an error, by code", "code", self.errors, Tone.BAD)]
        return [chart for chart in charts if chart.tally.total()]

    def facts(self) -> Sequence[Fact]:
        """Return what the report says of the other files that the command reads."""
        return self._command.facts()

    def lines(self) -> list[Line]:
        """Return the counts for people; those of rare things only where there are any."""
        lines = [Line("row" if self.rows == 1 else "rows", self.rows, "rows read")]
        if self.addresses != self.rows:
            name = "item" if self.addresses == 1 else "items"
            lines.append(Line(name, self.addresses, "items of lists, each counted as a row"))
        lines += self._command.lines()
        if self.blank:
            lines.append(Line("blank", self.blank, "rows without an address"))
        lines.append(Line("bad", self.errors.total(), "rows with an error", self.errors))
        if self.split:
            name = "cell" if self.split == 1 else "cells"
            lines.append(Line(f"{name} split into the items of lists", self.split, "cells that held lists, split"))
        if self.escaped:
            escaped = "kept escaped: cells that are not UTF-8"
            lines.append(Line(escaped, self.escaped, "cells that are not UTF-8, kept escaped"))
        if self.guarded:
            name = "cell" if self.guarded == 1 else "cells"
            lines.append(Line(f"{name} guarded against formulas", self.guarded, "cells guarded against formulas"))
        return lines

    def __str__(self) -> str:
        lines = self.lines()
        width = max(len(f"{line.number:,}") for line in lines)
        return "\n".join(f"{line.number:>{width},} {line.name}{_listed(line.values)}" for line in lines)


def _listed(tally: Tally | None) -> str:
    """Return the most frequent values and their counts in parentheses; an empty text where there are none."""
    found = {} if tally is None else tally.most_common(SHOWN)
    return f" ({', '.join(f'{visible(name)} {count:,}' for name, count in found.items())})" if found else ""
