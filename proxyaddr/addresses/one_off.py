"""One-off addresses: the transformer of grammar/one_off.lark, and the order in which their forms are tried."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lark import Token, Transformer
from lark.visitors import v_args

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import BLANKS, DDA_KEYWORD, DEFAULT_TYPE, LINK_TYPE, WHITE_SPACE
from proxyaddr.addresses.diagnoses import GRAMMAR_CODES, diagnosed
from proxyaddr.addresses.display_names import bracketed_name, display_name, unescaped
from proxyaddr.addresses.lists import DeletionMarker
from proxyaddr.addresses.mailboxes import linked, mailbox, named
from proxyaddr.addresses.proxy_list import ProxyItem, as_whole, proxy_of, read_item, typed_item
from proxyaddr.addresses.surroundings import (
    SURROUNDING_APOSTROPHES,
    SURROUNDING_BLANKS,
    joined_lines,
    trimmed,
    without_braces,
)
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = ["plain_one_off", "read_address", "read_one_off"]

_NO_ADDRESS = re.compile(r"\s*(?i:~del[ \t]*<|@\{|System\.|Microsoft\.)")
"""What begins the items of lists that tell of an address or a collection and are none: `~DEL<smtp:a@b>`, `@{...}`."""

_QUOTED = re.compile(r"""\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|\u2018([^\u2018\u2019]*)\u2019)\s*""")
"""An item of a list in the quotes of CSV (RFC 4180), or in the apostrophes of PowerShell or of a word processor."""


def read_address(text: str) -> OneOffAddress | ProxyAddress:
    """Parse a text as a proxy address where a type leads, else as a one-off address; AddressSyntaxError for others.

    A text in quotes that is no address as it stands is what stands in them; apostrophes are a finding.
    """
    if _NO_ADDRESS.match(text):
        item = read_item(text)
        if isinstance(item.found, DeletionMarker) or getattr(item.found, "code", None) == "not-exported":
            return proxy_of(item, text)
    found: ProxyItem | OneOffAddress | ProxyAddress | None
    try:
        found = _read(_ADDRESS, "address", text)
    except AddressSyntaxError as error:
        quoted = _QUOTED.fullmatch(text)
        found = None if quoted is None else _in_quotes(quoted)
        if found is None:
            raise error.with_traceback(None) from None  # so that a traceback ends in few lines
    if not isinstance(found, ProxyItem):
        return found
    proxy = proxy_of(as_whole(found, text), text)
    return read_one_off(text) if proxy.type == DDA_KEYWORD and _has_shape(text) else proxy


def _in_quotes(quoted: re.Match[str]) -> OneOffAddress | ProxyAddress | None:
    double, single, curly = quoted.groups()
    try:
        if double is not None:
            return read_address(double.replace('""', '"'))
        found = read_address(curly if single is None else single.replace("''", "'"))
    except AddressSyntaxError:  # the error of the whole text has the place of what is wrong
        return None
    return replace(found, reading=tuple(dict.fromkeys((SURROUNDING_APOSTROPHES, *found.reading))))


def read_one_off(text: str) -> OneOffAddress:
    """Return the one-off address that a text is; AddressSyntaxError where it is none."""
    address: OneOffAddress = _read(_ONE_OFF, "one_off", text)
    return address


def _read(grammar: Grammar, start: str, text: str) -> Any:  # noqa: ANN401 - the transformer decides what a start rule gives
    """Return what a text is: in the forms of the articles, else by its shape, else as people paste addresses."""
    plain, cut_off = without_braces(text) if "{" in text else (text, None)
    if cut_off is not None:
        raise cut_off
    if not text.isascii():
        plain = trimmed(plain)
    try:
        found = grammar.parse(plain, start)
    except AddressSyntaxError as error:
        found = _otherwise(plain) if error.code in GRAMMAR_CODES else None
        if found is None:
            raise diagnosed(error, text, plain_one_off) from None
    if plain is not text and not text.isascii() and isinstance(found, OneOffAddress):
        return named(found, found.display_name, (SURROUNDING_BLANKS,))
    return found


_MARKS = frozenset("@=<[")
"""Characters of which every address has one that is in no form of the articles."""


def _otherwise(text: str) -> OneOffAddress | None:
    """Return the address that a text is which the grammar of one-off addresses refuses; None where it is none."""
    if not _MARKS & set(text):
        return None
    from proxyaddr.addresses.pasted import read_pasted  # noqa: PLC0415 - the start does not wait for rare forms
    from proxyaddr.addresses.shapes import typed_by_shape  # noqa: PLC0415 - the same

    if shaped := typed_by_shape(text):
        return OneOffAddress(*shaped)
    return read_pasted(joined_lines(text), plain_one_off)


def _has_shape(text: str) -> bool:
    from proxyaddr.addresses.shapes import typed_by_shape  # noqa: PLC0415 - the start does not wait for rare forms

    return typed_by_shape(text) is not None


def plain_one_off(text: str) -> OneOffAddress | None:
    """Return the address that a text is in a form of the articles; None where it is none."""
    try:
        found: OneOffAddress = _ONE_OFF.parse(text, "one_off")
    except AddressSyntaxError:
        return None
    return found


def _around(written: str) -> tuple[Finding, ...]:
    """Return the finding of a name before an address that has other white space than blanks around it."""
    if written.isascii() or written.strip(WHITE_SPACE) == written.strip(BLANKS):
        return ()
    return (SURROUNDING_BLANKS,)


class _OneOffTransformer(Transformer[Token, object]):
    """Builds one-off addresses, and proxy items for the `address` rule."""

    @v_args(inline=True)
    def bracketed(self, *parts: Token | None) -> OneOffAddress:
        """bracketed: BRACKETED_NAME? "[" TYPE ":" VALUE? CLOSING_BRACKET."""
        by_type = {part.type: part for part in parts if part is not None}
        value = by_type.get("VALUE", "").strip(BLANKS)
        if not value:
            place = by_type["CLOSING_BRACKET"].start_pos or 0
            raise AddressSyntaxError("empty-value", "the value is empty", "", (place, place), ("a value",))
        name = by_type.get("BRACKETED_NAME")
        shown, reading = (None, ()) if name is None else (bracketed_name(name), _around(name))
        if by_type["TYPE"].upper() == LINK_TYPE:
            link = linked(value, shown, reading)
            return link or OneOffAddress(DEFAULT_TYPE, unescaped(value), shown, reading=reading)
        return OneOffAddress(by_type["TYPE"], unescaped(value), shown, reading=reading)

    @v_args(inline=True)
    def bare(self, *parts: Token) -> OneOffAddress:
        """internet: MAILBOX | "<" ROUTE? MAILBOX ">"."""
        return mailbox(str(parts[-1]))

    @v_args(inline=True)
    def name_first(self, *parts: Token) -> OneOffAddress:
        """internet: NAME "<" ROUTE? MAILBOX ">" | (COMMENT | QUOTED_NAME) MAILBOX."""
        return mailbox(str(parts[-1]), display_name(parts[0]), _around(parts[0]))

    @v_args(inline=True)
    def name_last(self, *parts: Token) -> OneOffAddress:
        """internet: (MAILBOX | "<" ROUTE? MAILBOX ">") (COMMENT | QUOTED)."""
        return mailbox(str(parts[-2]), display_name(parts[-1]))

    def one_off(self, children: list[object]) -> object:
        """one_off: bracketed | internet."""
        return children[0]

    def address(self, children: list[object]) -> object:
        """address: PREFIX REST? | one_off."""
        return children[0]

    @v_args(inline=True)
    def proxy(self, prefix: Token, value: Token | None = None) -> ProxyItem:
        """address: PREFIX REST?."""
        return typed_item(prefix, value)


_TERMINALS = {
    "LSQB": "'['",
    "CLOSING_BRACKET": "']'",
    "COLON": "':'",
    "TYPE": "an address type",
    "PREFIX": "an address type and ':'",
    "VALUE": "a value",
    "MAILBOX": "user@domain",
    "MORETHAN": "'>'",
}
# One compiled parser for each start rule: the command needs the first alone, and compiling is most of what it waits for
_ADDRESS = Grammar("one_off.lark", ("address",), _OneOffTransformer(), _TERMINALS)
_ONE_OFF = Grammar("one_off.lark", ("one_off",), _OneOffTransformer(), _TERMINALS)
