"""What is known of a connector and of a message when a route is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from proxyaddr.errors import ConfigurationError, Finding, check_text

__all__ = ["Activation", "Connector", "Message", "Proximity", "message_of", "place_findings"]


class Proximity(IntEnum):
    """Where a connector is, the nearest first (connector-selection.md; Q193322 tells local from remote)."""

    LOCAL = 0
    SAME_SITE = 1
    REMOTE = 2


class Activation(IntEnum):
    """When a connector sends, the soonest first (Q193322)."""

    ACTIVE_NOW = 0
    WILL_BECOME_ACTIVE = 1
    NEVER = 2
    REMOTE_INITIATED = 3


@dataclass(frozen=True, slots=True)
class Connector:
    """What is known of a connector; the defaults are those of one that is ready and local.

    `max_message_size` is in bytes, None without a limit; `site_cost` is added to the cost of the space; `delivering`
    marks the connector by which the message came in; `tries` and `open_retries` are counts.
    """

    name: str
    enabled: bool = True
    max_message_size: int | None = None
    site: str | None = None
    location: str | None = None
    site_cost: int = 0
    proximity: Proximity = Proximity.LOCAL
    delivering: bool = False
    open_retries: int = 0
    max_open_retries: int | None = None
    activation: Activation = Activation.ACTIVE_NOW
    tries: int = 0

    def __post_init__(self) -> None:
        check_text(self.name, "name")

    @property
    def in_open_retry(self) -> bool:
        """Whether opening it failed and is tried again."""
        return self.open_retries > 0

    @property
    def exhausted(self) -> bool:
        """Whether it has used up its open retries."""
        return self.max_open_retries is not None and self.open_retries >= self.max_open_retries


class Message(NamedTuple):
    """What is known of a message: its size in bytes and where it comes from; None where it is not known."""

    size: int | None = None
    site: str | None = None
    location: str | None = None


def message_of(size: int | None, site: str | None, location: str | None, connectors: Iterable[Connector]) -> Message:
    """Return what is known of a message; ConfigurationError for a site or a location where no connector has one.

    The location `*` is a member of every location (Q200474), and so excluded by none.
    """
    known = list(connectors)
    for given, name in ((site, "site"), (None if location == "*" else location, "location")):
        if given is not None and not any(getattr(connector, name) for connector in known):
            message = f"the table does not say of any connector in which {name} it is, so {given!r} can't count"
            raise ConfigurationError("no-sites", message, name)
    return Message(size, site, None if location == "*" else location)


def place_findings(site: str | None, location: str | None, connectors: Iterable[Connector]) -> tuple[Finding, ...]:
    """Return a finding for the site and the location of a message where no connector is in it: perhaps a slip."""
    found = []
    known = list(connectors)
    for given, name in ((site, "site"), (None if location == "*" else location, "location")):
        names = dict.fromkeys(place for connector in known if (place := getattr(connector, name)) is not None)
        if given is None or given.casefold() in {place.casefold() for place in names}:
            continue
        shown = ", ".join(list(names)[:_MOST_SHOWN])
        message = f"no connector of the table is in the {name} {given[:80]!r}; those that it names: {shown[:200]}"
        found.append(Finding("unknown-site", message))
    return tuple(found)


_MOST_SHOWN = 10
