"""Why a table routes an address as it does: every candidate and why it lost, as values and as a table for people."""

from __future__ import annotations

from dataclasses import dataclass

from proxyaddr.errors import visible
from proxyaddr.routing.route import Route
from proxyaddr.spaces.matching import MatchKind
from proxyaddr.spaces.space import Dialect

__all__ = ["Explanation", "Outcome"]

_HEADER = ("", "route", "address space", "connector", "class", "literals", "cost", "why")
_TIE = "equals: the product would share the load among them; the earlier route is taken"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A candidate: the route and its index, how its space fits, its whole cost, and why it lost; None for the winner.

    `literals` counts the characters of the pattern that are not wildcards, or for X400, EX and MS the components that
    the space states literally.
    """

    index: int
    route: Route
    kind: MatchKind
    literals: int
    cost: int
    lost: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every route whose space matches an address, the best first, and the one that takes it.

    `tie` is true where the winner is only the earlier of equals. `str()` gives a table.
    """

    address: str
    type: str
    dialect: Dialect
    outcomes: tuple[Outcome, ...]
    tie: bool

    @property
    def winner(self) -> Outcome | None:
        """The candidate that takes the address, None when there is none."""
        return next((outcome for outcome in self.outcomes if outcome.lost is None), None)

    def __str__(self) -> str:
        if not self.outcomes:
            return f"{visible(self.address)}: no address space of type {visible(self.type)} matches"
        rows = [_HEADER, *(_row(outcome) for outcome in self.outcomes)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        winner = self.winner
        taken = "no route" if winner is None else " -> ".join(winner.route.connectors)
        return "\n".join([f"{visible(self.address)}: {visible(taken)}", *lines, *([_TIE] if self.tie else [])])


def _row(outcome: Outcome) -> tuple[str, ...]:
    return (
        "=>" if outcome.lost is None else "",
        str(outcome.index),
        visible(str(outcome.route.space)),
        visible(" -> ".join(outcome.route.connectors)),
        outcome.kind.value,
        str(outcome.literals),
        str(outcome.cost),
        "takes it" if outcome.lost is None else visible(outcome.lost),
    )
