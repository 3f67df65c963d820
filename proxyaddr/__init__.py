"""Exchange-style typed addresses: parse them, choose the outbound proxy, explain the answer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxyaddr import columns as columns
    from proxyaddr import matcher as matcher
    from proxyaddr import mixer as mixer
    from proxyaddr import mta as mta
    from proxyaddr import x400 as x400
    from proxyaddr.address_spaces import AddressSpace, Dialect, MatchKind, Scope
    from proxyaddr.addresses import OneOffAddress, ParsedList, ProxyAddress, ProxyList, TypedAddress
    from proxyaddr.connector import InternetMailService
    from proxyaddr.connector_selection import Activation, Connector, Proximity
    from proxyaddr.directory import Directory, Recipient
    from proxyaddr.encapsulation import Encapsulated, decapsulate, encapsulate
    from proxyaddr.entry_id import OneOffEntryId, OneOffFlags
    from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, ProxyAddrError, RowError
    from proxyaddr.explanation import Explanation
    from proxyaddr.limits import Limits
    from proxyaddr.matcher import Matcher
    from proxyaddr.parser import parse, parse_one_off, parse_proxies, parse_proxy, parse_recipients
    from proxyaddr.resolver import Delivery, NonDelivery
    from proxyaddr.routing import Route, RoutingTable
    from proxyaddr.site import Site
    from proxyaddr.x400 import X400Address
    from proxyaddr.x500 import X500Address

__all__ = [
    "Activation",
    "AddressSpace",
    "AddressSyntaxError",
    "ConfigurationError",
    "Connector",
    "Delivery",
    "Dialect",
    "Directory",
    "Encapsulated",
    "Explanation",
    "Finding",
    "InternetMailService",
    "Limits",
    "MatchKind",
    "Matcher",
    "NonDelivery",
    "OneOffAddress",
    "OneOffEntryId",
    "OneOffFlags",
    "ParsedList",
    "Proximity",
    "ProxyAddrError",
    "ProxyAddress",
    "ProxyList",
    "Recipient",
    "Route",
    "RoutingTable",
    "RowError",
    "Scope",
    "Site",
    "TypedAddress",
    "X400Address",
    "X500Address",
    "decapsulate",
    "encapsulate",
    "parse",
    "parse_one_off",
    "parse_proxies",
    "parse_proxy",
    "parse_recipients",
]

__version__ = "0.1.0"

_ROOMS = {
    "address_spaces": ("AddressSpace", "Dialect", "MatchKind", "Scope"),
    "addresses": ("OneOffAddress", "ParsedList", "ProxyAddress", "ProxyList", "TypedAddress"),
    "connector": ("InternetMailService",),
    "connector_selection": ("Activation", "Connector", "Proximity"),
    "directory": ("Directory", "Recipient"),
    "encapsulation": ("Encapsulated", "decapsulate", "encapsulate"),
    "entry_id": ("OneOffEntryId", "OneOffFlags"),
    "errors": ("AddressSyntaxError", "ConfigurationError", "Finding", "ProxyAddrError", "RowError"),
    "explanation": ("Explanation",),
    "limits": ("Limits",),
    "matcher": ("Matcher",),
    "parser": ("parse", "parse_one_off", "parse_proxies", "parse_proxy", "parse_recipients"),
    "resolver": ("Delivery", "NonDelivery"),
    "routing": ("Route", "RoutingTable"),
    "site": ("Site",),
    "x400": ("X400Address",),
    "x500": ("X500Address",),
}
_PUBLIC_MODULES = ("columns", "matcher", "mixer", "mta", "x400")
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that importing the package loads nothing slow (PEP 562)."""
    from importlib import import_module  # noqa: PLC0415 - not needed to import the package

    if name in _PUBLIC_MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PUBLIC_MODULES})
