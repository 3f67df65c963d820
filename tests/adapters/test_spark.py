"""The Spark adapter: the answers of the columns, in local mode with two workers."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

import proxyaddr as px
import proxyaddr.adapters.spark as adapter
from proxyaddr.adapters import _functions
from proxyaddr.auditing.findings import COLUMNS
from proxyaddr.columns import Router
from tests.adapters.test_resolved import SERVICE, SITE, TEXTS
from tests.faulty_directories import SCHEMA, faulty_directory

Expected = dict[str, list[Any]]
FUNCTIONS = ("route", "route_index", "parse", "normalize", "decapsulate", "validate")
TASKS = 8

pytestmark = [
    pytest.mark.skipif(
        not (os.environ.get("JAVA_HOME") or shutil.which("java")), reason="Spark runs on Java: none here"
    ),
    pytest.mark.filterwarnings(
        "ignore:PySpark does not yet fully support pandas:FutureWarning"
    ),  # Spark's own business
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # sockets to the JVM, which Spark leaves open
]


class Counted(Router):
    """A router that notes the process in which it is compiled again."""

    notes: Path

    def __reduce__(self) -> Any:  # noqa: ANN401 - what pickle takes
        return _counted, (super().__reduce__()[1], self.notes)


def _counted(parts: tuple[px.RoutingTable], notes: Path) -> Router:
    with notes.open("a") as file:
        file.write(f"{os.getpid()}\n")
    return Router(*parts)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
    }
    builder: Any = SparkSession.builder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # else the workers take whichever python3 comes first
        session: SparkSession = builder.master("local[2]").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        session.sparkContext.addPyFile(__file__)  # workers make a Counted of it
        yield session
        session.stop()


@pytest.fixture(scope="module")
def people(spark: SparkSession, texts: list[str | None]) -> DataFrame:
    return spark.createDataFrame(list(enumerate(texts)), "place int, email string").repartition(2).cache()


def called(function_name: str, rows: DataFrame, table: px.RoutingTable | Router, **options: str) -> DataFrame:
    function: Callable[..., DataFrame] = getattr(adapter, function_name)
    return function(rows, *([table] if function_name.startswith("route") else []), **options)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function(name: str, people: DataFrame, table: px.RoutingTable, expected: Expected) -> None:
    found = called(name, people, table)
    assert found.columns == ["place", "email", name]
    rows = found.orderBy("place").collect()
    assert [row.asDict(recursive=True)[name] for row in rows] == expected[name]
    assert called(name, people.limit(0), table).collect() == []


def test_a_column_of_the_answer(people: DataFrame, table: px.RoutingTable) -> None:
    counted = adapter.route(people, table).groupBy("route.connector").count().collect()
    assert {tuple(row) for row in counted} == {("fax", 1), ("imc", 4), ("x400", 1), (None, 5)}


def test_the_example_of_the_guide(spark: SparkSession, table: px.RoutingTable) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "spark.md").read_text("utf-8")
    source = next(block for block in guide.split("```python\n")[1:] if "with_connectors" in block).partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(source, "spark.md", "exec"), names)
    people = spark.createDataFrame([("jane@contoso.com",), ("nobody",)], "email string")
    found = names["with_connectors"](people, table).select("email", "connector").collect()
    assert [tuple(row) for row in found] == [("jane@contoso.com", "imc"), ("nobody", None)]


def test_several_batches_a_task_and_a_table_compiled_once_a_worker(
    spark: SparkSession, table: px.RoutingTable, tmp_path: Path
) -> None:
    router = Counted(table)
    object.__setattr__(router, "notes", tmp_path / "compiled")  # routers are immutable
    rows = spark.range(40_000, numPartitions=TASKS).selectExpr("concat('a', id, '@contoso.com') as address")
    routed = adapter.route_index(rows, router, "address", name="place")
    assert [tuple(row) for row in routed.groupBy("place").count().collect()] == [(0, 40_000)]
    workers = router.notes.read_text().split()
    assert str(os.getpid()) not in workers
    assert len(workers) == len(set(workers)) <= 2


def test_tolerance_is_passed_on(spark: SparkSession) -> None:
    text = "IMCEAFAX-+ZZ@contoso.com"
    rows = spark.createDataFrame([(text,)], "email string")
    for tolerant in (False, True):
        wanted = px.columns.decapsulate([text], tolerant=tolerant).to_pylist()
        found = adapter.decapsulate(rows, tolerant=tolerant).collect()
        assert [row.decapsulate.asDict() for row in found] == wanted


def test_values_of_another_attribute_are_judged(spark: SparkSession) -> None:
    options: dict[str, Any] = {
        "attribute": "userPrincipalName",
        "context": px.AuditContext(top_level_domains=["corp"]),
        "ignore": ["upn-syntax"],
    }
    texts = ["jane doe@contoso.corp", "jane@contoso.corp"]
    rows = spark.createDataFrame([(text,) for text in texts], "upn string")
    found = adapter.validate(rows, "upn", name="told", **options).collect()
    assert [row.told.asDict() for row in found] == px.columns.validate(texts, **options).to_pylist()
    assert found[0].told.rules == ["upn-invalid-character"]


def test_a_site_is_sent_with_its_directory(spark: SparkSession) -> None:
    rows = spark.createDataFrame(list(enumerate(TEXTS)), "place int, email string").repartition(2)
    for resolver in (SITE, SERVICE):
        found = adapter.resolve(rows, resolver).orderBy("place").collect()
        wanted = px.columns.resolve(resolver, TEXTS).to_pylist()
        assert [row.asDict(recursive=True)["resolve"] for row in found] == wanted
    with pytest.raises(TypeError, match="not RoutingTable"):
        adapter.resolve(rows, SITE.routing_table)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_does_not_fit(name: str, people: DataFrame, table: px.RoutingTable) -> None:
    with pytest.raises(px.ConfigurationError, match="no columns are named 'mail'"):
        called(name, people, table, column="mail")
    with pytest.raises(px.ConfigurationError, match="'place' already"):
        called(name, people, table, name="place")
    with pytest.raises(TypeError, match="not int"):
        called(name, people, table, column="place")


def test_functions_are_sent_without_dictionaries(table: px.RoutingTable, expected: Expected, texts: list[Any]) -> None:
    sent = adapter._without_dictionaries(_functions.route(table), pa.array(texts))
    assert not any(pa.types.is_dictionary(field.type) for field in sent.type)
    assert sent.to_pylist() == expected["route"]
    assert (
        adapter._without_dictionaries(_functions.route_index(table), pa.array(texts)).to_pylist()
        == expected["route_index"]
    )


TENANT = px.AuditContext(
    accepted_domains=["contoso.com"],
    coexistence_domain="contoso.mail.onmicrosoft.com",
    initial_domain="contoso.onmicrosoft.com",
    sync=True,
)


def findings(found: DataFrame) -> list[dict[str, Any]]:
    assert found.columns == list(COLUMNS)
    return [row.asDict(recursive=True) for row in found.collect()]


def test_an_audit_finds_what_an_audit_in_one_piece_finds(spark: SparkSession) -> None:
    rows = faulty_directory(400, 3, names=300)
    table = pa.Table.from_pylist(rows, SCHEMA).append_column("row", pa.array(range(1, len(rows) + 1)))
    wanted = px.audit(table, context=TENANT).findings.to_arrow().to_pylist()
    assert len({finding["rule"] for finding in wanted}) > 30
    people = spark.createDataFrame(table).repartition(5)  # so that their order is in the column alone
    assert findings(adapter.audit(people, order="row", context=TENANT)) == wanted


def test_without_a_column_of_their_order_objects_stand_in_that_of_their_names(spark: SparkSession) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "u3", "EmailAddresses": "SMTP:jane@contoso.com, smtp:jan\u00e9@contoso.com"},
        {"id": "u1", "EmailAddresses": "SMTP:roe@contoso.com, smtp:jan\u00ea@contoso.com"},
        {"id": "u2", "EmailAddresses": "smtp:jane@contoso.com, SMTP:doe@contoso.com"},
        {"id": "u4", "EmailAddresses": None},
    ]
    rules = ["proxy-duplicate", "smtp-non-ascii"]
    people = spark.createDataFrame(
        [(row["id"], row["EmailAddresses"]) for row in rows], "id string, EmailAddresses string"
    )
    in_order = pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])))
    both: list[dict[str, Any]] = [{}, {"ignore": ["proxy-duplicate"]}]
    for asked in both:
        wanted = px.audit(in_order, rules=rules, **asked).findings.to_arrow().to_pylist()
        assert findings(adapter.audit(people, rules=rules, **asked)) == wanted
        assert [(each["object"], each["holders"]) for each in wanted] == [
            *(("u1", None), ("u3", None)),
            *([(None, ["u2", "u3"])] if not asked else []),
        ]


def test_an_audit_that_cannot_be(spark: SparkSession) -> None:
    people = spark.createDataFrame([("u1",)], "id string")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"rules": ["proxy-duplicats"]}, "unknown-rule"),
        ({"severity": "fatal"}, "unknown-severity"),
        ({"order": "row"}, "no-such-column"),
    ]
    for asked, code in wrong:
        with pytest.raises(px.ConfigurationError) as refused:
            adapter.audit(people, **asked)
        assert refused.value.code == code
    with pytest.raises(px.ConfigurationError, match="the column Proxy Address has one address a row") as refused:
        adapter.audit(people.withColumnRenamed("id", "Proxy Address"))
    with pytest.raises(TypeError, match="context"):
        adapter.audit(people, context={})  # type: ignore[arg-type]  # as users may
