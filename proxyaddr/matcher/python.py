"""The Python engine: dictionaries built once, and one look-up for the usual address."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from proxyaddr._text.folding import fold
from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.matcher.arrow import Chunk, IndexColumn
from proxyaddr.matcher.components import ByComponent
from proxyaddr.matcher.plan import NO_ROUTE, Plan
from proxyaddr.matcher.strings import Domains, Values
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.matching import read_address

__all__ = ["AskingEngine", "PythonEngine"]

DEFAULT_PREFIX = f"{DEFAULT_TYPE.lower()}:"

Spaces = Values | Domains | ByComponent
"""The spaces of one type."""

Match = Callable[[Any], int]
"""Gives the route of an address, NO_ROUTE where there is none."""


class _OneByOne:
    """Matches columns an address at a time."""

    name = "python"

    def __init__(self, match: Match, match_item: Callable[[object], int]) -> None:
        self.match = match
        self._match_item = match_item

    def match_list(self, items: Sequence[object], out: IndexColumn, threads: int | None = None) -> None:
        """Match texts, octets or None of a list into a column of its length; one thread, whatever `threads` says."""
        match = self._match_item
        out[:] = array("i", [match(item) for item in items])

    def match_chunk(self, chunk: Chunk, out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts of an Arrow array into a column of its length."""
        self.match_list(list(chunk.texts()), out)


class PythonEngine(_OneByOne):
    """Answers as the table does, from dictionaries by type."""

    def __init__(self, plan: Plan) -> None:
        rows: dict[str, dict[str, tuple[int, int]]] = {}
        for address_type, pattern, rank, route in zip(plan.types, plan.patterns, plan.ranks, plan.indices, strict=True):
            best = rows.get(address_type)
            if best is None:
                best = rows[address_type] = {}
            key = pattern if address_type in COMPONENT_TYPES else fold(pattern)
            held = best.get(key)
            if held is None or rank < held[0]:  # of two ranks alike the route before stays
                best[key] = rank, route
        spaces: dict[str, Spaces] = {}
        for address_type, patterns in rows.items():
            if address_type in COMPONENT_TYPES:
                spaces[address_type] = ByComponent(address_type, patterns)
            else:
                spaces[address_type] = Domains(patterns) if plan.by_domain else Values(patterns)
        match = _matching(spaces, _reading(spaces))
        super().__init__(match, _matching(spaces, _items(match)))


class AskingEngine(_OneByOne):
    """Asks a function for each address: for tables whose answers no order of the routes gives."""

    def __init__(self, ask: Match) -> None:
        super().__init__(ask, _items(ask))


def _matching(spaces: Mapping[str, Spaces], otherwise: Callable[[Any], int]) -> Callable[[Any], int]:
    """Return a function that matches an address; what is no text, or must be read in full, goes `otherwise`.

    Most addresses are SMTP, and of a domain with one route: they are answered here by one look-up, because one more
    call would cost as much.
    """
    default = spaces.get(DEFAULT_TYPE)
    default = default if isinstance(default, Values | Domains) else Values({})
    route_of, find_contested = default.sole.get, default.find_contested
    match_typed = _matching_by_type(spaces, otherwise)

    def match(address: Any) -> int:  # noqa: ANN401 - whatever is in a list
        try:
            value = address.lower().removeprefix(DEFAULT_PREFIX)
            local, at, domain = value.rpartition("@")
        except (AttributeError, TypeError):
            return otherwise(address)
        if at and ":" not in local:
            route = route_of(domain)  # is in ASCII and without blanks, so it is the domain whatever else the text holds
            if route is not None:
                return route
            if address.isascii() and value == value.strip():
                return find_contested(value, local, at, domain)
        return match_typed(address)

    return match


def _matching_by_type(spaces: Mapping[str, Spaces], otherwise: Match) -> Match:
    """Return a function that matches text of a type in upper or lower case; all else goes `otherwise`."""
    spelled = {spelling: found for kind, found in spaces.items() for spelling in (kind, kind.lower())}

    def match(address: str) -> int:
        kind, colon, value = address.partition(":")
        found = spelled.get(kind if colon else DEFAULT_TYPE)
        if found is None:
            return otherwise(address)
        return found.find(value if colon else address)

    return match


def _reading(spaces: Mapping[str, Spaces]) -> Match:
    """Return a function that matches an address after it was read in full."""

    def match(address: str | TypedAddress) -> int:
        if isinstance(address, TypedAddress):
            address_type, value = address.type, address.value
        else:
            address_type, value, _, _ = read_address(address)
        found = spaces.get(address_type)
        return NO_ROUTE if found is None else found.find(value)

    return match


def _items(match: Match) -> Callable[[Any], int]:
    """Return a function that matches what may be in a list: text, octets or None; TypeError for others."""

    def match_item(item: Any) -> int:  # noqa: ANN401 - as it says
        if item is None:
            return NO_ROUTE
        if isinstance(item, bytes | bytearray):
            item = item.decode("utf-8", "surrogateescape")
        return match(item)

    return match_item
