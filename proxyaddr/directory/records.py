"""What an export says of a recipient, and the names that each export gives to the attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from proxyaddr._files.objects import address_text, key_of
from proxyaddr._files.octets import octets_as_text, text_of_octets
from proxyaddr._text.types import DEFAULT_TYPE, KNOWN_TYPES, TRIMMED, TYPE_PATTERN

__all__ = [
    "ALIAS_COLUMNS",
    "AMBIGUOUS_TYPES",
    "FIELDS",
    "SINGLE_ADDRESS",
    "TYPE_COLUMNS",
    "Layout",
    "Record",
    "is_read",
    "is_typed",
    "layout_of",
    "record_of",
    "with_type",
]

FIELDS = {
    "displayname": "display_name",
    "name.fullname": "display_name",
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
    "remoteroutingaddress": "target",
}
"""The field of a record by the name of an attribute, as names compare; of several the first that is not empty counts.

They are those of Exchange 5.5 (Q155594, Q184536: E-mail Addresses, E-mail Address), Get-Recipient, Get-RemoteMailbox,
Active Directory, Get-MgUser, and GAM's `print users`.
"""

TARGET_COLUMN = "e-mail address"
"""The target of a custom recipient in exports of Exchange 5.5, in lower case; Get-ADUser calls mail EmailAddress."""

TYPE_COLUMNS = frozenset(name.lower() for name in KNOWN_TYPES - {"TEST", "LOCAL", "MIGRATE", "MEMO", "MBX"})
"""Names of columns that hold the addresses of one type, in lower case."""

AMBIGUOUS_TYPES = frozenset({"FAX", "NOTES"})
"""Types that are properties of recipients too, with a number or a remark: their columns hold typed values alone."""

ADDRESS_FIELDS = frozenset({"proxies", "secondary_proxies", "primary", "target"})
"""Fields that hold addresses: a header that names none of them, and no type, is of no directory."""

SINGLE_ADDRESS = "proxyaddress"
"""A column of this name, as names compare without the number, has one address a row: a recipient has several rows."""

ALIAS_COLUMNS = frozenset({"alias", "target"})
"""The columns of a file with an address a row and whose it is: GAM's `print aliases`."""

IDENTIFYING = ("dn", "id", "user_principal_name", "mail", "alias", "display_name", "name")
"""Fields by which rows of one recipient are known, the best first."""

_LISTS = frozenset({"proxies", "secondary_proxies"})
_ALIAS_TARGET = "target of an alias"

_OCTETS_MARK = "X'"
_LONGEST_NAME = 256

_TYPED = re.compile(rf"\s*{TYPE_PATTERN}\s*:")


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


class Layout(NamedTuple):
    """What properties of these names say of a recipient: the fields of those that are looked at.

    `names_addresses` is whether any holds addresses, `may_be_alias` whether they are those of GAM's `print aliases`.
    """

    fields: tuple[tuple[str, str], ...]
    names_addresses: bool
    may_be_alias: bool


def layout_of(names: Iterable[str]) -> Layout:
    """Return what properties of these names say of a recipient."""
    fields = tuple((name, known) for name in names if (known := _field_named(name)) is not None)
    found = {known for _, known in fields}
    of_aliases = found >= {"alias", _ALIAS_TARGET}
    holds = not ADDRESS_FIELDS.isdisjoint(found) or not TYPE_COLUMNS.isdisjoint(found)
    read = tuple((name, known) for name, known in fields if known != _ALIAS_TARGET)
    return Layout(read, holds or of_aliases, of_aliases)


def record_of(properties: Mapping[str, object], layout: Layout) -> Record:
    """Return what the properties of an exported object say of a recipient; unknown properties are not looked at."""
    if layout.may_be_alias and (alias_of := _alias_of(properties)) is not None:
        return alias_of
    record = Record()
    for name, known in layout.fields:
        value = properties[name]
        if value.__class__ is not str:
            value = _plain(value)
        if value is None or value == "":
            continue
        if known in _LISTS:
            _add_addresses(record, getattr(record, known), value)
        elif known in TYPE_COLUMNS:
            _add_addresses(record, record.proxies, _typed(value, known.upper()))
        elif not getattr(record, known):
            plain = isinstance(value, str) and not value.startswith(_OCTETS_MARK)
            setattr(record, known, value if plain else _text(value, name))
    return record


def is_read(name: str) -> bool:
    """Return whether the property of a name is looked at."""
    return _field_named(name) is not None


def _field_named(name: str) -> str | None:
    """Return what `_known_field` does, which takes its time and is remembered for names that are not too long."""
    return _known_field(name) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=1024)
def _known_field(name: str) -> str | None:
    """Return the field of a record that a property is for, or the type of a column of addresses; None for another."""
    if name.strip().lower() == TARGET_COLUMN:
        return "target"
    key = key_of(name)
    if key == "target":
        return _ALIAS_TARGET
    return key if key in TYPE_COLUMNS else FIELDS.get(key)


def _alias_of(properties: Mapping[str, object]) -> Record | None:
    """Return the record of a row that names an address and whose it is, as GAM's `print aliases` does; else None."""
    held = {key_of(name): _plain(value) for name, value in properties.items()}
    alias, target = held.get("alias"), held.get("target")
    if isinstance(alias, str) and isinstance(target, str) and "@" in alias and "@" in target:
        return Record(mail=target.strip(TRIMMED), primary=target, secondary_proxies=[(alias,)])
    return None


def _add_addresses(record: Record, held: list[str | tuple[str, ...]], value: object) -> None:
    """Add the addresses of a value: text is a list of them, a collection has one in each member."""
    if isinstance(value, str):
        held.append(octets_as_text(value) if _OCTETS_MARK in value else value)
        return
    members = list(value) if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes) else [value]
    texts = [member if member.__class__ is str else _member_text(member) for member in members]
    held.append(tuple(text for text in texts if text is not None))
    record.unread += [member for member, text in zip(members, texts, strict=True) if text is None]


def _plain(value: object) -> object:
    """Return a value with the text and the lists of Python in place of those of NumPy and pandas; None for no value."""
    if isinstance(value, str):
        return str.__str__(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Iterable):
        return value
    try:
        return None if value != value else value  # noqa: PLR0124 - a number that is none is not itself
    except TypeError:  # the missing value of pandas is neither equal to itself nor not
        return None


def _member_text(member: object) -> str | None:
    """Return the address that a member of a collection is, which may be the octets of text; None where it is none."""
    if isinstance(member, bytes):
        try:
            return member.decode()
        except UnicodeDecodeError:
            return None
    text = address_text(member)
    return None if text is None else str.__str__(text)


def _typed(value: object, address_type: str) -> object:
    """Return the value of a column of one type, its addresses with the type where they have none."""
    if isinstance(value, str):
        return with_type(value, address_type)
    if not isinstance(value, list | tuple):
        return value
    typed: list[object] = []
    for member in value:
        found = with_type(member, address_type) if isinstance(member, str) else member
        typed += found if isinstance(found, tuple) else [found]
    return typed


def is_typed(text: str) -> bool:
    """Return whether a text begins with a type and its colon."""
    return _TYPED.match(text) is not None


def with_type(value: str, address_type: str) -> str | tuple[str, ...]:
    """Return the text of a column of one type, or the addresses in it with the type that they do not have."""
    prefix = address_type.lower() if address_type == DEFAULT_TYPE else address_type
    if is_typed(value):
        return value
    if address_type in AMBIGUOUS_TYPES:
        return ()
    pieces = value.split(";") if address_type == DEFAULT_TYPE else [value]
    return tuple(f"{prefix}:{piece.strip(TRIMMED)}" for piece in pieces if piece.strip(TRIMMED))


def _text(value: object, name: str) -> str:
    """Return the text of the property of a name: of a collection that of its first member."""
    if isinstance(value, list | tuple):
        value = _plain(value[0]) if value else ""
    if isinstance(value, Mapping):
        value = address_text(value) or ""
    if isinstance(value, bytes):
        try:
            return text_of_octets(value, name)
        except UnicodeDecodeError:
            return value.decode("utf-8", "replace")
    return octets_as_text(str(value), name)
