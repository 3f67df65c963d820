"""The spaces of a table sorted by the kind of their pattern, from which every peer is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks._spaces import Spaces

__all__ = ["NO_ROUTE", "Match", "Parts", "other_type", "sorted_parts"]

Match = Callable[[Sequence[str]], Sequence[int]]
"""Takes addresses and returns the index of a route for each."""

NO_ROUTE = -1


class Parts(NamedTuple):
    """Patterns of each kind with the indices of their routes."""

    exact: dict[str, int]
    at: dict[str, int]
    subdomains: dict[str, int]
    prefixes: dict[str, list[tuple[str, int]]]
    infixes: list[tuple[str, int]]
    any: int


def sorted_parts(table: Spaces) -> Parts:
    """Sort the SMTP spaces of a table by kind, infixes in the order in which they win."""
    parts = Parts({}, {}, {}, {}, [], 0)
    for index, (kind, pattern) in enumerate(zip(table.types, table.patterns, strict=True)):
        if kind != "SMTP" or pattern == "*":
            continue
        local, _, domain = pattern.rpartition("@")
        if pattern.startswith("*@*."):
            parts.subdomains[domain[2:]] = index
        elif local == "*":
            parts.at[domain] = index
        elif local.endswith("*"):
            parts.prefixes.setdefault(domain, []).append((local[:-1], index))
        elif local:
            parts.exact[pattern] = index
        else:
            parts.infixes.append((pattern.strip("*"), index))
    parts.infixes.sort(key=lambda infix: (-len(infix[0]), table.costs[infix[1]], infix[1]))
    return parts


def other_type(kind: str, value: str) -> int:
    """Return the route for an address of a type other than SMTP; the generator makes three such spaces."""
    return {"x400": 1, "fax": 2}.get(
        kind, 3 if kind == "notes" and value.endswith("acme") and "@" in value else NO_ROUTE
    )
