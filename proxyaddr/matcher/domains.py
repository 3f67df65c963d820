"""Spaces of Exchange 2000 and later: SMTP by domain, in dictionaries, and text of other types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from proxyaddr._text.folding import fold
from proxyaddr._text.types import BLANKS
from proxyaddr.matcher.plan import NO_ROUTE, Rows
from proxyaddr.matcher.strings import SHORT, ByDomain, from_nearest
from proxyaddr.spaces.matching import matches_wildcards

__all__ = ["Domains", "Texts"]


class Domains(ByDomain):
    """The spaces of SMTP: the exact domain > `*.domain` and `*domain`, longest first > `*` (Send connectors)."""

    internet = True

    def __init__(self, rows: Rows) -> None:
        self._exact = {pattern: route for pattern, (_, route) in rows.items()}
        self._any = self._exact.get("*", NO_ROUTE)
        starred = {pattern[1:]: route for pattern, route in self._exact.items() if pattern.startswith("*")}
        self._subdomains = {end[1:]: route for end, route in starred.items() if end.startswith(".")}
        self._subdomain_lengths = set(map(len, self._subdomains))
        self._ends = {end: route for end, route in starred.items() if end and not end.startswith(".")}
        self._end_lengths = sorted(set(map(len, self._ends)), reverse=True)
        self.uncontested = {pattern: route for pattern, route in self._exact.items() if pattern.isascii()}

    def find_contested(self, value: str, local: str, at: str, domain: str) -> int:
        """Return the route of a folded value, given with its parts at the last `@`: its domain is not `uncontested`."""
        if domain in self._exact:
            return self._exact[domain]
        parent, route = self._nearest(domain)
        for length in self._end_lengths:
            if length <= len(parent):  # the dot before it counts
                break
            if domain[-length:] in self._ends:
                return self._ends[domain[-length:]]
        return route

    def _nearest(self, domain: str) -> tuple[str, int]:
        """Return the longest parent that takes subdomains, or the domain itself, with its route; else that of `*`."""
        subdomains = self._subdomains
        rest = domain if len(domain) <= SHORT else from_nearest(f".{domain}", subdomains, self._subdomain_lengths)[1:]
        more = rest
        while more:
            if rest in subdomains:
                return rest, subdomains[rest]
            _, more, rest = rest.partition(".")
        return "", self._any


class Texts:
    """The spaces of another type: the same text > one with `*`, more literal characters first (New-SendConnector).

    Those with `*` are kept by what stands before the first of them, else by what stands behind the last.
    """

    def __init__(self, rows: Rows) -> None:
        self._exact: Mapping[str, int] = {pattern: route for pattern, (_, route) in rows.items()}
        self._by_start: dict[str, list[_Starred]] = {}
        self._by_end: dict[str, list[_Starred]] = {}
        for pattern, (rank, route) in rows.items():
            if "*" in pattern:
                start, end = pattern.partition("*")[0], pattern.rpartition("*")[2]
                kept, key = (self._by_start, start) if start else (self._by_end, end)
                kept.setdefault(key, []).append((pattern.count("*") - len(pattern), rank, route, pattern))
        for group in (*self._by_start.values(), *self._by_end.values()):
            group.sort()
        self._starts, self._ends = set(map(len, self._by_start)), set(map(len, self._by_end))

    def find(self, text: str) -> int:
        """Return the route of a value, NO_ROUTE where there is none."""
        value = fold(text.strip(BLANKS))
        if value in self._exact:
            return self._exact[value]
        size = len(value)
        groups = [self._by_start.get(value[:length], ()) for length in self._starts if length <= size]
        groups += [self._by_end.get(value[size - length :], ()) for length in self._ends if length <= size]
        found = (_first(group, value) for group in groups if group)
        return min(filter(None, found), default=_NOTHING)[2]


_Starred = tuple[int, int, int, str]
"""A pattern with `*`, behind its rank among all: the one with more literal characters first, then the better route."""

_NOTHING: _Starred = (0, 0, NO_ROUTE, "")


def _first(group: Iterable[_Starred], value: str) -> _Starred | None:
    return next((starred for starred in group if matches_wildcards(starred[3], value, one="")), None)
