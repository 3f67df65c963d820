"""The Python engine: dictionaries from domains, addresses and components to the best route of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from proxyaddr._components import COMPONENT_TYPES, Components
from proxyaddr._folding import fold
from proxyaddr.address_spaces import (
    DEFAULT_TYPE,
    Target,
    fit_components,
    matches_wildcards,
    pattern_components,
    read_address,
)
from proxyaddr.addresses import BLANKS, TypedAddress
from proxyaddr.matcher._arrow import Chunk, IndexColumn
from proxyaddr.matcher._plan import Plan

__all__ = ["AskingEngine", "PythonEngine"]

NO_ROUTE = -1

SHORT = 64
"""Code points of a domain that is taken apart without looking at lengths first."""


class _Row(NamedTuple):
    """A route as the engine keeps it: ordered by how many literals it has, then by rank."""

    fewer_literals: int
    rank: int
    route: int


class _Values:
    """The spaces of one type in Exchange 5.5: exact > wildcard (more literals) > partial (longer) > blank (Q229961)."""

    def __init__(self) -> None:
        self._exact: dict[str, _Row] = {}
        self._at: dict[str, _Row] = {}
        self._below: dict[str, _Row] = {}
        self._prefixes: dict[str, list[tuple[_Row, str]]] = {}
        self._general: list[tuple[_Row, str, str]] = []
        self._any: _Row | None = None
        self._blank: _Row | None = None
        self._below_lengths: set[int] = set()
        self._partial_lengths: set[int] = set()

    def add(self, pattern: str, rank: int, index: int) -> None:
        """Put a pattern, folded, where a look-up finds it."""
        stars, singles = pattern.count("*"), pattern.count("%")
        row = _Row(stars + singles - len(pattern), rank, index)
        if not pattern:
            self._blank = row if self._blank is None else min(self._blank, row)
            return
        _keep_better(self._exact, pattern, row)
        local, at, domain = pattern.rpartition("@")
        if at and domain and "@" not in local:
            self._partial_lengths.add(len(pattern))
        if pattern == "*":
            self._any = row if self._any is None else min(self._any, row)
        if pattern == "*" or not (stars or singles):
            return
        parent = domain[2:]
        if at and not singles and "*" not in domain and local.endswith("*") and local.count("*") == 1:
            if local == "*":
                _keep_better(self._at, domain, row)
            else:
                self._prefixes.setdefault(domain, []).append((row, local[:-1]))
        elif local == "*" and not singles and domain.startswith("*.") and "*" not in parent:
            _keep_better(self._below, parent, row)
            self._below_lengths.add(len(parent))
        else:
            self._general.append((row, max(pattern.replace("%", "*").split("*"), key=len), pattern))

    def finish(self) -> None:
        """Sort what is looked through in order."""
        self._general.sort()
        for rows in self._prefixes.values():
            rows.sort()

    def find(self, value: str) -> int:
        """Return the index of the best route for a folded value."""
        row = self._exact.get(value)
        if row is not None:
            return row.route
        local, at, domain = value.rpartition("@")
        best = self._at.get(domain) if at else None
        if at:
            for longer, prefix in self._prefixes.get(domain, ()):
                if local.startswith(prefix):
                    best = longer if best is None else min(best, longer)
                    break
            if self._below_lengths and (best is None or domain.startswith(".")):  # else no parent has as many literals
                for parent in _parents(domain, self._below_lengths):
                    below = self._below.get(parent)
                    if below is not None:
                        best = below if best is None else min(best, below)
                        break
        for row, fragment, pattern in self._general:
            if best is not None and best < row:
                break
            if fragment in value and matches_wildcards(pattern, value):
                best = row
                break
        if self._any is not None and (best is None or not best.fewer_literals):
            best = self._any if best is None else min(best, self._any)
        if best is None and at and self._partial_lengths and "@" not in local:
            lengths = {length - len(local) - 1 for length in self._partial_lengths}
            best = next(
                filter(None, (self._exact.get(f"{local}@{parent}") for parent in _parents(domain, lengths))), None
            )
        best = best or self._blank
        return NO_ROUTE if best is None else best.route


class _Domains:
    """The spaces of one type in Exchange 2007: the exact domain > `*.domain`, longest first > `*` (Send connectors)."""

    def __init__(self) -> None:
        self._exact: dict[str, _Row] = {}
        self._below: dict[str, _Row] = {}
        self._below_lengths: set[int] = set()
        self._any: _Row | None = None

    def add(self, pattern: str, rank: int, index: int) -> None:
        """Put a pattern, folded, where a look-up finds it."""
        row = _Row(-len(pattern), rank, index)
        if pattern == "*":
            self._any = row if self._any is None else min(self._any, row)
            return
        _keep_better(self._exact, pattern, row)
        if pattern.startswith("*."):
            _keep_better(self._below, pattern[2:], row)
            self._below_lengths.add(len(pattern) - 2)

    def finish(self) -> None:
        """Nothing is left to do."""

    def find(self, value: str) -> int:
        """Return the index of the best route for a folded value."""
        domain = value.rpartition("@")[2]
        best = self._exact.get(value) or self._exact.get(domain)
        if best is None and self._below_lengths:
            best = self._below.get(domain)
            if best is None:
                found = (self._below.get(parent) for parent in _parents(domain, self._below_lengths))
                best = next(filter(None, found), None)
        best = best or self._any
        return NO_ROUTE if best is None else best.route


class _ByComponent:
    """The spaces of X400, EX or MS: those that name the same components literally are found together (Q187915)."""

    def __init__(self, address_type: str) -> None:
        self._type = address_type
        self._groups: dict[tuple[str | int, ...], dict[tuple[str | None, ...], list[tuple[int, int, Components]]]] = {}

    def add(self, pattern: str, rank: int, index: int) -> None:
        """Put a pattern, folded, under the components that it names literally."""
        parts = pattern_components(self._type, pattern)
        literal = tuple(name for name, text in parts.items() if "*" not in text)
        found = self._groups.setdefault(literal, {}).setdefault(tuple(parts[name] for name in literal), [])
        found.append((rank, index, parts))

    def find(self, target: Target) -> int:
        """Return the index of the best route: the most literal components, then the rank."""
        best = _Row(1, 0, NO_ROUTE)
        for names, found in self._groups.items():
            texts = tuple(target.components.get(name, "" if name == "A" else None) for name in names)
            for rank, index, parts in found.get(texts, ()):
                fit = fit_components(parts, target.components)
                if fit is not None:
                    best = min(best, _Row(-fit.literals, rank, index))
        return best.route


class _OneByOne:
    """Matches columns an address at a time."""

    def match(self, address: str | TypedAddress) -> int:
        """Return the index of the route that takes an address, -1 where there is none."""
        raise NotImplementedError

    def match_list(self, items: Sequence[object], out: IndexColumn, threads: int | None = None) -> None:
        """Match texts, octets or None of a list into a column of its length; one thread, whatever `threads` says."""
        match = self.match
        for row, item in enumerate(items):
            if item is None:
                out[row] = NO_ROUTE
            elif isinstance(item, bytes | bytearray):
                out[row] = match(item.decode("utf-8", "surrogateescape"))
            else:
                out[row] = match(item)  # type: ignore[arg-type]  # TypeError where it is no address

    def match_chunk(self, chunk: Chunk, out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts of an Arrow array into a column of its length."""
        self.match_list(list(chunk.texts()), out)


class PythonEngine(_OneByOne):
    """Answers as the table does, from dictionaries built once."""

    name = "python"

    def __init__(self, plan: Plan) -> None:
        self._strings: dict[str, _Values | _Domains] = {}
        self._components: dict[str, _ByComponent] = {}
        for address_type, pattern, rank, index in zip(plan.types, plan.patterns, plan.ranks, plan.indices, strict=True):
            if address_type in COMPONENT_TYPES:
                if address_type not in self._components:
                    self._components[address_type] = _ByComponent(address_type)
                self._components[address_type].add(pattern, rank, index)
                continue
            strings = self._strings.get(address_type)
            if strings is None:
                strings = self._strings[address_type] = _Domains() if plan.by_domain else _Values()
            strings.add(fold(pattern), rank, index)
        for strings in self._strings.values():
            strings.finish()
        self._default = self._strings.get(DEFAULT_TYPE)
        self._spelled = {spelling: found for kind, found in self._strings.items() for spelling in (kind, kind.lower())}

    def match(self, address: str | TypedAddress) -> int:
        """Return the index of the route that takes an address, -1 where there is none."""
        if isinstance(address, str):
            kind, colon, value = address.partition(":")
            strings = self._spelled.get(kind) if colon else self._default
            if strings is not None:
                value = (value if colon else address).strip(BLANKS)
                return strings.find(value.lower() if value.isascii() else fold(value))
            if not colon:
                return NO_ROUTE
        target = read_address(address)
        strings = self._strings.get(target.type)
        if strings is not None:
            return strings.find(target.value)
        by_component = self._components.get(target.type)
        return NO_ROUTE if by_component is None else by_component.find(target)


class AskingEngine(_OneByOne):
    """Asks a function for each address: for tables whose answers no order of the routes gives."""

    name = "python"

    def __init__(self, ask: Callable[[str | TypedAddress], int]) -> None:
        self._ask = ask

    def match(self, address: str | TypedAddress) -> int:
        """Return what the function answers."""
        return self._ask(address)


def _keep_better(rows: dict[str, _Row], key: str, row: _Row) -> None:
    held = rows.get(key)
    if held is None or row < held:
        rows[key] = row


def _parents(domain: str, lengths: set[int]) -> Iterator[str]:
    """Yield what stands after each dot of a domain, longest first; of a long domain those of one of the lengths."""
    size = len(domain)
    if size <= SHORT:
        _, more, parent = domain.partition(".")
        while more:
            yield parent
            _, more, parent = parent.partition(".")
        return
    dot = domain.find(".")
    while dot >= 0:
        if size - dot - 1 in lengths:
            yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)
