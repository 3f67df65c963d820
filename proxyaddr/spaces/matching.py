"""How a pattern fits an address: the readable reference that every engine is held to."""

from __future__ import annotations

import re
from collections.abc import Container
from enum import Enum
from typing import NamedTuple

from proxyaddr._text.domains import comparable_domain
from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, INTERNET_TYPES, SPELLINGS
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.spaces.components import COMPONENT_TYPES, ONE_CHARACTER, Components, components
from proxyaddr.spaces.dialect import Dialect

__all__ = [
    "TYPE_BEFORE_COLON",
    "Fit",
    "MatchKind",
    "Target",
    "comparable_pattern",
    "fit_components",
    "fit_domain",
    "fit_string",
    "fit_text",
    "matches_wildcards",
    "pattern_components",
    "read_address",
]


TYPE_BEFORE_COLON = re.compile(r'([^:@" \t\r\n\f\v]*):(.*)', re.DOTALL)


class MatchKind(Enum):
    """How a space matches an address, the best match first (Q229961)."""

    EXACT = "exact"
    WILDCARD = "wildcard"
    PARTIAL = "partial"
    BLANK = "blank"

    @property
    def rank(self) -> int:
        """Place in the order of preference, from 0."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(MatchKind)}


class Fit(NamedTuple):
    """How a space fits an address: the kind, and how many characters or components the pattern states literally."""

    kind: MatchKind
    literals: int


class Target(NamedTuple):
    """An address as spaces are compared with it.

    `written` is the value as written, `value` the same folded for comparison, `components` the parts of it for types
    that are compared by component. Of an Internet address `internet` is the value with its domain as domains compare,
    and `domain` that domain alone, the whole value where there is no `@`; of others both are the value.
    """

    type: str
    written: str
    value: str
    components: Components
    internet: str
    domain: str


def read_address(address: str | TypedAddress, types_with_blanks: Container[str] = ()) -> Target:
    """Return the type and the value of any address, read for comparison; TypeError for what is not text.

    A colon makes what stands before it a type unless a blank, a quote or an `@` comes first. A legacy DN and an O/R
    address without a type are known by their shape, any other address without one is SMTP. A type with blanks counts
    where it is one of `types_with_blanks`, in upper case: those of a table.
    """
    if isinstance(address, TypedAddress):
        address_type, value = address.type, address.value
    elif not isinstance(address, str):
        raise TypeError(f"an address is text or a TypedAddress, not {type(address).__name__}")
    else:
        text = address.strip(BLANKS)
        typed = TYPE_BEFORE_COLON.fullmatch(text)
        shaped = typed_by_shape(text) if "=" in (typed[1] if typed else text) else None
        address_type, value = shaped or (typed.groups() if typed else _with_blanks(text, types_with_blanks))
        if address_type.isascii():
            address_type = SPELLINGS.get(address_type.upper(), address_type.upper())
    value = value.strip(BLANKS)
    parts = components(address_type, value) if address_type in COMPONENT_TYPES else {}
    if parts.get("A") == "":
        del parts["A"]  # a blank ADMD equals an absent one
    folded = fold(value)
    if address_type not in INTERNET_TYPES:
        return Target(address_type, value, folded, parts, folded, folded)
    local, at, domain = folded.rpartition("@")
    domain = comparable_domain(domain)
    return Target(address_type, value, folded, parts, f"{local}{at}{domain}", domain)


def _with_blanks(text: str, types: Container[str]) -> tuple[str, str]:
    """Return the type and the value of an address whose type has blanks, if it is one of the types; else SMTP."""
    address_type, colon, value = text.partition(":")
    if colon and " " in (upper := address_type.rstrip(BLANKS).upper()) and upper in types:
        return upper, value
    return DEFAULT_TYPE, text


def comparable_pattern(address_type: str, pattern: str, dialect: Dialect) -> str:
    """Return a pattern as it is compared: folded, its domain as domains compare; one of components as it is.

    In Exchange 2000 what stands before the last `*` does not count (KB 244986).
    """
    if address_type in COMPONENT_TYPES:
        return pattern
    if pattern.isascii() and pattern[-1:] != "." and dialect is not Dialect.EXCHANGE2000:
        return pattern.lower()  # as most are
    folded = fold(pattern)
    if address_type not in (INTERNET_TYPES if dialect is Dialect.EXCHANGE55 else (DEFAULT_TYPE,)):
        return folded
    local, separator, domain = folded.rpartition("@" if "@" in folded else "*")
    if dialect is Dialect.EXCHANGE2000:
        local = ""
    return f"{local}{separator}{comparable_domain(domain)}"


def fit_string(pattern: str, value: str) -> Fit | None:
    """Compare whole strings: exact, then wildcards, then partial, then blank (Q229961, Q152471)."""
    if not pattern:
        return Fit(MatchKind.BLANK, 0)
    literals = len(pattern) - pattern.count("*") - pattern.count("%")
    if pattern == value:
        return Fit(MatchKind.EXACT, literals)
    if literals < len(pattern) and matches_wildcards(pattern, value):
        return Fit(MatchKind.WILDCARD, literals)
    if _is_partial(pattern, value):
        return Fit(MatchKind.PARTIAL, len(pattern))
    return None


def _is_partial(pattern: str, value: str) -> bool:
    """Return whether the local parts are equal and the value's domain is a subdomain of the pattern's (Q229961)."""
    if pattern.count("@") != 1 or value.count("@") != 1:
        return False
    local, _, domain = pattern.partition("@")
    return bool(domain) and value.startswith(f"{local}@") and value.endswith(f".{domain}")


def fit_domain(pattern: str, domain: str, dialect: Dialect) -> Fit | None:
    """Compare domains: the exact one, then `*.domain` with its subdomains, then `*` (connector-selection.md).

    Exchange 2000 also takes `*domain`, any text that ends so; there the dot of `*.domain` counts, as that is narrower.
    """
    if pattern == "*":
        return Fit(MatchKind.WILDCARD, 0)
    if pattern == domain:
        return Fit(MatchKind.EXACT, len(pattern))
    if not pattern.startswith("*"):
        return None
    end = pattern[1:]
    if domain.endswith(end) or (end.startswith(".") and domain == end[1:]):
        return Fit(MatchKind.WILDCARD, len(end.removeprefix(".") if dialect is Dialect.EXCHANGE2007 else end))
    return None


def fit_text(pattern: str, value: str) -> Fit | None:
    """Compare whole texts, in Exchange 2007: the same one, then those that `*` covers (New-SendConnector)."""
    literals = len(pattern) - pattern.count("*")
    if pattern == value:
        return Fit(MatchKind.EXACT, literals)
    if literals < len(pattern) and matches_wildcards(pattern, value, one=""):
        return Fit(MatchKind.WILDCARD, literals)
    return None


def fit_components(address_type: str, pattern: Components, value: Components) -> Fit | None:
    """Compare by component: each that the space names must match; `*` is any value or none (Q148389, Q187915)."""
    if not pattern:
        return Fit(MatchKind.BLANK, 0)
    one = ONE_CHARACTER[address_type]
    literals, starred = 0, False
    for name, wanted in pattern.items():
        found = value.get(name, "" if name == "A" else None)
        if wanted == found:
            literals += 1
        elif wanted == "*" or (found is not None and matches_wildcards(wanted, found, one=one)):
            starred = True
        else:
            return None
    if starred:
        return Fit(MatchKind.WILDCARD, literals)
    return Fit(MatchKind.EXACT if value.keys() <= pattern.keys() else MatchKind.PARTIAL, literals)


def matches_wildcards(pattern: str, value: str, *, one: str = "%") -> bool:
    """Return whether a pattern matches a whole value: `*` is any text, `one` any code point (Q147044, Q240874).

    The leftmost match of each piece between stars is enough, so time is at most the product of both lengths.
    """
    first, *others = pattern.split("*")
    if not others:
        return len(first) == len(value) and _find(first, value, 0, len(value), one) == 0
    last = others.pop()
    end = len(value) - len(last)
    if len(first) > end or _find(first, value, 0, len(first), one) != 0:
        return False
    if _find(last, value, end, len(value), one) != end:
        return False
    start = len(first)
    for piece in others:
        found = _find(piece, value, start, end, one)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def _find(piece: str, value: str, start: int, end: int, one: str) -> int:
    """Return the index of a piece in value[start:end], -1 where it is not there."""
    if not one or one not in piece:
        return value.find(piece, start, end)
    with_any = "".join("." if c == one else re.escape(c) for c in piece)
    match = re.compile(with_any, re.DOTALL).search(value, start, end)
    return match.start() if match else -1


def pattern_components(address_type: str, pattern: str) -> Components:
    """Return the components that a pattern names; none for types that are compared as a whole."""
    if address_type not in COMPONENT_TYPES:
        return {}
    return {"*": "*"} if pattern == "*" else components(address_type, pattern)
