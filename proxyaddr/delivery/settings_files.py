"""Reads the settings of connectors from TOML documents and from registry exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proxyaddr._files.registry import read_values
from proxyaddr._files.settings import FLAG, TABLE_OF_TEXTS, TEXT, TEXTS, read_settings
from proxyaddr._files.text import read_bytes
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import Limits
from proxyaddr.routing.table import RoutingTable
from proxyaddr.routing.toml import ROUTING_TABLE

__all__ = ["ROUTING_TABLE", "TOML_TABLE", "registry_settings", "toml_routing", "toml_settings"]

TOML_TABLE = "internet_mail_service"

SETTINGS = {
    "name": TEXT,
    "override_proxy_out": TEXT,
    "site_domain": TEXT,
    "organization": TEXT,
    "site": TEXT,
    "server": TEXT,
    "encapsulate": FLAG,
    "address_spaces": TEXTS,
    "site_addresses": TABLE_OF_TEXTS,
}
"""The settings that a TOML file may hold; each is a field of InternetMailService."""

PARAMETERS_KEY = re.compile(r"\\Services\\MSExchangeIMC\\Parameters$", re.IGNORECASE)
"""The key of a registry export that holds the settings, under any control set (Q183801)."""

REGISTRY_SETTINGS = {"overrideproxyout": "override_proxy_out", "sitedomain": "site_domain"}
"""The registry values, in lower case, that decide what goes out (Q183801); both are REG_SZ."""

REGISTRY_DWORDS = {
    "routecalculationinterval": "Q153655",
    "rerouteviastore": "Q238471",
    "resolvep2": "Q174755",
    "addressrewrite": "Q166515",
    "addressingneverfails": "Q238506",
    "acceptmalformed821adrs": "Q166616",
    "disableloopbackconnection": "Q156063",
    "disableloopbackconnections": "Q146126",
    "onlysystemmessagesusecds": "Q223385",
}
"""Documented values that are REG_DWORD; they are checked and kept, but otherwise ignored."""


def toml_settings(table: object, source: str | Path) -> dict[str, Any]:
    """Return the settings of one table of a TOML file, those that are ignored among `unknown_settings`.

    ConfigurationError for what is no table, and for a setting of another type than it has.
    """
    if not isinstance(table, Mapping):
        message = f"{TOML_TABLE} is a table; Site.from_toml reads several"
        raise ConfigurationError("wrong-type", message, TOML_TABLE, str(source))
    known = {key: value for key, value in table.items() if key in SETTINGS}
    ignored = {key: value for key, value in table.items() if key not in SETTINGS}
    return {**read_settings(known, SETTINGS, str(source), "a connector"), "unknown_settings": ignored}


def toml_routing(document: Mapping[str, object], source: str | Path, limits: Limits) -> RoutingTable | None:
    """Return the routing table of a TOML document, None where it has none; ConfigurationError where it is wrong."""
    if ROUTING_TABLE not in document:
        return None
    return RoutingTable.from_table(document[ROUTING_TABLE], source, limits=limits)


def registry_settings(path: str | Path, limits: Limits) -> dict[str, Any]:
    r"""Return the settings under `MSExchangeIMC\Parameters`, those that are ignored among `unknown_settings`.

    ConfigurationError, with the line, for a malformed export or a value of another registry type than it has, and for
    an export without that key.
    """
    known: dict[str, object] = {}
    ignored: dict[str, object] = {}
    has_key = False
    for value in read_values(read_bytes(path, limits), str(path), limits):
        if not PARAMETERS_KEY.search(value.key):
            continue
        has_key = True
        name = value.name.lower()
        wanted = "REG_SZ" if name in REGISTRY_SETTINGS else "REG_DWORD" if name in REGISTRY_DWORDS else value.kind
        if value.name and value.kind != wanted:
            message = f"{value.name} is {wanted}, not {value.kind}"
            raise ConfigurationError("wrong-registry-type", message, value.name, str(path), value.line)
        if name in REGISTRY_SETTINGS:
            known[REGISTRY_SETTINGS[name]] = value.data or None
        elif value.name:
            ignored[value.name] = value.data
    if not has_key:
        message = r"no key ...\Services\MSExchangeIMC\Parameters in this export"
        raise ConfigurationError("no-parameters-key", message, source=str(path))
    return {**known, "unknown_settings": ignored}
