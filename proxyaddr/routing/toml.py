"""Routing tables as the table `[routing_table]` of a TOML file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any

from proxyaddr._files.documents import parse_toml, toml_document
from proxyaddr._files.settings import ROUTING_TABLE, TABLES, check_names, read_settings
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import RouteRow, TableRows, check_cost
from proxyaddr.routing.settings import CONNECTOR_SETTINGS
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.space import Scope

__all__ = ["read_toml", "rows_of_table", "toml_rows", "toml_text"]

_KEYS = ("dialect", "routes", "connectors")
_ROUTE_KEYS = ("space", "connector", "connectors", "scope")


def read_toml(path: str | Path, limits: Limits) -> TableRows:
    """Return the routes, the connectors and the dialect of a file.

    The line of a row is the number of the route, from 1. ConfigurationError where the file can't be read, has no such
    table, or holds a wrong one.
    """
    return _rows_of_document(toml_document(path, limits), str(path))


def toml_rows(text: str, source: str, limits: Limits) -> TableRows:
    """Return what `read_toml` does of a text that was read from a file."""
    return _rows_of_document(parse_toml(text.encode("utf-8", "surrogatepass"), source, limits), source)


def _rows_of_document(document: dict[str, Any], source: str) -> TableRows:
    check_names(document, TABLES, source, "the file")
    if ROUTING_TABLE not in document:
        raise ConfigurationError("no-routing-table", f"no table [{ROUTING_TABLE}]", ROUTING_TABLE, source)
    return rows_of_table(document[ROUTING_TABLE], source)


def rows_of_table(table: object, source: str) -> TableRows:
    """Return the routes, the connectors and the dialect of the parsed table; ConfigurationError where it is wrong."""
    if not isinstance(table, dict):
        raise ConfigurationError("wrong-type", f"{ROUTING_TABLE} is a table", ROUTING_TABLE, source)
    check_names(table, _KEYS, source, ROUTING_TABLE)
    rows: list[tuple[int, RouteRow] | RowError] = []
    for number, entry in enumerate(_tables(table, "routes", source), 1):
        check_names(entry, _ROUTE_KEYS, source, f"route {number}")
        if "connector" in entry and "connectors" in entry:
            message = f"route {number} has connector and connectors: one of them is enough"
            raise ConfigurationError("repeated-setting", message, "connectors", source)
        hops = entry.get("connectors", entry.get("connector"))
        if not isinstance(entry.get("space"), str) or not hops:
            message = f"route {number}: expected space and connector, or connectors"
            rows.append(RowError("bad-route", message, number, source))
            continue
        scope = str(entry.get("scope", Scope.ORGANIZATION))
        rows.append((number, RouteRow(hops if isinstance(hops, list) else [hops], space=entry["space"], scope=scope)))
    connectors = [_connector(entry, source) for entry in _tables(table, "connectors", source)]
    rows += _without_route(rows, connectors, source)
    return TableRows(rows, connectors, str(table["dialect"]) if "dialect" in table else None)


def _without_route(
    rows: Sequence[tuple[int, RouteRow] | RowError], connectors: Sequence[Connector], source: str
) -> Iterator[RowError]:
    """Yield an error for each connector that no route names, most likely because its name holds a slip."""
    named = [str(hop) for row in rows if not isinstance(row, RowError) for hop in row[1].connectors]
    known = set(named)
    for number, connector in enumerate(connectors, 1):
        if connector.name not in known:
            near = get_close_matches(connector.name, list(dict.fromkeys(named))[:_MOST_COMPARED], 1)
            meant = f" (is {near[0]!r} meant?)" if near else ""
            message = f"connector {number}: no route names {connector.name!r}{meant}, so that its settings do nothing"
            yield RowError("connector-without-route", message, number, source)


_MOST_COMPARED = 1_000
"""Names among which one is looked for that may be meant: each comparison takes time."""


def _tables(table: Mapping[str, Any], key: str, source: str) -> list[Mapping[str, Any]]:
    entries = table.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ConfigurationError("wrong-type", f"{key} is a list of tables", f"{ROUTING_TABLE}.{key}", source)
    return entries


def _connector(entry: Mapping[str, Any], source: str) -> Connector:
    settings = read_settings(entry, CONNECTOR_SETTINGS, source, "a connector")
    if not settings.get("name"):
        raise ConfigurationError("no-connector-name", "a connector has a name", "name", source)
    return Connector(**settings)


def toml_text(routes: Iterable[Route], connectors: Mapping[str, Connector], dialect: str) -> str:
    """Return a table as TOML, with what is known of the connectors that its routes name."""
    lines = [f"[{ROUTING_TABLE}]", f"dialect = {_quoted(dialect)}"]
    named: dict[str, None] = {}
    for route in routes:
        check_cost(route, route.space.dialect)
        space, hops = route.space, route.connectors
        named.update(dict.fromkeys(hops))
        lines += ["", f"[[{ROUTING_TABLE}.routes]]"]
        lines.append(f"space = {_quoted(f'{space.type}:{space.pattern};{space.cost}')}")
        names = ", ".join(map(_quoted, hops))
        lines.append(f"connector = {names}" if len(hops) == 1 else f"connectors = [{names}]")
        if space.scope is not Scope.ORGANIZATION:
            lines.append(f"scope = {_quoted(space.scope)}")
    for name in named:
        if name in connectors:
            lines += ["", f"[[{ROUTING_TABLE}.connectors]]", *_settings_of(connectors[name])]
    return "\n".join([*lines, ""])


def _settings_of(connector: Connector) -> Iterator[str]:
    """Yield a line for each setting of a connector that is not the default."""
    default = Connector(connector.name)
    yield f"name = {_quoted(connector.name)}"
    for key in CONNECTOR_SETTINGS:
        value = getattr(connector, key)
        if value != getattr(default, key):
            written = value.name.lower() if isinstance(value, Enum) else value
            yield f"{key} = {_quoted(written) if isinstance(written, str) else str(written).lower()}"


def _quoted(text: str) -> str:
    """Return a text as a basic string (TOML 1.0, String)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
