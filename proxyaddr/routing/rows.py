"""Rows of a routing table as a file holds them, and the routes that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, ProxyAddrError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.cost import COST_MAX_DIGITS, bad_cost
from proxyaddr.spaces.space import AddressSpace, Dialect, Scope

__all__ = ["RouteRow", "Rows", "TableRows", "bad_route", "check_connector_names", "cost_of", "routes_of", "text_of"]

_SHOWN_LENGTH = 60


class RouteRow(NamedTuple):
    """A row as it was read: either the text of a space, or its type, pattern and cost; and the connectors."""

    connectors: Sequence[object]
    space: str | None = None
    type: object = DEFAULT_TYPE
    pattern: object = ""
    cost: object = 1
    scope: str = Scope.ORGANIZATION


Rows = Iterable[tuple[int, RouteRow] | RowError]
"""Rows with their line numbers, counted from 1, and an error for each row that could not be read."""


class TableRows(NamedTuple):
    """What a file says of a table: its rows, what is known of its connectors, and the dialect where it names one."""

    rows: Rows
    connectors: Sequence[Connector] = ()
    dialect: str | None = None


def routes_of(rows: Rows, dialect: Dialect, source: str | None, limits: Limits) -> tuple[list[Route], list[RowError]]:
    """Return the routes of the good rows and an error for each bad one; a bad row never hides a good one (Q182798)."""
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
            errors.append(bad_route(error, line, source))
    return routes, errors


def bad_route(error: ProxyAddrError, line: int, source: str | None = None) -> RowError:
    """Return the error of a row that makes no route, with the error that says why."""
    return RowError("bad-route", f"invalid route [{error.code}]: {error}", line, source, error)


def text_of(value: object) -> str:
    """Return a value that is text; AddressSyntaxError where it is not."""
    if isinstance(value, str):
        return value
    shown = repr(value)[:_SHOWN_LENGTH]
    raise AddressSyntaxError("wrong-type", f"expected text, not {type(value).__name__}", shown, (0, 0))


def cost_of(value: object) -> int:
    """Return a cost given as a number or as digits; AddressSyntaxError where it is neither."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > COST_MAX_DIGITS:
        raise bad_cost(text)
    return int(text)


def check_connector_names(route: Route, separator: str) -> None:
    """Raise ConfigurationError where a connector of a route has a name that could not be read back from a file."""
    for connector in route.connectors:
        if separator in connector or not connector.isprintable() or connector != connector.strip():
            message = f"{connector!r} can't be written: a name without {separator!r}, line ends and outer blanks can"
            raise ConfigurationError("unwritable-connector", message, "connector")
