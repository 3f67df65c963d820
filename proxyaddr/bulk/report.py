"""Writes the report of a run: one HTML page of bars and tables, which runs no script and needs no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path

import pyarrow as pa

from proxyaddr import __version__
from proxyaddr.bulk.atomic import atomic_path
from proxyaddr.bulk.errors import unwritable
from proxyaddr.bulk.files import Input
from proxyaddr.bulk.formulas import without_formulas
from proxyaddr.bulk.summary import SHOWN, Chart, Fact, Summary
from proxyaddr.errors import ConfigurationError, visible

__all__ = ["check_name", "report_to"]

REPORT_ENDINGS = (".html", ".htm")

MOST_BARS = 20
"""The most values that a chart names; all others share one bar."""

LONGEST_LABEL, LONGEST_CELL, LONGEST_LINE = 40, 320, 2000
"""The most characters of a label of a bar, of a cell of a table (an address has up to 320), and of a line of text."""

THINNEST_BAR = 0.5
"""The width in percent at which a bar can still be seen."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1100px; padding: 16px; color: #1f2937;
  overflow-wrap: anywhere; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 32px 0 4px; }
p, dl, dd, ul { margin: 0; padding: 0; }
p, dt, th { color: #4b5563; font-weight: normal; }
dl.run { font-size: 14px; }
dl.run div { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 2px 0; }
dl.run dt { width: 150px; }
dl.run dd { flex: 1 1 260px; min-width: 0; }
dl.run .warning { color: #92400e; }
dl.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 20px 0; }
dl.counts div { border: 1px solid #e5e7eb; border-radius: 8px; padding: 10px 14px; display: flex;
  flex-direction: column-reverse; justify-content: flex-end; }
dl.counts dt { font-size: 14px; line-height: 1.3; }
dl.counts dd { font-size: 24px; font-weight: 600; }
section { break-inside: avoid; }
section > div { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 16px 40px;
  align-items: start; font-size: 14px; margin-top: 8px; }
ul { list-style: none; }
li { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; margin-bottom: 6px; }
svg { grid-column: 1 / 3; display: block; background: #f3f4f6; border-radius: 3px; }
.neutral rect { fill: #2563eb; }
.warning rect { fill: #d97706; }
.bad rect { fill: #dc2626; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 3px 0; border-bottom: 1px solid #e5e7eb; }
th + th, td + td, .count { text-align: right; white-space: nowrap; padding-left: 16px;
  font-variant-numeric: tabular-nums; }
"""

_POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
"""What a browser lets the page do, even if text of strangers got into it as markup: nothing but its own style."""


def check_name(path: Path) -> None:
    """Raise ConfigurationError for a name that is not that of a page."""
    if path.suffix.lower() not in REPORT_ENDINGS:
        message = f"a report is a page: its name ends in {' or '.join(REPORT_ENDINGS)}"
        raise ConfigurationError("unknown-format", message, "report", str(path))


@contextmanager
def report_to(path: Path, called: str, inputs: Sequence[Input]) -> Iterator[Callable[[Summary], None]]:
    """Yield the function that writes the page of a summary; the file is replaced when the block ends without an error.

    `called` is the command line. ConfigurationError where the page can't be written, and for a name of no page.
    """
    check_name(path)
    with atomic_path(path) as temporary:

        def write(summary: Summary) -> None:
            try:
                temporary.write_text(_page(summary, called, inputs), "utf-8")
            except OSError as error:
                raise unwritable(str(path), error) from None

        yield write


def _page(summary: Summary, called: str, inputs: Sequence[Input]) -> str:
    title = escape(summary.title)
    facts = "".join(map(_fact, _facts(summary, called, inputs)))
    counts = "".join(
        f"<div><dt>{escape(line.meaning)}</dt><dd>{line.number:,}</dd></div>\n" for line in summary.lines()
    )
    sections = "".join(map(_section, summary.charts()))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f'<dl class="run">\n{facts}</dl>\n<dl class="counts">\n{counts}</dl>\n{sections}</body></html>\n'
    )


def _facts(summary: Summary, called: str, inputs: Sequence[Input]) -> list[Fact]:
    """Return what identifies the run."""
    names = [source.name for source in inputs[:SHOWN]]
    if len(inputs) > SHOWN:
        names.append(f"and {len(inputs) - SHOWN:,} more")
    return [
        Fact("Date", [f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M:%S %z}"]),
        Fact("Command", [called]),
        Fact("Inputs", names),
        *summary.facts(),
        Fact("Version", [f"proxyaddr {__version__}"]),
    ]


def _fact(fact: Fact) -> str:
    lines = "<br>".join(_text(line, LONGEST_LINE) for line in fact.lines)
    return f'<div><dt>{escape(fact.name)}</dt><dd class="{fact.tone.value}">{lines}</dd></div>\n'


def _section(chart: Chart) -> str:
    """Return a chart of horizontal bars, the longest on top, and beside it the table of the same counts."""
    found = chart.tally.most_common(MOST_BARS)
    note = f"<p>{escape(chart.note)}</p>\n" if chart.note else ""
    return (
        f"<section><h2>{escape(chart.title)}</h2>\n{note}<div>\n"
        f'<ul class="{chart.tone.value}" aria-hidden="true">\n{_bars(chart, found)}</ul>\n'
        f"<table><thead><tr><th>{escape(chart.kind)}</th><th>rows</th></tr></thead>\n"
        f"<tbody>\n{_table_rows(found)}</tbody></table>\n</div></section>\n"
    )


def _bars(chart: Chart, found: Mapping[str, int]) -> str:
    most = max(found.values())
    bars = []
    for name, count in found.items():
        label = _text(name, LONGEST_LABEL, keeps_end=chart.keeps_end)
        width = max(100 * count / most, THINNEST_BAR)
        bars.append(
            f'<li><span>{label}</span> <span class="count">{count:,}</span>\n'
            f'<svg width="100%" height="10"><rect width="{width:.2f}%" height="10" rx="3"/></svg></li>\n'
        )
    return "".join(bars)


def _table_rows(found: Mapping[str, int]) -> str:
    """Return rows to copy into a spreadsheet: no value is a formula there, no number depends on the country."""
    names, _ = without_formulas(pa.array([visible(name) for name in found], pa.string()))
    return "".join(
        f"<tr><td>{_text(name, LONGEST_CELL)}</td><td>{count}</td></tr>\n"
        for name, count in zip(names.to_pylist(), found.values(), strict=True)
    )


def _text(text: str, most: int, *, keeps_end: bool = False) -> str:
    """Return text of strangers for the page: unprintable characters and markup escaped, at most so many characters."""
    shown = visible(text)
    if len(shown) > most:
        shown = "…" + shown[1 - most :] if keeps_end else shown[: most - 1] + "…"
    return escape(shown)
