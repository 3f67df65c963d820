"""Columns of text as pyarrow arrays: whatever has the Arrow C data interface, or a sequence of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from proxyaddr._extras import needed

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = needed("pyarrow", "arrow")

__all__ = ["read_column", "texts"]


def read_column(column: object) -> list[pa.Array]:
    """Return the arrays of a column: of text, dictionary-encoded text, or nulls; TypeError where it holds others."""
    if hasattr(column, "__arrow_c_stream__"):
        read = pa.chunked_array(column)
    elif hasattr(column, "__arrow_c_array__"):
        array = pa.array(column)
        read = pa.chunked_array([array], array.type)
    elif isinstance(column, str | bytes | bytearray) or not isinstance(column, Iterable):
        raise TypeError(f"a column is Arrow data or an iterable of addresses, not {type(column).__name__}")
    else:
        array = pa.array([_octets(item) for item in column], pa.large_binary())
        read = pa.chunked_array([array])
    kind = read.type.value_type if pa.types.is_dictionary(read.type) else read.type
    if not (_is_text(kind) or pa.types.is_null(kind)):
        raise TypeError(f"a column of addresses holds text, not {read.type}")
    return list(read.chunks)


def texts(array: pa.Array) -> Iterator[str | None]:
    """Yield the members as text, None for null; octets that are no UTF-8 become lone surrogates."""
    if pa.types.is_null(array.type):
        return (None for _ in range(len(array)))
    octets: list[bytes | None] = array.cast(pa.large_binary()).to_pylist()
    return (None if each is None else each.decode("utf-8", "surrogateescape") for each in octets)


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types for types
    is_kind = pa.types
    return any(
        test(kind)
        for test in (
            is_kind.is_string,
            is_kind.is_large_string,
            is_kind.is_string_view,
            is_kind.is_binary,
            is_kind.is_large_binary,
            is_kind.is_binary_view,
        )
    )


def _octets(item: object) -> bytes | None:
    if item is None:
        return None
    if not isinstance(item, str):
        raise TypeError(f"an address is text, not {type(item).__name__}")
    return item.encode("utf-8", "surrogatepass")  # what is no text is found when it is read
