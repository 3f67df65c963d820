"""Texts as PrintableStrings, which hold few characters, and back: as RFC 2156 and the connectors write them."""

from __future__ import annotations

import re

from proxyaddr.errors import check_text

__all__ = ["from_printable_string", "to_printable_string"]

_LETTERS = {"@": "a", "%": "p", "!": "b", '"': "q", "_": "u", "(": "l", ")": "r"}
"""Characters with a letter of their own (Q185592, Q254725, RFC 2156)."""

_CHARACTERS = {letter: character for character, letter in _LETTERS.items()}
_SUBSTITUTED = re.compile(r"[^A-Za-z0-9 '+,\-./:=?]")
_SUBSTITUTION = re.compile(r"\(([abpqulr])\)|((?:\((?:[01][0-9]{2}|2[0-4][0-9]|25[0-5])\))+)")


def to_printable_string(text: str) -> str:
    """Return a text with every character that a PrintableString can't hold as `(a)`, or each of its bytes as `(ddd)`.

    The bytes are those of its UTF-8 form.
    Every bracket is substituted too, so a text that is already encoded must not come here again (Q249349).

    >>> to_printable_string("jane_doe@contoso.com")
    'jane(u)doe(a)contoso.com'
    """
    check_text(text, "text")
    return _SUBSTITUTED.sub(lambda match: _substitution(match[0]), text)


def from_printable_string(text: str) -> str:
    """Return the text that a PrintableString stands for, once; a number above 255, such as `(262)`, stays (Q272714).

    Bytes that are not UTF-8 are read as Latin-1.

    >>> from_printable_string("+1(262)555(045)0100(a)fax")
    '+1(262)555-0100@fax'
    """
    check_text(text, "text")
    return _SUBSTITUTION.sub(lambda match: _CHARACTERS[match[1]] if match[1] else _text_of_bytes(match[2]), text)


def _substitution(character: str) -> str:
    if letter := _LETTERS.get(character):
        return f"({letter})"
    return "".join(f"({byte:03})" for byte in character.encode("utf-8", "surrogatepass"))


def _text_of_bytes(numbers: str) -> str:
    data = bytes(int(number) for number in re.findall("[0-9]{3}", numbers))
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")
