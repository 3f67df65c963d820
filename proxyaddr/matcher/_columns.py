"""Whole columns through an engine: lists and Arrow data in, indices out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from proxyaddr.addresses import TypedAddress
from proxyaddr.matcher._arrow import Chunk, IndexColumn, chunks, is_column

__all__ = ["Engine", "match_column"]

NO_ROUTE = -1


class Engine(Protocol):
    """What an engine does with many addresses."""

    def match_each(self, addresses: Iterable[str | None]) -> Iterator[int]:
        """Yield the index for each address, -1 for None."""


def match_column(engine: Engine, column: object, threads: int | None) -> IndexColumn:
    """Return the indices for a column of addresses; see `Matcher.match_many`."""
    if is_column(column):
        found = IndexColumn(0)
        for chunk in chunks(column):
            found.extend(_match_chunk(engine, chunk))
        return found
    if isinstance(column, str | bytes | bytearray) or not isinstance(column, Iterable):
        raise TypeError(f"a column is Arrow data or an iterable of addresses, not {type(column).__name__}")
    found = IndexColumn(0)
    found.extend(engine.match_each(map(_as_text, column)))
    return found


def _match_chunk(engine: Engine, chunk: Chunk) -> Iterator[int]:
    if chunk.dictionary is None:
        return engine.match_each(chunk.texts())
    answers = list(_match_chunk(engine, chunk.dictionary))
    return (NO_ROUTE if place is None else answers[place] for place in chunk.indices())


def _as_text(address: object) -> str | None:
    if address is None or isinstance(address, str):
        return address
    if isinstance(address, bytes | bytearray):
        return address.decode("utf-8", "surrogateescape")
    if isinstance(address, TypedAddress):
        return f"{address.type}:{address.value}"
    raise TypeError(f"an address is text, not {type(address).__name__}")
