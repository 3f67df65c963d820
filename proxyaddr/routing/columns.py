"""Routes as four columns: a million spaces that become objects only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, canonical_type
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, ProxyAddrError, RowError
from proxyaddr.matcher.engines import native_module
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.space import COST_RANGE, DOMAIN, LOCAL, AddressSpace, Dialect

__all__ = ["RouteColumns", "cost_of", "read_columns", "text_of"]

COST_MAX_DIGITS = 18
"""Longer digits are no number to convert, whatever their value."""

BLOCK = 4_096
"""Rows that are halved on their own, so that the work stays linear where many are odd."""

_SHOWN = 60


class RouteColumns(NamedTuple):
    """Good rows of equal length, as AddressSpace keeps them; `spaces` holds those that were made on the way, by row."""

    types: list[str]
    patterns: list[str]
    costs: list[int]
    connectors: list[str]
    spaces: dict[int, AddressSpace]

    def of(self, rows: Sequence[int]) -> RouteColumns:
        """Return these rows alone, their spaces to be made again."""
        if len(rows) == len(self.types):
            return self
        types, patterns, costs, connectors = ([column[row] for row in rows] for column in self[:4])
        return RouteColumns(types, patterns, costs, connectors, {})  # type: ignore[arg-type]

    def space(self, row: int, dialect: Dialect) -> AddressSpace:
        """Return the address space of a row."""
        made = self.spaces.get(row)
        return made or AddressSpace(self.types[row], self.patterns[row], self.costs[row], dialect=dialect)


def read_columns(
    types: object, patterns: object, costs: object, connectors: object, dialect: Dialect
) -> tuple[RouteColumns, list[RowError]]:
    """Return the good rows of columns of one length, and an error for each bad one.

    Rows are judged by the million where they are plain; AddressSpace judges the odd ones among them.
    """
    lists: list[list[Any]] = [_as_list(column) for column in (types, patterns, costs, connectors)]
    lengths = {len(column) for column in lists}
    if len(lengths) != 1:
        message = f"columns are of one length, not of {', '.join(str(len(column)) for column in lists)}"
        raise ConfigurationError("unequal-columns", message)
    for column, default in zip(lists[1:], ("", 1), strict=False):
        if None in column:
            column[:] = [default if value is None else value for value in column]
    lists[0] = _canonical(lists[0])
    spaces: dict[int, AddressSpace] = {}
    errors: list[RowError] = []
    bad: list[int] = []
    for row in _odd_rows(lists, dialect):
        address_type, pattern, cost, connector = (column[row] for column in lists)
        try:
            space = AddressSpace(text_of(address_type), text_of(pattern), cost_of(cost), dialect=dialect)
            if not text_of(connector):
                raise AddressSyntaxError("no-connector", f"a route names a connector: {space}", "", (0, 0))
        except ProxyAddrError as error:
            errors.append(RowError("bad-route", f"no route [{error.code}]: {error}", row + 1, None, error))
            bad.append(row)
            continue
        spaces[row - len(bad)] = space
        for column, value in zip(lists, (space.type, space.pattern, space.cost), strict=False):
            column[row] = value
    good = [_without(column, bad) for column in lists] if bad else lists
    return RouteColumns(good[0], good[1], good[2], good[3], spaces), errors


def _without(column: list[Any], rows: list[int]) -> list[Any]:
    """Return a column without some rows, which are in order."""
    kept: list[Any] = []
    for before, after in pairwise([-1, *rows, len(column)]):
        kept += column[before + 1 : after]
    return kept


def _odd_rows(lists: list[list[Any]], dialect: Dialect) -> list[int]:
    """Return the rows that AddressSpace must judge, in order; what the others hold it would take as it is."""
    types = lists[0] if set(map(type, lists[0])) == {str} else [kind for kind in lists[0] if isinstance(kind, str)]
    plain_types = {kind for kind in set(types) if _is_plain_type(kind)}
    if dialect is Dialect.EXCHANGE55 and (native := native_module()) is not None:
        found: list[int] = native.rows_to_judge(*lists, plain_types)
        return found
    odd: list[int] = []
    rows = len(lists[0])
    waiting = [(start, min(start + BLOCK, rows)) for start in reversed(range(0, rows, BLOCK))]
    while waiting:  # halves of what is not plain as a whole
        start, stop = waiting.pop()
        if _are_plain([column[start:stop] for column in lists], plain_types, dialect):
            continue
        middle = (start + stop) // 2
        if middle == start:
            odd.append(start)
        else:
            waiting += [(middle, stop), (start, middle)]
    return odd


def _are_plain(lists: list[list[Any]], plain_types: set[str], dialect: Dialect) -> bool:
    """Tell whether all rows are what AddressSpace would take as they are: whole columns at once."""
    types, patterns, costs, connectors = lists
    kinds = [set(map(type, column)) for column in lists]
    if kinds != [{str}, {str}, {int}, {str}] or not all(connectors) or not plain_types.issuperset(types):
        return False
    if min(costs) not in COST_RANGE or max(costs) not in COST_RANGE or not all(map(str.isprintable, patterns)):
        return False
    if dialect is Dialect.EXCHANGE2007:
        return set(types) == {DEFAULT_TYPE} and all(map(DOMAIN.fullmatch, patterns))
    lines = "\n".join(["", *patterns, ""])  # no pattern holds a line end: it would not be printable
    return not any(untrimmed in lines for untrimmed in ("\n ", " \n", ";\n"))


def _is_plain_type(text: str) -> bool:
    try:
        return canonical_type(text) == text and text != LOCAL and text not in COMPONENT_TYPES
    except AddressSyntaxError:
        return False


def _canonical(types: list[Any]) -> list[Any]:
    """Return types as they are kept; what is none stays, to be judged."""
    try:
        kept = {kind: _canonical_type(kind) for kind in set(types)}
    except TypeError:  # something among them can't be a key
        return [_canonical_type(kind) for kind in types]
    return types if all(key == value for key, value in kept.items()) else [kept[kind] for kind in types]


def _canonical_type(kind: object) -> object:
    if kind is None:
        return DEFAULT_TYPE
    try:
        return canonical_type(kind) if isinstance(kind, str) else kind
    except AddressSyntaxError:
        return kind


def _as_list(column: object) -> list[Any]:
    """Return the values of a column: a sequence, or anything that gives itself as a list."""
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    if isinstance(column, str | bytes) or not isinstance(column, Iterable):
        raise TypeError(f"a column is an Arrow array or a sequence, not {type(column).__name__}")
    return list(column)


def text_of(value: object) -> str:
    """Return a value that is text; AddressSyntaxError where it is not."""
    if isinstance(value, str):
        return value
    raise AddressSyntaxError("wrong-type", f"expected text, not {type(value).__name__}", repr(value)[:_SHOWN], (0, 0))


def cost_of(value: object) -> int:
    """Return a cost from a number or digits; AddressSyntaxError where it is neither."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > COST_MAX_DIGITS:
        raise AddressSyntaxError("bad-cost", "a cost is from 1 to 100", text[:_SHOWN], (0, len(text[:_SHOWN])))
    return int(text)
