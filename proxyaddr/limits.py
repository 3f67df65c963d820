"""Limits of what a call reads, with defaults that can be raised for one call."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from proxyaddr.errors import AddressSyntaxError

__all__ = ["DEFAULT_LIMITS", "Limits"]

MAX_BYTES_PER_CHARACTER = 4
"""Of one code point, in UTF-8 and UTF-16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a call reads; pass `limits=Limits(list_items=10_000_000)` to a call that must read more.

    Time and memory are linear in the length of the input, so these limits bound both where anybody may write the input.
    No format comes near the defaults: an encapsulated address has 571 characters, a legacy DN 256.
    """

    address_length: int = 2**18
    """Code points of one address, or of one item of a list."""

    list_length: int = 2**26
    """Code points of a list, or of the text of a routing table."""

    list_items: int = 1_000_000
    """Items of a list."""

    file_octets: int = 2**28
    """Bytes of a file."""

    file_rows: int = 2_000_000
    """Rows, lines, objects or entries of a file."""

    file_errors: int = 100_000
    """Errors of bad rows that are listed; one more counts the others."""

    line_length: int = 2**20
    """Code points of a row or of a line, continuation lines included."""

    nesting: int = 64
    """Lists and tables inside each other, in JSON and TOML."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise TypeError(f"{name} is a whole number from 1, not {value!r}")

    def check_address(self, text: object) -> None:
        """Raise AddressSyntaxError for the text of an address that is too long; TypeError for what is no text."""
        self._check(text, self.address_length, "an address")

    def check_list(self, text: object, what: str = "a list") -> None:
        """Raise AddressSyntaxError for a text of a list or a table that is too long; TypeError for what is no text."""
        self._check(text, self.list_length, what)

    def check_octets(self, data: Sized) -> None:
        """Raise AddressSyntaxError for more bytes than the longest address has."""
        most = MAX_BYTES_PER_CHARACTER * self.address_length
        if len(data) > most:
            raise AddressSyntaxError("too-long", f"an address has at most {most} bytes here", "", (0, 0))

    def too_many_items(self, text: str, place: int, item: int | None = None) -> AddressSyntaxError:
        """Return the error of a list with too many items: `place` is that of the first item too many in the text."""
        message = f"a list has at most {self.list_items} items; `limits=` allows more"
        return AddressSyntaxError("too-many-items", message, text, (place, len(text)), item=item)

    @staticmethod
    def _check(text: object, most: int, what: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"{what} is text, not {type(text).__name__}")
        if len(text) > most:
            message = f"{what} has at most {most} characters; `limits=` allows more"
            raise AddressSyntaxError("too-long", message, text, (most, len(text)))


DEFAULT_LIMITS = Limits()
"""What applies unless a call says otherwise."""
