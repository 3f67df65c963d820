"""Reads LDIF (RFC 2849) as directories export it: entries with their attributes, folded lines and base64 decoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from proxyaddr._files.octets import octets_as_text, text_of_octets
from proxyaddr._files.text import too_long
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Entry", "is_adfind", "ldif_entries"]

_TOLD = re.compile(
    r"(?:version|search|result|ref|control|text|matchedDN|pagedresults)::? ?|-$|[0-9]+ Objects returned", re.IGNORECASE
)
_RANGE = re.compile(r"(?:^|;)range=[0-9]+-([0-9]+|\*)$")
"""The values of an attribute that has more of them than Active Directory gives at once (MS-ADTS 3.1.1.3.1.3.3)."""

_ADFIND = re.compile(r"^dn:[^\r\n]*(?:\r\n|\n)>[A-Za-z]", re.MULTILINE)
_BESIDE_ADFIND = re.compile(r"^(?:>|(?!dn:|[\r\n>])[^\r\n]++)", re.MULTILINE)
"""The mark before each attribute, and the lines that are none, in what AdFind prints."""

_HEAD = 1 << 16

_HOLDS_TEXT = re.compile(r"(?:name|address|addresses|mail|dn|nickname|^cn|^sn|^o|^ou)$", re.IGNORECASE)
"""Attributes whose values are text: in any other one base64 may hold octets of all kinds, such as a picture."""


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


def is_adfind(text: str) -> bool:
    """Return whether a text is what AdFind prints: entries as in LDIF, with `>` before each attribute."""
    return _ADFIND.search(text[:_HEAD]) is not None


def ldif_entries(text: str, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Entry | RowError]:
    """Yield the entries of LDIF text, and an error for every line that can't be read; an entry keeps its good lines.

    A record that changes or deletes an entry is an error, one for all its lines, and so is a value that is stored
    elsewhere (`:<`), since nothing is fetched, and an attribute whose ranges do not reach its end. What ldapsearch
    or AdFind prints beside entries, such as a search's number, result and references, is left out. ConfigurationError
    for more entries than the limits allow.
    """
    record: list[tuple[int, str | None]] = []
    entries, named = 0, False
    if "\r" in text and "\n" not in text:  # lines as they ended on a Macintosh
        text = text.replace("\r", "\n")
    if is_adfind(text):
        text = _BESIDE_ADFIND.sub(lambda match: "" if match[0] == ">" else "#", text)
    for line, text_of_line in _logical_lines(text, limits):
        names = text_of_line is not None and text_of_line[:3].lower() == "dn:"
        if text_of_line != "" and not (names and named):  # some programs leave out the empty line between entries
            record.append((line, text_of_line))
            named = named or names
            continue
        if record and not _is_told(record):
            entries += 1
            if entries > limits.file_rows:
                message = f"at most {limits.file_rows} entries are read; `limits=` allows more"
                raise ConfigurationError("too-many-rows", message, source=source, line=record[0][0])
            yield from _entry(record, source, limits)
        record, named = [(line, text_of_line)] if names else [], names


def _is_told(record: list[tuple[int, str | None]]) -> bool:
    """Return whether a record is none: a version alone, or what ldapsearch tells of a search (RFC 4511 4.5)."""
    return all(line is not None and _TOLD.match(line) for _, line in record)


def _entry(record: list[tuple[int, str | None]], source: str, limits: Limits) -> Iterator[Entry | RowError]:
    """Yield the errors of a record, then the entry, unless it has no name or is a change."""
    entry = Entry(record[0][0])
    errors: list[RowError] = []
    ranges: dict[str, str] = {}
    for line, text in record:
        if text == "-":
            continue
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
    for number, raw in enumerate(chain(_lines(text), [""]), 1):
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


def _lines(text: str) -> Iterator[str]:
    """Yield what stands between line feeds, each line when it is asked for: all of them would take too much memory."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _attribute(text: str) -> tuple[str, str, str]:
    """Return the name, options and value of a line `name;options: value`; ValueError for any other line.

    The value may be base64 (`::`), or octets as csvde writes them, `X'6a6f65'`. An identifier in base64 becomes text as
    Windows shows one; other octets that are no text stay in base64, unless the attribute is one that holds text.
    """
    name, colon, rest = text.partition(":")
    name, _, options = name.partition(";")
    name = name.strip()
    if not colon or not name:
        raise ValueError("expected attribute: value")
    if rest.startswith("<"):
        raise ValueError(f"{name}: a value that is stored elsewhere is not fetched")
    if not rest.startswith(":"):
        return name, options.lower(), octets_as_text(rest.strip(" "), name)
    written = rest[1:].strip(" ")
    try:
        return name, options.lower(), text_of_octets(base64.b64decode(written, validate=True), name)
    except UnicodeDecodeError:
        if not _HOLDS_TEXT.search(name):
            return name, options.lower(), written
        raise ValueError(f"{name}: expected UTF-8 text in base64, found another encoding") from None
    except binascii.Error:
        raise ValueError(f"{name}: expected base64") from None
