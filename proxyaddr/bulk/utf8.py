"""Text whose bytes may not be UTF-8: escaping such bytes, and columns that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from proxyaddr.bulk.readers.reader import Codes
from proxyaddr.columns import NOT_UTF8

__all__ = [
    "ESCAPED_BYTE",
    "as_utf8",
    "check_names",
    "check_offsets",
    "encodable",
    "escaped",
    "is_list",
    "is_text",
    "values",
]

ESCAPED_BYTE = r"\\x[89a-f][0-9a-f]|\\ud[89a-f][0-9a-f]{2}"
"""What an escaped byte, or half of a surrogate pair from JSON, looks like in text: a pattern for re and for RE2."""


def escaped(data: bytes) -> tuple[str, bool]:
    r"""Return the text of bytes, with `\xHH` for those that are not UTF-8, and whether there were any."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return data.decode("utf-8", "backslashreplace"), True


def encodable(text: str) -> str:
    r"""Return text that can be written as UTF-8: bytes that were not (surrogateescape) as `\xHH`, halves as `\uHHHH`.

    Halves of surrogate pairs come from escapes in JSON; a text with both has all of them as `\uHHHH`.
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_list(kind: pa.DataType) -> bool:
    """Return whether a type is a list: several values in one row."""
    listed = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_kind(kind) for is_kind in listed)


def is_text(kind: pa.DataType) -> bool:
    """Return whether a type is text, or bytes that may be text."""
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


def as_utf8(column: pa.Array, kind: pa.DataType) -> tuple[pa.Array, Codes]:
    r"""Return a column as valid text of the type given, and the code of each row with bytes that are not UTF-8.

    Those bytes are shown as `\xHH`. ArrowException where the column can't have that type.
    """
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
    """Return the values of any column; where some text of it is not UTF-8, all text of it as bytes."""
    try:
        found: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        found = column.view(_as_bytes(column.type)).to_pylist()
    return found


def check_names(fields: Iterable[pa.Field]) -> None:
    """Raise UnicodeDecodeError where the name of a column, or of a field inside one, is not UTF-8."""
    for field in fields:
        _ = field.name
        check_names(field.type.field(place) for place in range(field.type.num_fields))


def check_offsets(column: pa.Array) -> None:
    """Raise ArrowInvalid where the offsets or indices of a column point outside its data.

    pyarrow does not check them when it reads Arrow IPC. Text that is not UTF-8 is no error here.
    """
    column.view(_as_bytes(column.type)).validate(full=True)


_BYTES = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def _as_bytes(kind: pa.DataType) -> pa.DataType:
    """Return the type with bytes in place of text, which has the same layout."""
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _as_bytes(kind.value_type), ordered=kind.ordered)
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_as_bytes(kind.value_type), kind.list_size)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return (pa.list_ if pa.types.is_list(kind) else pa.large_list)(_as_bytes(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(_as_bytes(kind.key_type), _as_bytes(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _as_bytes(field.type)) for field in kind])
    return _BYTES.get(kind, kind)
