"""Address spaces: which addresses a connector takes, and how well a pattern fits; the reference for every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, canonical_type
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Span
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.spaces.components import COMPONENT_TYPES, Components
from proxyaddr.spaces.matching import (
    _TYPE_BEFORE_COLON,
    Fit,
    MatchKind,
    Target,
    _fit_domain,
    _fit_string,
    fit_components,
    pattern_components,
    read_address,
)
from proxyaddr.x400.reading import findings as x400_findings

__all__ = ["AddressSpace", "Dialect", "Scope"]

COST_RANGE = range(1, 101)
"""Costs of an address space; the lower wins (Q183801, New-SendConnector)."""


LOCAL = "LOCAL"
"""The type before a space that is not replicated to other sites; X.400 has commas in it (Q161947, Q182798)."""

ACCEPTEDDOMAINS = "--"
"""Stands for all accepted domains on an Edge server (New-SendConnector); a table does not know them."""

DOMAIN = re.compile(r"\*|(?:\*\.)?[^\s.@*%;:,\"<>()\[\]\\/]{1,63}(?:\.[^\s.@*%;:,\"<>()\[\]\\/]{1,63})*")
"""What an SMTP space of Exchange 2007 may hold: `*`, a domain, or `*.` and a domain (New-SendConnector)."""

_SHOWN = 60


class Dialect(StrEnum):
    """Whose rules decide: Exchange 4.0 to 5.5, or Exchange 2007 and later."""

    EXCHANGE55 = "exchange55"
    EXCHANGE2007 = "exchange2007"

    @classmethod
    def _missing_(cls, value: object) -> Dialect:
        known = " or ".join(cls)
        raise ConfigurationError("unknown-dialect", f"a dialect is {known}, not {value!r}", "dialect")


class Scope(StrEnum):
    """Whose mail may use a space, by where the message comes from (Q279404, Q234639)."""

    ORGANIZATION = "organization"
    SITE = "site"
    LOCATION = "location"

    @classmethod
    def _missing_(cls, value: object) -> Scope:
        known = ", ".join(cls)
        raise ConfigurationError("unknown-scope", f"a scope is one of {known}, not {value!r}", "scope")


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """An address type, a pattern of its values, a cost from 1 to 100 and a scope.

    A type LOCAL is unwrapped: `LOCAL` and `X400:c=US,a= ,p=Org,` make a space of X400 whose scope is the site. Two
    are equal when their patterns are without case. Raises AddressSyntaxError for what the dialect does not allow.
    """

    type: str
    pattern: str = field(compare=False)
    cost: int = 1
    scope: Scope = Scope.ORGANIZATION
    dialect: Dialect = Dialect.EXCHANGE55
    _folded: str = field(init=False, repr=False)
    _components: Components = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        dialect, scope = Dialect(self.dialect), Scope(self.scope)
        address_type, pattern = canonical_type(self.type), _trimmed(self.pattern)
        if address_type == LOCAL:
            address_type, pattern, scope = _unwrapped(pattern)
        if not isinstance(self.cost, int) or self.cost not in COST_RANGE:
            huge = isinstance(self.cost, int) and self.cost.bit_length() > 64  # str() refuses thousands of digits
            text = (hex(self.cost) if huge else str(self.cost))[:_SHOWN]
            raise AddressSyntaxError("bad-cost", "a cost is from 1 to 100", text, (0, len(text)))
        _check_pattern(address_type, pattern, dialect)
        parts = pattern_components(address_type, pattern)
        for name, value in (
            ("type", address_type),
            ("pattern", pattern),
            ("scope", scope),
            ("dialect", dialect),
            ("_folded", fold(pattern)),
            ("_components", parts),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        dialect: Dialect | str = Dialect.EXCHANGE55,
        scope: Scope | str = Scope.ORGANIZATION,
        limits: Limits = DEFAULT_LIMITS,
    ) -> AddressSpace:
        """Parse `TYPE:pattern;cost`; type SMTP and cost 1 where they are left out.

        space: [CONNECTED_SITE] [SPACE_TYPE] [PATTERN] [COST]

        Digits alone after the last `;` are the cost. Exchange 2007 wants it for a space of another type than SMTP that
        holds `;` (New-SendConnector). A stored connected site (`Org§Site§1§X400:...`, Q199412) gives its space, and its
        cost where the space states none. Raises AddressSyntaxError with the place.

        >>> AddressSpace.parse("X400:c=US;a= ;p=Org;;5").cost
        5
        """
        from proxyaddr.spaces.text import read_space  # noqa: PLC0415 - loads lark

        limits.check_address(text)
        read = read_space(text)
        if read.type is None and not _trimmed(read.pattern):
            raise AddressSyntaxError(
                "empty-text", "no type and no pattern", text, (0, len(text)), ("TYPE:pattern;cost",)
            )
        cost = 1 if read.cost is None else read.cost
        try:
            space = cls(
                DEFAULT_TYPE if read.type is None else read.type, read.pattern, cost, Scope(scope), Dialect(dialect)
            )
        except AddressSyntaxError as error:
            raise AddressSyntaxError(error.code, error.message, text, read.place(error), error.expected) from error
        states_cost = read.cost is not None or ";" not in read.pattern or space.type == DEFAULT_TYPE
        if space.dialect is Dialect.EXCHANGE2007 and not states_cost:
            message = "a space that holds ';' states its cost after the last one"
            raise AddressSyntaxError("missing-cost", message, text, (len(text), len(text)), (";1",))
        return space

    @property
    def by_component(self) -> bool:
        """Whether values of the type are compared by component (Q148389, Q187915)."""
        return self.type in COMPONENT_TYPES

    def match(self, address: str | TypedAddress) -> MatchKind | None:
        """Return how the space matches an address, None when it does not.

        >>> AddressSpace.parse("SMTP:*@contoso.com").match("user@CONTOSO.com").name
        'WILDCARD'
        """
        fit = self.fit(read_address(address))
        return None if fit is None else fit.kind

    def fit(self, target: Target) -> Fit | None:
        """Return how the space fits an address that was read, None when it does not (Q229961, New-SendConnector)."""
        if target.type != self.type:
            return None
        if self.by_component:
            return fit_components(self._components, target.components)
        compare = _fit_domain if self.dialect is Dialect.EXCHANGE2007 else _fit_string
        return compare(self._folded, target.value)

    def __str__(self) -> str:
        if self.scope is Scope.SITE and not (self.type == "X400" and "," in self.pattern):
            pattern = self.pattern.replace(";", ",") + "," if self.type == "X400" else self.pattern
            return f"{LOCAL}:{self.type}:{pattern};{self.cost}"
        return f"{self.type}:{self.pattern};{self.cost}"


def _trimmed(pattern: str) -> str:
    """Without blanks at either end and semicolons at the end, where the product writes one (Q149121)."""
    return pattern.strip(BLANKS).rstrip(BLANKS + ";")


def _unwrapped(pattern: str) -> tuple[str, str, Scope]:
    """Return type, pattern and scope of what stands behind LOCAL: `X400:c=US,a= ,p=Org,` (Q161947)."""
    typed = _TYPE_BEFORE_COLON.fullmatch(pattern)
    if typed is None:
        message = "LOCAL stands before the type of a space"
        raise AddressSyntaxError("missing-type", message, pattern, (0, len(pattern)), ("TYPE:pattern",))
    address_type, inner = canonical_type(typed[1]), typed[2]
    if address_type == LOCAL:
        raise AddressSyntaxError("bad-type", "LOCAL stands there twice", pattern, typed.span(1))
    if address_type == "X400":
        place = pattern.find(";")
        if place >= 0:
            message = "an X.400 space behind LOCAL is written with commas (Q182798)"
            raise AddressSyntaxError("local-semicolon", message, pattern, (place, place + 1), ("','",))
        inner = inner.replace(",", ";")
    return address_type, _trimmed(inner), Scope.SITE


def _check_pattern(address_type: str, pattern: str, dialect: Dialect) -> None:
    """Refuse what the dialect does not allow: AddressSyntaxError with its place in the pattern."""
    if not pattern.isprintable():
        place = next(index for index, c in enumerate(pattern) if not c.isprintable())
        raise AddressSyntaxError("unprintable", "a pattern is printable text", pattern, (place, place + 1))
    if address_type == "X400" and pattern.strip("; ") not in ("", "*"):
        for found in x400_findings(pattern, space=True):
            raise AddressSyntaxError(found.code, found.message, pattern, found.span or (0, len(pattern)))
    if dialect is Dialect.EXCHANGE55 or address_type in COMPONENT_TYPES:
        return
    whole: Span = (0, len(pattern))
    if pattern == ACCEPTEDDOMAINS:
        message = "-- stands for the accepted domains of a server, which a table does not know; name them"
        raise AddressSyntaxError("accepted-domains", message, pattern, whole)
    if not pattern or (address_type == DEFAULT_TYPE and not DOMAIN.fullmatch(pattern)):
        expected = ("a domain", "'*.' and a domain", "'*'")
        raise AddressSyntaxError("bad-domain", "an address space of this dialect is a domain", pattern, whole, expected)
    rest = pattern.removeprefix("*.")
    if pattern != "*" and ("*" in rest or not rest):
        message = "'*' stands alone or before the first dot of a domain"
        raise AddressSyntaxError("bad-wildcard", message, pattern, whole)
