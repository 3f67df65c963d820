"""The properties that exports have, by their names as names compare, and what an audit takes them for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from proxyaddr._files.objects import address_text, key_of
from proxyaddr.auditing.cells import Separator, values_in
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, LEGACY_DN, MAIL, NAME, PROXIES, TARGET, UPN
from proxyaddr.directory.records import TARGET_COLUMN, TYPE_COLUMNS

__all__ = [
    "ACCOUNT",
    "ATTRIBUTES",
    "DNS",
    "FORMER_DNS",
    "GUIDS",
    "IDENTIFYING",
    "LISTS",
    "OF_EXCHANGE",
    "PRIMARY",
    "PROXY_LISTS",
    "READ",
    "SECONDARY_LISTS",
    "SINGLE_ADDRESS",
    "TELLING",
    "exported_attribute",
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
"""The attribute of one value that a property holds; of several the first one counts."""

SINGLE_ADDRESS = "proxyaddress"
"""A property with one address of an object, which then has several rows."""

SECONDARY_LISTS = frozenset({"aliases", "noneditablealiases", "secondaryproxyaddresses"})
PROXY_LISTS = frozenset({"proxyaddresses", "emailaddresses", SINGLE_ADDRESS})
PRIMARY = frozenset({"primarysmtpaddress", "primaryemail"})
LISTS = PROXY_LISTS | SECONDARY_LISTS
FORMER_DNS = "previouslegacyexchangedn"
ACCOUNT = "samaccountname"
DNS = ("dn", "distinguishedname")
GUIDS = ("objectguid", "guid", "externaldirectoryobjectid")
IDENTIFYING = ("id", *DNS, "userprincipalname", "primarysmtpaddress", "mail", "alias", "mailnickname", "name", "cn")
"""Properties that name an object in findings, the best first."""

OF_EXCHANGE = frozenset({"emailaddresses", "recipienttypedetails", "recipienttype"})
"""Properties that only Exchange exports: its commands, not those of Active Directory, change such objects."""

TELLING = (
    *("type", "recipienttypedetails", "recipienttype", "msexchrecipienttypedetails", "objectclass"),
    *("msexchremoterecipienttype", "homemdb", "database"),
)
"""Properties that tell the type of an object, beside userPrincipalName."""

READ = frozenset(
    {
        *(*ATTRIBUTES, *LISTS, *TYPE_COLUMNS, *PRIMARY, FORMER_DNS, *DNS, *GUIDS, *IDENTIFYING, *OF_EXCHANGE, *TELLING),
        *(ACCOUNT, "iscriticalsystemobject"),
    }
)
"""All properties that an object is made of."""

_LONGEST_NAME = 256


def property_key(name: str) -> str:
    """Return the name of a property as names compare."""
    return _known_key(name) if len(name) <= _LONGEST_NAME else _key(name)


def _key(name: str) -> str:
    return "targetaddress" if name.strip().lower() == TARGET_COLUMN else key_of(name)


_known_key = lru_cache(maxsize=1024)(_key)
"""Objects have the same names again and again."""


def exported_attribute(key: str) -> str | None:
    """Return the attribute that a property holds, None for none that is judged."""
    if key in LISTS or key in PRIMARY or key in TYPE_COLUMNS:
        return PROXIES
    return ATTRIBUTES.get(key)


def texts_of(value: object, separator: Separator) -> list[str]:
    """Return the values of a list: members whole, a text taken apart at its separators."""
    if isinstance(value, str):
        return values_in(value, separator) if value else []
    return [text for member in members_of(value) if (text := text_of(member)) is not None]


def members_of(value: object) -> Sequence[object]:
    """Return the members of a list, the value itself where it is none."""
    if value is None or value == "":
        return ()
    if type(value) is list:
        return value
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return list(value)
    return (value,)


def text_of(value: object) -> str | None:
    """Return the text of a value, None for none: of a list that of its first member, of an address object its own."""
    if value is None or type(value) is str:  # nothing else, most of the time
        return value
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = address_text(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)
