"""An address space: a type, a pattern, a cost and a scope, which together say what addresses a connector takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, INTERNET_TYPES, canonical_type
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Span
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.spaces.components import COMPONENT_TYPES, Components
from proxyaddr.spaces.cost import COST_RANGE, ROUTE_COST_RANGE, bad_cost
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import (
    Fit,
    MatchKind,
    Target,
    comparable_pattern,
    fit_components,
    fit_domain,
    fit_string,
    fit_text,
    pattern_components,
    read_address,
)
from proxyaddr.x400.reading import findings as x400_findings

__all__ = ["AddressSpace", "Dialect", "Scope", "parse_space"]

LOCAL = "LOCAL"
"""Marks a space that is not replicated to other sites; X.400 after it has commas in Exchange 5.5 (Q161947, Q182798)."""

ACCEPTED_DOMAINS = "--"
"""Means all accepted domains on an Edge server (New-SendConnector), which a table does not know."""

_IN_LABEL = r"[^\s.@*%;:,\"<>()\[\]\\/]"
_NAME = rf"{_IN_LABEL}{{1,63}}(?:\.{_IN_LABEL}{{1,63}})*\.?"

DOMAIN = re.compile(rf"\*|(?:\*\.)?{_NAME}")
"""The pattern of an SMTP space of Exchange 2007: `*`, a domain, or `*.` and a domain (New-SendConnector)."""

_BEFORE_STAR = re.compile(rf"(?:{_IN_LABEL}|[.*])*")
_BEHIND_STAR = re.compile(rf"(?:\.?{_NAME})?")
_TYPE_BEFORE_COLON = re.compile(r'([^:@"\t\r\n\f\v]*):(.*)', re.DOTALL)


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
    are equal where their patterns differ only in case. The cost of a space `of_route` is a sum over hops, and may be
    higher. Making one raises AddressSyntaxError for what the dialect does not allow.
    """

    type: str
    pattern: str = field(compare=False)
    cost: int = 1
    scope: Scope = Scope.ORGANIZATION
    dialect: Dialect = Dialect.EXCHANGE55
    of_route: bool = field(default=False, repr=False, compare=False, kw_only=True)
    _folded: str = field(init=False, repr=False)
    _comparable: str = field(init=False, repr=False, compare=False)
    _components: Components = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        dialect, scope = Dialect(self.dialect), Scope(self.scope)
        address_type, pattern = canonical_type(self.type, blanks=dialect.by_domain), _trimmed(self.pattern)
        if address_type == LOCAL:
            address_type, pattern, scope = _unwrapped(pattern, dialect)
        costs = ROUTE_COST_RANGE if self.of_route else COST_RANGE
        if not isinstance(self.cost, int) or self.cost not in costs:
            raise bad_cost(self.cost, costs)
        _check_pattern(address_type, pattern, dialect)
        parts = pattern_components(address_type, pattern)
        for name, value in (
            ("type", address_type),
            ("pattern", pattern),
            ("scope", scope),
            ("dialect", dialect),
            ("_folded", fold(pattern)),
            ("_comparable", comparable_pattern(address_type, pattern, dialect)),
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
        space_of_any_type: [CONNECTED_SITE] [ANY_TYPE] [PATTERN] [COST]

        Digits alone after the last `;` are the cost, from 1 to 100. Exchange 2007 requires it for a space with `;` in
        it whose type is not SMTP, and its types may hold blanks (New-SendConnector). A stored connected site
        (`Org§Site§1§X400:...`, Q199412) gives its space, and its cost where the space states none. Raises
        AddressSyntaxError with the span in the text.

        >>> AddressSpace.parse("X400:c=US;a= ;p=Org;;5").cost
        5
        """
        return parse_space(text, Dialect(dialect), Scope(scope), limits=limits)

    @property
    def by_component(self) -> bool:
        """Whether values of the type are compared by component (Q148389, Q187915)."""
        return self.type in COMPONENT_TYPES

    def match(self, address: str | TypedAddress) -> MatchKind | None:
        """Return how the space matches an address, None when it does not.

        >>> AddressSpace.parse("SMTP:*@contoso.com").match("user@CONTOSO.com").name
        'WILDCARD'
        """
        fit = self.fit(read_address(address, (self.type,)))
        return None if fit is None else fit.kind

    def fit(self, target: Target) -> Fit | None:
        """Return how the space fits an address that `read_address` read, None when it does not (Q229961)."""
        if target.type != self.type:
            return None
        if self.by_component:
            return fit_components(self.type, self._components, target.components)
        if not self.dialect.by_domain:
            return fit_string(self._comparable, target.internet)
        if self.type == DEFAULT_TYPE:
            return fit_domain(self._comparable, target.domain, self.dialect)
        return fit_text(self._comparable, target.value)

    def __str__(self) -> str:
        has_commas = self.type == "X400" and (not self.dialect.by_domain or ";" not in self.pattern)
        if self.scope is Scope.SITE and not (has_commas and "," in self.pattern):
            pattern = self.pattern.replace(";", ",") + "," if has_commas else self.pattern
            return f"{LOCAL}:{self.type}:{pattern};{self.cost}"
        return f"{self.type}:{self.pattern};{self.cost}"


def parse_space(
    text: str, dialect: Dialect, scope: Scope, *, of_route: bool = False, limits: Limits = DEFAULT_LIMITS
) -> AddressSpace:
    """Return what `AddressSpace.parse` does, or a space `of_route`, whose cost may be higher."""
    from proxyaddr.spaces.text import read_space  # noqa: PLC0415 - loads lark

    limits.check_address(text)
    read = read_space(text, blanks=dialect.by_domain)
    if read.type is None and not _trimmed(read.pattern):
        raise AddressSyntaxError("empty-text", "no type and no pattern", text, (0, len(text)), ("TYPE:pattern;cost",))
    cost = 1 if read.cost is None else read.cost
    try:
        address_type = DEFAULT_TYPE if read.type is None else read.type
        space = AddressSpace(address_type, read.pattern, cost, scope, dialect, of_route=of_route)
    except AddressSyntaxError as error:
        raise AddressSyntaxError(error.code, error.message, text, read.span_of(error), error.expected) from None
    states_cost = read.cost is not None or ";" not in read.pattern or space.type == DEFAULT_TYPE
    if dialect.by_domain and not states_cost:
        message = "a space with ';' in it needs a cost after the last one"
        raise AddressSyntaxError("missing-cost", message, text, (len(text), len(text)), (";1",))
    return space


def _trimmed(pattern: str) -> str:
    """Return a pattern without blanks around it and the semicolons that the product adds at its end (Q149121)."""
    return pattern.strip(BLANKS).rstrip(BLANKS + ";")


def _unwrapped(pattern: str, dialect: Dialect) -> tuple[str, str, Scope]:
    """Return type, pattern and scope of the space that follows LOCAL: `X400:c=US,a= ,p=Org,` (Q161947).

    Exchange 2007 writes it with semicolons (New-SendConnector).
    """
    typed = _TYPE_BEFORE_COLON.fullmatch(pattern)
    if typed is None:
        message = "LOCAL is followed by the type of a space"
        raise AddressSyntaxError("missing-type", message, pattern, (0, len(pattern)), ("TYPE:pattern",))
    address_type, inner = canonical_type(typed[1], blanks=dialect.by_domain), typed[2]
    if address_type == LOCAL:
        raise AddressSyntaxError("bad-type", "LOCAL is given twice", pattern, typed.span(1))
    if address_type == "X400":
        place = pattern.find(";")
        if place >= 0 and not dialect.by_domain:
            message = "an X.400 space after LOCAL is written with commas (Q182798)"
            raise AddressSyntaxError("local-semicolon", message, pattern, (place, place + 1), ("','",))
        inner = inner if ";" in inner else inner.replace(",", ";")
    return address_type, _trimmed(inner), Scope.SITE


def _check_pattern(address_type: str, pattern: str, dialect: Dialect) -> None:
    """Raise AddressSyntaxError, with the span in the pattern, for what the dialect does not allow."""
    if not pattern.isprintable():
        place = next(index for index, c in enumerate(pattern) if not c.isprintable())
        raise AddressSyntaxError("unprintable", "a pattern is printable text", pattern, (place, place + 1))
    if address_type == "X400" and pattern.strip("; ") not in ("", "*"):
        for found in x400_findings(pattern, space=True):
            raise AddressSyntaxError(found.code, found.message, pattern, found.span or (0, len(pattern)))
    whole: Span = (0, len(pattern))
    if address_type in INTERNET_TYPES and pattern == "*.":
        message = "no domain stands behind '*.', and a dot at the end does not count; '*' takes every domain"
        raise AddressSyntaxError("bad-domain", message, pattern, whole, ("'*'", "'*.' and a domain"))
    if not dialect.by_domain or address_type in COMPONENT_TYPES:
        return
    if address_type != DEFAULT_TYPE:
        if not pattern:
            message = f"an address space of {address_type} has a pattern in this dialect"
            raise AddressSyntaxError("empty-value", message, pattern, whole, ("text", "'*'"))
        return
    if pattern == ACCEPTED_DOMAINS:
        message = "-- means the accepted domains of a server, which a table does not know; name them"
        raise AddressSyntaxError("accepted-domains", message, pattern, whole)
    if _is_domain(pattern, dialect):
        return
    expected = ("a domain", "'*.' and a domain", "'*'")
    message = "an SMTP space of this dialect is a domain; '*' is the whole of it, or stands before its first dot"
    raise AddressSyntaxError("bad-domain", message, pattern, whole, expected)


def _is_domain(pattern: str, dialect: Dialect) -> bool:
    """Return whether a pattern is a domain, with what the dialect takes before it: `*.`, or any text and `*`."""
    if dialect is Dialect.EXCHANGE2007:
        return DOMAIN.fullmatch(pattern) is not None
    head, star, rest = pattern.rpartition("*")
    behind = _BEHIND_STAR if star else DOMAIN
    return _BEFORE_STAR.fullmatch(head) is not None and behind.fullmatch(rest) is not None
