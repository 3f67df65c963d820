"""Checks the settings of a table, as TOML gives it, against the settings that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from proxyaddr.errors import ConfigurationError

__all__ = ["FLAG", "TABLE_OF_TEXTS", "TEXT", "TEXTS", "WHOLE_NUMBER", "Setting", "member_of", "read_settings"]


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
    settings: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            message = f"{owner} has no {key!r}; expected {', '.join(known)}"
            raise ConfigurationError("unknown-setting", message, key, source)
        try:
            settings[key] = known[key].read(value)
        except ValueError as error:
            message = f"{key} is {known[key].what}, not {value!r}"
            raise ConfigurationError("wrong-type", message, key, source) from error
    return settings


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
