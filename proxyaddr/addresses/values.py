"""Address values: frozen, hashable, printable, the same for every address type."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import KW_ONLY, dataclass, field

from proxyaddr._text.types import BLANKS, WHITE_SPACE, canonical_type
from proxyaddr.errors import AddressSyntaxError, Finding, check_text, check_type
from proxyaddr.formats.rules import canonical_value, findings

__all__ = ["OneOffAddress", "ProxyAddress", "TypedAddress", "one_off_as_read", "proxy_as_read"]

# Escaped in a one-off: brackets, controls, and a backslash that would be read as the start of an escape
_UNSAFE_IN_VALUE = re.compile(r"[\[\]\x00-\x1f\x7f]|^ +| +$|\\(?![^\\\[\]\x00-\x20\x7fx])")
_UNSAFE_IN_QUOTES = re.compile(r'["\x00-\x1f\x7f]|\\(?![^\\"\x00-\x20\x7fx])')
_NOT_IN_NAME = r"\[\]<>();,:\"\\\x00-\x1f\x7f@\uff1b\uff20"
_PLAIN_NAME = re.compile(rf"[^\s{_NOT_IN_NAME}](?:[^{_NOT_IN_NAME}]*[^\s{_NOT_IN_NAME}])?")


@dataclass(frozen=True, slots=True, eq=False)
class TypedAddress:
    """An address type and a value of it.

    Two are equal when they are of one class, and all that they say is equal: types without case, values as written, but
    of SMTP the domains without case and in IDNA form. `same_address` asks less: whether both reach the same recipient.

    >>> TypedAddress("smtp", "jane@Contoso.com") == TypedAddress("SMTP", "jane@contoso.com")
    True
    >>> TypedAddress("SMTP", "Jane@contoso.com") == TypedAddress("SMTP", "jane@contoso.com")
    False
    """

    type: str
    value: str
    _: KW_ONLY
    reading: tuple[Finding, ...] = field(default=(), repr=False)
    """What was found when a text was read as this address, such as blanks around it; no part of what it says."""

    def __post_init__(self) -> None:
        if not (isinstance(self.type, str) and isinstance(self.value, str)):  # two calls for each address take time
            check_text(self.type, "type")
            check_text(self.value, "value")
        object.__setattr__(self, "type", canonical_type(self.type))
        if not self.value.strip(BLANKS):
            raise AddressSyntaxError("empty-value", "the value is empty", self.value, (0, len(self.value)))

    def validate(self, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
        """Return what was found in reading the address, and the rules of its type that the value breaks.

        Nothing for a good value.
        For Internet addresses `idna` allows domains and `smtputf8` local parts outside ASCII.
        """
        name: str | None = getattr(self, "display_name", None)
        return (*self.reading, *findings(self.type, self.value, name, idna=idna, smtputf8=smtputf8))

    @property
    def canonical_value(self) -> str:
        """The value in the form in which values are compared for equality."""
        return canonical_value(self.type, self.value)

    @property
    def comparison_key(self) -> tuple[str, str]:
        """Type and value as a directory compares them: without case, and nothing else that the address says.

        Keys of addresses of different classes compare, so it serves as the key of a dictionary or a set.

        >>> ProxyAddress("smtp", "Jane@Contoso.com", is_primary=True).comparison_key
        ('SMTP', 'jane@contoso.com')
        """
        if self.value.isascii():  # as most are
            return self.type, self.value.lower()
        return self.type, self.canonical_value.casefold()

    def same_address(self, other: TypedAddress) -> bool:
        """Return whether a directory takes both for one address: their `comparison_key` is equal.

        A name, and whether an address is the primary, do not count, as they do for `==`. TypeError for what is no
        typed address.

        >>> primary, one_off = ProxyAddress("SMTP", "jane@contoso.com", True), OneOffAddress("SMTP", "JANE@contoso.com")
        >>> primary.same_address(one_off), primary == one_off
        (True, False)
        """
        check_type(other, TypedAddress, "other")
        return self.comparison_key == other.comparison_key

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

    `str()` quotes a name that could be read as more than a name, and keeps every character, so that the text can be
    parsed again. Characters that change the order of a text on a screen are a finding of `validate()`.
    """

    display_name: str | None = None

    def __post_init__(self) -> None:
        TypedAddress.__post_init__(self)
        if self.display_name is not None:
            check_text(self.display_name, "display_name")

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
    """An address of a recipient; `str()` gives `SMTP:value` for the primary of its type, `smtp:value` for others.

    A primary and a secondary address are not equal, though they may be the same address.

    >>> primary, secondary = ProxyAddress("SMTP", "a@b.de", True), ProxyAddress("SMTP", "a@b.de")
    >>> primary == secondary, primary.same_address(secondary)
    (False, True)
    """

    is_primary: bool = False

    def __post_init__(self) -> None:
        TypedAddress.__post_init__(self)
        trimmed = self.value.strip(WHITE_SPACE)
        if not trimmed:
            raise AddressSyntaxError("empty-value", "the value is empty", self.value, (0, len(self.value)))
        object.__setattr__(self, "value", trimmed)

    def _identity(self) -> tuple[object, ...]:
        return self.type, self.canonical_value, self.is_primary

    def __str__(self) -> str:
        return f"{self.type if self.is_primary else self.type.lower()}:{self.value}"


_set = object.__setattr__


def one_off_as_read(address_type: str, value: str, display_name: str | None) -> OneOffAddress:
    """Return a one-off address of parts that a reader has checked: a canonical type, and a value that is not blank.

    Nothing was found in reading it. To check the parts again would take most of the time of a common address.
    """
    address = object.__new__(OneOffAddress)
    _set(address, "type", address_type)
    _set(address, "value", value)
    _set(address, "reading", ())
    _set(address, "display_name", display_name)
    return address


def proxy_as_read(address_type: str, value: str, is_primary: bool) -> ProxyAddress:
    """Return a proxy address of parts that a reader has checked, as `one_off_as_read` does.

    The value has no white space around it.
    """
    address = object.__new__(ProxyAddress)
    _set(address, "type", address_type)
    _set(address, "value", value)
    _set(address, "reading", ())
    _set(address, "is_primary", is_primary)
    return address


def _is_plain_name(name: str) -> bool:
    """Return whether a name needs no quotes. Characters that look like brackets, such as full-width ones, need them."""
    if "=?" in name or "{" in name:  # what begins an encoded word, or a list in braces
        return False
    if name.isascii():
        return _PLAIN_NAME.fullmatch(name) is not None
    shown = unicodedata.normalize("NFKC", name)
    return name.isprintable() and all(map(_PLAIN_NAME.fullmatch, (name, shown)))


def _escape(match: re.Match[str]) -> str:
    return "".join(r"\\" if c == "\\" else f"\\x{ord(c):02x}" for c in match[0])


def _escape_in_quotes(match: re.Match[str]) -> str:
    return "".join(f"\\{c}" if c in '\\"' else f"\\x{ord(c):02x}" for c in match[0])
