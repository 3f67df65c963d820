"""Rows of a routing table as a file holds them, and the routes that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, ProxyAddrError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.cost import COST_MAX_DIGITS, COST_RANGE, bad_cost
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import TYPE_BEFORE_COLON
from proxyaddr.spaces.space import ACCEPTED_DOMAINS, LOCAL, AddressSpace, Scope, parse_space

__all__ = [
    "ReadRoutes",
    "RouteError",
    "RouteRow",
    "Rows",
    "TableRows",
    "bad_route",
    "check_connector_names",
    "check_cost",
    "cost_of",
    "has_sums",
    "routes_of",
    "text_of",
    "written_space",
]

_SHOWN_LENGTH = 60

_COST = re.compile(r";[^;=]*$")
"""The cost at the end of a space, whatever stands there; the last attribute of an X.400 space holds `=`."""


class RouteRow(NamedTuple):
    """A row as it was read: either the text of a space, or its type, pattern and cost; and the connectors.

    The cost of a table of Exchange 2007 is that of a space, 1 to 100, unless it `is_sum`: in a GWART it adds up hops.
    """

    connectors: Sequence[object]
    space: str | None = None
    type: object = DEFAULT_TYPE
    pattern: object = ""
    cost: object = 1
    scope: str = Scope.ORGANIZATION
    is_sum: bool = False


Rows = Iterable[tuple[int, RouteRow] | RowError]
"""Rows with their line numbers, counted from 1, and an error for each row that could not be read."""


class TableRows(NamedTuple):
    """What a file says of a table: its rows, what is known of its connectors, and the dialect where it names one.

    `connectors` may name one twice; the reader of the rows may add to it, so that it is whole only after them.
    """

    rows: Rows
    connectors: Sequence[Connector] = ()
    dialect: str | None = None


class RouteError(RowError):
    """A row that is no route; `space` is the type and the pattern that it has, as far as they could be read."""

    def __init__(
        self,
        code: str,
        message: str,
        line: int,
        source: str | None = None,
        cause: ProxyAddrError | None = None,
        space: tuple[str, str] | None = None,
    ) -> None:
        ValueError.__init__(self, code, message, line, source, cause, space)
        self.code = code
        self.message = message
        self.line = line
        self.source = source
        self.cause = cause
        self.space = space


class ReadRoutes(NamedTuple):
    """The routes of rows, an error for each bad row, and the spaces of the accepted domains.

    A space of `accepted` has the pattern `*` in place of `--`.
    """

    routes: list[Route]
    accepted: list[Route]
    errors: list[RowError]


def routes_of(rows: Rows, dialect: Dialect, source: str | None, limits: Limits) -> ReadRoutes:
    """Return what rows make; a bad row never hides a good one (Q182798)."""
    routes: list[Route] = []
    accepted: list[Route] = []
    errors: list[RowError] = []
    for row in rows:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        line, read = row
        kept = routes
        if dialect is not Dialect.EXCHANGE55 and _stands_for_accepted_domains(read):
            kept, read = accepted, _with_all_domains(read)
        try:
            limits.check_address(read.pattern if isinstance(read.pattern, str) else "")
            kept.append(Route(_space(read, dialect, limits), [text_of(connector) for connector in read.connectors]))
        except ProxyAddrError as error:
            errors.append(bad_route(error, line, source, written_space(read)))
    return ReadRoutes(routes, accepted, errors)


def _stands_for_accepted_domains(read: RouteRow) -> bool:
    if ACCEPTED_DOMAINS not in str(read.pattern if read.space is None else read.space):
        return False
    address_type, pattern = written_space(read) or ("", "")
    return (address_type.strip().upper(), pattern.strip(" ;")) == (DEFAULT_TYPE, ACCEPTED_DOMAINS)


def _with_all_domains(read: RouteRow) -> RouteRow:
    if read.space is None:
        return read._replace(pattern=str(read.pattern).replace(ACCEPTED_DOMAINS, "*", 1))
    return read._replace(space=read.space.replace(ACCEPTED_DOMAINS, "*", 1))


def written_space(read: RouteRow) -> tuple[str, str] | None:
    """Return the type and the pattern of a row as they are written, None where they are no text."""
    if read.space is not None:
        address_type, pattern = _split(read.space.strip(TRIMMED))
        pattern = _COST.sub("", pattern)
    elif isinstance(read.type, str) and isinstance(read.pattern, str):
        address_type, pattern = read.type, read.pattern
    else:
        return None
    return _split(pattern) if address_type.strip().upper() == LOCAL else (address_type, pattern)


def _split(space: str) -> tuple[str, str]:
    typed = TYPE_BEFORE_COLON.fullmatch(space)
    return (typed[1], typed[2]) if typed else (DEFAULT_TYPE, space)


def _space(read: RouteRow, dialect: Dialect, limits: Limits) -> AddressSpace:
    sums = read.is_sum or has_sums(dialect)
    if read.space is not None:
        return parse_space(read.space, dialect, Scope(read.scope), of_route=sums, limits=limits)
    address_type, pattern, cost = text_of(read.type), text_of(read.pattern), cost_of(read.cost)
    return AddressSpace(address_type, pattern, cost, Scope(read.scope), dialect, of_route=sums)


def has_sums(dialect: Dialect) -> bool:
    """Return whether a table of any form may hold costs that are sums over hops: all but those of Exchange 2007."""
    return dialect is not Dialect.EXCHANGE2007


def bad_route(
    error: ProxyAddrError, line: int, source: str | None = None, space: tuple[str, str] | None = None
) -> RowError:
    """Return the error of a row that makes no route, with the error that says why."""
    return RouteError("bad-route", f"invalid route [{error.code}]: {error}", line, source, error, space)


def text_of(value: object) -> str:
    """Return a value that is text; AddressSyntaxError where it is not."""
    if isinstance(value, str):
        return value
    shown = repr(value)[:_SHOWN_LENGTH]
    raise AddressSyntaxError("wrong-type", f"expected text, not {type(value).__name__}", shown, (0, 0))


def cost_of(value: object) -> int:
    """Return a cost given as a number or as digits; AddressSyntaxError where it is neither."""
    text = str(value).strip(TRIMMED)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > COST_MAX_DIGITS:
        raise bad_cost(text)
    return int(text)


def check_cost(route: Route, dialect: Dialect) -> None:
    """Raise ConfigurationError where the cost of a route is a sum over hops that a table of the dialect can't state."""
    if not has_sums(dialect) and route.space.cost not in COST_RANGE:
        cost = f"a cost above {COST_RANGE[-1]}, which no space alone has"
        message = f"{route.space} of {route.connector} has {cost}: GWART text keeps it"
        raise ConfigurationError("unwritable-space", message, "address_spaces")


def check_connector_names(route: Route, separator: str) -> None:
    """Raise ConfigurationError where a connector of a route has a name that could not be read back from a file."""
    for connector in route.connectors:
        if separator in connector or not connector.isprintable() or connector != connector.strip():
            message = f"{connector!r} can't be written: a name without {separator!r}, line ends and outer blanks can"
            raise ConfigurationError("unwritable-connector", message, "connector")
