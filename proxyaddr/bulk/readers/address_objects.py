"""Addresses that JSON holds as objects, as ConvertTo-Json writes them at a greater depth: the text of each."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._files.objects import ADDRESS_KEYS

__all__ = ["as_texts", "text_type"]


def text_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of a column of addresses once its objects are text; the type itself where it has none."""
    if pa.types.is_struct(kind):
        name = _text_field(kind)
        return kind if name is None else text_type(kind.field(name).type)
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        inner = text_type(kind.value_type)
        return kind if inner == kind.value_type else pa.list_(inner)
    return kind


def as_texts(column: pa.Array) -> pa.Array:
    """Return a column of addresses with the text of each object in place of the object."""
    kind = column.type
    if pa.types.is_struct(kind) and (name := _text_field(kind)) is not None:
        return as_texts(pc.struct_field(column, name))
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) and text_type(kind) != kind:
        texts = as_texts(column.flatten())
        sizes = pc.fill_null(pc.list_value_length(column), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(sizes).cast(pa.int32())])
        return pa.ListArray.from_arrays(offsets, texts, mask=column.is_null())
    return column


def _text_field(kind: pa.StructType) -> str | None:
    """Return the field that holds the text of an address, or the list that PowerShell 5.1 wraps; None without one."""
    names = {field.name for field in kind}
    if "value" in names and names <= {"value", "Count"}:
        return "value"
    return next((name for name in ADDRESS_KEYS if name in names), None)
