"""Routing tables as the table `[routing_table]` of a TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proxyaddr._files.documents import toml_document
from proxyaddr._files.settings import (
    FLAG,
    ROUTING_TABLE,
    TABLES,
    TEXT,
    WHOLE_NUMBER,
    check_names,
    member_of,
    read_settings,
)
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.rows import RouteRow, TableRows
from proxyaddr.routing.state import Activation, Connector, Proximity
from proxyaddr.spaces.space import Scope

__all__ = ["CONNECTOR_SETTINGS", "read_toml", "rows_of_table"]

CONNECTOR_SETTINGS = {
    "name": TEXT,
    "enabled": FLAG,
    "max_message_size": WHOLE_NUMBER,
    "site": TEXT,
    "location": TEXT,
    "site_cost": WHOLE_NUMBER,
    "proximity": member_of(Proximity),
    "delivering": FLAG,
    "open_retries": WHOLE_NUMBER,
    "max_open_retries": WHOLE_NUMBER,
    "activation": member_of(Activation),
    "tries": WHOLE_NUMBER,
}
"""What a table of `connectors` may hold: the fields of Connector, and what each of them is in a file."""

_KEYS = ("dialect", "routes", "connectors")
_ROUTE_KEYS = ("space", "connector", "connectors", "scope")


def read_toml(path: str | Path, limits: Limits) -> TableRows:
    """Return the routes, the connectors and the dialect of a file.

    The line of a row is the number of the route, from 1. ConfigurationError where the file can't be read, has no such
    table, or holds a wrong one.
    """
    document = toml_document(path, limits)
    check_names(document, TABLES, str(path), "the file")
    if ROUTING_TABLE not in document:
        raise ConfigurationError("no-routing-table", f"no table [{ROUTING_TABLE}]", ROUTING_TABLE, str(path))
    return rows_of_table(document[ROUTING_TABLE], str(path))


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
    return TableRows(rows, connectors, str(table["dialect"]) if "dialect" in table else None)


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
