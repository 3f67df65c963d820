"""Lists of proxy addresses and their items: common forms are read at once, all others by grammar/proxy_list.lark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from proxyaddr._text.types import BLANKS, INTERNET_TYPES, OTHER_WHITE_SPACE, WHITE_SPACE, canonical_type
from proxyaddr.addresses.common_forms import common_items, common_proxy
from proxyaddr.addresses.item_limit import item_counter
from proxyaddr.addresses.list_findings import recipient_findings
from proxyaddr.addresses.list_text import KNOWN_PREFIX, prepared
from proxyaddr.addresses.lists import DeletionMarker, ProxyItem, ProxyList
from proxyaddr.addresses.typed_values import (
    as_whole,
    in_apostrophes,
    proxy_of,
    surrounded,
    syntax_error,
    typed_item,
    typed_text,
    untyped_text,
)
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:  # lark is slow to import
    from lark import Token

__all__ = [
    "ProxyItem",
    "as_whole",
    "collect",
    "proxy_of",
    "read_item",
    "read_items",
    "read_recipient",
    "read_strings",
    "typed_item",
]

_DELETION = re.compile(r"~del[ \t]*(?:<([^:>]*)(?::([^>]*))?>)?", re.IGNORECASE)
_CUT_OFF = ("...", "…")
_WITH_DOMAIN = INTERNET_TYPES | {"SIP"}
_X400 = re.compile(rf"(?i:X\.?400)[{WHITE_SPACE}]*+:[{WHITE_SPACE}]*+[^/{WHITE_SPACE}]")


def read_items(text: str, limits: Limits = DEFAULT_LIMITS, separator: str | None = None) -> list[ProxyItem]:
    """Return the items of a list in its order: proxy addresses, deletion markers, and errors for what is neither.

    AddressSyntaxError for a list beyond its limits.
    """
    limits.check_list(text)
    if separator is None and (common := common_items(text, limits)) is not None:
        return common
    from proxyaddr.addresses.list_grammar import PROXIES  # noqa: PLC0415 - loads lark, which most lists do not need

    read = prepared(text, separator)
    tokens: list[Token] = PROXIES.parse(read.text, "proxy_list", item_counter(text, limits, _ITEMS))
    items: list[ProxyItem] = []
    has_other_white_space = not text.isascii() and not OTHER_WHITE_SPACE.isdisjoint(text)
    for token in tokens:
        item = _item(token, text, read.escaped, limits)
        if has_other_white_space and _is_beside_other_white_space(text, item.span):
            item = surrounded(item)
        if token.type == "UNTYPED" and items and _is_torn(items[-1], item, read.text):
            item = ProxyItem(_found("stray-separator", text), (items.pop().span[0], item.span[1]))
        if item.span[1] in read.cuts:
            item = ProxyItem(_found("cut-off-list", text), item.span)
        items.append(_within(limits, text, item))
    if read.marks:
        items += [ProxyItem(_found("cut-off-list", text), mark) for mark in read.marks]
        items.sort(key=lambda item: item.span)
    return items


def read_strings(texts: Iterable[str], limits: Limits) -> Iterator[ProxyItem]:
    """Yield the item that each text is; empty texts are skipped. AddressSyntaxError for more texts than allowed."""
    for number, text in enumerate(texts):
        if number >= limits.list_items:
            raise limits.too_many_items("", 0, number)
        if text != "":
            yield read_item(text, limits)._replace(number=number)


def read_item(text: str, limits: Limits = DEFAULT_LIMITS) -> ProxyItem:
    """Return the item that a whole text is: separators in it belong to its value."""
    try:
        limits.check_address(text)
    except AddressSyntaxError as error:
        return ProxyItem(error, error.span)
    if (common := common_proxy(text)) is not None:
        return ProxyItem(common, (0, len(text)))
    trimmed = text.strip(WHITE_SPACE)
    if not trimmed:
        return ProxyItem(syntax_error("empty-text", "there is nothing to parse", text, ("TYPE:value",)), (0, len(text)))
    from proxyaddr.addresses.list_grammar import PROXIES  # noqa: PLC0415 - as in read_items

    token: Token = PROXIES.parse(trimmed, "proxy_address")[0]
    return as_whole(_item(token, trimmed, None, limits), text)


def read_recipient(
    columns: Sequence[str | Iterable[str]],
    secondary: Sequence[str | Iterable[str]] = (),
    primary: ProxyAddress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ProxyList:
    """Return the list that several columns of an export make for one recipient; each error has the text of its column.

    Values of `secondary` are secondary addresses whatever the case of their type (Q155594). `primary` counts where no
    column has a primary of its type: it stands first, and not a second time as a secondary. Findings are over all; only
    those at a value of the first column have a span.
    """
    read = [_read(texts, limits) for texts in columns]
    read += [[_demoted(item) for item in _read(texts, limits)] for texts in secondary]
    errors = [
        error
        for items, texts in zip(read, (*columns, *secondary), strict=True)
        for error in _errors(items, texts if isinstance(texts, str) else None)
    ]
    first, others = (read[0], [item for items in read[1:] for item in items]) if read else ([], [])
    if primary is not None and not any(_is_primary_of(item, primary.type) for item in (*first, *others)):
        first, others = ([item for item in items if not _is_same(item, primary)] for items in (first, others))
        first = [ProxyItem(primary, (0, 0)), *first]
    return _listed([*first, *others], errors, recipient_findings(first, others))


def _is_primary_of(item: ProxyItem, address_type: str) -> bool:
    return isinstance(item.found, ProxyAddress) and item.found.is_primary and item.found.type == address_type


def _is_same(item: ProxyItem, address: ProxyAddress) -> bool:
    return isinstance(item.found, ProxyAddress) and item.found.same_address(address)


def collect(items: Iterable[ProxyItem], text: str | None = None) -> ProxyList:
    """Return the list that its items make.

    Where they come from one `text`, the spans of errors are in it; else each error has the number of its item.
    """
    kept = list(items)
    return _listed(kept, _errors(kept, text), recipient_findings(kept))


def _read(texts: str | Iterable[str], limits: Limits) -> list[ProxyItem]:
    return read_items(texts, limits) if isinstance(texts, str) else list(read_strings(texts, limits))


def _demoted(item: ProxyItem) -> ProxyItem:
    """Return an item as one of Secondary-Proxy-Addresses, where the case of a type says nothing."""
    if not isinstance(item.found, ProxyAddress):
        return item
    return item._replace(found=replace(item.found, is_primary=False), mixed_case=False)


def _errors(items: Iterable[ProxyItem], text: str | None) -> Iterator[AddressSyntaxError]:
    for found, span, _, number in items:
        if not isinstance(found, AddressSyntaxError):
            continue
        if text is None:
            yield AddressSyntaxError(found.code, found.message, found.text, found.span, found.expected, number)
        else:
            yield AddressSyntaxError(found.code, found.message, text, span, found.expected)


def _listed(items: Iterable[ProxyItem], errors: Iterable[AddressSyntaxError], findings: Iterable[Finding]) -> ProxyList:
    return ProxyList(
        (item.found for item in items if isinstance(item.found, ProxyAddress)),
        errors,
        findings,
        (item.found for item in items if isinstance(item.found, DeletionMarker)),
    )


_TYPED = frozenset({"PLAIN_PROXY", "MCI_PROXY", "PROXY"})
_ITEMS = _TYPED | {"QUOTED", "APOSTROPHED", "DELETION", "NOT_EXPORTED", "UNTYPED", "BAD"}
"""Terminals that are items of a list."""


def _item(token: Token, text: str, escaped: str | None, limits: Limits) -> ProxyItem:
    """Return the item that a token is; what it says is in the given `text`, at the same place."""
    start, end = token.start_pos or 0, token.end_pos or 0
    kind = token.type.removeprefix("WHOLE_")
    if kind in _TYPED:
        if text.startswith(";", end) and _ends_x400(text, start, end):
            end += 1
        prefix, colon, value = text[start:end].partition(":")
        return typed_text(prefix + colon, value if escaped is None else _unescaped(value, escaped), (start, end))
    span, written = (start, end), text[start:end] if escaped is None else _unescaped(text[start:end], escaped)
    if kind == "UNTYPED":
        return untyped_text(written, span)
    if kind == "QUOTED":
        return read_item(written[1:-1].replace('""', '"'), limits)._replace(span=span)
    if kind == "APOSTROPHED":  # PowerShell doubles an apostrophe inside
        return in_apostrophes(read_item(written[1:-1].replace("''", "'"), limits))._replace(span=span)
    if kind == "DELETION":
        return ProxyItem(_deletion(written), span)
    return ProxyItem(_found("not-exported", written) if kind == "NOT_EXPORTED" else _bad_item(written), span)


def _ends_x400(text: str, start: int, end: int) -> bool:
    """Return whether the `;` behind an item is the one that ends an O/R address, and no separator.

    Exchange writes one at the end: it separates only where a type follows at once.
    """
    return _X400.match(text, start, end) is not None and _behind_x400().match(text, end + 1) is not None


@cache
def _behind_x400() -> re.Pattern[str]:
    """Return the pattern of what separates behind an O/R address; known types make it slow to compile."""
    ends = rf"[{BLANKS}]*+(?:[;,%|]|(?:\.\.\.|…)?[{BLANKS}]*+\}}|\Z)"
    return re.compile(rf"{ends}|[\r\n]|[{WHITE_SPACE}]++{KNOWN_PREFIX}")


def _unescaped(written: str, escaped: str) -> str:
    return re.sub(rf"\\([\\{escaped}])", r"\1", written)


def _deletion(marker: str) -> DeletionMarker | AddressSyntaxError:
    match = _DELETION.fullmatch(marker)
    address_type, value = match.groups() if match else (None, None)
    try:
        return DeletionMarker(None if address_type is None else canonical_type(address_type), value or None)
    except AddressSyntaxError as error:
        return error


def _is_torn(before: ProxyItem, item: ProxyItem, read: str) -> bool:
    """Return whether a separator tore two items apart: no blank is behind it, and one of them is no address."""
    if item.span[0] == 0 or read[item.span[0] - 1] not in ";,":
        return False
    left, right = before.found, item.found
    if isinstance(left, ProxyAddress):
        return not isinstance(right, ProxyAddress) or (left.type in _WITH_DOMAIN and "@" not in left.value)
    if isinstance(left, AddressSyntaxError) and left.code in ("no-address", "stray-separator"):
        return not isinstance(right, ProxyAddress) or "@" not in read[slice(*before.span)]
    return False


def _is_beside_other_white_space(text: str, span: Span) -> bool:
    """Return whether white space at an edge of an item is more than the blanks that people type."""
    start, end = span
    last = start + len(text[start:end].rstrip(WHITE_SPACE))
    while start and text[start - 1] in WHITE_SPACE:
        start -= 1
    while end < len(text) and text[end] in WHITE_SPACE:
        end += 1
    return not OTHER_WHITE_SPACE.isdisjoint(text[start : span[0]] + text[last:end])


def _within(limits: Limits, text: str, item: ProxyItem) -> ProxyItem:
    """Return an item, or the error of one that is too long."""
    start, end = item.span
    if isinstance(item.found, AddressSyntaxError) or end - start <= limits.address_length:
        return item
    try:
        limits.check_address(text[start:end])
    except AddressSyntaxError as error:
        item = item._replace(found=error)
    return item


def _bad_item(item: str) -> AddressSyntaxError:
    if item.startswith(_CUT_OFF):
        return _found("cut-off-list", item)
    if item.startswith(":"):
        return syntax_error("empty-type", "the address type is empty", item, ("an address type before ':'",))
    message = "what stands before the colon is no address type"
    return syntax_error("bad-type", message, item, ("TYPE:value", "user@domain"))


_MESSAGES = {
    "cut-off-list": ("the list was cut off when it was exported", ("the whole list",)),
    "not-exported": (
        "the type of a collection stands here in place of its addresses; select them with -ExpandProperty, or as text: "
        "@{n='proxyAddresses';e={$_.proxyAddresses -join ';'}} (EmailAddresses of mailboxes alike)",
        ("the addresses themselves",),
    ),
    "stray-separator": (
        "a separator stands within an address, or its pieces are no addresses",
        ("a blank behind a separator", "TYPE:value", "user@domain"),
    ),
}


def _found(code: str, text: str) -> AddressSyntaxError:
    message, expected = _MESSAGES[code]
    return syntax_error(code, message, text, expected)
