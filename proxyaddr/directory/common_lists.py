"""The keys of proxy addresses in their common forms, found without reading each address; all other forms give None.

A directory of a million recipients is indexed in seconds this way. What a list says is read by `addresses` when its
recipient is asked for; a property holds the keys here against the addresses that are read there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES

__all__ = ["LISTED_TYPES", "WITH_DOMAIN", "Keys", "are_odd", "is_item", "list_keys", "pieces_of", "text_keys"]

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

_DEFAULT = DEFAULT_TYPE.lower()
"""The type of an address that names none, which is a secondary one."""

_AROUND, _AROUND_ALL = ("", ";", ",", "%", " "), ("", ";", "%")
"""What stands around an address with a domain in a list, and behind any: values of others have blanks and commas."""

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
    pieces = _pieces(lowered)
    if _X500 not in lowered and _OR not in lowered:
        return Keys(pieces)
    return _keys(pieces)


def pieces_of(text: str) -> list[str]:
    """Return the addresses in the text of a list, as they are written; `list_keys` says whether it is a common one."""
    return _BETWEEN.split(text) if "%" in text else _pieces(text.removesuffix(";"))


def _pieces(text: str) -> list[str]:
    """Return the addresses in the text of a list without a separator at its end."""
    pieces = text.split(";")
    return pieces if _are_between_semicolons(pieces, text.lower()) else _SPLIT.split(text)


def _are_between_semicolons(pieces: Sequence[str], lowered: str) -> bool:
    """Return whether the addresses in a list, whose text is in lower case, are what stands between its semicolons."""
    if len(pieces) != lowered.count(":") or _OR in lowered:
        return False
    return not ("," in lowered or "; " in lowered or "%" in lowered)


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


def are_odd(
    columns: Sequence[str | Sequence[str]], secondary: Sequence[str | Sequence[str]], *, has_primary: bool
) -> bool:
    """Return whether there may be a finding about the addresses of a recipient, all of which are in common forms.

    They are texts of lists, and texts with an address each; those of `secondary` are secondary whatever their case.
    `has_primary` is true where an address of the default type that is in neither is the primary.
    """
    if len(columns) == 1 and not secondary and isinstance(held := columns[0], str):
        lowered = held.lower()
        pieces = lowered.split(";")
        if _are_between_semicolons(pieces, lowered):
            if len(set(pieces)) < len(pieces):
                return True
            return _are_odd_types(tuple([text.partition(":")[0] for text in held.split(";")]), has_primary=has_primary)
    texts = [text for column in columns for text in (pieces_of(column) if isinstance(column, str) else column)]
    written = [text.partition(":")[0] if ":" in text else _DEFAULT for text in texts]
    if secondary:
        more = [text for column in secondary for text in (pieces_of(column) if isinstance(column, str) else column)]
        written += [text.partition(":")[0].lower() if ":" in text else _DEFAULT for text in more]
        texts += more
    if len({text.lower() if ":" in text else f"{_DEFAULT}:{text}".lower() for text in texts}) < len(texts):
        return True
    return _are_odd_types(tuple(written), has_primary=has_primary)


@lru_cache(maxsize=4096)
def _are_odd_types(written: tuple[str, ...], *, has_primary: bool) -> bool:
    """Return whether addresses of these types, as they are written, may be odd; O/R addresses compare otherwise."""
    types = [name.upper() for name in written]
    primaries = [name for name in written if name.isupper() and name not in LEGACY_DN_TYPES]
    return (
        not all(name.isupper() or name.islower() for name in written)
        or len(set(primaries)) < len(primaries)
        or (DEFAULT_TYPE in types and DEFAULT_TYPE not in primaries and not has_primary)
        or types.count("X400") > 1
    )


def text_keys(text: str) -> Keys | None:
    """Return the key of the address that a whole text is, which may have no type; None as for `list_keys`."""
    if _CUT in text or not _ONE.fullmatch(text):
        return None
    return _keys([text.lower() if ":" in text else f"{DEFAULT_TYPE}:{text}".lower()])


def _keys(pieces: list[str]) -> Keys:
    """Return the keys of addresses in lower case."""
    keys = [_EX + piece[len(_X500) :] if piece.startswith(_X500) else piece for piece in pieces if piece[:5] != _OR]
    return Keys(keys, len(keys) < len(pieces))
