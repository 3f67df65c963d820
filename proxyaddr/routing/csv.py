"""Routing tables as CSV, with a row for each route."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path

from proxyaddr._files.text import csv_records, read_text
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import RouteRow, TableRows, check_connector_names, check_cost
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.space import Scope

__all__ = ["STATE_COLUMNS", "csv_rows", "csv_text", "read_csv"]

COLUMNS = ("type", "pattern", "cost", "scope", "connector")
"""The columns of a table; a column `space` may replace type, pattern and cost."""

HOP_SEPARATOR = "|"
"""Stands between the connectors of one route."""


STATE_COLUMNS: tuple[str, ...] = (
    "enabled",
    "max_message_size",
    "site",
    "location",
    "site_cost",
    "proximity",
    "delivering",
)
STATE_COLUMNS += ("open_retries", "max_open_retries", "activation", "tries")
"""Columns of what is known of the first connector of a route; all are blank where nothing is."""


def read_csv(path: str | Path, limits: Limits) -> TableRows:
    """Return the rows of a file whose header names `connector`, and either `space` or `pattern`.

    ConfigurationError for a file that can't be read or whose header lacks those.
    """
    return csv_rows(read_text(path, limits), str(path), limits)


def csv_rows(text: str, source: str, limits: Limits) -> TableRows:
    """Return what `read_csv` does of a text that was read from a file."""
    header, records = csv_records(text, source, limits)
    columns = {_key(name): index for index, name in enumerate(header)}
    _check_header(header, columns, source)
    connectors: list[Connector] = []
    return TableRows(_rows(columns, records, source, connectors), connectors)


def _key(name: str) -> str:
    """Return the name of a column as names compare: without case, blanks, hyphens and underscores."""
    return "".join(name.split()).replace("_", "").replace("-", "").lower()


_KEYS = {_key(name): name for name in (*COLUMNS, "space", *STATE_COLUMNS)}


def _check_header(header: list[str], columns: Mapping[str, int], source: str) -> None:
    """Raise ConfigurationError for a header that lacks a column, or has one that looks like a slip in a name."""
    if "connector" not in columns or not columns.keys() & {"space", "pattern"}:
        from proxyaddr._files.objects import unknown_column  # noqa: PLC0415 - takes its time, and for errors alone

        expected = ["space", "pattern"] if "connector" in columns else ["connector"]
        if not columns.keys() & {"connector", "space", "pattern"}:
            expected = ["connector", "space", "AddressSpaces"]
        raise unknown_column("bad-header", header, expected, source)
    if columns.keys() <= _KEYS.keys():
        return
    from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for odd headers alone

    absent = [key for key in _KEYS if key not in columns]
    for name in header:
        if _key(name) not in _KEYS and (near := get_close_matches(_key(name), absent, 1, 0.8)):
            message = f"a column {name}; is {_KEYS[near[0]]} meant? The columns are {', '.join(header)[:300]}"
            raise ConfigurationError("bad-header", message, source=source, line=1)


def _rows(
    columns: Mapping[str, int],
    records: Iterator[tuple[int, list[str]] | RowError],
    source: str,
    connectors: list[Connector],
) -> Iterator[tuple[int, RouteRow] | RowError]:
    """Yield the rows, and add to `connectors` what they say of those."""
    states = {name: columns[_key(name)] for name in STATE_COLUMNS if _key(name) in columns}
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        cells = {name: row[index].strip(TRIMMED) for name, index in columns.items()}
        hops = [hop.strip(TRIMMED) for hop in cells["connector"].split(HOP_SEPARATOR)]
        stated = {name: cell for name, index in states.items() if (cell := row[index].strip(TRIMMED))}
        if stated and hops[0]:
            from proxyaddr.routing.settings import connector_of_texts  # noqa: PLC0415 - difflib takes its time

            try:
                connectors.append(connector_of_texts(hops[0], stated, source))
            except ConfigurationError as error:
                yield RowError(error.code, f"{hops[0]}: {error.message}", line, source, error)
        yield (
            line,
            RouteRow(
                hops,
                space=cells.get("space"),
                type=cells.get("type") or DEFAULT_TYPE,
                pattern=cells.get("pattern", ""),
                cost=cells.get("cost") or 1,
                scope=(cells.get("scope") or Scope.ORGANIZATION).lower(),
            ),
        )


def csv_text(routes: Iterable[Route], connectors: Mapping[str, Connector]) -> str:
    """Return routes as CSV, with what is known of their first connectors.

    ConfigurationError for a connector whose name could not be read back.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kept = list(routes)
    has_states = any(route.connector in connectors for route in kept)
    writer.writerow(COLUMNS + STATE_COLUMNS if has_states else COLUMNS)
    for route in kept:
        check_connector_names(route, HOP_SEPARATOR)
        check_cost(route, route.space.dialect)
        space, known = route.space, connectors.get(route.connector)
        cells: list[object] = [space.type, space.pattern, space.cost, space.scope, HOP_SEPARATOR.join(route.connectors)]
        if has_states:
            cells += [_cell(getattr(known, name, None)) for name in STATE_COLUMNS]
        writer.writerow(cells)
    return out.getvalue()


def _cell(value: object) -> str:
    """Return the text of a setting: names of members in lower case, as TOML has them."""
    if isinstance(value, Enum):
        return value.name.lower()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
