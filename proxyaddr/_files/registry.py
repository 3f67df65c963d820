"""Reads the values of a registry key in every form in which Windows gives it, known by its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from proxyaddr._files.exports import ANSI
from proxyaddr._files.registry_output import (
    RegistryValue,
    clixml_values,
    json_values,
    list_values,
    malformed,
    query_values,
)
from proxyaddr._files.text import decoded, limited_rows, too_long
from proxyaddr._text.byte_order import unicode_start
from proxyaddr._text.types import TRIMMED
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["RegistryValue", "holds_registry_key", "read_values"]

REGISTRY_SUFFIX = ".reg"
HEADER_4 = "REGEDIT4"
HEADER_5 = "Windows Registry Editor Version 5.00"

_KINDS = {"": "REG_BINARY", "(1)": "REG_SZ", "(2)": "REG_EXPAND_SZ", "(7)": "REG_MULTI_SZ"}
_KEY = re.compile(r"\[(-?)(.+)\]")
_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)', re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_HEX = re.compile(r"hex(\([0-9a-f]+\))?:(.*)", re.IGNORECASE | re.DOTALL)
_BYTE = re.compile(r"[0-9a-f]{1,2}", re.IGNORECASE)
_DWORD = re.compile(r"dword:([0-9a-f]{1,8})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OUTPUTS = (
    (re.compile(r"\A\s*(?:HKEY_|HK(?:LM|CU|CR|U|CC)\\|! REG\.EXE)", re.IGNORECASE), query_values),
    (re.compile(r"\A\s*(?:\{|\[\s*\{)"), json_values),
    (re.compile(r"\A(?:#< CLIXML|\s*<(?:\?xml|Objs)\b)"), clixml_values),
    (re.compile(r"\A(?!\s*[\[\"#;]).*^(?:PSPath|OverrideProxyOut|SiteDomain) *: ", re.I | re.M | re.S), list_values),
)
"""How the text of each command starts, or what it holds, and the function that reads it."""


def read_values(data: bytes, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[RegistryValue]:
    """Yield every key and value of an export, but none that it deletes.

    ConfigurationError with the line where the export is malformed, or has longer or more lines than the limits allow.
    """
    text = decoded(data)
    if read := _reader_of_output(text):
        yield from (value for _, value in zip(limited_rows(source, limits), read(text, source), strict=False))
    else:
        yield from _exported(*_export_text(data, text, source), source, limits)


def holds_registry_key(data: bytes, path: str | Path) -> bool:
    """Return whether a file holds a registry key, in any form, rather than TOML; a `.reg` file always does."""
    text = decoded(data)
    return (
        Path(path).suffix.lower() == REGISTRY_SUFFIX
        or text.lstrip().startswith((HEADER_4, HEADER_5))
        or _reader_of_output(text) is not None
    )


def _reader_of_output(text: str) -> Callable[[str, str], Iterator[RegistryValue]] | None:
    """Return the function that reads a text which a command printed, None for a `.reg` file and for other text."""
    return next((read for form, read in _OUTPUTS if form.search(text)), None)


def _exported(text: str, ansi: bool, source: str, limits: Limits) -> Iterator[RegistryValue]:
    """Yield the keys and values of a `.reg` file."""
    key: str | None = None
    for _, (line, written) in zip(limited_rows(source, limits), _logical_lines(text, source, limits), strict=False):
        if match := _KEY.fullmatch(written):
            key = None if match[1] else match[2]
            if key is not None:
                yield RegistryValue(key, "", "", None, line)
            continue
        match = _VALUE.fullmatch(written)
        if match is None:
            raise malformed('expected [KEY] or "name"=value', source, line)
        if key is not None and match[2].strip(TRIMMED) != "-":
            kind, content = _kind_and_data(match[2].strip(TRIMMED), ansi=ansi, source=source, line=line)
            yield RegistryValue(key, _ESCAPE.sub(r"\1", match[1] or ""), kind, content, line)


def _export_text(data: bytes, text: str, source: str) -> tuple[str, bool]:
    """Return the text of a `.reg` file, and whether its binary strings are in the ANSI code page."""
    header = text.split("\n", 1)[0].strip()
    if header not in (HEADER_4, HEADER_5):
        raise malformed(f"expected the header {HEADER_4} or {HEADER_5}", source, 1)
    if header == HEADER_4 and unicode_start(data)[0] is None:
        return data.decode(ANSI, errors="replace"), True
    return text, header == HEADER_4


def _logical_lines(text: str, source: str, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield each line after the header with its number; a backslash at the end of hexadecimal data continues it.

    Empty lines and comments are left out.
    """
    parts: list[str] = []
    first = length = 0
    for number, raw in enumerate(text.split("\n")[1:], 2):
        line = raw.strip(TRIMMED)
        if not parts and (not line or line.startswith(";")):
            continue
        first, length = (first, length) if parts else (number, 0)
        length += len(line)
        if length > limits.line_length:
            raise malformed(too_long(limits), source, first)
        if line.endswith("\\") and not line.endswith('"'):
            parts.append(line[:-1])
            continue
        yield first, "".join([*parts, line])
        parts = []
    if parts:
        yield first, "".join(parts)


def _kind_and_data(text: str, *, ansi: bool, source: str, line: int) -> tuple[str, object]:
    """Return the registry type of what follows the equals sign, and its data as text, number, bytes or texts."""
    if match := _STRING.fullmatch(text):
        return "REG_SZ", _ESCAPE.sub(r"\1", match[1])
    if match := _DWORD.fullmatch(text):
        return "REG_DWORD", int(match[1], 16)
    match = _HEX.fullmatch(text)
    if match is None:
        raise malformed('expected "text", dword: or hex:', source, line)
    pairs = match[2].replace(",", " ").split()
    if not all(map(_BYTE.fullmatch, pairs)):
        raise malformed("expected bytes in hexadecimal", source, line)
    data = bytes(int(pair, 16) for pair in pairs)
    kind = _KINDS.get((match[1] or "").lower(), f"hex{match[1]}")
    if kind not in ("REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ"):
        return kind, data
    strings = data.decode(ANSI if ansi else "utf-16-le", errors="replace").rstrip("\0")
    return kind, tuple(strings.split("\0")) if kind == "REG_MULTI_SZ" else strings
