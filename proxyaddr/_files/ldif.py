"""Reads LDIF (RFC 2849) as directories export it: entries with their attributes, folded lines and base64 decoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from proxyaddr._files.text import too_long
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Entry", "ldif_entries", "octets_as_text"]

_TOLD = re.compile(r"(?:version|search|result|ref|control|text|matchedDN|pagedresults)::? ?|-$", re.IGNORECASE)
_RANGE = re.compile(r"(?:^|;)range=[0-9]+-([0-9]+|\*)$")
"""The values of an attribute that has more of them than Active Directory gives at once (MS-ADTS 3.1.1.3.1.3.3)."""

_IDENTIFIER = re.compile(r"(?:GUID|SID|SIDHistory)$", re.IGNORECASE)
"""Attributes of octets that tell objects from others (MS-ADTS 3.1.1.1.3)."""

_OCTETS = re.compile(r"X'((?:[0-9A-Fa-f]{2})+)'")


@dataclass(slots=True)
class Entry:
    """One entry: the line where it starts, and the values of each attribute, by name in lower case without options.

    `names` has the names as they are written first.
    """

    line: int
    attributes: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """Return the first value of the first of these attributes that the entry has, an empty text without any."""
        return next((self.attributes[name][0] for name in names if name in self.attributes), "")


def ldif_entries(text: str, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Entry | RowError]:
    """Yield the entries of LDIF text, and an error for every line that can't be read; an entry keeps its good lines.

    A record that changes or deletes an entry is an error, one for all its lines, and so is a value that is stored
    elsewhere (`:<`), since nothing is fetched, and an attribute whose ranges do not reach its end. What ldapsearch
    prints beside entries, a search's number, result and references, is left out. ConfigurationError for more entries
    than the limits allow.
    """
    record: list[tuple[int, str | None]] = []
    entries = 0
    for line, text_of_line in _logical_lines(text, limits):
        if text_of_line != "":
            record.append((line, text_of_line))
            continue
        if record and not _is_told(record):
            entries += 1
            if entries > limits.file_rows:
                message = f"at most {limits.file_rows} entries are read; `limits=` allows more"
                raise ConfigurationError("too-many-rows", message, source=source, line=record[0][0])
            yield from _entry(record, source, limits)
        record = []


def _is_told(record: list[tuple[int, str | None]]) -> bool:
    """Return whether a record is none: a version alone, or what ldapsearch tells of a search (RFC 4511 4.5)."""
    return all(line is not None and _TOLD.match(line) for _, line in record)


def _entry(record: list[tuple[int, str | None]], source: str, limits: Limits) -> Iterator[Entry | RowError]:
    """Yield the errors of a record, then the entry, unless it has no name or is a change."""
    entry = Entry(record[0][0])
    errors: list[RowError] = []
    ranges: dict[str, str] = {}
    for line, text in record:
        if text is None:
            errors.append(RowError("too-long", too_long(limits), line, source))
            continue
        try:
            written, options, value = _attribute(text)
        except ValueError as error:
            errors.append(RowError("bad-ldif", str(error), line, source))
            continue
        name = written.lower()
        if name == "version" and "dn" not in entry.attributes:
            continue
        if match := _RANGE.search(options):
            ranges[name] = match[1]
        entry.names.setdefault(name, written)
        entry.attributes.setdefault(name, []).append(value)
    change = entry.first("changetype")
    if "dn" in entry.attributes and change not in ("", "add"):
        yield RowError("ldif-change", f"the record is a change of type {change!r}, not an entry", entry.line, source)
        return
    for name, end in ranges.items():
        if end != "*":
            message = f"{entry.names[name]} was cut off: its last range ends at {end}, not in *; export all of them"
            errors.append(RowError("cut-off-list", message, entry.line, source))
    yield from errors
    if "dn" in entry.attributes:
        yield entry
    elif len(errors) < len(record):
        yield RowError("bad-ldif", "an entry starts with dn:", entry.line, source)


def _logical_lines(text: str, limits: Limits) -> Iterator[tuple[int, str | None]]:
    """Yield each line, joined with its continuations and with its number, and an empty line at the end.

    Comments are left out. None stands for a line that is too long.
    """
    parts: list[str] = []
    first = length = 0
    for number, raw in enumerate([*text.split("\n"), ""], 1):
        line = raw.removesuffix("\r")
        length += len(line)
        if line.startswith((" ", "\t")) and parts:
            if length <= limits.line_length:
                parts.append(line[1:])
            continue
        if parts and not parts[0].startswith("#"):
            yield first, "".join(parts) if length - len(line) <= limits.line_length else None
        parts, first, length = [line[: limits.line_length + 1]], number, len(line)
    yield first, ""


def _attribute(text: str) -> tuple[str, str, str]:
    """Return the name, options and value of a line `name;options: value`; ValueError for any other line.

    The value may be base64 (`::`), or octets as csvde writes them, `X'6a6f65'`. The octets of a GUID or a SID, which
    are in every export of Active Directory and no text, are returned as csvde writes them.
    """
    name, colon, rest = text.partition(":")
    name, _, options = name.partition(";")
    name = name.strip()
    if not colon or not name:
        raise ValueError("expected attribute: value")
    if rest.startswith("<"):
        raise ValueError(f"{name}: a value that is stored elsewhere is not fetched")
    if not rest.startswith(":"):
        value = rest.strip(" ")
        return name, options.lower(), value if _IDENTIFIER.search(name) else octets_as_text(value)
    try:
        octets = base64.b64decode(rest[1:].strip(" "), validate=True)
        return name, options.lower(), f"X'{octets.hex()}'" if _IDENTIFIER.search(name) else octets.decode()
    except (binascii.Error, ValueError):
        raise ValueError(f"{name}: expected UTF-8 text in base64") from None


def octets_as_text(value: str) -> str:
    """Return the text of octets in the form `X'6a6f65'`, in which csvde writes what is not ASCII; others unchanged."""
    if match := _OCTETS.fullmatch(value):
        return bytes.fromhex(match[1]).decode("utf-8", "replace")
    return value
