"""How one route is chosen among those that match: the rules of each dialect as tables, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proxyaddr.routing.rule_kinds import Candidate, ConnectorCriterion, Exclusion, Offer, RouteCriterion, Rule
from proxyaddr.routing.state import Activation, Message, Proximity
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.space import Scope

__all__ = ["EARLIER_ROUTE", "RULES", "preferences"]


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
    Dialect.EXCHANGE2000: (_SIZE, _DISABLED, _SCOPE),
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
    "Q229961, KB 244986",
    "the space that states more characters, or more components, without a wildcard",
    lambda candidate: -candidate.fit.literals,
    lambda candidate: str(candidate.fit.literals),
)

SPACE_CRITERIA = (_CLASS, _LITERALS)
"""The space that fits best comes before the connector, in all dialects (Q229961, aa996761, connector-selection.md)."""

_COST = ConnectorCriterion(
    "cost",
    "Q183801, aa996761",
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
_BY_DOMAIN = (_COST, _PROXIMITY, _NAME)

CONNECTOR_CRITERIA: dict[tuple[Dialect, bool], tuple[ConnectorCriterion, ...]] = {
    (Dialect.EXCHANGE55, False): (*_STATE, _COST, _LOCAL),
    (Dialect.EXCHANGE55, True): (_ACTIVE, _COST, *_STATE, _LOCAL),
    (Dialect.EXCHANGE2000, False): _BY_DOMAIN,
    (Dialect.EXCHANGE2000, True): _BY_DOMAIN,
    (Dialect.EXCHANGE2007, False): _BY_DOMAIN,
    (Dialect.EXCHANGE2007, True): _BY_DOMAIN,
}
"""By dialect, and whether only the lowest cost counts (the option Use Lowest Cost Routes Only).

Exchange 5.5 eliminates connectors one criterion after the other; with the option the lowest cost wins, but an active
connector comes before one that is not (Q193322). Exchange 2000 (aa996761) and 2007 take the least cost, then the
nearest connector, then the first by name (connector-selection.md).
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
