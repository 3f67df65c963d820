"""Whole columns through an engine: lists and Arrow data in, indices out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from proxyaddr.matcher.arrow import NULLS, Chunk, IndexColumn, chunks, is_column

__all__ = ["Engine", "match_column"]

NO_ROUTE = -1

_SPARSE = 16
"""A dictionary of more than so many members a row is looked up row by row: taking out one text costs about as much as
matching so many, and each slice of a large column holds the dictionary of the whole."""


class Engine(Protocol):
    """What an engine does with many addresses."""

    def match_list(self, items: Sequence[object], out: IndexColumn, threads: int | None = None) -> None:
        """Match texts, octets or None of a list into a column of its length."""

    def match_chunk(self, chunk: Chunk, out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts of an Arrow array into a column of its length."""


def match_column(engine: Engine, column: object, threads: int | None) -> IndexColumn:
    """Return the indices for a column of addresses; see `Matcher.match_many`."""
    if is_column(column):
        parts = [_match_chunk(engine, chunk, threads) for chunk in chunks(column)]
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


def _match_chunk(engine: Engine, chunk: Chunk, threads: int | None) -> IndexColumn:
    out = IndexColumn(chunk.length)
    if chunk.dictionary is not None:
        _match_dictionary(engine, chunk, chunk.dictionary, out, threads)
    elif chunk.format == NULLS:
        out[:] = IndexColumn.of(NO_ROUTE, chunk.length)
    else:
        engine.match_chunk(chunk, out, threads)
    return out


def _match_dictionary(engine: Engine, chunk: Chunk, dictionary: Chunk, out: IndexColumn, threads: int | None) -> None:
    """Match each distinct value once and give every row the answer of its value."""
    if dictionary.length > _SPARSE * chunk.length:
        texts = [None if place is None else dictionary.text(place) for place in chunk.indices()]
        engine.match_list(texts, out, threads)
        return
    answers = _match_chunk(engine, dictionary, threads)
    take = getattr(engine, "take", None)  # the native engine has one, a hundred times faster
    if take is None or not take(chunk, answers, out):
        for row, place in enumerate(chunk.indices()):
            out[row] = NO_ROUTE if place is None else answers[place]
