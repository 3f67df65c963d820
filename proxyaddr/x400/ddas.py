"""Domain-defined attributes of an O/R address of which several have one type, as RFC 1685 F.3.2.3 has them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping

__all__ = ["RepeatedDDAs"]


class RepeatedDDAs(Mapping[str, str]):
    """A mapping from type to value in which a type may have several values: `items()` has them all, in their order.

    A look-up gives the first value of a type, and iteration each type once.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self._pairs = pairs

    def items(self) -> ItemsView[str, str]:
        """Return every type with every value of it."""
        return _Pairs(self, self._pairs)

    def __getitem__(self, dda_type: str) -> str:
        for kind, value in self._pairs:
            if kind == dda_type:
                return value
        raise KeyError(dda_type)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._pairs))

    def __len__(self) -> int:
        return len(dict(self._pairs))

    def __eq__(self, other: object) -> bool:
        return list(self.items()) == list(other.items()) if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as of every mapping

    def __repr__(self) -> str:
        return f"RepeatedDDAs({self._pairs!r})"


class _Pairs(ItemsView[str, str]):
    """The items of a mapping that repeats its keys."""

    def __init__(self, mapping: RepeatedDDAs, pairs: tuple[tuple[str, str], ...]) -> None:
        super().__init__(mapping)
        self._pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __contains__(self, item: object) -> bool:
        return item in self._pairs
