"""The types of Spark for those of Arrow."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

__all__ = ["spark_type"]

_TYPES = {"int32": "IntegerType", "int64": "LongType", "bool": "BooleanType"}
"""Arrow type to Spark type; every other type of the results is text."""


def spark_type(kind: Any, types: ModuleType) -> DataType:  # noqa: ANN401 - a pyarrow.DataType, which has no types
    """Return the Spark type of an Arrow type; `types` is `pyspark.sql.types`."""
    if hasattr(kind, "value_field"):  # a list
        made: DataType = types.ArrayType(spark_type(kind.value_type, types))
    elif kind.num_fields:  # a struct
        fields = [types.StructField(field.name, spark_type(field.type, types)) for field in kind]
        made = types.StructType(fields)
    else:
        made = getattr(types, _TYPES.get(str(kind), "StringType"))()
    return made
