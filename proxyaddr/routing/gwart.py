"""Routing tables as GWART text: `TYPE,pattern;,cost,connector[,connector...]` (Q149121)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from proxyaddr._files.text import limited_rows, too_long
from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.route import Route
from proxyaddr.routing.rows import RouteError, RouteRow, check_connector_names

__all__ = ["check_is_no_path", "gwart_rows", "gwart_text"]

_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|~?/|\.{1,2}[\\/]|\\\\).*|[^:;*@]*\.[A-Za-z]{2,5}")
_LONGEST_PATH = 255
"""In characters; of a longer name the operating system would say only that it is too long."""


def check_is_no_path(text: str) -> None:
    """Raise ConfigurationError for a text that is no routing table but looks like the name of a file, or is one."""
    if "," in text or len(text.splitlines()) != 1 or len(text) > _LONGEST_PATH:
        return
    try:
        is_path = _PATH.fullmatch(text) is not None or Path(text).is_file()
    except (OSError, ValueError):  # the system takes no such name
        return
    if is_path:
        message = f"this is the name of a file, {text[:80]!r}, not a routing table: use RoutingTable.from_file"
        raise ConfigurationError("path-for-text", message, "text")


def gwart_rows(text: str, limits: Limits, source: str | None = None) -> Iterator[tuple[int, RouteRow] | RowError]:
    """Yield the rows of a text; blanks around a field do not count.

    A pattern may hold commas: the cost is the first number after a field that ends with `;`, else the first number.
    """
    for _, (number, line) in zip(limited_rows(source, limits), enumerate(_lines(text), 1), strict=False):
        if not line.strip(TRIMMED):
            continue
        if len(line) > limits.line_length:
            yield RowError("too-long", too_long(limits), number, source)
            continue
        cells = [cell.strip(TRIMMED) for cell in line.split(",")]
        numbers = [i for i, cell in enumerate(cells) if i > 1 and cell.isascii() and cell.isdigit()]
        cost = next((i for i in numbers if cells[i - 1].endswith(";")), numbers[0] if numbers else 0)
        connectors = [cell for cell in cells[cost + 1 :] if cell]
        if not cost or not connectors:
            missing = "connector" if cost else "cost, a whole number"
            message = f"missing {missing}: expected TYPE,pattern;,cost,connector"
            space = (cells[0], cells[1]) if len(cells) > 1 else None
            yield RouteError("bad-line", message, number, source, space=space)
            continue
        pattern = ",".join(line.split(",")[1:cost])
        yield number, RouteRow(connectors, type=cells[0], pattern=pattern, cost=cells[cost], is_sum=True)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text without making a list of them; only a line feed ends one."""
    start, size = 0, len(text)
    while start < size:
        end = text.find("\n", start)
        end = size if end < 0 else end
        yield text[start:end]
        start = end + 1


def gwart_text(routes: Iterable[Route]) -> str:
    """Return routes as GWART text; of scopes the format has only LOCAL.

    ConfigurationError for a connector whose name could not be read back.
    """
    lines = []
    for route in routes:
        address_type, _, rest = str(route.space).partition(":")
        pattern, _, cost = rest.rpartition(";")
        check_connector_names(route, ",")
        lines.append(f"{address_type},{pattern};,{cost},{','.join(route.connectors)},\n")
    return "".join(lines)
