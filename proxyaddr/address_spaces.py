"""Address spaces: which addresses a connector takes. So far a type with a blank pattern, `*`, or one exact value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from proxyaddr.addresses import BLANKS, TypedAddress, canonical_type
from proxyaddr.errors import ConfigurationError

__all__ = ["AddressSpace", "MatchKind"]

COST_RANGE = range(1, 101)
"""Costs of an address space; the lower wins (Q183801, New-SendConnector)."""

COST_MAX_DIGITS = 18
"""Longer digits are no number to convert, whatever their value."""


class MatchKind(Enum):
    """How a space matches an address, the best first (Q229961)."""

    EXACT = "exact"
    WILDCARD = "wildcard"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """An address type, a pattern of its values and a cost."""

    type: str
    pattern: str
    cost: int = 1

    @classmethod
    def parse(cls, text: str) -> AddressSpace:
        """Parse `TYPE:pattern;cost`; type SMTP and cost 1 where they are left out.

        Patterns with wildcards among other characters belong to routing and are refused: ConfigurationError.
        """
        head, separator, tail = text.strip(BLANKS).rpartition(";")
        if len(tail) > COST_MAX_DIGITS and tail.isascii() and tail.isdigit():
            raise ConfigurationError("bad-cost", f"{text[:80]!r}: a cost is from 1 to 100", "address_spaces")
        pattern, cost = (
            (head, int(tail)) if separator and tail.isascii() and tail.isdigit() else (text.strip(BLANKS), 1)
        )
        if cost not in COST_RANGE:
            raise ConfigurationError("bad-cost", f"{text!r}: a cost is from 1 to 100", "address_spaces")
        kind, colon, value = pattern.partition(":")
        if not colon:
            kind, value = "SMTP", pattern
        value = value.strip(BLANKS).rstrip(";")
        if value != "*" and ("*" in value or "%" in value):
            raise ConfigurationError(
                "unsupported-pattern",
                f"{text!r}: the pattern may be blank, '*' or one whole address; other wildcards are not supported yet",
                "address_spaces",
            )
        return cls(canonical_type(kind), value, cost)

    def match(self, address: TypedAddress) -> MatchKind | None:
        """Return how the space matches an address, None when it does not (Q229961, Q152471)."""
        if address.type != self.type:
            return None
        if not self.pattern:
            return MatchKind.BLANK
        if address.value.casefold() == self.pattern.casefold():
            return MatchKind.EXACT
        return MatchKind.WILDCARD if self.pattern == "*" else None

    def __str__(self) -> str:
        return f"{self.type}:{self.pattern};{self.cost}"
