"""Lists of addresses: the items that parse, the errors of those that do not, and the findings of the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar, overload

from proxyaddr._text.types import DEFAULT_TYPE, canonical_type
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.errors import AddressSyntaxError, Finding, Span

__all__ = ["DeletionMarker", "ParsedList", "ProxyItem", "ProxyList"]

T_co = TypeVar("T_co", bound=TypedAddress, covariant=True)


@dataclass(frozen=True, slots=True)
class DeletionMarker:
    """`~del<TYPE:value>` of an Exchange 5.5 import file: remove one, a type, or all (Q184536, Q290091)."""

    type: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        return "~DEL" if self.type is None else f"~DEL<{self.type}:{self.value or ''}>"


class ProxyItem(NamedTuple):
    """An item of a list, its place in the text, and whether its prefix is neither upper nor lower case.

    `number` is the index among the texts that were given, where they were several.
    """

    found: ProxyAddress | DeletionMarker | AddressSyntaxError
    span: Span
    mixed_case: bool = False
    number: int = 0


class ParsedList(Sequence[T_co], Generic[T_co]):
    """The good items of a list, in their order. Immutable; equal to a list of the same items, whatever its errors."""

    __slots__ = ("_errors", "_items")

    def __init__(self, items: Iterable[T_co], errors: Iterable[AddressSyntaxError] = ()) -> None:
        self._items = tuple(items)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[AddressSyntaxError, ...]:
        """The errors of the items that do not parse, with their spans."""
        return self._errors

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice) -> T_co | tuple[T_co, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParsedList):
            return NotImplemented
        return self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __str__(self) -> str:
        return ";".join(map(str, self._items))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._items)!r}, errors={list(self._errors)!r})"


class ProxyList(ParsedList[ProxyAddress]):
    """The proxy addresses of one recipient. Immutable."""

    __slots__ = ("_deletions", "_findings")

    def __init__(
        self,
        items: Iterable[ProxyAddress],
        errors: Iterable[AddressSyntaxError] = (),
        findings: Iterable[Finding] = (),
        deletions: Iterable[DeletionMarker] = (),
    ) -> None:
        super().__init__(items, errors)
        self._findings = tuple(findings)
        self._deletions = tuple(deletions)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the good items as a whole: two primaries of a type, no primary, a duplicate and others."""
        return self._findings

    @property
    def deletions(self) -> tuple[DeletionMarker, ...]:
        """The `~del<...>` markers of an import file."""
        return self._deletions

    def primary(self, address_type: str = DEFAULT_TYPE) -> ProxyAddress | None:
        """Return the primary proxy of a type, the first where there are several; None where there is none."""
        return next((proxy for proxy in self.of_type(address_type) if proxy.is_primary), None)

    def of_type(self, address_type: str) -> tuple[ProxyAddress, ...]:
        """Return all proxies of a type, in their order."""
        wanted = canonical_type(address_type)
        return tuple(proxy for proxy in self._items if proxy.type == wanted)
