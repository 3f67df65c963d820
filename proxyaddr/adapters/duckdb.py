"""Addresses in DuckDB: SQL functions for any query, and a reader of a whole relation where there are millions of rows.

    register(connection, table)                        # SELECT proxyaddr_route(email).connector FROM people
    route(connection.table("people"), table, "email")  # its rows and a column `route`, as they are read

DuckDB hands a function 2,048 rows at a time, and a reader 100,000 or more. Both get text without a copy after `SET
arrow_output_version = '1.4'; SET produce_arrow_string_view = true`. A connection runs nothing else while one of its
relations is being read: to query a reader, make it of a relation of a second one, `connection.cursor()`, and keep that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _answers
from proxyaddr.adapters._answers import check_names, widened

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from proxyaddr.adapters._answers import Answer
    from proxyaddr.columns import Router
    from proxyaddr.routing.table import RoutingTable
else:
    duckdb, pa = import_extra("duckdb", "duckdb"), import_extra("pyarrow", "arrow")

__all__ = ["decapsulate", "normalize", "parse", "register", "route", "route_index"]

_TYPES = {"int32": "INTEGER", "bool": "BOOLEAN"}
"""Arrow type to that of DuckDB; all else is text."""


def register(
    connection: duckdb.DuckDBPyConnection,
    table: RoutingTable | Router | None = None,
    *,
    tolerant: bool = False,
    prefix: str = "proxyaddr_",
) -> None:
    """Give a connection the functions of a text: parse, normalize, decapsulate, and with a table route and route_index.

    Each is named with the prefix, and what was registered under the name before is replaced. `proxyaddr_route_index`
    gives an INTEGER, -1 for none; the others give structs: see `proxyaddr.columns`. `tolerant` is that of
    `proxyaddr.decapsulate`.
    """
    router = None if table is None else _answers.compiled(table)
    answers = {
        "parse": _answers.parse(),
        "normalize": _answers.normalize(),
        "decapsulate": _answers.decapsulate(tolerant=tolerant),
        **({"route": _answers.route(router), "route_index": _answers.route_index(router)} if router else {}),
    }
    for name, answer in answers.items():
        with suppress(duckdb.InvalidInputException):  # there was none
            connection.remove_function(f"{prefix}{name}")
        connection.create_function(  # type: ignore[call-overload]  # it takes words too; the enums move between releases
            f"{prefix}{name}",
            _unary(answer),
            ["VARCHAR"],
            _type(answer([]).type),
            type="arrow",
            null_handling="special",  # null has its answer too: -1, or null
            side_effects=False,
        )


def route(
    relation: duckdb.DuckDBPyRelation, table: RoutingTable | Router, column: str = "email", *, name: str = "route"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with index, connector, match and cost of each address, as structs."""
    return _reader(relation, column, name, _answers.route(table))


def route_index(
    relation: duckdb.DuckDBPyRelation, table: RoutingTable | Router, column: str = "email", *, name: str = "route_index"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with the index of the route of each address, -1 for none."""
    return _reader(relation, column, name, _answers.route_index(table))


def parse(relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "parse") -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with type, value, is_primary and error of each address, as structs."""
    return _reader(relation, column, name, _answers.parse())


def normalize(
    relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "normalize"
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with the key by which addresses compare and the error, as structs."""
    return _reader(relation, column, name, _answers.normalize())


def decapsulate(
    relation: duckdb.DuckDBPyRelation, column: str = "email", *, name: str = "decapsulate", tolerant: bool = False
) -> pa.RecordBatchReader:
    """Return a reader of a relation's rows with type, value, domain and error of each address, as structs."""
    return _reader(relation, column, name, _answers.decapsulate(tolerant=tolerant))


def _reader(relation: duckdb.DuckDBPyRelation, column: str, name: str, answer: Answer) -> pa.RecordBatchReader:
    check_names(relation.columns, column, name)
    rows = pa.RecordBatchReader.from_stream(relation)
    kind = answer(pa.array([], rows.schema.field(column).type)).type  # a column that is no text is refused now
    schema = rows.schema.append(pa.field(name, kind))
    return pa.RecordBatchReader.from_batches(schema, widened(rows, column, name, answer))


def _unary(answer: Answer) -> Answer:
    """Make a function of one parameter: DuckDB counts them, flags among them."""

    def answered(column: object) -> Any:  # noqa: ANN401 - a pyarrow.ChunkedArray, which has no types
        return answer(column)

    return answered


def _type(kind: Any) -> str:  # noqa: ANN401 - a pyarrow.DataType, which has no types
    if not pa.types.is_struct(kind):
        return _TYPES.get(str(kind), "VARCHAR")
    fields = ", ".join(f'"{field.name}" {_type(field.type)}' for field in kind)
    return f"STRUCT({fields})"
