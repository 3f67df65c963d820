"""How one route is chosen among those that match: the criteria of each dialect as a table, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from proxyaddr.routing.state import Activation, Connector, Message, Proximity
from proxyaddr.spaces.matching import Fit
from proxyaddr.spaces.space import Dialect, Scope

if TYPE_CHECKING:
    from proxyaddr.routing.route import Route

__all__ = ["CRITERIA", "Candidate", "Criterion", "preferences"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route whose space matches: its index, how its space fits, and the connector that would take the mail."""

    index: int
    route: Route
    fit: Fit
    connector: Connector

    @property
    def cost(self) -> int:
        """Cost of the space and of the way to the site."""
        return self.route.space.cost + self.connector.site_cost


class Criterion(NamedTuple):
    """A row: among the candidates left, those with the lowest key stay.

    `excludes` drops every candidate whose key is true, even the last; `says` names the key of a loser, beside the best.
    `applies` tells whether the criterion is asked at all.
    """

    name: str
    source: str
    key: Callable[[Candidate, Message], Any]
    says: Callable[[Candidate, Message], str]
    excludes: bool = False
    applies: Callable[[Sequence[Candidate]], bool] = bool
    is_tie: bool = False

    def keep(self, candidates: Sequence[Candidate], message: Message) -> list[Candidate]:
        """Return the candidates that stay, in their order."""
        if not candidates or not self.applies(candidates):
            return list(candidates)
        if self.excludes:
            return [candidate for candidate in candidates if not self.key(candidate, message)]
        keys = [self.key(candidate, message) for candidate in candidates]
        best = min(keys)
        return [candidate for candidate, key in zip(candidates, keys, strict=True) if key == best]

    def reason(self, loser: Candidate, kept: Sequence[Candidate], message: Message) -> str:
        """Say why a candidate did not stay."""
        if self.excludes or not kept:
            return self.says(loser, message)
        return f"{self.name}: {self.says(loser, message)}, the best has {self.says(kept[0], message)}"


def _out_of_scope(candidate: Candidate, message: Message) -> bool:
    """Tell whether the message comes from elsewhere than the scope of the space; unknown places are within."""
    space, connector = candidate.route.space, candidate.connector
    if space.scope is Scope.ORGANIZATION:
        return False
    elsewhere = _differ(message.site, connector.site)
    return elsewhere or (space.scope is Scope.LOCATION and _differ(message.location, connector.location))


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() != other.casefold()


def _too_small(candidate: Candidate, message: Message) -> bool:
    limit = candidate.connector.max_message_size
    return limit is not None and message.size is not None and message.size > limit


def _on_one_computer(candidates: Sequence[Candidate]) -> bool:
    return all(candidate.connector.proximity is Proximity.LOCAL for candidate in candidates)


_DISABLED = Criterion(
    "enabled",
    "connector-selection.md",
    lambda candidate, _: not candidate.connector.enabled,
    lambda *_: "the connector is disabled",
    excludes=True,
)
_SCOPE = Criterion(
    "scope",
    "Q279404, Q234639",
    _out_of_scope,
    lambda candidate, _: f"the message comes from outside its {candidate.route.space.scope}",
    excludes=True,
)
_SIZE = Criterion(
    "size limit",
    "connector-selection.md",
    _too_small,
    lambda candidate, message: f"at most {candidate.connector.max_message_size} bytes, the message has {message.size}",
    excludes=True,
)
_CLASS = Criterion(
    "class",
    "Q229961",
    lambda candidate, _: 0 if candidate.route.space.by_component else candidate.fit.kind.rank,
    lambda candidate, _: candidate.fit.kind.value,
)
_LITERALS = Criterion(
    "literals",
    "Q229961",
    lambda candidate, _: -candidate.fit.literals,
    lambda candidate, _: str(candidate.fit.literals),
)
_COST = Criterion("cost", "Q183801", lambda candidate, _: candidate.cost, lambda candidate, _: str(candidate.cost))
_ACTIVATION = Criterion(
    "activation",
    "Q193322",
    lambda candidate, _: candidate.connector.activation,
    lambda candidate, _: candidate.connector.activation.name.lower().replace("_", " "),
)
_ACTIVE = _ACTIVATION._replace(
    name="active", key=lambda candidate, _: candidate.connector.activation is not Activation.ACTIVE_NOW
)
_PROXIMITY = Criterion(
    "proximity",
    "connector-selection.md",
    lambda candidate, _: candidate.connector.proximity,
    lambda candidate, _: candidate.connector.proximity.name.lower().replace("_", " "),
)
_LOCAL = _PROXIMITY._replace(
    name="local",
    source="Q193322",
    key=lambda candidate, _: candidate.connector.proximity is not Proximity.LOCAL,
)
_EARLIER = Criterion(
    "order",
    "Q229961",
    lambda candidate, _: candidate.index,
    lambda candidate, _: f"route {candidate.index}",
    is_tie=True,
)
_NOT_BACK = Criterion(
    "not back",
    "Q193322",
    lambda candidate, _: candidate.connector.delivering,
    lambda candidate, _: "delivered this message" if candidate.connector.delivering else "did not deliver it",
)
_RETRIES = Criterion(
    "open retries",
    "Q193322",
    lambda candidate, _: candidate.connector.exhausted,
    lambda candidate, _: f"{candidate.connector.open_retries} of {candidate.connector.max_open_retries} open retries",
)
_TRIES = Criterion(
    "tries",
    "Q193322",
    lambda candidate, _: candidate.connector.tries,
    lambda candidate, _: str(candidate.connector.tries),
)
_OPEN_RETRY = Criterion(
    "open retry",
    "Q193322",
    lambda candidate, _: candidate.connector.in_open_retry,
    lambda candidate, _: "is in open retry" if candidate.connector.in_open_retry else "is not",
    applies=_on_one_computer,
)
_NAME = Criterion(
    "name",
    "connector-selection.md",
    lambda candidate, _: candidate.connector.name.casefold(),
    lambda candidate, _: candidate.connector.name,
)

_BEST_SPACE = (_DISABLED, _SCOPE, _CLASS, _LITERALS)
_BY_STATE = (_NOT_BACK, _RETRIES, _ACTIVATION, _TRIES, _OPEN_RETRY)
EXCHANGE55 = (*_BEST_SPACE, *_BY_STATE, _COST, _LOCAL, _EARLIER)
"""The best space first (Q229961), then the connector by sequential elimination (Q193322), then the earlier route."""

EXCHANGE55_LOWEST_COST = (*_BEST_SPACE, _ACTIVE, _COST, *_BY_STATE, _LOCAL, _EARLIER)
"""With Use Lowest Cost Routes Only: the lowest cost, but an active connector before one that is not (Q193322)."""

EXCHANGE2007 = (_SIZE, _DISABLED, _SCOPE, _CLASS, _LITERALS, _COST, _PROXIMITY, _NAME, _EARLIER)
"""Size limit, enabled and in scope, most specific, least aggregated cost, proximity, name (connector-selection.md)."""

CRITERIA: dict[tuple[Dialect, bool], tuple[Criterion, ...]] = {
    (Dialect.EXCHANGE55, False): EXCHANGE55,
    (Dialect.EXCHANGE55, True): EXCHANGE55_LOWEST_COST,
    (Dialect.EXCHANGE2007, False): EXCHANGE2007,
    (Dialect.EXCHANGE2007, True): EXCHANGE2007,
}
"""By dialect, and whether only the lowest cost counts. A criterion that all fail drops none, unless it excludes."""


class _Standing(NamedTuple):
    """What is left of a candidate once its space fits as well as another's, apart from its place in the table."""

    cost: int
    connector: Connector


def preferences(
    standings: Iterable[tuple[int, str]], connectors: Mapping[str, Connector], dialect: Dialect
) -> dict[tuple[int, str], int] | None:
    """Return a rank for each cost of a space and connector: the lowest wins where several fit alike, then the earlier.

    Of the message nothing is known. None where no such order exists: with connectors near and far, open retry counts
    among some of them and not among others (Q193322).
    """
    near = {connector.proximity is Proximity.LOCAL for connector in connectors.values()}
    if dialect is Dialect.EXCHANGE55 and len(near) > 1 and any(c.in_open_retry for c in connectors.values()):
        return None
    criteria = CRITERIA[dialect, False]
    asked = [
        criterion.key
        for criterion in criteria[criteria.index(_LITERALS) + 1 :]
        if not criterion.is_tie and (criterion is not _OPEN_RETRY or near == {True})
    ]
    message = Message()
    keys: dict[tuple[int, str], list[Any]] = {}
    for cost, name in standings:
        standing: Any = _Standing(cost + connectors[name].site_cost, connectors[name])
        keys[cost, name] = [key(standing, message) for key in asked]
    ranks = {tuple(key): rank for rank, key in enumerate(sorted(keys.values()))}
    return {place: ranks[tuple(key)] for place, key in keys.items()}
