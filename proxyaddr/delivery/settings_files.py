"""Reads the settings of connectors from TOML documents and from registry exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proxyaddr._files.registry import RegistryValue, read_values
from proxyaddr._files.settings import (
    CONNECTOR_TABLE,
    FLAG,
    ROUTING_TABLE,
    TABLE_OF_TEXTS,
    TABLES,
    TEXT,
    TEXTS,
    check_names,
    read_settings,
    with_own_names,
)
from proxyaddr.errors import ConfigurationError, Finding
from proxyaddr.limits import Limits
from proxyaddr.routing.table import RoutingTable

__all__ = ["check_tables", "registry_settings", "toml_routing", "toml_settings"]

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

PRODUCT_SPELLINGS = {"overrideproxyout": "override_proxy_out", "sitedomain": "site_domain"}
"""The names of the product in lower case, which are those of registry values (Q183801), and ours."""

PARAMETERS_KEY = re.compile(r"\\Services\\MSExchangeIMC\\Parameters$", re.IGNORECASE)
"""The key of a registry export that holds the settings, under any control set (Q183801)."""

CURRENT_CONTROL_SET = "\\currentcontrolset\\"
"""The part of a key, in lower case, that says which control set is in use."""

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
    """Return the settings of one table of a TOML file, under our names or those of the product.

    ConfigurationError for what is no table, and for an unknown, repeated or wrong setting.
    """
    if not isinstance(table, Mapping):
        message = f"{CONNECTOR_TABLE} is a table; Site.from_toml reads several"
        raise ConfigurationError("wrong-type", message, CONNECTOR_TABLE, str(source))
    named = with_own_names(table, PRODUCT_SPELLINGS, str(source))
    return read_settings(named, SETTINGS, str(source), CONNECTOR_TABLE)


def check_tables(document: Mapping[str, object], source: str | Path) -> None:
    """Check that a TOML document has no table but those of connectors and of routing; ConfigurationError if it has."""
    settings = dict.fromkeys((*SETTINGS, *PRODUCT_SPELLINGS), CONNECTOR_TABLE)
    check_names(document, TABLES, str(source), "the file", settings)


def toml_routing(document: Mapping[str, object], source: str | Path, limits: Limits) -> RoutingTable | None:
    """Return the routing table of a TOML document, None where it has none; ConfigurationError where it is wrong."""
    if ROUTING_TABLE not in document:
        return None
    return RoutingTable.from_table(document[ROUTING_TABLE], source, limits=limits)


def registry_settings(data: bytes, path: str | Path, limits: Limits) -> dict[str, Any]:
    r"""Return the settings under `MSExchangeIMC\Parameters`, those that are ignored among `unknown_settings`.

    Of several control sets the current one decides, without it the first. Values that differ between them are a
    finding among `settings_findings`. ConfigurationError, with the line, for a malformed export, a value of another
    registry type than it has, and an export without that key.
    """
    keys: dict[str, dict[str, RegistryValue]] = {}
    for value in read_values(data, str(path), limits):
        if not PARAMETERS_KEY.search(value.key) and not _is_documented(value):
            continue
        values = keys.setdefault(value.key.lower(), {})
        if value.name:
            _check_kind(value, path)
            values[value.name.lower()] = value
    if not keys:
        message = r"no key ...\Services\MSExchangeIMC\Parameters in this export"
        raise ConfigurationError("no-parameters-key", message, source=str(path))
    chosen = next((key for key in keys if CURRENT_CONTROL_SET in key), next(iter(keys)))
    values = keys[chosen]
    known = {own: values[name].data or None for name, own in PRODUCT_SPELLINGS.items() if name in values}
    ignored = {value.name: value.data for name, value in values.items() if name not in PRODUCT_SPELLINGS}
    return {**known, "unknown_settings": ignored, "settings_findings": _differences(keys, chosen)}


def _is_documented(value: RegistryValue) -> bool:
    """Return whether a value under a key that its form does not say is one of the documented ones."""
    return not value.key and (value.name.lower() in PRODUCT_SPELLINGS or value.name.lower() in REGISTRY_DWORDS)


def _check_kind(value: RegistryValue, path: str | Path) -> None:
    """Raise ConfigurationError for a documented value of another registry type than it has."""
    name = value.name.lower()
    wanted = "REG_SZ" if name in PRODUCT_SPELLINGS else "REG_DWORD" if name in REGISTRY_DWORDS else value.kind
    if value.kind not in (wanted, None):
        message = f"{value.name} is {wanted}, not {value.kind}"
        raise ConfigurationError("wrong-registry-type", message, value.name, str(path), value.line)


def _differences(keys: Mapping[str, Mapping[str, RegistryValue]], chosen: str) -> tuple[Finding, ...]:
    """Return the finding that the control sets differ, if they do; `chosen` is the key that decides."""
    contents = [{name: value.data for name, value in values.items()} for values in keys.values()]
    names = sorted({name for content in contents for name in content})
    differing = [name for name in names if any(each.get(name) != contents[0].get(name) for each in contents)]
    if not differing:
        return ()
    spelled = {name: value.name for values in keys.values() for name, value in values.items()}
    message = (
        f"control sets differ in {', '.join(spelled[name] for name in differing)}; the values of {chosen} are used"
    )
    return (Finding("control-sets-differ", message),)
