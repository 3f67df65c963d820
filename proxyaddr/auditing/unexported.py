"""Values that an export names in place of the addresses: the type of a collection, or a list that was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from proxyaddr._files.objects import Exported
from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.auditing.properties import LISTS, members_of, property_key
from proxyaddr.errors import RowError

__all__ = ["without_unexported"]

_TYPE_OF_COLLECTION = re.compile(
    r"(?i:System\.Collections\.[^@:;,]*|System\.[^@:;,]*\[\]|Microsoft\.(?:Exchange\.Data|ActiveDirectory)\.[^@:;,]*"
    r"Collection)|@\{.*",
    re.DOTALL,
)
_STARTS = ("@{", "{", "System.", "Microsoft.")
_MARKS = ("...", "\u2026")
"""What PowerShell puts behind the last item that it shows."""

_PLAIN = re.compile("[A-Za-z]{1,40}")
_USUAL = "proxyAddresses"


def without_unexported(
    exported: Iterable[Exported | RowError], source: str | None = None
) -> Iterator[Exported | RowError]:
    """Yield what an export holds, with an error for each object whose addresses are not in it."""
    for entry in exported:
        yield entry if isinstance(entry, RowError) else _fault(entry, source) or entry


def _fault(entry: Exported, source: str | None) -> RowError | None:
    for name, value in entry.properties.items():
        if not _is_list(name):
            continue
        for member in members_of(value):
            text = member.strip(WHITE_SPACE) if isinstance(member, str) and member.startswith(_STARTS) else ""
            if _TYPE_OF_COLLECTION.fullmatch(text):
                message = f"{name}: {text[:60]!r} stands in place of the addresses; {_how(name)}"
                return RowError("not-exported", message, entry.line, source)
            inside = text.removesuffix("}").rstrip(WHITE_SPACE)
            if text.startswith("{") and (inside.endswith(_MARKS) or "}" not in text):
                message = f"{name}: the list was cut off when it was exported; {_how(name)}"
                return RowError("cut-off-list", message, entry.line, source)
    return None


def _how(name: str) -> str:
    """Return how the property of a name is exported."""
    name = name if _PLAIN.fullmatch(name) else _USUAL
    return f"select them as text, @{{n='{name}';e={{$_.{name} -join ';'}}}}, or export with `| Export-Clixml FILE`"


@lru_cache(maxsize=1024)
def _is_list(name: str) -> bool:
    return property_key(name) in LISTS
