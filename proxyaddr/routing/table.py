"""Routing tables: which connector takes an address, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import ConfigurationError, RowError, bad_rows, check_type, quantity
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.matcher import Matcher, Plan
from proxyaddr.matcher.plan import NO_ROUTE
from proxyaddr.routing.columns import LazyRoutes, RouteColumns, read_columns
from proxyaddr.routing.csv import csv_text, read_csv
from proxyaddr.routing.explanation import Explanation, Outcome
from proxyaddr.routing.gwart import gwart_rows, gwart_text, read_gwart
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import TableRows, routes_of
from proxyaddr.routing.rule_kinds import Candidate, Offer, Rule
from proxyaddr.routing.selection import EARLIER_ROUTE, RULES, preferences
from proxyaddr.routing.state import Connector, Message
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Target, read_address

__all__ = ["RoutingTable"]

_DOCUMENT_READERS = {
    "read_connectors": "proxyaddr.routing.connectors",
    "read_toml": "proxyaddr.routing.toml",
    "rows_of_table": "proxyaddr.routing.toml",
}
"""Functions that read JSON and TOML, and the modules that have them.

They load on first use, because json, tomllib and the checks of settings would take 3 % of `proxyaddr resolve`, which
mostly has no such file to read.
"""


_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|~?/|\.{1,2}[\\/]|\\\\).*|[^:;*@]*\.[A-Za-z]{2,5}")
_LONGEST_PATH = 255
"""In characters; of a longer name the operating system would say only that it is too long."""


class RoutingTable:
    """Routes in the order given, of one dialect, and what is known of their connectors. Immutable.

    `errors` lists the bad rows of the file, text or columns that the table came from; a bad row never hides a good one
    (Q182798). `from_file` is the way to read one from a file of any form, the other readers are for one form each, and
    `from_gwart` for text. Making a table raises ConfigurationError for a route of another dialect.
    """

    __slots__ = ("_connectors", "_dialect", "_errors", "_routes")

    def __init__(
        self,
        routes: Iterable[Route],
        dialect: Dialect | str = Dialect.EXCHANGE55,
        *,
        connectors: Iterable[Connector] = (),
        errors: Iterable[RowError] = (),
    ) -> None:
        kept, decides = tuple(routes), Dialect(dialect)
        for route in kept:
            if not isinstance(route, Route):  # a call for each route takes time
                check_type(route, Route, "a route")
            if route.space.dialect is not decides:
                message = f"{route.space} was parsed for {route.space.dialect}, the table is of {decides}"
                raise ConfigurationError("mixed-dialects", message, "dialect")
        self._hold(LazyRoutes(kept, decides), connectors, errors)

    @classmethod
    def _of(cls, routes: LazyRoutes, connectors: Iterable[Connector], errors: Iterable[RowError]) -> RoutingTable:
        """Return a table of routes that are known to be of one dialect."""
        table = cls.__new__(cls)
        table._hold(routes, connectors, errors)
        return table

    def _hold(self, routes: LazyRoutes, connectors: Iterable[Connector], errors: Iterable[RowError]) -> None:
        self._dialect = routes.dialect
        self._routes = routes
        self._connectors = {connector.name: connector for connector in connectors}
        self._errors = tuple(errors)

    def __repr__(self) -> str:
        about = [quantity(len(self.columns.types), "route"), self._dialect.value, *bad_rows(self._errors)]
        return f"RoutingTable({', '.join(about)})"

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes, in the order given; those of columns are made when they are first asked for."""
        return self._routes.routes

    @property
    def dialect(self) -> Dialect:
        """Whose rules decide."""
        return self._dialect

    @property
    def columns(self) -> RouteColumns:
        """The routes as columns of type, pattern, cost and connector."""
        return self._routes.columns

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The bad rows of the file, text or columns that the table came from."""
        return self._errors

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """What is known of the connectors, by name; a connector that is not named has the defaults."""
        return dict(self._connectors)

    def with_connectors(self, connectors: Iterable[Connector]) -> RoutingTable:
        """Return the same routes with other states of the connectors."""
        return RoutingTable._of(self._routes, connectors, self._errors)

    def route(
        self,
        address: str | TypedAddress,
        *,
        size: int | None = None,
        site: str | None = None,
        location: str | None = None,
        lowest_cost_only: bool = False,
    ) -> Route | None:
        """Return the route that takes an address, None where there is none.

        `size` is that of the message in bytes, `site` and `location` are where it comes from; None means unknown, and
        then size limits or scopes do not count. `lowest_cost_only` is the option Use Lowest Cost Routes Only (Q193322).
        """
        target = self._read(address)
        found = self._chosen(target, Message(size, site, location), lowest_cost_only=lowest_cost_only)
        return None if found is None else found.route

    def route_index(self, address: str | TypedAddress) -> int:
        """Return the index of the route that takes an address, -1 where there is none: what a matcher gives."""
        found = self._chosen(self._read(address), Message())
        return NO_ROUTE if found is None else found.index

    def explain(
        self,
        address: str | TypedAddress,
        *,
        size: int | None = None,
        site: str | None = None,
        location: str | None = None,
        lowest_cost_only: bool = False,
    ) -> Explanation:
        """Return every route that matches an address, how well it does, and why it lost; parameters as for `route`."""
        message = Message(size, site, location)
        target = self._read(address)
        left = self._candidates(target)
        outcomes: list[Outcome] = []
        for rule in RULES[self._dialect, lowest_cost_only]:
            left, lost = _kept_and_lost(rule, left, message)
            outcomes = lost + outcomes
        is_tie = len(left) > 1
        left, lost = _kept_and_lost(EARLIER_ROUTE, left, message)
        winners = [_outcome(winner, None) for winner in left]
        return Explanation(str(address), target.type, self._dialect, (*winners, *lost, *outcomes), is_tie)

    def compile(self, *, engine: str | None = None) -> Matcher:
        """Return a matcher, which gives the same indices as `route_index`, for millions of addresses.

        `engine` is `native` or `python`; None takes that of `proxyaddr.matcher.engine`.
        """
        columns = self.columns
        rows: Sequence[int] = range(len(columns.types))
        ranks: Sequence[int] = columns.costs
        if self._connectors or self._dialect.by_domain:
            states = {name: self._connector(name) for name in set(columns.connectors)}
            rows = [row for row in rows if states[columns.connectors[row]].enabled]
            columns = columns.rows(rows)
            offered = set(zip(columns.costs, columns.connectors, strict=True))
            ranked = preferences({(cost, name): Offer.of(states[name], cost) for cost, name in offered}, self._dialect)
            if ranked is None:
                return Matcher(self.route_index, engine)
            ranks = [ranked[offer] for offer in zip(columns.costs, columns.connectors, strict=True)]
        return Matcher(Plan(self._dialect, columns.types, columns.patterns, ranks, rows), engine)

    def to_gwart(self) -> str:
        """Return the routes as GWART text (Q149121), which has no scope but LOCAL.

        ConfigurationError for a connector whose name could not be read back.
        """
        return gwart_text(self.routes)

    def to_csv(self) -> str:
        """Return the routes as CSV, as from_csv reads it; ConfigurationError as for `to_gwart`."""
        return csv_text(self.routes)

    @classmethod
    def from_gwart(
        cls, text: str, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read the text of a gateway address routing table: `TYPE,pattern;,cost,connector[,connector]` (Q149121).

        ConfigurationError for text that is the name of a file: `from_file` reads one. TypeError for what is no text.
        """
        limits.check_list(text, "a routing table")
        if _is_path(text):
            message = f"this is the name of a file, {text[:80]!r}, not a routing table: use RoutingTable.from_file"
            raise ConfigurationError("path-for-text", message, "text")
        return cls._from_rows(TableRows(gwart_rows(text, limits)), dialect, None, limits)

    @classmethod
    def from_csv(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read a CSV file with the columns type, pattern, cost, connector and optionally scope, in any order.

        One column `space`, as AddressSpace.parse reads it, may replace type, pattern and cost. Several connectors of
        one route are separated by `|`. ConfigurationError for a file that can't be read or lacks columns.
        """
        return cls._from_rows(read_csv(path, limits), dialect, path, limits)

    @classmethod
    def from_connectors_json(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE2007, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read what `Get-SendConnector | ConvertTo-Json` gives: Name, AddressSpaces, Enabled, MaxMessageSize.

        AddressSpaces are strings, or objects with Type, Address and Cost. The line of an error is the number of the
        object, from 1.
        """
        return cls._from_rows(_document_reader("read_connectors")(path, limits), dialect, path, limits)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RoutingTable:
        """Read the table `[routing_table]`: `dialect`, `routes` of space and connector, states of `connectors`.

        The line of an error is the number of the route, from 1. ConfigurationError where there is no such table.
        """
        return cls._from_rows(_document_reader("read_toml")(path, limits), Dialect.EXCHANGE55, path, limits)

    @classmethod
    def from_table(cls, table: object, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RoutingTable:
        """Make one of the table `[routing_table]` of a TOML file that was parsed already, as `from_toml` does."""
        return cls._from_rows(_document_reader("rows_of_table")(table, str(path)), Dialect.EXCHANGE55, path, limits)

    @classmethod
    def from_file(
        cls, path: str | Path, *, dialect: Dialect | str | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read a table from a file of any form: TOML, JSON or CSV by the ending of the name, GWART text for any other.

        `dialect` counts where the file names none. ConfigurationError for a file that can't be read, or that names
        another dialect.
        """
        suffix = Path(path).suffix.lower()
        if suffix == ".toml":
            read = _document_reader("read_toml")(path, limits)
            if dialect is not None and read.dialect is not None and Dialect(read.dialect) is not Dialect(dialect):
                message = f"the file is of the dialect {read.dialect}, not {Dialect(dialect)}"
                raise ConfigurationError("dialect-conflict", message, "dialect", str(path))
            return cls._from_rows(read, dialect or Dialect.EXCHANGE55, path, limits)
        if suffix == ".json":
            return cls.from_connectors_json(path, dialect=dialect or Dialect.EXCHANGE2007, limits=limits)
        if suffix == ".csv":
            return cls.from_csv(path, dialect=dialect or Dialect.EXCHANGE55, limits=limits)
        return cls._from_rows(read_gwart(path, limits), dialect or Dialect.EXCHANGE55, path, limits)

    @classmethod
    def from_columns(
        cls,
        type: object,
        pattern: object,
        cost: object,
        connector: object,
        *,
        dialect: Dialect | str = Dialect.EXCHANGE55,
    ) -> RoutingTable:
        """Make a table of four columns of one length, Arrow arrays or sequences, with one row per route.

        A null type is SMTP, a null pattern blank, a null cost 1. The line of an error is the number of the row, from 1.
        ConfigurationError where the columns differ in length, TypeError for what is not a column.
        """
        decides = Dialect(dialect)
        columns, errors = read_columns(type, pattern, cost, connector, decides)
        return cls._of(LazyRoutes(columns, decides), (), errors)

    @classmethod
    def _from_rows(
        cls, read: TableRows, dialect: Dialect | str, path: str | Path | None, limits: Limits
    ) -> RoutingTable:
        """Make a table of the rows of a file; a dialect that the file names comes before the given one."""
        decides = Dialect(dialect if read.dialect is None else read.dialect)
        routes, errors = routes_of(read.rows, decides, None if path is None else str(path), limits)
        return cls(routes, decides, connectors=read.connectors, errors=errors)

    def _read(self, address: str | TypedAddress) -> Target:
        """Return an address read for comparison; a type that has blanks counts where the table has it."""
        return read_address(address, self._routes.by_type)

    def _connector(self, name: str) -> Connector:
        """Return what is known of a connector, or the defaults."""
        return self._connectors.get(name) or Connector(name)

    def _candidates(self, target: Target) -> Sequence[Candidate]:
        """Return the routes whose space matches, in the order of the table."""
        found = []
        routes = self._routes.routes
        for index in self._routes.by_type.get(target.type, ()):
            route = routes[index]
            fit = route.space.fit(target)
            if fit is not None:
                found.append(Candidate(index, route, fit, Offer.of(self._connector(route.connector), route.space.cost)))
        return found

    def _chosen(self, target: Target, message: Message, *, lowest_cost_only: bool = False) -> Candidate | None:
        left = self._candidates(target)
        for rule in RULES[self._dialect, lowest_cost_only]:
            left = rule.keep(left, message)
        return left[0] if left else None


def _is_path(text: str) -> bool:
    """Return whether a text is no routing table but looks like the name of a file, or is that of one."""
    if "," in text or len(text.splitlines()) != 1 or len(text) > _LONGEST_PATH:
        return False
    try:
        return _PATH.fullmatch(text) is not None or Path(text).is_file()
    except (OSError, ValueError):  # the system takes no such name
        return False


def _document_reader(name: str) -> Callable[..., TableRows]:
    found: Callable[..., TableRows] = getattr(import_module(_DOCUMENT_READERS[name]), name)
    return found


def _kept_and_lost(
    rule: Rule, candidates: Sequence[Candidate], message: Message
) -> tuple[Sequence[Candidate], list[Outcome]]:
    """Return the candidates that a rule keeps, and the outcomes of the others."""
    kept = rule.keep(candidates, message)
    staying = {candidate.index for candidate in kept}
    losers = [candidate for candidate in candidates if candidate.index not in staying]
    return kept, [_outcome(loser, rule.reason(loser, kept, message)) for loser in losers]


def _outcome(candidate: Candidate, lost: str | None) -> Outcome:
    kind, literals = candidate.fit
    return Outcome(candidate.index, candidate.route, kind, literals, candidate.offer.cost, lost)
