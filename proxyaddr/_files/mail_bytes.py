"""The bytes of mail to text: byte order marks, the character sets that parts name, and what stands in for them."""

from __future__ import annotations

import codecs

from proxyaddr._files.exports import ANSI
from proxyaddr._text.byte_order import unicode_start

__all__ = ["from_octets", "to_octets"]

NO_CHARSETS = frozenset({"punycode", "idna", "undefined"})
"""Codecs of Python that no text is written in; the first two take quadratic time."""

PROBE = "IMCEA+20="
"""Characters that a character set may write in its own way: UTF-16 all of them, UTF-7 the plus sign."""


def from_octets(octets: bytes, charset: str | None = None) -> str:
    """Return the text of some bytes: by what their first ones show, else UTF-8, else in a character set, else ANSI.

    UTF-8 comes before a character set that contains ASCII, since a text that was copied may no longer be in the one
    that it names, and what is not UTF-8 shows it.
    """
    encoding, mark = unicode_start(octets)
    if encoding is not None:
        return octets[mark:].decode(encoding, "replace")
    known = _known(charset)
    try:
        return octets.decode("utf-8" if PROBE.encode(known) == PROBE.encode() else known)
    except UnicodeDecodeError:
        return octets.decode(known, "replace")


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
        PROBE.encode(name)
    except (LookupError, ValueError):
        return ANSI
    return ANSI if name in NO_CHARSETS else name
