"""Internet addresses as they are written: in apostrophes, in links, with white space around them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from proxyaddr._text.types import DEFAULT_TYPE, WHITE_SPACE
from proxyaddr.addresses.surroundings import (
    APOSTROPHES,
    SURROUNDING_APOSTROPHES,
    SURROUNDING_BLANKS,
    without_apostrophes,
)
from proxyaddr.addresses.values import OneOffAddress
from proxyaddr.errors import Finding

__all__ = ["LINK", "MAILBOX", "linked", "mailbox", "named"]

LINK = re.compile(r"mailto[ \t]*:", re.IGNORECASE)
MAILBOX = re.compile(
    r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|[^\s<>()\[\]:;,"@\uff1b\uff0c\uff20]+)'
    r'@(?:\[[^\[\]\s]*\]|[^\s<>()\[\];,"\uff1b\uff0c\uff20]+)'
)
"""MAILBOX of grammar/one_off.lark, which is held against it by a test."""


def mailbox(written: str, name: str | None = None, reading: tuple[Finding, ...] = ()) -> OneOffAddress:
    """Return the address that an Internet address is, which may stand in apostrophes or white space."""
    value = written.strip(WHITE_SPACE)
    if value != written:
        reading = (*reading, SURROUNDING_BLANKS)
    if value[0] in APOSTROPHES and (plain := without_apostrophes(value)) != value:
        value, reading = plain, (*reading, SURROUNDING_APOSTROPHES)
    elif "=" in value:
        from proxyaddr.addresses.shapes import typed_by_shape  # noqa: PLC0415 - for few addresses, and the start waits

        if found := typed_by_shape(value):  # an O/R address with an `@` in a value
            return OneOffAddress(*found, name, reading=reading)
    return OneOffAddress(DEFAULT_TYPE, value, name, reading=reading)


def named(address: OneOffAddress, name: str | None, reading: Iterable[Finding] = ()) -> OneOffAddress:
    """Return an address with a name, and with what else was found in reading it."""
    found = tuple(dict.fromkeys((*reading, *address.reading)))
    return OneOffAddress(address.type, address.value, name, reading=found)


def linked(value: str, name: str | None = None, reading: tuple[Finding, ...] = ()) -> OneOffAddress | None:
    """Return the address of a `mailto:` link without its header fields (RFC 6068 2); None where it is no address."""
    value = value.partition("?")[0].strip(WHITE_SPACE)
    if "%" in value:
        from urllib.parse import unquote  # noqa: PLC0415 - takes its time, and for encoded links alone

        value = unquote(value)
    return mailbox(value, name, reading) if MAILBOX.fullmatch(value) else None
