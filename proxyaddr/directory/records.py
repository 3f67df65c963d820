"""What an export says of a recipient, and the names that each export gives to the attributes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "COLUMNS",
    "LDIF_ADDRESSES",
    "LDIF_ATTRIBUTES",
    "LDIF_PROXIES",
    "PROXY_FIELDS",
    "PROXY_TEXT_KEYS",
    "Record",
]

COLUMNS = {
    "display name": "display_name",
    "displayname": "display_name",
    "name": "name",
    "alias name": "alias",
    "alias": "alias",
    "mailnickname": "alias",
    "e-mail addresses": "proxies",
    "emailaddresses": "proxies",
    "proxyaddresses": "proxies",
    "secondary-proxy-addresses": "secondary_proxies",
    "e-mail address": "target",
    "externalemailaddress": "target",
    "targetaddress": "target",
    "legacyexchangedn": "legacy_dn",
}
"""The field of a record by the column of CSV or the key of JSON, in lower case; the first that a file has counts.

They are those of Exchange 5.5 (Q155594, Q184536), Get-Recipient and Get-MgUser.
"""

PROXY_FIELDS = {"proxies", "secondary_proxies"}

LDIF_ATTRIBUTES = {
    "display_name": ("displayname",),
    "name": ("cn", "name"),
    "alias": ("mailnickname",),
    "target": ("targetaddress",),
    "legacy_dn": ("legacyexchangedn",),
}
"""The attributes of LDIF, in lower case, that give a field of a record; the first that an entry has counts."""

LDIF_PROXIES = "proxyaddresses"
LDIF_ADDRESSES = {LDIF_PROXIES, *LDIF_ATTRIBUTES["target"]}
"""An entry of LDIF that has none of these is no recipient."""

PROXY_TEXT_KEYS = ("ProxyAddressString", "proxyAddressString")
"""The keys under which JSON of Get-Recipient holds the text of one proxy, at a greater depth."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a row of a file says of a recipient, as text; proxies as text or as strings with one address each."""

    display_name: str = ""
    alias: str = ""
    proxies: str | tuple[str, ...] = ""
    secondary_proxies: str = ""
    target: str = ""
    name: str = ""
    legacy_dn: str = ""
