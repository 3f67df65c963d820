"""What is told apart in the text of a list before grammar/proxy_list.lark reads it: all that stands around the items.

Labels, braces, marks of a list that was cut off, escapes and other separators. As many characters take their place, so
that places in the text stay true: blanks for what says nothing, `;` for what separates, `HELD` for what does not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from proxyaddr._text.types import (
    DDA_KEYWORD,
    KNOWN_TYPES,
    LINK_TYPE,
    OTHER_WHITE_SPACE,
    SPELLINGS,
    TYPE_PATTERN,
    WHITE_SPACE,
    WHITE_SPACE_IN_LINE,
)
from proxyaddr.errors import ConfigurationError, Span, check_text

__all__ = ["KNOWN_PREFIX", "ListText", "check_separator", "prepared"]

HELD = "\ufdd0"
"""A character that is assigned to nothing, in place of one that does not separate here."""

_KNOWN = "|".join(map(re.escape, sorted({*KNOWN_TYPES, *SPELLINGS, LINK_TYPE}, reverse=True)))
KNOWN_PREFIX = rf"(?i:{_KNOWN})[{WHITE_SPACE}]*+:"
"""A known type and its colon. `mailto:` counts as one: it is read as SMTP."""

_TYPED = rf"{TYPE_PATTERN}[{WHITE_SPACE_IN_LINE}]*+:"
_MARK = r"(?:\.\.\.|…)"
_LINE_END = rf"(?=[{WHITE_SPACE_IN_LINE}]*+(?:[\r\n]|\Z))"

_OTHER_WHITE_SPACE = re.compile(f"[{''.join(sorted(OTHER_WHITE_SPACE))}]")

_CUT = re.compile(_MARK + _LINE_END)
"""At the end of a line, what PowerShell writes in place of what it leaves out ($FormatEnumerationLimit)."""

_PROPERTIES = (
    r"(?:secondary[ _-]?)?proxy[ _-]?address(?:es)?",
    r"e-?mail[ _-]?address(?:es)?",
    r"primary[ _-]?smtp[ _-]?address",
    r"(?:windows|external)[ _-]?e?-?mail[ _-]?address",
    r"target[ _-]?address",
)
"""Properties of recipients that hold addresses, as patterns without case."""

_ARRAY = re.compile(rf"[{WHITE_SPACE}]*+(@?\()[{WHITE_SPACE}]*+[\"'\u2018]")
"""What opens an array of quoted items in PowerShell; `)` at the end of the text closes it."""

_CLOSING = re.compile(rf"(?:({_MARK})[{WHITE_SPACE_IN_LINE}]*+)?\}}{_LINE_END}")

_PERCENT_LIST = re.compile(
    rf"%[ \t]*(?:{TYPE_PATTERN}[ \t]*:|~[Dd][Ee][Ll])"
    r"|(?:^|[;,%\r\n])[ \t\f\v]*~[Dd][Ee][Ll](?:[ \t]*<[^<>\r\n]*>)?[ \t]*%"
)
"""A `%` before a type, before a deletion marker or after one: the list is one that `%` separates."""


@cache
def _opening() -> re.Pattern[str]:
    """Return the pattern of what opens a line of a list: a brace with any label before it, or a known property's label.

    A brace that a value starts with, as in `{5d2c}@contoso.com`, opens no list. It is compiled on first use: the known
    types in it make that slow, and most commands read no list.
    """
    return re.compile(
        rf"(?:\A|(?<=[\r\n]))[{WHITE_SPACE_IN_LINE}]*+"
        rf"(?:((?:(?!{KNOWN_PREFIX}|(?i:{DDA_KEYWORD})[{WHITE_SPACE_IN_LINE}]*+:)"
        rf"[A-Za-z][\w.-]*+(?:\ [\w.-]++)*+[{WHITE_SPACE_IN_LINE}]*+:[{WHITE_SPACE_IN_LINE}]*+)?\{{)"
        r"(?![^{};,:\r\n]*\}[^\s;,}])"
        rf"|((?i:{'|'.join(_PROPERTIES)})(?:[_.][0-9]+)?[{WHITE_SPACE_IN_LINE}]*+:(?!:)))"
    )


@cache
def _typed_pieces() -> re.Pattern[str]:
    """Return the pattern of a text whose pieces between `|` are all typed, or empty."""
    piece = rf"[{WHITE_SPACE_IN_LINE}\r\n]*+(?:{_TYPED}[^|]*+)?"
    return re.compile(rf"{piece}(?:\|{piece})*+")


class ListText(NamedTuple):
    """The text of a list as the grammar reads it, and what was told apart in it.

    `escaped` is the character that a backslash quotes, as it quotes a backslash, or None where it quotes none. `marks`
    are the places of the marks that end lists in braces, `cuts` the places where an item ends that was cut off.
    """

    text: str
    escaped: str | None = None
    marks: tuple[Span, ...] = ()
    cuts: frozenset[int] = frozenset()


def check_separator(separator: str) -> None:
    """Raise ConfigurationError for a text that can't be the separator of a list; TypeError for what is no text."""
    check_text(separator, "separator")
    if len(separator) != 1 or separator.isalnum() or separator in ':@"\\':
        message = 'a separator is one character, and no letter, digit, `:`, `@`, `"` or `\\`'
        raise ConfigurationError("bad-separator", message, "separator")


def prepared(text: str, separator: str | None = None) -> ListText:
    """Return a list as the grammar reads it; `separator` separates in place of `;` and `,`."""
    read = text
    marks: list[Span] = []
    cuts: set[int] = set()
    if "{" in text or "address" in text.lower():
        read, marks, cuts = _without_frame(text)
    if "(" in text and (array := _ARRAY.match(read)) and (inside := read.rstrip(WHITE_SPACE)).endswith(")"):
        read = _blanked(read, [array.span(1), (len(inside) - 1, len(inside))])
    if "..." in read or "…" in read:
        cuts.update(match.start() + len(match[0]) for match in _CUT.finditer(read))
    if not read.isascii():
        read = _OTHER_WHITE_SPACE.sub(" ", read)
    escaped = None
    if separator is not None:
        read, escaped = _separated(_escaped(read, separator), separator), separator
    elif "%" in read and _PERCENT_LIST.search(unescaped := _escaped(read, "%")):
        read, escaped = unescaped.replace("%", ";"), "%"
    elif "|" in read and _typed_pieces().fullmatch(read):
        read = read.replace("|", ";")
    return ListText(read, escaped, tuple(marks), frozenset(cuts))


def _without_frame(text: str) -> tuple[str, list[Span], set[int]]:
    """Return a text without labels and the braces of PowerShell's `{a, b}`, its marks, and where items were cut off."""
    framing: list[Span] = []
    marks: list[Span] = []
    cuts: set[int] = set()
    openings = list(_opening().finditer(text))
    closings = _CLOSING.finditer(text)
    closing = next(closings, None)
    ends = [*(following.start() for following in openings[1:]), len(text)]
    for opening, end in zip(openings, ends, strict=False):
        framing.append(opening.span(opening.lastindex or 0))
        if opening.lastindex != 1:  # a label without a brace
            continue
        while closing and closing.end() <= opening.end():
            closing = next(closings, None)
        if closing and closing.end() <= end:
            framing.append(closing.span())
            if closing[1]:
                marks.append(closing.span(1))
            continue
        last = len(text[opening.end() : end].rstrip(WHITE_SPACE)) + opening.end()
        if last == opening.end() or text[last - 1] in ";,":
            marks.append((opening.end() - 1, opening.end()))
        else:
            cuts.add(last)
    return _blanked(text, framing), marks, cuts


def _blanked(text: str, spans: list[Span]) -> str:
    """Return a text with blanks in place of some spans, which are in its order."""
    pieces: list[str] = []
    place = 0
    for start, end in spans:
        pieces += [text[place:start], " " * (end - start)]
        place = end
    return "".join([*pieces, text[place:]])


def _escaped(text: str, separator: str) -> str:
    """Return a text in which escaped separators and backslashes are held (Exchange 5.5, quoting in exports)."""
    return re.sub(rf"\\[\\{separator}]", 2 * HELD, text) if "\\" in text else text


def _separated(text: str, separator: str) -> str:
    """Return a text in which a character separates and `;` and `,` do not; in `AT&T:` it does not."""
    if separator == "&":
        text = re.sub(rf"(?i)(?<![a-z0-9])(AT)&(T[{WHITE_SPACE_IN_LINE}]*+:)", r"\1_\2", text)
    return text.translate({ord(";"): HELD, ord(","): HELD} | {ord(separator): ";"})
