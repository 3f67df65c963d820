"""What a table says of the routes that a column's addresses take: connector, how the space matches, and cost."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.columns._arrays import (
    bits,
    buffer,
    for_distinct,
    holding_wildcards,
    mask_of,
    native_columns,
    place,
    some,
)
from proxyaddr.columns._forms import WORDS, Words
from proxyaddr.matcher.plan import NO_ROUTE
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.matching import MatchKind, pattern_components
from proxyaddr.spaces.space import AddressSpace, Dialect

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc

    from proxyaddr.matcher import Matcher
    from proxyaddr.routing.table import RoutingTable
else:
    pa, pc = import_extra("pyarrow", "arrow"), import_extra("pyarrow.compute", "arrow")

__all__ = ["ROUTED", "RouteKinds"]

ROUTED = {
    "index": pa.int32(),
    "connector": WORDS,
    "match": pa.dictionary(pa.int8(), pa.string()),
    "cost": pa.int32(),
}
_KINDS = list(MatchKind)
_MATCHES = pa.array([kind.value for kind in _KINDS], pa.string())
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_PHYSICAL = [pa.int32(), pa.int32(), pa.int8(), pa.int32()]

SURE, TAIL, STARS, ASK = range(4)
"""How the kind of a route is told, as route_kinds.h numbers them; TAIL is the native module's alone."""


class RouteKinds:
    """Fills the columns for indices that a matcher gave. Immutable, safe between threads."""

    def __init__(self, table: RoutingTable, matcher: Matcher) -> None:
        self._matcher = matcher
        self._dialect = table.dialect
        self._columns = columns = table.columns
        self._spaces: dict[int, AddressSpace] = {}  # those that were asked
        connectors, names = table.connectors, Words()
        by_name = {name: names.number(name) for name in dict.fromkeys(columns.connectors)}
        self._connectors = pa.array(names.words, pa.string())
        more = {name: known.site_cost for name, known in connectors.items() if known.site_cost}
        costs = columns.costs
        if more:
            costs = [cost + more.get(name, 0) for cost, name in zip(costs, columns.connectors, strict=True)]
        numbers = [by_name[name] for name in columns.connectors]
        self._native = native_columns()
        if self._native is not None:
            known = {
                row: _by_component(kind, columns.patterns[row])
                for row, kind in enumerate(columns.types)
                if kind in COMPONENT_TYPES
            }
            by_domain = self._dialect is Dialect.EXCHANGE2007
            self._kinds: Any = self._native.RouteKinds(columns.patterns, costs, numbers, known, by_domain)
            return
        kinds, hows = zip(*map(self._told, columns.types, columns.patterns), strict=True) if costs else ((), ())
        self._kinds = [
            pa.array(list(column), kind)
            for column, kind in ((numbers, pa.int32()), (kinds, pa.int8()), (costs, pa.int32()), (hows, pa.int8()))
        ]

    def routed(self, array: pa.Array, threads: int | None) -> list[pa.Array]:
        """Return index, connector, match and cost for an array of text, the words as numbers."""
        if pa.types.is_dictionary(array.type):  # each distinct value once
            found = [pc.take(part, array.indices) for part in self.routed(array.dictionary, threads)]
            return [pc.fill_null(found[0], NO_ROUTE), *found[1:]]
        if pa.types.is_null(array.type) or not len(array):
            return [
                pa.repeat(pa.scalar(NO_ROUTE, pa.int32()), len(array)),
                *(pa.nulls(len(array), kind) for kind in _PHYSICAL[1:]),
            ]
        index = pa.array(self._matcher.match_many(array, threads=threads))
        connector, kind, cost, odd = (
            self._filled(array, index) if self._native is None else self._read(array, index, self._native)
        )
        if odd is not None:
            kind = pc.replace_with_mask(kind, odd, for_distinct(some(array, odd), self._asked, [pa.int8()])[0])
        return [index, connector, kind, cost]

    def table(self, chunks: list[list[pa.Array]]) -> pa.Table:
        """Return the table of arrays that `routed` gave."""
        words = {"connector": self._connectors, "match": _MATCHES}
        columns = {}
        for number, (name, kind) in enumerate(ROUTED.items()):
            parts = [chunk[number] for chunk in chunks]
            if name in words:
                parts = [pa.DictionaryArray.from_arrays(part, words[name]) for part in parts]
            columns[name] = pa.chunked_array(parts, kind)
        return pa.table(columns)

    def _read(
        self, array: pa.Array, index: pa.Array, native: ModuleType
    ) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array | None]:
        """Fill the columns by the native module; return which rows it left, if any."""
        count = len(array)
        connectors, costs, kinds = buffer(4 * count), buffer(4 * count), buffer(count)
        valid, odd = bits(count), bits(count)
        indices = index.buffers()[1]
        left = self._kinds.fill(place(array, native), indices, connectors, costs, kinds, valid, odd)
        return (
            pa.Array.from_buffers(pa.int32(), count, [valid, connectors]),
            pa.Array.from_buffers(pa.int8(), count, [valid, kinds]),
            pa.Array.from_buffers(pa.int32(), count, [valid, costs]),
            mask_of(odd, count) if left else None,
        )

    def _filled(self, array: pa.Array, index: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array | None]:
        """Fill the columns by pyarrow, likewise."""
        taken = pc.if_else(pc.less(index, 0), pa.scalar(None, pa.int32()), index)
        connector, kind, cost, how = (pc.take(column, taken) for column in self._kinds)
        starred = pc.and_(pc.equal(how, STARS), holding_wildcards(array))
        odd = pc.fill_null(pc.or_(pc.equal(how, ASK), starred), False)
        return connector, kind, cost, odd if pc.any(odd).as_py() else None

    def _asked(self, octets: bytes) -> tuple[int]:
        text = octets.decode("utf-8", "surrogateescape")
        index = self._matcher.match(text)
        space = self._spaces.get(index)
        if space is None:
            space = self._spaces.setdefault(index, self._columns.space(index, self._dialect))
        kind = space.match(text)
        assert kind is not None, "a route takes only what its space matches"  # noqa: S101 - an invariant of the matcher
        return (_NUMBERS[kind],)

    def _told(self, address_type: str, pattern: str) -> tuple[int, int]:
        """Return the kind of a route, and how it is told."""
        if address_type in COMPONENT_TYPES:
            return _by_component(address_type, pattern)
        if not pattern:
            return _NUMBERS[MatchKind.BLANK], SURE
        if self._dialect is Dialect.EXCHANGE2007:
            if pattern.startswith("*"):
                return _NUMBERS[MatchKind.WILDCARD], STARS
        elif "*" in pattern or "%" in pattern:
            return _NUMBERS[MatchKind.WILDCARD], STARS
        elif pattern.count("@") == 1:  # it may take the domains below its own: Q229961
            return _NUMBERS[MatchKind.EXACT], ASK
        return _NUMBERS[MatchKind.EXACT], SURE


def _by_component(address_type: str, pattern: str) -> tuple[int, int]:
    """Return the kind of a route that is compared by component, and how it is told."""
    parts = pattern_components(address_type, pattern)
    if not parts:
        return _NUMBERS[MatchKind.BLANK], SURE
    return _NUMBERS[MatchKind.WILDCARD], STARS if parts == {"*": "*"} else ASK
