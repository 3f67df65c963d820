"""Exchange-style typed addresses: parse them, choose the outbound proxy, explain the answer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxyaddr import columns as columns
    from proxyaddr import matcher as matcher
    from proxyaddr import mixer as mixer
    from proxyaddr import mta as mta
    from proxyaddr import x400 as x400
    from proxyaddr.addresses.encapsulation import Encapsulated, decapsulate
    from proxyaddr.addresses.lists import ParsedList, ProxyList
    from proxyaddr.addresses.parser import parse, parse_one_off, parse_proxies, parse_proxy, parse_recipients
    from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
    from proxyaddr.addresses.x500 import X500Address
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.outcomes import Delivery, NonDelivery
    from proxyaddr.delivery.site import Site
    from proxyaddr.directory.directory import Directory
    from proxyaddr.directory.recipient import Recipient
    from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, ProxyAddrError, RowError
    from proxyaddr.formats.entry_id import OneOffEntryId, OneOffFlags
    from proxyaddr.formats.imcea import encapsulate
    from proxyaddr.limits import Limits
    from proxyaddr.matcher import Matcher
    from proxyaddr.routing.explanation import Explanation
    from proxyaddr.routing.route import Route
    from proxyaddr.routing.state import Activation, Connector, Proximity
    from proxyaddr.routing.table import RoutingTable
    from proxyaddr.spaces.matching import MatchKind
    from proxyaddr.spaces.space import AddressSpace, Dialect, Scope
    from proxyaddr.x400.address import X400Address

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
    "addresses.encapsulation": (
        "Encapsulated",
        "decapsulate",
    ),
    "addresses.lists": (
        "ParsedList",
        "ProxyList",
    ),
    "addresses.parser": (
        "parse",
        "parse_one_off",
        "parse_proxies",
        "parse_proxy",
        "parse_recipients",
    ),
    "addresses.values": (
        "OneOffAddress",
        "ProxyAddress",
        "TypedAddress",
    ),
    "addresses.x500": ("X500Address",),
    "delivery.connector": ("InternetMailService",),
    "delivery.outcomes": (
        "Delivery",
        "NonDelivery",
    ),
    "delivery.site": ("Site",),
    "directory.directory": ("Directory",),
    "directory.recipient": ("Recipient",),
    "errors": (
        "AddressSyntaxError",
        "ConfigurationError",
        "Finding",
        "ProxyAddrError",
        "RowError",
    ),
    "formats.entry_id": (
        "OneOffEntryId",
        "OneOffFlags",
    ),
    "formats.imcea": ("encapsulate",),
    "limits": ("Limits",),
    "matcher": ("Matcher",),
    "routing.explanation": ("Explanation",),
    "routing.route": ("Route",),
    "routing.state": (
        "Activation",
        "Connector",
        "Proximity",
    ),
    "routing.table": ("RoutingTable",),
    "spaces.matching": ("MatchKind",),
    "spaces.space": (
        "AddressSpace",
        "Dialect",
        "Scope",
    ),
    "x400.address": ("X400Address",),
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
