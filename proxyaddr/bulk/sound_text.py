"""Columns of text that is UTF-8: what is not is shown escaped, and said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from proxyaddr.bulk.batches import Codes, escaped
from proxyaddr.columns import NOT_UTF8

__all__ = ["ESCAPED_OCTET", "check_names", "check_places", "is_list", "is_text", "sound", "values"]

ESCAPED_OCTET = r"\\x[89a-f][0-9a-f]|\\ud[89a-f][0-9a-f]{2}"
"""How octets that are not UTF-8, and half pairs out of JSON, are shown in text: a pattern for re and for RE2."""


def is_list(kind: pa.DataType) -> bool:
    """Return whether a column holds several values a row."""
    listed = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_kind(kind) for is_kind in listed)


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column holds text, or octets that may be."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    kinds = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
        pa.types.is_null,
    )
    return any(is_kind(kind) for is_kind in kinds)


def sound(column: pa.Array, kind: pa.DataType) -> tuple[pa.Array, Codes]:
    r"""Return the column as valid text, octets that are not UTF-8 as `\xHH`, and the rows that had such."""
    try:
        text = column if column.type == kind else column.cast(kind)
        text.validate(full=True)
    except pa.ArrowInvalid:
        pass
    else:
        return text, {}
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values = column.cast(pa.list_(pa.binary()) if is_list(column.type) else pa.binary()).to_pylist()
    codes: Codes = {}
    for row, value in enumerate(values):
        items = value if isinstance(value, list) else [value]
        shown = [("", False) if item is None else escaped(item) for item in items]
        if any(broken for _, broken in shown):
            codes[row] = NOT_UTF8
        texts = [None if item is None else text for item, (text, _) in zip(items, shown, strict=True)]
        values[row] = texts if isinstance(value, list) else texts[0]
    return pa.array(values, pa.list_(pa.string()) if is_list(kind) else pa.string()).cast(kind), codes


def values(column: pa.Array) -> list[Any]:
    """Return the values of any column, text that is not UTF-8 as octets."""
    try:
        found: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        found = column.view(_with_octets(column.type)).to_pylist()
    return found


def check_names(fields: Iterable[pa.Field]) -> None:
    """Raise UnicodeDecodeError where the name of a column, or of a field inside one, is not UTF-8."""
    for field in fields:
        _ = field.name
        check_names(field.type.field(place) for place in range(field.type.num_fields))


def check_places(column: pa.Array) -> None:
    """Raise ArrowInvalid where a column points outside its own data: Arrow IPC files are taken as they are written.

    Text that is not UTF-8 passes.
    """
    column.view(_with_octets(column.type)).validate(full=True)


_OCTETS = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def _with_octets(kind: pa.DataType) -> pa.DataType:
    """Return the type of the same layout that holds octets in place of text."""
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _with_octets(kind.value_type), ordered=kind.ordered)
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_with_octets(kind.value_type), kind.list_size)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return (pa.list_ if pa.types.is_list(kind) else pa.large_list)(_with_octets(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(_with_octets(kind.key_type), _with_octets(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with_octets(field.type)) for field in kind])
    return _OCTETS.get(kind, kind)
