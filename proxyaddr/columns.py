"""Whole columns of addresses: parse, route, decapsulate and normalise Arrow data, the same answers as one at a time.

A column is anything with the Arrow C data interface that holds text (string, large string, string view or
dictionary-encoded), or an iterable of str or None. Each function gives a `pyarrow.Table` with a row for each row of the
column. Null text gives null; a bad row has its code in `error` and null elsewhere, and never hides another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from proxyaddr import encapsulation, parser
from proxyaddr._extras import needed
from proxyaddr._text_columns import read_column, texts
from proxyaddr.address_spaces import MatchKind
from proxyaddr.addresses import OneOffAddress, ProxyAddress
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.routing import RoutingTable

if TYPE_CHECKING:
    import pyarrow as pa

    from proxyaddr.matcher import Matcher
else:
    pa = needed("pyarrow", "arrow")

__all__ = ["NOT_UTF8", "Router", "decapsulate", "normalize", "parse", "route"]

NOT_UTF8 = "not-utf8"
"""The error code of a row whose octets are no UTF-8 text."""

WORDS = pa.dictionary(pa.int32(), pa.string())
KINDS = pa.dictionary(pa.int8(), pa.string())

_Answer = tuple[Any, ...]
_Reader = Callable[[str], _Answer]


def parse(column: object) -> pa.Table:
    """Return type, value, is_primary and error of each address, as `proxyaddr.parse` reads it.

    `is_primary` is null for one-off addresses. `error` is the code of the AddressSyntaxError, `not-utf8` for octets
    that are no text. `type` and `error` are dictionary-encoded.
    """
    return _table(column, _parsed, {"type": WORDS, "value": pa.string(), "is_primary": pa.bool_()})


def normalize(column: object) -> pa.Table:
    """Return the key by which a directory compares each address, `TYPE:value` without case, and the error.

    Equal keys are equal `comparison_key`s of what `proxyaddr.parse` gives.
    """
    return _table(column, _normalized, {"key": pa.string()})


def decapsulate(column: object, *, tolerant: bool = False) -> pa.Table:
    """Return type, value, domain and error of each encapsulated address, as `proxyaddr.decapsulate` reads it."""

    def decapsulated(text: str) -> _Answer:
        found = encapsulation.decapsulate(text, tolerant=tolerant)
        return found.type, found.value, found.domain

    return _table(column, decapsulated, {"type": WORDS, "value": pa.string(), "domain": pa.string()})


def route(table: RoutingTable | Router, column: object) -> pa.Table:
    """Return index, connector, match and cost of the route that takes each address.

    The answers are those of `RoutingTable.explain(address).winner`: where there is none the index is -1 and the others
    are null. A table is compiled at each call; a Router is compiled once.
    """
    return (table if isinstance(table, Router) else Router(table)).route(column)


class Router:
    """A routing table compiled for columns. Immutable, picklable, safe between threads."""

    __slots__ = ("_table", "matcher")

    matcher: Matcher

    def __init__(self, table: RoutingTable) -> None:
        self._table = table
        self.matcher = table.compile()

    def route(self, column: object) -> pa.Table:
        """Return index, connector, match and cost of each address; see `route`."""
        chunks = []
        for array in read_column(column):
            found = [self._winner(text) for text in texts(array)]
            columns = zip(*found, strict=True) if found else ((), (), (), ())
            chunks.append([pa.array(list(each), kind) for each, kind in zip(columns, _ROUTED.values(), strict=True)])
        return _assembled(chunks, _ROUTED)

    def _winner(self, text: str | None) -> _Answer:
        winner = None if text is None else self._table.explain(text).winner
        if winner is None:
            return -1, None, None, None
        return winner.index, winner.route.connector, winner.kind.value, winner.cost

    def __reduce__(self) -> tuple[type[Router], tuple[RoutingTable]]:
        return Router, (self._table,)


_ROUTED = {"index": pa.int32(), "connector": WORDS, "match": KINDS, "cost": pa.int32()}
_MATCHES = [kind.value for kind in MatchKind]


def _parsed(text: str) -> _Answer:
    address: OneOffAddress | ProxyAddress = parser.parse(text)
    return address.type, address.value, address.is_primary if isinstance(address, ProxyAddress) else None


def _normalized(text: str) -> _Answer:
    return (":".join(parser.parse(text).comparison_key),)


def _table(column: object, read: _Reader, kinds: dict[str, Any]) -> pa.Table:
    schema = {**kinds, "error": WORDS}
    chunks = []
    for array in read_column(column):
        rows = [_answer(text, read, len(kinds)) for text in texts(array)]
        columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(schema)
        chunks.append([pa.array(list(each), kind) for each, kind in zip(columns, schema.values(), strict=True)])
    return _assembled(chunks, schema)


def _assembled(chunks: list[list[pa.Array]], schema: dict[str, Any]) -> pa.Table:
    columns = {
        name: pa.chunked_array([chunk[place] for chunk in chunks], kind)
        for place, (name, kind) in enumerate(schema.items())
    }
    return pa.table(columns).unify_dictionaries()


def _answer(text: str | None, read: _Reader, width: int) -> _Answer:
    if text is None:
        return (None,) * (width + 1)
    try:
        text.encode()
        return (*read(text), None)
    except UnicodeEncodeError:
        return (*(None,) * width, NOT_UTF8)
    except AddressSyntaxError as error:
        return (*(None,) * width, error.code)
