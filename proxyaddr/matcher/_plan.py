"""What the engines are given: patterns and numbers, in the order of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Plan"]


class Plan(NamedTuple):
    """Rows of equal length: types in upper case, patterns as written, and the answers, places of routes in the table.

    Of two that fit an address alike the earlier row wins. `by_domain` is the dialect of Exchange 2007, else whole
    values are compared.
    """

    by_domain: bool
    types: Sequence[str]
    patterns: Sequence[str]
    indices: Sequence[int]

    def of_type(self, address_type: str) -> Plan:
        """Return the rows of one type."""
        rows = [row for row, kind in enumerate(self.types) if kind == address_type]
        return Plan(
            self.by_domain,
            [address_type] * len(rows),
            [self.patterns[row] for row in rows],
            [self.indices[row] for row in rows],
        )
