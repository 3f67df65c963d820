"""Text of an O/R address to its attributes: the transformer of grammar/x400.lark."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import Span
from proxyaddr.x400.keywords import Form

__all__ = ["WrittenAttribute", "read_attributes"]


class WrittenAttribute(NamedTuple):
    """One attribute of a text, quoting undone: `value` keeps its blanks and is None where there is no `=`."""

    keyword: str
    value: str | None
    span: Span


def read_attributes(text: str, form: Form) -> list[WrittenAttribute]:
    """Return the attributes of an O/R address in their order; AddressSyntaxError where its text is not in the form."""
    found: list[WrittenAttribute] = _X400.parse(text, form.value)
    return found


class _X400Transformer(Transformer[Token, object]):
    """Builds the attributes of each form, with its quoting undone."""

    def semicolon_attribute(self, tokens: list[Token | None]) -> WrittenAttribute:
        r"""semicolon_attribute: SEMICOLON_KEYWORD [SEMICOLON_VALUE]; a backslash before punctuation quotes it."""
        return _attribute(tokens, _BACKSLASH, _BACKSLASH)

    def slash_attribute(self, tokens: list[Token | None]) -> WrittenAttribute:
        """slash_attribute: SLASH_KEYWORD [DOUBLED_SLASH_OR_DOLLAR_VALUE]; `$/` and `//` are a slash."""
        return _attribute(tokens, _SLASH, _SLASH)

    def doubled_semicolon_attribute(self, tokens: list[Token | None]) -> WrittenAttribute:
        """doubled_semicolon_attribute: (DOUBLED_SEMICOLON_DDA | ..._KEYWORD) [DOUBLED_SEMICOLON_VALUE]."""
        return _attribute(tokens, _DOUBLED_EQUALS_OR_SEMICOLON, _DOUBLED_SEMICOLON)

    def doubled_slash_attribute(self, tokens: list[Token | None]) -> WrittenAttribute:
        """doubled_slash_attribute: (DOUBLED_SLASH_DDA | ..._KEYWORD) [DOUBLED_SLASH_VALUE]."""
        return _attribute(tokens, _DOUBLED_EQUALS_OR_SLASH, _DOUBLED_SLASH)

    def dollar_attribute(self, tokens: list[Token | None]) -> WrittenAttribute:
        """dollar_attribute: DOLLAR_KEYWORD [DOLLAR_VALUE]; `$` quotes any character."""
        return _attribute(tokens, _DOLLAR, _DOLLAR)

    def _listed(self, attributes: list[WrittenAttribute]) -> object:
        """exchange, rfc1685, rfc2156: the attributes in the order written."""
        return attributes

    exchange = rfc1685 = rfc2156 = _listed


_BACKSLASH = re.compile(r"\\([^\w\s])")
_SLASH = re.compile("[$/](/)")
_DOLLAR = re.compile(r"\$(.)", re.DOTALL)
_DOUBLED_SEMICOLON = re.compile(";(;)")
_DOUBLED_EQUALS_OR_SEMICOLON = re.compile("=(=)|;(;)")
_DOUBLED_SLASH = re.compile("/(/)")
_DOUBLED_EQUALS_OR_SLASH = re.compile("=(=)|/(/)")

_TERMINALS = {
    **dict.fromkeys(
        (
            "SEMICOLON_KEYWORD",
            "SLASH_KEYWORD",
            "DOUBLED_SEMICOLON_KEYWORD",
            "DOUBLED_SLASH_KEYWORD",
            "DOLLAR_KEYWORD",
        ),
        "a keyword and '='",
    ),
    "_LEADING_SLASH": "'/'",
    "DOLLAR_VALUE": "a value in which '$' stands before another character",
}
_X400 = Grammar("x400.lark", ("exchange", "rfc1685", "rfc2156"), _X400Transformer(), _TERMINALS)


def _attribute(tokens: list[Any], in_keyword: re.Pattern[str], in_value: re.Pattern[str]) -> WrittenAttribute:
    """Return the attribute of a keyword and a value as written; the patterns find what is quoted in each."""
    written: Token = tokens[0]
    value: Token | None = tokens[1]
    last = value or written
    span = ((written.start_pos or 0) + len(written) - len(written.lstrip(TRIMMED)), last.end_pos or 0)
    keyword = written.lstrip(TRIMMED)
    if not keyword.endswith("="):
        return WrittenAttribute(_plain(keyword, in_keyword), None, span)
    text = "" if value is None else _plain(value, in_value)
    return WrittenAttribute(_plain(keyword[:-1], in_keyword), text, span)


def _plain(text: str, quoted: re.Pattern[str]) -> str:
    """Remove the quoting: replace each match by the group that took part in it."""
    return quoted.sub(lambda match: match[match.lastindex or 0], str(text))
