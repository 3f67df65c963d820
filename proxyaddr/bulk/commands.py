"""The columns that a command adds: what each address is, or which route takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr.addresses.parser import parse
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.routing.table import RoutingTable

__all__ = ["ERROR", "WORDS", "Answers", "Found", "ParseAnswers", "RouteAnswers", "error_column"]

ERROR = "error"
"""The last added column: the code of what makes a row bad, null for good rows."""

WORDS = pa.dictionary(pa.int32(), pa.string())
"""Text of few distinct values."""

_KINDS = pa.dictionary(pa.int8(), pa.string())


class Found(NamedTuple):
    """One column a field, and the addresses as they were asked: out of their brackets, null for bad rows."""

    columns: list[pa.Array]
    asked: pa.Array


class Answers(Protocol):
    """What a command adds to the columns of its input."""

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns that are added."""

    def of(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Found:
        """Return the answers; `errors` are those known before, `parsed` is what the items of lists are."""


class ParseAnswers:
    """Type, value and is_primary, as `proxyaddr.parse` gives them."""

    fields = (
        pa.field("type", WORDS),
        pa.field("value", pa.string()),
        pa.field("is_primary", pa.bool_()),
        pa.field(ERROR, WORDS),
    )

    def of(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Found:
        """Return the four columns."""
        if parsed is not None:
            found = [parsed.field(field.name).cast(field.type) for field in self.fields]
        else:
            found = _whole(columns.parse(_without_bad(addresses, errors)))
        return Found([*found[:-1], _first_of(errors, found[-1])], addresses)


class RouteAnswers:
    """Connector, match, cost and address space of the route that takes an address."""

    def __init__(self, table: RoutingTable) -> None:
        self._router = columns.Router(table)
        self._spaces = pa.array([str(route.space) for route in table.routes], pa.string())
        self.fields = (
            pa.field("connector", WORDS),
            pa.field("match", _KINDS),
            pa.field("cost", pa.int32()),
            pa.field("address_space", WORDS),
            pa.field(ERROR, WORDS),
        )

    def of(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Found:
        """Return the five columns; text in brackets or angles is parsed first, as the command does with one address."""
        if parsed is not None:
            errors = _first_of(errors, parsed.field(ERROR).cast(WORDS))
        asked, errors = _unbracketed(_without_bad(addresses, errors), errors)
        index, *found = _whole(self._router.route(asked))
        used = pc.if_else(pc.less(index, 0), pa.scalar(None, pa.int32()), index).dictionary_encode()
        space = pa.DictionaryArray.from_arrays(used.indices, self._spaces.take(used.dictionary))
        typed = [column.cast(field.type) for column, field in zip(found, self.fields, strict=False)]
        return Found([*typed, space, errors], asked)


def error_column(length: int, codes: Mapping[int, str]) -> pa.Array:
    """Return the errors of a batch as a column."""
    if not codes:
        return pa.DictionaryArray.from_arrays(pa.nulls(length, pa.int32()), pa.array([], pa.string()))
    return pa.array([codes.get(row) for row in range(length)], WORDS)


def _whole(table: pa.Table) -> list[pa.Array]:
    """Return each column in one piece."""
    found = [column.combine_chunks() for column in table.columns]
    return [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in found]


def _first_of(known: pa.Array, found: pa.Array) -> pa.Array:
    """Return the errors known before and, where there is none, those found."""
    if known.null_count == len(known):
        return found
    return pc.coalesce(known.cast(pa.string()), found.cast(pa.string())).cast(WORDS)


def _without_bad(addresses: pa.Array, errors: pa.Array) -> pa.Array:
    """Return the addresses with null for those of bad rows."""
    if errors.null_count == len(errors):
        return addresses
    if pa.types.is_dictionary(addresses.type):
        addresses = addresses.dictionary_decode()
    return pc.if_else(pc.is_valid(errors), pa.scalar(None, addresses.type), addresses)


def _unbracketed(addresses: pa.Array, errors: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the addresses with those in brackets or angles as TYPE:VALUE, and the errors of those that don't parse."""
    texts = addresses.dictionary if pa.types.is_dictionary(addresses.type) else addresses
    if pa.types.is_null(texts.type) or not _may_be_bracketed(texts):
        return addresses, errors
    plain = addresses.cast(pa.string())
    mask = pc.fill_null(_bracketed(plain), False)
    rows = pc.indices_nonzero(mask).to_pylist()
    typed: list[str | None] = []
    codes: dict[int, str] = {}
    for row, text in zip(rows, plain.filter(mask).to_pylist(), strict=True):
        try:
            address = parse(text)
        except AddressSyntaxError as error:
            codes[row] = error.code
            typed.append(None)
        else:
            typed.append(f"{address.type}:{address.value}")
    plain = pc.replace_with_mask(plain, mask, pa.array(typed, pa.string()))
    return plain, _first_of(errors, error_column(len(plain), codes)) if codes else errors


def _may_be_bracketed(texts: pa.Array) -> bool:
    """Return whether a bracket is in a column: found in its octets at once, a tenth of the cost of asking each row."""
    if not pa.types.is_string(texts.type):
        texts = texts.cast(pa.string())
    _, offsets, octets = texts.buffers()
    places = memoryview(offsets).cast("i")
    start, end = places[texts.offset], places[texts.offset + len(texts)]
    held = octets.slice(start, end - start).to_pybytes()
    return b"[" in held or b"<" in held


def _bracketed(texts: pa.Array) -> pa.Array:
    return pc.or_(pc.match_substring(texts, "["), pc.match_substring(texts, "<"))
