"""The kinds of rules by which routes are chosen: what each does with candidates, and how it says why one lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Connector, Message
from proxyaddr.spaces.matching import Fit

__all__ = ["Candidate", "ConnectorCriterion", "Exclusion", "Offer", "RouteCriterion", "Rule"]


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
