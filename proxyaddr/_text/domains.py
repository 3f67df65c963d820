"""Domains of Internet addresses: the form in which they compare."""

from __future__ import annotations

import re

__all__ = ["DOMAIN_MAX_LENGTH", "STAND_IN", "ascii_domain", "canonical", "same_domain", "unquoted_local"]

DOMAIN_MAX_LENGTH = 255
"""Bytes of a domain (RFC 5321 4.5.3.1.2)."""

STAND_IN = "a"
"""A letter to put where only the rest of an address matters; lengths and label boundaries stay as they are."""

_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


def canonical(value: str) -> str:
    """Return an address with its domain in lower case and IDNA form, its local part as written."""
    local, at, domain = value.rpartition("@")
    if not at:
        return value
    if domain.isascii() or len(domain) > DOMAIN_MAX_LENGTH:
        return f"{local}@{domain.lower()}"
    import idna  # noqa: PLC0415 - slow to import, and email-validator brings it

    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii').lower()}"
    except UnicodeError:  # what idna raises; such a domain equals itself alone
        return f"{local}@{domain.casefold()}"


def same_domain(one: str, other: str) -> bool:
    """Return whether two spellings name one domain: in any case, in IDNA form, in full width, with a dot at the end.

    Letters of another script that only look alike make another domain.
    """
    return ascii_domain(one) == ascii_domain(other)


def unquoted_local(local: str) -> str:
    """Return a local part without its quotes and backslashes: quoted, it names the same mailbox (RFC 5321 4.1.2)."""
    return _QUOTED_PAIR.sub(r"\1", local[1:-1]) if _QUOTED_LOCAL.fullmatch(local) else local


def ascii_domain(domain: str) -> str:
    """Return a domain as it compares: in lower case and IDNA form, without a dot at the end."""
    return canonical(f"{STAND_IN}@{domain}").removeprefix(f"{STAND_IN}@").rstrip(".")
