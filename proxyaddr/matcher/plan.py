"""What the engines compile: patterns and numbers, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from proxyaddr.spaces.dialect import Dialect

__all__ = ["NO_ROUTE", "Plan", "Rows"]

NO_ROUTE = -1
"""The answer for an address that no route takes."""

Rows = Mapping[str, tuple[int, int]]
"""Patterns of one type, each with the rank and the answer of the best row that has it."""


class Plan(NamedTuple):
    """Rows of equal length: types in upper case, patterns as written, ranks, and the answers, ascending.

    Of two that match an address equally well the lower rank wins, then the lower answer.
    """

    dialect: Dialect
    types: Sequence[str]
    patterns: Sequence[str]
    ranks: Sequence[int]
    indices: Sequence[int]

    def of_type(self, address_type: str) -> Plan:
        """Return the rows of one type."""
        rows = [row for row, kind in enumerate(self.types) if kind == address_type]
        return Plan(
            self.dialect,
            [address_type] * len(rows),
            [self.patterns[row] for row in rows],
            [self.ranks[row] for row in rows],
            [self.indices[row] for row in rows],
        )
