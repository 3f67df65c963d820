"""Reads a registry key as commands print it: `reg query`, and Get-ItemProperty as a list, JSON or CLIXML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from proxyaddr._files.powershell import LISTED, clixml_objects
from proxyaddr._files.text import lines_of
from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS

__all__ = ["RegistryValue", "clixml_values", "json_values", "list_values", "malformed", "query_values"]

_KEY = re.compile(r"HKEY_[A-Z_]+\\.*|HK(?:LM|CU|CR|U|CC)\\.*", re.IGNORECASE)
_QUERIED = re.compile(r"(?:\t| {2,})(.*?)(?:\t| {2,})(REG_[A-Z_]+)(?:(?:\t| {2,})(.*))?")
_QUERY_NOTICE = re.compile(r"! REG\.EXE VERSION .*|[^\\=\[\]]*: [0-9]+ [^\\=\[\]]*")
"""What `reg query` of Windows XP says first, and what `reg query /s /f` says last, in any language."""

_PROVIDER = ("pspath", "psparentpath", "pschildname", "psdrive", "psprovider")
"""Properties that PowerShell adds to the values of a key; PSPath holds the key."""


class RegistryValue(NamedTuple):
    """A value of a key, or the key itself; `line` counts from 1.

    `kind` is a registry type such as REG_SZ, None where the form does not say it. An empty `name` is the default value
    of the key; the key itself has an empty `kind` too. An empty `key` is one that the form does not say.
    """

    key: str
    name: str
    kind: str | None
    data: object
    line: int


def malformed(message: str, source: str, line: int) -> ConfigurationError:
    """Return the error of an export that can't be read."""
    return ConfigurationError("bad-registry-export", message, source=source, line=line)


def query_values(text: str, source: str) -> Iterator[RegistryValue]:
    """Yield the keys and values of what `reg query` prints; ConfigurationError for a line that is neither."""
    key = ""
    for line, written in enumerate(lines_of(text), 1):
        if not written.strip(TRIMMED):
            continue
        if _KEY.fullmatch(written.rstrip(TRIMMED)):
            key = written.rstrip(TRIMMED)
            yield RegistryValue(key, "", "", None, line)
        elif match := _QUERIED.fullmatch(written):
            if key and not match[1].startswith(("(", "<")):  # the default value, whose name is in the user's language
                yield RegistryValue(key, match[1], match[2], _queried(match[2], match[3] or "", source, line), line)
        elif not _QUERY_NOTICE.fullmatch(written.strip(TRIMMED)):
            raise malformed("expected a key, or a name, a registry type and data", source, line)


def _queried(kind: str, text: str, source: str, line: int) -> object:
    """Return the data of a value of a registry type, as `reg query` prints it."""
    if kind == "REG_MULTI_SZ":
        return tuple(text.split(r"\0"))
    try:
        if kind == "REG_DWORD":
            return int(text, 16)
        return bytes.fromhex(text) if kind == "REG_BINARY" else text
    except ValueError:
        raise malformed(f"expected {kind} in hexadecimal", source, line) from None


def list_values(text: str, source: str) -> Iterator[RegistryValue]:
    """Yield the keys and values of what `Get-ItemProperty | Format-List` prints, `Name : value` a line.

    ConfigurationError for a line that is neither a property nor the continuation of one.
    """
    block: dict[str, object] = {}
    lines: dict[str, int] = {}
    name = ""
    for line, written in enumerate(lines_of(text), 1):
        if not written.strip(TRIMMED):
            yield from _properties(block, lines, 0)
            block, lines, name = {}, {}, ""
        elif match := LISTED.fullmatch(written.rstrip(TRIMMED)):
            name = match[1]
            block[name], lines[name] = match[2], line
        elif name and written[0] in TRIMMED:  # PowerShell breaks long values at the width of the window
            block[name] = f"{block[name]}{written.strip(TRIMMED)}"
        else:
            raise malformed("expected `Name : value`", source, line)
    yield from _properties(block, lines, 0)


def json_values(text: str, source: str) -> Iterator[RegistryValue]:
    """Yield the keys and values of what `Get-ItemProperty | ConvertTo-Json` gives: an object for each key.

    PowerShell 5.1 may wrap the objects in `{"value": [...], "Count": n}`.
    ConfigurationError for what is no JSON, or no object.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise malformed(f"not JSON: {error.msg}", source, error.lineno) from None
    except (ValueError, RecursionError):  # Python reads no number of thousands of digits, nor any nesting
        raise malformed("not JSON that holds a registry key", source, 1) from None
    if isinstance(document, Mapping) and document.keys() == {"value", "Count"}:
        document = document["value"]
    for number, entry in enumerate(document if isinstance(document, list) else [document], 1):
        if not isinstance(entry, Mapping):
            raise malformed("expected an object for each key", source, number)
        yield from _properties(entry, {}, number)


def clixml_values(text: str, source: str) -> Iterator[RegistryValue]:
    """Yield the keys and values of what `Get-ItemProperty | Export-Clixml` writes; ConfigurationError for other XML."""
    document = text[text.find("<") :] if text.startswith("<") else text.partition("\n")[2]
    try:
        for number, (_, entry) in enumerate(clixml_objects([document], source, DEFAULT_LIMITS), 1):
            if isinstance(entry, Mapping):
                yield from _properties(entry, {}, number)
    except ConfigurationError as error:
        raise malformed(error.message, source, error.line or 1) from None


def _properties(named: Mapping[str, object], lines: Mapping[str, int], line: int) -> Iterator[RegistryValue]:
    """Yield the values among the properties of an object, with the key that PSPath says."""
    key = next((str(data) for name, data in named.items() if name.lower() == "pspath"), "").rpartition("::")[2]
    if key:
        yield RegistryValue(key, "", "", None, line)
    for name, data in named.items():
        if name.lower() not in _PROVIDER and name.lower() != "(default)":
            kept = tuple(data) if isinstance(data, list) else data
            kind = {str: "REG_SZ", int: "REG_DWORD"}.get(type(data)) if not lines else None
            yield RegistryValue(key, name, kind, kept, lines.get(name, line))
