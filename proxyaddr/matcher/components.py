"""Spaces of X400, EX and MS: those that name the same components literally are found together."""

from __future__ import annotations

from proxyaddr.matcher.plan import NO_ROUTE, Rows
from proxyaddr.spaces.components import ONE_CHARACTER, Components
from proxyaddr.spaces.matching import fit_components, pattern_components, read_address

__all__ = ["ByComponent"]

Row = tuple[int, int, int]
"""Literal components, negative; rank; route: of two that fit an address the lower wins."""


class ByComponent:
    """The spaces of one type: the one that names more components literally wins, then the rank (Q187915)."""

    def __init__(self, address_type: str, rows: Rows) -> None:
        self._type = address_type
        self._groups: dict[tuple[str | int, ...], dict[tuple[str | None, ...], list[tuple[int, int, Components]]]] = {}
        self._always: Row = (1, 0, NO_ROUTE)
        one = ONE_CHARACTER[address_type]
        for pattern, (rank, route) in rows.items():
            parts = pattern_components(address_type, pattern)
            if not parts or (len(rows) == 1 and set(parts.values()) == {"*"}):  # takes every value, read or not
                self._always = min(self._always, (0, rank, route))
                continue
            literal = tuple(name for name, text in parts.items() if "*" not in text and not (one and one in text))
            found = self._groups.setdefault(literal, {}).setdefault(tuple(parts[name] for name in literal), [])
            found.append((rank, route, parts))

    def find(self, text: str) -> int:
        """Return the route of a value as written, NO_ROUTE where there is none."""
        best = self._always
        if not self._groups:
            return best[2]
        value = read_address(f"{self._type}:{text}").components
        for names, found in self._groups.items():
            texts = tuple(value.get(name, "" if name == "A" else None) for name in names)
            for rank, route, parts in found.get(texts, ()):
                fit = fit_components(self._type, parts, value)
                if fit is not None:
                    best = min(best, (-fit.literals, rank, route))
        return best[2]
