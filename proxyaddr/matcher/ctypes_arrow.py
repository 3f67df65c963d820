"""Arrow text by ctypes, for the Python engine: whatever has the Arrow C data interface, without any Arrow library."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

from proxyaddr.matcher.arrow import IndexColumn
from proxyaddr.matcher.plan import NO_ROUTE

__all__ = ["Chunk", "chunks"]


class _Schema(ctypes.Structure):
    """struct ArrowSchema."""


class _Array(ctypes.Structure):
    """struct ArrowArray."""


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""


_SchemaPointer, _ArrayPointer = ctypes.POINTER(_Schema), ctypes.POINTER(_Array)
_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(_SchemaPointer)),
    ("dictionary", _SchemaPointer),
    ("release", _Release),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(_ArrayPointer)),
    ("dictionary", _ArrayPointer),
    ("release", _Release),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, _SchemaPointer)),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, _ArrayPointer)),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)),
    ("release", _Release),
    ("private_data", ctypes.c_void_p),
]

OFFSETS = {b"u": ctypes.c_int32, b"z": ctypes.c_int32, b"U": ctypes.c_int64, b"Z": ctypes.c_int64}
"""Formats of text in one buffer, with the width of their offsets."""

VIEWS = (b"vu", b"vz")
VIEW_BYTES = 16
INLINE_VIEW = 12
"""A view of up to so many bytes holds them itself."""

NULLS = b"n"
_INDEX_TYPES = {
    **{b"c": ctypes.c_int8, b"C": ctypes.c_uint8, b"s": ctypes.c_int16, b"S": ctypes.c_uint16},
    **{b"i": ctypes.c_int32, b"I": ctypes.c_uint32, b"l": ctypes.c_int64, b"L": ctypes.c_uint64},
}

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


class Chunk(NamedTuple):
    """An array of a column: addresses of its buffers as its format defines them, which `owner` keeps."""

    format: bytes
    length: int
    offset: int
    validity: int
    buffers: tuple[int, ...]
    dictionary: Chunk | None
    owner: object

    @property
    def is_null(self) -> bool:
        """Whether its type is null, so that there is no text."""
        return self.format == NULLS

    def texts(self) -> list[str | None]:
        """Return the rows as text, None for null; bytes that are not UTF-8 become lone surrogates."""
        if self.is_null:
            return [None] * self.length
        if self.dictionary is not None:
            return [None if member is None else self.dictionary._text(member) for member in self._members()]
        spans = self._views() if self.format in VIEWS else self._spans()
        return [
            ctypes.string_at(start, length).decode("utf-8", "surrogateescape") if valid else None
            for valid, (start, length) in zip(self._valid(), spans, strict=True)
        ]

    def take(self, answers: IndexColumn, out: IndexColumn) -> None:
        """Give each row the answer of its member, -1 for null; TypeError for a member that the dictionary lacks."""
        for row, member in enumerate(self._members()):
            out[row] = NO_ROUTE if member is None else answers[member]

    def _text(self, row: int) -> str | None:
        return self._replace(offset=self.offset + row, length=1).texts()[0]

    def _valid(self) -> Iterator[bool]:
        """Yield for each row whether it is not null."""
        if not self.validity:
            return (True for _ in range(self.length))
        first, last = self.offset // 8, (self.offset + self.length + 7) // 8
        bits = ctypes.string_at(self.validity + first, last - first)
        skipped = self.offset - 8 * first
        return (bool(bits[place >> 3] >> (place & 7) & 1) for place in range(skipped, skipped + self.length))

    def _members(self) -> Iterator[int | None]:
        """Yield which member of the dictionary each row names, None for null; TypeError for one that it lacks."""
        kind = _INDEX_TYPES[self.format]
        start = self.buffers[1] + self.offset * ctypes.sizeof(kind) if self.length else 0
        members = (kind * self.length).from_address(start) if self.length else ()
        count = self.dictionary.length if self.dictionary else 0
        for valid, member in zip(self._valid(), members, strict=True):
            if valid and not 0 <= member < count:
                raise TypeError(f"a column of addresses names member {member} of a dictionary of {count}")
            yield member if valid else None

    def _spans(self) -> Iterator[tuple[int, int]]:
        width = OFFSETS[self.format]
        if not self.length:
            return
        offsets: Any = (width * (self.length + 1)).from_address(self.buffers[1] + self.offset * ctypes.sizeof(width))
        data = self.buffers[2]
        for place in range(self.length):
            start: int = offsets[place]
            yield data + start, offsets[place + 1] - start

    def _views(self) -> Iterator[tuple[int, int]]:
        for place in range(self.offset, self.offset + self.length):
            view = self.buffers[1] + place * VIEW_BYTES
            length, _, buffer, start = (ctypes.c_int32 * 4).from_address(view)
            yield (view + 4 if length <= INLINE_VIEW else self.buffers[2 + buffer] + start), length


def chunks(column: object) -> Iterator[Chunk]:
    """Yield the arrays of a column of text; TypeError where it holds something else."""
    source: Any = column
    if hasattr(column, "__arrow_c_array__"):
        schema_capsule, array_capsule = source.__arrow_c_array__()
        found = _Schema.from_address(_pointer_of(schema_capsule, b"arrow_schema"))
        held = _Array.from_address(_pointer_of(array_capsule, b"arrow_array"))
        yield _chunk(found, held, (schema_capsule, array_capsule))
        return
    capsule = source.__arrow_c_stream__()
    address = _pointer_of(capsule, b"arrow_array_stream")
    stream = _Stream.from_address(address)
    schema_of_all = _Owned(_Schema())
    _check(stream, address, stream.get_schema(address, ctypes.byref(schema_of_all.struct)))
    while True:
        array_of_next = _Owned(_Array())
        _check(stream, address, stream.get_next(address, ctypes.byref(array_of_next.struct)))
        if not array_of_next.struct.release:
            return
        yield _chunk(schema_of_all.struct, array_of_next.struct, (capsule, schema_of_all, array_of_next))


class _Owned:
    """A struct that was filled for us, released with this object."""

    def __init__(self, struct: _Schema | _Array) -> None:
        self.struct: Any = struct

    def __del__(self) -> None:
        if self.struct.release:
            self.struct.release(ctypes.addressof(self.struct))


def _check(stream: Any, address: int, status: int) -> None:  # noqa: ANN401 - a ctypes struct has no types
    if status:
        message = stream.get_last_error(address) or b"the Arrow stream failed"
        raise OSError(status, message.decode("utf-8", "replace"))


def _chunk(schema: Any, held: Any, owner: object) -> Chunk:  # noqa: ANN401 - ctypes structs have no types
    written = schema.format
    dictionary = None
    if schema.dictionary and written in _INDEX_TYPES:
        dictionary = _chunk(schema.dictionary.contents, held.dictionary.contents, owner)
    elif written not in OFFSETS and written not in VIEWS and written != NULLS:
        raise TypeError(f"a column of addresses holds text, not Arrow format {written.decode('ascii', 'replace')!r}")
    buffers = tuple([place or 0 for place in held.buffers[: held.n_buffers]])
    validity = buffers[0] if buffers and held.null_count != 0 else 0
    return Chunk(written, held.length, held.offset, validity, buffers, dictionary, owner)
