"""What is odd in a routing table: spaces that do nothing or compete, and what no space takes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from proxyaddr._text.domains import comparable_domain
from proxyaddr._text.folding import fold
from proxyaddr._text.types import DEFAULT_TYPE, INTERNET_TYPES
from proxyaddr.errors import Finding
from proxyaddr.routing.covering import covers, shape_of
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.route import Route
from proxyaddr.routing.rule_kinds import Offer
from proxyaddr.routing.selection import preferences
from proxyaddr.routing.shadows import everything, is_text, shadowed_by_wider, wildcards_of
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Target, comparable_pattern, pattern_components
from proxyaddr.spaces.space import AddressSpace, Scope

__all__ = ["TableFinding", "concerns", "findings_of"]


@dataclass(frozen=True, slots=True)
class TableFinding(Finding):
    """A finding about a routing table: the indices of the `routes` that it is about.

    `about` is the address type and the domain, `SMTP:contoso.com`, whose addresses it concerns, `connector` the
    connector; None where there is none.
    """

    routes: tuple[int, ...] = ()
    about: str | None = None
    connector: str | None = None


_HYBRID = re.compile(r"(?:\*\.)?([a-z0-9-]+)\.(?:mail\.)?onmicrosoft\.(com|us)")
"""Domains of a tenant; mail for mailboxes in the cloud goes to `TENANT.mail.onmicrosoft.com` (Hybrid Configuration)."""

_TO_CLOUD = re.compile(r"outbound to office 365\b.*", re.IGNORECASE | re.DOTALL)
"""The name of the connector that the Hybrid Configuration Wizard makes."""


def findings_of(
    routes: Sequence[Route],
    dialect: Dialect,
    states: Mapping[str, Connector],
    conflicts: Sequence[str],
    domains: Sequence[str],
) -> tuple[TableFinding, ...]:
    """Return what is odd in a table of these routes, states of connectors and accepted domains, errors first.

    `conflicts` are the names of connectors of which two states are known.
    """
    table = _Table(routes, dialect, states)
    found = [
        *(_conflict(name) for name in conflicts),
        *table.without_match(),
        *table.among_equals(),
        *table.shadowed(),
        *table.missing(domains),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def concerns(finding: TableFinding, explanation: Explanation, target: Target) -> bool:
    """Return whether a finding has to do with the route of an address."""
    if finding.about is not None:
        return finding.about == f"{target.type}:{target.domain}"
    if finding.connector is not None:
        return any(outcome.route.connector == finding.connector for outcome in explanation.outcomes)
    winner = explanation.winner
    if finding.code == "no-catch-all":
        return explanation.type == DEFAULT_TYPE and not explanation.outcomes and explanation.unknown is None
    if finding.code == "cost-tie":
        return winner is not None and winner.index in finding.routes
    found = [outcome.route for outcome in explanation.outcomes if outcome.index in finding.routes]
    if finding.code == "space-shadowed":  # a dearer route of the same space is a candidate that lost, and no surprise
        return len({fold(route.space.pattern) for route in found}) > 1
    return bool(found)


def _conflict(name: str) -> TableFinding:
    message = f"the connector {name} stands there with two states; the first one counts"
    return TableFinding("connector-state-conflict", message, connector=name)


class _Table:
    """A table while it is judged."""

    def __init__(self, routes: Sequence[Route], dialect: Dialect, states: Mapping[str, Connector]) -> None:
        self.routes, self.dialect = routes, dialect
        self.offers = [
            Offer.of(states.get(each.connector) or Connector(each.connector), each.space.cost) for each in routes
        ]
        by_name = {(each.space.cost, each.connector): offer for each, offer in zip(routes, self.offers, strict=True)}
        ranks = preferences(by_name, dialect)
        self.ranks = None if ranks is None else [ranks[each.space.cost, each.connector] for each in routes]
        self.enabled = [index for index, offer in enumerate(self.offers) if offer.connector.enabled]
        self.idle: set[int] = set()

    def without_match(self) -> Iterator[TableFinding]:
        """Yield a finding for each space that no address fits."""
        for index, route in enumerate(self.routes):
            space = route.space
            if not is_text(route, self.dialect) or space.type not in INTERNET_TYPES or _may_match(space.pattern):
                continue
            self.idle.add(index)
            domain = comparable_domain(space.pattern.removeprefix("@"))
            message = (
                f"{space} of {route.connector} matches no address, since the whole address is compared; "
                f"{space.type}:*@{space.pattern.removeprefix('@')} takes the addresses of a domain"
            )
            yield TableFinding("space-matches-nothing", message, routes=(index,), about=f"{space.type}:{domain}")

    def among_equals(self) -> Iterator[TableFinding]:
        """Yield findings about routes whose spaces have one pattern: they repeat, tie, or one leaves others none."""
        groups: dict[object, list[int]] = defaultdict(list)
        for index, route in enumerate(self.routes):
            groups[_pattern_key(route.space)].append(index)
        for group in groups.values():
            if len(group) > 1:
                yield from self._in_group(group)

    def _in_group(self, group: Sequence[int]) -> Iterator[TableFinding]:
        first_of: dict[object, int] = {}
        for index in sorted(group, key=lambda index: (self.routes[index].space.cost, index)):
            route = self.routes[index]
            first = first_of.setdefault((route.connectors, route.space.scope), index)
            if first != index:
                self.idle.add(index)
                message = f"{route.space} of {route.connector} stands there twice, also as {self.routes[first].space}"
                yield TableFinding("space-repeated", message, routes=(first, index))
        left = [index for index in group if self.offers[index].connector.enabled and index not in self.idle]
        if self.ranks is None or len(left) < 2:
            return
        best = min(left, key=lambda index: (self._preference(index), index))
        ties = [index for index in left if self._is_tie(index, best)]
        if len(ties) > 1:
            names = ", ".join(self.routes[index].connector for index in ties)
            message = f"{self.routes[best].space} of {names} has one cost: {self._tie_break}"
            yield TableFinding("cost-tie", message, routes=tuple(ties))
        for index in left:
            if index not in ties and self._outranks(best, index) and self._may_replace(best, index):
                yield self._shadow(index, (best,))

    def shadowed(self) -> Iterator[TableFinding]:
        """Yield a finding for each space that others with another pattern leave no address."""
        if self.ranks is None:
            return
        order = sorted((index for index in self.enabled if index not in self.idle), key=self._preference)
        for index, takers in shadowed_by_wider(self.routes, self.dialect, order, self._outranks, self._may_replace):
            yield self._shadow(index, takers)

    def _shadow(self, index: int, takers: Sequence[int]) -> TableFinding:
        self.idle.add(index)
        route = self.routes[index]
        by = " and ".join(f"{self.routes[taker].space} of {self.routes[taker].connector}" for taker in takers)
        message = f"{route.space} of {route.connector} takes no address as long as {by} can take mail"
        return TableFinding("space-shadowed", message, routes=(index, *takers))

    def missing(self, domains: Sequence[str]) -> Iterator[TableFinding]:
        """Yield a finding where no space takes all other domains, and one for each hybrid domain that none names."""
        internet = [index for index, route in enumerate(self.routes) if route.space.type == DEFAULT_TYPE]
        if internet and not any(self._takes_all(index) for index in internet):
            message = "no space takes every Internet address: mail to the other domains has no route"
            yield TableFinding("no-catch-all", message)
        if self.dialect is not Dialect.EXCHANGE55:
            yield from self._hybrid([self.routes[index] for index in internet], domains)

    def _takes_all(self, index: int) -> bool:
        space, connector = self.routes[index].space, self.offers[index].connector
        if not connector.enabled or space.scope is not Scope.ORGANIZATION:
            return False
        if not is_text(self.routes[index], self.dialect):
            return space.pattern == "*"
        if not set(space.pattern) <= {"*", "%", "@"}:
            return False
        shape, every = shape_of(space.pattern, wildcards_of(self.dialect)), everything(space.type)
        return not space.pattern or covers(shape, every) or covers(shape, shape_of("%%%*", "*%"))

    def _hybrid(self, internet: Sequence[Route], domains: Sequence[str]) -> Iterator[TableFinding]:
        named = [fold(route.space.pattern) for route in internet]
        tenants = [_HYBRID.fullmatch(domain) for domain in (*named, *map(fold, domains))]
        needed = dict.fromkeys(f"{match[1]}.mail.onmicrosoft.{match[2]}" for match in tenants if match)
        enabled = {fold(self.routes[index].space.pattern) for index in self.enabled} - {"*"}
        for domain in needed:
            labels = domain.split(".")
            if enabled.isdisjoint({domain, *(f"*.{'.'.join(labels[start:])}" for start in range(len(labels)))}):
                message = f"no space names the hybrid routing domain {domain}: mail to cloud mailboxes goes elsewhere"
                yield TableFinding("hybrid-domain-uncovered", message, about=f"{DEFAULT_TYPE}:{domain}")
        if not needed:
            to_cloud = next((route.connector for route in internet if _TO_CLOUD.fullmatch(route.connector)), None)
            if to_cloud is not None:
                message = (
                    f"no space names the hybrid routing domain, TENANT.mail.onmicrosoft.com, though {to_cloud} is there"
                )
                yield TableFinding("hybrid-domain-uncovered", message, connector=to_cloud)

    def _preference(self, index: int) -> int:
        return 0 if self.ranks is None else self.ranks[index]

    def _outranks(self, one: int, other: int) -> bool:
        return self._preference(one) < self._preference(other)

    def _is_tie(self, one: int, other: int) -> bool:
        if self.routes[one].space.scope is not self.routes[other].space.scope:
            return False
        if self.dialect is Dialect.EXCHANGE55:
            return self._preference(one) == self._preference(other)
        first, second = self.offers[one], self.offers[other]
        return (first.cost, first.connector.proximity) == (second.cost, second.connector.proximity)

    @property
    def _tie_break(self) -> str:
        if self.dialect is Dialect.EXCHANGE55:
            return "the product shares the load among them"
        return "the first name in the alphabet takes it"

    def _may_replace(self, one: int, other: int) -> bool:
        """Return whether a route takes whatever message another one can take, by its size and where it comes from."""
        first, second = self.offers[one].connector, self.offers[other].connector
        limit = first.max_message_size
        if limit is not None and (second.max_message_size is None or second.max_message_size > limit):
            return False
        scope = self.routes[one].space.scope
        if scope is Scope.ORGANIZATION:
            return True
        places = (first.site, first.location) == (second.site, second.location)
        return scope is self.routes[other].space.scope and places


def _may_match(pattern: str) -> bool:
    """Return whether an Internet address can fit a pattern that is compared with the whole of it (Q229961)."""
    if not pattern:
        return True
    if pattern[0] == "@" or pattern[-1] == "@":
        return False
    return "*" in pattern or any(character in "@%" for character in pattern[1:-1])


def _pattern_key(space: AddressSpace) -> object:
    """Return what is equal for spaces of one pattern: they match the same addresses."""
    if space.by_component:
        return space.type, frozenset(pattern_components(space.type, space.pattern).items())
    return space.type, comparable_pattern(space.type, space.pattern, space.dialect)
