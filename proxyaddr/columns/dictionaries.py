"""Dictionary-encoded columns of words that repeat: address types, connectors and error codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

__all__ = ["MATCH_KINDS", "NUMBERS", "WORDS", "Words", "table_of"]

NUMBERS = pa.int32()
"""The Arrow type of the numbers that stand for words."""

WORDS = pa.dictionary(NUMBERS, pa.string())
"""The Arrow type of a column of words."""

MATCH_KINDS = pa.dictionary(pa.int8(), pa.string())
"""The Arrow type of a column of `MatchKind` values."""


class Words:
    """Words numbered in the order in which they were first seen."""

    def __init__(self, *first: str) -> None:
        self._numbers = {word: number for number, word in enumerate(first)}

    def number(self, word: str) -> int:
        """Return the number of a word; a new word gets the next number."""
        return self._numbers.setdefault(word, len(self._numbers))

    @property
    def words(self) -> list[str]:
        """The words in the order of their numbers."""
        return list(self._numbers)


def table_of(
    schema: Mapping[str, Any], chunks: Sequence[Sequence[pa.Array]], words: Mapping[str, Sequence[str] | pa.Array]
) -> pa.Table:
    """Return a table of chunks, each of which has one array for each column of the schema.

    The arrays of a column that is named in `words` hold the numbers of these words; that they do is not checked.
    """
    columns = {}
    for number, (name, kind) in enumerate(schema.items()):
        parts = [chunk[number] for chunk in chunks]
        if name in words:
            known = pa.array(words[name], pa.string())
            parts = [pa.DictionaryArray.from_arrays(part, known, safe=False) for part in parts]
        columns[name] = pa.chunked_array(parts, kind)
    return pa.table(columns)
