"""To lines: the transformer of grammar/recipients.lark; each piece of a line is then read as a one-off address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import KNOWN_TYPES, WHITE_SPACE
from proxyaddr.addresses import one_off
from proxyaddr.addresses.diagnoses import missing_brackets
from proxyaddr.addresses.lists import ParsedList
from proxyaddr.addresses.surroundings import joined_lines, without_braces, without_comments
from proxyaddr.addresses.values import OneOffAddress
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.limits import Limits

__all__ = ["read_recipients"]


class _Piece(NamedTuple):
    """A piece of a line that is one recipient, by its place; `is_typed` where an address type and a colon lead it."""

    start: int
    end: int
    is_typed: bool = False


class _Entry(NamedTuple):
    """The tokens between separators, and whether one of them is an address."""

    tokens: list[Token]
    is_addressed: bool


def read_recipients(text: str, limits: Limits) -> ParsedList[OneOffAddress]:
    """Return the addresses of a To line and the errors of its bad items, each with the place of its piece in the line.

    AddressSyntaxError for more items than the limits allow.
    """
    good: list[OneOffAddress] = []
    bad: list[AddressSyntaxError] = []
    line, cut = without_braces(text)
    found: list[Token | _Entry] = _RECIPIENTS.parse(without_comments(joined_lines(line)), "recipients")
    for number, piece in enumerate(_pieces(found, line)):
        if number >= limits.list_items:
            raise limits.too_many_items(text, piece.start)
        start, end = (piece.start, piece.end) if line.isascii() else _with_blanks(piece, line)
        try:
            limits.check_address(line[piece.start : piece.end])
            if piece.is_typed:
                raise missing_brackets(line[piece.start : piece.end], one_off.plain_one_off)
            good.append(one_off.read_one_off(line[start:end]))
        except AddressSyntaxError as error:
            span = (piece.start, piece.end)
            bad.append(AddressSyntaxError(error.code, error.message, text, span, error.expected))
    return ParsedList(good, bad if cut is None else [*bad, cut])


def _with_blanks(piece: _Piece, text: str) -> tuple[int, int]:
    """Return the place of a piece with the white space around it, of which the address has a finding."""
    start, end = piece.start, piece.end
    while start and text[start - 1] in WHITE_SPACE:
        start -= 1
    while end < len(text) and text[end] in WHITE_SPACE:
        end += 1
    return start, end


def _pieces(found: list[Token | _Entry], text: str) -> Iterator[_Piece]:
    """Yield the pieces of a line. The name of a group is none, but an address type before a colon begins one."""
    label: Token | None = None
    for each in found:
        if isinstance(each, _Entry):
            pieces = _cut(each.tokens, text) if each.is_addressed else [_piece(each.tokens)]
            if label is not None:
                pieces[0] = _Piece(_start(label), pieces[0].end, _type_of(label) in KNOWN_TYPES)
            yield from pieces
        elif each.type == "GROUP":
            label = label or (each if _type_of(each) in (*KNOWN_TYPES, LINK_TYPE) else None)
            continue
        elif label is not None:
            yield _Piece(_start(label), _end(label), is_typed=True)
        label = None
    if label is not None:
        yield _Piece(_start(label), _end(label), is_typed=True)


def _cut(tokens: list[Token], text: str) -> list[_Piece]:
    """Return the pieces of an entry with an address; there are several where blanks or folds separate addresses.

    Names before a bare address and a comma are a piece of their own, and so is each of several bare addresses.
    """
    first = next(number for number, token in enumerate(tokens) if token.type in ADDRESSES)
    kinds = {token.type for token in tokens}
    pieces = []
    if first and tokens[first - 1].type == "COMMA" and not kinds & NAMED:
        pieces, tokens, first = [_piece(tokens[:first])], tokens[first:], 0
    only_bare = not first and kinds <= {*BARE, "COMMA"} if not pieces else {token.type for token in tokens} <= BARE
    begin, is_complete = 0, False
    for number, token in enumerate(tokens):
        if is_complete and (
            (only_bare and token.type == "MAILBOX")
            or (token.type not in BEHIND and "\n" in text[_end(tokens[number - 1]) : _start(token)])
        ):
            pieces.append(_piece(tokens[begin:number]))
            begin, is_complete = number, False
        is_complete = is_complete or token.type in ADDRESSES
    return [*pieces, _piece(tokens[begin:])]


def _piece(tokens: list[Token]) -> _Piece:
    """Return the piece that tokens make, without a comma at its end."""
    last = next(token for token in reversed(tokens) if token.type != "COMMA")
    return _Piece(_start(tokens[0]), _end(last))


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return _start(token) + len(token.rstrip(WHITE_SPACE))


def _type_of(label: Token) -> str:
    name = label[:-1].strip(WHITE_SPACE).upper()
    return "X400" if name == "X.400" else name


LINK_TYPE = "MAILTO"
"""What begins a link to an Internet address (RFC 6068): no type, and no name of a group either."""

NAMED = frozenset({"ANGLED", "BRACKETED", "COMMENT_ADDRESS"})
"""Terminals of addresses that take the words before them as their name."""

ADDRESSES = frozenset({"MAILBOX", "SHAPED", "BAD_ADDRESS", *NAMED})

BARE = frozenset({"MAILBOX", "COMMENT", "COMMENT_ADDRESS"})
"""Terminals of addresses without names, between which blanks separate."""

BEHIND = frozenset({"COMMENT", "COMMENT_ADDRESS", "ANGLED", "QUOTED"})
"""Terminals that may follow an address on the next line and belong to it."""


class _RecipientsTransformer(Transformer[Token, object]):
    """Returns the names of groups, the separators, and the tokens between them, which know their places."""

    def recipients(self, children: list[Token | _Entry]) -> list[Token | _Entry]:
        """recipients: settled (addressed | unaddressed)?."""
        return children

    def addressed(self, tokens: list[Token]) -> _Entry:
        """addressed: names? address (address | word)*."""
        return _Entry(tokens, is_addressed=True)

    def unaddressed(self, tokens: list[Token]) -> _Entry:
        """unaddressed: (word | COMMA)+."""
        return _Entry(tokens, is_addressed=False)


_RECIPIENTS = Grammar("recipients.lark", ("recipients",), _RecipientsTransformer(), {})
