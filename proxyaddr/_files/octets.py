"""The octets of attributes, as exports hold them: those of text, and those that identify an object."""

from __future__ import annotations

import re
from uuid import UUID

__all__ = ["octets_as_text", "text_of_octets"]

_OCTETS = re.compile(r"(?:(?<=^)|(?<=;))X'((?:[0-9A-Fa-f]{2})+)'(?=;|$)")

_IDENTIFIER = re.compile(r"(?:GUID|SID|SIDHistory)$", re.IGNORECASE)
"""Attributes of octets that tell objects from others (MS-ADTS 3.1.1.1.3)."""

_GUID_OCTETS = 16


def octets_as_text(value: str, name: str = "") -> str:
    """Return the value of an attribute with the octets that csvde writes for what is not ASCII as the text they are.

    Octets that are no text stay as they are.

    >>> octets_as_text("X'6a6f65';smtp:j@contoso.com"), octets_as_text("X'ff'")
    ('joe;smtp:j@contoso.com', "X'ff'")
    """
    if "X'" not in value:
        return value

    def text_of(match: re.Match[str]) -> str:
        try:
            return text_of_octets(bytes.fromhex(match[1]), name)
        except UnicodeDecodeError:
            return match[0]

    return _OCTETS.sub(text_of, value)


def text_of_octets(octets: bytes, name: str) -> str:
    """Return the octets of an attribute as text: a GUID as Windows shows one, a SID as csvde writes it, else as UTF-8.

    UnicodeDecodeError where they are none of these.
    """
    if not _IDENTIFIER.search(name):
        return octets.decode()
    if len(octets) == _GUID_OCTETS and not name.lower().endswith(("sid", "sidhistory")):
        return str(UUID(bytes_le=octets))
    return f"X'{octets.hex()}'"
