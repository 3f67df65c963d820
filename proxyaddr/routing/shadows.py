"""Routes that never take an address, because for each that they match another route wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from proxyaddr._text.types import INTERNET_TYPES
from proxyaddr.routing.covering import Shape, covers, shape_of, with_at_sign, within_addresses
from proxyaddr.routing.route import Route
from proxyaddr.spaces.components import Components
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import comparable_pattern, pattern_components

__all__ = ["MOST_COMPARED", "everything", "is_text", "shadowed_by_wider", "wildcards_of"]

MOST_COMPARED = 200
"""Patterns of the same literal characters that one is compared with, the preferred ones first.

Real tables have a few; without a bound the time would grow with the square of a hostile one.
"""

_WITHOUT_AT = "\0"
"""Marks literal characters from which the one `@` is left out."""

_Starred = Mapping[str | int, Shape | None]
"""The components of a space that have wildcards; None for `*`, which is any value or none, as `**` is not."""

Outranks = Callable[[int, int], bool]
"""Whether a route wins against another one wherever both match and state as many literals."""


def is_text(route: Route, dialect: Dialect) -> bool:
    """Return whether the space of a route compares whole texts, not domains or components."""
    if route.space.by_component:
        return False
    return dialect is Dialect.EXCHANGE55 or route.space.type != "SMTP"


def wildcards_of(dialect: Dialect) -> str:
    """Return the wildcards of spaces that compare whole texts (Q229961, New-SendConnector)."""
    return "*%" if dialect is Dialect.EXCHANGE55 else "*"


def everything(address_type: str) -> Shape:
    """Return the shape of all addresses of a type."""
    return shape_of("%*@%*" if address_type in INTERNET_TYPES else "%*", "*%")


def shadowed_by_wider(
    routes: Sequence[Route],
    dialect: Dialect,
    order: Iterable[int],
    outranks: Outranks,
    may_replace: Callable[[int, int], bool],
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the routes that spaces with another pattern leave no address, each with the routes that take them.

    `order` are the routes that count, the preferred ones first. `outranks` decides between two that state as many
    literals; `may_replace` says whether the first takes whatever message the second could take.
    """
    counted = list(order)
    yield from _Texts(routes, dialect, counted, outranks, may_replace).shadowed()
    yield from _components(routes, counted, outranks, may_replace)


class _Texts:
    """The patterns with wildcards that compare whole texts, by their literal characters."""

    def __init__(
        self,
        routes: Sequence[Route],
        dialect: Dialect,
        order: Sequence[int],
        outranks: Outranks,
        may_replace: Callable[[int, int], bool],
    ) -> None:
        self._routes, self._outranks, self._may_replace = routes, outranks, may_replace
        self._order = [index for index in order if is_text(routes[index], dialect)]
        self._shapes: dict[int, Shape] = {}
        self._by_literals: dict[tuple[str, str], list[int]] = defaultdict(list)
        wild = wildcards_of(dialect)
        for index in self._order:
            space = routes[index].space
            if not set(wild).isdisjoint(space.pattern):
                self._shapes[index] = shape = shape_of(comparable_pattern(space.type, space.pattern, dialect), wild)
                self._keep(space.type, shape.literals, index)
                if space.type in INTERNET_TYPES and shape.literals.count("@") == 1:
                    self._keep(space.type, _WITHOUT_AT + shape.literals.replace("@", ""), index)

    def _keep(self, address_type: str, literals: str, index: int) -> None:
        group = self._by_literals[address_type, literals]
        if len(group) < MOST_COMPARED:
            group.append(index)

    def shadowed(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the routes that take no address, and those that take all of theirs."""
        for index in self._order:
            takers = self._takers(index)
            if takers:
                yield index, takers

    def _takers(self, index: int) -> tuple[int, ...]:
        """Return the routes that take every address that one matches, none where some are left to it."""
        space, shape = self._routes[index].space, self._shapes.get(index)
        is_internet = space.type in INTERNET_TYPES
        if not space.pattern:
            every = [
                everything(space.type),
                within_addresses(shape_of("*", "*")) if is_internet else shape_of("%*", "%*"),
            ]
            found = [taker for each in every if (taker := self._taker(index, each, more=True)) is not None]
            return tuple(found[:1])
        if shape is None:
            return ()
        taker = self._taker(index, within_addresses(shape) if is_internet else shape, more=False)
        if taker is not None:
            return (taker,)
        if (
            not is_internet
            or "@" in shape.literals
            or (space.type, _WITHOUT_AT + shape.literals) not in self._by_literals
        ):
            return ()
        parts = [None if part is None else self._taker(index, part, more=True) for part in with_at_sign(shape)]
        return () if None in parts else tuple(dict.fromkeys(part for part in parts if part is not None))

    def _taker(self, index: int, shape: Shape, *, more: bool) -> int | None:
        """Return a route that takes all of a shape from another; with `more` it states more literals than that does."""
        for other in self._by_literals.get((self._routes[index].space.type, shape.literals), ()):
            wins = more or self._outranks(other, index)
            if other != index and wins and self._may_replace(other, index) and covers(self._shapes[other], shape):
                return other
        return None


def _components(
    routes: Sequence[Route],
    order: Sequence[int],
    outranks: Outranks,
    may_replace: Callable[[int, int], bool],
) -> Iterator[tuple[int, tuple[int, ...]]]:
    read: dict[int, tuple[Components, _Starred]] = {}
    groups: dict[tuple[str, frozenset[tuple[str | int, str]]], list[int]] = defaultdict(list)
    for index in order:
        space = routes[index].space
        if space.by_component:
            parts = pattern_components(space.type, space.pattern)
            wild = "*" if space.type == "EX" else "*%"
            starred = {
                name: None if text == "*" else shape_of(text, wild)
                for name, text in parts.items()
                if not set(wild).isdisjoint(text)
            }
            read[index] = parts, starred
            literal = frozenset((name, text) for name, text in parts.items() if name not in starred)
            groups[space.type, literal].append(index)
    for group in groups.values():
        alike: dict[tuple[str | int, str] | None, list[int]] = defaultdict(list)
        for place, index in enumerate(group):
            kept = alike[next(_literals_of(read[index][1]), None)]
            if len(kept) < MOST_COMPARED:
                kept.append(place)
        for index in group:
            keys = [None, *_literals_of(read[index][1])]
            for other in (group[place] for place in sorted(place for key in keys for place in alike.get(key, ()))):
                if other == index or not outranks(other, index) or not may_replace(other, index):
                    continue
                if read[other][0] != read[index][0] and _covers_components(read[other][1], read[index][1]):
                    yield index, (other,)
                    break


def _literals_of(starred: _Starred) -> Iterator[tuple[str | int, str]]:
    """Return the literal characters of the starred components but `*`: a space that covers another has one the same."""
    return ((name, shape.literals) for name, shape in starred.items() if shape is not None)


def _covers_components(wide: _Starred, narrow: _Starred) -> bool:
    """Return whether the starred components of one space match what another one's do; the literal ones are equal."""
    for name, shape in wide.items():
        if shape is None:
            continue
        other = narrow.get(name)
        if other is None or not covers(shape, other):
            return False
    return True
