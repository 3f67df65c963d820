"""Who holds which address: by its keys, a fix knows what is another object's, and the rules which objects share one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from proxyaddr._text.types import LEGACY_DN_TYPES, WHITE_SPACE
from proxyaddr.auditing.found import split_value
from proxyaddr.auditing.objects import ALIAS, LEGACY_DN, MAIL, PROXIES, TARGET, UPN, AuditObject
from proxyaddr.auditing.set_rules import nickname_of

__all__ = ["INTERNET", "SEVERAL", "Holdings", "KnownHoldings", "key_of_value", "keys_of"]

SEVERAL = -1
"""In place of the one holder of a key."""

INTERNET = (MAIL, UPN)
"""Attributes that hold an Internet address without its type."""


class Holdings(Protocol):
    """The keys that objects hold, each with the places of its holders. They are added in the order of the places."""

    def add(self, key: str, place: int, /) -> None:
        """Add that the object at a place holds a key."""

    def shared(self, count: int, /) -> bytes | bytearray:
        """Return a bit for each of so many objects: whether it shares a key with another one; nothing is added then."""

    def holder(self, key: str, /) -> int | None:
        """Return the place of the one object that holds a key, None for none, SEVERAL for several."""


class KnownHoldings:
    """Holdings that keep every key."""

    def __init__(self) -> None:
        self._holder: dict[str, int] = {}
        self._shared: set[int] = set()

    def add(self, key: str, place: int) -> None:
        """Add that the object at a place holds a key."""
        known = self._holder.setdefault(key, place)
        if known != place:
            self._shared.update((place,) if known == SEVERAL else (place, known))
            self._holder[key] = SEVERAL

    def shared(self, count: int) -> bytearray:
        """Return a bit for each of so many objects: whether it shares a key with another one."""
        bits = bytearray(count // 8 + 1)
        for place in self._shared:
            bits[place >> 3] |= 1 << (place & 7)
        return bits

    def holder(self, key: str) -> int | None:
        """Return the place of the one object that holds a key, None for none, SEVERAL for several."""
        return self._holder.get(key)


def keys_of(audited: AuditObject) -> Iterator[str]:
    """Yield the keys of all that an object holds.

    Whatever several objects share by a rule they share by one of these keys too.
    """
    for text in (*audited.proxies, audited.get(TARGET) or ""):
        if split_value(text).address:
            yield key_of_value(PROXIES, text)
    if nickname := nickname_of(audited):
        yield key_of_value(ALIAS, nickname)
    for attribute in (*INTERNET, ALIAS, LEGACY_DN):
        if text := (audited.get(attribute) or "").strip(WHITE_SPACE):
            yield key_of_value(attribute, text)


def key_of_value(attribute: str, text: str) -> str:
    """Return the key of a value, by which values of different attributes compare too."""
    if attribute == ALIAS:
        return f"alias {text.lower()}"
    if attribute in INTERNET:
        return f"smtp:{text.lower()}"
    if attribute == LEGACY_DN:
        return f"x500:{text.lower()}"
    value = split_value(text)
    kind = LEGACY_DN_TYPES[1] if value.kind in LEGACY_DN_TYPES else value.kind or "smtp"
    return f"{kind.lower()}:{value.address.lower()}"
