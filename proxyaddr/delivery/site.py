"""Site: several Internet Mail Services, and the routing table that picks the one a recipient goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxyaddr._files.documents import parse_toml, toml_document
from proxyaddr._files.registry import holds_registry_key
from proxyaddr._files.settings import CONNECTOR_TABLE, ROUTING_TABLE
from proxyaddr._files.text import read_bytes
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.connector import InternetMailService
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.delivery.resolver import returned_as_unrouted
from proxyaddr.delivery.settings_files import check_tables, toml_routing
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import ConfigurationError, check_type, visible
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.routing.table import RoutingTable

if TYPE_CHECKING:
    from proxyaddr.delivery.resolutions import Resolutions
    from proxyaddr.directory.directory import Directory

__all__ = ["Site", "from_config"]


class Site:
    """Internet Mail Services, each with a name of its own, and the table that routes among them. Immutable.

    ConfigurationError when there is no service, two have one name, or the table has no route through one of them. A
    service without a directory gets that of the site.
    """

    __slots__ = ("_directory", "_routing_table", "_services")

    def __init__(
        self,
        services: Iterable[InternetMailService],
        routing_table: RoutingTable,
        *,
        directory: Directory | None = None,
    ) -> None:
        check_type(routing_table, RoutingTable, "routing_table")
        self._routing_table = routing_table
        self._directory = directory
        named: dict[str, InternetMailService] = {}
        routed = {route.connector for route in (*routing_table.routes, *routing_table.accepted_spaces)}
        for service in services:
            check_type(service, InternetMailService, "a service")
            if service.name in named:
                raise ConfigurationError("repeated-name", f"two connectors are named {service.name!r}", "name")
            if service.name not in routed:
                message = f"the routing table has no route through {service.name!r}"
                raise ConfigurationError("no-route-to-connector", message, "name")
            settings: dict[str, Any] = {"routing_table": routing_table, "directory": service.directory or directory}
            named[service.name] = replace(service, **settings)
        if not named:
            raise ConfigurationError("no-connector", "a site has at least one connector", CONNECTOR_TABLE)
        self._services = named

    def with_table(self, routing_table: RoutingTable) -> Site:
        """Return the services with another table, such as one with accepted domains; errors as in making a site."""
        return Site(self._services.values(), routing_table, directory=self._directory)

    def __repr__(self) -> str:
        return visible(f"Site({', '.join(self._services)}; {self._routing_table!r})")

    @property
    def services(self) -> Mapping[str, InternetMailService]:
        """The services by name, in the order given."""
        return MappingProxyType(self._services)

    @property
    def routing_table(self) -> RoutingTable:
        """The table that routes among the services."""
        return self._routing_table

    @property
    def directory(self) -> Directory | None:
        """The directory that addresses are looked up in."""
        return self._directory

    def resolve(self, recipient: str | TypedAddress | ProxyList | Recipient) -> Delivery | NonDelivery:
        """Return through which connector a recipient goes out and how, or the report of why not.

        The first of its addresses that the table routes decides: its target address, the address itself, its primary
        proxies. AddressSyntaxError for text that is no address, ConfigurationError where the table routes it to a
        connector that is no service of the site.
        """
        if isinstance(recipient, str):
            recipient = parse(recipient)
        for address in self.addresses_of(recipient):
            route = self._routing_table.route(address)
            if route is None:
                continue
            service = self._services.get(route.connector)
            if service is None:
                message = (
                    f"{visible(f'{address.type}:{address.value}')} goes to {route.connector!r}, no service of this site"
                )
                raise ConfigurationError("unknown-connector", message, "routing_table")
            return service.resolve(recipient)
        return returned_as_unrouted(next(iter(self._services.values())), recipient)

    def resolve_many(self, recipients: Iterable[str | TypedAddress | ProxyList | Recipient]) -> Resolutions:
        """Return what becomes of many recipients, or of a whole directory, as `resolve` says of each."""
        from proxyaddr.delivery.deciding import Decider  # noqa: PLC0415 - one recipient does without
        from proxyaddr.delivery.resolutions import Resolutions  # noqa: PLC0415 - as above

        decider = Decider(self._services, self._routing_table, self._directory, self.resolve, is_site=True)
        return Resolutions(decider, recipients)

    def addresses_of(self, recipient: TypedAddress | ProxyList | Recipient) -> Iterator[TypedAddress]:
        """Yield the addresses of a recipient that the table is asked about, the first one first."""
        holders: tuple[Recipient, ...] = ()
        if isinstance(recipient, Recipient):
            holders = (recipient,)
        elif isinstance(recipient, ProxyList):
            holders = (Recipient("", recipient),)
        elif self._directory is not None:
            holders = self._directory.find(recipient)
        for holder in holders:
            if holder.target_address is not None:
                yield holder.target_address
            yield from (proxy for proxy in holder.proxies if proxy.is_primary)
        if not holders and isinstance(recipient, TypedAddress):
            yield recipient

    @classmethod
    def from_toml(
        cls, path: str | Path, *, directory: Directory | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> Site:
        """Read `[[internet_mail_service]]`, a table for each service with a name, and `[routing_table]`.

        ConfigurationError where a table is missing or wrong.
        """
        return cls.from_document(toml_document(path, limits), path, directory=directory, limits=limits)

    @classmethod
    def from_document(
        cls,
        document: Mapping[str, Any],
        path: str | Path,
        *,
        directory: Directory | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Site:
        """Read the content of a TOML file as `from_toml` does; `path` is the file that messages name."""
        check_tables(document, path)
        tables = document.get(CONNECTOR_TABLE)
        if not isinstance(tables, list):
            message = f"expected a table [[{CONNECTOR_TABLE}]] for each connector"
            raise ConfigurationError("wrong-type", message, CONNECTOR_TABLE, str(path))
        services = [InternetMailService.from_table(table, path) for table in tables]
        table = toml_routing(document, path, limits)
        if table is None:
            raise ConfigurationError("no-routing-table", f"no table [{ROUTING_TABLE}]", ROUTING_TABLE, str(path))
        return cls(services, table, directory=directory)


def from_config(
    path: str | Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    **settings: Any,  # noqa: ANN401 - as InternetMailService takes
) -> InternetMailService | Site:
    """Read a file of one connector or, where it holds `[[internet_mail_service]]`, of a site with several.

    Keyword settings win over those of the file; ConfigurationError for one that a site does not take.
    """
    data = read_bytes(path, limits)
    if holds_registry_key(data, path):
        return InternetMailService.from_registry_data(data, path, limits=limits, **settings)
    document = parse_toml(data, path, limits)
    if not isinstance(document.get(CONNECTOR_TABLE), list):
        return InternetMailService.from_document(document, path, limits=limits, **settings)
    other = settings.keys() - {"directory"}
    if other:
        message = f"{', '.join(sorted(other))}: a setting of one connector, the file holds several"
        raise ConfigurationError("several-connectors", message, source=str(path))
    return Site.from_document(document, path, limits=limits, **settings)
