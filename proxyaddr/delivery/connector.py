"""InternetMailService: the settings of a connector, from Python, TOML or a registry export, checked when it is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxyaddr._text.types import canonical_type
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import AddressSyntaxError, ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from proxyaddr.delivery.outcomes import Delivery, NonDelivery
    from proxyaddr.directory.directory import Directory
    from proxyaddr.directory.recipient import Recipient
    from proxyaddr.routing.table import RoutingTable
    from proxyaddr.spaces.space import AddressSpace

__all__ = ["DEFAULT_OUTBOUND_TYPE", "TOML_TABLE", "InternetMailService"]

DEFAULT_OUTBOUND_TYPE = "SMTP"
"""What the Internet Mail Service sends unless OverrideProxyOut says otherwise (Q183801)."""

TOML_TABLE = "internet_mail_service"
ROUTING_TABLE = "routing_table"

PARAMETERS_KEY = re.compile(r"\\Services\\MSExchangeIMC\\Parameters$", re.IGNORECASE)
"""Where a registry export holds the settings, under any control set (Q183801)."""

REGISTRY_SETTINGS = {"overrideproxyout": "override_proxy_out", "sitedomain": "site_domain"}
"""Registry values, without case, that decide what goes out (Q183801); both REG_SZ."""

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
"""Documented values that are REG_DWORD; kept, not acted on."""

DOMAIN_MAX_LENGTH = 255
"""RFC 1035 2.3.4."""

_DOMAIN = re.compile(r"[^\s@<>\[\]\"(),;:\\\x00-\x1f\x7f]+")
_TOML_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "a string"),
    "override_proxy_out": (str, "a string"),
    "site_domain": (str, "a string"),
    "organization": (str, "a string"),
    "site": (str, "a string"),
    "server": (str, "a string"),
    "encapsulate": (bool, "true or false"),
    "address_spaces": (list, "a list of strings"),
    "site_addresses": (dict, "a table of type = address"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InternetMailService:
    """A connector that sends mail of one address type, the outbound type.

    `site_addresses` maps types to the site's own addresses. Mail goes out only where the routing table, or without one
    the connector's own address spaces, have a space for it; with neither, routing is not simulated. `encapsulate` sends
    an address of another type inside an Internet address of the local domain (IMCEA). `unknown_settings` lists what a
    file held and this library does not act on. Making one raises ConfigurationError where the product would not start.
    """

    override_proxy_out: str | None = None
    site_domain: str | None = None
    site_addresses: Mapping[str, str] = field(default_factory=dict)
    address_spaces: Sequence[str | AddressSpace] = ()
    routing_table: RoutingTable | None = None
    directory: Directory | None = None
    organization: str = "Organization"
    site: str = "SITE"
    server: str = "SERVER"
    name: str = ""
    encapsulate: bool = False
    unknown_settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        override = (self.override_proxy_out or "").strip()
        settings = {
            "override_proxy_out": _type(override, "OverrideProxyOut") if override else None,
            "site_domain": _domain(self.site_domain),
            "site_addresses": MappingProxyType({_type(k, "site_addresses"): v for k, v in self.site_addresses.items()}),
            "address_spaces": tuple(_space(space) for space in self.address_spaces),
            "name": self.name.strip() or f"Internet Mail Connector ({self.server})",  # as Q149121 prints one
            "unknown_settings": MappingProxyType(dict(self.unknown_settings)),
        }
        for name, value in settings.items():
            object.__setattr__(self, name, value)
        if not self._can_start():
            raise ConfigurationError(
                "no-site-address",
                f"the connector would not start (events 2140 and 4074): OverrideProxyOut is {self.outbound_type}, but "
                f"the site has no {self.outbound_type} address and no SiteDomain; set SiteDomain to the local domain",
                "SiteDomain",
            )
        if self.encapsulate and self.local_domain is None:
            message = "encapsulated addresses need a domain: set SiteDomain or the site's SMTP address"
            raise ConfigurationError("no-site-domain", message, "encapsulate")

    @property
    def outbound_type(self) -> str:
        """The address type that goes out: OverrideProxyOut if set, else SMTP (Q183801)."""
        return self.override_proxy_out or DEFAULT_OUTBOUND_TYPE

    @property
    def local_domain(self) -> str | None:
        """The domain at which addresses are encapsulated: SiteDomain, else that of the site's SMTP address."""
        return self.site_domain or self.site_addresses.get(DEFAULT_OUTBOUND_TYPE, "").rpartition("@")[2] or None

    def resolve(self, recipient: str | TypedAddress | ProxyList | Recipient) -> Delivery | NonDelivery:
        """Say which address of a recipient goes out, or why none; AddressSyntaxError for text that is no address."""
        from proxyaddr.delivery.resolver import resolve  # noqa: PLC0415 - a later room, which imports this one

        return resolve(self, recipient)

    def table(self) -> RoutingTable | None:
        """Return the routing table, or the one that the connector's own address spaces make; None without either."""
        if self.routing_table is not None or not self.address_spaces:
            return self.routing_table
        from proxyaddr.routing.route import Route  # noqa: PLC0415 - not needed without address spaces
        from proxyaddr.routing.table import RoutingTable  # noqa: PLC0415 - not needed without address spaces

        return RoutingTable(Route(_space(space), self.name) for space in self.address_spaces)

    @classmethod
    def from_config(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as __init__ takes
        """Read a registry export (`.reg`) or TOML (any other name); keyword settings win over the file."""
        read = cls.from_registry_export if Path(path).suffix.lower() == ".reg" else cls.from_toml
        return read(path, limits=limits, **settings)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as __init__ takes
        """Read the table `[internet_mail_service]`, keys as the arguments; ConfigurationError where it is wrong."""
        from proxyaddr._files.documents import toml_document  # noqa: PLC0415 - only for files

        document = toml_document(path, limits)
        table = document.get(TOML_TABLE, {})
        if ROUTING_TABLE in document and "routing_table" not in settings:
            from proxyaddr.routing.table import RoutingTable  # noqa: PLC0415 - only where the file has one

            settings["routing_table"] = RoutingTable.from_toml(path, limits=limits)
        return cls.from_table(table, path, **settings)

    @classmethod
    def from_table(cls, table: object, path: str | Path, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as above
        """Make one of a table of a TOML file; ConfigurationError where it is wrong."""
        if not isinstance(table, dict):
            message = f"{TOML_TABLE} is a table; Site.from_toml reads several"
            raise ConfigurationError("wrong-type", message, TOML_TABLE, str(path))
        for key, (kind, what) in _TOML_TYPES.items():
            if key in table and not _is(table[key], kind):
                raise ConfigurationError("wrong-type", f"{key} is {what}, not {table[key]!r}", key, str(path))
        known = {key: value for key, value in table.items() if key in _TOML_TYPES}
        unknown = {key: value for key, value in table.items() if key not in _TOML_TYPES}
        return cls._from_file(path, {**known, "unknown_settings": unknown, **settings})

    @classmethod
    def from_registry_export(
        cls,
        path: str | Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        **settings: Any,  # noqa: ANN401 - as above
    ) -> InternetMailService:
        r"""Read a `.reg` file that holds the key `MSExchangeIMC\Parameters` (Q183801), REGEDIT4 or version 5.00.

        OverrideProxyOut and SiteDomain decide; all other values are kept in `unknown_settings`. ConfigurationError with
        the line for a malformed file or a value of the wrong registry type.
        """
        from proxyaddr._files.registry import read_values  # noqa: PLC0415 - only for registry exports
        from proxyaddr._files.text import read_bytes  # noqa: PLC0415 - as above

        known: dict[str, object] = {}
        unknown: dict[str, object] = {}
        found = False
        for value in read_values(read_bytes(path, limits), str(path), limits):
            if not PARAMETERS_KEY.search(value.key):
                continue
            found = True
            name = value.name.lower()
            wanted = "REG_SZ" if name in REGISTRY_SETTINGS else "REG_DWORD" if name in REGISTRY_DWORDS else value.kind
            if value.name and value.kind != wanted:
                message = f"{value.name} is {wanted}, not {value.kind}"
                raise ConfigurationError("wrong-registry-type", message, value.name, str(path), value.line)
            if name in REGISTRY_SETTINGS:
                known[REGISTRY_SETTINGS[name]] = value.data or None
            elif value.name:
                unknown[value.name] = value.data
        if not found:
            message = r"no key ...\Services\MSExchangeIMC\Parameters in this export"
            raise ConfigurationError("no-parameters-key", message, source=str(path))
        return cls._from_file(path, {**known, "unknown_settings": unknown, **settings})

    @classmethod
    def _from_file(cls, path: str | Path, settings: Mapping[str, Any]) -> InternetMailService:
        try:
            return cls(**settings)
        except ConfigurationError as error:
            raise ConfigurationError(error.code, error.message, error.setting, str(path)) from error

    def _can_start(self) -> bool:
        """Tell whether the site has an address: SMTP by default, else SiteDomain or its own (Q153655)."""
        outbound = self.outbound_type
        return outbound == DEFAULT_OUTBOUND_TYPE or bool(self.site_domain) or outbound in self.site_addresses

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, ({f.name: _plain(getattr(self, f.name)) for f in fields(self)},)


def _restored(settings: dict[str, Any]) -> InternetMailService:
    return InternetMailService(**settings)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, MappingProxyType) else value


def _is(value: object, kind: type) -> bool:
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return isinstance(value, kind) and all(isinstance(part, str) for part in parts)


def _type(text: str, setting: str) -> str:
    try:
        return canonical_type(text)
    except AddressSyntaxError as error:
        raise ConfigurationError("bad-type", f"{setting} is an address type, not {text!r}", setting) from error


def _domain(text: str | None) -> str | None:
    """SiteDomain holds a domain, not an address type (Q153655, Q156063)."""
    domain = (text or "").strip()
    if not domain:
        return None
    if not _DOMAIN.fullmatch(domain) or len(domain) > DOMAIN_MAX_LENGTH:
        raise ConfigurationError("bad-site-domain", f"SiteDomain is a domain, not {domain[:80]!r}", "SiteDomain")
    return domain


def _space(space: str | AddressSpace) -> AddressSpace:
    from proxyaddr.spaces.space import AddressSpace  # noqa: PLC0415 - not needed without address spaces

    if isinstance(space, AddressSpace):
        return space
    try:
        return AddressSpace.parse(space)
    except AddressSyntaxError as error:
        message = f"no address space, which is written TYPE:pattern;cost: {error}"
        raise ConfigurationError(error.code, message, "address_spaces") from error
