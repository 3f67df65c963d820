"""Any text inside a PrintableString, as RFC 2156 and the connectors write it, and back."""

from __future__ import annotations

import re

__all__ = ["from_printable_string", "to_printable_string"]

LETTERS = {"@": "a", "%": "p", "!": "b", '"': "q", "_": "u", "(": "l", ")": "r"}
"""Characters with a letter of their own (Q185592, Q254725, RFC 2156)."""

_CHARACTERS = {letter: character for character, letter in LETTERS.items()}
_SUBSTITUTED = re.compile(r"[^A-Za-z0-9 '+,\-./:=?]")
_SUBSTITUTION = re.compile(r"\(([abpqulr])\)|((?:\((?:[01][0-9]{2}|2[0-4][0-9]|25[0-5])\))+)")


def to_printable_string(text: str) -> str:
    """Return a text with every character that a PrintableString can't hold as `(a)` or `(ddd)`, its UTF-8 octets.

    Every bracket is substituted too, so a text that is already encoded must not come here again (Q249349).

    >>> to_printable_string("jane_doe@contoso.com")
    'jane(u)doe(a)contoso.com'
    """
    return _SUBSTITUTED.sub(lambda match: _substitution(match[0]), text)


def from_printable_string(text: str) -> str:
    """Return the text that a PrintableString stands for, once; a number above 255, such as `(262)`, stays (Q272714).

    Octets that are no UTF-8 are read as Latin-1.

    >>> from_printable_string("+1(262)555(045)0100(a)fax")
    '+1(262)555-0100@fax'
    """
    return _SUBSTITUTION.sub(lambda match: _CHARACTERS[match[1]] if match[1] else _octets(match[2]), text)


def _substitution(character: str) -> str:
    if letter := LETTERS.get(character):
        return f"({letter})"
    return "".join(f"({octet:03})" for octet in character.encode("utf-8", "surrogatepass"))


def _octets(numbers: str) -> str:
    octets = bytes(int(number) for number in re.findall("[0-9]{3}", numbers))
    try:
        return octets.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
