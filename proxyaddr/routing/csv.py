"""Routing tables as CSV, with a row for each route."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from proxyaddr._files.text import csv_records, read_text
from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import RouteRow, TableRows, check_connector_names
from proxyaddr.spaces.space import Scope

__all__ = ["csv_text", "read_csv"]

COLUMNS = ("type", "pattern", "cost", "scope", "connector")
"""The columns of a table; a column `space` may replace type, pattern and cost."""

HOP_SEPARATOR = "|"
"""Stands between the connectors of one route."""


def read_csv(path: str | Path, limits: Limits) -> TableRows:
    """Return the rows of a file whose header names `connector`, and either `space` or `pattern`.

    ConfigurationError, when the rows are taken, for a file that can't be read or whose header lacks those.
    """
    return TableRows(_rows(path, limits))


def _rows(path: str | Path, limits: Limits) -> Iterator[tuple[int, RouteRow] | RowError]:
    header, records = csv_records(read_text(path, limits), str(path), limits)
    columns = {name.lower(): index for index, name in enumerate(header)}
    if "connector" not in columns or not columns.keys() & {"space", "pattern"}:
        message = f"expected a header with connector and space, or with {', '.join(COLUMNS)}"
        raise ConfigurationError("bad-header", message, source=str(path), line=1)
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        cells = {name: row[index].strip() for name, index in columns.items()}
        yield (
            line,
            RouteRow(
                [hop.strip() for hop in cells["connector"].split(HOP_SEPARATOR)],
                space=cells.get("space"),
                type=cells.get("type") or DEFAULT_TYPE,
                pattern=cells.get("pattern", ""),
                cost=cells.get("cost") or 1,
                scope=(cells.get("scope") or Scope.ORGANIZATION).lower(),
            ),
        )


def csv_text(routes: Iterable[Route]) -> str:
    """Return routes as CSV; ConfigurationError for a connector whose name could not be read back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for route in routes:
        check_connector_names(route, HOP_SEPARATOR)
        space = route.space
        writer.writerow((space.type, space.pattern, space.cost, space.scope, HOP_SEPARATOR.join(route.connectors)))
    return out.getvalue()
