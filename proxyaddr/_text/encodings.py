"""Undoes the encodings in which mail is carried: quoted-printable, HTML and percent-encoding, each once."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = [
    "ENTITY",
    "CarriedText",
    "from_html",
    "without_entities",
    "without_percents",
    "without_quoted_printable",
    "without_soft_breaks",
]

ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
"""A character reference of HTML; more digits name no character."""

_ENTITY = re.compile(ENTITY[:-1] + ";?")
_ENCODED_EQUALS = re.compile("=3D", re.IGNORECASE)
_BARE_EQUALS = re.compile("=(?![0-9A-Fa-f]{2})")
_SOFT_BREAK = re.compile(r"=[ \t]*(?:\r\n|\r|\n)")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_WORD = re.compile(r"\S+")

_TAG = re.compile(r"<([/!?]?([A-Za-z][A-Za-z0-9]*)?[^<>]*)>")
_PREFIX = re.compile("IMCEA", re.IGNORECASE)
_LINK = re.compile(r"""\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "code", "em", "font", "i", "ins", "kbd", "mark", "o", "s", "small"}
    | {"span", "strong", "sub", "sup", "tt", "u", "var", "wbr"}
)
"""Tags that do not end a word; every other tag does."""


class CarriedText(NamedTuple):
    """A text and the encodings that may still show in it; percent-encoding may show in every text."""

    text: str
    quoted_printable: bool = True
    entities: bool = True

    @property
    def has_soft_breaks(self) -> bool:
        """Whether a `=` before a line end may be a soft line break: where the text has `=3D` anywhere."""
        return self.quoted_printable and _ENCODED_EQUALS.search(self.text) is not None

    def plain(self) -> str:
        """Return the text with its encodings undone, each where it shows."""
        text = self.text
        if self.has_soft_breaks:  # and so may words be encoded: `=3D` shows that
            text = _SOFT_BREAK.sub("", text)
            text = _WORD.sub(lambda word: without_quoted_printable(word[0]), text)
        return without_percents(without_entities(text) if self.entities else text)


def without_soft_breaks(lines: list[str]) -> str | None:
    """Return the lines of a word joined, soft line breaks undone; None where a bare `=` shows that there are none."""
    text = "".join([*(line.removesuffix("=") for line in lines[:-1]), lines[-1]])
    return None if _has_bare_equals(text) else text


def without_quoted_printable(word: str) -> str:
    """Return a word with quoted-printable undone: where it has `=3D`, and no `=` without two hexadecimal digits."""
    if not _ENCODED_EQUALS.search(word) or _has_bare_equals(word):
        return word
    from quopri import decodestring  # noqa: PLC0415 - takes its time, and for bounces alone

    return decodestring(word.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _has_bare_equals(word: str) -> bool:
    """Return whether a `=` of an address is no encoded byte; what follows its domain does not count."""
    return _BARE_EQUALS.search(word.partition("@")[0]) is not None


def without_entities(text: str) -> str:
    """Return a text with the character references of HTML replaced."""
    if "&" not in text:
        return text
    from html import unescape  # noqa: PLC0415 - takes its time, and for bounces alone

    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)


def without_percents(text: str) -> str:
    """Return a text with its percent-encoding replaced (RFC 3986 2.1)."""
    if not _PERCENT.search(text):
        return text
    from urllib.parse import unquote  # noqa: PLC0415 - takes its time, and for bounces alone

    return unquote(text)


def from_html(text: str) -> str:
    """Return the words of an HTML text with character references replaced, and the address of each link.

    What holds a prefix of encapsulated addresses and no link is no tag. A regular expression finds the tags, since
    html.parser takes quadratic time for a text of unfinished ones.
    """
    known: dict[str, str] = {}  # most tags of a text are the same few

    def replacement(tag: re.Match[str]) -> str:
        found = known.get(tag[0])
        if found is None:
            found = known[tag[0]] = in_place_of(tag)
        return found

    def in_place_of(tag: re.Match[str]) -> str:
        links = [link[1] or link[2] or link[3] or "" for link in _LINK.finditer(tag[1])]
        if links or _PREFIX.search(tag[1]):
            return f" {' '.join(links) or tag[1]} "
        return "" if (tag[2] or "").lower() in _INLINE else "\n"

    return without_entities(_TAG.sub(replacement, text))
