"""The route that each address of a column takes: its index, its connector, how its space matches, and its cost."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.columns._arrays import (
    bits,
    buffer,
    for_distinct,
    has_wildcard,
    mask_of,
    native_columns,
    native_view,
    read_column,
    rows_where,
)
from proxyaddr.columns.dictionaries import MATCH_KINDS, NUMBERS, WORDS, Words, table_of
from proxyaddr.matcher.plan import NO_ROUTE
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.matching import MatchKind, pattern_components
from proxyaddr.spaces.space import AddressSpace

if TYPE_CHECKING:
    from proxyaddr.matcher import Matcher
    from proxyaddr.routing.table import RoutingTable

__all__ = ["RouteKinds"]

_SCHEMA = {"index": pa.int32(), "connector": WORDS, "match": MATCH_KINDS, "cost": pa.int32()}
_KINDS = [pa.int32(), NUMBERS, MATCH_KINDS.index_type, pa.int32()]
"""The Arrow types of the same columns while words are numbers."""

_MATCHES = [kind.value for kind in MatchKind]
_NUMBERS = {kind: number for number, kind in enumerate(MatchKind)}

SURE, TAIL, STARS, ASK = range(4)
"""How the kind of a match follows from its route, numbered as in route_kinds.h.

SURE: the route always has the same kind. TAIL: the end of the address decides; only the native module uses it. STARS:
the same kind for every address without a wildcard, else `AddressSpace.match` decides. ASK: it always decides.
"""


class RouteKinds:
    """The routes of a table by index, with what columns say of them. Safe between threads."""

    def __init__(self, table: RoutingTable, matcher: Matcher) -> None:
        self._matcher = matcher
        self._dialect = table.dialect
        self._columns = columns = table.columns
        self._spaces: dict[int, AddressSpace] = {}  # filled as `_match_kind` needs them
        connectors, names = table.connectors, Words()
        by_name = {name: names.number(name) for name in dict.fromkeys(columns.connectors)}
        self._connectors: Any = names.words
        more = {name: known.site_cost for name, known in connectors.items() if known.site_cost}
        costs = columns.costs
        if more:
            costs = [cost + more.get(name, 0) for cost, name in zip(costs, columns.connectors, strict=True)]
        numbers = [by_name[name] for name in columns.connectors]
        self._native = native_columns()
        patterns, by_domain = columns.comparable_patterns(self._dialect), self._dialect.by_domain
        if self._native is not None:
            known = {
                row: self._kind_of(kind, patterns[row])
                for row, kind in enumerate(columns.types)
                if kind in COMPONENT_TYPES or (by_domain and kind != DEFAULT_TYPE)
            }
            self._kinds: Any = self._native.RouteKinds(patterns, costs, numbers, known, by_domain)
            return
        kinds, hows = zip(*map(self._kind_of, columns.types, patterns), strict=True) if costs else ((), ())
        self._kinds = [
            pa.array(list(column), kind)
            for column, kind in ((numbers, pa.int32()), (kinds, pa.int8()), (costs, pa.int32()), (hows, pa.int8()))
        ]

    def table(self, column: object, threads: int | None) -> pa.Table:
        """Return index, connector, match and cost of each address; TypeError where it is not a column of text."""
        chunks = [self._answers(array, threads) for array in read_column(column)]
        if isinstance(
            self._connectors, list
        ):  # made once, and not before there is a column: pyarrow looks for pandas then
            self._connectors = pa.array(self._connectors, pa.string())
        return table_of(_SCHEMA, chunks, {"connector": self._connectors, "match": _MATCHES})

    def _answers(self, array: pa.Array, threads: int | None) -> list[pa.Array]:
        if pa.types.is_dictionary(array.type):  # so that each distinct value is routed once
            found = [pc.take(part, array.indices) for part in self._answers(array.dictionary, threads)]
            return [pc.fill_null(found[0], NO_ROUTE), *found[1:]]
        if pa.types.is_null(array.type) or not len(array):
            return [
                pa.repeat(pa.scalar(NO_ROUTE, pa.int32()), len(array)),
                *(pa.nulls(len(array), kind) for kind in _KINDS[1:]),
            ]
        index = pa.array(self._matcher.match_many(array, threads=threads))
        connector, kind, cost, undecided = (
            self._fill(array, index) if self._native is None else self._fill_natively(array, index, self._native)
        )
        if undecided is not None:
            [decided] = for_distinct(rows_where(array, undecided), self._match_kind, [MATCH_KINDS.index_type])
            kind = pc.replace_with_mask(kind, undecided, decided)
        return [index, connector, kind, cost]

    def _fill_natively(
        self, array: pa.Array, index: pa.Array, native: ModuleType
    ) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array | None]:
        """Return connector, kind, cost, and the mask of the rows whose kind is undecided, or None for none."""
        count = len(array)
        connectors, costs, kinds = buffer(4 * count), buffer(4 * count), buffer(count)
        valid, undecided = bits(count), bits(count)
        outputs = (index.buffers()[1], connectors, costs, kinds, valid, undecided)
        left = self._kinds.fill(native_view(array, native), *outputs)
        return (
            pa.Array.from_buffers(pa.int32(), count, [valid, connectors]),
            pa.Array.from_buffers(pa.int8(), count, [valid, kinds]),
            pa.Array.from_buffers(pa.int32(), count, [valid, costs]),
            mask_of(undecided, count) if left else None,
        )

    def _fill(self, array: pa.Array, index: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array | None]:
        """Return the same as `_fill_natively`, from pyarrow's functions."""
        taken = pc.if_else(pc.less(index, 0), pa.scalar(None, pa.int32()), index)
        connector, kind, cost, how = (pc.take(column, taken) for column in self._kinds)
        starred = pc.and_(pc.equal(how, STARS), has_wildcard(array))
        undecided = pc.fill_null(pc.or_(pc.equal(how, ASK), starred), False)
        return connector, kind, cost, undecided if pc.any(undecided).as_py() else None

    def _match_kind(self, encoded: bytes) -> tuple[int]:
        """Return the number of the kind by which the space of its route matches an address."""
        text = encoded.decode("utf-8", "surrogateescape")
        index = self._matcher.match(text)
        space = self._spaces.get(index)
        if space is None:
            space = self._spaces.setdefault(index, self._columns.space(index, self._dialect))
        kind = space.match(text)
        assert kind is not None, "a route takes only what its space matches"  # noqa: S101 - an invariant of the matcher
        return (_NUMBERS[kind],)

    def _kind_of(self, address_type: str, pattern: str) -> tuple[int, int]:
        """Return the kind of the matches of a route, and how an address can change it: SURE, STARS or ASK."""
        if address_type in COMPONENT_TYPES:
            return _by_component(address_type, pattern)
        if not pattern:
            return _NUMBERS[MatchKind.BLANK], SURE
        if self._dialect.by_domain:
            if "*" in pattern:
                return _NUMBERS[MatchKind.WILDCARD], STARS
        elif "*" in pattern or "%" in pattern:
            return _NUMBERS[MatchKind.WILDCARD], STARS
        elif pattern.count("@") == 1:  # it may take subdomains too: Q229961
            return _NUMBERS[MatchKind.EXACT], ASK
        return _NUMBERS[MatchKind.EXACT], SURE


def _by_component(address_type: str, pattern: str) -> tuple[int, int]:
    """Return the same as `_kind_of`, for a type that is compared by component."""
    parts = pattern_components(address_type, pattern)
    if not parts:
        return _NUMBERS[MatchKind.BLANK], SURE
    return _NUMBERS[MatchKind.WILDCARD], STARS if parts == {"*": "*"} else ASK
