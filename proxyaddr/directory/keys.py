"""By what the recipients of a directory are found: the keys of their addresses, and who has which."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.directory.common_lists import OR_PREFIX, list_keys, text_key
from proxyaddr.directory.recipient import Recipient, look_up_key
from proxyaddr.directory.records import Record
from proxyaddr.limits import Limits

__all__ = ["Holders", "Keys", "key_of_address", "keys_of_recipient", "keys_of_record", "or_keys_of_recipient"]

_OR_TYPE = "X400"
_PRIMARY = f"{DEFAULT_TYPE}:"
_DEFAULT = _PRIMARY.lower()


class Keys(NamedTuple):
    """The keys of a recipient's addresses, and whether it has O/R addresses, which are no part of them.

    O/R addresses are compared by their attributes, and those take their time to read.
    """

    keys: Sequence[Hashable]
    has_or_addresses: bool = False


class Holders:
    """Which recipients hold an address, by their numbers: those of which a key has the same hash.

    Hashes take a third of the room of the keys, and whoever asks looks at the few recipients that are found.
    """

    __slots__ = ("_first", "_others")

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._others: dict[int, list[int]] = {}

    def add(self, keys: Iterable[Hashable], number: int) -> None:
        """Add the keys of a recipient; numbers come in their order."""
        known = self._first.setdefault
        for hashed in map(hash, keys):
            if known(hashed, number) != number:
                others = self._others.setdefault(hashed, [])
                if not others or others[-1] != number:
                    others.append(number)

    def with_key(self, key: Hashable) -> list[int]:
        """Return the numbers of the recipients that may have a key, in their order."""
        hashed = hash(key)
        first = self._first.get(hashed)
        return [] if first is None else [first, *self._others.get(hashed, ())]


def key_of_address(address: TypedAddress) -> Hashable:
    """Return the key of an address: text, but for an O/R address."""
    kind, key = look_up_key(address)
    return f"{kind.lower()}:{key}" if isinstance(key, str) else key


def keys_of_recipient(recipient: Recipient) -> Keys:
    """Return the keys of a recipient."""
    kinds = list(recipient.addresses)
    keys = [key_of_address(address) for address in kinds if address.type != _OR_TYPE]
    return Keys(keys, len(keys) < len(kinds))


def or_keys_of_recipient(recipient: Recipient) -> list[Hashable]:
    """Return the keys of the O/R addresses of a recipient."""
    return [key_of_address(address) for address in recipient.proxies if address.type == _OR_TYPE]


def keys_of_record(record: Record, limits: Limits) -> Keys | None:
    """Return the keys of the recipient that a record is read as; None where an address is in no common form.

    Then only `read_record` tells whether it is one.
    """
    if record.unread or not record.legacy_dn.isascii():
        return None
    keys: list[str] = []
    has_primary = False
    for held in record.proxies:
        if (found := _keys_of_list(held, limits)) is None:
            return None
        keys += found
        has_primary = has_primary or _has_primary(held)
    for held in record.secondary_proxies:
        if (found := _keys_of_list(held, limits)) is None:
            return None
        keys += found
    if record.target and _key(record.target, limits) is None:
        return None
    if record.primary:
        primary = _key(record.primary, limits)
        if primary is None or not primary.startswith(_DEFAULT):
            return None
        if not has_primary:  # else it is none of the recipient's addresses
            keys.append(primary)
    if dn := record.legacy_dn.strip():
        keys.append(f"{LEGACY_DN_TYPES[0].lower()}:{dn.lower()}")
    others = [key for key in keys if not key.startswith(OR_PREFIX)]
    return Keys(others, len(others) < len(keys))


def _keys_of_list(held: str | tuple[str, ...], limits: Limits) -> list[str] | None:
    """Return the keys of the text of a list, or of texts with an address each; None as for `keys_of_record`."""
    found: list[str] = []
    if isinstance(held, str):
        listed = list_keys(held) if len(held) <= min(limits.list_length, limits.address_length) else None
        if listed is None:
            return None
        found = listed
    else:
        for text in held:
            if (key := _key(text, limits)) is None:
                return None
            found.append(key)
    return found if len(found) <= limits.list_items else None


def _key(text: str, limits: Limits) -> str | None:
    return text_key(text) if len(text) <= limits.address_length else None


def _has_primary(held: str | tuple[str, ...]) -> bool:
    """Return whether addresses in common forms have a primary one of the default type; no value holds a colon."""
    return any(_PRIMARY in text for text in ([held] if isinstance(held, str) else held))
