"""The DuckDB adapter: SQL functions and readers with the answers of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import proxyaddr as px
import proxyaddr.adapters.duckdb as adapter
from proxyaddr.adapters import _functions

Expected = dict[str, list[Any]]
FUNCTIONS = ("route", "route_index", "parse", "normalize", "decapsulate", "validate")
VIEWS = "set arrow_output_version = '1.4'; set produce_arrow_string_view = true"
REPEATED = 1000
"""Times the texts: several batches of 2,048 rows."""


@pytest.fixture
def connection(texts: list[str | None], table: px.RoutingTable) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("set threads to 2")
        made.execute("create table people (place integer, email varchar)")
        made.executemany("insert into people values (?, ?)", list(enumerate(texts)))
        adapter.register(made, table)
        adapter.register_validate(made)
        yield made


def column(connection: duckdb.DuckDBPyConnection, expression: str, source: str = "people") -> list[Any]:
    return [row[0] for row in connection.sql(f"select {expression} from {source} order by place").fetchall()]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("settings", ["", VIEWS], ids=["strings", "views"])
def test_a_function(name: str, settings: str, connection: duckdb.DuckDBPyConnection, expected: Expected) -> None:
    connection.execute(settings)
    assert column(connection, f"proxyaddr_{name}(email)") == expected[name]
    many = f"(select place + 100 * i as place, email from people, range({REPEATED}) repeated(i))"
    assert column(connection, f"proxyaddr_{name}(email)", many) == expected[name] * REPEATED
    assert connection.sql(f"select proxyaddr_{name}(email) from people where false").fetchall() == []


@pytest.mark.parametrize("settings", ["", VIEWS], ids=["strings", "views"])
def test_text_reaches_a_function_as_the_connection_says(settings: str) -> None:
    with duckdb.connect() as made:
        made.execute(settings)
        kinds = []

        def kind(texts: pa.ChunkedArray) -> pa.Array:
            kinds.append(texts.type)
            return pa.nulls(len(texts), pa.int32())

        made.create_function("kind", kind, ["VARCHAR"], "INTEGER", type="arrow", null_handling="special")  # type: ignore[call-overload]
        made.sql("select kind('a@b')").fetchall()
        assert kinds == [pa.string_view() if settings else pa.string()]


@pytest.mark.parametrize("cut", [0, 3], ids=["one chunk", "two chunks"])
def test_a_batch_is_routed_as_duckdb_passes_it(
    cut: int, texts: list[str | None], table: px.RoutingTable, expected: Expected
) -> None:
    chunks = [pa.array(part, pa.string()) for part in (texts[:cut], texts[cut:]) if part]
    assert _functions.route_index(table)(pa.chunked_array(chunks)).to_pylist() == expected["route_index"]


def test_fields_of_a_struct(connection: duckdb.DuckDBPyConnection) -> None:
    query = "select proxyaddr_route(email).connector as connector, count(*) from people group by all order by all"
    assert connection.sql(query).fetchall() == [("fax", 1), ("imc", 4), ("x400", 1), (None, 5)]
    assert connection.sql("select proxyaddr_normalize('smtp:A@B').key").fetchall() == [("SMTP:a@b",)]


def test_an_enum(connection: duckdb.DuckDBPyConnection, expected: Expected) -> None:
    connection.execute("create type known as enum (select distinct email from people where email is not null)")
    assert column(connection, "proxyaddr_route_index(email::known)") == expected["route_index"]


def test_registering_again_replaces(connection: duckdb.DuckDBPyConnection) -> None:
    adapter.register(connection, px.RoutingTable.from_columns(["SMTP"], ["*"], [1], ["elsewhere"]))
    assert connection.sql("select proxyaddr_route('a@b').connector").fetchall() == [("elsewhere",)]


def test_without_a_table_and_with_another_prefix() -> None:
    with duckdb.connect() as made:
        adapter.register(made, prefix="x_")
        assert made.sql("select x_parse('FAX:1').type").fetchall() == [("FAX",)]
        with pytest.raises(duckdb.CatalogException):
            made.sql("select x_route('a@b')")


def called(
    function_name: str, relation: duckdb.DuckDBPyRelation, table: px.RoutingTable, **options: str
) -> pa.RecordBatchReader:
    function: Callable[..., pa.RecordBatchReader] = getattr(adapter, function_name)
    return function(relation, *([table] if function_name.startswith("route") else []), **options)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("settings", ["", VIEWS], ids=["strings", "views"])
def test_a_reader(
    name: str, settings: str, connection: duckdb.DuckDBPyConnection, table: px.RoutingTable, expected: Expected
) -> None:
    connection.execute(settings)
    found = called(name, connection.table("people"), table).read_all()
    assert found.column_names == ["place", "email", name]
    assert found[name].to_pylist() == expected[name]
    empty = called(name, connection.table("people").limit(0), table)
    assert (empty.schema, empty.read_all().num_rows) == (found.schema, 0)


def test_a_reader_of_several_batches(connection: duckdb.DuckDBPyConnection, table: px.RoutingTable) -> None:
    many = connection.sql("select 'jane@contoso.com' as address from range(1100000)")
    batches = list(adapter.route_index(many, table, "address", name="index"))
    assert len(batches) > 1
    assert {(batch.schema.names[1], value) for batch in batches for value in batch["index"].unique().to_pylist()} == {
        ("index", 0)
    }


def test_a_reader_is_queried_again(
    connection: duckdb.DuckDBPyConnection, table: px.RoutingTable, expected: Expected
) -> None:
    reading = connection.cursor()
    routed = adapter.route(reading.table("people"), table)
    query = "select route.connector as connector, count(*) from routed group by all order by all"
    assert connection.sql(query).fetchall() == [("fax", 1), ("imc", 4), ("x400", 1), (None, 5)]
    del routed


def test_tolerance_is_passed_on(connection: duckdb.DuckDBPyConnection, table: px.RoutingTable) -> None:
    text = "IMCEAFAX-+ZZ@contoso.com"
    relation = connection.sql(f"select '{text}' as email")
    strict, tolerant = (px.columns.decapsulate([text], tolerant=flag).to_pylist() for flag in (False, True))
    assert strict != tolerant
    assert adapter.decapsulate(relation).read_all()["decapsulate"].to_pylist() == strict
    assert adapter.decapsulate(relation, tolerant=True).read_all()["decapsulate"].to_pylist() == tolerant
    adapter.register(connection, tolerant=True)
    assert column(connection, "proxyaddr_decapsulate(email)", f"(select 1 as place, '{text}' as email)") == tolerant


def test_values_of_another_attribute_are_judged(connection: duckdb.DuckDBPyConnection) -> None:
    relation = connection.sql("select 'jane doe@contoso.corp' as email")
    options: dict[str, Any] = {
        "attribute": "userPrincipalName",
        "context": px.AuditContext(top_level_domains=["corp"]),
        "ignore": ["upn-syntax"],
    }
    wanted = px.columns.validate(["jane doe@contoso.corp"], **options).to_pylist()
    assert wanted[0]["rules"] == ["upn-invalid-character"]
    assert adapter.validate(relation, name="told", **options).read_all()["told"].to_pylist() == wanted
    for asked in ({}, options):  # the second takes the place of the first
        adapter.register_validate(connection, "validate_upn", **asked)
    assert connection.sql("select validate_upn('jane doe@contoso.corp')").fetchall() == [(wanted[0],)]
    assert connection.sql("select validate_upn('a b').rules[1]").fetchall() == [("upn-invalid-character",)]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"column": "mail"}, "no-such-column", "no columns are named 'mail', one is needed; there are place, email"),
        ({"name": "place"}, "column-exists", "a column 'place' already"),
    ],
)
def test_names_that_do_not_fit(
    options: dict[str, str], code: str, message: str, connection: duckdb.DuckDBPyConnection, table: px.RoutingTable
) -> None:
    for name in FUNCTIONS:
        with pytest.raises(px.ConfigurationError, match=message) as caught:
            called(name, connection.table("people"), table, **options)
        assert caught.value.code == code


def test_what_is_no_table_or_no_text(connection: duckdb.DuckDBPyConnection, table: px.RoutingTable) -> None:
    wrong: Any = "SMTP:*"
    with pytest.raises(TypeError, match="not str"):
        adapter.register(connection, wrong)
    with pytest.raises(TypeError):
        adapter.route_index(connection.table("people"), table, "place")
    with pytest.raises(duckdb.BinderException):
        connection.sql("select proxyaddr_parse(place) from people")
