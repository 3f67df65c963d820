"""Reads Windows registry exports: REGEDIT4 in ANSI and version 5.00 in UTF-16."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from proxyaddr._files.text import limited_rows, too_long
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["RegistryValue", "read_values"]

HEADER_4 = "REGEDIT4"
HEADER_5 = "Windows Registry Editor Version 5.00"
ANSI = "cp1252"

_KINDS = {"": "REG_BINARY", "(2)": "REG_EXPAND_SZ", "(7)": "REG_MULTI_SZ"}
_KEY = re.compile(r"\[(-?)(.+)\]")
_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)', re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_HEX = re.compile(r"hex(\([0-9a-f]+\))?:(.*)", re.IGNORECASE | re.DOTALL)
_OCTET = re.compile(r"[0-9a-f]{1,2}", re.IGNORECASE)
_DWORD = re.compile(r"dword:([0-9a-f]{1,8})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class RegistryValue(NamedTuple):
    """A value of a key: an empty `name` is the key's default, or stands for the key itself; `line` counts from 1."""

    key: str
    name: str
    kind: str
    data: object
    line: int


def read_values(data: bytes, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[RegistryValue]:
    """Yield every key and value of an export; ConfigurationError with the line where it is malformed."""
    text, ansi = _decoded(data, source)
    key: str | None = None
    for _, (line, content) in zip(limited_rows(source, limits), _logical_lines(text, source, limits), strict=False):
        if match := _KEY.fullmatch(content):
            key = None if match[1] else match[2]
            if key is not None:
                yield RegistryValue(key, "", "", None, line)
            continue
        match = _VALUE.fullmatch(content)
        if match is None:
            raise _malformed('expected [KEY] or "name"=value', source, line)
        if key is not None and match[2].strip() != "-":
            kind, found = _data(match[2].strip(), ansi=ansi, source=source, line=line)
            yield RegistryValue(key, _ESCAPE.sub(r"\1", match[1] or ""), kind, found, line)


def _decoded(data: bytes, source: str) -> tuple[str, bool]:
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
    """Yield lines without the header, blanks and comments; a backslash at the end continues hex data."""
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


def _data(text: str, *, ansi: bool, source: str, line: int) -> tuple[str, object]:
    if match := _STRING.fullmatch(text):
        return "REG_SZ", _ESCAPE.sub(r"\1", match[1])
    if match := _DWORD.fullmatch(text):
        return "REG_DWORD", int(match[1], 16)
    match = _HEX.fullmatch(text)
    if match is None:
        raise _malformed('expected "text", dword: or hex:', source, line)
    octets = match[2].replace(",", " ").split()
    if not all(map(_OCTET.fullmatch, octets)):
        raise _malformed("expected octets in hexadecimal", source, line)
    data = bytes(int(octet, 16) for octet in octets)
    kind = _KINDS.get((match[1] or "").lower(), f"hex{match[1]}")
    if kind not in ("REG_EXPAND_SZ", "REG_MULTI_SZ"):
        return kind, data
    strings = data.decode(ANSI if ansi else "utf-16-le", errors="replace").rstrip("\0")
    return kind, tuple(strings.split("\0")) if kind == "REG_MULTI_SZ" else strings


def _malformed(message: str, source: str, line: int) -> ConfigurationError:
    return ConfigurationError("bad-registry-export", message, source=source, line=line)
