"""What surrounds an address in pasted text and is undone before it is read; every place in the text stays the same."""

from __future__ import annotations

import re

from proxyaddr._text.types import BLANKS, KNOWN_TYPES, WHITE_SPACE
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = [
    "APOSTROPHES",
    "FOLD",
    "SURROUNDING_APOSTROPHES",
    "SURROUNDING_BLANKS",
    "decoded_words",
    "joined_lines",
    "trimmed",
    "trimmed_inside",
    "unfolded",
    "without_apostrophes",
    "without_braces",
    "without_comments",
]

APOSTROPHES = {"'": "'", "\u2018": "\u2019"}
"""What opens an address in apostrophes, as Outlook and word processors write it, and what closes it."""

SURROUNDING_APOSTROPHES = Finding("surrounding-apostrophes", "apostrophes stood around the address")
SURROUNDING_BLANKS = Finding("surrounding-blanks", "white space around the address or its type's colon is left out")

FOLD = "\f"
"""Stands for each character of a line end that only folds a line: a blank to the grammars, and nothing else in text."""

_FOLDED = re.compile(r"\r?\n[ \t]+")
_FOLD_IN_WORDS = re.compile(rf"[ \t]*{FOLD}[{FOLD} \t]*")
_ODD_BLANKS = re.compile(
    rf'"(?:[^"\\]|\\(?s:.))*(?:"|\\?\Z)|\[(?:[^\[\]]|\[[^\[\]]*\])*\]|[{WHITE_SPACE}]+|[^"\[{WHITE_SPACE}]+|\['
)
"""A piece of a text: quoted, in square brackets, white space, or other characters. Together they are all of it."""

_WHITE = f"[{WHITE_SPACE}]*+"
_BRACE = re.compile(rf"{_WHITE}()\{{")
_LABELLED_BRACE = re.compile(rf"{_WHITE}(?:([A-Za-z][\w.-]*+(?:\ [\w.-]++)*+){_WHITE}:{_WHITE})?\{{")
"""What opens a list in braces, with the name of a property before it as Format-List writes it."""

_CUT_OFF = ("...", "\u2026")
_COMMENT_MARKS = re.compile(r'\\(?s:.)|[()"]')

_ONE_ADDRESS = re.compile(r"[^\s()<>\[\]:;,\"@]+@[^\s()<>;,\"@]+")

_ENCODED_WORD = r"=\?[^?\s\x00-\x1f\x7f]+\?[BbQq]\?[^?\x00-\x08\x0e-\x1f\x7f\x85\u2028\u2029]*\?="
_ENCODED_WORDS = re.compile(rf"{_ENCODED_WORD}(?:[^\S\x1c-\x1f]*{_ENCODED_WORD})*")
"""Encoded words and the blanks between them (RFC 2047 2, 6.2); blanks in one are common and forbidden.

Other control characters in one would vanish as it is decoded: it stays as it is.
"""


def joined_lines(text: str) -> str:
    """Return a text in which a line end before a blank is a fold (RFC 5322 2.2.3)."""
    return _FOLDED.sub(lambda match: FOLD * len(match[0]), text) if "\n" in text else text


def unfolded(words: str) -> str:
    """Return words in which each fold and the blanks around it are one blank."""
    return _FOLD_IN_WORDS.sub(" ", words) if FOLD in words else words


def trimmed(text: str) -> str:
    """Return a text with an ordinary blank for each character of other white space at its ends."""
    start = len(text) - len(text.lstrip(WHITE_SPACE))
    end = len(text.rstrip(WHITE_SPACE))
    if not text[:start].strip(BLANKS) and not text[max(start, end) :].strip(BLANKS):
        return text
    return f"{' ' * start}{text[start:end]}{' ' * (len(text) - max(start, end))}"


def trimmed_inside(text: str) -> str:
    """Return a text with ordinary blanks for other white space beside angle brackets, parentheses and separators.

    White space in quotes and in square brackets is data.
    """
    if text.isascii():
        return text
    pieces = _ODD_BLANKS.findall(text)
    for number, piece in enumerate(pieces):
        if piece[0] in WHITE_SPACE:
            before, after = pieces[number - 1][-1:] if number else "", "".join(pieces[number + 1 : number + 2])[:1]
            if before in _BESIDE or after in _BESIDE:
                pieces[number] = " " * len(piece)
    return "".join(pieces)


_BESIDE = frozenset(["", *'<>()[]";,'])
"""Characters beside which white space surrounds; the ends of the text are empty."""


def without_apostrophes(value: str) -> str:
    """Return what stands inside apostrophes; a value that is not in apostrophes as it is."""
    while len(value) > 2 and APOSTROPHES.get(value[0]) == value[-1]:
        value = value[1:-1]
    return value


def without_braces(text: str, *, labelled: bool = False) -> tuple[str, AddressSyntaxError | None]:
    """Return a text with blanks for the braces of a PowerShell list, and the error of one that is cut off.

    Where it may be `labelled`, so has a property's name with a colon before the braces.

    PowerShell cuts behind a whole item and says so by `...`; where the closing brace is missing too, a column of a
    table was cut, and its last item with it: that is blotted out.
    """
    opening = (_LABELLED_BRACE if labelled else _BRACE).match(text)
    if opening is None or (opening[1] or "").upper() in KNOWN_TYPES:
        return text, None
    inside = text.rstrip(WHITE_SPACE)
    closed = inside.endswith("}")
    if not closed and "}" in inside:  # a name in braces
        return text, None
    inside = inside[:-1].rstrip(WHITE_SPACE) if closed else inside
    marked = inside.endswith(_CUT_OFF)
    end = start = len(inside)
    if marked:
        start = len(inside.rstrip("".join(_CUT_OFF)))
    if not closed:
        start = max(inside.rfind(",", 0, start) + 1, opening.end())
        start += len(inside[start:]) - len(inside[start:].lstrip(WHITE_SPACE))
    first = min(opening.end(), start)
    kept = f"{' ' * first}{text[first:start]}{' ' * (len(text) - start)}"
    if start == end:
        return kept, None
    message = "the list was cut off when it was exported"
    return kept, AddressSyntaxError("cut-off-list", message, text, (start, end), ("the whole list",))


def without_comments(text: str) -> str:
    """Return a text with letters for all that stands inside its outermost comments (RFC 5322 3.2.2).

    An address alone in parentheses stays: it is no comment where no other one stands. A parenthesis in quotes opens
    none, and one that nothing closes is left as it is.
    """
    if "(" not in text:
        return text
    pieces, place, depth, start, quoted = [], 0, 0, 0, False
    for match in _COMMENT_MARKS.finditer(text):
        mark = match[0]
        if mark == '"' and not depth:
            quoted = not quoted
        elif mark == "(" and not quoted:
            start = start if depth else match.end()
            depth += 1
        elif mark == ")" and depth:
            depth -= 1
            if not depth and not _ONE_ADDRESS.fullmatch(text, start, match.start()):
                pieces += [text[place:start], "c" * (match.start() - start)]
                place = match.start()
    return "".join([*pieces, text[place:]])


def decoded_words(name: str) -> str:
    """Return a name with its encoded words decoded (RFC 2047); a word that can't be decoded stays as it is."""
    return _ENCODED_WORDS.sub(_decoded, name) if "=?" in name else name


def _decoded(match: re.Match[str]) -> str:
    from email.errors import HeaderParseError  # noqa: PLC0415 - the email package is slow to import
    from email.header import decode_header  # noqa: PLC0415 - the same

    try:
        return "".join(
            part if isinstance(part, str) else part.decode((charset or "ascii").partition("*")[0])
            for part, charset in decode_header(match[0])
        )
    except (HeaderParseError, LookupError, ValueError):  # bad base64, an unknown charset, bytes that are not of it
        return match[0]
