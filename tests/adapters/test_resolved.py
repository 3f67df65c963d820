"""What becomes of each address of a column in Polars and DuckDB: the answers of `columns.resolve`."""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Iterator
from typing import Any, Literal

import duckdb
import polars as pl
import pytest
from pyspark import cloudpickle

import proxyaddr as px
import proxyaddr.adapters.duckdb as duckdb_adapter
import proxyaddr.adapters.polars as polars_adapter

PEOPLE = px.Directory.from_records(
    [
        {"displayName": "Jane", "proxyAddresses": "SMTP:jane@contoso.com;smtp:j@contoso.com;X500:/o=Org/cn=Jane"},
        {"displayName": "Joe", "proxyAddresses": ["SMTPOUT:joe@fabrikam.com", "smtp:joe@contoso.com"]},
        {"displayName": "Two", "proxyAddresses": "SMTP:two@contoso.com;SMTP:second@contoso.com"},
        {"displayName": "Ann", "proxyAddresses": "smtp:shared@contoso.com"},
        {"displayName": "Bo", "proxyAddresses": "smtp:shared@contoso.com"},
    ]
)
TABLE = px.RoutingTable.from_columns(["SMTP", "SMTPOUT"], ["*@contoso.com", "*"], [1, 2], ["imc", "out"])
SITE = px.Site(
    [
        px.InternetMailService(name="imc"),
        px.InternetMailService(name="out", override_proxy_out="SMTPOUT", site_domain="contoso.com"),
    ],
    TABLE,
    directory=PEOPLE,
)
SERVICE = px.InternetMailService(directory=PEOPLE)
TEXTS = (
    *("j@contoso.com", None, "EX:/o=Org/cn=Jane", "joe@contoso.com", "second@contoso.com", "shared@contoso.com"),
    *("é@ü.example", "", "[SMTPOUT:x@fabrikam.com]", "FAX:1", "smtp:", "IMCEAFAX-1@contoso.com", "jane@contoso.com"),
)
RESOLVERS = pytest.mark.parametrize("resolver", [SITE, SERVICE], ids=["site", "service"])
VIEWS = "set arrow_output_version = '1.4'; set produce_arrow_string_view = true"

Resolver = px.InternetMailService | px.Site


def wanted(resolver: Resolver) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = px.columns.resolve(resolver, TEXTS).to_pylist()
    return rows


def test_the_texts_get_answers_of_many_kinds() -> None:
    rules = {row["rule"] for row in [*wanted(SITE), *wanted(SERVICE)]}
    assert rules == {*("primary-proxy", "ambiguous-recipient", "no-proxy"), *("no-address-space", "one-off-type"), None}
    assert {row["connector"] for row in wanted(SITE)} == {"imc", "out", None}
    assert {row["error"] for row in wanted(SITE)} > {"empty-value", None}
    assert ["two-primaries"] in [row["findings"] for row in wanted(SERVICE)]


# Polars


def expression(resolver: Resolver) -> pl.Expr:
    addresses: Any = pl.col("email")
    return addresses.proxyaddr.resolve(resolver).alias("found")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return pl.DataFrame({"email": TEXTS}, schema={"email": pl.String})


@RESOLVERS
def test_a_series(resolver: Resolver, frame: pl.DataFrame, engine: str) -> None:
    found = polars_adapter.resolve(frame["email"], resolver)
    assert (found.name, found.to_list()) == ("email", wanted(resolver))
    assert polars_adapter.resolve(frame["email"].cast(pl.Categorical), resolver).to_list() == wanted(resolver)


@RESOLVERS
@pytest.mark.parametrize("mode", ["in-memory", "streaming"])
def test_an_expression(resolver: Resolver, mode: Literal["in-memory", "streaming"], frame: pl.DataFrame) -> None:
    plan = frame.lazy().select(expression(resolver))
    found = plan.collect(engine=mode)
    assert found["found"].to_list() == wanted(resolver)
    assert found.schema == plan.collect_schema()
    assert frame.clear().lazy().select(expression(resolver)).collect(engine=mode).schema == found.schema


def test_pieces_of_a_column_group_by_connector(frame: pl.DataFrame) -> None:
    pieces = pl.concat([frame.slice(row, 1) for row in range(frame.height)] * 2, rechunk=False)
    counted = pieces.select(expression(SITE).struct.field("connector")).group_by("connector").len()
    once = [row["connector"] for row in wanted(SITE)]
    assert dict(counted.cast({"connector": pl.String}).rows()) == {name: 2 * once.count(name) for name in once}


@RESOLVERS
def test_a_plan_can_be_pickled(resolver: Resolver, frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", cloudpickle)  # Polars asks for it, and Spark brings a copy
    plan = frame.lazy().select(expression(resolver))
    for again in (pickle.loads(pickle.dumps(plan)), pl.LazyFrame.deserialize(io.BytesIO(plan.serialize()))):
        assert again.collect()["found"].to_list() == wanted(resolver)


@pytest.mark.parametrize("wrong", [TABLE, PEOPLE, "SMTP:*", None], ids=lambda each: type(each).__name__)
def test_what_resolves_nothing(wrong: Any, frame: pl.DataFrame) -> None:  # noqa: ANN401 - anything
    told = f"by an InternetMailService or a Site, not {type(wrong).__name__}"
    for call in (
        lambda: px.columns.resolve(wrong, TEXTS),
        lambda: polars_adapter.resolve(frame["email"], wrong),
        lambda: duckdb_adapter.register_resolve(duckdb.connect(), wrong),
    ):
        with pytest.raises(TypeError, match=told):
            call()


# DuckDB


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create table people (place integer, email varchar)")
        made.executemany("insert into people values (?, ?)", list(enumerate(TEXTS)))
        yield made


@RESOLVERS
@pytest.mark.parametrize("settings", ["", VIEWS], ids=["strings", "views"])
def test_a_function(resolver: Resolver, settings: str, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(settings)
    for again in (SERVICE, resolver):  # the second takes the place of the first
        duckdb_adapter.register_resolve(connection, again)
    many = "(select place + 100 * i as place, email from people, range(500) repeated(i))"
    found = connection.sql(f"select proxyaddr_resolve(email) from {many} order by place").fetchall()
    assert [row for (row,) in found] == wanted(resolver) * 500
    assert connection.sql("select proxyaddr_resolve(email) from people where false").fetchall() == []


def test_two_functions_of_two_connectors(connection: duckdb.DuckDBPyConnection) -> None:
    duckdb_adapter.register_resolve(connection, SITE)
    duckdb_adapter.register_resolve(connection, SERVICE, "by_service")
    query = "select proxyaddr_resolve(email).connector, by_service(email).rule from people where email like 'j@%'"
    assert connection.sql(query).fetchall() == [("imc", "primary-proxy")]
    unnested = "select unnest(by_service(email).findings) from people where email = 'second@contoso.com'"
    assert connection.sql(unnested).fetchall() == [("two-primaries",)]


@RESOLVERS
@pytest.mark.parametrize("settings", ["", VIEWS], ids=["strings", "views"])
def test_a_reader(resolver: Resolver, settings: str, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(settings)
    found = duckdb_adapter.resolve(connection.table("people"), resolver).read_all()
    assert found.column_names == ["place", "email", "resolve"]
    assert found["resolve"].to_pylist() == wanted(resolver)
    empty = duckdb_adapter.resolve(connection.table("people").limit(0), resolver, "email", name="resolve")
    assert (empty.schema, empty.read_all().num_rows) == (found.schema, 0)
    with pytest.raises(px.ConfigurationError, match="no columns are named 'mail'"):
        duckdb_adapter.resolve(connection.table("people"), resolver, "mail")
