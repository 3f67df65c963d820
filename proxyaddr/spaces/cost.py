"""Costs of address spaces: which there are, and the error for any other."""

from __future__ import annotations

from proxyaddr.errors import AddressSyntaxError

__all__ = ["COST_MAX_DIGITS", "COST_RANGE", "bad_cost"]

COST_RANGE = range(1, 101)
"""Costs of an address space; the lower wins (Q183801, New-SendConnector)."""

COST_MAX_DIGITS = 18
"""Digits beyond these are not converted: the time that it takes grows with the square of their number."""

_SHOWN_LENGTH = 60


def bad_cost(cost: object) -> AddressSyntaxError:
    """Return the error for what is not a cost, and show how it starts."""
    is_huge = isinstance(cost, int) and cost.bit_length() > 64
    text = (f"{cost:#x}" if is_huge else str(cost))[:_SHOWN_LENGTH]  # str() refuses thousands of digits
    return AddressSyntaxError("bad-cost", f"a cost is from {COST_RANGE[0]} to {COST_RANGE[-1]}", text, (0, len(text)))
