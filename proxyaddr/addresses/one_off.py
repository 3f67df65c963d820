"""One-off addresses: the transformer of grammar/one_off.lark, and what is wrong with a text that it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from lark import Token, Transformer
from lark.visitors import v_args

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, TYPE_PATTERN
from proxyaddr.addresses.proxy_list import ProxyItem, as_whole, proxy_of, typed_item
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress
from proxyaddr.errors import AddressSyntaxError

__all__ = ["read_address", "read_one_off"]

_ESCAPE = re.compile(r"\\(?:\\|x([0-9A-Fa-f]{2}))")
_QUOTED_ESCAPE = re.compile(r'\\(?:([\\"])|x([0-9A-Fa-f]{2}))')
_WHOLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LEADING_TYPE = rf"[ \t]*{TYPE_PATTERN}[ \t]*:"
_EMPTY_TYPE = r"\[[ \t]*:"

_SHOWN = 80
"""Code points of the input that a suggestion repeats."""


def read_address(text: str) -> OneOffAddress | ProxyAddress:
    """Parse a text as a proxy address where a type leads, else as a one-off address; AddressSyntaxError for others."""
    found = _parse(_ADDRESS, "address", text)
    return proxy_of(as_whole(found, text), text) if isinstance(found, ProxyItem) else found


def read_one_off(text: str) -> OneOffAddress:
    """Return the one-off address that a text is; AddressSyntaxError where it is none."""
    address: OneOffAddress = _parse(_ONE_OFF, "one_off", text)
    return address


def _parse(grammar: Grammar, start: str, text: str) -> Any:  # noqa: ANN401 - the transformer decides what a start rule gives
    try:
        return grammar.parse(text, start)
    except AddressSyntaxError as error:
        raise _diagnosed(error, text) from None


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
        return OneOffAddress(by_type["TYPE"], _unescaped(value), None if name is None else _bracketed_name(name))

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


class _Diagnosis(NamedTuple):
    """A mistake that people make: what the error says, and whether a text refused at a place has it.

    `{}` in `expected` is the text itself; without `expected` the error keeps what the grammar expected at the place.
    """

    code: str
    message: str
    expected: tuple[str, ...] | None
    applies: Callable[[str, int], object]


_DIAGNOSES = (
    _Diagnosis(
        "empty-text",
        "there is nothing to parse",
        ("[TYPE:value]", "user@domain"),
        lambda text, _: not text.strip(BLANKS),
    ),
    _Diagnosis(
        "missing-brackets",
        "a type needs brackets around it and the value in a one-off address",
        ("[{}]",),
        lambda text, _: re.match(_LEADING_TYPE, text) and not text.rstrip(BLANKS).endswith("]"),
    ),
    _Diagnosis(
        "unbalanced-brackets",
        "the brackets do not pair up",
        None,
        lambda text, _: text.count("[") != text.count("]"),
    ),
    _Diagnosis(
        "unbalanced-quotes",
        "the quotes do not pair up",
        None,
        lambda text, _: text.count('"') % 2,
    ),
    _Diagnosis(
        "empty-type",
        "the address type is empty",
        ("an address type before ':'",),
        lambda text, _: re.search(_EMPTY_TYPE, text),
    ),
    _Diagnosis(
        "no-address",
        "this is a name, not an address",
        ("[TYPE:value]", "user@domain"),
        lambda text, _: "[" not in text and "@" not in text,
    ),
    _Diagnosis(
        "text-after-bracket",
        "only blanks may follow the bracket",
        (),
        lambda text, place: "]" in text[:place],
    ),
)
"""In the order in which they are looked for: the first that applies is the one that is reported.

Productions for these mistakes in the grammar can't take their place: whether brackets and quotes pair up is a matter of
the whole text, while a production is chosen by what comes before the mistake. For the same reason lark's
`match_examples`, which goes by the state of the parser and the next token, took 8 of the 28 texts in
tests/cases/refusals.jsonl for another mistake. It also parses all its examples at each error, which took 0.6 ms.
"""


def _diagnosed(error: AddressSyntaxError, text: str) -> AddressSyntaxError:
    """Return the error of a text that the grammar refused, in the words of the field: the grammar knows only tokens."""
    code, message, expected = error.code, error.message, error.expected
    if code in ("unexpected-end", "unexpected-text"):
        found = next((row for row in _DIAGNOSES if row.applies(text, error.span[0])), None)
        if found is not None:
            code, message = found.code, found.message
            shown = text.strip(BLANKS)[:_SHOWN]
            if found.expected is not None:
                expected = tuple(words.format(shown) for words in found.expected)
    return AddressSyntaxError(code, message, text, error.span, expected)
