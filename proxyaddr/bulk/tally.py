"""Counts how often each value occurs, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["MOST_DISTINCT", "MOST_TYPES", "Tally", "counts"]

MOST_DISTINCT = 100_000
"""The most distinct values that a tally keeps: hostile data has a new one in each row."""

MOST_TYPES = 1000
"""The most distinct types, codes and connectors that are counted by name."""

OTHERS = "(others)"


class Tally:
    """How often each value occurred; of too many distinct values the rarest are counted together.

    A value that was dropped and occurs again is counted from there on: then the counts are lower bounds, and `is_exact`
    is false.
    """

    def __init__(self, most: int = MOST_DISTINCT) -> None:
        self._most = most
        self._found: Counter[str] = Counter()
        self.others = 0

    @property
    def is_exact(self) -> bool:
        """Whether no value had to be dropped."""
        return not self.others

    def add(self, found: dict[str, int]) -> None:
        """Add the counts of values."""
        self._found.update(found)
        if len(self._found) > self._most:
            kept = Counter(dict(self._found.most_common(self._most // 2)))
            self.others += self._found.total() - kept.total()
            self._found = kept

    def total(self) -> int:
        """Return the sum of all counts."""
        return self._found.total() + self.others

    def most_common(self, most: int | None = None) -> dict[str, int]:
        """Return the most frequent values with their counts, equal counts by name, and all others as `(others)`."""
        ordered = sorted(self._found.items(), key=lambda pair: (-pair[1], pair[0]))
        shown = dict(ordered if most is None else ordered[:most])
        rest = self.total() - sum(shown.values())
        return shown | ({OTHERS: rest} if rest else {})


def counts(column: pa.Array) -> dict[str, int]:
    """Return how often each text of a column occurs; nulls are left out."""
    words: Iterable[str | None]
    if pa.types.is_dictionary(column.type):
        pairs = pc.value_counts(column.indices)
        words = column.dictionary.take(pairs.field("values")).to_pylist()
    else:
        pairs = pc.value_counts(column)
        words = pairs.field("values").to_pylist()
    found: dict[str, int] = {}
    for word, count in zip(words, pairs.field("counts").to_pylist(), strict=True):
        if word is not None:
            found[word] = found.get(word, 0) + count
    return found
