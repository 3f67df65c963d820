"""The keys of proxy addresses in their common forms, found without reading each address; all other forms give None.

A directory of a million recipients is indexed in seconds this way. What a list says is read by `addresses` when its
recipient is asked for; a property holds the keys here against the addresses that are read there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES

__all__ = ["LISTED_TYPES", "WITH_DOMAIN", "Keys", "list_keys", "pieces_of", "text_keys"]

WITH_DOMAIN = ("SMTP", "SMTPOUT", "SIP")
"""Types of a common list whose values end in a domain."""

LISTED_TYPES = (*WITH_DOMAIN, "X500", "EX", "X400", "MS", "CCMAIL")
"""The types of a common list."""

_TYPES = "|".join(LISTED_TYPES)

_WORD = "A-Za-z0-9"
_INTERNET = rf"[{_WORD}.+_-]++@[{_WORD}-]++(?:\.[{_WORD}-]++)*+"
_OR_ATTRIBUTE = rf"[{_WORD}-]++=[{_WORD} .'()-]*+"
_PIECE = "|".join(
    (
        rf"(?i:{'|'.join(WITH_DOMAIN)}):{_INTERNET}",
        rf"(?i:x500|ex):/[{_WORD} =/._()+-]*[{_WORD}=/._()+-]",
        rf"(?i:x400):{_OR_ATTRIBUTE}(?:;{_OR_ATTRIBUTE})*+;?",
        rf"(?i:ms):[{_WORD}/]++",
        rf"(?i:ccmail):[{_WORD}](?:[{_WORD} ,.'-]*[{_WORD}])?",
    )
)
"""An address whose value is the text behind its colon, whatever stands beside it; no value holds a colon."""

_TYPE_FOLLOWS = rf"(?=(?i:{_TYPES}):)"
_SEPARATOR = rf"(?:[;,] ?| ){_TYPE_FOLLOWS}"
_LIST = re.compile(rf"(?:{_PIECE})(?:{_SEPARATOR}(?:{_PIECE}))*+;?")
_ONE = re.compile(rf"{_PIECE}|{_INTERNET}")
_SPLIT = re.compile(_SEPARATOR)
_BETWEEN = re.compile(rf"[;,%]{_TYPE_FOLLOWS}")
"""What separates in a list of Exchange 5.5 (Q155594)."""

_CUT = "..."
"""The mark of a list that was cut off."""

_OR, _X500, _EX = "x400:", *(f"{kind.lower()}:" for kind in reversed(LEGACY_DN_TYPES))


class Keys(NamedTuple):
    """Keys of addresses, and whether O/R addresses are beside them: those are compared by attributes, and have none."""

    keys: Sequence[Hashable]
    has_or_addresses: bool = False


def list_keys(text: str) -> Keys | None:
    """Return the keys of the addresses in the text of a list; None where one is not in a common form."""
    if "%" in text:
        pieces = _BETWEEN.split(text)
        is_common = _CUT not in text and all(":" in piece and _ONE.fullmatch(piece) for piece in pieces)
        return _keys([piece.lower() for piece in pieces]) if is_common else None
    if _CUT in text or not _LIST.fullmatch(text):
        return None
    lowered = text.lower().removesuffix(";")
    pieces = lowered.split(";")
    if "," in lowered or _OR in lowered or len(pieces) != lowered.count(":"):
        return _keys(_SPLIT.split(lowered))
    if "; " in lowered:
        pieces = [piece.lstrip() for piece in pieces]
    if _X500 not in lowered:
        return Keys(pieces)
    return _keys(pieces)


def pieces_of(text: str) -> list[str]:
    """Return the addresses in the text of a list, as they are written; `list_keys` says whether it is a common one."""
    return _BETWEEN.split(text) if "%" in text else _SPLIT.split(text.removesuffix(";"))


def text_keys(text: str) -> Keys | None:
    """Return the key of the address that a whole text is, which may have no type; None as for `list_keys`."""
    if _CUT in text or not _ONE.fullmatch(text):
        return None
    return _keys([text.lower() if ":" in text else f"{DEFAULT_TYPE}:{text}".lower()])


def _keys(pieces: list[str]) -> Keys:
    """Return the keys of addresses in lower case."""
    keys = [_EX + piece[len(_X500) :] if piece.startswith(_X500) else piece for piece in pieces if piece[:5] != _OR]
    return Keys(keys, len(keys) < len(pieces))
