"""The plan of an audit in Spark: objects are judged by `mapInArrow`, and grouped by Spark itself by what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.adapters._spark_types import spark_type
from proxyaddr.auditing.cells import Separator, separator_of
from proxyaddr.auditing.properties import LISTS, property_key
from proxyaddr.auditing.reading import SAMPLE

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from proxyaddr.auditing.parts import PartJudge

__all__ = ["audit_plan", "separator_in"]

PLACE = ("part", "first", "first_number", "second", "second_number", "ordinal")
"""What the findings are sorted by. Those of objects are part 0, in the order of the objects and then of their rules;
groups come in the order of their first objects, then of their second ones."""


def separator_in(dataframe: DataFrame) -> Separator:
    """Return what separates addresses in the columns of text; only where there are any, some rows are read for it."""
    types = import_extra("pyspark.sql.types", "spark")
    names = [
        name
        for name in dataframe.columns
        if property_key(name) in LISTS and isinstance(dataframe.schema[name].dataType, types.StringType)
    ]
    if not names:
        return Separator()
    rows = dataframe.select(names).limit(SAMPLE).collect()
    return separator_of(text for row in rows for text in row if text)


def audit_plan(dataframe: DataFrame, judge: PartJudge, order: str | None) -> DataFrame:
    """Return the findings about the rows, of which `order` is the column that orders them."""
    return _Plan(dataframe, judge, order).findings()


class _Plan:
    def __init__(self, dataframe: DataFrame, judge: PartJudge, order: str | None) -> None:
        from proxyaddr.auditing import parts  # noqa: PLC0415 - it imports pyarrow, which may be missing

        self._parts: Any = parts
        self._functions: Any = import_extra("pyspark.sql.functions", "spark")
        self._types: Any = import_extra("pyspark.sql.types", "spark")
        self._judge = judge
        self._order_type = self._types.StringType() if order is None else dataframe.schema[order].dataType
        numbered = dataframe.withColumn(parts.NUMBER, self._functions.monotonically_increasing_id())
        if order is not None:
            numbered = numbered.withColumn(parts.ORDER, self._functions.col(order))
        schema = self._schema([("order", self._order_type)], parts.OBJECT)
        # each object is judged once and keeps its number, however many branches of the plan read it
        self._objects = numbered.mapInArrow(judge.objects, schema).localCheckpoint(eager=False)

    def findings(self) -> DataFrame:
        """Return all findings, in the order of an audit."""
        found = self._of_objects()
        if self._judge.has_groups:
            found = found.unionByName(self._of_groups())
        return found.orderBy(*PLACE).select(*self._parts.FINDING.names)

    def _of_objects(self) -> DataFrame:
        """Return the findings about objects, without the fixes that touch what another object holds or is given."""
        f = self._functions
        found = self._objects.select("order", "number", f.explode("findings").alias("found"))
        found = found.select("order", "number", "found.*").withColumn("keys", f.concat("touched", "given"))
        lost = self._lost(found.where(f.size("keys") > 0)).withColumn("is_lost", f.lit(True))
        told = found.join(lost, ["number", "place"], "left")
        fix = f.when(f.col("is_lost").isNull(), f.col("fix")).alias("fix")
        columns = [fix if name == "fix" else f.col(name) for name in self._parts.FINDING.names]
        order, number, none = f.col("order"), f.col("number"), f.lit(None)
        return told.select(
            *self._placed(f.lit(0), order, number, none.cast(self._order_type), none.cast("long"), f.col("place")),
            *columns,
        )

    def _lost(self, fixes: DataFrame) -> DataFrame:
        """Return number and place of the fixes that are not free of other objects, as `Contested` says."""
        f = self._functions
        needed = fixes.select("number", "place", f.explode("keys").alias("key"))
        held = self._objects.select("number", f.explode("held").alias("key"))
        owners = _with_numbers(held.join(needed.select("key").distinct(), "key", "left_semi"), "key")
        taken = needed.join(owners, "key").where("least != number or most != number")
        taken = taken.select("number", "place").distinct()
        free = fixes.join(taken, ["number", "place"], "left_anti")
        wanted = free.select("number", "place", f.explode("keys").alias("key"))
        given = free.select(f.explode("given").alias("key")).distinct()
        rivals = _with_numbers(wanted.join(given, "key", "left_semi"), "key").where("least != most").select("key")
        contested = wanted.join(rivals, "key", "left_semi").select("number", "place").distinct()
        # of the fixes that give or touch one value the first is free, which depends on those before it: one by one
        in_order = free.join(contested, ["number", "place"], "left_semi").select(
            "order", "number", "place", "keys", "given"
        )
        in_order = in_order.repartition(1).sortWithinPartitions("order", "number", "place")
        return taken.unionByName(in_order.mapInArrow(self._parts.lost_fixes, "number long, place int"))

    def _of_groups(self) -> DataFrame:
        """Return what several objects share."""
        f = self._functions
        keys = self._objects.select("order", "number", "id", "alias", f.posexplode("grouped").alias("ordinal", "held"))
        keys = keys.select("*", "held.part", "held.key", "held.attribute")
        shared = _with_numbers(keys, "part", "key").where("least != most").select("part", "key")
        holder = f.struct("order", "number", "ordinal", "id", "alias", "attribute")
        holders = f.sort_array(f.collect_list(holder)).alias("holders")
        groups = keys.join(shared, ["part", "key"], "left_semi").groupBy("part", "key").agg(holders)
        first = f.col("holders")[0]
        # addresses in different attributes stand in the order of their first holders alone
        second = f.when(f.col("part") == self._parts.PART_ACROSS, first).otherwise(f.col("holders")[1])
        rows = groups.select(
            *self._placed(
                *(f.col("part"), first["order"], first["number"]),
                *(second["order"], second["number"], second["ordinal"]),
            ),
            *("key", f.col("holders.number").alias("numbers"), f.col("holders.id").alias("ids")),
            *(f.col("holders.alias").alias("aliases"), f.col("holders.attribute").alias("attributes")),
        )
        return rows.mapInArrow(self._parts.shared_findings, self._placed_schema())

    def _placed(self, *columns: Column) -> list[Column]:
        return [column.alias(name) for column, name in zip(columns, PLACE, strict=True)]

    def _placed_schema(self) -> Any:  # noqa: ANN401 - Spark may be missing
        integer, long = self._types.IntegerType(), self._types.LongType()
        kinds = (integer, self._order_type, long, self._order_type, long, integer)
        return self._schema(list(zip(PLACE, kinds, strict=True)), self._parts.FINDING)

    def _schema(self, first: list[tuple[str, Any]], then: Any) -> Any:  # noqa: ANN401 - as above
        fields = [*first, *((field.name, spark_type(field.type, self._types)) for field in then)]
        return self._types.StructType([self._types.StructField(name, kind) for name, kind in fields])


def _with_numbers(keys: DataFrame, *by: str) -> DataFrame:
    """Return each key with the least and the greatest number of the objects that have it."""
    functions = import_extra("pyspark.sql.functions", "spark")
    return keys.groupBy(*by).agg(functions.min("number").alias("least"), functions.max("number").alias("most"))
