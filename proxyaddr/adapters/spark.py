"""Addresses in Spark, for data beyond one machine: DataFrames with a new column of results, through `mapInArrow`.

    route(dataframe, table, "email")    # a DataFrame with the same rows and a new column `route`

proxyaddr must be installed where the executors run, with its extra `spark`. A table is broadcast to each executor once,
and each Python worker compiles it once, however many tasks it runs; so is the site of `resolve`, with its directory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _functions
from proxyaddr.adapters._functions import append_column, check_names
from proxyaddr.adapters._spark_audit import audit_plan, separator_in
from proxyaddr.adapters._spark_types import spark_type
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.properties import SINGLE_ADDRESS, property_key
from proxyaddr.auditing.rules import AuditSeverity, chosen_rules, chosen_severities
from proxyaddr.errors import ConfigurationError, check_type

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from proxyaddr.adapters._functions import ArrowFunction
    from proxyaddr.columns import Router
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.site import Site
    from proxyaddr.routing.table import RoutingTable

__all__ = ["audit", "decapsulate", "normalize", "parse", "resolve", "route", "route_index", "validate"]


def route(
    dataframe: DataFrame, table: RoutingTable | Router, column: str = "email", *, name: str = "route"
) -> DataFrame:
    """Return the rows with index, connector, match and cost of the route of each address, as structs."""
    return _with_column(dataframe, column, name, _functions.route(table))


def route_index(
    dataframe: DataFrame, table: RoutingTable | Router, column: str = "email", *, name: str = "route_index"
) -> DataFrame:
    """Return the rows with the index of the route of each address, -1 for none."""
    return _with_column(dataframe, column, name, _functions.route_index(table))


def parse(dataframe: DataFrame, column: str = "email", *, name: str = "parse") -> DataFrame:
    """Return the rows with type, value, is_primary and error of each address, as structs."""
    return _with_column(dataframe, column, name, _functions.parse())


def normalize(dataframe: DataFrame, column: str = "email", *, name: str = "normalize") -> DataFrame:
    """Return the rows with the comparison key and the error of each address, as structs."""
    return _with_column(dataframe, column, name, _functions.normalize())


def decapsulate(
    dataframe: DataFrame, column: str = "email", *, name: str = "decapsulate", tolerant: bool = False
) -> DataFrame:
    """Return the rows with type, value, domain and error of each encapsulated address, as structs."""
    return _with_column(dataframe, column, name, _functions.decapsulate(tolerant=tolerant))


def resolve(
    dataframe: DataFrame, service_or_site: InternetMailService | Site, column: str = "email", *, name: str = "resolve"
) -> DataFrame:
    """Return the rows with what becomes of each address, as structs; see `proxyaddr.columns.resolve`."""
    return _with_column(dataframe, column, name, _functions.resolve(service_or_site))


def validate(
    dataframe: DataFrame,
    column: str = "email",
    *,
    name: str = "validate",
    attribute: str = "proxyAddresses",
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    context: AuditContext | None = None,
) -> DataFrame:
    """Return the rows with rules, severity and error of each value of an attribute, as structs."""
    function = _functions.validate(attribute=attribute, rules=rules, ignore=ignore, context=context)
    return _with_column(dataframe, column, name, function)


def audit(
    dataframe: DataFrame,
    *,
    order: str | None = None,
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    severity: AuditSeverity = "info",
    context: AuditContext | None = None,
) -> DataFrame:
    """Return what is wrong with the objects of a directory, one a row, as `proxyaddr.audit` finds it.

    The columns of the DataFrame have the attribute names of a directory. The result has a row a finding, with the
    columns of `AuditFindings.to_arrow`: object, rule, severity, attribute, value, message, fix, holders and key.
    `order` is a column by which the objects stand in order, such as a row number; without it they stand in the order of
    their names. Findings, holders, and which of several objects may be given a value follow that order. The other
    parameters are those of `proxyaddr.audit`.

    The objects are judged once, and what they say is kept by the executors until the result is no longer in use
    (`localCheckpoint`). Where addresses are held as text, 10,000 rows are read at once to tell their separator.
    ConfigurationError for an unknown rule or column, for a column `proxyAddress` with one address a row, and where
    domain-not-routable is asked for and the extra `audit` with the top-level domains is not installed.
    """
    import_extra("pyarrow", "arrow")
    import_extra("pandas", "spark")  # Spark itself asks for it before any mapInArrow
    import_extra("pyspark.sql", "spark")
    from proxyaddr.auditing.parts import NUMBER, PartJudge, attributes_of  # noqa: PLC0415 - it imports pyarrow, which may be missing

    known = AuditContext() if context is None else context
    check_type(known, AuditContext, "context")
    chosen, told = chosen_rules(rules, ignore), chosen_severities(severity)
    if order is not None:
        check_names(dataframe.columns, order, NUMBER)
    if single := next((each for each in dataframe.columns if property_key(each) == SINGLE_ADDRESS), None):
        message = (
            f"the column {single} has one address a row: group the rows of an object, collect_list as proxyAddresses"
        )
        raise ConfigurationError("address-a-row", message, single)
    attributes = attributes_of(dataframe.columns)
    judge = PartJudge(chosen, told, known, attributes, separator_in(dataframe), is_ordered=order is not None)
    judge.check()
    return audit_plan(dataframe, judge, order)


def _with_column(dataframe: DataFrame, column: str, name: str, function: ArrowFunction) -> DataFrame:
    """Return the rows with the results in a new column; ConfigurationError where a package is missing."""
    import_extra("pandas", "spark")  # Spark itself asks for it before any mapInArrow
    types = import_extra("pyspark.sql.types", "spark")
    check_names(dataframe.columns, column, name)
    held = dataframe.schema[column].dataType
    if not isinstance(held, types.StringType):
        raise TypeError(f"a column of addresses holds text, not {held.simpleString()}")
    added = types.StructField(name, spark_type(function([]).type, types))
    schema = types.StructType([*dataframe.schema.fields, added])
    sent = dataframe.sparkSession.sparkContext.broadcast(function)

    def rows(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        plain = partial(_without_dictionaries, sent.value)  # pragma: no cover - runs in workers, which Spark kills
        return append_column(batches, column, name, plain)  # pragma: no cover - as above; Spark keeps sent.value

    return dataframe.mapInArrow(rows, schema)


def _without_dictionaries(function: ArrowFunction, column: object) -> pa.ChunkedArray:
    """Return the results of a function as structs without dictionary-encoded fields, which Spark does not take."""
    pa = import_extra("pyarrow", "arrow")
    found = function(column)
    if not pa.types.is_struct(found.type):
        return found
    fields = [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in found.type]
    return found.cast(pa.struct(fields))
