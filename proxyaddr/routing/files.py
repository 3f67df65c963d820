"""Reads and writes routing tables: GWART text, CSV, JSON of send connectors, TOML, columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from proxyaddr._files.documents import json_objects
from proxyaddr._files.text import csv_records, limited_rows, too_long
from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import ConfigurationError, ProxyAddrError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.routing.columns import cost_of, text_of
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Activation, Connector, Proximity
from proxyaddr.spaces.space import AddressSpace, Dialect, Scope

__all__ = [
    "Rows",
    "csv_rows",
    "csv_text",
    "gwart_rows",
    "gwart_text",
    "json_rows",
    "routes_of",
    "toml_table",
]

TOML_TABLE = "routing_table"
CSV_COLUMNS = ("type", "pattern", "cost", "scope", "connector")
"""The header of a table in CSV; `space` may stand for the first three."""

HOP_SEPARATOR = "|"
"""Between the connectors of one route in a CSV file."""

_SIZE = re.compile(
    r"\(([0-9,.\u00a0\u202f ]{1,30}) bytes\)|^\s*([0-9]{1,18}(?:\.[0-9]{1,6})?)\s*([KMGT]?B?)\s*$", re.IGNORECASE
)
_UNITS = {
    "": 1,
    "b": 1,
    "k": 2**10,
    "kb": 2**10,
    "m": 2**20,
    "mb": 2**20,
    "g": 2**30,
    "gb": 2**30,
    "t": 2**40,
    "tb": 2**40,
}
_UNLIMITED = "unlimited"


class RouteRow(NamedTuple):
    """A row as it was read: either the text of a space, or its type, pattern and cost; and the connectors."""

    connectors: Sequence[object]
    space: str | None = None
    type: object = DEFAULT_TYPE
    pattern: object = ""
    cost: object = 1
    scope: str = Scope.ORGANIZATION


Rows = Iterable[tuple[int, RouteRow] | RowError]
"""Rows with their lines, counted from 1, and the rows that could not be read."""


def routes_of(
    rows: Rows, dialect: Dialect, source: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[list[Route], list[RowError]]:
    """Return the routes of rows, and an error for each row that is none; one never hides the rest (Q182798)."""
    routes: list[Route] = []
    errors: list[RowError] = []
    for row in rows:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        line, read = row
        try:
            limits.check_address(read.pattern if isinstance(read.pattern, str) else "")
            space = (
                AddressSpace(text_of(read.type), text_of(read.pattern), cost_of(read.cost), Scope(read.scope), dialect)
                if read.space is None
                else AddressSpace.parse(read.space, dialect=dialect, scope=read.scope, limits=limits)
            )
            routes.append(Route(space, [text_of(connector) for connector in read.connectors]))
        except ProxyAddrError as error:
            errors.append(RowError("bad-route", f"no route [{error.code}]: {error}", line, source, error))
    return routes, errors


def gwart_rows(text: str, limits: Limits, source: str | None = None) -> Iterator[tuple[int, RouteRow] | RowError]:
    """Yield the lines `TYPE,pattern;,cost,connector[,connector...]` (Q149121); blanks around fields are padding.

    A pattern may hold commas: the cost is the first number after a field that ends with `;`, else the first number.
    """
    for _, (line, content) in zip(limited_rows(source, limits), enumerate(_lines(text), 1), strict=False):
        if not content.strip():
            continue
        if len(content) > limits.line_length:
            yield RowError("too-long", too_long(limits), line, source)
            continue
        cells = [cell.strip() for cell in content.split(",")]
        numbers = [i for i, cell in enumerate(cells) if i > 1 and cell.isascii() and cell.isdigit()]
        place = next((i for i in numbers if cells[i - 1].endswith(";")), numbers[0] if numbers else 0)
        connectors = [cell for cell in cells[place + 1 :] if cell]
        if not place or not connectors:
            lacking = "connector" if place else "cost, a whole number,"
            message = f"no {lacking} in it: expected TYPE,pattern;,cost,connector"
            yield RowError("bad-line", message, line, source)
            continue
        pattern = ",".join(content.split(",")[1:place])
        yield line, RouteRow(connectors, type=cells[0], pattern=pattern, cost=cells[place])


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, one at a time."""
    start, size = 0, len(text)
    while start < size:
        end = text.find("\n", start)
        end = size if end < 0 else end
        yield text[start:end]
        start = end + 1


def gwart_text(routes: Iterable[Route]) -> str:
    """Return routes as GWART text; the scope is written as LOCAL or not at all, as the format has no other."""
    lines = []
    for route in routes:
        address_type, _, rest = str(route.space).partition(":")
        pattern, _, cost = rest.rpartition(";")
        _refuse(route, ",")
        lines.append(f"{address_type},{pattern};,{cost},{','.join(route.connectors)},\n")
    return "".join(lines)


def csv_rows(path: str | Path, limits: Limits) -> Iterator[tuple[int, RouteRow] | RowError]:
    """Yield the rows of a CSV file whose header names `connector` and either `space`, or `pattern` and its fellows."""
    header, records = csv_records(path, limits)
    places = {name.lower(): index for index, name in enumerate(header)}
    if "connector" not in places or not places.keys() & {"space", "pattern"}:
        message = f"expected a header with connector and space, or with {', '.join(CSV_COLUMNS)}"
        raise ConfigurationError("bad-header", message, source=str(path), line=1)
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        cells = {name: row[place].strip() for name, place in places.items()}
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
    """Return routes as CSV with the columns type, pattern, cost, scope, connector."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for route in routes:
        _refuse(route, HOP_SEPARATOR)
        space = route.space
        writer.writerow((space.type, space.pattern, space.cost, space.scope, HOP_SEPARATOR.join(route.connectors)))
    return out.getvalue()


def json_rows(path: str | Path, limits: Limits) -> tuple[list[tuple[int, RouteRow] | RowError], list[Connector]]:
    """Return spaces and connectors of JSON as `Get-SendConnector | ConvertTo-Json` gives it.

    A connector without a name, or a space of an unknown form, is an error; the rest is kept.
    """
    rows: list[tuple[int, RouteRow] | RowError] = []
    connectors: list[Connector] = []
    for number, entry in enumerate(json_objects(path, limits), 1):
        read = {str(key).lower(): value for key, value in entry.items()} if isinstance(entry, Mapping) else {}
        name = read.get("name") or read.get("identity")
        if not isinstance(name, str) or not name.strip():
            rows.append(RowError("no-connector-name", "expected an object with Name", number, str(path)))
            continue
        try:
            connectors.append(Connector(name, _enabled(read.get("enabled")), _size(read.get("maxmessagesize"))))
        except ConfigurationError as error:
            rows.append(RowError(error.code, f"{name}: {error}", number, str(path), error))
            connectors.append(Connector(name))
        scope = Scope.SITE if read.get("isscopedconnector") is True else Scope.ORGANIZATION
        spaces = read.get("addressspaces")
        for space in spaces if isinstance(spaces, list) else [] if spaces is None else [spaces]:
            rows.append(_json_space(space, name, scope, number, str(path)))
    return rows, connectors


def toml_table(table: object, path: str | Path) -> tuple[list[tuple[int, RouteRow] | RowError], list[Connector], str]:
    """Return the rows, the connectors and the dialect of `[routing_table]`."""
    if not isinstance(table, dict):
        raise ConfigurationError("wrong-type", f"{TOML_TABLE} is a table", TOML_TABLE, str(path))
    unknown = table.keys() - {"dialect", "routes", "connectors"}
    if unknown:
        message = f"expected dialect, routes and connectors, not {', '.join(sorted(unknown))}"
        raise ConfigurationError("unknown-setting", message, TOML_TABLE, str(path))
    rows: list[tuple[int, RouteRow] | RowError] = []
    for number, entry in enumerate(_tables(table, "routes", path), 1):
        hops = entry.get("connectors", entry.get("connector"))
        if not isinstance(entry.get("space"), str) or not hops:
            message = f"route {number}: expected space and connector, or connectors"
            rows.append(RowError("bad-route", message, number, str(path)))
            continue
        scope = str(entry.get("scope", Scope.ORGANIZATION))
        rows.append((number, RouteRow(hops if isinstance(hops, list) else [hops], space=entry["space"], scope=scope)))
    connectors = [_toml_connector(entry, path) for entry in _tables(table, "connectors", path)]
    return rows, connectors, str(table.get("dialect", Dialect.EXCHANGE55))


def _tables(table: Mapping[str, Any], name: str, path: str | Path) -> list[Mapping[str, Any]]:
    entries = table.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ConfigurationError("wrong-type", f"{name} is a list of tables", f"{TOML_TABLE}.{name}", str(path))
    return entries


_ENUMERATED = {"proximity": Proximity, "activation": Activation}
_FIELDS = {found.name: found for found in fields(Connector)}


def _toml_connector(entry: Mapping[str, Any], path: str | Path) -> Connector:
    """Return a connector whose keys are the names of its fields, proximity and activation by name."""
    settings: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in _FIELDS:
            message = f"a connector has no {key!r}; expected {', '.join(_FIELDS)}"
            raise ConfigurationError("unknown-setting", message, key, str(path))
        if key in _ENUMERATED:
            known = {member.name.lower(): member for member in _ENUMERATED[key]}
            if str(value).lower() not in known:
                message = f"{key} is one of {', '.join(known)}, not {value!r}"
                raise ConfigurationError("wrong-type", message, key, str(path))
            settings[key] = known[str(value).lower()]
        else:
            wanted = {"str": str, "bool": bool, "int": int}[str(_FIELDS[key].type).split(" ")[0]]
            if type(value) is not wanted:
                message = f"{key} is of type {wanted.__name__}, not {value!r}"
                raise ConfigurationError("wrong-type", message, key, str(path))
            settings[key] = value
    if not settings.get("name"):
        raise ConfigurationError("no-connector-name", "a connector has a name", "name", str(path))
    return Connector(**settings)


def _json_space(
    space: object, connector: str, scope: Scope, number: int, source: str
) -> tuple[int, RouteRow] | RowError:
    if isinstance(space, str):
        return number, RouteRow((connector,), space=space, scope=scope)
    if isinstance(space, Mapping):
        read = {str(key).lower(): value for key, value in space.items()}
        address = read.get("address", read.get("domain"))
        if address is not None:
            kind, cost = read.get("type") or DEFAULT_TYPE, read.get("cost", 1)
            return number, RouteRow((connector,), type=kind, pattern=address, cost=cost, scope=scope)
    message = f"{connector}: expected a space as text, or an object with Type, Address and Cost"
    return RowError("bad-route", message, number, source)


def _enabled(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return value is not False
    raise ConfigurationError("wrong-type", f"Enabled is true or false, not {value!r}", "Enabled")


def _size(value: object) -> int | None:
    """Return bytes of `10 MB (10,485,760 bytes)`, `35MB` or a number; None for Unlimited."""
    if isinstance(value, Mapping):
        value = None if value.get("IsUnlimited") is True else value.get("Value")
        value = value.get("Value", value) if isinstance(value, Mapping) else value
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", _UNLIMITED)):
        return None
    match = _SIZE.search(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if match is None:
        message = f"MaxMessageSize is Unlimited or a size such as 10 MB, not {str(value)[:60]!r}"
        raise ConfigurationError("bad-size", message, "MaxMessageSize")
    if match[1]:
        return int(re.sub(r"[^0-9]", "", match[1]) or 0)
    return int(float(match[2]) * _UNITS[match[3].lower()])


def _refuse(route: Route, separator: str) -> None:
    """Refuse to write a connector whose name the format could not give back."""
    for connector in route.connectors:
        if separator in connector or not connector.isprintable() or connector != connector.strip():
            message = f"{connector!r} can't be written: a name without {separator!r}, line ends and outer blanks can"
            raise ConfigurationError("unwritable-connector", message, "connector")
