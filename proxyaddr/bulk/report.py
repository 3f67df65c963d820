"""Writes the report of a run: one HTML page with charts, which needs no other file and no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from proxyaddr._optional import import_extra
from proxyaddr.bulk.atomic import atomic_path
from proxyaddr.bulk.errors import unwritable
from proxyaddr.bulk.summary import Chart, Summary, Tone
from proxyaddr.errors import visible

__all__ = ["report_to"]

MOST_BARS = 20
"""The most values that a chart names; all others share one bar."""

LONGEST_LABEL = 48
"""The most characters of a label beside its bar."""

BAR_HEIGHT, MARGINS = 28, 70
"""Pixels of a chart: for each bar, and above and below all bars together."""

MOST_TICKS = 6
"""The most numbers below a chart."""

_COLORS = {Tone.NEUTRAL: "#2563eb", Tone.WARNING: "#d97706", Tone.BAD: "#dc2626"}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1100px; padding: 24px; color: #1f2937; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 28px 0 4px; } p { margin: 0; color: #4b5563; }
dl { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0; }
dl div { border: 1px solid #e5e7eb; border-radius: 8px; padding: 10px 18px; min-width: 96px; }
dt { color: #4b5563; font-size: 14px; } dd { margin: 0; font-size: 24px; font-weight: 600; }
"""


@contextmanager
def report_to(path: Path) -> Iterator[Callable[[Summary], None]]:
    """Yield the function that writes the page of a summary; the file is replaced when the block ends without an error.

    ConfigurationError, before any work, where plotly is not installed; and where the page can't be written.
    """
    figures, page = import_extra("plotly.graph_objects", "report"), import_extra("plotly.io", "report")
    with atomic_path(path) as temporary:

        def write(summary: Summary) -> None:
            try:
                temporary.write_text(_page(summary, figures, page), "utf-8")
            except OSError as error:
                raise unwritable(str(path), error) from None

        yield write


def _page(summary: Summary, figures: Any, page: Any) -> str:  # noqa: ANN401 - plotly has no types
    title = summary.title
    record = summary.as_record()
    numbers = {name: number for name, number in record.items() if isinstance(number, int)}
    cards = "".join(
        f"<div><dt>{escape(name.replace('_', ' '))}</dt><dd>{number:,}</dd></div>" for name, number in numbers.items()
    )
    parts = []
    for number, chart in enumerate(summary.charts()):
        figure = _figure(chart, figures)
        html = page.to_html(
            figure,
            full_html=False,
            include_plotlyjs=number == 0,  # the library once, in the page itself
            config={"displaylogo": False, "displayModeBar": False, "responsive": True},
            div_id=f"chart-{number}",
        )
        note = f"<p>{escape(chart.note)}</p>" if chart.note else ""
        parts.append(f"<section><h2>{escape(chart.title)}</h2>{note}{html}</section>")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<dl>{cards}</dl>{''.join(parts)}</body></html>\n"
    )


def _figure(chart: Chart, figures: Any) -> Any:  # noqa: ANN401 - plotly has no types
    """Return a chart of horizontal bars, the longest on top, each with its count."""
    found = chart.tally.most_common(MOST_BARS)
    labels = [_label(name) for name in found]
    values = list(found.values())
    bars = figures.Bar(
        x=values,
        y=list(range(len(values))),
        orientation="h",
        text=[f"{value:,}" for value in values],
        textposition="outside",
        cliponaxis=False,
        marker_color=_COLORS[chart.tone],
        hoverinfo="skip",
    )
    layout = {
        "height": BAR_HEIGHT * len(values) + MARGINS,
        "margin": {"l": 10, "r": 90, "t": 10, "b": 30},
        "bargap": 0.3,
        "plot_bgcolor": "white",
        "font": {"family": "system-ui, sans-serif", "size": 14},
        "xaxis": {"gridcolor": "#e5e7eb", "rangemode": "tozero", "tickformat": ",d"}
        | ({"dtick": 1} if max(values) < MOST_TICKS else {"nticks": MOST_TICKS}),  # whole numbers alone
        "yaxis": {
            "automargin": True,
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "ticks": "outside",  # a gap between a label and its bar
            "ticklen": 8,
            "tickcolor": "white",
        },
    }
    return figures.Figure(bars, layout)


def _label(text: str) -> str:
    """Return a label for text of the data: shortened, control characters escaped, and nothing that plotly interprets.

    Plotly interprets a few HTML tags and entities in labels and, where MathJax is loaded, TeX between dollar signs.
    """
    shown = visible(text)
    if len(shown) > LONGEST_LABEL:
        shown = shown[: LONGEST_LABEL - 1] + "…"
    return escape(shown, quote=False).replace("$", "&#36;")
