"""MAPI one-off entry identifiers: bytes to a display name, a type and a value, and back (MS-OXCDATA 2.2.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from proxyaddr._files.exports import ANSI
from proxyaddr._text.types import canonical_type
from proxyaddr.errors import AddressSyntaxError, check_text
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["OneOffEntryId", "OneOffFlags", "octet_error", "search_key", "text_of_octets"]

ONE_OFF_UID = bytes.fromhex("812b1fa4bea310199d6e00dd010f5402")
"""The provider of one-off entry identifiers."""

VERSION = b"\x00\x00"
DEFAULT_CODE_PAGE = ANSI
"""Of the form that is not Unicode; which one it is, the bytes do not say."""

_HEADER = b"\x00\x00\x00\x00" + ONE_OFF_UID + VERSION
_FLAGS_END = len(_HEADER) + 2
_FIELDS = ("display name", "address type", "address")


class OneOffFlags(IntFlag):
    """The two bytes after the version, least significant first (MS-OXCDATA 2.2.5.1); unknown bits are kept."""

    NO_RICH_INFO = 0x0001
    TEXT_FORMAT = 0x0006
    HTML_FORMAT = 0x000E
    TEXT_AND_HTML_FORMAT = 0x0016
    MAC_BINHEX = 0x0020
    MAC_UUENCODE = 0x0040
    MAC_APPLE_DOUBLE = 0x0060
    NO_LOOKUP = 0x1000
    UNICODE = 0x8000


@dataclass(frozen=True, slots=True)
class OneOffEntryId:
    """A one-off address as MAPI stores it. AddressSyntaxError for text that the bytes can't hold.

    `code_page` is the ANSI code page of the form without `OneOffFlags.UNICODE`.
    """

    display_name: str
    type: str
    value: str
    flags: OneOffFlags = OneOffFlags.UNICODE | OneOffFlags.NO_RICH_INFO
    code_page: str = DEFAULT_CODE_PAGE

    def __post_init__(self) -> None:
        for argument in ("display_name", "type", "value", "code_page"):
            check_text(getattr(self, argument), argument)
        object.__setattr__(self, "flags", OneOffFlags(self.flags))
        canonical_type(self.type)
        if not 0 <= self.flags <= 0xFFFF:
            text = str(int(self.flags))
            raise AddressSyntaxError("bad-flags", "the flags are two bytes", text, (0, len(text)))
        for text in (self.display_name, self.type, self.value):
            if (place := text.find("\x00")) >= 0:
                raise AddressSyntaxError("nul", "the text must not contain NUL", text, (place, place + 1))
            try:
                if text.encode(self._encoding).decode(self._encoding) != text:
                    message = "the code page reads this back as another text"
                    raise AddressSyntaxError("bad-text", message, text, (0, len(text)))
            except UnicodeError:
                message = f"{self._encoding} can't hold this text"
                raise AddressSyntaxError("bad-text", message, text, (0, len(text))) from None
            except LookupError:
                raise _no_code_page(self.code_page) from None

    @property
    def _encoding(self) -> str:
        return "utf-16-le" if OneOffFlags.UNICODE in self.flags else self.code_page

    @classmethod
    def from_bytes(
        cls, data: bytes, *, code_page: str = DEFAULT_CODE_PAGE, limits: Limits = DEFAULT_LIMITS
    ) -> OneOffEntryId:
        """Read an entry identifier; AddressSyntaxError for other bytes, with the place in their hexadecimal form.

        Four bytes of zero, the identifier of the provider, version 0, flags, then display name, type and address, each
        up to its NUL. Nothing may follow but padding of NULs.
        """
        data = bytes(memoryview(data))  # TypeError for a number, of which bytes() would make as many NULs
        limits.check_octets(data)
        if data[: len(_HEADER)] != _HEADER:
            message = "not the start of a one-off entry identifier"
            raise octet_error("not-a-one-off", message, data, 0, min(len(data), len(_HEADER)))
        if len(data) < _FLAGS_END:
            raise octet_error("truncated", "the flags are missing", data, len(_HEADER), len(data))
        flags = OneOffFlags(int.from_bytes(data[len(_HEADER) : _FLAGS_END], "little"))
        unit, encoding = (2, "utf-16-le") if OneOffFlags.UNICODE in flags else (1, code_page)
        texts, place = _read_texts(data, unit, encoding)
        if data[place:].strip(b"\x00"):
            raise octet_error("trailing-octets", "only NULs may follow the address", data, place, len(data))
        try:
            return cls(texts[0], texts[1], texts[2], flags, code_page)
        except AddressSyntaxError as error:
            raise octet_error(error.code, error.message, data, _FLAGS_END, len(data)) from None

    def to_bytes(self) -> bytes:
        """Return the entry identifier."""
        flags = int(self.flags).to_bytes(2, "little")
        texts = "".join(f"{text}\x00" for text in (self.display_name, self.type, self.value))
        return _HEADER + flags + texts.encode(self._encoding)

    @property
    def search_key(self) -> bytes:
        """PidTagSearchKey: see `search_key`."""
        return search_key(self.type, self.value)


def search_key(address_type: str, value: str) -> bytes:
    r"""Return `TYPE:VALUE` in upper case and a NUL, as the search key of a recipient holds it.

    >>> search_key("SMTP", "a@contoso.com")
    b'SMTP:A@CONTOSO.COM\x00'
    """
    return f"{address_type}:{value}\x00".upper().encode(DEFAULT_CODE_PAGE, "replace")


def _read_texts(data: bytes, unit: int, encoding: str) -> tuple[list[str], int]:
    """Return the three texts after the flags, and the place after the last one; AddressSyntaxError without them.

    `unit` is the number of bytes of the NUL at the end of each.
    """
    place, texts = _FLAGS_END, []
    for field in _FIELDS:
        end = _find_nul(data, place, unit)
        if end < 0:
            raise octet_error("truncated", f"the {field} does not end", data, place, len(data))
        texts.append(text_of_octets(data, place, end, encoding, field))
        place = end + unit
    return texts, place


def _find_nul(data: bytes, start: int, unit: int) -> int:
    """Return the place of the next NUL of `unit` bytes, at a multiple of them from the start; -1 without one."""
    place = data.find(b"\x00" * unit, start)
    while place >= 0 and (place - start) % unit:
        place = data.find(b"\x00" * unit, place + 1)
    return place


def text_of_octets(data: bytes, start: int, end: int, encoding: str, field: str) -> str:
    """Return the text of some bytes of an identifier; AddressSyntaxError names the field where they are none."""
    try:
        return data[start:end].decode(encoding)
    except UnicodeError:
        raise octet_error("bad-text", f"the {field} is not {encoding}", data, start, end) from None
    except LookupError:
        raise _no_code_page(encoding) from None


def _no_code_page(code_page: str) -> AddressSyntaxError:
    return AddressSyntaxError("bad-code-page", "no such code page", code_page, (0, len(code_page)))


def octet_error(code: str, message: str, data: bytes, start: int, end: int) -> AddressSyntaxError:
    """Return the error of some bytes, with their place in the hexadecimal form of all."""
    return AddressSyntaxError(code, message, data.hex(), (2 * start, 2 * end))
