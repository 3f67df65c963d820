"""The compiled matcher; so far it asks the routing table itself, one address at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxyaddr.addresses import TypedAddress
    from proxyaddr.routing import RoutingTable

__all__ = ["Matcher"]


class Matcher:
    """Gives the index of the route that takes an address."""

    __slots__ = ("_table",)

    def __init__(self, table: RoutingTable) -> None:
        self._table = table

    def match(self, address: str | TypedAddress) -> int:
        """Return the index into the table's routes, -1 where there is none."""
        return self._table.route_index(address)
