"""Columns of text as pyarrow arrays: objects with the Arrow C data interface, and iterables of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.matcher.engines import chosen_engine

__all__ = [
    "MAX_BYTES",
    "as_bytes",
    "bits",
    "buffer",
    "distinct_texts",
    "for_distinct",
    "has_wildcard",
    "mask_of",
    "native_columns",
    "native_view",
    "read_column",
    "rows_where",
]

MAX_BYTES = 1 << 28
"""Bytes of text that are read together: the output, up to five times as long, has 32-bit offsets."""

MAX_ROWS = 1 << 24
"""Rows that are read together, for the same reason."""

_VIEW = 16
"""The size in bytes of a view."""


def native_columns() -> ModuleType | None:
    """Return the native module for columns; None where the Python engine is in use."""
    return import_module("proxyaddr.columns._native_columns") if chosen_engine() == "native" else None


def read_column(column: object) -> Iterator[pa.Array]:
    """Return the arrays of a column: text, dictionary-encoded text, or nulls; TypeError for any other column.

    An array with more text than MAX_BYTES or more rows than MAX_ROWS is split.
    """
    if hasattr(column, "__arrow_c_stream__"):
        read = pa.chunked_array(column)
    elif hasattr(column, "__arrow_c_array__"):
        array = pa.array(column)
        read = pa.chunked_array([array], array.type)
    elif isinstance(column, str | bytes | bytearray) or not isinstance(column, Iterable):
        raise TypeError(f"a column is Arrow data or an iterable of addresses, not {type(column).__name__}")
    else:
        read = pa.chunked_array([_from_texts(column)])
    kind = read.type.value_type if pa.types.is_dictionary(read.type) else read.type
    if not (pa.types.is_null(kind) or _width(kind)):
        raise TypeError(f"a column of addresses holds text, not {read.type}")
    return (piece for chunk in read.chunks for piece in _pieces(chunk))


def for_distinct(array: pa.Array, answer: Callable[[bytes], tuple[Any, ...]], kinds: list[Any]) -> list[pa.Array]:
    """Return an array of each type in `kinds` with the answers for an array of text; null for null.

    `answer` is called once for each distinct text.
    """
    words, places = distinct_texts(array)
    rows = [answer(text) for text in words]
    columns: Iterable[tuple[Any, ...]] = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [pc.take(pa.array(list(column), kind), places) for column, kind in zip(columns, kinds, strict=True)]


def distinct_texts(array: pa.Array) -> tuple[list[bytes], pa.Array]:
    """Return the distinct texts of an array, and which of them each row has; null for null."""
    encoded = as_bytes(array).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices


def rows_where(array: pa.Array, mask: pa.Array) -> pa.Array:
    """Return the rows of an array of text where the mask is set."""
    return pc.filter(as_bytes(array), mask)


def native_view(array: pa.Array, native: ModuleType) -> Any:  # noqa: ANN401 - the native module may not be there
    """Return the texts of an array as the native module reads them."""
    return native.TextColumn(array)


def buffer(size: int) -> pa.Buffer:
    """Return a buffer of that many bytes for the native module to fill."""
    return pa.allocate_buffer(size)


def bits(rows: int) -> pa.Buffer:
    """Return a buffer with one bit per row for the native module to fill."""
    return pa.allocate_buffer((rows + 7) // 8)


def mask_of(marks: pa.Buffer, rows: int) -> pa.Array:
    """Return a buffer of bits as a boolean array."""
    return pa.Array.from_buffers(pa.bool_(), rows, [None, marks])


def has_wildcard(array: pa.Array) -> pa.Array:
    """Return a mask of the texts that contain `*` or `%`."""
    texts = as_bytes(array)
    return pc.or_(pc.match_substring(texts, "*"), pc.match_substring(texts, "%"))


def _width(kind: Any) -> int:  # noqa: ANN401 - pyarrow has no types for types
    """Return the size in bytes of an offset or a view of a text type, 0 for any other type."""
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return 4
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return 8
    return _VIEW if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind) else 0


def as_bytes(array: pa.Array) -> pa.Array:
    """Return an array of text as bytes, so that pyarrow does not expect valid UTF-8; only string views are copied."""
    if pa.types.is_dictionary(array.type) and _width(array.type.value_type) == _VIEW:  # pyarrow takes no rows of views
        array = array.cast(pa.dictionary(array.type.index_type, pa.large_binary()))
    return array.cast(pa.large_binary())


def _pieces(array: pa.Array) -> Iterator[pa.Array]:
    """Yield an array in pieces of at most MAX_ROWS rows and MAX_BYTES bytes of text, or of one row."""
    if len(array) > 1 and (len(array) > MAX_ROWS or (array.nbytes > MAX_BYTES and _text_size(array) > MAX_BYTES)):
        half = len(array) // 2
        yield from _pieces(array.slice(0, half))
        yield from _pieces(array.slice(half))
    else:
        yield array


def _text_size(array: pa.Array) -> int:
    """Return how many bytes the texts of an array have, 0 where it is dictionary-encoded."""
    return (pc.sum(pc.binary_length(as_bytes(array))).as_py() if _width(array.type) else None) or 0


def _from_texts(column: Iterable[object]) -> pa.Array:
    """Return an array of str and None; TypeError for other items. A lone surrogate gives bytes that are not UTF-8."""
    items = list(column)
    for kind in set(map(type, items)):
        if not issubclass(kind, str | None):
            raise TypeError(f"an address is text, not {kind.__name__}")
    try:
        return pa.array(items, pa.large_string())
    except UnicodeEncodeError:
        encoded = [None if item is None else item.encode("utf-8", "surrogatepass") for item in items]  # type: ignore[attr-defined]  # the loop above saw str and None alone
        return pa.array(encoded, pa.large_binary())
