"""What is wrong with a text that is no one-off address, in the words of the field: the grammar knows only tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from proxyaddr._text.types import BLANKS, TYPE_PATTERN, WHITE_SPACE
from proxyaddr.errors import AddressSyntaxError, visible

__all__ = ["GRAMMAR_CODES", "diagnosed", "missing_brackets"]

GRAMMAR_CODES = ("unexpected-end", "unexpected-text")
"""The codes of a text that a grammar refused; any other error has found what is wrong."""

_LEADING_TYPE = rf"[ \t]*{TYPE_PATTERN}[ \t]*:"
_EMPTY_TYPE = r"\[[ \t]*:"
_OUTSIDE_QUOTES = re.compile(r'"(?:[^"\\]|\\(?s:.))*(?:"|\\?\Z)|[^"]')
_SPECIALS = frozenset('<>()[]@,;:"')

_SHOWN = 80
"""Code points of the input that a suggestion may have: a longer one could not be shown whole."""


class _Diagnosis(NamedTuple):
    """A mistake that people make: what the error says, and whether a text refused at a place has it.

    `{}` in `expected` is the text itself; without `expected` the error keeps what the grammar expected at the place.
    """

    code: str
    message: str
    expected: tuple[str, ...] | None
    applies: Callable[[str, int], object]


_MISSING_BRACKETS = _Diagnosis(
    "missing-brackets",
    "a type needs brackets around it and the value in a one-off address",
    ("[{}]", "[TYPE:value]"),
    lambda text, _: re.match(_LEADING_TYPE, text) and not text.rstrip(BLANKS).endswith("]"),
)

_DIAGNOSES = (
    _Diagnosis(
        "empty-text",
        "there is nothing to parse",
        ("[TYPE:value]", "user@domain"),
        lambda text, _: not text.strip(BLANKS),
    ),
    _MISSING_BRACKETS,
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


def diagnosed(error: AddressSyntaxError, text: str, reads: Callable[[str], object]) -> AddressSyntaxError:
    """Return the error of a text that the grammar refused, with the character that is in the way.

    What it suggests is a text that `reads` takes.
    """
    code, message, expected = error.code, error.message, error.expected
    if code in GRAMMAR_CODES:
        found = next((row for row in _DIAGNOSES if row.applies(text, error.span[0])), None)
        if found is not None:
            code, message = found.code, found.message
            if found.expected is not None:
                expected = tuple(_suggested(found.expected, text.strip(WHITE_SPACE), reads))
        if alike := _full_width(text):
            message = f"{message}: {alike!r} (U+{ord(alike):04X}) is no {unicodedata.normalize('NFKC', alike)!r}"
        elif code != "no-address" and (in_the_way := text[slice(*error.span)][:1].strip()):
            message = f"{message}: {visible(in_the_way)!r} is in the way"
    return AddressSyntaxError(code, message, text, error.span, expected)


def missing_brackets(text: str, reads: Callable[[str], object]) -> AddressSyntaxError:
    """Return the error of an address type and a value without brackets in a To line."""
    code, message, expected, _ = _MISSING_BRACKETS
    return AddressSyntaxError(code, message, text, (0, len(text)), tuple(_suggested(expected or (), text, reads)))


def _suggested(words: tuple[str, ...], text: str, reads: Callable[[str], object]) -> Iterator[str]:
    """Yield what an error names as expected: forms, and the text itself in one if that would be read."""
    for form in words:
        if "{}" not in form:
            yield form
        elif len(text) <= _SHOWN and reads(form.format(text)):
            yield form.format(text)


def _full_width(text: str) -> str | None:
    """Return the first character outside quotes that only looks like a special one, such as a full-width comma."""
    if text.isascii():
        return None
    for match in _OUTSIDE_QUOTES.finditer(text):
        if not match[0].isascii() and unicodedata.normalize("NFKC", match[0]) in _SPECIALS:
            return match[0]
    return None
