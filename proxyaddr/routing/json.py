"""Routing tables as JSON, in the form in which Get-SendConnector exports connectors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from proxyaddr.errors import ConfigurationError
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.space import Scope

__all__ = ["by_connector", "connectors_json"]


def connectors_json(routes: Iterable[Route], connectors: Mapping[str, Connector], dialect: Dialect) -> str:
    """Return the connectors of routes as an array of objects; of a route's hops the first is kept.

    ConfigurationError for a table of Exchange 5.5, since such exports are read by the rules of Exchange 2007.
    """
    if dialect is Dialect.EXCHANGE55:
        message = (
            "exports of connectors are read by the rules of Exchange 2007, the table is of exchange55: TOML keeps it"
        )
        raise ConfigurationError("dialect-conflict", message, "dialect")
    objects = [
        {
            "Name": name,
            "Enabled": known.enabled,
            "AddressSpaces": spaces,
            "MaxMessageSize": "Unlimited" if known.max_message_size is None else known.max_message_size,
            "IsScopedConnector": scope is not Scope.ORGANIZATION,
        }
        for (name, scope), spaces in by_connector(routes).items()
        for known in [connectors.get(name) or Connector(name)]
    ]
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def by_connector(routes: Iterable[Route]) -> dict[tuple[str, Scope], list[str]]:
    """Return the spaces of each first connector and scope, in the order of the routes."""
    found: dict[tuple[str, Scope], list[str]] = {}
    for route in routes:
        space = route.space
        text = f"{space.type}:{space.pattern};{space.cost}"
        found.setdefault((route.connector, space.scope), []).append(text)
    return found
