"""The lines of a routing table that could not be read, and whether one of them could have taken an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from proxyaddr._text.folding import fold
from proxyaddr._text.types import canonical_type
from proxyaddr.errors import ProxyAddrError, RowError, quantity
from proxyaddr.routing.rows import RouteError
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Target, matches_wildcards
from proxyaddr.spaces.space import AddressSpace

__all__ = ["Incomplete", "UnreadLines", "either"]

_NO_ROUTE_IN_IT = frozenset({"connector-without-route"})
"""Codes of errors that are no unread routes."""


class Incomplete(NamedTuple):
    """How many lines of a table were not read, and whether one of them could have taken an address."""

    lines: int
    could_match: bool

    def __str__(self) -> str:
        could = "one of them could match" if self.could_match else "none of them could match"
        return f"table incomplete: {quantity(self.lines, 'line')} unread, {could}"


def either(first: Incomplete | None, *others: Incomplete | None) -> Incomplete | None:
    """Return what unread lines mean for an answer that rests on several addresses; the first counts all lines."""
    if first is None:
        return None
    could_match = any(each is not None and each.could_match for each in (first, *others))
    return Incomplete(first.lines, could_match)


class UnreadLines:
    """The unread lines of a table, with the spaces that they probably were."""

    def __init__(self, errors: Sequence[RowError], dialect: Dialect) -> None:
        unread = [error for error in errors if error.code not in _NO_ROUTE_IN_IT]
        self._count = len(unread)
        self._spaces = [_space(error, dialect) for error in unread]

    @property
    def count(self) -> int:
        """How many there are."""
        return self._count

    def concerning(self, target: Target) -> Incomplete | None:
        """Return what the unread lines mean for an address; None where all were read."""
        if not self._count:
            return None
        return Incomplete(self._count, any(_could_match(space, target) for space in self._spaces))

    def concerning_type(self, address_type: str) -> Incomplete | None:
        """Return what the unread lines mean for the addresses of a type; None where all were read."""
        if not self._count:
            return None
        return Incomplete(self._count, any(space is None or _type_of(space) == address_type for space in self._spaces))


def _space(error: RowError, dialect: Dialect) -> AddressSpace | tuple[str, str] | None:
    """Return the space of an unread line, or its type and pattern where they make none; None where it is not known."""
    written = error.space if isinstance(error, RouteError) else None
    if written is None:
        return None
    try:
        address_type = canonical_type(written[0])
    except ProxyAddrError:
        return None
    try:
        return AddressSpace(address_type, written[1], dialect=dialect)
    except ProxyAddrError:
        return address_type, fold(written[1].strip())


def _type_of(space: AddressSpace | tuple[str, str]) -> str:
    return space.type if isinstance(space, AddressSpace) else space[0]


def _could_match(space: AddressSpace | tuple[str, str] | None, target: Target) -> bool:
    if space is None:
        return True
    if isinstance(space, AddressSpace):
        return space.fit(target) is not None
    address_type, pattern = space
    if address_type != target.type:
        return False
    if target.components or "@" not in target.value or not pattern.strip("-; "):
        return True
    return any(matches_wildcards(pattern, text) for text in (target.internet, target.domain))
