"""The routes of a table and the choice among them: which connector takes an address, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import ConfigurationError, Finding, RowError, bad_rows, check_type, quantity
from proxyaddr.matcher import Matcher, Plan
from proxyaddr.matcher.plan import NO_ROUTE
from proxyaddr.routing.accepted import accepted_fit, accepted_routes, checked_domains, not_given, without_stated
from proxyaddr.routing.choice import candidate_of, choose, explained, is_unknown, pending_candidates
from proxyaddr.routing.columns import LazyRoutes, RouteColumns
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.route import Route
from proxyaddr.routing.rule_kinds import Candidate, Offer
from proxyaddr.routing.selection import preferences
from proxyaddr.routing.state import Connector, Message, message_of
from proxyaddr.routing.unread import UnreadLines
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Target, read_address

__all__ = ["RouteChooser"]


class RouteChooser:
    """Routes in the order given, of one dialect, and what is known of their connectors. Immutable.

    Making one raises ConfigurationError for a route of another dialect.
    """

    __slots__ = (
        *("_accepted", "_conflicts", "_connectors", "_dialect", "_domains", "_errors", "_notices", "_routes"),
        *("_stated", "_unread"),
    )

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
    def _of(
        cls,
        routes: LazyRoutes,
        connectors: Iterable[Connector],
        errors: Iterable[RowError],
        accepted: Sequence[Route] = (),
        notices: Sequence[Finding] = (),
    ) -> Self:
        """Return a table of routes that are known to be of one dialect."""
        table = cls.__new__(cls)
        table._hold(routes, connectors, errors)
        table._accepted, table._notices = tuple(accepted), tuple(notices)
        return table

    def _hold(self, routes: LazyRoutes, connectors: Iterable[Connector], errors: Iterable[RowError]) -> None:
        self._dialect = routes.dialect
        self._routes = self._stated = routes
        self._errors = tuple(errors)
        self._unread: UnreadLines | None = None
        self._hold_connectors(connectors)
        self._accepted: tuple[Route, ...] = ()
        self._domains: tuple[str, ...] | None = None
        self._notices: tuple[Finding, ...] = ()

    def _hold_connectors(self, connectors: Iterable[Connector]) -> None:
        """Keep the first state of each connector, and the names of those that have another one too."""
        self._connectors: dict[str, Connector] = {}
        conflicts: dict[str, None] = {}
        for connector in connectors:
            if self._connectors.setdefault(connector.name, connector) != connector:
                conflicts[connector.name] = None
        self._conflicts = tuple(conflicts)

    def _copied(self) -> Self:
        copied = type(self).__new__(type(self))
        for name in RouteChooser.__slots__:
            object.__setattr__(copied, name, getattr(self, name))
        return copied

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
    def unread(self) -> UnreadLines:
        """What the bad rows mean for addresses."""
        if self._unread is None:
            self._unread = UnreadLines(self._errors, self._dialect)
        return self._unread

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """What is known of the connectors, by name; a connector that is not named has the defaults."""
        return dict(self._connectors)

    @property
    def notices(self) -> tuple[Finding, ...]:
        """What was assumed when the table was read: `guessed-dialect`, or nothing."""
        return self._notices

    @property
    def accepted_domains(self) -> tuple[str, ...] | None:
        """The accepted domains, for which `SMTP:--` and AllAcceptedDomains stand; None where nobody gave them."""
        return self._domains

    @property
    def stated_routes(self) -> tuple[Route, ...]:
        """The routes without those that accepted domains made."""
        return self._stated.routes

    @property
    def accepted_spaces(self) -> tuple[Route, ...]:
        """The spaces that stand for the accepted domains, each with the pattern `*` in place of `--`."""
        return self._accepted

    def with_connectors(self, connectors: Iterable[Connector]) -> Self:
        """Return the same routes with other states of the connectors."""
        copied = self._copied()
        copied._hold_connectors(connectors)
        return copied

    def with_accepted_domains(self, domains: Iterable[str]) -> Self:
        """Return the table with these accepted domains: `contoso.com`, or `*.contoso.com` with its subdomains.

        Each space that stands for them gets a route for each, behind the routes that are stated. An exact domain that
        a space states comes first, then the accepted domains, then wildcards, as in Exchange Online.
        ConfigurationError for what is no domain.
        """
        copied = self._copied()
        copied._domains = checked_domains(domains, self._dialect)
        if self._accepted:
            every = (*self._stated.routes, *accepted_routes(self._accepted, copied._domains))
            copied._routes = LazyRoutes(every, self._dialect)
        return copied

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
        message = message_of(size, site, location, self._connectors.values())
        found = self._chosen(self.read(address), message, lowest_cost_only=lowest_cost_only)
        return None if found is None else found.route

    def route_index(self, address: str | TypedAddress) -> int:
        """Return the index of the route that takes an address, -1 where there is none: what a matcher gives."""
        found = self._chosen(self.read(address), Message())
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
        message, target = message_of(size, site, location, self._connectors.values()), self.read(address)
        candidates, _, pending = self._weighed(target, message, lowest_cost_only=lowest_cost_only)
        found = explained(
            *(str(address), target.type, candidates, self._dialect, message),
            lowest_cost_only=lowest_cost_only,
            pending=pending,
        )
        return replace(found, table_incomplete=self.unread.concerning(target)) if self._errors else found

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
            named = {kind for kind in set(self.columns.types) - set(columns.types) if " " in kind}
            if ranked is None or named:  # a type with blanks is one where the table has it, in routes left out here too
                return Matcher(self.route_index, engine)
            ranks = [ranked[offer] for offer in zip(columns.costs, columns.connectors, strict=True)]
        plan = Plan(self._dialect, columns.types, columns.patterns, ranks, rows)
        return self._compiled_with_accepted(plan, engine) if self._accepted else Matcher(plan, engine)

    def _compiled_with_accepted(self, plan: Plan, engine: str | None) -> Matcher:
        """Return a matcher for a plan whose last rows may be accepted domains, which lose to stated exact domains.

        Wildcards among them win against longer ones, which no plan can say: then each address is asked on its own.
        ConfigurationError where the accepted domains are not given.
        """
        if self._domains is None:
            raise not_given()
        if any("*" in domain for domain in self._domains):
            return Matcher(self.route_index, engine)
        return Matcher(without_stated(plan, len(self._stated.routes)), engine)

    def read(self, address: str | TypedAddress) -> Target:
        """Return an address read for comparison; a type that has blanks counts where the table has it."""
        return read_address(address, self._routes.by_type)

    def _connector(self, name: str) -> Connector:
        """Return what is known of a connector, or the defaults."""
        return self._connectors.get(name) or Connector(name)

    def _candidates(self, target: Target) -> Sequence[Candidate]:
        """Return the routes whose space matches, in the order of the table."""
        found = []
        routes, stated = self._routes.routes, len(self._stated.routes)
        for index in self._routes.by_type.get(target.type, ()):
            route = routes[index]
            fit = route.space.fit(target)
            if fit is not None:
                if index >= stated:
                    fit = accepted_fit(fit)
                found.append(candidate_of(index, route, fit, self._connectors))
        return found

    def _chosen(self, target: Target, message: Message, *, lowest_cost_only: bool = False) -> Candidate | None:
        """Return the candidate that takes an address; ConfigurationError where that depends on accepted domains."""
        _, known, pending = self._weighed(target, message, lowest_cost_only=lowest_cost_only)
        if pending is not None:
            raise not_given(target.written)
        return known

    def _weighed(
        self, target: Target, message: Message, *, lowest_cost_only: bool
    ) -> tuple[Sequence[Candidate], Candidate | None, Candidate | None]:
        """Return the candidates, the one that takes an address, and the one that does if it is an accepted domain's.

        The last is None where the accepted domains are known, or do not matter.
        """
        candidates = self._candidates(target)
        known = choose(candidates, self._dialect, message, lowest_cost_only=lowest_cost_only)
        if self._domains is not None or target.type != DEFAULT_TYPE or not self._accepted:
            return candidates, known, None
        every = [*candidates, *pending_candidates(self._accepted, self._connectors)]
        chosen = choose(every, self._dialect, message, lowest_cost_only=lowest_cost_only)
        return candidates, known, chosen if is_unknown(chosen, known) else None
