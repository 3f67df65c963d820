"""Values without a type that show by their shape which one they have: legacy DNs and O/R addresses."""

from __future__ import annotations

import re

from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.x400.keywords import COUNTRY_KEYWORD, DDA_KEYWORD_PREFIXES

__all__ = ["typed_by_shape"]

_LEGACY_DN = re.compile(r"(?:=[ \t]*)?(?:(EX|X500)[ \t]*:[ \t]*)?(/o=.+)", re.IGNORECASE | re.DOTALL)
"""A legacy DN; a spreadsheet puts `=` before it and its type."""

_KEYWORD = re.compile(r"\s*[A-Za-z][A-Za-z0-9.&_-]*\s*")
_INTERNET = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s";]+)@(?:\[[^\[\]\s]*\]|[^\s@/=;,"]+)', re.DOTALL)
"""An Internet address: no `/` or `=` in its domain, so that an O/R address with an `@` in a value is none."""

_SLASH = re.compile(r"(?<![$/])/(?!/)")
"""A slash that separates: `//` and `$/` are a slash in a value (Q241365, RFC 2156)."""


def typed_by_shape(text: str) -> tuple[str, str] | None:
    """Return the type and the value of a legacy DN or an O/R address; None for a text of another shape.

    >>> typed_by_shape("/o=Contoso/ou=First/cn=Recipients/cn=jane")
    ('EX', '/o=Contoso/ou=First/cn=Recipients/cn=jane')
    """
    value = text.strip(WHITE_SPACE)
    if "=" not in value or _INTERNET.fullmatch(value):
        return None
    if _is_or_address(value):
        return "X400", value
    if dn := _LEGACY_DN.fullmatch(value):
        return (dn[1] or "EX").upper(), dn[2]
    return None


def _is_or_address(value: str) -> bool:
    """Return whether a text is a list of `KEY=value` between slashes or semicolons that names a country."""
    if not (value.startswith("/") or ";" in value or "/" in value):
        return False
    by_slash = value.startswith("/") or ";" not in value
    pieces = _SLASH.split(value) if by_slash else value.split(";")
    keywords = [piece.partition("=") for piece in pieces if piece.strip()]
    return all(equals and _is_keyword(keyword) for keyword, equals, _ in keywords) and any(
        keyword.strip().lower() == COUNTRY_KEYWORD for keyword, _, _ in keywords
    )


def _is_keyword(text: str) -> bool:
    """Return whether a text may be the keyword of an attribute: one that exists, or at least a word."""
    if text.strip().lower().startswith(DDA_KEYWORD_PREFIXES):
        return True
    return _KEYWORD.fullmatch(text) is not None
