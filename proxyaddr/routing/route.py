"""A route: an address space, and the connectors that mail to it goes through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proxyaddr.errors import ConfigurationError, check_type
from proxyaddr.spaces.space import AddressSpace

__all__ = ["Route"]


@dataclass(frozen=True, slots=True, init=False)
class Route:
    """An address space, and the connectors that mail to it goes through, in order.

    Making one raises ConfigurationError where there is no connector, or one without a name.
    """

    space: AddressSpace
    connectors: tuple[str, ...]

    def __init__(self, space: AddressSpace, connectors: str | Iterable[str]) -> None:
        check_type(space, AddressSpace, "space")
        hops = (connectors,) if isinstance(connectors, str) else tuple(connectors)
        if not hops or not all(isinstance(hop, str) and hop for hop in hops):
            raise ConfigurationError("no-connector", f"a route names a connector: {space}", "connector")
        object.__setattr__(self, "space", space)
        object.__setattr__(self, "connectors", hops)

    @property
    def connector(self) -> str:
        """The first connector, which takes the mail from here."""
        return self.connectors[0]
