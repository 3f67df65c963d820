"""What the engines are given: patterns and numbers, in the order of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Plan"]


class Plan(NamedTuple):
    """Rows of equal length: types in upper case, patterns as written, ranks, and the answers, ascending.

    Of two that fit an address alike the lower rank wins, then the lower answer. `by_domain` is the dialect of Exchange
    2007, else whole values are compared.
    """

    by_domain: bool
    types: Sequence[str]
    patterns: Sequence[str]
    ranks: Sequence[int]
    indices: Sequence[int]

    def of_type(self, address_type: str) -> Plan:
        """Return the rows of one type."""
        rows = [row for row, kind in enumerate(self.types) if kind == address_type]
        return Plan(
            self.by_domain,
            [address_type] * len(rows),
            [self.patterns[row] for row in rows],
            [self.ranks[row] for row in rows],
            [self.indices[row] for row in rows],
        )
