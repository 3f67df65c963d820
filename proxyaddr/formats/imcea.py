"""IMCEA: an address of any type inside the local part of an Internet address, and back (MS-OXCMAIL, Q193782)."""

from __future__ import annotations

import re
from typing import NamedTuple

from proxyaddr._text.types import BLANKS, canonical_type
from proxyaddr.errors import AddressSyntaxError

__all__ = ["LOCAL_PART_MAX_LENGTH", "MAX_LENGTH", "PREFIX", "UNDELIVERABLE", "Parts", "encapsulate", "parse"]


PREFIX = "IMCEA"
"""Upper case; in another case the mail came back (Q271575)."""

LOCAL_PART_MAX_LENGTH = 315
"""MS-OXCMAIL 2.1.3.1.8."""

MAX_LENGTH = 571
"""The whole address, MS-OXCMAIL 2.1.3.1.8."""

UNDELIVERABLE = {
    "SMTP": "an SMTP address inside an SMTP address would relay through the site (Q237927, Q264330)",
    "X500": "X500 is no type that may be encapsulated; EX is",
    "INVALID": "the sender's system marked the address as invalid",
}
"""Encapsulated types that are refused when mail is delivered (recipient resolution of Exchange 2010 and later)."""

_DOMAIN = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+")

_KEPT = re.compile(r"[^A-Za-z0-9=/\-]")

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]*")

_PLUS = re.compile(rb"\+([0-9A-Fa-f]{2})")

_BAD_PLUS = re.compile(r"\+(?![0-9A-Fa-f]{2})")


class Parts(NamedTuple):
    """What an encapsulated address holds: a type and a value, and the domain that encapsulates them."""

    type: str
    value: str
    domain: str


def encapsulate(address_type: str, value: str, domain: str) -> str:
    """Return `IMCEA<TYPE>-<encoded>@domain` (MS-OXCMAIL 2.1.3.1.8, Q193782).

    Letters, digits, `=` and `-` stay, `/` is `_`, and every other octet of the UTF-8 form is `+XX`. AddressSyntaxError
    where the type holds a `-`, the value is empty or no Unicode text, the domain is none, or the address gets too long.

    >>> encapsulate("FAX", "+1 555", "contoso.com")
    'IMCEAFAX-+2B1+20555@contoso.com'
    """
    kind = canonical_type(address_type)
    if "-" in kind:
        message = "a type with '-' can't be encapsulated: it would end there"
        raise AddressSyntaxError("bad-type", message, address_type, (0, len(address_type)))
    if not value:
        raise AddressSyntaxError("empty-value", "the value is empty", value, (0, 0), ("a value",))
    if not _DOMAIN.fullmatch(domain):
        raise AddressSyntaxError("bad-domain", "an address is encapsulated at a domain", domain, (0, len(domain)))
    try:
        value.encode()  # says where in the whole value
        local = f"{PREFIX}{kind}-{_KEPT.sub(_escaped, value).replace('/', '_')}"
    except UnicodeEncodeError as error:
        message = "a lone surrogate is no character"
        raise AddressSyntaxError("lone-surrogate", message, value, (error.start, error.end)) from None
    text = f"{local}@{domain}"
    if len(local) > LOCAL_PART_MAX_LENGTH or len(text) > MAX_LENGTH:
        message = (
            f"encapsulated, it is longer than {LOCAL_PART_MAX_LENGTH} characters before the '@' or {MAX_LENGTH} in all"
        )
        raise AddressSyntaxError("too-long", message, value, (0, len(value)))
    return text


def parse(text: str, *, tolerant: bool = False) -> Parts:
    """Return the parts of `IMCEA<TYPE>-<encoded>@domain`; AddressSyntaxError where it is none.

    See `proxyaddr.decapsulate`, which adds limits and an address value.
    """
    trimmed = text.strip(BLANKS)
    start = len(text) - len(text.lstrip(BLANKS))
    end = start + len(trimmed)
    local, at, domain = trimmed.rpartition("@")
    if not at:
        local, domain = trimmed, ""
    place = start + len(local)
    kind, hyphen, encoded = local[len(PREFIX) :].partition("-")
    value_start = place - len(encoded)
    if not local[: len(PREFIX)].upper() == PREFIX or not hyphen:
        raise _bad("not-encapsulated", "no encapsulated address", text, (start, end), "IMCEA<TYPE>-<encoded>@domain")
    address_type = _type(kind, text, start + len(PREFIX))
    if not encoded:
        raise _bad("empty-value", "there is no value after the type", text, (place, place), "a value")
    if not tolerant:
        if not local.startswith(PREFIX):
            message = f"{PREFIX} is written in upper case (Q271575); tolerant=True takes any case"
            raise _bad("prefix-case", message, text, (start, start + len(PREFIX)), PREFIX)
        if kind != kind.strip(BLANKS):
            message = "no blank stands beside the type"
            raise _bad("bad-type", message, text, (start + len(PREFIX), value_start - 1), "an address type")
        if not _DOMAIN.fullmatch(domain):
            raise _bad("no-domain", "an encapsulated address ends in a domain", text, (place, end), "@domain")
        allowed = _LOCAL.match(encoded)
        if allowed is not None and allowed.end() < len(encoded):
            wrong = value_start + allowed.end()
            raise _bad("unencoded-character", "this is written as +XX", text, (wrong, wrong + 1), "+XX")
        if wrong_plus := _BAD_PLUS.search(encoded):
            wrong = value_start + wrong_plus.start()
            message = "'+' stands before two hexadecimal digits"
            raise _bad("bad-escape", message, text, (wrong, min(wrong + 3, place)), "+XX")
        if len(local) > LOCAL_PART_MAX_LENGTH or len(trimmed) > MAX_LENGTH:
            message = f"longer than {LOCAL_PART_MAX_LENGTH} characters before the '@' or {MAX_LENGTH} in all"
            raise _bad("too-long", message, text, (start, end))
    return Parts(address_type, _decoded(encoded), domain)


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"+{octet:02X}" for octet in match[0].encode())


def _decoded(encoded: str) -> str:
    """Read `_` as a slash before `+5F` as an underscore."""
    octets = _PLUS.sub(
        lambda match: bytes.fromhex(match[1].decode("ascii")),
        encoded.replace("_", "/").encode("utf-8", "surrogatepass"),
    )
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _type(kind: str, text: str, start: int) -> str:
    try:
        return canonical_type(kind)
    except AddressSyntaxError as error:
        span = (start, start + len(kind))
        raise AddressSyntaxError(error.code, error.message, text, span, error.expected) from error


def _bad(code: str, message: str, text: str, span: tuple[int, int], *expected: str) -> AddressSyntaxError:
    return AddressSyntaxError(code, message, text, span, expected)
