"""Exchange-style typed addresses: parse them, choose the outbound proxy, explain the answer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxyaddr.addresses import OneOffAddress, ParsedList, ProxyAddress, ProxyList, TypedAddress
    from proxyaddr.connector import InternetMailService
    from proxyaddr.directory import Directory, Recipient
    from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, ProxyAddrError, RowError
    from proxyaddr.parser import parse, parse_one_off, parse_proxies, parse_proxy, parse_recipients
    from proxyaddr.resolver import Delivery, NonDelivery

__all__ = [
    "AddressSyntaxError",
    "ConfigurationError",
    "Delivery",
    "Directory",
    "Finding",
    "InternetMailService",
    "NonDelivery",
    "OneOffAddress",
    "ParsedList",
    "ProxyAddrError",
    "ProxyAddress",
    "ProxyList",
    "Recipient",
    "RowError",
    "TypedAddress",
    "parse",
    "parse_one_off",
    "parse_proxies",
    "parse_proxy",
    "parse_recipients",
]

__version__ = "0.1.0"

_ROOMS = {
    "addresses": ("OneOffAddress", "ParsedList", "ProxyAddress", "ProxyList", "TypedAddress"),
    "connector": ("InternetMailService",),
    "directory": ("Directory", "Recipient"),
    "errors": ("AddressSyntaxError", "ConfigurationError", "Finding", "ProxyAddrError", "RowError"),
    "parser": ("parse", "parse_one_off", "parse_proxies", "parse_proxy", "parse_recipients"),
    "resolver": ("Delivery", "NonDelivery"),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that importing the package loads nothing slow (PEP 562)."""
    from importlib import import_module  # noqa: PLC0415 - not needed to import the package

    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
