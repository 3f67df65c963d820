"""Lists of proxy addresses in one text, as columns hold them: taken apart, each value kept as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import BLANKS, DDA_KEYWORD, KNOWN_TYPES, LEGACY_DN_TYPES, TYPE_PATTERN
from proxyaddr.errors import ConfigurationError

__all__ = ["Separator", "check_read_alike", "separator_of", "text_with", "values_in"]

_HOLDING = frozenset({"X400", "X.400", "EX", "X500", "CCMAIL", "NOTES", "FAX", "MHS", "EUM"})
"""Types whose values may hold a separator."""

_TYPED = re.compile(rf"\s*({TYPE_PATTERN})[ \t]*:(?!=)")
_KNOWN = "|".join(map(re.escape, sorted(KNOWN_TYPES, reverse=True)))
_SEPARATED = re.compile(rf"([;|\n%,]|(?<=[^;|\n%, ]) )(\s*)(?=(?i:{_KNOWN}):)")
_SAMPLE = 4096
_ESCAPED = re.compile(r"\\([;\\])")
_TO_ESCAPE = re.compile(r"[;\\]")
_FREE_SEMICOLON = re.compile(r"(?<!\\);")


class Separator(NamedTuple):
    """The character that separates the values of a column, and whether a blank follows it."""

    character: str = ";"
    is_spaced: bool = False


def separator_of(texts: Iterable[str]) -> Separator:
    """Return what separates the values in the texts of a column: what stands most often before a known type.

    >>> separator_of(["smtp:a@contoso.com, SMTP:b@contoso.com"])
    Separator(character=',', is_spaced=True)
    """
    counts: dict[Separator, int] = {}
    for text in texts:
        for found in _SEPARATED.finditer(text[:_SAMPLE]):
            separator = Separator(found[1], found[2].startswith(" "))
            counts[separator] = counts.get(separator, 0) + 1
    return max(counts, key=lambda separator: counts[separator]) if counts else Separator()


def values_in(text: str, separator: Separator) -> list[str]:
    """Return the values in a text; empty ones are left out, and braces of PowerShell around them."""
    stripped = text.strip(BLANKS)
    if stripped.startswith("{") and stripped.endswith("}"):
        text, separator = stripped[1:-1], Separator(",", is_spaced=True)
    character = separator.character
    is_escaped = character == ";" and "\\;" in text
    pieces = _FREE_SEMICOLON.split(text) if is_escaped else text.split(character)
    groups: list[list[str]] = []
    may_hold = is_or_address = is_dn = False
    for piece in pieces:
        match = _TYPED.match(piece)
        kind = match[1].upper() if match else None
        if kind == DDA_KEYWORD:
            kind = None
        is_other = "=" not in piece and (is_or_address or (is_dn and "@" in piece and "/" not in piece))
        belongs = may_hold and not (piece.strip() and is_other)
        if groups and kind is None and (belongs or character == " "):
            groups[-1].append(piece)
            continue
        is_or_address = kind in ("X400", "X.400")
        is_dn = kind in LEGACY_DN_TYPES
        may_hold = kind is not None and (kind in _HOLDING or kind not in KNOWN_TYPES)
        groups.append([piece])
    values = [character.join(group) for group in groups]
    if separator.is_spaced:
        values = [value.removeprefix(" ") for value in values]
    return [_ESCAPED.sub(r"\1", value) if is_escaped else value for value in values if value.strip(BLANKS)]


def text_with(values: Sequence[str], separator: Separator, before: str) -> str:
    """Return a text that holds values as the one before held others: in braces, with escapes.

    >>> text_with(["smtp:a@contoso.com", "sip:b"], Separator(), "{smtp:a b@contoso.com, sip:b}")
    '{smtp:a@contoso.com, sip:b}'
    """
    stripped = before.strip(BLANKS)
    if stripped.startswith("{") and stripped.endswith("}"):
        return f"{{{', '.join(values)}}}"
    if separator.character == ";" and "\\;" in before and any(";" in value for value in values):
        values = [_TO_ESCAPE.sub(r"\\\g<0>", value) for value in values]
    return f"{separator.character}{' ' * separator.is_spaced}".join(values)


def check_read_alike(texts: Iterable[str], before: Separator, after: Separator, source: str) -> None:
    """Raise ConfigurationError for a text that is taken apart otherwise since other characters separate most."""
    if before.character == after.character:
        return
    if any(values_in(text, before) != values_in(text, after) for text in texts):
        message = "mended, its cells would be read otherwise: write fixes as .ldif, .ps1 or .csv"
        raise ConfigurationError("unknown-format", message, source=source)
