"""By what the recipients of a directory are found: the keys of their addresses, and who has which."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES, TRIMMED
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.directory.common_lists import Keys, list_keys, text_keys
from proxyaddr.directory.recipient import Recipient, look_up_key
from proxyaddr.directory.records import Record
from proxyaddr.limits import Limits

__all__ = ["Holders", "Keys", "key_of_address", "keys_of_recipient", "keys_of_record", "or_keys_of_recipient"]

_OR_TYPE = "X400"
_PRIMARY = f"{DEFAULT_TYPE}:"
_DEFAULT = _PRIMARY.lower()


class Holders:
    """Which recipients hold an address, by their numbers: those of which a key has the same hash.

    Hashes take a third of the room of the keys, and whoever asks looks at the few recipients that are found.
    """

    __slots__ = ("_first", "_others")

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._others: dict[int, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._first)

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
    read = [_keys_of_list(held, limits) for held in (*record.proxies, *record.secondary_proxies)]
    if record.target:
        read.append(_keys_of_target(record.target, limits))
    if record.primary:
        primary = _keys_of_text(record.primary, limits)
        if primary is not None and (not primary.keys or not str(primary.keys[0]).startswith(_DEFAULT)):
            return None
        has_primary = any(map(_has_primary, record.proxies))
        read.append(Keys(()) if primary is not None and has_primary else primary)
    if dn := record.legacy_dn.strip(TRIMMED):
        read.append(Keys([f"{LEGACY_DN_TYPES[0].lower()}:{dn.lower()}"]))
    if len(read) == 1:
        return read[0]
    found = [keys for keys in read if keys is not None]
    if len(found) < len(read):
        return None
    return Keys([key for keys in found for key in keys.keys], any(keys.has_or_addresses for keys in found))


def _keys_of_target(text: str, limits: Limits) -> Keys | None:
    """Return no keys, since nobody is found by a target address; None for one in no common form."""
    return None if _keys_of_text(text, limits) is None else Keys(())


def _keys_of_list(held: str | tuple[str, ...], limits: Limits) -> Keys | None:
    """Return the keys of the text of a list, or of texts with an address each; None as for `keys_of_record`."""
    if isinstance(held, str):
        within = len(held) <= min(limits.list_length, limits.address_length)
        return list_keys(held) if within and held.count(":") <= limits.list_items else None
    if len(held) > limits.list_items:
        return None
    found = [keys for text in held if (keys := _keys_of_text(text, limits)) is not None]
    if len(found) < len(held):
        return None
    return Keys([key for keys in found for key in keys.keys], any(keys.has_or_addresses for keys in found))


def _keys_of_text(text: str, limits: Limits) -> Keys | None:
    return text_keys(text) if len(text) <= limits.address_length else None


def _has_primary(held: str | tuple[str, ...]) -> bool:
    """Return whether addresses in common forms have a primary one of the default type; no value holds a colon."""
    return any(_PRIMARY in text for text in ([held] if isinstance(held, str) else held))
