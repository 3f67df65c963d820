"""What the engines are given: patterns and numbers, in the order of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Plan"]


class Plan(NamedTuple):
    """Rows of equal length: types in upper case, patterns as written, and which of two routes that fit alike wins.

    The lowest `ranks` wins; they are distinct. `indices` are the answers, the places of the routes in the table.
    `by_domain` is the dialect of Exchange 2007, else whole values are compared.
    """

    by_domain: bool
    types: Sequence[str]
    patterns: Sequence[str]
    ranks: Sequence[int]
    indices: Sequence[int]
