"""Reads Windows registry exports: REGEDIT4 in the ANSI code page, and version 5.00 in UTF-16."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from proxyaddr._files.exports import ANSI
from proxyaddr._files.text import limited_rows, too_long
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["RegistryValue", "read_values"]

HEADER_4 = "REGEDIT4"
HEADER_5 = "Windows Registry Editor Version 5.00"

_KINDS = {"": "REG_BINARY", "(2)": "REG_EXPAND_SZ", "(7)": "REG_MULTI_SZ"}
_KEY = re.compile(r"\[(-?)(.+)\]")
_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)', re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_HEX = re.compile(r"hex(\([0-9a-f]+\))?:(.*)", re.IGNORECASE | re.DOTALL)
_BYTE = re.compile(r"[0-9a-f]{1,2}", re.IGNORECASE)
_DWORD = re.compile(r"dword:([0-9a-f]{1,8})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class RegistryValue(NamedTuple):
    """A value of a key, or the key itself; `line` counts from 1.

    `kind` is a registry type such as REG_SZ. An empty `name` is the default value of the key; the key itself has an
    empty `kind` too.
    """

    key: str
    name: str
    kind: str
    data: object
    line: int


def read_values(data: bytes, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[RegistryValue]:
    """Yield every key and value of an export, but none that it deletes.

    ConfigurationError with the line where the export is malformed, or has longer or more lines than the limits allow.
    """
    text, ansi = _text_of(data, source)
    key: str | None = None
    for _, (line, written) in zip(limited_rows(source, limits), _logical_lines(text, source, limits), strict=False):
        if match := _KEY.fullmatch(written):
            key = None if match[1] else match[2]
            if key is not None:
                yield RegistryValue(key, "", "", None, line)
            continue
        match = _VALUE.fullmatch(written)
        if match is None:
            raise _malformed('expected [KEY] or "name"=value', source, line)
        if key is not None and match[2].strip() != "-":
            kind, content = _kind_and_data(match[2].strip(), ansi=ansi, source=source, line=line)
            yield RegistryValue(key, _ESCAPE.sub(r"\1", match[1] or ""), kind, content, line)


def _text_of(data: bytes, source: str) -> tuple[str, bool]:
    """Return the text of an export, and whether its binary strings are in the ANSI code page."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(ANSI, errors="replace")
    header = text.split("\n", 1)[0].strip()
    if header not in (HEADER_4, HEADER_5):
        raise _malformed(f"expected the header {HEADER_4} or {HEADER_5}", source, 1)
    if header == HEADER_4 and encoding != "utf-16":
        return data.decode(ANSI, errors="replace"), True
    return text, header == HEADER_4


def _logical_lines(text: str, source: str, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield each line after the header with its number; a backslash at the end of hexadecimal data continues it.

    Empty lines and comments are left out.
    """
    parts: list[str] = []
    first = length = 0
    for number, raw in enumerate(text.split("\n")[1:], 2):
        line = raw.strip()
        if not parts and (not line or line.startswith(";")):
            continue
        first, length = (first, length) if parts else (number, 0)
        length += len(line)
        if length > limits.line_length:
            raise _malformed(too_long(limits), source, first)
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
        raise _malformed('expected "text", dword: or hex:', source, line)
    pairs = match[2].replace(",", " ").split()
    if not all(map(_BYTE.fullmatch, pairs)):
        raise _malformed("expected bytes in hexadecimal", source, line)
    data = bytes(int(pair, 16) for pair in pairs)
    kind = _KINDS.get((match[1] or "").lower(), f"hex{match[1]}")
    if kind not in ("REG_EXPAND_SZ", "REG_MULTI_SZ"):
        return kind, data
    strings = data.decode(ANSI if ansi else "utf-16-le", errors="replace").rstrip("\0")
    return kind, tuple(strings.split("\0")) if kind == "REG_MULTI_SZ" else strings


def _malformed(message: str, source: str, line: int) -> ConfigurationError:
    return ConfigurationError("bad-registry-export", message, source=source, line=line)
