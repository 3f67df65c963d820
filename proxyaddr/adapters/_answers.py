"""What the adapters share: each function of `proxyaddr.columns` as one Arrow column, a struct where it has several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from proxyaddr import columns
from proxyaddr._optional import import_extra
from proxyaddr.columns import Router
from proxyaddr.errors import ConfigurationError
from proxyaddr.routing.table import RoutingTable

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = import_extra("pyarrow", "arrow")

__all__ = ["Answer", "check_names", "compiled", "decapsulate", "normalize", "parse", "route", "route_index", "widened"]

Answer = Callable[[object], Any]
"""Takes a column of text and gives a `pyarrow.ChunkedArray` of its length. Picklable."""


def route(table: RoutingTable | Router) -> Answer:
    """Return what gives index, connector, match and cost of each address, compiled once."""
    return partial(_routed, compiled(table))


def route_index(table: RoutingTable | Router) -> Answer:
    """Return what gives the index of the route of each address, -1 for none, compiled once."""
    return partial(_indices, compiled(table))


def parse() -> Answer:
    """Return what gives type, value, is_primary and error of each address."""
    return _parsed


def normalize() -> Answer:
    """Return what gives key and error of each address."""
    return _normalized


def decapsulate(*, tolerant: bool = False) -> Answer:
    """Return what gives type, value, domain and error of each encapsulated address."""
    return partial(_decapsulated, tolerant=tolerant)


def compiled(table: RoutingTable | Router) -> Router:
    """Return a table compiled, once for several answers; TypeError where it is no table."""
    if not isinstance(table, RoutingTable | Router):
        raise TypeError(f"addresses are routed by a RoutingTable or a Router, not {type(table).__name__}")
    return table if isinstance(table, Router) else Router(table)


def check_names(names: Sequence[str], column: str, name: str) -> None:
    """Raise ConfigurationError where rows lack the column or have it twice, or have one of the new name."""
    if names.count(column) != 1:
        found = names.count(column) or "no"
        message = f"{found} columns are named {column!r}, one is needed; there are {', '.join(names)}"
        raise ConfigurationError("no-such-column", message, "column")
    if name in names:
        message = f"there is a column {name!r} already; give the new one another name"
        raise ConfigurationError("column-exists", message, "name")


def widened(batches: Iterable[pa.RecordBatch], column: str, name: str, answer: Answer) -> Iterator[pa.RecordBatch]:
    """Yield each batch with its answers in one more column."""
    for batch in batches:
        found = answer(batch.column(column))
        yield batch.append_column(name, found.chunk(0) if found.num_chunks == 1 else found.combine_chunks())


def _routed(router: Router, column: object) -> pa.ChunkedArray:
    return router.route(column).to_struct_array()


def _indices(router: Router, column: object) -> pa.ChunkedArray:
    if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1:
        column = column.chunk(0)  # one array costs half of a stream of one
    found = router.matcher.match_many(column)
    shared = pa.Array.from_buffers(pa.int32(), len(found), [None, pa.py_buffer(found)])
    return pa.chunked_array([shared])


def _parsed(column: object) -> pa.ChunkedArray:
    return columns.parse(column).to_struct_array()


def _normalized(column: object) -> pa.ChunkedArray:
    return columns.normalize(column).to_struct_array()


def _decapsulated(column: object, *, tolerant: bool) -> pa.ChunkedArray:
    return columns.decapsulate(column, tolerant=tolerant).to_struct_array()
