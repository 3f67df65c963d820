"""Writes what an audit found: a row a finding in any format, and the page of its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from proxyaddr.auditing.findings import AuditReport
from proxyaddr.auditing.rules import SEVERITIES
from proxyaddr.bulk.files import STANDARD_STREAM, Format, Input, format_of, named_compression
from proxyaddr.bulk.report import report_to
from proxyaddr.bulk.summary import Chart, Fact, Line, Summary, Tone
from proxyaddr.bulk.tally import Tally
from proxyaddr.bulk.writers import Output, writer

__all__ = ["write_findings", "write_page"]

_TONES = {"error": Tone.BAD, "warning": Tone.WARNING, "info": Tone.NEUTRAL}


def write_findings(report: AuditReport, name: str) -> None:
    """Write the findings to a file in the format that its name says, CSV to standard output for `-`.

    ConfigurationError for a name that says no format, and where the file can't be written.
    """
    path = None if name == STANDARD_STREAM else Path(name)
    named = Format.CSV if path is None else format_of(path, output=True)
    table = report.findings.to_arrow()
    with writer(Output(path, named, None if path is None else named_compression(path)), table.schema) as rows:
        for batch in table.to_batches():
            rows.write(batch)


def write_page(report: AuditReport, path: Path, called: str, inputs: Sequence[str]) -> None:
    """Write the page of an audit; ConfigurationError where it can't be written."""
    summary = Summary(_Counts(report))
    summary.rows = summary.addresses = report.objects
    summary.errors.add(Counter(error.code for error in report.errors))
    sources = [Input(Path(name), Format.TEXT, None, None) for name in inputs]
    with report_to(path, called, sources) as write:
        write(summary)


class _Counts:
    """The counts of findings, as the page of a run shows them."""

    name = "audit"

    def __init__(self, report: AuditReport) -> None:
        self._by_severity = {severity: Tally() for severity in SEVERITIES}
        for severity, tally in self._by_severity.items():
            tally.add(Counter(found.rule for found in report.findings if found.severity == severity))
        self._mended = sum(found.fix is not None for found in report.findings)
        self._objects = Tally()
        self._objects.add(Counter(found.object for found in report.findings if found.object is not None))

    @property
    def status(self) -> int:
        """The exit status where no object is bad."""
        return int(any(self._by_severity[name].total() for name in ("error", "warning")))

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        return {severity: tally.most_common() for severity, tally in self._by_severity.items()}

    def lines(self) -> Sequence[Line]:
        """Return the lines for people."""
        found = [
            Line(severity, tally.total(), f"findings of severity {severity}", tally)
            for severity, tally in self._by_severity.items()
        ]
        return [*found, Line("mended", self._mended, "findings that have a fix")]

    def charts(self) -> Sequence[Chart]:
        """Return the charts of the report."""
        charts = [
            Chart(f"Findings of severity {severity}, by rule", "rule", tally, _TONES[severity])
            for severity, tally in self._by_severity.items()
        ]
        return [*charts, Chart("Objects with the most findings", "object", self._objects)]

    def facts(self) -> Sequence[Fact]:
        """Return nothing: an audit is of its inputs alone."""
        return ()
