"""Columns of text as pyarrow arrays: whatever has the Arrow C data interface, or an iterable of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from proxyaddr._optional import import_extra
from proxyaddr.matcher.engines import chosen_engine

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
else:
    pa, pc = import_extra("pyarrow", "arrow"), import_extra("pyarrow.compute", "arrow")

__all__ = [
    "LONGEST",
    "bits",
    "buffer",
    "for_distinct",
    "holding_wildcards",
    "mask_of",
    "native_columns",
    "place",
    "read_column",
    "some",
]

LONGEST = 1 << 28
"""Octets of text that are read together: what comes of them, up to five times as many, has offsets of 32 bits."""

MOST = 1 << 24
"""Rows that are read together, for the same reason."""


def native_columns() -> ModuleType | None:
    """Return the native module for columns where the native engine is in use."""
    return import_module("proxyaddr.columns._native_columns") if chosen_engine() == "native" else None


def read_column(column: object) -> Iterator[pa.Array]:
    """Yield the arrays of a column: of text, dictionary-encoded text, or nulls; TypeError where it holds others.

    An array with more text than LONGEST comes in several.
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
    """Return arrays of the answers for an array of text, asked once for each distinct text; null for null."""
    encoded = _octets(array).dictionary_encode()
    rows = [answer(octets) for octets in encoded.dictionary.to_pylist()]
    columns: Iterable[tuple[Any, ...]] = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [pc.take(pa.array(list(column), kind), encoded.indices) for column, kind in zip(columns, kinds, strict=True)]


def some(array: pa.Array, mask: pa.Array) -> pa.Array:
    """Return the rows of an array of text that a mask marks."""
    return pc.filter(_octets(array), mask)


def place(array: pa.Array, native: ModuleType) -> Any:  # noqa: ANN401 - the native module may not be there
    """Return the texts of an array, for the native module."""
    return native.TextColumn(array)


def buffer(octets: int) -> pa.Buffer:
    """Return room for an output of the native module."""
    return pa.allocate_buffer(octets)


def bits(rows: int) -> pa.Buffer:
    """Return room for a bit a row."""
    return pa.allocate_buffer((rows + 7) // 8)


def mask_of(marks: pa.Buffer, rows: int) -> pa.Array:
    """Return bits as an array."""
    return pa.Array.from_buffers(pa.bool_(), rows, [None, marks])


def holding_wildcards(array: pa.Array) -> pa.Array:
    """Return which texts hold `*` or `%`."""
    octets = _octets(array)
    return pc.or_(pc.match_substring(octets, "*"), pc.match_substring(octets, "%"))


def _width(kind: Any) -> int:  # noqa: ANN401 - pyarrow has no types for types
    """Return how many octets an offset or a view of a type of text has, 0 for any other type."""
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return 4
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return 8
    return 16 if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind) else 0


def _octets(array: pa.Array) -> pa.Array:
    """Return an array of text as octets, which nothing checks; only views are copied."""
    return array.cast(pa.large_binary())


def _pieces(array: pa.Array) -> Iterator[pa.Array]:
    if len(array) > 1 and (len(array) > MOST or (array.nbytes > LONGEST and _text_size(array) > LONGEST)):
        half = len(array) // 2
        yield from _pieces(array.slice(0, half))
        yield from _pieces(array.slice(half))
    else:
        yield array


def _text_size(array: pa.Array) -> int:
    return (pc.sum(pc.binary_length(_octets(array))).as_py() if _width(array.type) else None) or 0


def _from_texts(column: Iterable[object]) -> pa.Array:
    """Return an array of texts; a lone surrogate is kept as octets that are no UTF-8."""
    items = list(column)
    for kind in set(map(type, items)):
        if not issubclass(kind, str | None):
            raise TypeError(f"an address is text, not {kind.__name__}")
    try:
        return pa.array(items, pa.large_string())
    except UnicodeEncodeError:
        octets = [None if item is None else item.encode("utf-8", "surrogatepass") for item in items]  # type: ignore[attr-defined]
        return pa.array(octets, pa.large_binary())
