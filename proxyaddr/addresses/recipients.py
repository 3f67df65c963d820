"""To lines: the transformer of grammar/recipients.lark; each piece of a line is then read as a one-off address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import KNOWN_TYPES, LINK_TYPE, SPELLINGS, WHITE_SPACE
from proxyaddr.addresses import one_off
from proxyaddr.addresses.common_forms import common_one_off
from proxyaddr.addresses.diagnoses import missing_brackets
from proxyaddr.addresses.display_names import display_name
from proxyaddr.addresses.lists import ParsedList
from proxyaddr.addresses.mailboxes import MAILBOX, mailbox
from proxyaddr.addresses.surroundings import joined_lines, without_braces, without_comments
from proxyaddr.addresses.values import OneOffAddress
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.limits import Limits

__all__ = ["read_recipients"]


_HOLDING_SEMICOLONS = frozenset({"X400", "EUM"})
"""Types whose values go on behind semicolons."""

_FIELD = r"(?:;[ \t]*[A-Za-z][\w.:&-]*+[ \t]*=[^;,\r\n]*)"
_FIELDS = re.compile(rf"[^;,\r\n]*{_FIELD}*+")
_EXCHANGE_FIELDS = re.compile(rf"[^;,\r\n]*(?:{_FIELD}++;?)?")
"""Exchange ends an O/R address by a semicolon."""


class _Piece(NamedTuple):
    """A piece of a line that is one recipient, by its place; `is_typed` where an address type and a colon lead it."""

    start: int
    end: int
    is_typed: bool = False
    kind: str = ""
    """The terminal that the piece is, where it is one alone."""


class _Group(NamedTuple):
    """The end of a group's name, as its token, and the names with commas before it."""

    names: list[Token]
    label: Token


class _Entry(NamedTuple):
    """The tokens between separators."""

    tokens: list[Token]


def read_recipients(text: str, limits: Limits) -> ParsedList[OneOffAddress]:
    """Return the addresses of a To line and the errors of its bad items, each with the place of its piece in the line.

    AddressSyntaxError for more items than the limits allow.
    """
    good: list[OneOffAddress] = []
    bad: list[AddressSyntaxError] = []
    line, cut = without_braces(text, labelled=True) if "{" in text else (text, None)
    for piece in _pieces_within(limits, line, text):
        start, end = (piece.start, piece.end) if line.isascii() else _with_blanks(piece, line)
        try:
            limits.check_address(line[piece.start : piece.end])
            if piece.is_typed:
                raise missing_brackets(line[piece.start : piece.end], one_off.plain_one_off)
            written = line[start:end]
            good.append(_common(piece, line) or common_one_off(written) or one_off.read_one_off(written))
        except AddressSyntaxError as error:
            span = (piece.start, piece.end)
            bad.append(AddressSyntaxError(error.code, error.message, text, span, error.expected))
    return ParsedList(good, bad if cut is None else [*bad, cut])


def _pieces_within(limits: Limits, line: str, text: str) -> Iterator[_Piece]:
    """Yield the pieces of a line; AddressSyntaxError, with its place in the `text`, for one beyond the limits."""
    read = without_comments(joined_lines(line))
    try:
        found = _RECIPIENTS.parse(read, "recipients", _separator_counter(read, 2 * limits.list_items + 2))
    except _StoppedError as stopped:  # most such lines have too many pieces, of which the rest need not be read
        begun = list(_pieces(_RECIPIENTS.parse(read[: stopped.place], "recipients"), line))
        if len(begun) > limits.list_items + 1:  # the last one may go on behind the place
            raise limits.too_many_items(text, begun[limits.list_items].start) from None
        found = _RECIPIENTS.parse(read, "recipients")
    for number, piece in enumerate(_pieces(found, line)):
        if number >= limits.list_items:
            raise limits.too_many_items(text, piece.start)
        yield piece


class _StoppedError(Exception):
    """Stops the reading of a line behind many separators."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _separator_counter(text: str, most: int) -> Callable[[Token], None] | None:
    """Return a function that is called with each token of a line, and stops the reading at one separator too many.

    Return None for a text with fewer separators, which is read faster without counting.
    """
    if sum(map(text.count, ";,\t\r\n")) <= most:
        return None
    found = 0

    def count(token: Token) -> None:
        nonlocal found
        found += token.type in ("SEPARATOR", "COMMA")
        if found > most:
            raise _StoppedError(token.start_pos or 0)

    return count


def _common(piece: _Piece, text: str) -> OneOffAddress | None:
    """Return the address of a piece whose only terminal says all: reading it again would take most of the time."""
    written = text[piece.start : piece.end]
    if piece.kind not in ("MAILBOX", "NAMED") or not text.isascii() or "\n" in written:
        return None
    if piece.kind == "MAILBOX":
        return mailbox(written)
    name, _, inside = written[:-1].rpartition("<")
    return mailbox(inside, display_name(name)) if MAILBOX.fullmatch(inside) else None


def _with_blanks(piece: _Piece, text: str) -> tuple[int, int]:
    """Return the place of a piece with the white space around it, of which the address has a finding."""
    start, end = piece.start, piece.end
    while start and text[start - 1] in WHITE_SPACE:
        start -= 1
    while end < len(text) and text[end] in WHITE_SPACE:
        end += 1
    return start, end


def _pieces(found: list[Token | _Group | _Entry], text: str) -> Iterator[_Piece]:
    """Yield the pieces of a line. The name of a group is none, but an address type before a colon begins one."""
    label: Token | None = None
    reached = 0
    for each in found:
        if isinstance(each, _Entry):
            tokens = _without_notes(each.tokens if not reached else _behind(reached, each.tokens))
            if len(found) > 1 and all(token.type == "COMMENT" for token in tokens):  # a note behind a group
                continue
            is_addressed = any(token.type in ADDRESSES for token in tokens)  # a value may have reached over its address
            pieces = _cut(tokens, text) if is_addressed else [_piece(tokens)]
            if label is not None:
                pieces[0] = _Piece(_start(label), pieces[0].end, _type_of(label) in KNOWN_TYPES)
            yield from pieces
        elif isinstance(each, _Group) or each.type == "GROUP":
            names, token = each if isinstance(each, _Group) else ([], each)
            if label is None and _start(token) >= reached and _type_of(token) in (*KNOWN_TYPES, LINK_TYPE):
                names = _behind(reached, names)
                if {token.type for token in names} - {"COMMA", "COMMENT"}:
                    yield _piece(names)
                label = token
                if _type_of(label) in _HOLDING_SEMICOLONS:
                    reached = _end_of_fields(text, label)
                    yield _Piece(_start(label), reached, is_typed=True)
                    label = None
            continue
        elif label is not None:
            yield _Piece(_start(label), _end(label), is_typed=True)
        label = None
    if label is not None:
        yield _Piece(_start(label), _end(label), is_typed=True)


def _end_of_fields(text: str, label: Token) -> int:
    """Return where the value behind a type ends that goes on behind semicolons with `KEY=value`."""
    pattern = _EXCHANGE_FIELDS if _type_of(label) == "X400" else _FIELDS
    fields = cast("re.Match[str]", pattern.match(text, _end(label)))  # of no character at least
    return fields.start() + len(fields[0].rstrip(WHITE_SPACE))


def _behind(reached: int, tokens: list[Token]) -> list[Token]:
    """Return tokens without those that a value has reached over, and without commas at their start."""
    left = [token for token in tokens if _end(token) > reached]
    place = next((number for number, token in enumerate(left) if token.type != "COMMA"), len(left))
    return left[place:]


def _without_notes(tokens: list[Token]) -> list[Token]:
    """Return tokens without the items at their start that are only comments (RFC 5322 4.4)."""
    place = 0
    for number, token in enumerate(tokens):
        if token.type not in ("COMMA", "COMMENT"):
            break
        if token.type == "COMMA":
            place = number + 1
    return tokens[place:] or tokens


def _cut(tokens: list[Token], text: str) -> list[_Piece]:
    """Return the pieces of an entry with an address; there are several where blanks or folds separate addresses.

    Names before a bare address and a comma are a piece of their own, and so is each of several bare addresses.
    """
    first = next(number for number, token in enumerate(tokens) if token.type in ADDRESSES)
    kinds = {token.type for token in tokens}
    pieces = []
    behind = first
    while behind and tokens[behind - 1].type == "COMMENT":
        behind -= 1
    if behind and tokens[behind - 1].type == "COMMA" and (tokens[first].type in ALONE or not kinds & NAMED):
        pieces, tokens, first = [_piece(tokens[:behind])], tokens[behind:], first - behind
    only_bare = not first and kinds <= {*BARE, "COMMA"} if not pieces else {token.type for token in tokens} <= BARE
    begin, is_complete = 0, False
    for number, token in enumerate(tokens):
        if is_complete and (
            (only_bare and token.type == "MAILBOX")
            or kinds in ALONE_KINDS
            or (token.type not in BEHIND and "\n" in text[_end(tokens[number - 1]) : _start(token)])
        ):
            pieces.append(_piece(tokens[begin:number]))
            begin, is_complete = number, False
        is_complete = is_complete or token.type in ADDRESSES
    return [*pieces, _piece(tokens[begin:])]


def _piece(tokens: list[Token]) -> _Piece:
    """Return the piece that tokens make, without a comma at its end."""
    last = next(token for token in reversed(tokens) if token.type != "COMMA")
    return _Piece(_start(tokens[0]), _end(last), kind=last.type if len(tokens) == 1 else "")


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return _start(token) + len(token.rstrip(WHITE_SPACE))


def _type_of(label: Token) -> str:
    name = label[:-1].strip(WHITE_SPACE).upper()
    return SPELLINGS.get(name, name)


NAMED = frozenset({"NAMED", "ANGLED", "BRACKETED", "COMMENT_ADDRESS"})
"""Terminals of addresses that take the words before them as their name."""

ALONE = frozenset({"ANGLED", "BRACKETED"})
"""Those that have no name right behind a comma."""

ALONE_KINDS = ({"ANGLED"}, {"BRACKETED"})
"""Those between which blanks separate where nothing else stands."""

ADDRESSES = frozenset({"MAILBOX", "SHAPED", "FIELDS", "BAD_ADDRESS", *NAMED})

BARE = frozenset({"MAILBOX", "COMMENT", "COMMENT_ADDRESS"})
"""Terminals of addresses without names, between which blanks separate."""

BEHIND = frozenset({"COMMENT", "COMMENT_ADDRESS", "ANGLED", "QUOTED"})
"""Terminals that may follow an address on the next line and belong to it."""


class _RecipientsTransformer(Transformer[Token, object]):
    """Returns the names of groups, the separators, and the tokens between them, which know their places."""

    def recipients(self, children: list[Token | _Group | _Entry]) -> list[Token | _Group | _Entry]:
        """recipients: settled (addressed | unaddressed)?."""
        return children

    def group(self, tokens: list[Token]) -> _Group:
        """group: names COMMA GROUP."""
        return _Group(tokens[:-1], tokens[-1])

    def addressed(self, tokens: list[Token]) -> _Entry:
        """addressed: names? address (address | word)*."""
        return _Entry(tokens)

    def unaddressed(self, tokens: list[Token]) -> _Entry:
        """unaddressed: (word | COMMA)+."""
        return _Entry(tokens)


_RECIPIENTS = Grammar("recipients.lark", ("recipients",), _RecipientsTransformer(), {})
