"""Why a table routes an address as it does: every candidate and why it lost, as values and as a table for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import visible
from proxyaddr.routing.route import Route
from proxyaddr.routing.unread import Incomplete
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import MatchKind

__all__ = ["NDR", "NO_ROUTE", "UNREACHABLE", "Explanation", "Outcome", "fate_without_route", "taken_by"]

NDR = "NDR"
"""A non-delivery report: the mail is returned."""

UNREACHABLE = "Unreachable queue"
"""The queue of Exchange 2007 and later in which mail waits for a connector (connector-selection.md)."""

NO_ROUTE = "no route"
"""What is said of an address that no route takes."""

_UNKNOWN = "unknown: the accepted domains are not given"

_HEADER = ("", "route", "address space", "connector", "class", "literals", "cost", "why")
_FREE_TEXT = (_HEADER.index("address space"), _HEADER.index("connector"), _HEADER.index("why"))
_GAP = "  "
_NARROWEST = len("connector")
"""Characters that a column of free text has at least, however narrow the terminal is."""

_TOO_LARGE = "at most "
"""How the reason of a connector begins that takes no message of the size."""

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

    `tie` is true where the winner is only the earlier of equals. `unknown` is a code where the route depends on what
    nobody said, `accepted-domains-not-given`, and None else. `table_incomplete` says how many lines of the table were
    not read and whether one of them could match the address, None where all were read. `str()` and `table()` give a
    table.
    """

    address: str
    type: str
    dialect: Dialect
    outcomes: tuple[Outcome, ...]
    tie: bool
    unknown: str | None = None
    table_incomplete: Incomplete | None = None

    @property
    def winner(self) -> Outcome | None:
        """The candidate that takes the address, None when there is none."""
        return next((outcome for outcome in self.outcomes if outcome.lost is None), None)

    @property
    def no_route(self) -> str | None:
        """What the product does with mail that no route takes, `NDR` or `Unreachable queue`; None where one takes it.

        Exchange 2007 and later keep Internet mail in a queue until a connector takes it, and return any other mail and
        what is too large for all connectors (connector-selection.md); Exchange 5.5 returns all (Q229961).
        """
        if self.winner is not None or self.unknown is not None:
            return None
        return NDR if self._is_too_large_for_all else fate_without_route(self.dialect, self.type)

    @property
    def _is_too_large_for_all(self) -> bool:
        reasons = [outcome.lost or "" for outcome in self.outcomes]
        return bool(reasons) and all(reason.startswith(_TOO_LARGE) for reason in reasons)

    def __str__(self) -> str:
        return self.table()

    def table(self, width: int | None = None) -> str:
        """Return a table for people; long cells are wrapped where a line would have more than `width` characters."""
        incomplete = [] if self.table_incomplete is None else _wrapped(str(self.table_incomplete), width)
        if not self.outcomes:
            reason = f"no address space of type {visible(self.type)} matches"
            said = f"{visible(self.address)}: {reason if self.unknown is None else _UNKNOWN}{self._ending}"
            return "\n".join([said, *incomplete])
        rows = [_HEADER, *(_row(outcome) for outcome in self.outcomes)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
        if width is not None:
            widths = _fitted(widths, width)
        lines = [line for row in rows for line in _lines(row, widths)]
        tie = _wrapped(_TIE, width) if self.tie else []
        return "\n".join([f"{visible(self.address)}: {visible(self.taken)}{self._ending}", *lines, *tie, *incomplete])

    @property
    def taken(self) -> str:
        """What is said of the address in a word: its connectors, `no route`, or that it is unknown."""
        winner = self.winner
        return taken_by(None if winner is None else winner.route, is_unknown=self.unknown is not None)

    @property
    def _ending(self) -> str:
        fate = "" if self.no_route is None else f": {self.no_route}"
        return f"{fate} (rules of {self.dialect})"


def fate_without_route(dialect: Dialect, address_type: str) -> str:
    """Return what the product does with mail of a type that no route takes, whatever its size."""
    return UNREACHABLE if dialect is not Dialect.EXCHANGE55 and address_type == DEFAULT_TYPE else NDR


def taken_by(route: Route | None, *, is_unknown: bool = False) -> str:
    """Return what is said of an address in a word: the connectors of its route, `no route`, or that it is unknown."""
    if route is not None:
        return " -> ".join(route.connectors)
    return _UNKNOWN if is_unknown else NO_ROUTE


def _wrapped(text: str, width: int | None) -> list[str]:
    return [text] if width is None else textwrap.wrap(text, width)


def _fitted(widths: list[int], width: int) -> list[int]:
    """Return the widths of the columns in a line of `width`: the columns of free text share what the others leave."""
    fitted = list(widths)
    room = width - sum(widths) - len(_GAP) * (len(widths) - 1) + sum(widths[column] for column in _FREE_TEXT)
    narrow_first = sorted(_FREE_TEXT, key=widths.__getitem__)
    for left, column in zip(range(len(narrow_first), 0, -1), narrow_first, strict=True):
        fitted[column] = min(widths[column], max(room // left, _NARROWEST))
        room -= fitted[column]
    return fitted


def _lines(row: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    """Yield the lines of a row whose cells are wrapped to the widths of their columns."""
    cells = [
        textwrap.wrap(cell, width, break_on_hyphens=False) if len(cell) > width else [cell]
        for cell, width in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*cells, fillvalue=""):
        yield _GAP.join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip()


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
