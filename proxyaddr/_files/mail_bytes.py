"""The bytes of mail to text: byte order marks, the character sets that parts name, and what stands in for them."""

from __future__ import annotations

import codecs

from proxyaddr._files.exports import ANSI

__all__ = ["from_octets", "to_octets"]

SLOW_CHARSETS = frozenset({"punycode", "idna"})
"""Codecs of Python for labels of domains, which take quadratic time; no text is written in them."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def from_octets(octets: bytes, charset: str | None = None) -> str:
    """Return the text of some bytes: by their byte order mark, else UTF-8, else in a character set, else ANSI.

    UTF-8 comes before the character set, since a text that was copied may no longer be in the one that it names, and
    what is not UTF-8 shows it.
    """
    for mark, encoding in _MARKS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(encoding, "replace")
    try:
        return octets.decode("utf-7" if charset == "utf-7" else "utf-8")
    except UnicodeDecodeError:
        return octets.decode(_known(charset), "replace")


def to_octets(text: str) -> bytes:
    """Return the bytes of a text: those that could not be decoded as they were; UTF-8 without a byte order mark."""
    try:
        return text.removeprefix("\ufeff").encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate, which stands for no byte
        return text.removeprefix("\ufeff").encode("utf-8", "replace")


def _known(charset: str | None) -> str:
    """Return a character set that Python decodes to text in linear time, ANSI in place of another one."""
    try:
        name = codecs.lookup(charset or ANSI).name
        b"".decode(name)
    except (LookupError, ValueError):
        return ANSI
    return ANSI if name in SLOW_CHARSETS else name
