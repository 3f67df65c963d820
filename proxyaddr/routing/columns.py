"""Routes as columns, so that a million address spaces are read and compiled without making an object of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, canonical_type
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, ProxyAddrError, RowError
from proxyaddr.matcher.engines import native_module
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import bad_route, cost_of, has_sums, text_of
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.cost import COST_RANGE
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import comparable_pattern
from proxyaddr.spaces.space import DOMAIN, LOCAL, AddressSpace

__all__ = ["LazyRoutes", "RouteColumns", "read_columns"]

BLOCK = 4_096
"""Rows that are halved on their own, so that the work stays linear where many are undecided."""


class RouteColumns(NamedTuple):
    """Columns of equal length, whose values are those that AddressSpace keeps.

    `spaces` holds, by row, the spaces that were made while the columns were read.
    """

    types: list[str]
    patterns: list[str]
    costs: list[int]
    connectors: list[str]
    spaces: dict[int, AddressSpace]

    @classmethod
    def of(cls, routes: Sequence[Route]) -> RouteColumns:
        """Return the columns of routes, with the first connector of each."""
        spaces = [route.space for route in routes]
        return cls(
            [space.type for space in spaces],
            [space.pattern for space in spaces],
            [space.cost for space in spaces],
            [route.connector for route in routes],
            {},
        )

    def rows(self, rows: Sequence[int]) -> RouteColumns:
        """Return these rows alone, without the spaces that were made."""
        if len(rows) == len(self.types):
            return self
        types, patterns, costs, connectors = ([column[row] for row in rows] for column in self[:4])
        return RouteColumns(types, patterns, costs, connectors, {})  # type: ignore[arg-type]

    def space(self, row: int, dialect: Dialect) -> AddressSpace:
        """Return the address space of a row."""
        made = self.spaces.get(row)
        return made or AddressSpace(
            self.types[row], self.patterns[row], self.costs[row], dialect=dialect, of_route=True
        )

    def comparable_patterns(self, dialect: Dialect) -> list[str]:
        """Return the patterns as they are compared, though not folded; most are so as they are."""
        lines = "\n".join([*self.patterns, ""])  # a printable pattern has no line end in it
        if lines.isascii() and ".\n" not in lines and dialect is not Dialect.EXCHANGE2000:
            return self.patterns
        return [
            comparable_pattern(kind, pattern, dialect) for kind, pattern in zip(self.types, self.patterns, strict=True)
        ]


class LazyRoutes:
    """The routes of a table, given as objects or as columns; the objects of columns are made when first asked for."""

    def __init__(self, source: tuple[Route, ...] | RouteColumns, dialect: Dialect) -> None:
        self._source = source
        self.dialect = dialect

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes, in the order given."""
        if not isinstance(self._source, RouteColumns):
            return self._source
        columns, dialect = self._source, self.dialect
        return tuple(Route(columns.space(row, dialect), name) for row, name in enumerate(columns.connectors))

    @property
    def columns(self) -> RouteColumns:
        """The routes as columns."""
        return self._source if isinstance(self._source, RouteColumns) else RouteColumns.of(self._source)

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[int]]:
        """The indices of the routes of each address type, in the order given."""
        found: dict[str, list[int]] = {}
        for index, route in enumerate(self.routes):
            found.setdefault(route.space.type, []).append(index)
        return found


def read_columns(
    types: object, patterns: object, costs: object, connectors: object, dialect: Dialect
) -> tuple[RouteColumns, list[RowError]]:
    """Return the good rows of columns, and an error for each bad one.

    Most rows are seen to be right for whole columns at once; AddressSpace decides on the others. ConfigurationError
    where the columns differ in length, TypeError for what is not a column.
    """
    lists: list[list[Any]] = [_as_list(column) for column in (types, patterns, costs, connectors)]
    lengths = {len(column) for column in lists}
    if len(lengths) != 1:
        message = f"columns are of one length, not of {', '.join(str(len(column)) for column in lists)}"
        raise ConfigurationError("unequal-columns", message)
    for column, default in zip(lists[1:], ("", 1), strict=False):
        if None in column:
            column[:] = [default if value is None else value for value in column]
    lists[0] = _canonical(lists[0], blanks=dialect.by_domain)
    spaces: dict[int, AddressSpace] = {}
    errors: list[RowError] = []
    bad: list[int] = []
    for row in _undecided_rows(lists, dialect):
        address_type, pattern, cost, connector = (column[row] for column in lists)
        try:
            space = AddressSpace(
                text_of(address_type), text_of(pattern), cost_of(cost), dialect=dialect, of_route=has_sums(dialect)
            )
            if not text_of(connector):
                raise AddressSyntaxError("no-connector", f"a route names a connector: {space}", "", (0, 0))
        except ProxyAddrError as error:
            errors.append(bad_route(error, row + 1))
            bad.append(row)
            continue
        spaces[row - len(bad)] = space
        for column, value in zip(lists, (space.type, space.pattern, space.cost), strict=False):
            column[row] = value
    good = [_without(column, bad) for column in lists] if bad else lists
    return RouteColumns(good[0], good[1], good[2], good[3], spaces), errors


def _without(column: list[Any], rows: list[int]) -> list[Any]:
    """Return a column without these rows, which are in ascending order."""
    kept: list[Any] = []
    for before, after in pairwise([-1, *rows, len(column)]):
        kept += column[before + 1 : after]
    return kept


def _undecided_rows(lists: list[list[Any]], dialect: Dialect) -> list[int]:
    """Return the rows that AddressSpace must decide on, in ascending order; it would keep the others as they are."""
    types = lists[0] if set(map(type, lists[0])) == {str} else [kind for kind in lists[0] if isinstance(kind, str)]
    plain_types = {kind for kind in set(types) if _is_plain_type(kind)}
    if dialect is Dialect.EXCHANGE55 and (native := native_module()) is not None:
        found: list[int] = native.rows_to_judge(*lists, plain_types)
        return found
    undecided: list[int] = []
    rows = len(lists[0])
    waiting = [(start, min(start + BLOCK, rows)) for start in reversed(range(0, rows, BLOCK))]
    while waiting:
        start, stop = waiting.pop()
        if _are_plain([column[start:stop] for column in lists], plain_types, dialect):
            continue
        middle = (start + stop) // 2
        if middle == start:
            undecided.append(start)
        else:
            waiting += [(middle, stop), (start, middle)]
    return undecided


def _are_plain(lists: list[list[Any]], plain_types: set[str], dialect: Dialect) -> bool:
    """Return whether AddressSpace would keep all rows as they are, by tests of whole columns."""
    types, patterns, costs, connectors = lists
    kinds = [set(map(type, column)) for column in lists]
    if kinds != [{str}, {str}, {int}, {str}] or not all(connectors) or not plain_types.issuperset(types):
        return False
    if min(costs) not in COST_RANGE or max(costs) not in COST_RANGE or not all(map(str.isprintable, patterns)):
        return False
    if dialect.by_domain:
        return set(types) == {DEFAULT_TYPE} and all(map(DOMAIN.fullmatch, patterns))
    lines = "\n".join(["", *patterns, ""])  # a printable pattern has no line end in it
    return not any(untrimmed in lines for untrimmed in ("\n ", " \n", ";\n", "\n*.\n"))


def _is_plain_type(text: str) -> bool:
    try:
        return canonical_type(text) == text and text != LOCAL and text not in COMPONENT_TYPES
    except AddressSyntaxError:
        return False


def _canonical(types: list[Any], *, blanks: bool) -> list[Any]:
    """Return types as AddressSpace keeps them; a value that is not a type stays, for AddressSpace to refuse."""
    try:
        kept = {kind: _canonical_type(kind, blanks=blanks) for kind in set(types)}
    except TypeError:  # an unhashable value among them
        return [_canonical_type(kind, blanks=blanks) for kind in types]
    return types if all(key == value for key, value in kept.items()) else [kept[kind] for kind in types]


def _canonical_type(kind: object, *, blanks: bool) -> object:
    if kind is None:
        return DEFAULT_TYPE
    try:
        return canonical_type(kind, blanks=blanks) if isinstance(kind, str) else kind
    except AddressSyntaxError:
        return kind


def _as_list(column: object) -> list[Any]:
    """Return the values of a column as a new list; TypeError for what is not a column."""
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    if isinstance(column, str | bytes) or not isinstance(column, Iterable):
        raise TypeError(f"a column is an Arrow array or a sequence, not {type(column).__name__}")
    return list(column)
