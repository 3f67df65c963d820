"""Stops the reading of a list once it has more items than its limits allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from proxyaddr.limits import Limits

if TYPE_CHECKING:  # lark is slow to import
    from lark import Token

__all__ = ["item_counter"]

_SEPARATORS = ";,%|\r\n:"
"""What stands between items; where a blank does, a type and its colon follow."""


def item_counter(text: str, limits: Limits, item_starts: frozenset[str]) -> Callable[[Token], None] | None:
    """Return a function that is called with each token of a list, and raises AddressSyntaxError for an item too many.

    `item_starts` are the terminals with which an item starts. Return None for a text with fewer separators than
    allowed items, which is read faster without counting.
    """
    if sum(map(text.count, _SEPARATORS)) < limits.list_items:
        return None
    found = 0

    def count(token: Token) -> None:
        nonlocal found
        found += token.type in item_starts
        if found > limits.list_items:
            raise limits.too_many_items(text, token.start_pos or 0)

    return count
