"""A site with several Internet Mail Services: the routing table picks the one that a recipient goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.connector import TOML_TABLE, InternetMailService
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.delivery.resolver import unrouted
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import ConfigurationError, visible
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from proxyaddr.routing.table import RoutingTable

__all__ = ["Site", "from_config"]


class Site:
    """Internet Mail Services, each with a name of its own, and the table that routes among them. Immutable.

    `services` maps names to services. ConfigurationError when a name is missing, stands there twice, or has no route.
    """

    __slots__ = ("_directory", "routing_table", "services")

    def __init__(
        self,
        services: Iterable[InternetMailService],
        routing_table: RoutingTable,
        *,
        directory: Directory | None = None,
    ) -> None:
        self.routing_table = routing_table
        self._directory = directory
        named: dict[str, InternetMailService] = {}
        routed = {route.connector for route in routing_table.routes}
        for service in services:
            if service.name in named:
                raise ConfigurationError("repeated-name", f"two connectors are named {service.name!r}", "name")
            if service.name not in routed:
                message = f"the routing table has no route through {service.name!r}"
                raise ConfigurationError("no-route-to-connector", message, "name")
            settings: dict[str, Any] = {"routing_table": routing_table, "directory": service.directory or directory}
            named[service.name] = replace(service, **settings)
        if not named:
            raise ConfigurationError("no-connector", "a site has at least one connector", TOML_TABLE)
        self.services = MappingProxyType(named)

    def resolve(self, recipient: str | TypedAddress | ProxyList | Recipient) -> Delivery | NonDelivery:
        """Say through which connector a recipient goes out and how, or why not.

        The first of its addresses that the table routes decides: its target address, the address itself, its primary
        proxies. AddressSyntaxError for text that is no address, ConfigurationError where the table routes it to a
        connector that is no service of the site.
        """
        if isinstance(recipient, str):
            recipient = parse(recipient)
        first = next(iter(self.services.values()))
        for address in self._addresses(recipient):
            route = self.routing_table.route(address)
            if route is None:
                continue
            service = self.services.get(route.connector)
            if service is None:
                message = (
                    f"{visible(f'{address.type}:{address.value}')} goes to {route.connector!r}, no service of this site"
                )
                raise ConfigurationError("unknown-connector", message, "routing_table")
            return service.resolve(recipient)
        return unrouted(first, recipient)

    def _addresses(self, recipient: TypedAddress | ProxyList | Recipient) -> Iterator[TypedAddress]:
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
        """Read `[[internet_mail_service]]`, a table a service, each with a name, and `[routing_table]`."""
        from proxyaddr._files.documents import toml_document  # noqa: PLC0415 - only for files
        from proxyaddr.routing.table import RoutingTable  # noqa: PLC0415 - as above

        tables = toml_document(path, limits).get(TOML_TABLE)
        if not isinstance(tables, list):
            message = f"expected a table [[{TOML_TABLE}]] for each connector"
            raise ConfigurationError("wrong-type", message, TOML_TABLE, str(path))
        services = [InternetMailService.from_table(table, path) for table in tables]
        return cls(services, RoutingTable.from_toml(path, limits=limits), directory=directory)


def from_config(path: str | Path, **settings: Any) -> InternetMailService | Site:  # noqa: ANN401 - as InternetMailService takes
    """Read a file of one connector or, where it holds `[[internet_mail_service]]`, of a site with several."""
    if Path(path).suffix.lower() != ".reg":
        from proxyaddr._files.documents import toml_document  # noqa: PLC0415 - only for files

        if isinstance(toml_document(path).get(TOML_TABLE), list):
            other = settings.keys() - {"directory"}
            if other:
                message = f"{', '.join(sorted(other))}: a setting of one connector, the file holds several"
                raise ConfigurationError("several-connectors", message, source=str(path))
            return Site.from_toml(path, **settings)
    return InternetMailService.from_config(path, **settings)
