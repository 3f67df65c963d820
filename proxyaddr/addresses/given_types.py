"""Values whose type is given beside them, as by the name of a column."""

from __future__ import annotations

import re
from dataclasses import replace

from proxyaddr._text.types import (
    BLANKS,
    DEFAULT_TYPE,
    KNOWN_TYPES,
    LINK_TYPE,
    SPELLINGS,
    TYPE_PATTERN,
    WHITE_SPACE,
    type_named,
)
from proxyaddr.addresses.one_off import read_address, read_one_off
from proxyaddr.addresses.surroundings import SURROUNDING_BLANKS
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = ["read_as"]

_WRITTEN_TYPE = re.compile(rf"\s*(?:=[ \t]*)?({TYPE_PATTERN})[ \t]*:|.*\[[ \t]*{TYPE_PATTERN}[ \t]*:.*\]\s*", re.DOTALL)
"""A type before a value, or in brackets with it."""


def read_as(text: str, given: str) -> OneOffAddress | ProxyAddress:
    """Return the address of a type that a text is, which is named as `type_named` reads it.

    A type that the text names itself goes before the one that is given; where they differ, that is a finding.
    AddressSyntaxError for an empty text, and for a type that is none.
    """
    kind = type_named(given)
    found = _with_own_type(text, kind)
    if found is not None:
        if found.type == kind:
            return found
        differs = Finding("type-differs", f"the text names the type {found.type}, and {kind} is given for it")
        return replace(found, reading=(*found.reading, differs))
    value = text.strip(WHITE_SPACE)
    if not value:
        return read_address(text)  # raises the error of an empty text
    reading = () if value == text.strip(BLANKS) else (SURROUNDING_BLANKS,)
    return OneOffAddress(kind, value, reading=reading)


def _with_own_type(text: str, kind: str) -> OneOffAddress | ProxyAddress | None:
    """Return the address of a text that names its type, or is an Internet address where one is expected; else None."""
    written = _WRITTEN_TYPE.match(text)
    try:
        if written is not None and (written[1] is None or _is_known(written[1], kind)):
            return read_address(text)
        if kind == DEFAULT_TYPE and (found := read_one_off(text)).type == kind:
            return found
    except AddressSyntaxError:
        return None
    return None


def _is_known(written: str, kind: str) -> bool:
    return written.upper() in {*KNOWN_TYPES, *SPELLINGS, LINK_TYPE, kind}
