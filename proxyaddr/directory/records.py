"""What an export says of a recipient, and the names that each export gives to the attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from proxyaddr._files.ldif import octets_as_text
from proxyaddr._files.objects import key_of
from proxyaddr._text.types import DEFAULT_TYPE, KNOWN_TYPES, TRIMMED, TYPE_PATTERN

__all__ = [
    "ADDRESS_FIELDS",
    "ADDRESS_KEYS",
    "ALIAS_COLUMNS",
    "FIELDS",
    "IDENTIFYING",
    "SINGLE_ADDRESS",
    "TYPE_COLUMNS",
    "Record",
    "record_of",
]

FIELDS = {
    "displayname": "display_name",
    "name": "name",
    "cn": "name",
    "aliasname": "alias",
    "alias": "alias",
    "mailnickname": "alias",
    "distinguishedname": "dn",
    "dn": "dn",
    "objectguid": "id",
    "externaldirectoryobjectid": "id",
    "guid": "id",
    "id": "id",
    "mail": "mail",
    "windowsemailaddress": "mail",
    "userprincipalname": "user_principal_name",
    "legacyexchangedn": "legacy_dn",
    "recipienttypedetails": "type",
    "recipienttype": "type",
    "emailaddresses": "proxies",
    "proxyaddresses": "proxies",
    "proxyaddress": "proxies",
    "aliases": "secondary_proxies",
    "noneditablealiases": "secondary_proxies",
    "secondaryproxyaddresses": "secondary_proxies",
    "primarysmtpaddress": "primary",
    "primaryemail": "primary",
    "emailaddress": "mail",
    "externalemailaddress": "target",
    "targetaddress": "target",
}
"""The field of a record by the name of an attribute, as names compare; of several the first that is not empty counts.

They are those of Exchange 5.5 (Q155594, Q184536: E-mail Addresses, E-mail Address), Get-Recipient, Active Directory,
Get-MgUser, and GAM's `print users`.
"""

TARGET_COLUMN = "e-mail address"
"""The target of a custom recipient in exports of Exchange 5.5, in lower case; Get-ADUser calls mail EmailAddress."""

TYPE_COLUMNS = frozenset(name.lower() for name in KNOWN_TYPES - {"TEST", "LOCAL", "MIGRATE", "MEMO", "MBX"})
"""Names of columns that hold the addresses of one type, in lower case."""

ADDRESS_FIELDS = frozenset({"proxies", "secondary_proxies", "primary", "target"})
"""Fields that hold addresses: a header that names none of them, and no type, is of no directory."""

SINGLE_ADDRESS = "proxyaddress"
"""A column of this name, as names compare without the number, has one address a row: a recipient has several rows."""

ALIAS_COLUMNS = frozenset({"alias", "target"})
"""The columns of a file with an address a row and whose it is: GAM's `print aliases`."""

IDENTIFYING = ("dn", "id", "user_principal_name", "mail", "alias", "display_name", "name")
"""Fields by which rows of one recipient are known, the best first."""

ADDRESS_KEYS = ("ProxyAddressString", "SmtpAddress", "AddressString", "Address")
"""The properties of an address object of Exchange that hold its text, the fullest first."""

_TYPED = re.compile(rf"\s*{TYPE_PATTERN}\s*:")
_OCTETS = re.compile(r"(?:(?<=^)|(?<=;))X'(?:[0-9A-Fa-f]{2})+'(?=;|$)")


@dataclass(slots=True)
class Record:
    """What an export says of a recipient, as text.

    The address fields hold what was written: each member is the text of a list, or a tuple of addresses.
    """

    display_name: str = ""
    name: str = ""
    alias: str = ""
    dn: str = ""
    id: str = ""
    mail: str = ""
    user_principal_name: str = ""
    legacy_dn: str = ""
    type: str = ""
    primary: str = ""
    target: str = ""
    proxies: list[str | tuple[str, ...]] = field(default_factory=list)
    secondary_proxies: list[str | tuple[str, ...]] = field(default_factory=list)
    unread: list[object] = field(default_factory=list)
    """Members of a collection of addresses that hold no text."""

    @property
    def identity(self) -> str:
        """What tells the recipient from others, empty where nothing does."""
        return next((text for name in IDENTIFYING if (text := getattr(self, name))), "")


def record_of(properties: Mapping[str, object]) -> Record:
    """Return what the properties of an exported object say of a recipient; unknown properties are not looked at."""
    record = Record()
    alias_of = _alias_of(properties)
    if alias_of is not None:
        return alias_of
    for name, value in properties.items():
        key = key_of(name)
        if value is None or value == "":
            continue
        known = "target" if name.strip().lower() == TARGET_COLUMN else FIELDS.get(key)
        if known in ("proxies", "secondary_proxies"):
            _add_addresses(record, getattr(record, known), value)
        elif known is not None:
            if not getattr(record, known):
                setattr(record, known, _text(value))
        elif key in TYPE_COLUMNS:
            _add_addresses(record, record.proxies, _with_type(value, key.upper()))
    return record


def _alias_of(properties: Mapping[str, object]) -> Record | None:
    """Return the record of a row that names an address and whose it is, as GAM's `print aliases` does; else None."""
    held = {key_of(name): value for name, value in properties.items()}
    alias, target = held.get("alias"), held.get("target")
    if isinstance(alias, str) and isinstance(target, str) and "@" in alias and "@" in target:
        return Record(mail=target.strip(TRIMMED), primary=target, secondary_proxies=[(alias,)])
    return None


def _add_addresses(record: Record, held: list[str | tuple[str, ...]], value: object) -> None:
    """Add the addresses of a value: text is a list of them, a collection has one in each member."""
    if isinstance(value, str):
        text = _OCTETS.sub(lambda match: octets_as_text(match[0]), value)
        held.append(text)
        return
    members = value if isinstance(value, Sequence) else [value]
    texts = [_address_text(member) for member in members]
    held.append(tuple(text for text in texts if text is not None))
    record.unread += [member for member, text in zip(members, texts, strict=True) if text is None]


def _address_text(member: object) -> str | None:
    """Return the text of one address of a collection, None where it has none."""
    if isinstance(member, Mapping):
        member = next((member[key] for key in ADDRESS_KEYS if isinstance(member.get(key), str)), None)
    return member if isinstance(member, str) else None


def _with_type(value: object, address_type: str) -> object:
    """Return the value of a column of one type, its addresses with the type where they have none."""
    prefix = address_type.lower() if address_type == DEFAULT_TYPE else address_type
    if not isinstance(value, str):
        return value
    if _TYPED.match(value):
        return value
    pieces = value.split(";") if address_type == DEFAULT_TYPE else [value]
    return tuple(f"{prefix}:{piece.strip(TRIMMED)}" for piece in pieces if piece.strip(TRIMMED))


def _text(value: object) -> str:
    """Return the text of a property: of a collection that of its first member."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = _address_text(value) or ""
    return str(value)
