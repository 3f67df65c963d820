"""Checks the settings of a table, as TOML gives it, against the settings that are known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, NamedTuple

from proxyaddr.errors import ConfigurationError

__all__ = [
    "CONNECTOR_TABLE",
    "FLAG",
    "ROUTING_TABLE",
    "TABLES",
    "TABLE_OF_TEXTS",
    "TEXT",
    "TEXTS",
    "WHOLE_NUMBER",
    "Setting",
    "check_names",
    "member_of",
    "read_settings",
    "with_own_names",
]

CONNECTOR_TABLE = "internet_mail_service"
ROUTING_TABLE = "routing_table"
TABLES = (CONNECTOR_TABLE, ROUTING_TABLE)
"""The tables of a TOML file; one file may hold both, for the reader of connectors and for that of routing tables."""


class Setting(NamedTuple):
    """What a setting may hold.

    `what` says it in a message: `a string`. `read` takes the value from the file and returns the value to keep;
    ValueError where it is something else.
    """

    what: str
    read: Callable[[object], Any]


def read_settings(table: Mapping[str, object], known: Mapping[str, Setting], source: str, owner: str) -> dict[str, Any]:
    """Return the settings of a table by name; `owner`, such as `a connector`, is whose settings they are.

    ConfigurationError for a setting that is not among the known ones, or that holds something else than it may.
    """
    check_names(table, tuple(known), source, owner)
    settings: dict[str, Any] = {}
    for key, value in table.items():
        try:
            settings[key] = known[key].read(value)
        except ValueError:
            message = f"{key} is {known[key].what}, not {value!r}"
            raise ConfigurationError("wrong-type", message, key, source) from None
    return settings


def check_names(
    names: Collection[str], known: Collection[str], source: str, owner: str, elsewhere: Mapping[str, str] | None = None
) -> None:
    """Check that all names are known ones of an owner, such as `a connector`.

    ConfigurationError for the first that is not; it says which known name is nearest, and lists them all. `elsewhere`
    has names that belong in a table, and the table.
    """
    for name in names:
        if name not in known:
            # Product's spellings have no underscores: without them a slip in one is near its own name
            written = {each.replace("_", ""): each for each in known}
            near = get_close_matches(name.lower().replace("_", ""), written, 1)
            meant = f" (did you mean {written[near[0]]!r}?)" if near else ""
            place = (elsewhere or {}).get(name.lower())
            meant = meant if place is None else f" (it belongs in [{place}])"
            message = f"unknown name {name!r} in {owner}{meant}; known are {', '.join(known)}"
            raise ConfigurationError("unknown-setting", message, name, source)


def with_own_names(table: Mapping[str, object], spellings: Mapping[str, str], source: str) -> dict[str, object]:
    """Return a table with the product's spellings replaced by our own names.

    `spellings` maps each, in lower case, to our name. ConfigurationError for a setting that is given in both.
    """
    renamed: dict[str, object] = {}
    written: dict[str, str] = {}
    for key, value in table.items():
        name = spellings.get(key.lower(), key)
        if name in renamed:
            message = f"{name} is given twice, as {written[name]!r} and as {key!r}"
            raise ConfigurationError("repeated-setting", message, name, source)
        renamed[name], written[name] = value, key
    return renamed


def member_of(kind: type[Enum]) -> Setting:
    """Return a setting that holds the name of a member, in upper or lower case."""
    members = {member.name.lower(): member for member in kind}

    def read(value: object) -> Enum:
        found = members.get(str(value).lower())
        if found is None:
            raise ValueError(value)
        return found

    return Setting(f"one of {', '.join(members)}", read)


def _instance_of(kind: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        if type(value) is not kind:  # true is an int as well
            raise ValueError(value)
        return value

    return read


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(member, str) for member in value):
        raise ValueError(value)
    return value


def _table_of_texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(value)
    _texts(list(value.values()))
    return value


TEXT = Setting("a string", _instance_of(str))
FLAG = Setting("true or false", _instance_of(bool))
WHOLE_NUMBER = Setting("a whole number", _instance_of(int))
TEXTS = Setting("a list of strings", _texts)
TABLE_OF_TEXTS = Setting("a table of strings", _table_of_texts)
