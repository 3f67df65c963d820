"""Routing tables as commands of the Exchange Management Shell that make their connectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.routing.json import by_connector, modern
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import check_connector_names
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.space import Scope

__all__ = ["powershell_text", "quoted"]

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
"""The characters that end a text in single quotes (PowerShell language specification 2.3.5.2)."""


def powershell_text(routes: Iterable[Route], connectors: Mapping[str, Connector], dialect: Dialect) -> str:
    """Return a command for each connector: New-SendConnector for Internet mail, else New-ForeignConnector.

    Smart hosts and servers are not in a table, and are left to whoever runs the commands. Patterns of older dialects
    that take a whole domain are written as that domain. ConfigurationError for a space that has no such form, and for a
    name that a command can't hold.
    """
    written = [modern(route, dialect) for route in routes]
    for route in written:
        check_connector_names(route, "\n")
    internet = [route for route in written if route.space.type == DEFAULT_TYPE]
    others = [route for route in written if route.space.type != DEFAULT_TYPE]
    lines: list[str] = []
    for command, kept in (("SendConnector", internet), ("ForeignConnector", others)):
        for (name, scope), spaces in by_connector(kept).items():
            lines += _commands(command, name, scope, spaces, connectors.get(name) or Connector(name))
    return "".join(f"{line}\n" for line in lines)


def _commands(command: str, name: str, scope: Scope, spaces: Sequence[str], known: Connector) -> list[str]:
    """Return the command that makes a connector, and for a foreign one that which sets the rest."""
    texts = ",".join(map(quoted, spaces))
    made = f"New-{command} -Name {quoted(name)} -AddressSpaces {texts}"
    if scope is not Scope.ORGANIZATION:
        made += " -IsScopedConnector $true"
    settings = "" if known.enabled else " -Enabled $false"
    if known.max_message_size is not None:
        settings += f" -MaxMessageSize {known.max_message_size}B"
    if command == "SendConnector" or not settings:
        return [made + settings]
    return [made, f"Set-{command} -Identity {quoted(name)}{settings}"]


def quoted(text: str) -> str:
    """Return a text in single quotes, inside which nothing else has a meaning.

    >>> print(quoted("Joe's $(connector)"))
    'Joe''s $(connector)'
    """
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"
