"""Lists of proxy addresses: the transformer of grammar/proxy_list.lark, the items of a list, and its findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lark import Token, Transformer
from lark.visitors import v_args

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, TYPE_PATTERN, canonical_type
from proxyaddr.addresses.item_limit import item_counter
from proxyaddr.addresses.lists import DeletionMarker, ProxyList
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["ProxyItem", "as_whole", "collect", "proxy_of", "read_item", "read_items", "read_strings", "typed_item"]

_PERCENT_LIST = (
    rf"%[ \t]*(?:{TYPE_PATTERN}[ \t]*:|~[Dd][Ee][Ll])"
    r"|(?:^|[;,%\r\n{])[ \t\f\v]*~[Dd][Ee][Ll](?:[ \t]*<[^<>\r\n]*>)?[ \t]*%"
)
"""A `%` before a type, before a deletion marker or after one: the list is one that `%` separates."""

_DELETION = re.compile(r"~del[ \t]*(?:<([^:>]*)(?::([^>]*))?>)?", re.IGNORECASE)
_CUT_OFF = ("...", "…")


class ProxyItem(NamedTuple):
    """An item of a list, its place in the text, and whether its prefix is neither upper nor lower case.

    `number` is the index among the texts that were given, where they were several.
    """

    found: ProxyAddress | DeletionMarker | AddressSyntaxError
    span: Span
    mixed_case: bool = False
    number: int = 0


def read_items(text: str, limits: Limits = DEFAULT_LIMITS) -> list[ProxyItem]:
    """Return the items of a list in its order: proxy addresses, deletion markers, and errors for what is neither.

    AddressSyntaxError for a list beyond its limits.
    """
    limits.check_list(text)
    start = "percent_list" if "%" in text and re.search(_PERCENT_LIST, text) else "proxy_list"
    items: list[ProxyItem] = _PROXIES.parse(_without_braces(text), start, item_counter(text, limits, _ITEM_STARTS))
    return [_within(limits, text, item) for item in items]


def read_strings(texts: Iterable[str], limits: Limits) -> Iterator[ProxyItem]:
    """Yield the item that each text is; empty texts are skipped. AddressSyntaxError for more texts than allowed."""
    for number, text in enumerate(texts):
        if number >= limits.list_items:
            raise limits.too_many_items("", 0, number)
        if text != "":
            yield read_item(text, limits)._replace(number=number)


def read_item(text: str, limits: Limits) -> ProxyItem:
    """Return the item that a whole text is: separators in it belong to its value."""
    try:
        limits.check_address(text)
    except AddressSyntaxError as error:
        return ProxyItem(error, error.span)
    trimmed = text.strip(BLANKS)
    if not trimmed:
        return ProxyItem(_error("empty-text", "there is nothing to parse", text, ("TYPE:value",)), (0, len(text)))
    item: ProxyItem = _PROXIES.parse(trimmed, "proxy_address")
    return as_whole(item, text)


def as_whole(item: ProxyItem, text: str) -> ProxyItem:
    """Return an item with the whole text as its span, and as the span of its error."""
    span, found = (0, len(text)), item.found
    if isinstance(found, AddressSyntaxError):
        found = AddressSyntaxError(found.code, found.message, text, span, found.expected)
    return ProxyItem(found, span, item.mixed_case)


def proxy_of(item: ProxyItem, text: str) -> ProxyAddress:
    """Return the address that an item is; AddressSyntaxError where it is an error or a deletion marker."""
    if isinstance(item.found, ProxyAddress):
        return item.found
    if isinstance(item.found, DeletionMarker):
        raise AddressSyntaxError("deletion-marker", "a deletion marker is no address", text, item.span, ("TYPE:value",))
    raise item.found


def typed_item(prefix: Token, value: Token | None) -> ProxyItem:
    """Return the item that a type and its value make: `prefix` is the type with its colon."""
    written = prefix[:-1].strip(BLANKS)
    span = _span(prefix, value)
    if value is None or not value.strip(BLANKS):
        return ProxyItem(_error("empty-value", f"{written}: has no value", str(prefix), ("a value",)), span)
    proxy = ProxyAddress(written, str(value), is_primary=written.isupper())
    return ProxyItem(proxy, span, mixed_case=not written.isupper() and not written.islower())


def collect(items: Iterable[ProxyItem], text: str | None = None) -> ProxyList:
    """Return the list that its items make.

    Where they come from one `text`, the spans of errors are in it; else each error has the number of its item.
    """
    kept = list(items)
    errors = (
        AddressSyntaxError(
            item.found.code, item.found.message, item.found.text, item.found.span, item.found.expected, item.number
        )
        if text is None
        else AddressSyntaxError(item.found.code, item.found.message, text, item.span, item.found.expected)
        for item in kept
        if isinstance(item.found, AddressSyntaxError)
    )
    return ProxyList(
        (item.found for item in kept if isinstance(item.found, ProxyAddress)),
        errors,
        _findings(kept),
        (item.found for item in kept if isinstance(item.found, DeletionMarker)),
    )


def _findings(items: Iterable[ProxyItem]) -> Iterator[Finding]:
    """Yield the findings of a list: those at an item in the order of the items, then those of a whole type."""
    seen: set[tuple[str, str]] = set()
    primaries: Counter[str] = Counter()
    for proxy, span, mixed_case, _ in items:
        if not isinstance(proxy, ProxyAddress):
            continue
        if mixed_case:
            yield Finding("mixed-case-prefix", f"{proxy}: a prefix in mixed case; read as secondary", span)
        key = proxy.comparison_key
        if key in seen:
            yield Finding("duplicate", f"{proxy}: the list holds this address already", span)
        seen.add(key)
        primaries[proxy.type] += proxy.is_primary
        if proxy.is_primary and primaries[proxy.type] == 2:
            yield Finding("two-primaries", f"{proxy}: the second primary of type {proxy.type}", span)
    for address_type, count in primaries.items():
        if not count:
            yield Finding("no-primary", f"no {address_type} address is the primary", None)


class _ProxyTransformer(Transformer[Token, object]):
    """Builds the items of a list; an item that is no proxy address becomes the error that says so."""

    def _listed(self, children: list[object]) -> object:
        """proxy_list: item (SEPARATOR item)*."""
        return children

    proxy_list = percent_list = _listed

    @v_args(inline=True)
    def proxy(self, prefix: Token, value: Token | None = None) -> ProxyItem:
        """proxy: PREFIX value."""
        return typed_item(prefix, value)

    @v_args(inline=True)
    def untyped(self, value: Token) -> ProxyItem:
        """untyped: UNTYPED."""
        return ProxyItem(ProxyAddress(DEFAULT_TYPE, str(value)), _span(value))

    @v_args(inline=True)
    def deletion(self, marker: Token) -> ProxyItem:
        """deletion: "~del" ("<" TYPE ":" value? ">")?."""
        match = _DELETION.fullmatch(str(marker))
        address_type, value = match.groups() if match else (None, None)
        try:
            found = DeletionMarker(None if address_type is None else canonical_type(address_type), value or None)
        except AddressSyntaxError as error:
            return ProxyItem(error, _span(marker))
        return ProxyItem(found, _span(marker))

    @v_args(inline=True)
    def bad(self, item: Token) -> ProxyItem:
        """bad: BAD."""
        return ProxyItem(_bad_item(str(item)), _span(item))


_ITEM_STARTS = frozenset(
    {
        *("PLAIN_PREFIX", "PREFIX", "DELETION", "UNTYPED", "BAD"),
        *("PERCENT_DELETION", "PERCENT_UNTYPED", "PERCENT_BAD"),
    }
)
"""Terminals with which an item of a list starts."""

# No terminal has a name: only an error of the grammar would show it, and a list never fails to parse
_PROXIES = Grammar("proxy_list.lark", ("proxy_address", "proxy_list", "percent_list"), _ProxyTransformer(), {})


def _within(limits: Limits, text: str, item: ProxyItem) -> ProxyItem:
    """Return an item, or the error of one that is too long."""
    if isinstance(item.found, AddressSyntaxError):
        return item
    try:
        limits.check_address(text[slice(*item.span)])
    except AddressSyntaxError as error:
        return item._replace(found=error)
    return item


def _bad_item(item: str) -> AddressSyntaxError:
    if item.startswith(_CUT_OFF):
        return _error("cut-off-list", "the list was cut off when it was exported", item, ("the whole list",))
    if item.startswith(":"):
        return _error("empty-type", "the address type is empty", item, ("an address type before ':'",))
    return _error("bad-type", "what stands before the colon is no address type", item, ("TYPE:value", "user@domain"))


def _error(code: str, message: str, text: str, expected: tuple[str, ...]) -> AddressSyntaxError:
    return AddressSyntaxError(code, message, text, (0, len(text)), expected)


def _span(first: Token, last: Token | None = None) -> Span:
    return first.start_pos or 0, (last or first).end_pos or 0


def _without_braces(text: str) -> str:
    """Blank out the braces of a PowerShell `{a, b}`, so that spans stay true."""
    trimmed = text.strip(BLANKS)
    if not (trimmed.startswith("{") and trimmed.endswith("}")):
        return text
    return text.replace("{", " ", 1)[: text.rindex("}")]
