"""Address values: frozen, hashable, printable, the same for every address type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = [
    "DeletionMarker",
    "OneOffAddress",
    "ParsedList",
    "ProxyAddress",
    "ProxyList",
    "TypedAddress",
    "canonical_type",
]

TYPE_PATTERN = r"(?=[0-9&._-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9&._-]*"
"""An address type: `SMTP`, `X.400`, `AT&T`, `3COM` (facts exchange55 (a), (c)); held against the grammar by a test."""

BLANKS = " \t\r\n\f\v"
"""What is trimmed around a type or a value; other white space is data."""

_TYPE = re.compile(TYPE_PATTERN)
SPELLINGS = {"X.400": "X400"}
"""Q89410 writes X.400, every later article X400."""

# What a one-off must escape to be read back: brackets, controls, and a backslash that would start an escape.
_UNSAFE_IN_VALUE = re.compile(r"[\[\]\x00-\x1f\x7f]|^ +| +$|\\(?![^\\\[\]\x00-\x20\x7fx])")
_UNSAFE_IN_QUOTES = re.compile(r'["\x00-\x1f\x7f]|\\(?![^\\"\x00-\x20\x7fx])')
_PLAIN_NAME = re.compile(
    r"[^\s\[\]<>();,:\"\\\x00-\x1f\x7f@](?:[^\[\]<>();,:\"\\\x00-\x1f\x7f@]*[^\s\[\]<>();,:\"\\\x00-\x1f\x7f@])?"
)

T_co = TypeVar("T_co", bound="TypedAddress", covariant=True)


def canonical_type(text: str) -> str:
    """Return an address type as it is kept: upper case, `X.400` as X400; AddressSyntaxError when it is none."""
    trimmed = text.strip(BLANKS)
    if not _TYPE.fullmatch(trimmed):
        raise AddressSyntaxError(
            "bad-type" if trimmed else "empty-type",
            "not an address type" if trimmed else "the address type is empty",
            text,
            (0, len(text)),
            ("letters and digits, '&', '.', '-' or '_'",),
        )
    upper = trimmed.upper()
    return SPELLINGS.get(upper, upper)


@dataclass(frozen=True, slots=True, eq=False)
class TypedAddress:
    """An address type and a value of it.

    Two are equal when their types are (without case) and their values are: for SMTP the domains without case and in
    IDNA form, the local parts as written. `comparison_key` ignores case throughout, as directories do.
    """

    type: str
    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", canonical_type(self.type))
        if not self.value.strip(BLANKS):
            raise AddressSyntaxError("empty-value", "the value is empty", self.value, (0, len(self.value)))

    def validate(self, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
        """Judge the value by the rules of its type: what breaks them, nothing when it keeps them.

        For Internet addresses `idna` allows domains and `smtputf8` local parts outside ASCII.
        """
        from proxyaddr.validation import validate  # noqa: PLC0415 - a later room, which imports this one

        return validate(self, idna=idna, smtputf8=smtputf8)

    @property
    def canonical_value(self) -> str:
        """The value as equality sees it."""
        from proxyaddr.validation import canonical_value  # noqa: PLC0415 - as above

        return canonical_value(self.type, self.value)

    @property
    def comparison_key(self) -> tuple[str, str]:
        """Type and value as a directory compares them: without case."""
        return self.type, self.canonical_value.casefold()

    def _identity(self) -> tuple[object, ...]:
        return self.type, self.canonical_value

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


@dataclass(frozen=True, slots=True, eq=False)
class OneOffAddress(TypedAddress):
    """An address given in full instead of being looked up; `str()` gives `Name [TYPE:value]`.

    A name that could be taken for more than a name stands in quotes. `str()` keeps every character, so that it can be
    read back; what changes the order of a text on a screen is a finding of `validate()`.
    """

    display_name: str | None = None

    def _identity(self) -> tuple[object, ...]:
        return self.type, self.canonical_value, self.display_name

    def __str__(self) -> str:
        bracketed = f"[{self.type}:{_UNSAFE_IN_VALUE.sub(_escape, self.value)}]"
        if self.display_name is None:
            return bracketed
        if _is_plain_name(self.display_name):
            return f"{self.display_name} {bracketed}"
        return f'"{_UNSAFE_IN_QUOTES.sub(_escape_in_quotes, self.display_name)}" {bracketed}'


@dataclass(frozen=True, slots=True, eq=False)
class ProxyAddress(TypedAddress):
    """An address of a recipient; `str()` gives `SMTP:value` for the primary of its type, `smtp:value` for others."""

    is_primary: bool = False

    def __post_init__(self) -> None:
        TypedAddress.__post_init__(self)
        object.__setattr__(self, "value", self.value.strip(BLANKS))

    def _identity(self) -> tuple[object, ...]:
        return self.type, self.canonical_value, self.is_primary

    def __str__(self) -> str:
        return f"{self.type if self.is_primary else self.type.lower()}:{self.value}"


@dataclass(frozen=True, slots=True)
class DeletionMarker:
    """`~del<TYPE:value>` of an Exchange 5.5 import file: remove one, a type, or all (Q184536, Q290091)."""

    type: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        return "~DEL" if self.type is None else f"~DEL<{self.type}:{self.value or ''}>"


class ParsedList(Sequence[T_co], Generic[T_co]):
    """The good items of a list, in their order; `errors` holds the bad ones, with their spans. Immutable."""

    __slots__ = ("_items", "errors")

    def __init__(self, items: Iterable[T_co], errors: Iterable[AddressSyntaxError] = ()) -> None:
        self._items = tuple(items)
        self.errors = tuple(errors)

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
        return f"{type(self).__name__}({list(self._items)!r}, errors={list(self.errors)!r})"


class ProxyList(ParsedList[ProxyAddress]):
    """The proxy addresses of one recipient.

    `findings` lists rules broken by items that parse: two primaries of a type, secondaries without a primary, a
    mixed-case prefix, duplicates. `deletions` holds the `~del<...>` markers of an import file.
    """

    __slots__ = ("deletions", "findings")

    def __init__(
        self,
        items: Iterable[ProxyAddress],
        errors: Iterable[AddressSyntaxError] = (),
        findings: Iterable[Finding] = (),
        deletions: Iterable[DeletionMarker] = (),
    ) -> None:
        super().__init__(items, errors)
        self.findings = tuple(findings)
        self.deletions = tuple(deletions)

    def primary(self, address_type: str = "SMTP") -> ProxyAddress | None:
        """Return the primary proxy of a type, the first where there are several; None where there is none."""
        return next((proxy for proxy in self.of_type(address_type) if proxy.is_primary), None)

    def of_type(self, address_type: str) -> tuple[ProxyAddress, ...]:
        """Return all proxies of a type, in their order."""
        wanted = canonical_type(address_type)
        return tuple(proxy for proxy in self._items if proxy.type == wanted)


def _is_plain_name(name: str) -> bool:
    """Tell whether a name needs no quotes; brackets in full width, say, need them as much as brackets."""
    if name.isascii():
        return _PLAIN_NAME.fullmatch(name) is not None
    import unicodedata  # noqa: PLC0415 - seldom needed

    shown = unicodedata.normalize("NFKC", name)
    return name.isprintable() and all(map(_PLAIN_NAME.fullmatch, (name, shown)))


def _escape(match: re.Match[str]) -> str:
    return "".join(r"\\" if c == "\\" else f"\\x{ord(c):02x}" for c in match[0])


def _escape_in_quotes(match: re.Match[str]) -> str:
    return "".join(f"\\{c}" if c in '\\"' else f"\\x{ord(c):02x}" for c in match[0])
