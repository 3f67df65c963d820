"""The choice of one route for one address, and the account of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from proxyaddr.routing.accepted import NOT_GIVEN, accepted_fit
from proxyaddr.routing.explanation import Explanation, Outcome
from proxyaddr.routing.route import Route
from proxyaddr.routing.rule_kinds import Candidate, Offer, Rule
from proxyaddr.routing.selection import EARLIER_ROUTE, RULES
from proxyaddr.routing.state import Connector, Message
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Fit, MatchKind

__all__ = ["candidate_of", "choose", "explained", "is_unknown", "pending_candidates"]

_PENDING = -1
"""The index of a candidate that stands for accepted domains which are not known."""


def choose(
    candidates: Sequence[Candidate], dialect: Dialect, message: Message, *, lowest_cost_only: bool = False
) -> Candidate | None:
    """Return the candidate that all rules of a dialect leave, the earliest of several, None where none is left."""
    left = candidates
    for rule in RULES[dialect, lowest_cost_only]:
        left = rule.keep(left, message)
    return left[0] if left else None


def pending_candidates(accepted: Iterable[Route], connectors: Mapping[str, Connector]) -> list[Candidate]:
    """Return candidates of spaces of the accepted domains, while those are not known, as if each fitted exactly."""
    fit = accepted_fit(Fit(MatchKind.EXACT, 0))
    return [candidate_of(_PENDING, route, fit, connectors) for route in accepted]


def candidate_of(index: int, route: Route, fit: Fit, connectors: Mapping[str, Connector]) -> Candidate:
    """Return a candidate with what is known of its connector, or the defaults."""
    name = route.connector
    return Candidate(index, route, fit, Offer.of(connectors.get(name) or Connector(name), route.space.cost))


def is_unknown(chosen: Candidate | None, known: Candidate | None) -> bool:
    """Return whether the route of an address depends on accepted domains that are not known.

    `chosen` is the choice among all candidates, `known` that without those of the accepted domains. Where both lead to
    the same connectors the answer is certain.
    """
    if chosen is None or chosen.index != _PENDING:
        return False
    return known is None or known.route.connectors != chosen.route.connectors


def explained(
    address: str,
    address_type: str,
    candidates: Sequence[Candidate],
    dialect: Dialect,
    message: Message,
    *,
    lowest_cost_only: bool = False,
    pending: Candidate | None = None,
) -> Explanation:
    """Return every candidate, the best first, and why it lost.

    `pending` is the candidate that takes the address if it falls under the accepted domains, which are not known: then
    no other one is said to take it.
    """
    left = candidates
    outcomes: list[Outcome] = []
    for rule in RULES[dialect, lowest_cost_only]:
        left, lost = _kept_and_lost(rule, left, message)
        outcomes = lost + outcomes
    is_tie = len(left) > 1
    left, lost = _kept_and_lost(EARLIER_ROUTE, left, message)
    winners = [_outcome(winner, None) for winner in left]
    if pending is None:
        return Explanation(address, address_type, dialect, (*winners, *lost, *outcomes), is_tie)
    reason = f"not known: {pending.route.connector} takes the accepted domains, which are not given"
    winners = [replace(winner, lost=reason) for winner in winners]
    return Explanation(address, address_type, dialect, (*winners, *lost, *outcomes), False, NOT_GIVEN)


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
