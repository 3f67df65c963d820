"""What a type with its colon and a value say: the proxy address, and what was found in reading it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from proxyaddr._text.types import (
    DEFAULT_TYPE,
    INTERNET_TYPES,
    KNOWN_TYPES,
    LINK_TYPE,
    TYPE_PATTERN,
    WHITE_SPACE,
    WHITE_SPACE_IN_LINE,
)
from proxyaddr.addresses.list_text import KNOWN_PREFIX
from proxyaddr.addresses.lists import DeletionMarker, ProxyItem
from proxyaddr.addresses.mailboxes import linked
from proxyaddr.addresses.surroundings import SURROUNDING_APOSTROPHES, SURROUNDING_BLANKS
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding, Span

if TYPE_CHECKING:  # lark is slow to import
    from lark import Token

__all__ = [
    "as_whole",
    "in_apostrophes",
    "proxy_of",
    "surrounded",
    "syntax_error",
    "typed_item",
    "typed_text",
    "untyped_text",
]

_FIELD_TYPES = "MCI"
"""The type whose values are fields with types of their own: `JohnS EMS:MCI Mail MBX:123-4567` (Q116466)."""

_HOLDING_SEMICOLONS = frozenset({"X400", "EUM"})
"""Types whose values hold `;`, which csvde and AdFind write with a backslash before it."""

_WITH_AT = INTERNET_TYPES | {"SIP", "NOTES", "MHS", "MSMAIL", "MSA"}
"""Types whose values have one `@`: a piece of `Doe,Jane@domain` alone is no address."""

_BARE_SEMICOLON = re.compile(r"(?<!\\)(?:\\\\)*+;")
_ESCAPED_SEMICOLON = re.compile(r"\\;")

_DDA = re.compile(rf"(?i:dda)[{WHITE_SPACE_IN_LINE}]*+[:=][{WHITE_SPACE_IN_LINE}]*+")
_ADDRESS = rf"[^\s;,:=/\"@<>()\[\]\\]++@[^\s;,:=/\"@<>()\[\]\\]++(?=[{WHITE_SPACE_IN_LINE}]*+(?:[;,\r\n]|\Z))"
_QUOTED_LOCAL_PART = re.compile(r'"(?:[^"\\]|\\.)*+"(?=@)', re.DOTALL)

_JOINED_VALUES = Finding(
    "joined-values", "the value goes on as a list of addresses does; `parse_proxies` and `parse --list` read lists"
)


def typed_item(prefix: Token, value: Token | None) -> ProxyItem:
    """Return the item that a type and its value make: `prefix` is the type with its colon."""
    span = (prefix.start_pos or 0, (value or prefix).end_pos or 0)
    item = typed_text(str(prefix), str(value or ""), span)
    # the grammar may leave out blanks between the two
    return surrounded(item) if value is not None and value.start_pos != prefix.end_pos else item


def typed_text(prefix: str, value: str, span: Span) -> ProxyItem:
    """Return the item that a type with its colon and a value make.

    White space around the colon is a finding, white space behind the value is left out without one.
    """
    written = prefix[:-1].strip(WHITE_SPACE)
    trimmed = value.strip(WHITE_SPACE)
    if not trimmed:
        return ProxyItem(syntax_error("empty-value", f"{written}: has no value", prefix, ("a value",)), span)
    reading = (SURROUNDING_BLANKS,) if prefix[-2] in WHITE_SPACE or value[0] in WHITE_SPACE else ()
    upper = written.upper()
    if upper == LINK_TYPE:
        message = "`mailto:` is no address type; the value is read as SMTP"
        link = linked(trimmed)
        reading = (*reading, Finding("unknown-type", message), *(link.reading if link else ()))
        proxy = ProxyAddress(DEFAULT_TYPE, link.value if link else trimmed, reading=reading)
        return ProxyItem(_judged(proxy), span)
    proxy = ProxyAddress(written, trimmed, is_primary=written == upper, reading=reading)
    return ProxyItem(_judged(proxy), span, mixed_case=not proxy.is_primary and not written.islower())


def untyped_text(value: str, span: Span) -> ProxyItem:
    """Return the item of a text without a type: a secondary SMTP address, or the error of one without an `@`."""
    trimmed = value.strip(WHITE_SPACE)
    if "@" not in trimmed:
        message = "neither an address type and its value nor an Internet address"
        return ProxyItem(syntax_error("no-address", message, value, ("TYPE:value", "user@domain")), span)
    return ProxyItem(_judged(ProxyAddress(DEFAULT_TYPE, trimmed)), span)


def surrounded(item: ProxyItem) -> ProxyItem:
    """Return an item whose address has the finding that white space around it was left out."""
    return _with(item, SURROUNDING_BLANKS)


def in_apostrophes(item: ProxyItem) -> ProxyItem:
    """Return an item whose address has the finding that apostrophes stood around it."""
    return _with(item, SURROUNDING_APOSTROPHES)


def _with(item: ProxyItem, finding: Finding) -> ProxyItem:
    if not isinstance(item.found, ProxyAddress) or finding in item.found.reading:
        return item
    return item._replace(found=replace(item.found, reading=(finding, *item.found.reading)))


def as_whole(item: ProxyItem, text: str) -> ProxyItem:
    """Return an item with the whole text as its span, and as the span of its error.

    White space at an edge of the text is a finding.
    """
    span, found = (0, len(text)), item.found
    if isinstance(found, AddressSyntaxError):
        found = AddressSyntaxError(found.code, found.message, text, span, found.expected)
    item = ProxyItem(found, span, item.mixed_case)
    return surrounded(item) if text and (text[0] in WHITE_SPACE or text[-1] in WHITE_SPACE) else item


def proxy_of(item: ProxyItem, text: str) -> ProxyAddress:
    """Return the address that an item is; AddressSyntaxError where it is an error or a deletion marker."""
    if isinstance(item.found, ProxyAddress):
        return item.found
    if isinstance(item.found, DeletionMarker):
        raise AddressSyntaxError("deletion-marker", "a deletion marker is no address", text, item.span, ("TYPE:value",))
    raise item.found


def syntax_error(code: str, message: str, text: str, expected: tuple[str, ...]) -> AddressSyntaxError:
    """Return the error of a whole text."""
    return AddressSyntaxError(code, message, text, (0, len(text)), expected)


@cache
def _joined(*, fields: bool) -> re.Pattern[str]:
    """Return what shows that a value goes on as a list of addresses does.

    In a value of `fields`, which have types of their own, only a known type behind a separator shows it. The patterns
    are compiled on first use: known types make that slow, and an address in brackets needs none.
    """
    blanks = f"[{WHITE_SPACE_IN_LINE}]*+"
    if fields:
        return re.compile(rf"[;,]{blanks}(?:{KNOWN_PREFIX}|{_ADDRESS})")
    behind_separator = rf"[;,\r\n]{blanks}(?:[\"'\u2018]?{TYPE_PATTERN}{blanks}:|{_ADDRESS})"
    return re.compile(rf"{behind_separator}|[%|{WHITE_SPACE}]{KNOWN_PREFIX}")


@cache
def _labelled() -> re.Pattern[str]:
    """Return what a value starts with that shows its type to be a label: a colon, a brace, or a known type."""
    return re.compile(rf"[:{{]|{KNOWN_PREFIX}")


def _judged(proxy: ProxyAddress) -> ProxyAddress:
    """Return an address with its value undone as csvde writes it, and with what its value says beyond one address."""
    address_type, value = proxy.type, proxy.value
    if "\\" in value and address_type in _HOLDING_SEMICOLONS and not _BARE_SEMICOLON.search(value):
        value = _ESCAPED_SEMICOLON.sub(";", value)
        proxy = replace(proxy, value=value)
    if address_type not in KNOWN_TYPES and _labelled().match(value):
        message = f"{address_type} is no known address type, and an address follows: is it a label?"
        return replace(proxy, reading=(*proxy.reading, Finding("unknown-type", message)))
    if address_type == "X400" and "dda" in value.lower():
        value = _DDA.sub("=", value)
    quoted = _QUOTED_LOCAL_PART.match(value) if value[0] == '"' else None
    found = _joined(fields=address_type == _FIELD_TYPES).search(value, quoted.end() if quoted else 0)
    if found and (":" in found[0] or address_type not in _WITH_AT or "@" in value[: found.start()]):
        return replace(proxy, reading=(*proxy.reading, _JOINED_VALUES))
    return proxy
