"""Routing tables as exports of send, foreign and delivery agent connectors, and of connectors of Exchange Online."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from proxyaddr._files.objects import Exported, Objects, is_true, key_of, objects_in_text, unknown_column
from proxyaddr._files.text import read_text
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.rows import RouteRow, TableRows
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.space import Scope

__all__ = ["ACCEPTED", "SPACES", "connector_rows", "connectors_of", "read_connectors"]

_SIZE = re.compile(
    r"\(([0-9,.\u00a0\u202f ]{1,30}) bytes\)|^\s*([0-9]{1,18}(?:\.[0-9]{1,6})?)\s*([KMGT]?B?)\s*$", re.IGNORECASE
)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_UNLIMITED = "unlimited"


def read_connectors(path: str | Path, limits: Limits) -> TableRows:
    """Return the address spaces of the connectors in a file of any form of objects, and what it says of the connectors.

    A connector without a name, or a space of an unknown form, is an error; the rest is kept. ConfigurationError for a
    file that can't be read, and for one that names neither address spaces nor recipient domains.
    """
    return connectors_of(read_text(path, limits), str(path), limits)


def connectors_of(text: str, source: str, limits: Limits) -> TableRows:
    """Return what `read_connectors` does of a text that was read from a file."""
    read = objects_in_text(text, source, limits)
    keys = {key_of(name) for name in read.header}
    if read.header and not SPACES & keys:
        raise unknown_column("bad-header", read.header, ("AddressSpaces", "RecipientDomains"), source)
    if read.header and not keys & set(_NAMES):
        raise unknown_column("bad-header", read.header, ("Name", "Identity"), source)
    return connector_rows(read, source)


def connector_rows(read: Objects, source: str) -> TableRows:
    """Return the address spaces of the connectors that a file holds, and what it says of the connectors."""
    connectors: list[Connector] = []
    return TableRows(_rows(read, source, connectors), connectors)


def _rows(read: Objects, source: str, connectors: list[Connector]) -> Iterator[tuple[int, RouteRow] | RowError]:
    """Yield the address spaces of connectors, and add to a list what the file says of each."""
    first: Exported | None = None
    states_spaces = False
    for entry in read.objects:
        if isinstance(entry, RowError):
            yield entry
            continue
        first = first or entry
        held = _gathered(entry.properties)
        states_spaces = states_spaces or not SPACES.isdisjoint(held)
        name = next((text for key in _NAMES if (text := _text(held.get(key)).strip(TRIMMED))), "")
        if not name:
            yield RowError("no-connector-name", "expected an object with Name", entry.line, source)
            continue
        try:
            state = Connector(name, _flag("Enabled", held.get("enabled"), True), _size(held.get("maxmessagesize")))
            scoped = _flag("IsScopedConnector", held.get("isscopedconnector"), False)
        except ConfigurationError as error:
            yield RowError(error.code, f"{name[:_SHOWN]}: {error}", entry.line, source, error)
            state, scoped = Connector(name), False
        connectors.append(state)
        scope = Scope.SITE if scoped else Scope.ORGANIZATION
        for space in _spaces(held):
            row = _space_row(space, name, scope)
            if isinstance(row, RouteRow):
                yield (entry.line, row)
            else:
                yield RowError(row.code, f"{name[:_SHOWN]}: {row.message}", entry.line, source, row)
    if first is not None and not states_spaces:
        raise unknown_column("bad-header", tuple(first.properties), ("AddressSpaces", "RecipientDomains"), source)


_SHOWN = 100
"""Characters of a connector's name in the error of each of its spaces, of which there may be many."""

_NAMES = ("name", "identity")
"""The properties that name a connector, as names compare, the better one first."""


SPACES = {"addressspaces", "recipientdomains", "allaccepteddomains"}
"""The properties of connectors, as names compare, that say which addresses they take."""

ACCEPTED = "--"
"""The address space of the accepted domains, as EdgeSync writes it."""

_JOINT = re.compile(
    r"(?:,[ \t]*|(?<![ \t])[ \t]+|\|)(?=[A-Za-z0-9&._-]+:)|\||"
    r"(?:(?<=;[0-9])|(?<=;[0-9]{2})|(?<=;[0-9]{3}))(?:[ \t]*,[ \t]*|[ \t]+)"
)
"""What stands between spaces in one text (Select-Object, $OFS): a comma, blanks or `|` before a type, `|`, or a comma
or blanks behind a cost, since a type may have a blank."""

_UNTYPED_JOINT = re.compile(r",[ \t]*|[ \t]+|\|")


def _gathered(properties: Mapping[str, object]) -> dict[str, object]:
    """Return properties by the names as they compare; those of numbered columns together in a list."""
    gathered: dict[str, object] = {}
    for name, value in properties.items():
        key = key_of(name)
        if key not in gathered:
            gathered[key] = value
        elif value not in (None, ""):
            known = gathered[key]
            gathered[key] = [*(known if isinstance(known, list) else [known]), value]
    # LDIF has a list for each attribute, of one value too
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in gathered.items()}


def _spaces(held: Mapping[str, object]) -> Iterator[object]:
    """Yield the spaces of a connector: texts or objects, as they are written."""
    yield from _members(held.get("addressspaces"), _JOINT)
    for domain in _members(held.get("recipientdomains"), _UNTYPED_JOINT):
        is_domain = isinstance(domain, str) and not _is_not_exported(domain)
        yield f"{DEFAULT_TYPE}:{domain}" if is_domain else domain
    if is_true(held.get("allaccepteddomains")):
        yield f"{DEFAULT_TYPE}:{ACCEPTED}"


def _members(value: object, joint: re.Pattern[str]) -> Iterator[object]:
    """Yield the members of a collection; those of a text are separated by `joint`, in braces or without."""
    if value is None:
        return
    for member in value if isinstance(value, list) else [value]:
        if not isinstance(member, str) or member.startswith("@{"):
            yield member
            continue
        text = member.strip(TRIMMED)
        cut_off = None
        if text.startswith("{"):
            whole = text.endswith("}")
            text = text[1:].removesuffix("}")
            kept = text.rstrip(".\u2026")
            if kept != text or not whole:
                cut_off = ConfigurationError(
                    "cut-off-list", f"the list was cut off when it was exported: {NOT_EXPORTED}"
                )
                text = kept
        yield from filter(None, _pieces(text, joint))
        if cut_off is not None:
            yield cut_off


def _pieces(text: str, joint: re.Pattern[str]) -> Iterator[str]:
    """Yield the pieces of a text; a word before a blank and a type is the start of that type, as in `Lotus Notes:*`.

    Domains without a type are separated by commas alone.
    """
    if joint is _JOINT and _TYPED.isdisjoint(text):
        joint = _UNTYPED_JOINT
    start = 0
    for found in joint.finditer(text):
        piece = text[start : found.start()].strip(TRIMMED)
        if found[0].isspace() and joint is _JOINT and _NO_WORD.isdisjoint(piece):
            continue
        yield piece
        start = found.end()
    yield text[start:].strip(TRIMMED)


_TYPED = frozenset(":=;")
"""Characters of which a space with a type or a cost, or one that is no domain, has one."""

_NO_WORD = frozenset(":.*;")
"""Characters of which a space without a type has one."""

NOT_EXPORTED = "export with `| ConvertTo-Json -Depth 5` or `| Export-Clixml FILE`"


def _space_row(space: object, connector: str, scope: Scope) -> RouteRow | ConfigurationError:
    """Return the row of an address space, or the error of what is neither text nor an object with an address."""
    if isinstance(space, ConfigurationError):
        return space
    if isinstance(space, str):
        if _is_not_exported(space):
            return ConfigurationError("not-exported", f"{space[:60]!r} is no address space: {NOT_EXPORTED}")
        return RouteRow((connector,), space=space, scope=scope)
    read = {str(key).lower(): value for key, value in space.items()} if isinstance(space, Mapping) else {}
    address, domain = read.get("address"), read.get("domain")
    if address is None and isinstance(domain, str):
        address = f"*.{domain}" if is_true(read.get("includesubdomains")) and "*" not in domain else domain
    if address is None:
        return ConfigurationError("bad-route", "expected a space as text, or an object with Type, Address and Cost")
    return RouteRow(
        (connector,), type=read.get("type") or DEFAULT_TYPE, pattern=address, cost=read.get("cost", 1), scope=scope
    )


_COLLECTION = re.compile(r"(?:System|Microsoft)\.[\w.`]+(?:\[\]|\[.*\])?")


def _is_not_exported(text: str) -> bool:
    """Return whether a text only names an object, in place of what it holds."""
    return text.startswith("@{") or _COLLECTION.fullmatch(text) is not None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _flag(name: str, value: object, default: bool) -> bool:
    if value is None or value == "":
        return default
    found = is_true(value)
    if found is None:
        raise ConfigurationError("wrong-type", f"{name} is true or false, not {str(value)[:60]!r}", name)
    return found


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
