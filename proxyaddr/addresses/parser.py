"""Text to address values: the transformers of grammar/one_off.lark and grammar/proxy_list.lark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, cast

from lark import Token, Transformer
from lark.visitors import v_args

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, TYPE_PATTERN, canonical_type
from proxyaddr.addresses.lists import DeletionMarker, ParsedList, ProxyList
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["ProxyItem", "parse", "parse_one_off", "parse_proxies", "parse_proxy", "parse_recipients", "proxy_items"]

_ESCAPE = re.compile(r"\\(?:\\|x([0-9A-Fa-f]{2}))")
_QUOTED_ESCAPE = re.compile(r'\\(?:([\\"])|x([0-9A-Fa-f]{2}))')
_LEADING_TYPE = re.compile(rf"[ \t]*({TYPE_PATTERN})[ \t]*:(.*)", re.DOTALL)
_PERCENT_LIST = re.compile(rf"%[ \t]*(?:{TYPE_PATTERN}[ \t]*:|~[Dd][Ee][Ll])")
_DELETION = re.compile(r"~del[ \t]*(?:<([^:>]*)(?::([^>]*))?>)?", re.IGNORECASE)
_WHOLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_CUT_OFF = ("...", "…")

_SEPARATORS = ";,%\r\n"
_ITEM_STARTS = frozenset(
    {
        *("PLAIN_PREFIX", "PREFIX", "DELETION", "UNTYPED", "BAD", "PERCENT_UNTYPED", "PERCENT_BAD"),
        "RECIPIENT",
    }
)
"""Terminals with which an item of a list starts."""

_SHOWN = 80
"""Code points of the input that a suggestion repeats."""


class ProxyItem(NamedTuple):
    """An item of a list, where it stands in the text, and whether its prefix is neither upper nor lower case."""

    found: ProxyAddress | DeletionMarker | AddressSyntaxError
    span: Span
    mixed_case: bool = False


def parse(text: str, *, limits: Limits = DEFAULT_LIMITS) -> OneOffAddress | ProxyAddress:
    """Parse one address in whichever form it is written: `[TYPE:value]`, an RFC 822 form, or `TYPE:value`.

    A leading type makes it a proxy address: a colon ends a type unless a blank, a quote or an `@` comes first.
    Raises AddressSyntaxError.

    >>> parse("smtp:user@contoso.com").is_primary
    False
    """
    limits.check_address(text)
    try:
        address: OneOffAddress | ProxyAddress = _ADDRESS.parse(text, "address")
    except AddressSyntaxError as error:
        raise _diagnosed(error, text) from error.__cause__
    return address


def parse_one_off(text: str, *, limits: Limits = DEFAULT_LIMITS) -> OneOffAddress:
    r"""Parse one address given in full (Q89410, Q105126, Q184957).

    one_off: NAME? "[" TYPE ":" VALUE "]" | internet

    In brackets `\\` is a backslash and `\xHH` a byte, any other backslash stays. Brackets may be left out for
    SMTP only. Raises AddressSyntaxError.

    >>> str(parse_one_off("Paul[smtp:paul@contoso.com]"))
    'Paul [SMTP:paul@contoso.com]'
    """
    limits.check_address(text)
    try:
        address: OneOffAddress = _ONE_OFF.parse(text, "one_off")
    except AddressSyntaxError as error:
        raise _diagnosed(error, text) from error.__cause__
    return address


def parse_recipients(text: str, *, limits: Limits = DEFAULT_LIMITS) -> ParsedList[OneOffAddress]:
    """Parse a To line: one-off addresses between `;`, `,` or line ends; bad ones are listed in `.errors`.

    recipients: RECIPIENT (SEPARATOR RECIPIENT)*

    Separators in brackets, quotes, angle brackets and comments are data (Q185058). Never raises for a bad item;
    AddressSyntaxError for a list beyond its `limits`.
    """
    limits.check_list(text)
    good: list[OneOffAddress] = []
    bad: list[AddressSyntaxError] = []
    for token in _RECIPIENTS.parse(text, "recipients", _counter(text, limits)):
        start = token.start_pos
        try:
            good.append(parse_one_off(str(token), limits=limits))
        except AddressSyntaxError as error:
            span = (error.span[0] + start, error.span[1] + start)
            bad.append(AddressSyntaxError(error.code, error.message, text, span, error.expected))
    return ParsedList(good, bad)


def parse_proxy(text: str, *, limits: Limits = DEFAULT_LIMITS) -> ProxyAddress:
    """Parse one proxy address; the type ends at the first colon and its case tells primary from secondary.

    proxy_address: PREFIX value | value

    Without a type it is a secondary SMTP address. Raises AddressSyntaxError.

    >>> parse_proxy("X400:c=US;a= ;p=Org;").type
    'X400'
    """
    limits.check_address(text)
    return _proxy_of(_single_item(text, limits), text)


def parse_proxies(text_or_strings: str | Iterable[str], *, limits: Limits = DEFAULT_LIMITS) -> ProxyList:
    """Parse a list of proxy addresses: text in any export form, or an iterable with one address a string.

    proxy_list: item (SEPARATOR item)*

    Text is split at `;`, `,`, line ends, at `%` where the list uses it before a type (Q155594), and inside PowerShell's
    `{a, b}`. A value of X400, EX, X500, CCMAIL, NOTES, FAX, MHS or an unknown type ends only before a separator that a
    type follows. Never raises for a bad item: `.errors` lists those, `.findings` the rules that good items break.
    AddressSyntaxError for a list beyond its `limits`.
    """
    if isinstance(text_or_strings, str):
        return _collected(text_or_strings, proxy_items(text_or_strings, limits=limits))
    if isinstance(text_or_strings, bytes | bytearray):
        raise TypeError("a list of proxy addresses is text or an iterable of texts, not bytes")
    return _collected(None, _single_items(text_or_strings, limits))


def proxy_items(text: str, *, limits: Limits = DEFAULT_LIMITS) -> list[ProxyItem]:
    """Return what parse_proxies sorts, in the order of the list: proxies, deletion markers and errors.

    AddressSyntaxError for a list beyond its `limits`.
    """
    limits.check_list(text)
    start = "percent_list" if _PERCENT_LIST.search(text) else "proxy_list"
    items: list[ProxyItem] = _PROXIES.parse(_unbraced(text), start, _counter(text, limits))
    return [_within(limits, text, item) for item in items]


class _OneOffTransformer(Transformer[Token, object]):
    """Builds one-off addresses, and proxy addresses for the `address` rule."""

    @v_args(inline=True)
    def bracketed(self, *parts: Token) -> OneOffAddress:
        """bracketed: BRACKETED_NAME? "[" TYPE ":" VALUE? "]"."""
        by_type = {part.type: part for part in parts if part is not None}
        value = _unescaped(by_type["VALUE"].strip(BLANKS)) if "VALUE" in by_type else ""
        name = by_type.get("BRACKETED_NAME")
        return OneOffAddress(by_type["TYPE"], value, None if name is None else _bracketed_name(name))

    @v_args(inline=True)
    def bare(self, *parts: Token) -> OneOffAddress:
        """internet: MAILBOX | "<" ROUTE? MAILBOX ">"."""
        return OneOffAddress(DEFAULT_TYPE, str(parts[-1]))

    @v_args(inline=True)
    def name_first(self, *parts: Token) -> OneOffAddress:
        """internet: NAME "<" ROUTE? MAILBOX ">" | (COMMENT | QUOTED) MAILBOX."""
        return OneOffAddress(DEFAULT_TYPE, str(parts[-1]), _name(parts[0]))

    @v_args(inline=True)
    def name_last(self, *parts: Token) -> OneOffAddress:
        """internet: (MAILBOX | "<" ROUTE? MAILBOX ">") (COMMENT | QUOTED)."""
        return OneOffAddress(DEFAULT_TYPE, str(parts[-2]), _name(parts[-1]))

    def one_off(self, children: list[object]) -> object:
        """one_off: bracketed | internet."""
        return children[0]

    def address(self, children: list[object]) -> object:
        """address: PREFIX REST | one_off."""
        return children[0]

    @v_args(inline=True)
    def proxy(self, prefix: Token, value: Token | None = None) -> ProxyAddress:
        """address: PREFIX REST?."""
        found = _typed_item(prefix, value).found
        if isinstance(found, ProxyAddress):
            return found
        raise cast("AddressSyntaxError", found)

    def recipients(self, children: list[object]) -> object:
        """recipients: RECIPIENT (SEPARATOR RECIPIENT)*."""
        return children


class _ProxyTransformer(Transformer[Token, object]):
    """Builds the items of a list; an item that is no proxy address becomes the error that says so."""

    def _listed(self, children: list[object]) -> object:
        """proxy_list: item (SEPARATOR item)*."""
        return children

    proxy_list = percent_list = _listed

    @v_args(inline=True)
    def proxy(self, prefix: Token, value: Token | None = None) -> ProxyItem:
        """proxy: PREFIX value."""
        return _typed_item(prefix, value)

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


_TERMINALS = {
    "LSQB": "'['",
    "RSQB": "']'",
    "COLON": "':'",
    "TYPE": "an address type",
    "PREFIX": "an address type and ':'",
    "VALUE": "a value",
    "MAILBOX": "user@domain",
    "MORETHAN": "'>'",
}
# One compiled parser a start rule: the command needs the first alone, and compiling is most of what it waits for
_ADDRESS = Grammar("one_off.lark", ("address",), _OneOffTransformer(), _TERMINALS)
_ONE_OFF = Grammar("one_off.lark", ("one_off",), _OneOffTransformer(), _TERMINALS)
_RECIPIENTS = Grammar("recipients.lark", ("recipients",), _OneOffTransformer(), _TERMINALS)
_PROXIES = Grammar("proxy_list.lark", ("proxy_address", "proxy_list", "percent_list"), _ProxyTransformer(), _TERMINALS)


def _typed_item(prefix: Token, value: Token | None) -> ProxyItem:
    written = prefix[:-1].strip(BLANKS)
    span = _span(prefix, value)
    if value is None or not value.strip(BLANKS):
        return ProxyItem(_error("empty-value", f"{written}: has no value", str(prefix), ("a value",)), span)
    proxy = ProxyAddress(written, str(value), is_primary=written.isupper())
    return ProxyItem(proxy, span, mixed_case=not written.isupper() and not written.islower())


def _counter(text: str, limits: Limits) -> Callable[[Token], None] | None:
    """Return what stops a list after as many items as are allowed; None where it can't have more."""
    if sum(map(text.count, _SEPARATORS)) < limits.list_items:
        return None
    found = 0

    def count(token: Token) -> None:
        nonlocal found
        found += token.type in _ITEM_STARTS
        if found > limits.list_items:
            raise limits.too_many_items(text, token.start_pos or 0)

    return count


def _within(limits: Limits, text: str, item: ProxyItem) -> ProxyItem:
    if isinstance(item.found, AddressSyntaxError):
        return item
    try:
        limits.check_address(text[slice(*item.span)])
    except AddressSyntaxError as error:
        return item._replace(found=error)
    return item


def _single_items(texts: Iterable[str], limits: Limits) -> Iterator[ProxyItem]:
    for number, text in enumerate(texts):
        if number >= limits.list_items:
            raise limits.too_many_items("", 0, number)
        if text != "":
            yield _single_item(text, limits)


def _single_item(text: str, limits: Limits) -> ProxyItem:
    """Parse one proxy address or deletion marker that is not part of a text with separators."""
    try:
        limits.check_address(text)
    except AddressSyntaxError as error:
        return ProxyItem(error, error.span)
    whole = (0, len(text))
    if not text.strip(BLANKS):
        return ProxyItem(_error("empty-text", "there is nothing to parse", text, ("TYPE:value",)), whole)
    item: ProxyItem = _PROXIES.parse(text.strip(BLANKS), "proxy_address")
    if isinstance(item.found, AddressSyntaxError):
        bad = AddressSyntaxError(item.found.code, item.found.message, text, whole, item.found.expected)
        return ProxyItem(bad, whole)
    return item._replace(span=whole)


def _proxy_of(item: ProxyItem, text: str) -> ProxyAddress:
    if isinstance(item.found, ProxyAddress):
        return item.found
    if isinstance(item.found, DeletionMarker):
        raise AddressSyntaxError("deletion-marker", "a deletion marker is no address", text, item.span, ("TYPE:value",))
    raise item.found


def _collected(text: str | None, items: Iterable[ProxyItem]) -> ProxyList:
    """Sort the items of a list into good, bad, deletions and findings; spans are within the text or the string."""
    proxies: list[ProxyAddress] = []
    errors: list[AddressSyntaxError] = []
    deletions: list[DeletionMarker] = []
    findings: list[Finding] = []
    seen: dict[tuple[str, str], Span] = {}
    primaries: Counter[str] = Counter()
    for index, (found, span, mixed_case) in enumerate(items):
        if isinstance(found, AddressSyntaxError):
            errors.append(
                AddressSyntaxError(found.code, found.message, found.text, found.span, found.expected, index)
                if text is None
                else AddressSyntaxError(found.code, found.message, text, span, found.expected)
            )
            continue
        if isinstance(found, DeletionMarker):
            deletions.append(found)
            continue
        proxies.append(found)
        if mixed_case:
            findings.append(Finding("mixed-case-prefix", f"{found}: a prefix in mixed case; read as secondary", span))
        if seen.setdefault(found.comparison_key, span) is not span:
            findings.append(Finding("duplicate", f"{found}: the list holds this address already", span))
        if found.is_primary:
            primaries[found.type] += 1
            if primaries[found.type] == 2:
                findings.append(Finding("two-primaries", f"{found}: the second primary of type {found.type}", span))
    for address_type in dict.fromkeys(proxy.type for proxy in proxies):
        if not primaries[address_type]:
            findings.append(Finding("no-primary", f"no {address_type} address is the primary", None))
    return ProxyList(proxies, errors, findings, deletions)


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


def _unbraced(text: str) -> str:
    """Blank out the braces of a PowerShell `{a, b}`, so that spans stay true."""
    trimmed = text.strip(BLANKS)
    if not (trimmed.startswith("{") and trimmed.endswith("}")):
        return text
    return text.replace("{", " ", 1)[: text.rindex("}")]


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\\", value)


def _unquoted(name: str) -> str:
    return _QUOTED_ESCAPE.sub(lambda match: chr(int(match[2], 16)) if match[2] else match[1], name[1:-1])


def _bracketed_name(token: Token) -> str | None:
    """Return the name before a bracket: unquoted where it is quoted as a whole, else with its escapes read."""
    name = token.strip(BLANKS)
    return (_unquoted(name) if _WHOLE_QUOTED.fullmatch(name) else _unescaped(name)) or None


def _name(token: Token) -> str | None:
    """Return a display name without the quotes or parentheses around the whole of it (Q184957)."""
    name = token.strip(BLANKS)
    if _WHOLE_QUOTED.fullmatch(name):
        return _unquoted(name) or None
    if token.startswith("(") and name.endswith(")") and name.count("(") == 1:
        return name[1:-1].strip(BLANKS) or None
    return name or None


def _diagnosed(error: AddressSyntaxError, text: str) -> AddressSyntaxError:
    """Say in the words of the field why a text is no one-off address; the grammar knows only tokens."""
    trimmed = text.strip(BLANKS)
    if error.code not in ("unexpected-end", "unexpected-text"):
        place = text.rfind("]")
        span = (0, len(text)) if place < 0 else (place, place)
        return AddressSyntaxError(error.code, error.message, text, span, ("a value",))
    code, message, expected = error.code, error.message, error.expected
    leading = _LEADING_TYPE.match(text)
    if not trimmed:
        code, message, expected = "empty-text", "there is nothing to parse", ("[TYPE:value]", "user@domain")
    elif leading and not trimmed.endswith("]"):
        code, expected = "missing-brackets", (f"[{trimmed[:_SHOWN]}]",)
        message = "a type needs brackets around it and the value in a one-off address"
    elif trimmed.count("[") != trimmed.count("]"):
        code, message = "unbalanced-brackets", "the brackets do not pair up"
    elif text.count('"') % 2:
        code, message = "unbalanced-quotes", "the quotes do not pair up"
    elif re.search(r"\[[ \t]*:", text):
        code, message, expected = "empty-type", "the address type is empty", ("an address type before ':'",)
    elif "[" not in text and "@" not in text:
        code, message, expected = "no-address", "this is a name, not an address", ("[TYPE:value]", "user@domain")
    elif "]" in text and error.span[0] > text.index("]"):
        code, message, expected = "text-after-bracket", "only blanks may follow the bracket", ()
    return AddressSyntaxError(code, message, text, error.span, expected)
