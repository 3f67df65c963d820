"""The keys of proxy addresses in their common forms, found without reading each address; all other forms give None.

A directory of a million recipients is indexed in seconds this way. What a list says is read by `addresses` when its
recipient is asked for; a property holds the keys here against the addresses that are read there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES

__all__ = ["LISTED_TYPES", "WITH_DOMAIN", "Keys", "is_item", "list_keys", "may_be_odd", "pieces_of", "text_keys"]

WITH_DOMAIN = ("SMTP", "SMTPOUT", "SIP")
"""Types of a common list whose values end in a domain."""

LISTED_TYPES = (*WITH_DOMAIN, "X500", "EX", "X400", "MS", "CCMAIL")
"""The types of a common list."""


def _spelled(names: Iterable[str]) -> str:
    """Return the pattern of types: a type in mixed case is odd, so that no common list has it."""
    return "|".join(spelled for name in names for spelled in (name, name.lower()))


_TYPES = _spelled(LISTED_TYPES)

_WORD = "A-Za-z0-9"
_INTERNET = rf"[{_WORD}.+_-]++@[{_WORD}-]++(?:\.[{_WORD}-]++)*+"
_OR_ATTRIBUTE = rf"[{_WORD}-]++=[{_WORD} .'()-]*+"
_PIECE = "|".join(
    (
        rf"(?:{_spelled(WITH_DOMAIN)}):{_INTERNET}",
        rf"(?:X500|x500|EX|ex):/[{_WORD} =/._()+-]*[{_WORD}=/._()+-]",
        rf"(?:X400|x400):{_OR_ATTRIBUTE}(?:;{_OR_ATTRIBUTE})*+;?",
        rf"(?:MS|ms):[{_WORD}/]++",
        rf"(?:CCMAIL|ccmail):[{_WORD}](?:[{_WORD} ,.'-]*[{_WORD}])?",
    )
)
"""An address whose value is the text behind its colon, whatever stands beside it; no value holds a colon."""

_TYPE_FOLLOWS = rf"(?=(?:{_TYPES}):)"
_SEPARATOR = rf"(?:[;,] ?| ){_TYPE_FOLLOWS}"
_LIST = re.compile(rf"(?:{_PIECE})(?:{_SEPARATOR}(?:{_PIECE}))*+;?")
_ONE = re.compile(rf"{_PIECE}|{_INTERNET}")
_SPLIT = re.compile(_SEPARATOR)
_BETWEEN = re.compile(rf"[;,%]{_TYPE_FOLLOWS}")
"""What separates in a list of Exchange 5.5 (Q155594)."""

_AROUND, _AROUND_ALL = ("", ";", ",", "%", " "), ("", ";", "%")
"""What stands around an address with a domain in a list, and behind any: values of others have blanks and commas."""

_END_OF_OR = "400"
_ENDS_OF_PRIMARIES = {name[-3:] for name in LISTED_TYPES if name not in LEGACY_DN_TYPES} - {_END_OF_OR}
"""The ends of types of which a recipient has one primary address; O/R addresses in upper and lower case end alike."""

_MOST_ADDRESSES = 64
"""Of a recipient with more it is found out in full whether they are odd: what is told at once is kept in a cache."""

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


def is_item(key: str, text: str) -> bool:
    """Return whether the address with a key is an item of the text of a common list; False where that is not certain.

    The key is one of `list_keys`, and the text is in lower case.
    """
    spelled = (key, _X500 + key[len(_EX) :]) if key.startswith(_EX) else (key,)
    between = _AROUND if "@" in key else _AROUND_ALL
    for wanted in spelled:
        start = text.find(wanted)
        end = start + len(wanted)
        if start >= 0 and text[start - 1 : start] in _AROUND and text[end : end + 1] in between:
            return True
    return False


def may_be_odd(held: str, *, is_alone: bool) -> bool:
    """Return whether there may be a finding about the addresses of a recipient, none of which is there twice.

    `held` has those that may be primary, in common forms with semicolons between them. Where `is_alone` is false there
    is a primary of the default type beside them, or they are none and there are no others.
    """
    parts = held.split(":")
    parts.pop()
    return len(parts) > _MOST_ADDRESSES or _are_odd(tuple([part[-3:] for part in parts]), is_alone)


@lru_cache(maxsize=4096)
def _are_odd(ends: tuple[str, ...], is_alone: bool) -> bool:
    """Return what `may_be_odd` does, by the ends of the types, with what stands before a type of two characters."""
    types = [end.lstrip("".join(_AROUND)) for end in ends]
    primaries = [name for name in types if name in _ENDS_OF_PRIMARIES]
    is_without = is_alone and DEFAULT_TYPE[-3:] not in primaries
    return is_without or len(set(primaries)) < len(primaries) or types.count(_END_OF_OR) > 1


def text_keys(text: str) -> Keys | None:
    """Return the key of the address that a whole text is, which may have no type; None as for `list_keys`."""
    if _CUT in text or not _ONE.fullmatch(text):
        return None
    return _keys([text.lower() if ":" in text else f"{DEFAULT_TYPE}:{text}".lower()])


def _keys(pieces: list[str]) -> Keys:
    """Return the keys of addresses in lower case."""
    keys = [_EX + piece[len(_X500) :] if piece.startswith(_X500) else piece for piece in pieces if piece[:5] != _OR]
    return Keys(keys, len(keys) < len(pieces))
