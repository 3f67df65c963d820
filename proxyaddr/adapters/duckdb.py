"""Addresses in DuckDB: SQL functions for any query, and readers of whole relations for millions of rows.

    register(connection, table)                        # SELECT proxyaddr_route(email).connector FROM people
    route(connection.table("people"), table, "email")  # a reader of the rows with a new column `route`

DuckDB passes 2,048 rows at a time to a SQL function, and 100,000 or more to a reader. Neither copies text after `SET
arrow_output_version = '1.4'; SET produce_arrow_string_view = true`. A connection runs no other query while one of its
relations is being read: to query a reader, make it from a relation of a second connection, `connection.cursor()`, and
keep that connection open.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _functions
from proxyaddr.adapters._functions import append_column, check_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb
    import pyarrow as pa

    from proxyaddr.adapters._functions import ArrowFunction
    from proxyaddr.auditing.context import AuditContext
    from proxyaddr.columns import Router
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.site import Site
    from proxyaddr.routing.table import RoutingTable

__all__ = [
    "decapsulate",
    "normalize",
    "parse",
    "register",
    "register_resolve",
    "register_validate",
    "resolve",
    "route",
    "route_index",
    "validate",
]

_TYPES = {"int32": "INTEGER", "bool": "BOOLEAN"}
"""Arrow type to DuckDB type; every other type of the results is text."""


def register(
    connection: duckdb.DuckDBPyConnection,
    table: RoutingTable | Router | None = None,
    *,
    tolerant: bool = False,
    prefix: str = "proxyaddr_",
) -> None:
    """Register SQL functions with a connection: parse, normalize, decapsulate, and with a table route and route_index.

    Each takes one text; its name begins with the prefix, and replaces a function registered under that name before.
    `proxyaddr_route_index` returns an INTEGER, -1 for none; the others return structs with the fields that
    `proxyaddr.columns` describes. `tolerant` is that of `proxyaddr.decapsulate`.
    """
    import_extra("duckdb", "duckdb")
    router = None if table is None else _functions.as_router(table)
    functions = {
        "parse": _functions.parse(),
        "normalize": _functions.normalize(),
        "decapsulate": _functions.decapsulate(tolerant=tolerant),
        **({"route": _functions.route(router), "route_index": _functions.route_index(router)} if router else {}),
    }
    for name, function in functions.items():
        _register(connection, f"{prefix}{name}", function)


def register_resolve(
    connection: duckdb.DuckDBPyConnection, service_or_site: InternetMailService | Site, name: str = "proxyaddr_resolve"
) -> None:
    """Register a SQL function that gives what becomes of each address, as a struct.

    It takes one text, and replaces a function registered under its name before: give it a name for each connector or
    site. See `proxyaddr.columns.resolve`.
    """
    import_extra("duckdb", "duckdb")
    _register(connection, name, _functions.resolve(service_or_site))


def register_validate(
    connection: duckdb.DuckDBPyConnection,
    name: str = "proxyaddr_validate",
    *,
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> None:
    """Register a SQL function that gives rules, severity and error of each value of an attribute, as a struct.

    It takes one text, and replaces a function registered under its name before: give it a name for each attribute. See
    `proxyaddr.columns.validate`.
    """
    import_extra("duckdb", "duckdb")
    _register(connection, name, _functions.validate(attribute=attribute, rules=rules, ignore=ignore, context=context))


def route(
    relation: duckdb.DuckDBPyRelation, table: RoutingTable | Router, column: str = "email", *, name: str = "route"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with index, connector, match and cost of the route of each address."""
    return _reader(relation, column, name, _functions.route(table))


def route_index(
    relation: duckdb.DuckDBPyRelation, table: RoutingTable | Router, column: str = "email", *, name: str = "route_index"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with the index of the route of each address, -1 for none."""
    return _reader(relation, column, name, _functions.route_index(table))


def parse(relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "parse") -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with type, value, is_primary and error of each address, as structs."""
    return _reader(relation, column, name, _functions.parse())


def normalize(
    relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "normalize"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with the comparison key and the error of each address, as structs."""
    return _reader(relation, column, name, _functions.normalize())


def decapsulate(
    relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "decapsulate", tolerant: bool = False
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with type, value, domain and error of each address, as structs."""
    return _reader(relation, column, name, _functions.decapsulate(tolerant=tolerant))


def resolve(
    relation: duckdb.DuckDBPyRelation,
    service_or_site: InternetMailService | Site,
    column: str = "email",
    *,
    name: str = "resolve",
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with what becomes of each address, as structs."""
    return _reader(relation, column, name, _functions.resolve(service_or_site))


def validate(
    relation: duckdb.DuckDBPyRelation,
    column: str = "email",
    *,
    name: str = "validate",
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with rules, severity and error of each value of an attribute, as structs."""
    function = _functions.validate(attribute=attribute, rules=rules, ignore=ignore, context=context)
    return _reader(relation, column, name, function)


def _register(connection: duckdb.DuckDBPyConnection, name: str, function: ArrowFunction) -> None:
    with suppress(import_extra("duckdb", "duckdb").InvalidInputException):  # there is no such function
        connection.remove_function(name)
    connection.create_function(  # type: ignore[call-overload]  # it takes words too; the enums move between releases
        name,
        _with_one_parameter(function),
        ["VARCHAR"],
        _type(function([]).type),
        type="arrow",
        null_handling="special",  # null has a result too: -1, or a struct of nulls
        side_effects=False,
    )


def _reader(relation: duckdb.DuckDBPyRelation, column: str, name: str, function: ArrowFunction) -> pa.RecordBatchReader:
    """Return a reader of the rows with the results in a new column; ConfigurationError where a package is missing."""
    import_extra("duckdb", "duckdb")
    pa = import_extra("pyarrow", "arrow")
    check_names(relation.columns, column, name)
    rows = pa.RecordBatchReader.from_stream(relation)
    kind = function(pa.array([], rows.schema.field(column).type)).type  # refuses a column that is not text now
    schema = rows.schema.append(pa.field(name, kind))
    return pa.RecordBatchReader.from_batches(schema, append_column(rows, column, name, function))


def _with_one_parameter(function: ArrowFunction) -> ArrowFunction:
    """Return the function without further parameters: DuckDB counts keyword-only ones too."""

    def of_column(column: object) -> Any:  # noqa: ANN401 - a pyarrow.ChunkedArray, which has no types
        return function(column)

    return of_column


def _type(kind: Any) -> str:  # noqa: ANN401 - a pyarrow.DataType, which has no types
    """Return the DuckDB type of an Arrow type."""
    if hasattr(kind, "value_field"):  # a list
        return f"{_type(kind.value_type)}[]"
    if not kind.num_fields:  # not a struct
        return _TYPES.get(str(kind), "VARCHAR")
    fields = ", ".join(f'"{field.name}" {_type(field.type)}' for field in kind)
    return f"STRUCT({fields})"
