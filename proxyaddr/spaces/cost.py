"""Costs of address spaces: which there are, and the error for any other."""

from __future__ import annotations

from proxyaddr.errors import AddressSyntaxError

__all__ = ["COST_MAX_DIGITS", "COST_RANGE", "ROUTE_COST_RANGE", "bad_cost"]

COST_RANGE = range(1, 101)
"""Costs of an address space; the lower wins (Q183801, New-SendConnector)."""

ROUTE_COST_RANGE = range(1, 1_000_000_000)
"""Costs of a route: a sum over hops (Concepts and Planning, Routing Costs). A column holds it in 32 bits."""

COST_MAX_DIGITS = 18
"""Digits beyond these are not converted: the time that it takes grows with the square of their number."""

_SHOWN_LENGTH = 60


def bad_cost(cost: object, costs: range = COST_RANGE) -> AddressSyntaxError:
    """Return the error for what is not one of the costs, and show how it starts."""
    is_huge = isinstance(cost, int) and cost.bit_length() > 64
    text = (f"{cost:#x}" if is_huge else str(cost))[:_SHOWN_LENGTH]  # str() refuses thousands of digits
    return AddressSyntaxError("bad-cost", f"a cost is from {costs[0]} to {costs[-1]}", text, (0, len(text)))
