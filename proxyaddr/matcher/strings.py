"""Spaces of Exchange 5.5 that compare text, in dictionaries."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterator
from functools import partial
from operator import itemgetter

from proxyaddr._text.domains import comparable_domain
from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS
from proxyaddr.matcher.plan import NO_ROUTE, Rows
from proxyaddr.spaces.matching import matches_wildcards

__all__ = ["SHORT", "ByDomain", "Values", "from_nearest"]

Row = tuple[int, int, int]
"""Literals as a negative number, rank, route: of two rows that match an address the lower wins."""

Wild = tuple[Row, str, Callable[[str], bool] | None]
"""A pattern with wildcards: its row, its longest fragment, and a test for texts that hold it, None where all match."""

LAST: Row = (1, 0, NO_ROUTE)
"""Sorts after every row of a pattern."""

SHORT = 64
"""Code points of a domain whose parents are all looked up; of a longer one only those of a known length are."""

TRIGRAM = 3
LONG = 2 * TRIGRAM - 1
"""A value is cut into trigrams side by side. A fragment of so many code points holds one of them wherever it stands."""

FEW = 12
"""Up to this many patterns a linear scan is faster than cutting the value into trigrams.

A plain walk over all patterns took twice as long in the benchmark of single addresses.
"""


class ByDomain:
    """Spaces of one type that are found by the domain of a value, the part after its last `@`.

    Where the values are `internet` addresses, domains are compared as such.
    """

    uncontested: dict[str, int]
    """ASCII domains at which one route takes every address, since no other pattern that matches there can beat it."""

    internet: bool

    def find(self, text: str) -> int:
        """Return the route of a value, NO_ROUTE where there is none."""
        value = fold(text.strip(BLANKS))
        local, at, domain = value.rpartition("@")
        if self.internet and (domain.endswith(".") or not domain.isascii()):
            domain = comparable_domain(domain)
            value = f"{local}{at}{domain}"
        route = self.uncontested.get(domain) if at else None
        return self.find_contested(value, local, at, domain) if route is None else route

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts at the last `@`: its domain is not `uncontested`."""
        raise NotImplementedError


class Values(ByDomain):
    """The spaces of one type in Exchange 5.5: exact > wildcard (more literals) > partial (longer) > blank (Q229961)."""

    def __init__(self, rows: Rows, *, internet: bool) -> None:
        self.uncontested = {}
        self.internet = internet
        self._at: dict[str, tuple[dict[str, int], list[Wild]]] = {}
        self._without_at: dict[str, int] = {}
        self._subdomains: dict[str, Row] = {}
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
                self.uncontested[domain] = route  # _move_contested has the last word
                continue
            row = (wildcards - len(pattern), rank, route)
            exact, wild = self._at.setdefault(domain, ({}, [])) if at else (self._without_at, anywhere)
            exact[local if at else pattern] = route
            if local == "*" and wildcards == 2 and domain.startswith("*."):
                self._subdomains[domain[2:]] = row
            elif wildcards and at and "*" not in domain and "%" not in domain:
                wild.append(_wild(row, local))
            elif wildcards:
                anywhere.append(_wild(row, pattern))
        self._subdomain_lengths = set(map(len, self._subdomains))
        self._shortest_subdomain = min(self._subdomain_lengths, default=SHORT + 1)
        self._keep_anywhere(anywhere)
        self._move_contested(rows)

    def _keep_anywhere(self, patterns: list[Wild]) -> None:
        """Keep the patterns that are not found by a domain, the best first."""
        patterns.sort(key=itemgetter(0))
        takes_all = [fragment == "" and covers is None for _, fragment, covers in patterns]
        if True in takes_all:  # patterns after it never win, nor does a partial match
            place = takes_all.index(True)
            self._otherwise = patterns[place][0][2]
            self._partial_lengths.clear()
            del patterns[place:]
        self._anywhere = patterns
        self._rows_anywhere = [row for row, _, _ in patterns]
        self._first_anywhere = patterns[0][0] if patterns else LAST
        long = [fragment for _, fragment, _ in patterns if len(fragment) >= LONG]
        self._trigrams = {cut for text in long for cut in zip(text, text[1:], text[2:], strict=False)}
        self._short = [pattern for pattern in patterns if len(pattern[1]) < LONG]
        self._are_many = len(long) > FEW

    def _move_contested(self, rows: Rows) -> None:
        """Move each `*@domain` that another pattern may beat from `uncontested` to the other patterns of its domain."""
        literals, subdomains = -self._first_anywhere[0], self._subdomains
        contested = [
            domain
            for domain in self.uncontested
            if domain in self._at
            or literals > len(domain)  # as many as the pattern with its `@`
            or (domain.startswith(".") and domain[1:] in subdomains)
            or not domain.isascii()
        ]
        for domain in contested:
            rank, route = rows[f"*@{domain}"]
            del self.uncontested[domain]
            exact, wild = self._at.setdefault(domain, ({}, []))
            exact["*"] = route
            wild.append(_wild((-1 - len(domain), rank, route), "*"))
        for domain, (_, wild) in self._at.items():
            if domain.startswith(".") and domain[1:] in self._subdomains:  # `*@*.a` has no fewer literals than `*@.a`
                wild.append(_wild(self._subdomains[domain[1:]], "*"))
            wild.sort(key=itemgetter(0))

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts at the last `@`: its domain is not `uncontested`."""
        if at:
            if domain in self._at:
                exact, wild = self._at[domain]
                if local in exact:
                    return exact[local]
                for row, fragment, covers in wild:
                    if fragment in local and (covers is None or covers(local)):
                        return row[2] if row < self._first_anywhere else self._better(row, value)
            subdomains = self._subdomains
            rest = domain if len(domain) <= SHORT else from_nearest(domain, subdomains, self._subdomain_lengths)
            _, more, parent = rest.partition(".")
            while more and len(parent) >= self._shortest_subdomain:
                if parent in subdomains:
                    row = subdomains[parent]
                    return row[2] if row < self._first_anywhere else self._better(row, value)
                _, more, parent = parent.partition(".")
        elif value in self._without_at:
            return self._without_at[value]
        for row, fragment, covers in self._candidates(value) if self._are_many else self._anywhere:
            if fragment in value and (covers is None or covers(value)):
                return row[2]
        return self._partial(local, domain) if at and self._partial_lengths else self._otherwise

    def _candidates(self, value: str) -> list[Wild]:
        """Return the patterns that may match: no long fragment does where the value has no trigram of one."""
        letters = iter(value)
        trigrams = zip(*[letters] * TRIGRAM, strict=False)
        return self._short if self._trigrams.isdisjoint(trigrams) else self._anywhere

    def _better(self, best: Row, value: str) -> int:
        """Return the route of the first pattern that beats the best of the domain and matches, else the best's."""
        for row, fragment, covers in self._anywhere[: bisect_left(self._rows_anywhere, best)]:
            if fragment in value and (covers is None or covers(value)):
                return row[2]
        return best[2]

    def _partial(self, local: str, domain: str) -> int:
        """Return the route of the local part at the longest parent of the domain, else that of the blank pattern."""
        lengths = set() if "@" in local else {length - len(local) - 1 for length in self._partial_lengths} - {0}
        for parent in _parents(domain, lengths):
            if local == "*" and parent in self.uncontested:
                return self.uncontested[parent]
            if parent in self._at and local in self._at[parent][0]:
                return self._at[parent][0][local]
        return self._otherwise


def _wild(row: Row, pattern: str) -> Wild:
    """Return a pattern with its longest fragment, and a test where the fragment alone does not decide."""
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
            and text.find(middle, len(first), len(text) - len(last)) >= 0  # it is -1 too where first and last overlap
        )

    return row, fragment, covers


def from_nearest(domain: str, subdomains: Container[str], lengths: Container[int]) -> str:
    """Return a long domain from the dot before its longest known parent on, nothing where none is known."""
    return next((f".{parent}" for parent in _parents(domain, lengths) if parent in subdomains), "")


def _parents(domain: str, lengths: Container[int]) -> Iterator[str]:
    """Yield the parents of a domain, the longest first, that have one of the lengths."""
    size = len(domain)
    dot = domain.find(".")
    while dot >= 0:
        if size - dot - 1 in lengths:
            yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)
