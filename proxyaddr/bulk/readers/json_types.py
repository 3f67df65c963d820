"""Which Arrow type the values of a field of JSON need, and values as such a type takes them.

A field whose values differ in type is text, and values that are not text are then shown as JSON. Text that looks like a
time stays text: as a time it would be written otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from types import NoneType
from typing import Any

import pyarrow as pa

from proxyaddr._files.objects import address_text, plain
from proxyaddr.bulk.readers.address_objects import text_type
from proxyaddr.bulk.utf8 import encodable

__all__ = ["column_of", "merged", "type_of", "without_times"]

INT64 = range(-(1 << 63), 1 << 63)

NOTHING: frozenset[type] = frozenset()

_PROXY_KEYS = frozenset({"ProxyAddressString", "SmtpAddress", "AddressString"})
"""Properties that only addresses have; an object with other ones is kept whole."""

_PLAIN: dict[pa.DataType, frozenset[type]] = {
    pa.string(): frozenset({str, NoneType}),
    pa.int64(): frozenset({int, NoneType}),
    pa.float64(): frozenset({float, NoneType}),
    pa.bool_(): frozenset({bool, NoneType}),
}
"""The types of values that a column takes as they are."""

NO_FIT = (ValueError, TypeError, OverflowError, pa.ArrowException)
"""What pyarrow and Python raise for a value that a type can't hold."""


class _Mixed(Exception):  # noqa: N818 - it never leaves this module
    """The values have no common type."""


def type_of(values: Iterable[Any]) -> pa.DataType:
    """Return the type of a column of Python values; text where they have no common one or are too large."""
    try:
        return _common(values)
    except _Mixed:
        return pa.string()


def _common(values: Iterable[Any]) -> pa.DataType:  # noqa: PLR0911 - a line for each type
    """Return the common type of values; _Mixed where there is none.

    One look at the types of all values together; pyarrow's own inference, asked value by value, takes 30 times as long.
    """
    present = [value for value in values if value is not None]
    kinds = set(map(type, present))
    if dict in kinds and len(kinds) > 1:  # addresses of which some are objects, or wrapped by PowerShell 5.1
        present = [_read(value) for value in present]
        kinds = set(map(type, present))
    if kinds == {list, str}:  # PowerShell unwraps a list of one
        return pa.list_(_common([*(item for value in present if type(value) is list for item in value), ""]))
    if not kinds:
        return pa.null()
    if kinds == {str}:
        return pa.string()
    if kinds == {bool}:
        return pa.bool_()
    if kinds <= {int, float} and all(type(value) is float or value in INT64 for value in present):
        return pa.int64() if kinds == {int} else pa.float64()
    if kinds == {list}:
        return pa.list_(_common(item for items in present for item in items))
    if kinds == {dict}:
        names = dict.fromkeys(name for members in present for name in members)
        try:
            return pa.struct([(name, _common(members.get(name) for members in present)) for name in names])
        except _Mixed:  # a property of addresses that none of them needs, such as Prefix
            if all(_address(value) is not None for value in present):
                return pa.string()
            raise
    raise _Mixed


def _address(value: object) -> str | None:
    """Return the text of an address object of Exchange, None for any other value."""
    return address_text(value) if isinstance(value, dict) and not _PROXY_KEYS.isdisjoint(value) else None


def _read(value: Any) -> Any:  # noqa: ANN401 - any value of JSON
    """Return an object that stands for an address or a list as that, any other value unchanged."""
    unwrapped = plain(value)
    text = _address(unwrapped)
    return unwrapped if text is None else text


def without_times(kind: pa.DataType) -> pa.DataType:
    """Return a type that pyarrow inferred with text in place of times, which it guesses from text."""
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(without_times(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, without_times(field.type)) for field in kind])
    return kind


def merged(first: pa.Schema, other: pa.Schema) -> pa.Schema:
    """Return the columns of both schemas, each of a type that holds the values of both; text where there is none."""
    fields = {field.name: field.type for field in first}
    for field in other:
        known = fields.get(field.name, field.type)
        fields[field.name] = field.type if known == field.type else _promoted(known, field.type)
    return pa.schema(list(fields.items()))


def _promoted(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    kinds = [text_type(one), text_type(other)]
    for first, second in (kinds, kinds[::-1]):
        if pa.types.is_string(second) and first in (pa.list_(pa.string()), pa.list_(pa.null())):
            return pa.list_(pa.string())
    if kinds != [one, other] and not pa.types.is_null(one) and not pa.types.is_null(other) and kinds[0] == kinds[1]:
        return kinds[0]
    schemas = [pa.schema([("field", kind)]) for kind in (one, other)]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.string()


def column_of(values: list[Any], kind: pa.DataType, *, is_plain: bool) -> tuple[pa.Array | None, list[int]]:
    """Return the column of values; None and the places of the values that its type can't hold, where there are some.

    `is_plain` says that all text is known to be encodable.
    """
    plain = _PLAIN.get(kind, NOTHING) if is_plain else NOTHING
    try:
        as_they_are = set(map(type, values)) <= plain
        return pa.array(values if as_they_are else [fitting(value, kind) for value in values], kind), []
    except NO_FIT:
        return None, [place for place, value in enumerate(values) if not _fits(value, kind)]


def fitting(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401 - any value of JSON
    """Return a value as a column of a type takes it: as JSON where the column is text and the value is not."""
    if value is None:
        return None
    if pa.types.is_string(kind):
        text = value if isinstance(value, str) else _address(value)
        return json.dumps(value) if text is None else encodable(text)
    if pa.types.is_list(kind):
        if not isinstance(value, list) or pa.types.is_string(kind.value_type):  # lists of lists stay as they are
            value = plain(value)
        return [fitting(item, kind.value_type) for item in (value if isinstance(value, list) else [value])]
    if pa.types.is_struct(kind) and isinstance(value, dict):
        return {field.name: fitting(value.get(field.name), field.type) for field in kind}
    if pa.types.is_floating(kind) and type(value) is int:
        return float(value)  # pyarrow.json rounds integers, and pyarrow.array refuses to
    return value


def _fits(value: Any, kind: pa.DataType) -> bool:  # noqa: ANN401 - any value of JSON
    try:
        pa.scalar(fitting(value, kind), kind)
    except NO_FIT:
        return False
    return True
