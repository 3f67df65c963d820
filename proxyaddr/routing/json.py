"""Routing tables as JSON, in the form in which Get-SendConnector exports connectors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import ConfigurationError
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import check_cost
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import comparable_pattern
from proxyaddr.spaces.space import ACCEPTED_DOMAINS, DOMAIN, Scope

__all__ = ["by_connector", "connectors_json", "modern"]


def connectors_json(routes: Iterable[Route], connectors: Mapping[str, Connector], dialect: Dialect) -> str:
    """Return the connectors of routes as an array of objects; of a route's hops the first is kept.

    ConfigurationError for a table of Exchange 5.5, since such exports are read by the rules of Exchange 2007, and for a
    space that those do not have.
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
        for (name, scope), spaces in by_connector(modern(route, dialect) for route in routes).items()
        for known in [connectors.get(name) or Connector(name)]
    ]
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def modern(route: Route, dialect: Dialect) -> Route:
    """Return a route whose space has the form of Exchange 2007 and later; ConfigurationError where it has none."""
    space = route.space
    check_cost(route, Dialect.EXCHANGE2007)
    if dialect is Dialect.EXCHANGE2007 or space.type != DEFAULT_TYPE or space.pattern == ACCEPTED_DOMAINS:
        return route
    if dialect is Dialect.EXCHANGE2000:
        domain = comparable_pattern(space.type, space.pattern, dialect) if "*" in space.pattern else space.pattern
        has_form = DOMAIN.fullmatch(domain) is not None
    else:
        domain = space.pattern.removeprefix("*@") or "*"
        is_whole = domain != space.pattern or space.pattern in ("", "*")
        has_form = is_whole and DOMAIN.fullmatch(domain) is not None and ("*" not in domain or domain == "*")
    if not has_form:
        message = f"{space} of {route.connector} has no form in Exchange 2007 and later, which compare domains"
        raise ConfigurationError("unwritable-space", message, "address_spaces")
    return Route(replace(space, pattern=domain, dialect=Dialect.EXCHANGE2007), route.connectors)


def by_connector(routes: Iterable[Route]) -> dict[tuple[str, Scope], list[str]]:
    """Return the spaces of each first connector and scope, in the order of the routes."""
    found: dict[tuple[str, Scope], list[str]] = {}
    for route in routes:
        space = route.space
        text = f"{space.type}:{space.pattern};{space.cost}"
        found.setdefault((route.connector, space.scope), []).append(text)
    return found
