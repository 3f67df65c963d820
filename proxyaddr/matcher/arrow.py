"""Whole columns through an engine: lists and Arrow data in, by capability and without any Arrow library; int32 out."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from proxyaddr._optional import import_extra
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.matcher.plan import NO_ROUTE

if TYPE_CHECKING:
    _Int32s = array.array[int]
else:
    _Int32s = array.array

__all__ = ["Engine", "IndexColumn", "TextArray", "match_column"]

_REPEATED = 4096
"""Values that are repeated together."""

_SPARSE = 16
"""A dictionary of more than so many members a row is looked up row by row: taking out one text costs about as much as
matching so many, and each slice of a large column holds the dictionary of the whole."""


_SHOWN = 6
"""Indices that a repr shows."""


class IndexColumn(_Int32s):
    """Indices into a table's routes, int32, -1 for none; an Arrow column and a buffer."""

    __slots__ = ()

    def __new__(cls, length: int) -> IndexColumn:
        """Return a column of a length, full of zeros."""
        return cls.of(0, length)

    @classmethod
    def of(cls, value: int, length: int) -> IndexColumn:
        """Return a column of one value."""
        column = super().__new__(cls, "i", (value,))
        column *= min(length, _REPEATED)  # one value at a time is slow
        column *= length // _REPEATED if length > _REPEATED else 1
        column.extend(column[: length - len(column)])
        return column  # type: ignore[return-value]  # typeshed says array

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self[:_SHOWN]))
        return f"IndexColumn({len(self):,} rows: {shown}{', …' if len(self) > _SHOWN else ''})"

    def __arrow_c_schema__(self) -> object:
        """Return the type, int32, as a capsule (Arrow PyCapsule interface)."""
        return self.__arrow_c_array__()[0]

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return type and values as capsules (Arrow PyCapsule interface); the values are shared, not copied.

        Without the native engine ConfigurationError where pyarrow is not installed: what releases the values is called
        in the midst of errors too, when no Python code may run.
        """
        try:
            from proxyaddr.matcher._native_arrow import exported  # noqa: PLC0415 - may not be there
        except ImportError:
            pa = import_extra("pyarrow", "arrow")
            found: tuple[object, object] = pa.Array.from_buffers(
                pa.int32(), len(self), [None, pa.py_buffer(self)]
            ).__arrow_c_array__()
            return found
        return exported(self)


class TextArray(Protocol):
    """An Arrow array of text, of nulls, or of members of a dictionary of those."""

    @property
    def length(self) -> int:
        """How many rows there are."""

    @property
    def is_null(self) -> bool:
        """Whether its type is null, so that there is no text."""

    @property
    def dictionary(self) -> TextArray | None:
        """The members that the rows name, None where the rows are text."""

    def texts(self) -> list[str | None]:
        """Return the rows as text, None for null; bytes that are not UTF-8 become lone surrogates."""

    def take(self, answers: IndexColumn, out: IndexColumn) -> None:
        """Give each row the answer of its member, -1 for null; TypeError for a member that the dictionary lacks."""


class Engine(Protocol):
    """What matches addresses; each engine reads arrays in its own way."""

    @property
    def match(self) -> Callable[[str | TypedAddress], int]:
        """The function that returns the index of the route that takes an address, -1 where there is none."""

    @property
    def size(self) -> int | None:
        """How many bytes its tables hold, None where that is not known."""

    def arrays(self, column: object) -> Iterator[Any]:
        """Return the arrays of a column with the Arrow C data interface; TypeError where it holds no text."""

    def match_list(self, items: list[Any], out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts, UTF-8 bytes or None of a list into a column of its length; TypeError for others."""

    def match_array(self, texts: Any, out: IndexColumn, threads: int | None = None) -> None:  # noqa: ANN401 - of `arrays`
        """Match the rows of an array of text into a column of its length."""


def match_column(engine: Engine, column: object, threads: int | None) -> IndexColumn:
    """Return the indices for a column of addresses; see `Matcher.match_many`."""
    if hasattr(column, "__arrow_c_stream__") or hasattr(column, "__arrow_c_array__"):
        parts = [_match_array(engine, texts, threads) for texts in engine.arrays(column)]
        found = parts[0] if parts else IndexColumn(0)
        for part in parts[1:]:
            found.extend(part)
        return found
    if isinstance(column, str | bytes | bytearray) or not isinstance(column, Iterable):
        raise TypeError(f"a column is Arrow data or an iterable of addresses, not {type(column).__name__}")
    items = list(column)
    out = IndexColumn(len(items))
    engine.match_list(items, out, threads)
    return out


def _match_array(engine: Engine, texts: TextArray, threads: int | None) -> IndexColumn:
    if texts.is_null:
        return IndexColumn.of(NO_ROUTE, texts.length)
    out = IndexColumn(texts.length)
    if texts.dictionary is None:
        engine.match_array(texts, out, threads)
    elif texts.dictionary.length > _SPARSE * texts.length:
        engine.match_list(texts.texts(), out, threads)
    else:  # each distinct value once
        texts.take(_match_array(engine, texts.dictionary, threads), out)
    return out
