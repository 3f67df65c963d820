"""IMCEA: an address of any type inside the local part of an Internet address, and back (MS-OXCMAIL, Q193782)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from proxyaddr._text.types import BLANKS, canonical_type
from proxyaddr.errors import AddressSyntaxError, Span, check_text

__all__ = ["LOCAL_PART_MAX_LENGTH", "MAX_LENGTH", "PREFIX", "UNDELIVERABLE", "Parts", "encapsulate", "parse"]

PREFIX = "IMCEA"
"""Upper case; in another case the mail came back (Q271575)."""

LOCAL_PART_MAX_LENGTH = 315
MAX_LENGTH = 571
"""Characters before the `@`, and of the whole address (MS-OXCMAIL 2.1.3.1.8)."""

UNDELIVERABLE = {
    "SMTP": "an SMTP address inside an SMTP address would relay through the site (Q237927, Q264330)",
    "X500": "X500 is no type that may be encapsulated; EX is",
    "INVALID": "the sender's system marked the address as invalid",
}
"""Encapsulated types that are refused when mail is delivered (recipient resolution of Exchange 2010 and later)."""

_TOO_LONG = f"longer than {LOCAL_PART_MAX_LENGTH} characters before the '@' or {MAX_LENGTH} in all"
_DOMAIN = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+")
_TO_ENCODE = re.compile(r"[^A-Za-z0-9=/\-]")
_ALLOWED = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]*")
_ENCODED_BYTE = re.compile(rb"\+([0-9A-Fa-f]{2})")
_BAD_PLUS = re.compile(r"\+(?![0-9A-Fa-f]{2})")


class Parts(NamedTuple):
    """What an encapsulated address holds: a type and a value, and the domain that encapsulates them.

    `is_utf8` is whether the bytes of the value are UTF-8; those of another are read as Latin-1, which is a guess.
    """

    type: str
    value: str
    domain: str
    is_utf8: bool = True


def encapsulate(address_type: str, value: str, domain: str) -> str:
    """Return `IMCEA<TYPE>-<encoded>@domain` (MS-OXCMAIL 2.1.3.1.8, Q193782).

    Letters, digits, `=` and `-` stay, `/` is `_`, and every other byte of the UTF-8 form is `+XX`. AddressSyntaxError
    where the type has a `-`, the value is empty or no Unicode text, the domain is none, or the address gets too long.

    >>> encapsulate("FAX", "+1 555", "contoso.com")
    'IMCEAFAX-+2B1+20555@contoso.com'
    """
    for text, argument in ((address_type, "address_type"), (value, "value"), (domain, "domain")):
        check_text(text, argument)
    kind = canonical_type(address_type)
    if "-" in kind:
        message = "a type with '-' can't be encapsulated: it would end there"
        raise AddressSyntaxError("bad-type", message, address_type, (0, len(address_type)))
    if not value:
        raise AddressSyntaxError("empty-value", "the value is empty", value, (0, 0), ("a value",))
    if not _DOMAIN.fullmatch(domain):
        raise AddressSyntaxError("bad-domain", "an address is encapsulated at a domain", domain, (0, len(domain)))
    try:
        value.encode()  # the whole value, so that an error has the place in it
    except UnicodeEncodeError as error:
        message = "a lone surrogate is no character"
        raise AddressSyntaxError("lone-surrogate", message, value, (error.start, error.end)) from None
    local = f"{PREFIX}{kind}-{_encoded(value)}"
    text = f"{local}@{domain}"
    if len(local) > LOCAL_PART_MAX_LENGTH or len(text) > MAX_LENGTH:
        raise AddressSyntaxError("too-long", f"encapsulated, it is {_TOO_LONG}", value, (0, len(value)))
    return text


def parse(text: str, *, tolerant: bool = False) -> Parts:
    """Return the parts of `IMCEA<TYPE>-<encoded>@domain`; AddressSyntaxError where the text is no such address.

    See `proxyaddr.decapsulate`, which adds limits and an address value.
    """
    written = _split(text)
    address_type = _canonical_type(written)
    if not written.encoded:
        place = written.local_end
        raise written.error("empty-value", "there is no value after the type", (place, place), "a value")
    if not tolerant:
        for error in _slips(written):
            raise error
    value, is_utf8 = _decoded(written.encoded)
    return Parts(address_type, value, written.domain, is_utf8)


class _Written(NamedTuple):
    """The pieces of an encapsulated address as written, and the places in the text where it starts and ends."""

    text: str
    start: int
    end: int
    local: str
    kind: str
    encoded: str
    domain: str

    @property
    def local_end(self) -> int:
        return self.start + len(self.local)

    @property
    def kind_span(self) -> Span:
        start = self.start + len(PREFIX)
        return start, start + len(self.kind)

    def error(self, code: str, message: str, span: Span, *expected: str) -> AddressSyntaxError:
        return AddressSyntaxError(code, message, self.text, span, expected)


def _split(text: str) -> _Written:
    """Return the pieces of an encapsulated address; AddressSyntaxError without a prefix in any case, or without `-`."""
    trimmed = text.strip(BLANKS)
    start = len(text) - len(text.lstrip(BLANKS))
    end = start + len(trimmed)
    local, at, domain = trimmed.rpartition("@")
    if not at:
        local, domain = trimmed, ""
    kind, hyphen, encoded = local[len(PREFIX) :].partition("-")
    if local[: len(PREFIX)].upper() != PREFIX or not hyphen:
        expected = ("IMCEA<TYPE>-<encoded>@domain",)
        raise AddressSyntaxError("not-encapsulated", "no encapsulated address", text, (start, end), expected)
    return _Written(text, start, end, local, kind, encoded, domain)


def _canonical_type(written: _Written) -> str:
    try:
        return canonical_type(written.kind)
    except AddressSyntaxError as error:
        raise written.error(error.code, error.message, written.kind_span, *error.expected) from None


def _slips(written: _Written) -> Iterator[AddressSyntaxError]:
    """Yield the errors of what only a tolerant reader takes."""
    start, end, local, encoded = written.start, written.end, written.local, written.encoded
    value_start = written.local_end - len(encoded)
    if not local.startswith(PREFIX):
        message = f"{PREFIX} is written in upper case (Q271575); tolerant=True takes any case"
        yield written.error("prefix-case", message, (start, start + len(PREFIX)), PREFIX)
    if written.kind != written.kind.strip(BLANKS):
        yield written.error("bad-type", "no blank stands beside the type", written.kind_span, "an address type")
    if not _DOMAIN.fullmatch(written.domain):
        message = "an encapsulated address ends in a domain"
        yield written.error("no-domain", message, (written.local_end, end), "@domain")
    allowed = _ALLOWED.match(encoded)
    if allowed is not None and allowed.end() < len(encoded):
        place = value_start + allowed.end()
        yield written.error("unencoded-character", "this is written as +XX", (place, place + 1), "+XX")
    if bad_plus := _BAD_PLUS.search(encoded):
        place = value_start + bad_plus.start()
        message = "'+' stands before two hexadecimal digits"
        yield written.error("bad-escape", message, (place, min(place + 3, written.local_end)), "+XX")
    if len(local) > LOCAL_PART_MAX_LENGTH or end - start > MAX_LENGTH:
        yield written.error("too-long", _TOO_LONG, (start, end))


def _encoded(value: str) -> str:
    return _TO_ENCODE.sub(lambda match: "".join(f"+{byte:02X}" for byte in match[0].encode()), value).replace("/", "_")


def _decoded(encoded: str) -> tuple[str, bool]:
    """Return the value, and whether its bytes are UTF-8; else they are read as Latin-1.

    `_` is read as a slash before `+5F` is as an underscore.
    """
    data = _ENCODED_BYTE.sub(
        lambda match: bytes.fromhex(match[1].decode("ascii")),
        encoded.replace("_", "/").encode("utf-8", "surrogatepass"),
    )
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("latin-1"), False
