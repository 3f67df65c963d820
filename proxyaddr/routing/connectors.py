"""Routing tables as JSON of send connectors, as `Get-SendConnector | ConvertTo-Json` writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from proxyaddr._files.documents import json_objects
from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.rows import RouteRow, TableRows
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.space import Scope

__all__ = ["read_connectors"]

_SIZE = re.compile(
    r"\(([0-9,.\u00a0\u202f ]{1,30}) bytes\)|^\s*([0-9]{1,18}(?:\.[0-9]{1,6})?)\s*([KMGT]?B?)\s*$", re.IGNORECASE
)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_UNLIMITED = "unlimited"


def read_connectors(path: str | Path, limits: Limits) -> TableRows:
    """Return the address spaces of the connectors in a file, and what it says of the connectors.

    A connector without a name, or a space of an unknown form, is an error; the rest is kept. The line of a row is the
    number of the object, from 1. ConfigurationError for a file that can't be read.
    """
    source = str(path)
    rows: list[tuple[int, RouteRow] | RowError] = []
    connectors: list[Connector] = []
    for number, entry in enumerate(json_objects(path, limits), 1):
        read = {str(key).lower(): value for key, value in entry.items()} if isinstance(entry, Mapping) else {}
        name = read.get("name") or read.get("identity")
        if not isinstance(name, str) or not name.strip():
            rows.append(RowError("no-connector-name", "expected an object with Name", number, source))
            continue
        try:
            connectors.append(Connector(name, _enabled(read.get("enabled")), _size(read.get("maxmessagesize"))))
        except ConfigurationError as error:
            rows.append(RowError(error.code, f"{name}: {error}", number, source, error))
            connectors.append(Connector(name))
        scope = Scope.SITE if read.get("isscopedconnector") is True else Scope.ORGANIZATION
        spaces = read.get("addressspaces")
        for space in spaces if isinstance(spaces, list) else [] if spaces is None else [spaces]:
            row = _space_row(space, name, scope)
            if row is None:
                message = f"{name}: expected a space as text, or an object with Type, Address and Cost"
                rows.append(RowError("bad-route", message, number, source))
            else:
                rows.append((number, row))
    return TableRows(rows, connectors)


def _space_row(space: object, connector: str, scope: Scope) -> RouteRow | None:
    """Return the row of an address space, None where it is neither text nor an object with an address."""
    if isinstance(space, str):
        return RouteRow((connector,), space=space, scope=scope)
    read = {str(key).lower(): value for key, value in space.items()} if isinstance(space, Mapping) else {}
    address = read.get("address", read.get("domain"))
    if address is None:
        return None
    return RouteRow(
        (connector,), type=read.get("type") or DEFAULT_TYPE, pattern=address, cost=read.get("cost", 1), scope=scope
    )


def _enabled(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return value is not False
    raise ConfigurationError("wrong-type", f"Enabled is true or false, not {value!r}", "Enabled")


def _size(value: object) -> int | None:
    """Return the bytes of `10 MB (10,485,760 bytes)`, `35MB` or a number; None for Unlimited.

    ConfigurationError for anything else.
    """
    if isinstance(value, Mapping):
        value = None if value.get("IsUnlimited") is True else value.get("Value")
        value = value.get("Value", value) if isinstance(value, Mapping) else value
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", _UNLIMITED)):
        return None
    match = _SIZE.search(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if match is None:
        message = f"MaxMessageSize is Unlimited or a size such as 10 MB, not {str(value)[:60]!r}"
        raise ConfigurationError("bad-size", message, "MaxMessageSize")
    if match[1]:
        return int(re.sub(r"[^0-9]", "", match[1]) or 0)
    return int(float(match[2]) * _UNITS[match[3].lower().removesuffix("b")])
