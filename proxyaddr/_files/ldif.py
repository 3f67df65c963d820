"""Reads LDIF (RFC 2849) as directories export it: entries with their attributes, folded lines and base64 decoded."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from proxyaddr._files.text import read_text, too_long
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Entry", "ldif_entries"]


@dataclass(slots=True)
class Entry:
    """One entry: the line where it starts, and the values of each attribute, by name in lower case without options."""

    line: int
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """Return the first value of the first of these attributes that the entry has, an empty text without any."""
        return next((self.attributes[name][0] for name in names if name in self.attributes), "")


def ldif_entries(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Entry | RowError]:
    """Yield the entries of a file, and an error for every line that can't be read; an entry keeps its good lines.

    A record that changes or deletes an entry is an error, and so is a value that is stored elsewhere (`:<`), since
    nothing is fetched. ConfigurationError when the file can't be read or has more entries than the limits allow.
    """
    source = str(path)
    entry: Entry | None = None
    entries = 0
    for line, text in _logical_lines(read_text(path, limits), limits):
        if text is None:
            yield RowError("too-long", too_long(limits), line, source)
            continue
        if not text:
            if entry is not None:
                yield _checked(entry, source)
            entry = None
            continue
        try:
            name, value = _attribute(text)
        except ValueError as error:
            yield RowError("bad-ldif", str(error), line, source)
            continue
        if entry is None and name == "version":
            continue
        if entry is None:
            entries += 1
            if entries > limits.file_rows:
                message = f"at most {limits.file_rows} entries are read; `limits=` allows more"
                raise ConfigurationError("too-many-rows", message, source=source, line=line)
            entry = Entry(line)
        entry.attributes.setdefault(name, []).append(value)


def _checked(entry: Entry, source: str) -> Entry | RowError:
    """Return an entry, or the error of a record without a name or with a change."""
    if "dn" not in entry.attributes:
        return RowError("bad-ldif", "an entry starts with dn:", entry.line, source)
    change = entry.first("changetype")
    if change not in ("", "add"):
        return RowError("ldif-change", f"the record is a change of type {change!r}, not an entry", entry.line, source)
    return entry


def _logical_lines(text: str, limits: Limits) -> Iterator[tuple[int, str | None]]:
    """Yield each line, joined with its continuations and with its number, and an empty line at the end.

    Comments are left out. None stands for a line that is too long.
    """
    parts: list[str] = []
    first = length = 0
    for number, raw in enumerate([*text.split("\n"), ""], 1):
        line = raw.removesuffix("\r")
        length += len(line)
        if line.startswith(" ") and parts:
            if length <= limits.line_length:
                parts.append(line[1:])
            continue
        if parts and not parts[0].startswith("#"):
            yield first, "".join(parts) if length - len(line) <= limits.line_length else None
        parts, first, length = [line[: limits.line_length + 1]], number, len(line)
    yield first, ""


def _attribute(text: str) -> tuple[str, str]:
    """Return the name and the value of a line `name: value` or `name:: base64`; ValueError for any other line."""
    name, colon, rest = text.partition(":")
    name = name.partition(";")[0].strip().lower()
    if not colon or not name:
        raise ValueError("expected attribute: value")
    if rest.startswith("<"):
        raise ValueError(f"{name}: a value that is stored elsewhere is not fetched")
    if not rest.startswith(":"):
        return name, rest.strip(" ")
    try:
        return name, base64.b64decode(rest[1:].strip(" "), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValueError(f"{name}: expected UTF-8 text in base64") from None
