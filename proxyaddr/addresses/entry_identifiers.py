"""The addresses inside MAPI entry identifiers, as values and as what a command finds in a text."""

from __future__ import annotations

from collections.abc import Iterator

from proxyaddr._text.types import LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulated_text import FoundAddress
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.formats import legacy_dn
from proxyaddr.formats.entry_id import DEFAULT_CODE_PAGE
from proxyaddr.formats.entry_kinds import EntryAddress, read_octets
from proxyaddr.formats.entry_text import read_text
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["find_in_identifiers", "read_entry_ids"]


def read_entry_ids(
    data: bytes | str, *, code_page: str = DEFAULT_CODE_PAGE, limits: Limits = DEFAULT_LIMITS
) -> list[EntryAddress]:
    """Return the addresses that entry identifiers hold; AddressSyntaxError for the first that holds none.

    The bytes are a one-off identifier, one of the Exchange address book (its legacy DN is an EX address), a wrapped
    one, a FlatEntryList or a search key. A text has them in hexadecimal digits with white space, dashes, `0x` or
    a label, or in base64, one a line. `code_page` is that of names and addresses that are not Unicode.

    >>> read_entry_ids("45583A2F6F3D412F6F753D422F636E3D6A00")
    [EntryAddress(type='EX', value='/o=A/ou=B/cn=j', display_name=None)]
    """
    if isinstance(data, str):
        limits.check_list(data, "a text of entry identifiers")
        in_text = read_text(data, code_page=code_page, limits=limits)
        if in_text is None:
            message = "no entry identifier"
            expected = ("hexadecimal digits", "base64")
            raise AddressSyntaxError("unknown-entry-identifier", message, data, (0, len(data)), expected)
        found = [one for _, one in in_text]
    else:
        found = list(read_octets(data, code_page=code_page, limits=limits))
    for one in found:
        if isinstance(one, AddressSyntaxError):
            raise one
    return [one for one in found if isinstance(one, EntryAddress)]


def find_in_identifiers(
    text: str, *, code_page: str = DEFAULT_CODE_PAGE
) -> Iterator[FoundAddress | AddressSyntaxError] | None:
    """Return the address in each entry identifier of a text, or its error; None where the text holds anything else."""
    in_text = read_text(text, code_page=code_page)
    return None if in_text is None else (_found(source, entry) for source, entry in in_text)


def _found(source: str, entry: EntryAddress | AddressSyntaxError) -> FoundAddress | AddressSyntaxError:
    if isinstance(entry, AddressSyntaxError):
        return entry
    findings = legacy_dn.findings(entry.value) if entry.type in LEGACY_DN_TYPES else ()
    span = (0, len(source))
    return FoundAddress(source, span, entry.type, entry.value, findings, display_name=entry.display_name)
