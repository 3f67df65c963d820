"""Which addresses one routing table sends elsewhere than another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, INTERNET_TYPES
from proxyaddr.routing.answers import answers_of
from proxyaddr.routing.chooser import RouteChooser
from proxyaddr.routing.explanation import NO_ROUTE, fate_without_route
from proxyaddr.spaces.components import COMPONENT_TYPES
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import pattern_components
from proxyaddr.spaces.space import AddressSpace

__all__ = ["Move", "moves"]

_FRESH = "zz-any"
"""What stands for a wildcard in the address that stands for a space: a text that no other space is likely to name."""


class Move(NamedTuple):
    """An address that goes elsewhere: `space` is the space that it stands for, None where it was given.

    `before` and `after` say where it goes: the connectors, `no route` and what becomes of it, or that it is unknown.
    """

    address: str
    space: str | None
    before: str
    after: str


def moves(before: RouteChooser, after: RouteChooser, addresses: Iterable[str] | None) -> tuple[Move, ...]:
    """Return the addresses that move: one that stands for each space of either table, or of those given."""
    if addresses is not None:
        asked: Iterable[tuple[str, str | None]] = ((address, None) for address in addresses)
    else:
        asked = _of_spaces(before, after)
    found = []
    said_before, said_after = answers_of(before), answers_of(after)
    for address, space in asked:
        goes, went = said_before(address), said_after(address)
        if goes != went:
            found.append(Move(address, space, _with_fate(goes, before, address), _with_fate(went, after, address)))
    return tuple(found)


def _with_fate(said: str, table: RouteChooser, address: str) -> str:
    """Return what is said of an address, and where no route takes it, what the product does with the mail."""
    if said != NO_ROUTE:
        return said
    return f"{said}: {fate_without_route(table.dialect, table.read(address).type)}"


def _of_spaces(*tables: RouteChooser) -> Iterable[tuple[str, str]]:
    """Return an address for each space of the tables, each address once."""
    found: dict[str, str] = {}
    for table in tables:
        for route in table.routes:
            for address in _addresses(route.space):
                found.setdefault(address, f"{route.space.type}:{route.space.pattern}")
    return found.items()


def _addresses(space: AddressSpace) -> list[str]:
    """Return addresses that a space takes, unless another one names their domain or text: two for `*.contoso.com`."""
    pattern = space.pattern
    if space.type in COMPONENT_TYPES:
        return [f"{space.type}:{_value(space)}"]
    if space.type == DEFAULT_TYPE and space.dialect is not Dialect.EXCHANGE55:
        fresh = pattern.replace("*", _FRESH) if pattern != "*" else f"{_FRESH}.invalid"
        both = [fresh, pattern.removeprefix("*.")] if pattern.startswith("*.") else [fresh]
        return [f"{space.type}:{_FRESH}@{domain}" for domain in both]
    text = pattern.replace("*", _FRESH).replace("%", "z") or _FRESH
    if space.type in INTERNET_TYPES and "@" not in text:
        text = f"{_FRESH}@{_FRESH}.invalid" if pattern in ("", "*") else pattern.replace("*", f"{_FRESH}@{_FRESH}", 1)
        text = text.replace("*", _FRESH).replace("%", "z")
    return [f"{space.type}:{text}"]


def _value(space: AddressSpace) -> str:
    """Return a value whose components are those that a space names."""
    parts = pattern_components(space.type, space.pattern)
    if space.type != "X400":
        texts = [str(text).replace("*", _FRESH) for text in parts.values()] or [_FRESH]
        return "/".join([*([""] if space.type == "EX" else []), *texts])
    named = {name: text.replace("*", _FRESH) for name, text in parts.items() if name != "*"}
    return ";".join(f"{name}={text}" for name, text in ({"C": _FRESH} | named).items())
