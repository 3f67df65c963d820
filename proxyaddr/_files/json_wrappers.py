"""The objects that Graph, OData and PowerShell 5.1 put around a list of objects, and the pages that lists come in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Wrapper", "after_blanks", "members_after", "next_page", "page_of", "wrapper_at"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

LIST_NAMES = frozenset({"value", "results"})
"""The members, in lower case, that hold the list: of OData 4 and PowerShell 5.1, and of OData 2, there in `d`."""

OUTER_NAME = "d"
"""The member of OData 2 that holds the object around the list."""

NEXT_PAGE = ("@odata.nextLink", "odata.nextLink", "__next")
"""The members that say where the list goes on, of OData 4, 3 and 2."""


class Wrapper(NamedTuple):
    """An object around a list: the place of the list's bracket, how many objects are open there, and their members."""

    start: int
    depth: int
    members: dict[str, Any]


def after_blanks(text: str, place: int) -> int:
    """Return the place after the white space of JSON at a place."""
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def wrapper_at(text: str, place: int) -> Wrapper | None:
    """Return the wrapper that begins at a place; None where no object begins there, or one that is no wrapper.

    A list of objects makes one of every object, an empty list only of one whose other members are those of a wrapper.
    """
    members: dict[str, Any] = {}
    depth = 1
    if not text.startswith("{", place):
        return None
    place = after_blanks(text, place + 1)
    try:
        while text.startswith('"', place):
            name, place = _DECODER.raw_decode(text, place)
            place = after_blanks(text, place)
            value = after_blanks(text, place + 1)
            if name.lower() in LIST_NAMES and text.startswith("[", value):
                inner = after_blanks(text, value + 1)
                is_list = text.startswith("{", inner) or (text.startswith("]", inner) and _is_around(members))
                return Wrapper(value, depth, members) if is_list else None
            if name == OUTER_NAME and not members and depth == 1 and text.startswith("{", value):
                depth, place = 2, after_blanks(text, value + 1)
                continue
            members[name], place = _DECODER.raw_decode(text, value)
            place = after_blanks(text, after_blanks(text, place) + 1)
    except (ValueError, RecursionError):  # no JSON: the reader of objects says so
        return None
    return None


def members_after(text: str, place: int, depth: int) -> tuple[dict[str, Any], int]:
    """Return the members behind the list of a wrapper, and the place after it; ValueError where it is not JSON."""
    members: dict[str, Any] = {}
    while depth:
        place = after_blanks(text, place)
        if text.startswith("}", place):
            depth, place = depth - 1, place + 1
            continue
        name_place = after_blanks(text, place + 1)
        if not text.startswith(",", place) or not text.startswith('"', name_place):
            raise ValueError("expected ',' or '}'")
        name, place = _DECODER.raw_decode(text, name_place)
        place = after_blanks(text, place)
        if not text.startswith(":", place):
            raise ValueError("expected ':'")
        members[name], place = _DECODER.raw_decode(text, after_blanks(text, place + 1))
    return members, place


def page_of(value: object) -> list[Any] | None:
    """Return the list of an object that is around one and has no members of its own; None for any other value."""
    if isinstance(value, Mapping):
        held = value.get(OUTER_NAME) if len(value) == 1 else None
        around = value if held is None else {"value": held} if isinstance(held, list) else held
        if isinstance(around, Mapping):
            lists = [name for name, inner in around.items() if name.lower() in LIST_NAMES and isinstance(inner, list)]
            if len(lists) == 1 and _is_around(name for name in around if name != lists[0]):
                found: list[Any] = around[lists[0]]
                return found
    return None


def next_page(members: Mapping[str, Any]) -> str | None:
    """Return where the list goes on, by the members of a wrapper."""
    return next((str(members[name]) for name in NEXT_PAGE if members.get(name)), None)


def _is_around(names: Any) -> bool:  # noqa: ANN401 - any iterable of names
    """Return whether all members are those that stand beside a list."""
    return all(name == "Count" or name.startswith(("@", "odata.", "__")) for name in names)
