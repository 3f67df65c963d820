"""The functions of `proxyaddr.columns` for the adapters: each returns one column, of structs where it has fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from proxyaddr import columns
from proxyaddr._optional import import_extra
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.single_values import ValueJudge
from proxyaddr.columns import Router
from proxyaddr.errors import ConfigurationError
from proxyaddr.routing.table import RoutingTable

if TYPE_CHECKING:
    import pyarrow as pa

    from proxyaddr.columns.resolving import Resolver
    from proxyaddr.columns.validating import Validator
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.site import Site

__all__ = [
    "ArrowFunction",
    "append_column",
    "as_router",
    "check_names",
    "decapsulate",
    "normalize",
    "parse",
    "resolve",
    "route",
    "route_index",
    "validate",
]

ArrowFunction = Callable[[object], Any]
"""A picklable function that takes a column of text and returns a `pyarrow.ChunkedArray` of the same length."""


def route(table: RoutingTable | Router) -> ArrowFunction:
    """Return a function that gives index, connector, match and cost of the route of each address, as structs."""
    return partial(_route, as_router(table))


def route_index(table: RoutingTable | Router) -> ArrowFunction:
    """Return a function that gives the index of the route of each address, -1 for none."""
    return partial(_route_index, as_router(table))


def parse() -> ArrowFunction:
    """Return a function that gives type, value, is_primary and error of each address, as structs."""
    return _parse


def normalize() -> ArrowFunction:
    """Return a function that gives key and error of each address, as structs."""
    return _normalize


def decapsulate(*, tolerant: bool = False) -> ArrowFunction:
    """Return a function that gives type, value, domain and error of each encapsulated address, as structs."""
    return partial(_decapsulate, tolerant=tolerant)


def resolve(service_or_site: InternetMailService | Site) -> ArrowFunction:
    """Return a function that gives what becomes of each address, as structs with the fields of `columns.resolve`."""
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns.resolving import Resolver  # noqa: PLC0415 - it imports pyarrow, which may be missing

    return partial(_resolve, Resolver(service_or_site))


def validate(
    *,
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> ArrowFunction:
    """Return a function that gives rules, severity and error of each value of an attribute, as structs."""
    import_extra("pyarrow", "arrow")
    from proxyaddr.columns.validating import Validator  # noqa: PLC0415 - as above

    return partial(_validate, Validator(ValueJudge(attribute, rules=rules, ignore=ignore, context=context)))


def as_router(table: RoutingTable | Router) -> Router:
    """Return a table compiled, to be used for several functions; TypeError where it is not a table."""
    if not isinstance(table, RoutingTable | Router):
        raise TypeError(f"addresses are routed by a RoutingTable or a Router, not {type(table).__name__}")
    return table if isinstance(table, Router) else Router(table)


def check_names(names: Sequence[str], column: str, name: str) -> None:
    """Raise ConfigurationError unless exactly one of the names is that of the column, and none is the new name."""
    if names.count(column) != 1:
        found = names.count(column) or "no"
        message = f"{found} columns are named {column!r}, one is needed; there are {', '.join(names)}"
        raise ConfigurationError("no-such-column", message, "column")
    if name in names:
        message = f"there is a column {name!r} already; give the new one another name"
        raise ConfigurationError("column-exists", message, "name")


def append_column(
    batches: Iterable[pa.RecordBatch], column: str, name: str, function: ArrowFunction
) -> Iterator[pa.RecordBatch]:
    """Yield each batch with the results of the function for one of its columns as a new last column."""
    for batch in batches:
        found = function(batch.column(column))
        yield batch.append_column(name, found.chunk(0) if found.num_chunks == 1 else found.combine_chunks())


def _route(router: Router, column: object) -> pa.ChunkedArray:
    return router.route(column).to_struct_array()


def _route_index(router: Router, column: object) -> pa.ChunkedArray:
    pa = import_extra("pyarrow", "arrow")
    if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1:
        column = column.chunk(0)  # reading one array takes half the time of reading a stream of one
    found = router.matcher.match_many(column)
    shared = pa.Array.from_buffers(pa.int32(), len(found), [None, pa.py_buffer(found)])
    return pa.chunked_array([shared])


def _parse(column: object) -> pa.ChunkedArray:
    return columns.parse(column).to_struct_array()


def _normalize(column: object) -> pa.ChunkedArray:
    return columns.normalize(column).to_struct_array()


def _decapsulate(column: object, *, tolerant: bool) -> pa.ChunkedArray:
    return columns.decapsulate(column, tolerant=tolerant).to_struct_array()


def _resolve(resolver: Resolver, column: object) -> pa.ChunkedArray:
    return resolver.table(column).to_struct_array()


def _validate(validator: Validator, column: object) -> pa.ChunkedArray:
    return validator.table(column).to_struct_array()
