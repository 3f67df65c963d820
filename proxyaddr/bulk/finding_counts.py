"""Counts the findings of a run by code, those of each severity apart."""

from __future__ import annotations

import pyarrow as pa

from proxyaddr.bulk.summary import Chart, Line, Tone
from proxyaddr.bulk.tally import MOST_TYPES, Tally, counts
from proxyaddr.errors import WARNINGS

__all__ = ["FindingCounts"]


class FindingCounts:
    """How often each code of a finding occurred: of severity error, and of severity warning."""

    def __init__(self) -> None:
        self._errors, self._warnings = Tally(MOST_TYPES), Tally(MOST_TYPES)

    def add(self, column: pa.Array) -> None:
        """Count the codes of a column of findings."""
        found = counts(column.flatten())
        self._errors.add({code: count for code, count in found.items() if code not in WARNINGS})
        self._warnings.add({code: count for code, count in found.items() if code in WARNINGS})

    @property
    def status(self) -> int:
        """The exit status: 1 for a finding of severity error."""
        return 1 if self._errors.total() else 0

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        found = {"error": self._errors.most_common(), "warning": self._warnings.most_common()}
        return {"findings_by_severity": found}

    def lines(self) -> list[Line]:
        """Return a line for each severity of which there are findings."""
        rows = (("error", self._errors), ("warning", self._warnings))
        return [
            Line(
                f"{'finding' if tally.total() == 1 else 'findings'} of severity {severity}",
                tally.total(),
                f"findings of severity {severity}",
                tally,
            )
            for severity, tally in rows
            if tally.total()
        ]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [
            Chart("Findings of severity error, by code", "code", self._errors, Tone.BAD),
            Chart("Findings of severity warning, by code", "code", self._warnings, Tone.WARNING),
        ]
