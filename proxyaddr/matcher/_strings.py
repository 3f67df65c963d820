"""Spaces that compare text, in dictionaries: by whole value in Exchange 5.5, by domain in Exchange 2007."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from proxyaddr._folding import fold
from proxyaddr.address_spaces import matches_wildcards
from proxyaddr.addresses import BLANKS

__all__ = ["Domains", "Rows", "Values"]

NO_ROUTE = -1

Rows = Mapping[str, tuple[int, int]]
"""Folded pattern to the rank and the route of the best row that has it."""

Row = tuple[int, int, int]
"""Literals, negative; rank; route: of two that fit an address alike the lower wins."""

Found = TypeVar("Found")

SHORT = 64
"""Code points of a domain that is taken apart without looking at lengths first."""

GRAM = 3
"""Code points of the pieces into which a value is cut to look for many fragments at once."""

GATHERED = 2 * GRAM - 1
"""A fragment so long holds one whole piece, wherever it lies in the value."""

FEW = 16
"""So many fragments are looked for faster one by one than by pieces."""


class Values:
    """The spaces of one type in Exchange 5.5: exact > wildcard (more literals) > partial (longer) > blank (Q229961).

    `sole` holds the domains, in ASCII, where one route takes every address: `*@domain` with nothing that could beat it.
    """

    def __init__(self, rows: Rows) -> None:
        self.sole: dict[str, int] = {}
        self._exact: dict[str, int] = {}
        self._at: dict[str, list[tuple[Row, str, str]]] = {}
        self._below: dict[str, Row] = {}
        self._partial_lengths: set[int] = set()
        self._blank = NO_ROUTE
        whole: dict[str, Row] = {}
        named: set[str] = set()
        anywhere: list[tuple[Row, str]] = []
        for pattern, (rank, route) in rows.items():
            if not pattern:
                self._blank = route
                continue
            wildcards = pattern.count("*") + pattern.count("%")
            row = (wildcards - len(pattern), rank, route)
            local, at, domain = pattern.rpartition("@")
            if at and domain and "@" not in local:
                self._partial_lengths.add(len(pattern))
            if local == "*" and wildcards == 1:
                whole[domain] = row
                continue
            self._exact[pattern] = route
            if not wildcards:
                named.add(domain)
            elif at and "*" not in domain and "%" not in domain:
                self._at.setdefault(domain, []).append((row, *_prefix_and_pattern(local)))
            elif local == "*" and wildcards == 2 and domain.startswith("*."):
                self._below[domain[2:]] = row
            else:
                anywhere.append((row, pattern))
        self._below_lengths = set(map(len, self._below))
        self._anywhere = _Anywhere(anywhere)
        named.update(self._at)
        for domain, row in whole.items():
            if domain in named or domain.startswith(".") or not domain.isascii() or self._anywhere.may_beat(row):
                self._at.setdefault(domain, []).append((row, "", ""))
                self._exact[f"*@{domain}"] = row[2]
            else:
                self.sole[domain] = row[2]
        for entries in self._at.values():
            entries.sort()

    def find(self, text: str) -> int:
        """Return the route of a value as written, NO_ROUTE where there is none."""
        value = fold(text.strip(BLANKS))
        route = self._exact.get(value)
        if route is not None:
            return route
        local, at, domain = value.rpartition("@")
        best: Row | None = None
        if at:
            route = self.sole.get(domain)
            if route is not None:
                return route
            for row, prefix, pattern in self._at.get(domain, ()):
                if local.startswith(prefix) and (not pattern or matches_wildcards(pattern, local)):
                    best = row
                    break
            if self._below and (best is None or domain.startswith(".")):  # else no parent has as many literals
                below = _nearest(domain, self._below, self._below_lengths)
                if best is None or (below is not None and below < best):
                    best = below
        if best is None or self._anywhere.may_beat(best):
            best = self._anywhere.find(value, best)
        if best is not None:
            return best[2]
        if at and self._partial_lengths and "@" not in local:
            return self._partial(local, domain)
        return self._blank

    def _partial(self, local: str, domain: str) -> int:
        """Return the route of the longest pattern with this local part and a parent of the domain, else the blank's."""
        for parent in _parents(domain, {length - len(local) - 1 for length in self._partial_lengths}):
            route = self._exact.get(f"{local}@{parent}")
            if route is None and local == "*":
                route = self.sole.get(parent)
            if route is not None:
                return route
        return self._blank


class _Anywhere:
    """Patterns that no domain leads to, such as `*fragment*`, the best first."""

    def __init__(self, patterns: list[tuple[Row, str]]) -> None:
        self._best: Row | None = None
        self._otherwise: Row | None = None
        self._entries: list[tuple[Row, str, str]] = []
        self._by_gram: dict[str, list[tuple[Row, str, str]]] = {}
        for row, pattern in sorted(patterns):
            if self._best is None:
                self._best = row
            if not pattern.strip("*"):  # takes every value, so what comes after it is never asked
                self._otherwise = row
                break
            self._entries.append((row, max(pattern.replace("%", "*").split("*"), key=len), pattern))
        long = [entry for entry in self._entries if len(entry[1]) >= GATHERED]
        if len(long) > FEW:
            self._entries = [entry for entry in self._entries if len(entry[1]) < GATHERED]
            for entry in long:
                for start in range(GRAM):
                    self._by_gram.setdefault(entry[1][start : start + GRAM], []).append(entry)

    def may_beat(self, row: Row) -> bool:
        """Tell whether a pattern would go before a row, if it matched."""
        return self._best is not None and self._best < row

    def find(self, value: str, best: Row | None) -> Row | None:
        """Return the best row that matches a value, where it goes before the best so far."""
        for row, fragment, pattern in self._entries:
            if best is not None and best < row:
                break
            if fragment in value and matches_wildcards(pattern, value):
                best = row
                break
        if self._by_gram:
            by_gram = self._by_gram
            for start in range(0, len(value), GRAM):
                for row, fragment, pattern in by_gram.get(value[start : start + GRAM], ()):
                    if best is not None and best < row:
                        break
                    if fragment in value and matches_wildcards(pattern, value):
                        best = row
                        break
        return self._otherwise if best is None else best


class Domains:
    """The spaces of one type in Exchange 2007: the exact domain > `*.domain`, longest first > `*` (Send connectors).

    `sole` holds the domains, in ASCII, where one route takes every address.
    """

    def __init__(self, rows: Rows) -> None:
        self._exact = {pattern: route for pattern, (_, route) in rows.items()}
        self._any = self._exact.pop("*", NO_ROUTE)
        self._below = {pattern[2:]: route for pattern, route in self._exact.items() if pattern.startswith("*.")}
        self._below_lengths = set(map(len, self._below))
        named = {pattern.rpartition("@")[2] for pattern in self._exact if "@" in pattern}
        self.sole = {
            pattern: route for pattern, route in self._exact.items() if pattern.isascii() and pattern not in named
        }

    def find(self, text: str) -> int:
        """Return the route of a value as written, NO_ROUTE where there is none."""
        value = fold(text.strip(BLANKS))
        domain = value.rpartition("@")[2]
        for found in (self._exact.get(value), self._exact.get(domain), self._below.get(domain)):
            if found is not None:
                return found
        below = _nearest(domain, self._below, self._below_lengths) if self._below else None
        return self._any if below is None else below


def _prefix_and_pattern(local: str) -> tuple[str, str]:
    """Return what a local part begins with, and the pattern for the rest of the question: empty for `prefix*`."""
    prefix = local.replace("%", "*").partition("*")[0]
    return prefix, "" if local == f"{prefix}*" else local


def _nearest(domain: str, below: Mapping[str, Found], lengths: set[int]) -> Found | None:
    """Return what is known below the longest parent of a domain."""
    if len(domain) > SHORT:
        return next((below[parent] for parent in _parents(domain, lengths) if parent in below), None)
    _, more, parent = domain.partition(".")
    while more:
        found = below.get(parent)
        if found is not None:
            return found
        _, more, parent = parent.partition(".")
    return None


def _parents(domain: str, lengths: set[int]) -> Iterator[str]:
    """Yield what stands after each dot of a domain, longest first, where it has one of the lengths."""
    size = len(domain)
    dot = domain.find(".")
    while dot >= 0:
        if size - dot - 1 in lengths:
            yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)
