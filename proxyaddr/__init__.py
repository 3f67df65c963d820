"""Exchange-style typed addresses: parse them, choose the outbound proxy, route by address space."""

from importlib import import_module

TYPE_CHECKING = False  # type checkers know it by name; importing typing would double the import time
if TYPE_CHECKING:
    from proxyaddr import adapters as adapters
    from proxyaddr import columns as columns
    from proxyaddr import matcher as matcher
    from proxyaddr import mixer as mixer
    from proxyaddr import mta as mta
    from proxyaddr import x400 as x400
    from proxyaddr.addresses.encapsulation import Encapsulated as Encapsulated
    from proxyaddr.addresses.encapsulation import decapsulate as decapsulate
    from proxyaddr.addresses.entry_identifiers import read_entry_ids as read_entry_ids
    from proxyaddr.addresses.lists import ParsedList as ParsedList
    from proxyaddr.addresses.lists import ProxyList as ProxyList
    from proxyaddr.addresses.parser import parse as parse
    from proxyaddr.addresses.parser import parse_one_off as parse_one_off
    from proxyaddr.addresses.parser import parse_proxies as parse_proxies
    from proxyaddr.addresses.parser import parse_proxy as parse_proxy
    from proxyaddr.addresses.parser import parse_recipients as parse_recipients
    from proxyaddr.addresses.values import OneOffAddress as OneOffAddress
    from proxyaddr.addresses.values import ProxyAddress as ProxyAddress
    from proxyaddr.addresses.values import TypedAddress as TypedAddress
    from proxyaddr.addresses.x500 import X500Address as X500Address
    from proxyaddr.auditing.context import AuditContext as AuditContext
    from proxyaddr.auditing.findings import AuditFinding as AuditFinding
    from proxyaddr.auditing.findings import AuditReport as AuditReport
    from proxyaddr.auditing.running import audit as audit
    from proxyaddr.delivery.connector import InternetMailService as InternetMailService
    from proxyaddr.delivery.diagnosis import Diagnosis as Diagnosis
    from proxyaddr.delivery.diagnosis import diagnose as diagnose
    from proxyaddr.delivery.outcomes import Delivery as Delivery
    from proxyaddr.delivery.outcomes import NonDelivery as NonDelivery
    from proxyaddr.delivery.site import Site as Site
    from proxyaddr.directory.directory import Directory as Directory
    from proxyaddr.directory.recipient import Recipient as Recipient
    from proxyaddr.errors import AddressSyntaxError as AddressSyntaxError
    from proxyaddr.errors import ConfigurationError as ConfigurationError
    from proxyaddr.errors import Finding as Finding
    from proxyaddr.errors import ProxyAddrError as ProxyAddrError
    from proxyaddr.errors import RowError as RowError
    from proxyaddr.formats.entry_id import OneOffEntryId as OneOffEntryId
    from proxyaddr.formats.entry_id import OneOffFlags as OneOffFlags
    from proxyaddr.formats.entry_kinds import EntryAddress as EntryAddress
    from proxyaddr.formats.imcea import encapsulate as encapsulate
    from proxyaddr.limits import Limits as Limits
    from proxyaddr.matcher import Matcher as Matcher
    from proxyaddr.routing.explanation import Explanation as Explanation
    from proxyaddr.routing.route import Route as Route
    from proxyaddr.routing.state import Activation as Activation
    from proxyaddr.routing.state import Connector as Connector
    from proxyaddr.routing.state import Proximity as Proximity
    from proxyaddr.routing.table import RoutingTable as RoutingTable
    from proxyaddr.spaces.dialect import Dialect as Dialect
    from proxyaddr.spaces.matching import MatchKind as MatchKind
    from proxyaddr.spaces.space import AddressSpace as AddressSpace
    from proxyaddr.spaces.space import Scope as Scope
    from proxyaddr.x400.address import X400Address as X400Address

__version__ = "0.1.0"

_MODULES = ("adapters", "columns", "matcher", "mixer", "mta", "x400")

_NAMES = {
    "addresses.encapsulation": "Encapsulated decapsulate",
    "addresses.entry_identifiers": "read_entry_ids",
    "addresses.lists": "ParsedList ProxyList",
    "addresses.parser": "parse parse_one_off parse_proxies parse_proxy parse_recipients",
    "addresses.values": "OneOffAddress ProxyAddress TypedAddress",
    "addresses.x500": "X500Address",
    "auditing.context": "AuditContext",
    "auditing.findings": "AuditFinding AuditReport",
    "auditing.running": "audit",
    "delivery.connector": "InternetMailService",
    "delivery.diagnosis": "Diagnosis diagnose",
    "delivery.outcomes": "Delivery NonDelivery",
    "delivery.site": "Site",
    "directory.directory": "Directory",
    "directory.recipient": "Recipient",
    "errors": "AddressSyntaxError ConfigurationError Finding ProxyAddrError RowError",
    "formats.entry_id": "OneOffEntryId OneOffFlags",
    "formats.entry_kinds": "EntryAddress",
    "formats.imcea": "encapsulate",
    "limits": "Limits",
    "matcher": "Matcher",
    "routing.explanation": "Explanation",
    "routing.route": "Route",
    "routing.state": "Activation Connector Proximity",
    "routing.table": "RoutingTable",
    "spaces.matching": "MatchKind",
    "spaces.dialect": "Dialect",
    "spaces.space": "AddressSpace Scope",
    "x400.address": "X400Address",
}
"""Module to its public names, as imported above for type checkers; a test compares the two."""

_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    """Return a public name or module, loaded on first use so that importing the package is fast (PEP 562)."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names and modules, for `help` and completion; loaded internal modules are left out."""
    return sorted([*__all__, *_MODULES, "__version__"])
