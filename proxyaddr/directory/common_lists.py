"""The keys of proxy addresses in their common forms, found without reading each address; all other forms give None.

A directory of a million recipients is indexed in seconds this way. What a list says is read by `addresses` when its
recipient is asked for; a property holds the keys here against the addresses that are read there.
"""

from __future__ import annotations

import re

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES

__all__ = ["OR_PREFIX", "list_keys", "text_key"]

_WORD = "A-Za-z0-9"
_INTERNET = rf"[{_WORD}.+_-]++@[{_WORD}-]++(?:\.[{_WORD}-]++)*+"
_OR_ATTRIBUTE = rf"[{_WORD}-]++=[{_WORD} .'()-]*+"
_PIECE = "|".join(
    (
        rf"(?i:smtp|smtpout|sip):{_INTERNET}",
        rf"(?i:x500|ex):/[{_WORD} =/._()+-]*[{_WORD}=/._()+-]",
        rf"(?i:x400):{_OR_ATTRIBUTE}(?:;{_OR_ATTRIBUTE})*+;?",
        rf"(?i:ms):[{_WORD}/]++",
        rf"(?i:ccmail):[{_WORD}](?:[{_WORD} ,.'-]*[{_WORD}])?",
    )
)
"""An address whose value is the text behind its colon, whatever stands beside it; no value holds a colon."""

_TYPE_FOLLOWS = r"(?=(?i:smtp|smtpout|sip|x500|ex|x400|ms|ccmail):)"
_SEPARATOR = rf"(?:[;,] ?| ){_TYPE_FOLLOWS}"
_LIST = re.compile(rf"(?:{_PIECE})(?:{_SEPARATOR}(?:{_PIECE}))*+;?")
_ONE = re.compile(rf"{_PIECE}|{_INTERNET}")
_SPLIT = re.compile(_SEPARATOR)
_BETWEEN = re.compile(rf"[;,%]{_TYPE_FOLLOWS}")
"""What separates in a list of Exchange 5.5 (Q155594)."""

OR_PREFIX = "x400:"
"""How the key of an O/R address begins here; its attributes decide when one is looked up."""

_X500, _EX = (f"{kind.lower()}:" for kind in reversed(LEGACY_DN_TYPES))


def list_keys(text: str) -> list[str] | None:
    """Return the keys of the addresses in the text of a list; None where one is not in a common form."""
    if "%" in text:
        pieces = _BETWEEN.split(text)
        if not all(map(_ONE.fullmatch, pieces)) or not all(":" in piece for piece in pieces):
            return None
        return _keys(pieces)
    if not _LIST.fullmatch(text):
        return None
    text = text.removesuffix(";")
    pieces = text.split(";")
    if "," in text or len(pieces) != text.count(":") or "x400" in text.lower():
        pieces = _SPLIT.split(text)
    return _keys(pieces)


def text_key(text: str) -> str | None:
    """Return the key of the address that a whole text is, which may have no type; None as for `list_keys`."""
    if not _ONE.fullmatch(text):
        return None
    return _keys([text if ":" in text else f"{DEFAULT_TYPE}:{text}"])[0]


def _keys(pieces: list[str]) -> list[str]:
    keys = []
    for piece in pieces:
        key = piece.lower().lstrip(" ")
        keys.append(_EX + key[len(_X500) :] if key.startswith(_X500) else key)
    return keys
