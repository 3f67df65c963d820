"""Other ways to match addresses, as people use them today: each is built from a table and returns indices of routes.

The peers handle the patterns that the generator makes, not all rules; the benchmark counts their wrong answers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks._joins import duckdb_joins, polars_joins
from benchmarks._parts import Match, other_type, sorted_parts
from benchmarks._spaces import Spaces

__all__ = ["PEERS", "Peer", "dict_walk"]


class Peer(NamedTuple):
    """A peer: its name, the module it needs, the size of the largest table for it, and the function that builds it."""

    name: str
    module: str
    most_spaces: int
    build: Callable[[Spaces], Match]


def dict_walk(table: Spaces) -> Match:
    """Look up the address, the domain and its parents in dictionaries, then try the infixes one by one."""
    exact, at, subdomains, prefixes, infixes, any_route = sorted_parts(table)

    def one(address: str) -> int:  # noqa: PLR0911 - people write it in this way
        value = address.lower()
        kind, colon, rest = value.partition(":")
        if colon:
            if kind != "smtp":
                return other_type(kind, rest)
            value = rest
        found = exact.get(value)
        if found is not None:
            return found
        local, _, domain = value.rpartition("@")
        for prefix, index in prefixes.get(domain, ()):
            if local.startswith(prefix):
                return index
        found = at.get(domain)
        if found is not None:
            return found
        _, dot, parent = domain.partition(".")
        while dot:
            found = subdomains.get(parent)
            if found is not None:
                return found
            _, dot, parent = parent.partition(".")
        for infix, index in infixes:
            if infix in value:
                return index
        return any_route

    def match(addresses: Sequence[str]) -> Sequence[int]:
        return [one(address) for address in addresses]

    match.one = one  # type: ignore[attr-defined]
    return match


def _expressions(table: Spaces) -> list[tuple[str, int]]:
    """Return a regular expression and a route for each pattern, in the order in which they win; for lower-case text."""
    parts = sorted_parts(table)
    start, escape = "^(?:smtp:)?", re.escape
    return [
        *((f"{start}{escape(address)}$", index) for address, index in parts.exact.items()),
        *(
            (f"{start}{escape(prefix)}[^\\n]*@{escape(domain)}$", index)
            for domain, named in parts.prefixes.items()
            for prefix, index in named
        ),
        *((f"@{escape(domain)}$", index) for domain, index in parts.at.items()),
        *(
            (f"@[^\\n]*\\.{escape(domain)}$", index)
            for domain, index in sorted(parts.subdomains.items(), key=lambda d: -len(d[0]))
        ),
        *((escape(infix), index) for infix, index in parts.infixes),
    ]


def _typed(address: str) -> int | None:
    """Return the route of an address of another type, None for an SMTP address."""
    kind, colon, value = address.partition(":")
    return other_type(kind, value) if colon and kind != "smtp" else None


def regular_expression(table: Spaces) -> Match:
    """Build one regular expression with a group for each pattern, in the order in which they win."""
    expressions = _expressions(table)
    compiled = re.compile("|".join(f"({text if text.startswith('^') else '^.*?' + text})" for text, _ in expressions))

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                hit = compiled.match(address)
                found = expressions[hit.lastindex - 1][1] if hit and hit.lastindex else 0
            answers.append(found)
        return answers

    return match


def re2_set(table: Spaces) -> Match:
    """Build a google-re2 Set, which returns every expression that matches."""
    import re2  # noqa: PLC0415 - peers are loaded one at a time

    options = re2.Options()
    options.max_mem = 1 << 30
    expressions = _expressions(table)
    whole = re2.Set.SearchSet(options)
    for text, _ in expressions:
        whole.Add(text)
    whole.Compile()

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                hits = whole.Match(address)
                found = expressions[min(hits)][1] if hits else 0
            answers.append(found)
        return answers

    return match


def hyperscan_joined(table: Spaces) -> Match:
    """Join all addresses with newlines, scan the text once with hyperscan, and assign each hit to its line."""
    import hyperscan  # noqa: PLC0415 - peers are loaded one at a time

    expressions = _expressions(table)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[text.encode() for text, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags] * len(expressions),
    )

    def match(addresses: Sequence[str]) -> Sequence[int]:
        joined = "\n".join(addresses).lower()
        ends, place = [], 0
        for address in addresses:
            place += len(address) + 1
            ends.append(place)
        best = [len(expressions)] * len(addresses)

        def hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            line = bisect_right(ends, end - 1)
            best[line] = min(best[line], number)

        database.scan(joined.encode(), match_event_handler=hit)
        answers = []
        for address, number in zip(addresses, best, strict=True):
            found = _typed(address.lower()) if ":" in address else None
            answers.append(found if found is not None else expressions[number][1] if number < len(expressions) else 0)
        return answers

    return match


def aho_corasick(table: Spaces) -> Match:
    """Build one automaton of the literal parts of the patterns, and check where in the address each hit stands."""
    import ahocorasick  # noqa: PLC0415 - peers are loaded one at a time

    parts = sorted_parts(table)
    automaton = ahocorasick.Automaton()
    for rank, group in enumerate(
        (parts.exact, {f"@{d}": i for d, i in parts.at.items()}, {f".{d}": i for d, i in parts.subdomains.items()})
    ):
        for key, index in group.items():
            automaton.add_word(key, (2 * rank, index, len(key), ""))
    for domain, named in parts.prefixes.items():
        for prefix, index in named:
            automaton.add_word(f"@{domain}", (1, index, len(domain) + 1, prefix))
    for infix, index in parts.infixes:
        automaton.add_word(infix, (6, index, len(infix), ""))
    automaton.make_automaton()

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                value = address.removeprefix("smtp:")
                last, best = len(value) - 1, (9, 0, 0)
                for end, (rank, index, length, prefix) in automaton.iter(value):
                    if rank == 6 or (end == last and (rank or length == len(value)) and value.startswith(prefix)):
                        best = min(best, (rank, -length, index))
                found = best[2]
            answers.append(found)
        return answers

    return match


def marisa(table: Spaces) -> Match:
    """Look up the reversed address in a trie of reversed patterns; infixes are searched one by one."""
    import marisa_trie  # noqa: PLC0415 - peers are loaded one at a time

    parts = sorted_parts(table)
    keys, values = [], []
    for rank, group in enumerate(
        (parts.exact, {f"@{d}": i for d, i in parts.at.items()}, {f".{d}": i for d, i in parts.subdomains.items()})
    ):
        keys += [key[::-1] for key in group]
        values += [(2 * rank, index) for index in group.values()]
    trie = marisa_trie.RecordTrie("<II", zip(keys, values, strict=True))
    prefixes, infixes = parts.prefixes, parts.infixes

    def one(address: str) -> int:
        value = address.removeprefix("smtp:")
        best, backwards = (9, 0, 0), value[::-1]
        for key in trie.prefixes(backwards):
            rank, index = trie[key][0]
            if rank or len(key) == len(backwards):
                best = min(best, (rank, -len(key), index))
        if best[0] > 0:
            local, _, domain = value.rpartition("@")
            for prefix, index in prefixes.get(domain, ()):
                if local.startswith(prefix):
                    return index
        if best[0] < 9:
            return best[2]
        return next((index for infix, index in infixes if infix in value), 0)

    def match(addresses: Sequence[str]) -> Sequence[int]:
        return [one(a) if (found := _typed(a)) is None else found for a in map(str.lower, addresses)]

    return match


PEERS = (
    Peer("dict walk", "builtins", 10**9, dict_walk),
    Peer("re, one alternation", "re", 100, regular_expression),
    Peer("google-re2 Set", "re2", 10_000, re2_set),
    Peer("hyperscan, one scan", "hyperscan", 10_000, hyperscan_joined),
    Peer("pyahocorasick", "ahocorasick", 10**9, aho_corasick),
    Peer("marisa-trie", "marisa_trie", 10**9, marisa),
    Peer("polars joins", "polars", 10**9, polars_joins),
    Peer("duckdb joins", "duckdb", 10**9, duckdb_joins),
)
