"""Decides for many recipients at once, with the answers of one at a time: which address goes out, and by which route.

What all of them share is found once: the outbound types, what is searched for, and the table as a matcher, which is
asked about the addresses of a whole block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.common_recipients import (
    Choice,
    Chooser,
    CommonRecipient,
    PlainAddress,
    address_as_read,
    common_recipient,
    first_address,
    other_addresses,
    plain_address,
    unrouted,
    written_types,
)
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.delivery.rules import NO_ADDRESS_SPACE, SELECTION, FindRoute
from proxyaddr.delivery.settings import ServiceSettings
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.keys import key_of_text
from proxyaddr.directory.reading import Recipients
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import ProxyAddrError
from proxyaddr.matcher import Matcher
from proxyaddr.routing.answers import is_certain
from proxyaddr.routing.route import Route
from proxyaddr.routing.table import RoutingTable

__all__ = ["DELIVERING", "NO_ROUTE", "Decided", "Decider"]

BLOCK = 1 << 10
"""Recipients that are decided together: few enough for what is made of them to stay in the cache of a core."""

NO_ROUTE = -1
DELIVERING = frozenset(rule.name for rule in SELECTION)
"""Rules by which mail goes out."""

_Common = CommonRecipient | PlainAddress
_OPEN = (None, None, None, None)


class Decided(NamedTuple):
    """What was decided for each of some recipients: lists of one length, and the errors by their places in these.

    `names` is what a report calls them, `rules` which rule decided; `types` and `values` are of the address that goes
    out or is refused, None where there is none. `routes` are indices into the routes of the table, -1 for none. All are
    None, and -1, where there is an error. `findings` has the codes of what is odd in the addresses of a recipient,
    where anything is.
    """

    names: list[str | None]
    rules: list[str | None]
    types: list[str | None]
    values: list[str | None]
    routes: list[int]
    errors: dict[int, ProxyAddrError]
    findings: dict[int, tuple[str, ...]]


class Decider:
    """Decides by the rules of a connector, or of several `services` and the table that routes among them.

    `decide` decides on any recipient, for which it takes its time, with the routes that it is given a function for.
    `table` and `directory` are those that a recipient is looked up in.
    """

    def __init__(
        self,
        services: Mapping[str, ServiceSettings],
        table: RoutingTable | None,
        directory: Directory | None,
        decide: Callable[[Any, Any], Delivery | NonDelivery],
        *,
        is_site: bool,
    ) -> None:
        self.table, self._decide = table, decide
        self._directory, self._is_site = directory, is_site
        self._choosers = {name: Chooser(settings) for name, settings in services.items()}
        self._is_routed = written_types(set() if table is None else set(table.columns.types))
        self._is_one_directory = all(settings.directory is directory for settings in services.values())
        # Where accepted domains are not given, it depends on the address whether there is an answer
        self._is_quick = table is None or is_certain(table)
        self.connectors: Sequence[str] = () if table is None else table.columns.connectors

    def blocks(self, recipients: Sequence[Any]) -> Iterator[Decided]:
        """Yield what is decided, block by block."""
        kept = recipients
        common_of: Callable[[object], _Common | None] = self._common_given
        if isinstance(recipients, Recipients):
            kept, common_of = recipients.kept, self._common_of_directory
        for start in range(0, len(recipients), BLOCK):
            common = [common_of(item) for item in kept[start : start + BLOCK]]
            decided = self._routed(self._of_site(common) if self._is_site else self._of_service(common))
            for row, rule in enumerate(decided.rules):
                if rule is None:
                    self._write(recipients[start + row], row, decided)
            yield decided

    def one(self, recipient: Any) -> Delivery | NonDelivery:  # noqa: ANN401 - whatever `resolve` takes
        """Return what becomes of one recipient, as `resolve` of the connector or the site says it."""
        return self._decide(recipient, self._find_route)

    def _common_of_directory(self, kept: object) -> _Common | None:
        """Return a recipient of a common form; None for one that is decided on its own."""
        return common_recipient(kept) if self._is_quick and isinstance(kept, bytes) else None

    def _common_given(self, item: object) -> _Common | None:
        """Return a plain address, or who holds an address; None for a recipient that is decided on its own.

        Bytes that are given are no record of a directory, which could not be read safely.
        """
        return self._held(item) if self._is_quick and self._is_one_directory and isinstance(item, str) else None

    def _held(self, text: str) -> _Common | None:
        """Return the one recipient that holds the address that a text is, or that address where nobody does."""
        given = plain_address(text)
        if self._directory is None:
            return given
        key = key_of_text(text)
        if key is None:
            return None
        holders = self._directory.holders_by_key(key)
        if not holders:
            return given
        kept = self._directory.recipients.kept[holders[0]]
        holder = common_recipient(kept) if isinstance(kept, bytes) and len(holders) == 1 else None
        return None if holder is None else holder._replace(given=given or address_as_read(text))

    def _of_service(self, common: Sequence[_Common | None]) -> list[Choice | None]:
        """Return what the connector chooses of each."""
        [chooser] = self._choosers.values()
        return [None if each is None else chooser.choice(each) for each in common]

    def _of_site(self, common: Sequence[_Common | None]) -> list[Choice | None]:
        """Return what the connector chooses of each that takes the first of its addresses that has a route."""
        firsts = [None if each is None else first_address(each) for each in common]
        routes = self._find(firsts)
        more = [
            (row, address)
            for row, each in enumerate(common)
            if each is not None and routes[row] == NO_ROUTE
            for address in other_addresses(each, self._is_routed)
        ]
        for (row, _), route in zip(more, self._find([address for _, address in more]), strict=True):
            if routes[row] == NO_ROUTE:
                routes[row] = route
        return [
            None if each is None else self._choice_by(route, each) for each, route in zip(common, routes, strict=True)
        ]

    def _choice_by(self, route: int, common: _Common) -> Choice | None:
        """Return what the connector of a route chooses; None where that is no service of the site."""
        if route == NO_ROUTE:
            return unrouted(common)
        chooser = self._choosers.get(self.connectors[route])
        return None if chooser is None else chooser.choice(common)

    def _routed(self, choices: Sequence[Choice | None]) -> Decided:
        """Return choices as lists, with their routes; one that has none is a refusal, where there is a table."""
        names, rules, types, values = (
            list(column) for column in zip(*(each or _OPEN for each in choices), strict=True)
        )
        asked = zip(rules, types, values, strict=True)
        routes = self._find([f"{kind}:{value}" if rule in DELIVERING else None for rule, kind, value in asked])
        if self.table is not None:
            for row, route in enumerate(routes):
                if route == NO_ROUTE and rules[row] in DELIVERING:
                    rules[row] = NO_ADDRESS_SPACE.name
        return Decided(names, rules, types, values, routes, {}, {})

    def _write(self, recipient: object, row: int, decided: Decided) -> None:
        """Decide on one recipient, and write that to its row."""
        try:
            outcome = self.one(recipient)
        except ProxyAddrError as error:
            decided.errors[row] = error
            return
        decided.names[row], decided.rules[row] = outcome.recipient, outcome.rule
        if outcome.address is not None:
            decided.types[row], decided.values[row] = outcome.address.type, outcome.address.value
        if outcome.delivered and outcome.address_space is not None:
            decided.routes[row] = self._indices[id(outcome.address_space), outcome.connector]
        if found := _found_in(recipient, outcome):
            decided.findings[row] = found

    @cached_property
    def _indices(self) -> dict[tuple[int, str | None], int]:
        """The index of each route by its space and connector, which takes less time than to look for it once more."""
        routes = () if self.table is None else self.table.routes
        return {(id(route.space), route.connector): index for index, route in enumerate(routes)}

    @cached_property
    def _matcher(self) -> Matcher | None:
        """The table, compiled; None without one, and where it depends on the address whether there is an answer."""
        return None if self.table is None or not self._is_quick else self.table.compile()

    @cached_property
    def _find_route(self) -> FindRoute | None:
        """What returns the route of an address, None for none: the table itself looks at each of its routes."""
        if self.table is None or self._matcher is None:
            return None if self.table is None else self.table.route
        routes, match = self.table.routes, self._matcher.match

        def find_route(address: TypedAddress) -> Route | None:
            index = match(address)
            return None if index == NO_ROUTE else routes[index]

        return find_route

    @cached_property
    def _find(self) -> Callable[[Sequence[str | None]], list[int]]:
        """What returns the index of the route of each address, -1 for none."""
        if self._matcher is None:
            return lambda addresses: [NO_ROUTE] * len(addresses)
        match_many = self._matcher.match_many
        return lambda addresses: memoryview(match_many(addresses)).tolist()


def _found_in(recipient: object, outcome: Delivery | NonDelivery) -> tuple[str, ...]:
    """Return the codes of what is odd in the addresses of a recipient, or of those that hold the address given."""
    if isinstance(recipient, ProxyList):
        lists = [recipient]
    else:
        holders = [recipient] if isinstance(recipient, Recipient) else outcome.holders
        lists = [holder.proxies for holder in holders]
    return tuple(dict.fromkeys(found.code for held in lists for found in held.findings))
