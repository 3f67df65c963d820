"""Reads X.400, EX and MS values as components, for routing to compare; any text can be read."""

from __future__ import annotations

import re

from proxyaddr._text.folding import fold
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.x400.keywords import ATTRIBUTES, PERSONAL_NAME, compared

__all__ = ["COMPONENT_TYPES", "ONE_CHARACTER", "Components", "components"]

Components = dict[str | int, str]
"""Attribute, or position in the value, to its text folded for comparison."""

ONE_CHARACTER = {"X400": "%", "EX": "", "MS": "%"}
"""By type that is compared by component, what stands for one character (Exchange 5.5 Operations: X400 and MS)."""

COMPONENT_TYPES = frozenset(ONE_CHARACTER)
"""Types whose values are compared by component (Q148389, Q187915)."""


_PARTS = {";": re.compile(r"(?:\\[^\w\s]|[^;])+"), "/": re.compile(r"(?:\$/|//|[^/])+")}
_ESCAPES = {";": re.compile(r"\\([^\w\s])"), "/": re.compile(r"[$/](/)")}
_DDA = re.compile(r"dda(?:[:.].*)?|dda[tv]", re.DOTALL)


def components(address_type: str, value: str) -> Components:
    """Return the components of an X400, EX or MS value.

    X400 gives attributes by keyword; a part without `=` is left out, and the first of two with the same keyword counts.
    EX and MS give the parts between slashes by position.
    """
    if address_type == "X400":
        return _attributes(value)
    parts = value.rstrip("/").split("/")
    named = parts[1:] if address_type == "EX" and not parts[0] else parts
    return {position: fold(part) for position, part in enumerate(named) if named != [""]}


def _attributes(value: str) -> Components:
    """Return the attributes of `c=US;a= ;p=Org;` or `/c=US/a= /p=Org/`, in any order and any case (Q108732).

    The first slash may be missing where the slashes can be nothing but separators.
    """
    has_slashes = "/" in value and ";" not in value and typed_by_shape(value) is not None
    separator = "/" if value.startswith("/") or has_slashes else ";"
    found: Components = {}
    dda_type: str | None = None
    for part in _PARTS[separator].finditer(value):
        keyword, equals, text = _ESCAPES[separator].sub(r"\1", part[0]).strip().partition("=")
        if not equals:
            continue
        keyword, text = keyword.lower(), compared(text)
        if _DDA.fullmatch(keyword):
            dda_type = _read_dda(found, keyword, text, dda_type)
        elif keyword == "pn" and (name := PERSONAL_NAME.fullmatch(text)):
            given, initials, surname = name.groups()
            for attribute, piece in (("G", given), ("I", initials.replace(".", "")), ("S", surname)):
                if piece:
                    found.setdefault(attribute, piece)
        else:
            found.setdefault(ATTRIBUTES.get(keyword, keyword), text)
    return found


def _read_dda(found: Components, keyword: str, text: str, dda_type: str | None) -> str | None:
    """Add a domain-defined attribute, however spelt; return its type where another part holds the value."""
    if keyword in ("dda.type", "ddat"):
        return text
    if keyword in ("dda.value", "ddav"):
        if dda_type is not None:
            found.setdefault(f"DDA:{dda_type}", text.strip('"'))
        return None
    kind, value = (keyword[4:], text) if keyword != "dda" else text.split(":", 1) if ":" in text else ("", text)
    found.setdefault(f"DDA:{kind}", value)
    return None
