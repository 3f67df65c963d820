"""Routes and routing tables: which connector takes an address, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.matcher import Matcher, Plan
from proxyaddr.routing.columns import RouteColumns, read_columns
from proxyaddr.routing.explanation import Explanation, Outcome
from proxyaddr.routing.route import Route
from proxyaddr.routing.selection import CRITERIA, Candidate, Criterion, preferences
from proxyaddr.routing.state import Connector, Message
from proxyaddr.spaces.matching import Target, read_address
from proxyaddr.spaces.space import Dialect

if TYPE_CHECKING:
    from proxyaddr.routing.files import Rows

__all__ = ["RoutingTable"]


class RoutingTable:
    """Routes in the order given, of one dialect, and what is known of their connectors. Immutable.

    `errors` lists the bad lines of the text that the table came from; they never hide the rest (Q182798).
    """

    __slots__ = ("_columns", "_connectors", "_dialect", "_errors", "_routes_made", "_rows_by_type")

    def __init__(
        self,
        routes: Iterable[Route],
        dialect: Dialect | str = Dialect.EXCHANGE55,
        *,
        connectors: Iterable[Connector] = (),
        errors: Iterable[RowError] = (),
    ) -> None:
        self._dialect = Dialect(dialect)
        self._routes_made: tuple[Route, ...] | None = tuple(routes)
        self._errors = tuple(errors)
        self._connectors = {connector.name: connector for connector in connectors}
        self._columns: RouteColumns | None = None
        self._rows_by_type: dict[str, list[int]] | None = None
        for route in self._routes_made:
            if route.space.dialect is not self._dialect:
                message = f"{route.space} was parsed for {route.space.dialect}, the table is of {self._dialect}"
                raise ConfigurationError("mixed-dialects", message, "dialect")

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes, in the order given; those of columns are made when they are first asked for."""
        if self._routes_made is None and self._columns is not None:
            columns, dialect = self._columns, self._dialect
            self._routes_made = tuple(
                Route(columns.space(row, dialect), connector) for row, connector in enumerate(columns.connectors)
            )
        return self._routes_made or ()

    @property
    def dialect(self) -> Dialect:
        """Whose rules decide."""
        return self._dialect

    @property
    def columns(self) -> RouteColumns:
        """The routes as columns of type, pattern, cost and connector."""
        return self._columns or _columns_of(self.routes)

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The bad lines of the text that the table came from."""
        return self._errors

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """What is known of the connectors, by name; one that is missing has the defaults."""
        return dict(self._connectors)

    def with_connectors(self, connectors: Iterable[Connector]) -> RoutingTable:
        """Return the same routes with other states of the connectors."""
        return RoutingTable(self.routes, self._dialect, connectors=connectors, errors=self._errors)

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

        `size` is the message's in bytes, `site` and `location` are where it comes from; None leaves size limits and
        scopes out. `lowest_cost_only` is the option Use Lowest Cost Routes Only (Q193322).
        """
        message = Message(size, site, location)
        found = self._chosen(read_address(address), message, CRITERIA[self._dialect, lowest_cost_only])
        return None if found is None else found.route

    def route_index(self, address: str | TypedAddress) -> int:
        """Return the index of the route that takes an address, -1 where there is none: what a matcher gives."""
        found = self._chosen(read_address(address), Message(), CRITERIA[self._dialect, False])
        return -1 if found is None else found.index

    def explain(
        self,
        address: str | TypedAddress,
        *,
        size: int | None = None,
        site: str | None = None,
        location: str | None = None,
        lowest_cost_only: bool = False,
    ) -> Explanation:
        """Return every route that matches an address, how well, and the criterion by which it lost; as for `route`."""
        message = Message(size, site, location)
        target = read_address(address)
        survivors = self._candidates(target)
        outcomes: list[Outcome] = []
        tie = False
        for criterion in CRITERIA[self._dialect, lowest_cost_only]:
            kept = criterion.keep(survivors, message)
            staying = {candidate.index for candidate in kept}
            losers = [candidate for candidate in survivors if candidate.index not in staying]
            tie = tie or (criterion.is_tie and bool(losers))
            outcomes = [_outcome(loser, criterion.reason(loser, kept, message)) for loser in losers] + outcomes
            survivors = kept
        winners = [_outcome(winner, None) for winner in survivors]
        return Explanation(str(address), target.type, self._dialect, (*winners, *outcomes), tie)

    def compile(self, *, engine: str | None = None) -> Matcher:
        """Return a matcher that gives the index of the route for millions of addresses, as `route` would.

        `engine` is `native` or `python`; None takes that of `proxyaddr.matcher.engine`.
        """
        columns = self.columns
        rows: Sequence[int] = range(len(columns.types))
        if self._connectors or self._dialect is Dialect.EXCHANGE2007:
            states = {name: self._connectors.get(name) or Connector(name) for name in set(columns.connectors)}
            ranks = preferences(set(zip(columns.costs, columns.connectors, strict=True)), states, self._dialect)
            if ranks is None:
                return Matcher(self.route_index, engine)
            rows = [row for row in rows if states[columns.connectors[row]].enabled]
            columns = columns.of(rows)
            ranked = [ranks[place] for place in zip(columns.costs, columns.connectors, strict=True)]
        else:
            ranked = columns.costs
        by_domain = self._dialect is Dialect.EXCHANGE2007
        return Matcher(Plan(by_domain, columns.types, columns.patterns, ranked, rows), engine)

    def to_gwart(self) -> str:
        """Return the routes as GWART text (Q149121), which holds no scope but LOCAL."""
        from proxyaddr.routing.files import gwart_text  # noqa: PLC0415 - only for files

        return gwart_text(self.routes)

    def to_csv(self) -> str:
        """Return the routes as CSV, as from_csv reads it."""
        from proxyaddr.routing.files import csv_text  # noqa: PLC0415 - only for files

        return csv_text(self.routes)

    @classmethod
    def from_gwart(
        cls, text: str, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read the text of a gateway address routing table: `TYPE,pattern;,cost,connector[,connector]` (Q149121)."""
        from proxyaddr.routing.files import gwart_rows  # noqa: PLC0415 - only for files

        limits.check_list(text, "a routing table")
        return cls._from_rows(gwart_rows(text, limits), dialect, limits=limits)

    @classmethod
    def from_csv(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE55, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read a CSV file with the columns type, pattern, cost, connector and optionally scope, in any order.

        One column `space`, as AddressSpace.parse reads it, may stand for type, pattern and cost. Several connectors of
        one route are separated by `|`. ConfigurationError for a file that can't be read or lacks columns.
        """
        from proxyaddr.routing.files import csv_rows  # noqa: PLC0415 - only for files

        return cls._from_rows(csv_rows(path, limits), dialect, source=str(path), limits=limits)

    @classmethod
    def from_connectors_json(
        cls, path: str | Path, *, dialect: Dialect | str = Dialect.EXCHANGE2007, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read what `Get-SendConnector | ConvertTo-Json` gives: Name, AddressSpaces, Enabled, MaxMessageSize.

        AddressSpaces are strings, or objects with Type, Address and Cost. The line of an error is the number of the
        object, from 1.
        """
        from proxyaddr.routing.files import json_rows  # noqa: PLC0415 - only for files

        rows, connectors = json_rows(path, limits)
        return cls._from_rows(rows, dialect, connectors, str(path), limits)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RoutingTable:
        """Read the table `[routing_table]`: `dialect`, `routes` of space and connector, states of `connectors`.

        The line of an error is the number of the route, from 1. ConfigurationError where there is no such table.
        """
        from proxyaddr.routing.files import TOML_TABLE, toml_table  # noqa: PLC0415 - only for files

        read = toml_table(path, limits)
        if read is None:
            raise ConfigurationError("no-routing-table", f"no table [{TOML_TABLE}]", TOML_TABLE, str(path))
        rows, connectors, dialect = read
        return cls._from_rows(rows, dialect, connectors, str(path), limits)

    @classmethod
    def from_file(
        cls, path: str | Path, *, dialect: Dialect | str | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> RoutingTable:
        """Read TOML, JSON or CSV by the ending of the name, and GWART text for any other."""
        suffix = Path(path).suffix.lower()
        if suffix == ".toml":
            return cls.from_toml(path, limits=limits)
        if suffix == ".json":
            return cls.from_connectors_json(path, dialect=dialect or Dialect.EXCHANGE2007, limits=limits)
        if suffix == ".csv":
            return cls.from_csv(path, dialect=dialect or Dialect.EXCHANGE55, limits=limits)
        from proxyaddr._files.text import read_text  # noqa: PLC0415 - only for files
        from proxyaddr.routing.files import gwart_rows  # noqa: PLC0415 - only for files

        rows = gwart_rows(read_text(path, limits), limits, str(path))
        return cls._from_rows(rows, dialect or Dialect.EXCHANGE55, source=str(path), limits=limits)

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
        """Make a table of four columns of one length: Arrow arrays or sequences, a row a route.

        A null type is SMTP, a null pattern blank, a null cost 1. The line of an error is the number of the row, from 1.
        """
        columns, errors = read_columns(type, pattern, cost, connector, Dialect(dialect))
        table = cls((), dialect, errors=errors)
        table._columns, table._routes_made = columns, None
        return table

    def _candidates(self, target: Target) -> Sequence[Candidate]:
        """Return the routes whose space matches, in the order of the table."""
        found = []
        if self._rows_by_type is None:
            by_type: dict[str, list[int]] = {}
            for index, route in enumerate(self.routes):
                by_type.setdefault(route.space.type, []).append(index)
            self._rows_by_type = by_type
        for index in self._rows_by_type.get(target.type, ()):
            route = self.routes[index]
            fit = route.space.fit(target)
            if fit is not None:
                connector = self._connectors.get(route.connector) or Connector(route.connector)
                found.append(Candidate(index, route, fit, connector))
        return found

    def _chosen(self, target: Target, message: Message, criteria: Iterable[Criterion]) -> Candidate | None:
        survivors = self._candidates(target)
        for criterion in criteria:
            survivors = criterion.keep(survivors, message)
        return survivors[0] if survivors else None

    @classmethod
    def _from_rows(
        cls,
        rows: Rows,
        dialect: Dialect | str,
        connectors: Iterable[Connector] = (),
        source: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> RoutingTable:
        from proxyaddr.routing.files import routes_of  # noqa: PLC0415 - only for files

        routes, errors = routes_of(rows, Dialect(dialect), source, limits)
        return cls(routes, dialect, connectors=connectors, errors=errors)


def _columns_of(routes: Sequence[Route]) -> RouteColumns:
    spaces = [route.space for route in routes]
    return RouteColumns(
        [space.type for space in spaces],
        [space.pattern for space in spaces],
        [space.cost for space in spaces],
        [route.connector for route in routes],
        {},
    )


def _outcome(candidate: Candidate, lost: str | None) -> Outcome:
    return Outcome(candidate.index, candidate.route, candidate.fit.kind, candidate.fit.literals, candidate.cost, lost)
