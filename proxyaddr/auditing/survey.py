"""The first look at all objects: how many there are, who holds what, and which of them the rules have to judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from proxyaddr.auditing.found import Judges
from proxyaddr.auditing.holdings import Holdings, KnownHoldings, keys_of
from proxyaddr.auditing.objects import AuditObject
from proxyaddr.errors import RowError

__all__ = ["Source", "Survey", "Surveyed", "survey_of"]


class Surveyed(NamedTuple):
    """An object, its place among all, and whether the rules of one object judge it, and those of several."""

    place: int
    object: AuditObject
    is_judged: bool
    is_shared: bool


class Survey(NamedTuple):
    """How many objects there are, what they hold, and in their order those that a rule may say something of."""

    size: int
    holdings: Holdings
    objects: Iterator[Surveyed]


class Source(Protocol):
    """What an audit is of."""

    @property
    def errors(self) -> Sequence[RowError]:
        """The errors of objects that can't be read."""

    def has(self, *attributes: str) -> bool:
        """Return whether the export has all of these attributes: nothing is said to be missing in others."""

    def survey(self, judges: Judges) -> Survey:
        """Look at all objects for the first time."""


def survey_of(objects: Sequence[AuditObject]) -> Survey:
    """Return the survey of objects that are in memory: the rules judge all of them."""
    holdings = KnownHoldings()
    for place, audited in enumerate(objects):
        for key in keys_of(audited):
            holdings.add(key, place)
    shared = holdings.shared(len(objects))
    each = (
        Surveyed(place, audited, is_judged=True, is_shared=bool(shared[place >> 3] >> (place & 7) & 1))
        for place, audited in enumerate(objects)
    )
    return Survey(len(objects), holdings, each)
