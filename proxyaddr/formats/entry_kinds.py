"""MAPI entry identifiers of every kind that a program shows: which kind it is, and the address that it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from proxyaddr._text.types import canonical_type
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.formats.entry_id import DEFAULT_CODE_PAGE, ONE_OFF_UID, OneOffEntryId, octet_error, text_of_octets
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["KNOWN_PROVIDERS", "EntryAddress", "read_octets"]


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """The address that an entry identifier holds; only one-off identifiers have a display name."""

    type: str
    value: str
    display_name: str | None = None


EXCHANGE_UID = bytes.fromhex("dca740c8c042101ab4b908002b2fe182")
"""The address book of Exchange; an identifier is followed by a legacy DN (MS-OXCDATA 2.2.5.2)."""

WRAPPED_UID = bytes.fromhex("c091add3519dcf11a4a900aa0047faa4")
"""Members of personal distribution lists: a byte, and the identifier of the member (MS-OXOCNTC 2.2.2.2.4.1.1)."""

CONTACT_UID = bytes.fromhex("fe42aa0a18c71a10e8850b651c240000")

WITHOUT_ADDRESS = {
    CONTACT_UID: "an entry of the contacts",
    bytes.fromhex("1a447390aa6611cd9bc800aa002fc45a"): "a public folder or a message in one",
    bytes.fromhex("38a1bb1005e5101aa1bb08002b2a56c2"): "a message store",
    bytes.fromhex("1b55fa20aa6611cd9bc800aa002fc45a"): "a mailbox",
    bytes.fromhex("1c830210aa6611cd9bc800aa002fc45a"): "a public folder store",
}
"""Providers whose identifiers hold no address, and what they name (MS-OXCDATA 2.2.4, 2.2.5.3)."""

CONTACT_TYPES = {4: "a contact", 5: "a personal distribution list"}
"""The type in an identifier of the contacts (MS-OXCDATA 2.2.5.3, 2.2.5.4)."""

WRAPPED_TYPES = {3: "a contact", 4: "a personal distribution list"}
"""The low four bits of the byte in a wrapped identifier, where a message is inside (MS-OXOCNTC 2.2.2.2.4.1.1)."""

STORE_TYPES = {
    (46, 1): "a folder of a mailbox",
    (46, 3): "a public folder",
    (70, 7): "a message in a mailbox",
    (70, 9): "a message in a public folder",
}
"""Length and type of identifiers whose provider is a mailbox (MS-OXCDATA 2.2.4.1, 2.2.4.2)."""

FIRST_CONTAINER_TYPE = 0x100
"""From here on, the display types of the address book are lists and templates (MS-OXCDATA 2.2.5.2)."""

EPHEMERAL = 0x87
"""The first byte of identifiers that an address book gives for one connection (MS-OXNSPI 2.3.8.2)."""

_PROVIDER = slice(4, 20)
_EXCHANGE_TEXT = 28
_SEARCH_KEY = re.compile(rb"([A-Za-z0-9][A-Za-z0-9&._-]*):([^\x00]+)\x00")


def read_octets(
    data: bytes, *, code_page: str = DEFAULT_CODE_PAGE, limits: Limits = DEFAULT_LIMITS
) -> Iterator[EntryAddress | AddressSyntaxError]:
    """Yield the address of an entry identifier or a search key, or those of a FlatEntryList, or errors.

    `code_page` is that of text that is not Unicode.
    """
    data = bytes(memoryview(data))  # TypeError for a number, of which bytes() would make as many NULs
    limits.check_octets(data)
    for entry in _flat_entries(data):
        try:
            yield _read(entry, code_page)
        except AddressSyntaxError as error:
            yield error


def _flat_entries(data: bytes) -> list[bytes]:
    """Return the identifiers in a FlatEntryList or a FlatEntry, or the data itself (MS-OXCDATA 2.3.2, 2.3.3)."""
    if data[_PROVIDER] in KNOWN_PROVIDERS or len(data) < _PROVIDER.stop:
        return [data]
    first, size = (int.from_bytes(data[place : place + 4], "little") for place in (0, 4))
    if first <= len(data) - 4 < first + 4:  # a FlatEntry: the number of bytes, and up to three of padding
        return [data[4 : 4 + first]]
    if not 0 < first <= size // 4:
        return [data]
    entries, place = [], 8
    for _ in range(first):
        length = int.from_bytes(data[place : place + 4], "little")
        entry = data[place + 4 : place + 4 + length]
        if not length or len(entry) < length:
            return [data]
        entries.append(entry)
        place += 4 + length + -length % 4
    return entries


def _read(data: bytes, code_page: str) -> EntryAddress:
    if found := _SEARCH_KEY.fullmatch(data):
        return EntryAddress(found[1].decode().upper(), text_of_octets(data, *found.span(2), code_page, "address"))
    provider = data[_PROVIDER]
    if len(provider) < len(ONE_OFF_UID):
        raise octet_error("truncated", "the identifier of the provider is not whole", data, 0, len(data))
    if reader := _READERS.get(provider):
        return reader(data, code_page)
    if data[0] == EPHEMERAL:
        raise _without_address("an entry of the address book for one connection", data)
    kind = STORE_TYPES.get((len(data), int.from_bytes(data[20:22], "little")))
    if kind is None:
        message = f"no kind of entry identifier that is known (provider {provider.hex().upper()})"
        raise octet_error("unknown-entry-identifier", message, data, _PROVIDER.start, _PROVIDER.stop)
    raise _without_address(kind, data)


def _read_one_off(data: bytes, code_page: str) -> EntryAddress:
    entry = OneOffEntryId.from_bytes(data, code_page=code_page)
    if not entry.value:
        raise octet_error("empty-value", "the address is empty", data, 0, len(data))
    return EntryAddress(canonical_type(entry.type), entry.value, entry.display_name)


def _read_exchange(data: bytes, code_page: str) -> EntryAddress:
    """Read four bytes of version and four of the display type, then the legacy DN up to its NUL."""
    end = data.find(b"\x00", _EXCHANGE_TEXT)
    if end < 0:
        raise octet_error("truncated", "the legacy DN does not end", data, min(_EXCHANGE_TEXT, len(data)), len(data))
    if int.from_bytes(data[24:28], "little") >= FIRST_CONTAINER_TYPE:
        raise _without_address("an address list or a template of the address book", data)
    if data[end:].strip(b"\x00"):
        raise octet_error("trailing-octets", "only NULs may follow the address", data, end, len(data))
    if end == _EXCHANGE_TEXT:
        raise octet_error("empty-value", "the legacy DN is empty", data, end, end + 1)
    return EntryAddress("EX", text_of_octets(data, _EXCHANGE_TEXT, end, code_page, "legacy DN"))


def _read_wrapped(data: bytes, code_page: str) -> EntryAddress:
    kind = WRAPPED_TYPES.get(data[20] & 0x0F) if len(data) > _PROVIDER.stop else None
    if kind is not None:
        raise _without_address(kind, data)
    inside = data[21:]
    if inside[_PROVIDER] == WRAPPED_UID:
        message = "a wrapped entry identifier holds no other wrapped one"
        raise octet_error("unknown-entry-identifier", message, data, 21, len(data))
    return _read(inside, code_page)


def _read_contact(data: bytes, _code_page: str) -> EntryAddress:
    kind = CONTACT_TYPES.get(int.from_bytes(data[24:28], "little"), WITHOUT_ADDRESS[CONTACT_UID])
    raise _without_address(kind, data)


def _read_without_address(data: bytes, _code_page: str) -> EntryAddress:
    raise _without_address(WITHOUT_ADDRESS[data[_PROVIDER]], data)


def _without_address(kind: str, data: bytes) -> AddressSyntaxError:
    provider = data[_PROVIDER].hex().upper()
    message = f"the identifier of {kind} holds no address (provider {provider})"
    return octet_error("entry-without-address", message, data, _PROVIDER.start, _PROVIDER.stop)


_READERS: dict[bytes, Callable[[bytes, str], EntryAddress]] = {
    **dict.fromkeys(WITHOUT_ADDRESS, _read_without_address),
    ONE_OFF_UID: _read_one_off,
    EXCHANGE_UID: _read_exchange,
    WRAPPED_UID: _read_wrapped,
    CONTACT_UID: _read_contact,
}

KNOWN_PROVIDERS = frozenset(_READERS)
"""The identifiers of providers by which an entry identifier is known."""
