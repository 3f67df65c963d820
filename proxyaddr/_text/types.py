"""Address types: how one is written, and its canonical form."""

from __future__ import annotations

import re

from proxyaddr.errors import AddressSyntaxError

__all__ = ["BLANKS", "DEFAULT_TYPE", "SPELLINGS", "TYPE_PATTERN", "canonical_type"]

TYPE_PATTERN = r"(?=[0-9&._-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9&._-]*"
"""An address type: `SMTP`, `X.400`, `AT&T`, `3COM` (facts exchange55 (a), (c)); held against the grammar by a test."""

BLANKS = " \t\r\n\f\v"
"""What is trimmed around a type or a value; other white space is data."""

DEFAULT_TYPE = "SMTP"
"""The type of an address or an address space that names none (Q262112, Set-Mailbox, New-SendConnector)."""

SPELLINGS = {"X.400": "X400"}
"""Other spellings of a type: Q89410 writes X.400, every later article X400."""

_TYPE = re.compile(TYPE_PATTERN)


def canonical_type(text: str) -> str:
    """Return an address type in upper case, `X.400` as X400; AddressSyntaxError for a text that is not a type."""
    trimmed = text.strip(BLANKS)
    if not _TYPE.fullmatch(trimmed):
        raise AddressSyntaxError(
            "bad-type" if trimmed else "empty-type",
            "not an address type" if trimmed else "the address type is empty",
            text,
            (0, len(text)),
            ("letters and digits, '&', '.', '-' or '_'",),
        )
    upper = trimmed.upper()
    return SPELLINGS.get(upper, upper)
