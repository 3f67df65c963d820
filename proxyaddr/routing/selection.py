"""How one route is chosen among those that match: the rules of each dialect as tables, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Activation, Connector, Message, Proximity
from proxyaddr.spaces.matching import Fit
from proxyaddr.spaces.space import Dialect, Scope

__all__ = ["EARLIER_ROUTE", "RULES", "Candidate", "Offer", "Rule", "preferences"]


class Offer(NamedTuple):
    """The connector of a route, and its total cost: that of the space and of the way to the site of the connector."""

    connector: Connector
    cost: int

    @classmethod
    def of(cls, connector: Connector, space_cost: int) -> Offer:
        """Return what a space of this cost offers through a connector."""
        return cls(connector, space_cost + connector.site_cost)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route whose space matches: its index in the table, how its space fits, and what it offers."""

    index: int
    route: Route
    fit: Fit
    offer: Offer


class Rule(Protocol):
    """A step of the choice, which drops some of the candidates."""

    @property
    def name(self) -> str:
        """What the rule is called."""

    @property
    def source(self) -> str:
        """The article or document that states it."""

    @property
    def prefers(self) -> str:
        """What it does, for people."""

    def keep(self, candidates: Sequence[Candidate], message: Message) -> Sequence[Candidate]:
        """Return the candidates that stay, in their order."""

    def reason(self, loser: Candidate, kept: Sequence[Candidate], message: Message) -> str:
        """Return why a candidate did not stay, when these did."""


class Exclusion(NamedTuple):
    """Rejects every candidate that cannot take the message, even the last one; `says` returns why.

    `prefers` tells people what every rule does, and `source` names the article or document that states it.
    """

    name: str
    source: str
    prefers: str
    excludes: Callable[[Candidate, Message], bool]
    says: Callable[[Candidate, Message], str]

    def keep(self, candidates: Sequence[Candidate], message: Message) -> Sequence[Candidate]:
        """Return the candidates that may take the message."""
        return [candidate for candidate in candidates if not self.excludes(candidate, message)]

    def reason(self, loser: Candidate, kept: Sequence[Candidate], message: Message) -> str:
        """Return why a candidate may not take the message."""
        return self.says(loser, message)


class RouteCriterion(NamedTuple):
    """Compares routes: those with the lowest key stay; `says` names the key of one."""

    name: str
    source: str
    prefers: str
    key: Callable[[Candidate], int]
    says: Callable[[Candidate], str]

    def keep(self, candidates: Sequence[Candidate], message: Message) -> Sequence[Candidate]:
        """Return the candidates with the lowest key; the message does not count."""
        return _with_lowest_key(candidates, [self.key(candidate) for candidate in candidates])

    def reason(self, loser: Candidate, kept: Sequence[Candidate], message: Message) -> str:
        """Return the key of a candidate beside that of the best."""
        return f"{self.name}: {self.says(loser)}, the best has {self.says(kept[0])}"


def _always(_: Sequence[Offer]) -> bool:
    return True


class ConnectorCriterion(NamedTuple):
    """Compares what routes offer: those with the lowest key stay; `says` names the key of one.

    `applies` returns whether the criterion counts at all among the offers that are left.
    """

    name: str
    source: str
    prefers: str
    key: Callable[[Offer], Any]
    says: Callable[[Offer], str]
    applies: Callable[[Sequence[Offer]], bool] = _always

    def keep(self, candidates: Sequence[Candidate], message: Message) -> Sequence[Candidate]:
        """Return the candidates with the lowest key; the message does not count."""
        offers = [candidate.offer for candidate in candidates]
        if not self.applies(offers):
            return candidates
        return _with_lowest_key(candidates, [self.key(offer) for offer in offers])

    def reason(self, loser: Candidate, kept: Sequence[Candidate], message: Message) -> str:
        """Return the key of a candidate beside that of the best."""
        return f"{self.name}: {self.says(loser.offer)}, the best has {self.says(kept[0].offer)}"


def _with_lowest_key(candidates: Sequence[Candidate], keys: Sequence[Any]) -> Sequence[Candidate]:
    if len(candidates) < 2:
        return candidates
    lowest = min(keys)
    return [candidate for candidate, key in zip(candidates, keys, strict=True) if key == lowest]


def _is_out_of_scope(candidate: Candidate, message: Message) -> bool:
    """Return whether the message comes from outside the scope of the space; an unknown site or location is inside."""
    space, connector = candidate.route.space, candidate.offer.connector
    if space.scope is Scope.ORGANIZATION:
        return False
    if _differ(message.site, connector.site):
        return True
    return space.scope is Scope.LOCATION and _differ(message.location, connector.location)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() != other.casefold()


def _is_too_large(candidate: Candidate, message: Message) -> bool:
    limit = candidate.offer.connector.max_message_size
    return limit is not None and message.size is not None and message.size > limit


def _are_on_one_computer(offers: Sequence[Offer]) -> bool:
    return all(offer.connector.proximity is Proximity.LOCAL for offer in offers)


_DISABLED = Exclusion(
    "enabled",
    "connector-selection.md",
    "a connector that is disabled takes no mail",
    lambda candidate, _: not candidate.offer.connector.enabled,
    lambda *_: "the connector is disabled",
)
_SCOPE = Exclusion(
    "scope",
    "Q279404, Q234639",
    "a space takes mail from its site or location alone, where its scope says so",
    _is_out_of_scope,
    lambda candidate, _: f"the message comes from outside its {candidate.route.space.scope}",
)
_SIZE = Exclusion(
    "size limit",
    "connector-selection.md",
    "a connector takes no message larger than its limit",
    _is_too_large,
    lambda candidate, message: (
        f"at most {candidate.offer.connector.max_message_size} bytes, the message has {message.size}"
    ),
)

EXCLUSIONS = {
    Dialect.EXCHANGE55: (_DISABLED, _SCOPE),
    Dialect.EXCHANGE2007: (_SIZE, _DISABLED, _SCOPE),
}
"""What is dropped first; a route that is excluded for two reasons shows the first of them."""

_CLASS = RouteCriterion(
    "class",
    "Q229961",
    "the better kind of match: exact, then wildcard, then partial, then blank",
    lambda candidate: 0 if candidate.route.space.by_component else candidate.fit.kind.rank,
    lambda candidate: candidate.fit.kind.value,
)
_LITERALS = RouteCriterion(
    "literals",
    "Q229961",
    "the space that states more characters, or more components, without a wildcard",
    lambda candidate: -candidate.fit.literals,
    lambda candidate: str(candidate.fit.literals),
)

SPACE_CRITERIA = (_CLASS, _LITERALS)
"""The space that fits best comes before the connector, in both dialects (Q229961, connector-selection.md)."""

_COST = ConnectorCriterion(
    "cost",
    "Q183801",
    "the lowest sum of the cost of the space and of the way to the site of the connector",
    lambda offer: offer.cost,
    lambda offer: str(offer.cost),
)
_ACTIVATION = ConnectorCriterion(
    "activation",
    "Q193322",
    "the connector that sends soonest: now, later, never, or when the other side asks",
    lambda offer: offer.connector.activation,
    lambda offer: offer.connector.activation.name.lower().replace("_", " "),
)
_ACTIVE = _ACTIVATION._replace(
    name="active",
    prefers="a connector that sends now, where only the lowest cost counts",
    key=lambda offer: offer.connector.activation is not Activation.ACTIVE_NOW,
)
_PROXIMITY = ConnectorCriterion(
    "proximity",
    "connector-selection.md",
    "the nearest connector: local, then in the same site, then remote",
    lambda offer: offer.connector.proximity,
    lambda offer: offer.connector.proximity.name.lower().replace("_", " "),
)
_LOCAL = _PROXIMITY._replace(
    name="local",
    source="Q193322",
    prefers="a connector on this computer",
    key=lambda offer: offer.connector.proximity is not Proximity.LOCAL,
)
_NOT_BACK = ConnectorCriterion(
    "not back",
    "Q193322",
    "a connector other than the one that delivered the message",
    lambda offer: offer.connector.delivering,
    lambda offer: "delivered this message" if offer.connector.delivering else "did not deliver it",
)
_RETRIES = ConnectorCriterion(
    "open retries",
    "Q193322",
    "a connector that has open retries left",
    lambda offer: offer.connector.exhausted,
    lambda offer: f"{offer.connector.open_retries} of {offer.connector.max_open_retries} open retries",
)
_TRIES = ConnectorCriterion(
    "tries",
    "Q193322",
    "the connector that was tried least often",
    lambda offer: offer.connector.tries,
    lambda offer: str(offer.connector.tries),
)
_OPEN_RETRY = ConnectorCriterion(
    "open retry",
    "Q193322",
    "a connector whose opening did not fail, where all are on this computer",
    lambda offer: offer.connector.in_open_retry,
    lambda offer: "is in open retry" if offer.connector.in_open_retry else "is not",
    applies=_are_on_one_computer,
)
_NAME = ConnectorCriterion(
    "name",
    "connector-selection.md",
    "the connector whose name comes first in the alphabet",
    lambda offer: offer.connector.name.casefold(),
    lambda offer: offer.connector.name,
)

_STATE = (_NOT_BACK, _RETRIES, _ACTIVATION, _TRIES, _OPEN_RETRY)
_EXCHANGE2007 = (_COST, _PROXIMITY, _NAME)

CONNECTOR_CRITERIA: dict[tuple[Dialect, bool], tuple[ConnectorCriterion, ...]] = {
    (Dialect.EXCHANGE55, False): (*_STATE, _COST, _LOCAL),
    (Dialect.EXCHANGE55, True): (_ACTIVE, _COST, *_STATE, _LOCAL),
    (Dialect.EXCHANGE2007, False): _EXCHANGE2007,
    (Dialect.EXCHANGE2007, True): _EXCHANGE2007,
}
"""By dialect, and whether only the lowest cost counts (the option Use Lowest Cost Routes Only).

Exchange 5.5 eliminates connectors one criterion after the other; with the option the lowest cost wins, but an active
connector comes before one that is not (Q193322). Exchange 2007 takes the least cost, then the nearest connector, then
the first by name (connector-selection.md).
"""

RULES: dict[tuple[Dialect, bool], tuple[Rule, ...]] = {
    (dialect, lowest_cost_only): (*EXCLUSIONS[dialect], *SPACE_CRITERIA, *criteria)
    for (dialect, lowest_cost_only), criteria in CONNECTOR_CRITERIA.items()
}
"""All rules that choose a route, in their order, by dialect and whether only the lowest cost counts."""

EARLIER_ROUTE = RouteCriterion(
    "order",
    "Q229961",
    "the earlier route of the table",
    lambda candidate: candidate.index,
    lambda candidate: f"route {candidate.index}",
)
"""The tie-break among the routes that all rules leave; the product would balance the load among them."""


def preferences(offers: Mapping[tuple[int, str], Offer], dialect: Dialect) -> dict[tuple[int, str], int] | None:
    """Return the rank of each offer: of spaces that fit an address alike the lowest rank wins, then the earlier route.

    Nothing is known of the message. None where no ranks give the choice, because a criterion applies to some of the
    offers and not to others: open retries count only while all connectors that are left are on one computer (Q193322).
    """
    everyone = list(offers.values())
    counted = []
    for criterion in CONNECTOR_CRITERIA[dialect, False]:
        if criterion.applies(everyone):
            counted.append(criterion)
        elif any(criterion.applies([offer]) for offer in everyone) and len(set(map(criterion.key, everyone))) > 1:
            return None  # which offers are left, and so whether it applies, depends on the address
    keys = {name: tuple(criterion.key(offer) for criterion in counted) for name, offer in offers.items()}
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys.values())))}
    return {name: ranks[key] for name, key in keys.items()}
