"""The Python engine: dictionaries built once, and one look-up for the usual address."""

from __future__ import annotations

import string
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from proxyaddr._text.types import DEFAULT_TYPE, INTERNET_TYPES
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.matcher.arrow import IndexColumn
from proxyaddr.matcher.components import ByComponent
from proxyaddr.matcher.ctypes_arrow import Chunk, chunks
from proxyaddr.matcher.domains import Domains, Texts
from proxyaddr.matcher.plan import NO_ROUTE, Plan
from proxyaddr.matcher.strings import Values
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.matching import comparable_pattern, read_address

__all__ = ["CallingEngine", "PythonEngine"]

DEFAULT_PREFIX = f"{DEFAULT_TYPE.lower()}:"

OUTER = string.whitespace + "."
"""Characters at the ends of an ASCII text that is not matched as it is: blanks, and the dot after a domain."""

Spaces = Values | Domains | Texts | ByComponent
"""The spaces of one type."""

Match = Callable[[Any], int]
"""Returns the route of an address, NO_ROUTE where there is none."""


class _OneByOne:
    """Matches columns one address at a time."""

    size = None
    """How many bytes the tables hold is not known."""

    def __init__(self, match: Match, match_item: Callable[[object], int]) -> None:
        self.match = match
        self._match_item = match_item

    def arrays(self, column: object) -> Iterator[Chunk]:
        """Return the arrays of a column with the Arrow C data interface; TypeError where it holds no text."""
        return chunks(column)

    def match_list(self, items: list[Any], out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts, UTF-8 bytes or None of a list into a column of its length, by one thread always."""
        match = self._match_item
        out[:] = array("i", [match(item) for item in items])

    def match_array(self, texts: Chunk, out: IndexColumn, threads: int | None = None) -> None:
        """Match the rows of an array of text into a column of its length."""
        self.match_list(texts.texts(), out)


class PythonEngine(_OneByOne):
    """Answers as the table does, from dictionaries by type."""

    def __init__(self, plan: Plan) -> None:
        rows: dict[str, dict[str, tuple[int, int]]] = {}
        for address_type, pattern, rank, route in zip(plan.types, plan.patterns, plan.ranks, plan.indices, strict=True):
            best = rows.get(address_type)
            if best is None:
                best = rows[address_type] = {}
            key = comparable_pattern(address_type, pattern, plan.dialect)
            held = best.get(key)
            if held is None or rank < held[0]:  # of equal ranks the earlier route stays
                best[key] = rank, route
        spaces: dict[str, Spaces] = {}
        for address_type, patterns in rows.items():
            if address_type in COMPONENT_TYPES:
                spaces[address_type] = ByComponent(address_type, patterns)
            elif not plan.dialect.by_domain:
                spaces[address_type] = Values(patterns, internet=address_type in INTERNET_TYPES)
            else:
                spaces[address_type] = Domains(patterns) if address_type == DEFAULT_TYPE else Texts(patterns)
        match = _matching(spaces, _reading(spaces))
        super().__init__(match, _matching(spaces, _items(match)))


class CallingEngine(_OneByOne):
    """Calls a function for each address: for tables whose answers depend on more than an order of the routes."""

    def __init__(self, answer: Match) -> None:
        super().__init__(answer, _items(answer))


def _matching(spaces: Mapping[str, Spaces], otherwise: Callable[[Any], int]) -> Callable[[Any], int]:
    """Return a function that matches an address, and calls `otherwise` for one that it must not split by itself.

    Most addresses are SMTP, at a domain with one route: one look-up answers them here, as a further call would double
    their cost.
    """
    default = spaces.get(DEFAULT_TYPE)
    default = default if isinstance(default, Values | Domains) else Values({}, internet=True)
    route_of, find_contested = default.uncontested.get, default.find_contested
    match_typed = _matching_by_type(spaces, otherwise)

    def match(address: Any) -> int:  # noqa: ANN401 - whatever is in a list
        try:
            value = address.lower().removeprefix(DEFAULT_PREFIX)
            local, at, domain = value.rpartition("@")
        except (AttributeError, TypeError):
            return otherwise(address)
        if at and ":" not in local:
            if "=" in local and typed_by_shape(address) is not None:
                return otherwise(address)
            route = route_of(domain)  # its keys are ASCII without blanks: so is the domain of the text
            if route is not None:
                return route
            if address.isascii() and value == value.strip(OUTER):
                return find_contested(value, local, at, domain)
        return match_typed(address)

    return match


def _matching_by_type(spaces: Mapping[str, Spaces], otherwise: Match) -> Match:
    """Return a function that matches text whose type is in upper or lower case, and calls `otherwise` for the rest."""
    spelled = {spelling: found for kind, found in spaces.items() for spelling in (kind, kind.lower())}

    def match(address: str) -> int:
        kind, colon, value = address.partition(":")
        found = spelled.get(kind if colon else DEFAULT_TYPE)
        if found is None or (not colon and "=" in address):
            return otherwise(address)
        return found.find(value if colon else address)

    return match


def _reading(spaces: Mapping[str, Spaces]) -> Match:
    """Return a function that reads an address in full and matches it."""

    def match(address: str | TypedAddress) -> int:
        if isinstance(address, TypedAddress):
            address_type, value = address.type, address.value
        else:
            address_type, value, *_ = read_address(address, spaces)
        found = spaces.get(address_type)
        return NO_ROUTE if found is None else found.find(value)

    return match


def _items(match: Match) -> Callable[[Any], int]:
    """Return a function that matches an item of a list: text, UTF-8 bytes or None; TypeError for others."""

    def match_item(item: Any) -> int:  # noqa: ANN401 - as it says
        if item is None:
            return NO_ROUTE
        if isinstance(item, bytes | bytearray):
            item = item.decode("utf-8", "surrogateescape")
        return match(item)

    return match_item
