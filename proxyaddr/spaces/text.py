"""Reads the text of an address space into its parts: the transformer of grammar/address_space.lark."""

from __future__ import annotations

from typing import NamedTuple

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr.errors import AddressSyntaxError, Span
from proxyaddr.spaces.cost import COST_MAX_DIGITS

__all__ = ["SpaceText", "read_space"]


class SpaceText(NamedTuple):
    """The parts of a space as written, None for those left out, and where they stand in the text.

    A cost of too many digits to convert is 0, which AddressSpace refuses.
    """

    type: str | None
    pattern: str
    cost: int | None
    type_start: int
    pattern_start: int
    cost_span: Span

    def span_of(self, error: AddressSyntaxError) -> Span:
        """Return the span, in the whole text, of an error in one of the parts."""
        if error.code == "bad-cost":
            return self.cost_span
        of_type = error.code in ("empty-type", "bad-type") and error.text == self.type
        start = self.type_start if of_type else self.pattern_start
        return error.span[0] + start, error.span[1] + start


def read_space(text: str, *, blanks: bool = False) -> SpaceText:
    """Return the parts of the text of a space; AddressSyntaxError where the grammar does not allow it.

    With `blanks` the type may hold some.
    """
    found: SpaceText = _SPACES.parse(text, "space_of_any_type" if blanks else "space")
    return found


class _SpaceTransformer(Transformer[Token, object]):
    def space(self, tokens: list[Token | None]) -> SpaceText:
        """space: [CONNECTED_SITE] [SPACE_TYPE] [PATTERN] [COST]."""
        site, address_type, pattern, cost = tokens
        routing_cost = site.split("§")[2].strip() if site is not None else ""
        stated = cost if cost is not None else site if routing_cost else None
        digits = routing_cost if cost is None else cost.strip("; \t\r\n\f\v")
        type_start = 0 if address_type is None else address_type.start_pos or 0
        before = address_type or site
        pattern_start = 0 if before is None else before.end_pos or 0
        return SpaceText(
            type=None if address_type is None else address_type[:-1],
            pattern="" if pattern is None else str(pattern),
            cost=None if stated is None else int(digits) if len(digits) <= COST_MAX_DIGITS else 0,
            type_start=type_start,
            pattern_start=pattern_start if pattern is None else pattern.start_pos or 0,
            cost_span=(0, 0) if stated is None else (stated.start_pos or 0, stated.end_pos or 0),
        )

    space_of_any_type = space


_SPACES = Grammar("address_space.lark", ("space", "space_of_any_type"), _SpaceTransformer(), {})
