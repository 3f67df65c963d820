"""The encoding of Unicode that the first bytes of a text show, by a byte order mark or by the NULs of UTF-16."""

from __future__ import annotations

import codecs
import re

__all__ = ["UNICODE_START", "unicode_start"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks (Unicode 23.8) and the encodings that they stand for; Python keeps no mark in any of these."""

_UNMARKED = re.compile(rb"(\0[^\0]\0[^\0])|[^\0]\0[^\0]\0")
"""The first two characters of UTF-16 without a mark (RFC 4627, section 3)."""

UNICODE_START = 4
"""So many bytes are enough for `unicode_start`."""


def unicode_start(start: bytes) -> tuple[str | None, int]:
    r"""Return the encoding that the first bytes of a text show, None where they show none, and the length of the mark.

    >>> unicode_start(codecs.BOM_UTF8 + b"a"), unicode_start(b"a\0b\0"), unicode_start(b"ab")
    (('utf-8', 3), ('utf-16-le', 0), (None, 0))
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    unmarked = _UNMARKED.match(start)
    return (None, 0) if unmarked is None else ("utf-16-be" if unmarked[1] else "utf-16-le", 0)
