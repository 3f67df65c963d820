"""The Polars adapter: the answers of the columns, eagerly, lazily and in the streaming engine."""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any, Literal

import polars as pl
import pytest
from pyspark import cloudpickle

import proxyaddr as px
import proxyaddr.adapters.polars as adapter
from proxyaddr.columns import Router
from proxyaddr.matcher.ctypes_arrow import chunks

Expected = dict[str, list[Any]]
FUNCTIONS = ("route", "route_index", "parse", "normalize", "decapsulate", "validate")
REPEATED = 30_000
"""Times the texts: the streaming engine then takes them in several pieces."""


def expression(name: str, table: px.RoutingTable | Router) -> pl.Expr:
    addresses: Any = pl.col("email")
    method = getattr(addresses.proxyaddr, name)
    return (method(table) if name.startswith("route") else method()).alias("found")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def frame(texts: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"email": texts}, schema={"email": pl.String})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_series(name: str, frame: pl.DataFrame, table: px.RoutingTable, expected: Expected, engine: str) -> None:
    function = getattr(adapter, name)
    found = function(frame["email"], table) if name.startswith("route") else function(frame["email"])
    assert (found.name, found.to_list()) == ("email", expected[name])
    assert found.dtype == frame.lazy().select(expression(name, table)).collect_schema()["found"]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("mode", ["in-memory", "streaming"])
def test_an_expression(
    name: str, mode: Literal["in-memory", "streaming"], frame: pl.DataFrame, table: px.RoutingTable, expected: Expected
) -> None:
    plan = frame.lazy().select(expression(name, table))
    found = plan.collect(engine=mode)
    assert found["found"].to_list() == expected[name]
    assert found.schema == plan.collect_schema()
    assert frame.select(expression(name, table)).equals(found)
    assert frame.clear().lazy().select(expression(name, table)).collect(engine=mode).schema == found.schema


@pytest.mark.parametrize("name", FUNCTIONS)
def test_many_pieces_of_a_stream(name: str, frame: pl.DataFrame, table: px.RoutingTable, expected: Expected) -> None:
    times = REPEATED if name == "route_index" else 1000
    rows = pl.concat([frame] * times).with_row_index("row")
    found = rows.lazy().with_columns(expression(name, table)).sort("row").collect(engine="streaming")
    assert found.height == frame.height * times
    assert found.slice(0, frame.height)["found"].to_list() == expected[name]
    assert found.slice(frame.height * (times - 1))["found"].to_list() == expected[name]


def test_words_of_several_pieces_compare_and_group(frame: pl.DataFrame, table: px.RoutingTable) -> None:
    connector = expression("route", table).struct.field("connector")
    pieces = pl.concat([frame.slice(row, 1) for row in range(frame.height)] * 2, rechunk=False)
    counted = pieces.select(connector).group_by("connector").len().sort("connector", nulls_last=True)
    assert counted.cast({"connector": pl.String}).rows() == [("fax", 2), ("imc", 8), ("x400", 2), (None, 10)]
    assert pieces.filter(connector == "imc").height == 8


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum, pl.Null], ids=str)
def test_other_kinds_of_text(
    kind: type[pl.DataType], frame: pl.DataFrame, table: px.RoutingTable, expected: Expected, engine: str
) -> None:
    values = frame["email"]
    if kind is pl.Null:
        column, wanted = pl.Series("email", [None] * 3), [-1] * 3
    else:
        column = values.cast(pl.Enum(values.drop_nulls().unique()) if kind is pl.Enum else kind)
        wanted = expected["route_index"]
    assert adapter.route_index(column, table).to_list() == wanted
    assert [row["index"] for row in adapter.route(column, table).to_list()] == wanted


def test_text_is_read_where_polars_holds_it(texts: list[str | None]) -> None:
    column = pl.Series(texts, dtype=pl.String)
    first, again = next(chunks(column)), next(chunks(column))
    assert (first.format, len(first.buffers)) == (b"vu", 4)  # validity, views, one of text, and how long that is
    assert first.buffers[:3] == again.buffers[:3]  # a copy would lie elsewhere while the first is held


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_plan_can_be_pickled(
    name: str, frame: pl.DataFrame, table: px.RoutingTable, expected: Expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", cloudpickle)  # Polars asks for it, and Spark brings a copy
    plan = frame.lazy().select(expression(name, Router(table)))
    for again in (pickle.loads(pickle.dumps(plan)), pl.LazyFrame.deserialize(io.BytesIO(plan.serialize()))):
        assert again.collect()["found"].to_list() == expected[name]


def test_groups_and_filters(frame: pl.DataFrame, table: px.RoutingTable, expected: Expected) -> None:
    index = expression("route_index", table)
    grouped = frame.with_columns(group=pl.int_range(pl.len()) % 2).group_by("group", maintain_order=True).agg(index)
    assert grouped["found"].to_list() == [expected["route_index"][::2], expected["route_index"][1::2]]
    assert frame.filter(index == -1).height == expected["route_index"].count(-1)


def test_tolerance_is_passed_on() -> None:
    column = pl.Series(["IMCEAFAX-+2B1+20555@contoso.com", "IMCEAFAX-+ZZ@contoso.com"])
    for tolerant in (False, True):
        wanted = px.columns.decapsulate(column, tolerant=tolerant).to_pylist()
        assert adapter.decapsulate(column, tolerant=tolerant).to_list() == wanted
    assert wanted != px.columns.decapsulate(column).to_pylist()


def test_values_of_another_attribute_are_judged() -> None:
    column = pl.Series("upn", ["jane doe@contoso.corp", "jane@contoso.corp", None])
    options: dict[str, Any] = {
        "attribute": "userPrincipalName",
        "context": px.AuditContext(top_level_domains=["corp"]),
        "ignore": ["upn-syntax"],
    }
    wanted = px.columns.validate(column, **options).to_pylist()
    assert [row["rules"] for row in wanted] == [["upn-invalid-character"], [], None]
    assert adapter.validate(column, **options).to_list() == wanted
    upn: Any = pl.col("upn")
    bad = column.to_frame().filter(upn.proxyaddr.validate(**options).struct.field("rules").list.len() > 0)
    assert bad["upn"].to_list() == ["jane doe@contoso.corp"]


def test_what_is_no_table_or_no_text(frame: pl.DataFrame, table: px.RoutingTable) -> None:
    wrong: Any = "SMTP:*"
    with pytest.raises(TypeError, match="not str"):
        adapter.route(frame["email"], wrong)
    with pytest.raises(TypeError, match="holds text"):
        adapter.route_index(pl.Series([1, 2]), table)
