"""An object as an audit sees it: the attributes of a directory under their own names, each value as it is held."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from proxyaddr._files.objects import is_true, key_of

__all__ = [
    "ALIAS",
    "CONTACT",
    "GIVEN_NAME",
    "GROUP",
    "LEGACY_DN",
    "MAIL",
    "MAIL_USER",
    "NAME",
    "PROXIES",
    "REMOTE_MAILBOX",
    "TARGET",
    "UPN",
    "USER",
    "USERS",
    "AuditObject",
    "has_mailbox",
    "is_system",
    "type_of",
]

PROXIES, MAIL, UPN, TARGET = "proxyAddresses", "mail", "userPrincipalName", "targetAddress"
ALIAS, LEGACY_DN, NAME, GIVEN_NAME = "mailNickname", "legacyExchangeDN", "displayName", "givenName"
"""The attributes that are judged, by their names in Active Directory."""

USER, MAIL_USER, REMOTE_MAILBOX, CONTACT, GROUP = "user", "mail-user", "remote-mailbox", "contact", "group"
PUBLIC_FOLDER = "public-folder"
USERS = frozenset({USER, MAIL_USER, REMOTE_MAILBOX})
"""Types of objects that have a userPrincipalName."""

_TYPES = {
    **dict.fromkeys(("user", "inetorgperson", "person"), USER),
    **dict.fromkeys(("mailuser", "guestmailuser"), MAIL_USER),
    **dict.fromkeys(("contact", "mailcontact", "mailforestcontact"), CONTACT),
    **dict.fromkeys(("group", "msexchdynamicdistributionlist", "mailuniversaldistributiongroup"), GROUP),
    **dict.fromkeys(("groupmailbox", "roomlist"), GROUP),
    **dict.fromkeys(("publicfolder", "publicfolder"), PUBLIC_FOLDER),
}
_ENDINGS = {"remotemailbox": REMOTE_MAILBOX, "mailbox": USER, "group": GROUP, "publicfolder": PUBLIC_FOLDER}
_DETAILS = {
    **dict.fromkeys(("1", "2", "4", "8", "16", "32"), USER),
    **{"64": CONTACT, "32768": CONTACT, "128": MAIL_USER, "4096": PUBLIC_FOLDER},
    **dict.fromkeys(("256", "512", "1024", "2048"), GROUP),
    **dict.fromkeys(("2147483648", "8589934592", "17179869184", "34359738368"), REMOTE_MAILBOX),
}
"""msExchRecipientTypeDetails (Exchange schema): mailboxes, contacts, mail users, groups, mailboxes in the cloud."""

_BETWEEN_CLASSES = re.compile(r"[;,| \t\r\n]")
"""What separates the names of classes in one text."""

_LONGEST_WORD = 256
"""No name of a type is as long."""

_SYSTEM_NAMES = re.compile(
    r"(?i)(?:Admini|CAS_\{|DiscoverySearchMailbox|FederatedEmail|Guest|HTTPConnector|krbtgt|iusr_|iwam|msol|support_"
    r"|SystemMailbox|WWIOadmini|HealthMailbox|Exchange Online-ApplicationAccount)|.*\$\Z"
)
"""Names of objects that no sync takes (IdFix, concept-azure-ad-connect-sync-default-configuration)."""


@dataclass(frozen=True, slots=True)
class AuditObject:
    """An object: what it is called in findings, its type or None, and its values.

    `single` has the attributes of one value by name; one that the object has not is not among them. `identity` names
    the object for a command or a change: its distinguished name, None where it is not known. `is_exchange` says that
    the export was made by Exchange, which then owns the attributes. `details` is its type as Exchange names it, and
    `account` its sAMAccountName. `has_all_addresses` is false where the export tells the primary address alone, or
    those of some types: there may be more. `row` is where it stands in the export.
    """

    id: str
    type: str | None
    single: Mapping[str, str]
    proxies: tuple[str, ...] = ()
    former_dns: tuple[str, ...] = ()
    common_name: str | None = None
    dn: str | None = None
    guid: str | None = None
    has_mailbox: bool = False
    is_system: bool = False
    is_exchange: bool = False
    details: str | None = None
    account: str | None = None
    has_all_addresses: bool = True
    row: int | None = field(default=None, compare=False)

    def get(self, attribute: str) -> str | None:
        """Return the value of an attribute of one value, None where it has none."""
        return self.single.get(attribute)

    @property
    def is_mailbox_user(self) -> bool:
        """Whether it is a user with a mailbox here: a user without a target, or with a database."""
        return self.type == USER and (self.has_mailbox or not self.single.get(TARGET))

    @property
    def kind(self) -> str | None:
        """Its type, where a user with a target and without a mailbox is a mail user."""
        return MAIL_USER if self.type == USER and not self.is_mailbox_user else self.type

    @property
    def has_addresses_here(self) -> bool:
        """Whether mail for it arrives in the domains of the organization: at a mailbox here, or in the cloud."""
        return self.is_mailbox_user or self.kind == REMOTE_MAILBOX

    @property
    def needs_target(self) -> bool:
        """Whether it must have a target address."""
        return self.kind in (CONTACT, MAIL_USER, REMOTE_MAILBOX) and not self.has_mailbox

    def with_value(self, attribute: str, value: str) -> AuditObject:
        """Return the object with another value of an attribute."""
        return replace(self, single={**self.single, attribute: value})

    def with_proxies(self, proxies: Sequence[str]) -> AuditObject:
        """Return the object with other proxy addresses."""
        return replace(self, proxies=tuple(proxies))


def type_of(held: Mapping[str, object]) -> str | None:
    """Return the type of an object by its properties, whose names are as names compare; None where nothing tells it.

    Only users have a userPrincipalName or a mailbox database.
    """
    for name in ("type", "recipienttypedetails", "recipienttype", "msexchrecipienttypedetails", "objectclass"):
        value = held.get(name)
        words = value if isinstance(value, list | tuple) else [value]
        if name == "objectclass":  # csvde writes all classes as one text
            words = [part for word in words for part in _BETWEEN_CLASSES.split(str(word or ""))]
        found = [_type_named(str(word)) for word in words if word not in (None, "")]
        if "computer" in (str(word).lower() for word in words):
            return None
        told = next((kind for kind in reversed(found) if kind is not None), None)
        if told == USER and held.get("msexchremoterecipienttype") not in (None, "", "0", 0):
            return REMOTE_MAILBOX
        if told is not None:
            return told
    return USER if held.get("userprincipalname") or held.get("homemdb") else None


def has_mailbox(held: Mapping[str, object]) -> bool:
    """Return whether an export says that an object has a mailbox here: by its database, or by its type in Exchange."""
    if held.get("homemdb") or held.get("database"):
        return True
    details = (str(held.get(name) or "") for name in ("recipienttypedetails", "recipienttype"))
    return any(_type_named(word) == USER and key_of(word).endswith("mailbox") for word in details if word)


def _type_named(word: str) -> str | None:
    return _known_type(word) if len(word) <= _LONGEST_WORD else None


@lru_cache(maxsize=1024)
def _known_type(word: str) -> str | None:
    key = key_of(word) if not word.isdigit() else word
    if key in _DETAILS or key in _TYPES:
        return _DETAILS.get(key) or _TYPES[key]
    if key.startswith("remote") and key.endswith("mailbox"):
        return REMOTE_MAILBOX
    return next((kind for ending, kind in _ENDINGS.items() if key.endswith(ending)), None)


def is_system(common_name: str | None, dn: str | None, is_critical: object) -> bool:
    """Return whether an object is one of the system's or of a replication conflict, which no sync takes."""
    name = (common_name or "")[:256]
    return bool(_SYSTEM_NAMES.match(name)) or "\\0ACNF:" in (dn or "") or is_true(is_critical) is True
