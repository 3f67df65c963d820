"""Spaces that compare text, in dictionaries: by whole value in Exchange 5.5, by domain in Exchange 2007."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterator
from functools import partial
from operator import itemgetter

from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS
from proxyaddr.matcher.plan import NO_ROUTE, Rows
from proxyaddr.spaces.matching import matches_wildcards

__all__ = ["Domains", "Values"]

Row = tuple[int, int, int]
"""Literals, negative; rank; route: of two that match an address the lower wins."""

Wild = tuple[Row, str, Callable[[str], bool] | None]
"""A pattern with wildcards: its row, its longest fragment, and what else to ask of a text that holds the fragment."""

LAST: Row = (1, 0, NO_ROUTE)
"""Goes behind every row of a pattern."""

SHORT = 64
"""Code points of a domain that is taken apart without looking at lengths first."""

SURE = 5
"""A fragment of so many code points holds one of the threes into which a value is cut, wherever it lies there."""

FEW = 12
"""So many patterns are tried one by one in the time in which a value is cut into threes."""


class _ByDomain:
    """Spaces of one type whose dictionaries start from the domain of a value, what stands after its last `@`."""

    uncontested: dict[str, int]
    """The domains, in ASCII, where one route takes every address: nothing else that matches there could beat it."""

    def find(self, text: str) -> int:
        """Return the route of a value as written, NO_ROUTE where there is none."""
        value = fold(text.strip(BLANKS))
        local, at, domain = value.rpartition("@")
        route = self.uncontested.get(domain) if at else None
        return self.find_contested(value, local, at, domain) if route is None else route

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts around the last `@`: no domain of `uncontested`."""
        raise NotImplementedError


class Values(_ByDomain):
    """The spaces of one type in Exchange 5.5: exact > wildcard (more literals) > partial (longer) > blank (Q229961)."""

    def __init__(self, rows: Rows) -> None:
        self.uncontested = {}
        self._at: dict[str, tuple[dict[str, int], list[Wild]]] = {}
        self._without_at: dict[str, int] = {}
        self._below: dict[str, Row] = {}
        self._partial_lengths: set[int] = set()
        self._otherwise = NO_ROUTE
        anywhere: list[Wild] = []
        for pattern, (rank, route) in rows.items():
            if not pattern:
                self._otherwise = route
                continue
            wildcards = pattern.count("*") + pattern.count("%")
            local, at, domain = pattern.rpartition("@")
            if at and domain and "@" not in local:
                self._partial_lengths.add(len(pattern))
            if local == "*" and wildcards == 1:
                self.uncontested[domain] = route  # until a rival shows up
                continue
            row = (wildcards - len(pattern), rank, route)
            exact, wild = self._at.setdefault(domain, ({}, [])) if at else (self._without_at, anywhere)
            exact[local if at else pattern] = route
            if local == "*" and wildcards == 2 and domain.startswith("*."):
                self._below[domain[2:]] = row
            elif wildcards and at and "*" not in domain and "%" not in domain:
                wild.append(_wild(row, local))
            elif wildcards:
                anywhere.append(_wild(row, pattern))
        self._below_lengths = set(map(len, self._below))
        self._shortest_below = min(self._below_lengths, default=SHORT + 1)
        self._keep_anywhere(anywhere)
        self._part_contested(rows)

    def _keep_anywhere(self, patterns: list[Wild]) -> None:
        """Put the patterns that no domain leads to in order, and note the threes of which a value must hold one."""
        patterns.sort(key=itemgetter(0))
        takes_all = [fragment == "" and covers is None for _, fragment, covers in patterns]
        if True in takes_all:  # what stands behind it has no say, nor has a partial match
            place = takes_all.index(True)
            self._otherwise = patterns[place][0][2]
            self._partial_lengths.clear()
            del patterns[place:]
        self._anywhere = patterns
        self._rows_anywhere = [row for row, _, _ in patterns]
        self._first_anywhere = patterns[0][0] if patterns else LAST
        sure = [fragment for _, fragment, _ in patterns if len(fragment) >= SURE]
        self._threes = {three for fragment in sure for three in zip(fragment, fragment[1:], fragment[2:], strict=False)}
        self._unsure = [pattern for pattern in patterns if len(pattern[1]) < SURE]
        self._is_cut = len(sure) > FEW

    def _part_contested(self, rows: Rows) -> None:
        """Move from `uncontested` each `*@domain` that another pattern may beat, to the others of its domain."""
        literals, below = -self._first_anywhere[0], self._below
        contested = [
            domain
            for domain in self.uncontested
            if domain in self._at
            or literals > len(domain)  # as many as the pattern with its `@`
            or (domain.startswith(".") and domain[1:] in below)
            or not domain.isascii()
        ]
        for domain in contested:
            rank, route = rows[f"*@{domain}"]
            del self.uncontested[domain]
            exact, wild = self._at.setdefault(domain, ({}, []))
            exact["*"] = route
            wild.append(_wild((-1 - len(domain), rank, route), "*"))
        for domain, (_, wild) in self._at.items():
            if domain.startswith(".") and domain[1:] in self._below:  # `*@*.a` has no fewer literals than `*@.a`
                wild.append(_wild(self._below[domain[1:]], "*"))
            wild.sort(key=itemgetter(0))

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts around the last `@`: no domain of `uncontested`."""
        if at:
            if domain in self._at:
                exact, wild = self._at[domain]
                if local in exact:
                    return exact[local]
                for row, fragment, covers in wild:
                    if fragment in local and (covers is None or covers(local)):
                        return row[2] if row < self._first_anywhere else self._better(row, value)
            below = self._below
            rest = domain if len(domain) <= SHORT else _from_nearest(domain, below, self._below_lengths)
            _, more, parent = rest.partition(".")
            while more and len(parent) >= self._shortest_below:
                if parent in below:
                    row = below[parent]
                    return row[2] if row < self._first_anywhere else self._better(row, value)
                _, more, parent = parent.partition(".")
        elif value in self._without_at:
            return self._without_at[value]
        for row, fragment, covers in self._candidates(value) if self._is_cut else self._anywhere:
            if fragment in value and (covers is None or covers(value)):
                return row[2]
        return self._partial(local, domain) if at and self._partial_lengths else self._otherwise

    def _candidates(self, value: str) -> list[Wild]:
        """Return the patterns that no domain leads to, without the long ones where the value holds no three of any."""
        letters = iter(value)
        threes = zip(letters, letters, letters, strict=False)
        return self._unsure if self._threes.isdisjoint(threes) else self._anywhere

    def _better(self, best: Row, value: str) -> int:
        """Return the route of the pattern that beats the best for the domain, where one matches, else the best's."""
        for row, fragment, covers in self._anywhere[: bisect_left(self._rows_anywhere, best)]:
            if fragment in value and (covers is None or covers(value)):
                return row[2]
        return best[2]

    def _partial(self, local: str, domain: str) -> int:
        """Return the route of the longest pattern of the local part and a parent of the domain, else the blank's."""
        lengths = set() if "@" in local else {length - len(local) - 1 for length in self._partial_lengths} - {0}
        for parent in _parents(domain, lengths):
            if local == "*" and parent in self.uncontested:
                return self.uncontested[parent]
            if parent in self._at and local in self._at[parent][0]:
                return self._at[parent][0][local]
        return self._otherwise


class Domains(_ByDomain):
    """The spaces of one type in Exchange 2007: the exact domain > `*.domain`, longest first > `*` (Send connectors)."""

    def __init__(self, rows: Rows) -> None:
        self._exact = {pattern: route for pattern, (_, route) in rows.items()}
        self._any = self._exact.pop("*", NO_ROUTE)
        self._below = {pattern[2:]: route for pattern, route in self._exact.items() if pattern.startswith("*.")}
        self._below_lengths = set(map(len, self._below))
        named = {pattern.rpartition("@")[2] for pattern in self._exact if "@" in pattern}
        self.uncontested = {
            pattern: route for pattern, route in self._exact.items() if pattern.isascii() and pattern not in named
        }

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts around the last `@`: no domain of `uncontested`."""
        for route in (self._exact.get(value), self._exact.get(domain), self._below.get(domain)):
            if route is not None:
                return route
        below = self._below
        rest = domain if len(domain) <= SHORT else _from_nearest(domain, below, self._below_lengths)
        _, more, parent = rest.partition(".")
        while more:
            if parent in below:
                return below[parent]
            _, more, parent = parent.partition(".")
        return self._any


def _wild(row: Row, pattern: str) -> Wild:
    """Return a pattern as it is tried: a function for its form, none where the fragment is all there is."""
    pieces = pattern.replace("%", "*").split("*")
    fragment = max(pieces, key=len)
    first, *between, last = pieces
    between = [piece for piece in between if piece]
    if "%" in pattern or len(between) > 1:
        return row, fragment, partial(matches_wildcards, pattern)
    if not first and not last:
        return row, fragment, None
    middle = "".join(between)

    def covers(text: str) -> bool:
        return (
            text.startswith(first)
            and text.endswith(last)
            and text.find(middle, len(first), len(text) - len(last)) >= 0  # -1 too where first and last overlap
        )

    return row, fragment, covers


def _from_nearest(domain: str, below: Container[str], lengths: Container[int]) -> str:
    """Return the rest of a long domain from the dot before its longest known parent, nothing where none is known."""
    return next((f".{parent}" for parent in _parents(domain, lengths) if parent in below), "")


def _parents(domain: str, lengths: Container[int]) -> Iterator[str]:
    """Yield what stands after each dot of a domain, longest first, where it has one of the lengths."""
    size = len(domain)
    dot = domain.find(".")
    while dot >= 0:
        if size - dot - 1 in lengths:
            yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)
