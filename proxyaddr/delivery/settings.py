"""ServiceSettings: what a connector is configured with, checked when it is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from proxyaddr._text.domains import DOMAIN_MAX_LENGTH
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED, canonical_type
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, check_text, visible

if TYPE_CHECKING:
    from proxyaddr.directory.directory import Directory
    from proxyaddr.routing.table import RoutingTable
    from proxyaddr.spaces.space import AddressSpace

__all__ = ["DEFAULT_OUTBOUND_TYPE", "ServiceSettings"]

DEFAULT_OUTBOUND_TYPE = DEFAULT_TYPE
"""What the Internet Mail Service sends unless OverrideProxyOut says otherwise (Q183801)."""

_DOMAIN = re.compile(r"[^\s@<>\[\]\"(),;:\\\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ServiceSettings:
    """The settings of a connector; ConfigurationError where the product would not start with them.

    Types are kept in their canonical form and address spaces parsed. InternetMailService says what each setting means.
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
    settings_findings: Sequence[Finding] = ()
    _table: RoutingTable | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for argument in ("override_proxy_out", "site_domain", "organization", "site", "server", "name"):
            value = getattr(self, argument)
            if value is not None or argument not in ("override_proxy_out", "site_domain"):
                check_text(value, argument)
        for kind, address in self.site_addresses.items():
            check_text(kind, "a type in site_addresses")
            check_text(address, "an address in site_addresses")
        override = (self.override_proxy_out or "").strip(TRIMMED)
        settings = {
            "override_proxy_out": _type(override, "OverrideProxyOut") if override else None,
            "site_domain": _domain(self.site_domain),
            "site_addresses": MappingProxyType({_type(k, "site_addresses"): v for k, v in self.site_addresses.items()}),
            "address_spaces": tuple(_space(space) for space in self.address_spaces),
            "name": self.name.strip(TRIMMED) or _default_name(self.server),
            "unknown_settings": MappingProxyType(dict(self.unknown_settings)),
            "settings_findings": tuple(self.settings_findings),
        }
        for key, value in settings.items():
            object.__setattr__(self, key, value)
        object.__setattr__(self, "_table", self._routing())
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

    def table(self) -> RoutingTable | None:
        """Return the routing table, or the one made of the connector's own address spaces; None without either."""
        return self._table

    def _routing(self) -> RoutingTable | None:
        if self.routing_table is not None or not self.address_spaces:
            return self.routing_table
        from proxyaddr.routing.route import Route  # noqa: PLC0415 - as the next line
        from proxyaddr.routing.table import RoutingTable  # noqa: PLC0415 - takes 20 % of the start of a command

        return RoutingTable(Route(_space(space), self.name) for space in self.address_spaces)

    def _can_start(self) -> bool:
        """Return whether the connector can start: with an address of the outbound type, for SMTP always (Q153655).

        SiteDomain stands for an address of any type.
        """
        outbound = self.outbound_type
        return outbound == DEFAULT_OUTBOUND_TYPE or bool(self.site_domain) or outbound in self.site_addresses

    def __repr__(self) -> str:
        settings = []
        for known in fields(self):
            if not known.init:
                continue
            value = getattr(self, known.name)
            default = known.default_factory() if callable(known.default_factory) else known.default
            if value != default and not (known.name == "name" and value == _default_name(self.server)):
                shown = dict(value) if isinstance(value, MappingProxyType) else value
                settings.append(f"{known.name}={shown!r}")
        return f"{type(self).__name__}({visible(', '.join(settings))})"

    def __reduce__(self) -> tuple[object, ...]:
        given = {f.name: _picklable(getattr(self, f.name)) for f in fields(self) if f.init}
        return _restored, (type(self), given)


def _default_name(server: str) -> str:
    return f"Internet Mail Connector ({server})"  # as Q149121 prints one


def _restored(kind: type[ServiceSettings], settings: dict[str, object]) -> ServiceSettings:
    return kind(**settings)  # type: ignore[arg-type]  # they are the fields of one that was made before


def _picklable(value: object) -> object:
    return dict(value) if isinstance(value, MappingProxyType) else value


def _type(text: str, setting: str) -> str:
    try:
        return canonical_type(text)
    except AddressSyntaxError:
        raise ConfigurationError("bad-type", f"{setting} is an address type, not {text!r}", setting) from None


def _domain(text: str | None) -> str | None:
    """Return SiteDomain, which holds a domain, not an address type (Q153655, Q156063); None where it is blank."""
    domain = (text or "").strip(TRIMMED)
    if not domain:
        return None
    if not _DOMAIN.fullmatch(domain) or len(domain) > DOMAIN_MAX_LENGTH:
        raise ConfigurationError("bad-site-domain", f"SiteDomain is a domain, not {domain[:80]!r}", "SiteDomain")
    return domain


def _space(space: str | AddressSpace) -> AddressSpace:
    from proxyaddr.spaces.space import AddressSpace  # noqa: PLC0415 - most connectors have no spaces of their own

    if isinstance(space, AddressSpace):
        return space
    check_text(space, "a space in address_spaces")
    try:
        return AddressSpace.parse(space)
    except AddressSyntaxError as error:
        message = f"not an address space, which is written TYPE:pattern;cost: {error}"
        raise ConfigurationError(error.code, message, "address_spaces") from None
