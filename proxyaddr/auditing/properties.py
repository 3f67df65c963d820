"""The properties of an export that an audit reads, by their names as names compare, and the texts in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from proxyaddr._files.objects import address_text, key_of
from proxyaddr.auditing.cells import Separator, values_in
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, LEGACY_DN, MAIL, NAME, TARGET, UPN
from proxyaddr.directory.records import SINGLE_ADDRESS, TARGET_COLUMN

__all__ = [
    "ATTRIBUTES",
    "LISTS",
    "PRIMARY",
    "PROXY_LISTS",
    "SECONDARY",
    "members_of",
    "property_key",
    "text_of",
    "texts_of",
]

ATTRIBUTES = {
    **{"displayname": NAME, "givenname": GIVEN_NAME, "firstname": GIVEN_NAME},
    **{"mail": MAIL, "windowsemailaddress": MAIL, "emailaddress": MAIL},
    **{"userprincipalname": UPN, "mailnickname": ALIAS, "alias": ALIAS, "aliasname": ALIAS},
    **{"legacyexchangedn": LEGACY_DN, "targetaddress": TARGET, "externalemailaddress": TARGET},
    "remoteroutingaddress": TARGET,
}
"""The attribute of one value that a property holds."""

SECONDARY = frozenset({"aliases", "noneditablealiases", "secondaryproxyaddresses"})
"""Lists of addresses that are secondary whatever the case of their types (Q155594)."""

PROXY_LISTS = frozenset({"proxyaddresses", "emailaddresses", SINGLE_ADDRESS})
"""Lists of addresses that are held as they are."""

PRIMARY = frozenset({"primarysmtpaddress", "primaryemail"})
"""The primary Internet address alone, without its type."""

LISTS = PROXY_LISTS | SECONDARY


def property_key(name: str) -> str:
    """Return a property's name as names compare.

    >>> property_key("Proxy-Addresses"), property_key("E-mail Address")
    ('proxyaddresses', 'targetaddress')
    """
    return "targetaddress" if name.strip().lower() == TARGET_COLUMN else key_of(name)


def texts_of(value: object, separator: Separator) -> list[str]:
    """Return the values of a list: members whole, a text taken apart at its separators."""
    if isinstance(value, str):
        return values_in(value, separator) if value else []
    return [text for member in members_of(value) if (text := text_of(member)) is not None]


def members_of(value: object) -> Sequence[object]:
    """Return the members of a list, the value itself where it is none."""
    if value is None or value == "":
        return ()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return list(value)
    return (value,)


def text_of(value: object) -> str | None:
    """Return the text of a value, None for none: of a list that of its first member, of an address object its own."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = address_text(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)
