"""Addresses in Spark: a DataFrame with the answers in one more column, by `mapInArrow`, past one machine.

    route(dataframe, table, "email")    # its rows and a column `route`

proxyaddr must be installed where the executors run, with its `spark` extra. A table is sent to each executor once, as a
broadcast, and each Python worker compiles it once, however many tasks it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.adapters import _answers
from proxyaddr.adapters._answers import check_names, widened

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.types import BooleanType, DataType, IntegerType, StringType, StructField, StructType

    from proxyaddr.adapters._answers import Answer
    from proxyaddr.columns import Router
    from proxyaddr.routing.table import RoutingTable
else:
    pa, types = import_extra("pyarrow", "arrow"), import_extra("pyspark.sql.types", "spark")
    import_extra("pandas", "spark")  # Spark itself asks for it before any mapInArrow
    BooleanType, DataType, IntegerType = types.BooleanType, types.DataType, types.IntegerType
    StringType, StructField, StructType = types.StringType, types.StructField, types.StructType

__all__ = ["decapsulate", "normalize", "parse", "route", "route_index"]

_TYPES: dict[str, type[DataType]] = {"int32": IntegerType, "bool": BooleanType}
"""Arrow type to that of Spark; all else is text."""


def route(
    dataframe: DataFrame, table: RoutingTable | Router, column: str = "email", *, name: str = "route"
) -> DataFrame:
    """Return the rows with index, connector, match and cost of the route of each address, as structs."""
    return _widened(dataframe, column, name, _answers.route(table))


def route_index(
    dataframe: DataFrame, table: RoutingTable | Router, column: str = "email", *, name: str = "route_index"
) -> DataFrame:
    """Return the rows with the index of the route of each address, -1 for none."""
    return _widened(dataframe, column, name, _answers.route_index(table))


def parse(dataframe: DataFrame, column: str = "email", *, name: str = "parse") -> DataFrame:
    """Return the rows with type, value, is_primary and error of each address, as structs."""
    return _widened(dataframe, column, name, _answers.parse())


def normalize(dataframe: DataFrame, column: str = "email", *, name: str = "normalize") -> DataFrame:
    """Return the rows with the key by which addresses compare and the error of each, as structs."""
    return _widened(dataframe, column, name, _answers.normalize())


def decapsulate(
    dataframe: DataFrame, column: str = "email", *, name: str = "decapsulate", tolerant: bool = False
) -> DataFrame:
    """Return the rows with type, value, domain and error of each encapsulated address, as structs."""
    return _widened(dataframe, column, name, _answers.decapsulate(tolerant=tolerant))


def _widened(dataframe: DataFrame, column: str, name: str, answer: Answer) -> DataFrame:
    check_names(dataframe.columns, column, name)
    held = dataframe.schema[column].dataType
    if not isinstance(held, StringType):
        raise TypeError(f"a column of addresses holds text, not {held.simpleString()}")
    kind = answer([]).type
    schema = StructType([*dataframe.schema.fields, StructField(name, _type(kind))])
    sent = dataframe.sparkSession.sparkContext.broadcast(answer)

    def rows(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        answers = partial(_plain, sent.value)  # pragma: no cover - in the workers, which Spark kills in the end
        return widened(batches, column, name, answers)  # pragma: no cover - as above; Spark keeps sent.value

    return dataframe.mapInArrow(rows, schema)


def _plain(answer: Answer, column: object) -> pa.ChunkedArray:
    """Give the answers without dictionaries, which Spark does not take."""
    found = answer(column)
    return found.cast(_without_dictionaries(found.type)) if pa.types.is_struct(found.type) else found


def _without_dictionaries(kind: Any) -> Any:  # noqa: ANN401 - pyarrow types have no types
    fields = [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in kind]
    return pa.struct(fields)


def _type(kind: Any) -> DataType:  # noqa: ANN401 - as above
    if pa.types.is_struct(kind):
        return StructType([StructField(field.name, _type(field.type)) for field in kind])
    return _TYPES.get(str(kind), StringType)()
