"""Findings that are known already: a file that an audit wrote, by which another one tells only what is new."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from proxyaddr.auditing.exports import exported_file
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits

__all__ = ["Identity", "is_known", "read_baseline"]

Identity = tuple[str, ...]
"""What tells a finding from others: its object, rule, attribute, value and key, and of what several hold a holder."""

_TELLING = ("object", "rule", "attribute", "value", "key")


def is_known(row: Mapping[str, object], known: frozenset[Identity]) -> bool:
    """Return whether the finding of a row is a known one: of what several hold, each of them held it before."""
    return _identity(row) in known or all(each in known for each in _identities(row))


def _identity(row: Mapping[str, object]) -> Identity:
    """Return what tells a finding from others, by its row; an empty cell is none."""
    return tuple("" if row.get(name) is None else str(row[name]) for name in _TELLING)


def _identities(row: Mapping[str, object]) -> Iterator[Identity]:
    """Yield what tells a finding from others for each of its holders; once where there is none."""
    found, holders = _identity(row), row.get("holders")
    if isinstance(holders, str):
        try:
            holders = json.loads(holders)
        except (ValueError, RecursionError):  # written by a person: then all who hold it are meant
            holders = None
    if isinstance(holders, list) and holders:
        yield from ((*found, str(holder)) for holder in holders)
    else:
        yield found


def read_baseline(path: str | Path, limits: Limits) -> frozenset[Identity]:
    """Return the findings of a file in any form that findings are written in.

    ConfigurationError for a file that can't be read, or that has no findings in it.
    """
    _, exported = exported_file(path, limits)
    found: set[Identity] = set()
    for entry in exported:
        if isinstance(entry, RowError):
            raise ConfigurationError("bad-baseline", entry.message, "baseline", str(path), entry.line)
        if not {"object", "rule"} <= entry.properties.keys():
            message = "expected findings as an audit writes them, with the columns object, rule, attribute, value, key"
            raise ConfigurationError("bad-baseline", message, "baseline", str(path), entry.line)
        for known in _identities(entry.properties):
            found.add(known)
            found.add(tuple(text.removeprefix("'") for text in known))  # CSV has one before what looks like a formula
    return frozenset(found)
