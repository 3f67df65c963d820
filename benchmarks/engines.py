"""Measures how fast Polars, DuckDB and Spark route addresses with the adapters, and with joins of their own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import proxyaddr as px
from benchmarks._joins import duckdb_joins, polars_joins
from benchmarks._run import Contest, compare
from benchmarks._spaces import Spaces, addresses, spaces

if TYPE_CHECKING:
    from proxyaddr.columns import Router

SPACES = 10_000
GOALS = {"polars": 12.0, "duckdb": 8.0, "spark": 1.4}
"""How many times faster than the joins we want to be; for Spark, how many times slower than a copy we may be."""


def main(*, short: bool) -> None:
    """Print times per address and ratios; Polars and DuckDB run on one processor, Spark on two."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is loaded
    if not find_spec("pyarrow"):
        print("engines: skipped, pyarrow is not installed")
        return
    count = 20_000 if short else 1_000_000
    table = spaces(SPACES)
    router = px.columns.Router(px.RoutingTable.from_columns(*table[:4]))
    texts = addresses(table, count)
    rounds = 1 if short else 5
    with _one_processor():
        if find_spec("polars"):
            _judge("polars", compare("polars", "us", [_polars(table, router, texts)], rounds=rounds))
        if find_spec("duckdb"):
            _judge("duckdb", compare("duckdb", "us", _duckdb(table, router, texts), rounds=rounds))
    if find_spec("pyspark") and find_spec("pandas") and (os.environ.get("JAVA_HOME") or shutil.which("java")):
        with _spark() as session:
            _judge("spark", compare("spark", "us", [_mapped(session, router, texts)], rounds=rounds))


def _judge(engine: str, ratios: list[float]) -> None:
    """Print whether the ratios of our time to the time of the peer reach the goal."""
    for ratio in ratios:
        times = ratio if engine == "spark" else 1 / ratio
        reached = times <= GOALS[engine] if engine == "spark" else times >= GOALS[engine]
        print(f"  {engine}: {times:.2f} times, goal {GOALS[engine]:g}: {'reached' if reached else 'missed'}")


@contextmanager
def _one_processor() -> Iterator[None]:
    """Run on one processor, where the system allows it, so that neither side gains by threads."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _check(name: str, ours: Iterable[int], theirs: Iterable[int]) -> None:
    wrong = sum(mine != other for mine, other in zip(ours, theirs, strict=True))
    print(f"{name}: {wrong:,} answers differ")


def _polars(table: Spaces, router: Router, texts: list[str]) -> Contest:
    import polars as pl  # noqa: PLC0415 - optional

    import proxyaddr.adapters.polars  # noqa: F401, PLC0415 - optional; registers the namespace

    column = pl.Series("email", texts)
    frame, joined = column.to_frame(), polars_joins(table).column  # type: ignore[attr-defined]
    expression: Any = pl.col("email")
    routed = expression.proxyaddr.route_index(router)
    _check("polars", frame.select(routed)["email"], joined(column))
    return Contest(
        "expression", lambda: frame.lazy().select(routed).collect(), "joins", lambda: joined(column), len(texts)
    )


def _duckdb(table: Spaces, router: Router, texts: list[str]) -> list[Contest]:
    import duckdb  # noqa: PLC0415 - optional
    import pyarrow as pa  # noqa: PLC0415 - optional

    from proxyaddr.adapters import duckdb as adapter  # noqa: PLC0415 - optional

    rows = pa.table({"row": pa.array(range(len(texts)), pa.int64()), "text": pa.array(texts, pa.string_view())})
    connection = duckdb.connect()
    connection.execute("SET threads TO 1; SET arrow_output_version = '1.4'; SET produce_arrow_string_view = true")
    adapter.register(connection, router)
    connection.register("given", rows)
    connection.execute("CREATE TABLE people AS SELECT * FROM given")
    joined = duckdb_joins(table).column  # type: ignore[attr-defined]

    def read() -> Any:  # noqa: ANN401 - a pyarrow.Table
        return adapter.route_index(connection.table("people"), router, "text").read_all()["route_index"]

    def called() -> Any:  # noqa: ANN401 - as above
        return connection.sql("SELECT proxyaddr_route_index(text) AS route FROM people").to_arrow_table()["route"]

    wanted = joined(rows).to_pylist()
    _check("duckdb, reader", read().to_pylist(), wanted)
    _check("duckdb, function", called().to_pylist(), wanted)
    return [
        Contest("reader", read, "joins", lambda: joined(rows), len(texts)),
        Contest("SQL function", called, "joins", lambda: joined(rows), len(texts)),
    ]


@contextmanager
def _spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - optional

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
    }
    builder: Any = SparkSession.builder
    session = builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def _mapped(session: Any, router: Router, texts: list[str]) -> Contest:  # noqa: ANN401 - Spark has no types here
    import pyarrow as pa  # noqa: PLC0415 - optional

    from proxyaddr.adapters import spark as adapter  # noqa: PLC0415 - optional

    rows = session.createDataFrame(pa.table({"email": pa.array(texts)})).repartition(2).cache()
    rows.count()
    routed = adapter.route_index(rows, router)
    same = rows.mapInArrow(lambda batches: batches, rows.schema)

    def drained(frame: Any) -> Any:  # noqa: ANN401 - as above
        return lambda: frame.write.format("noop").mode("overwrite").save()

    found = {row.email: row.route_index for row in routed.limit(1000).collect()}
    _check("spark", found.values(), router.matcher.match_many(list(found)))
    return Contest("mapInArrow", drained(routed), "a copy", drained(same), len(texts))
