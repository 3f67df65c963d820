"""Cuts a stream of text into blocks of whole lines or whole CSV records, so that one bad line harms no other."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

__all__ = ["BLOCK", "LONGEST_ROW", "blocks", "last_line_end", "last_record_end", "recoded", "starting_with"]

BLOCK = 4 << 20
"""Octets read at a time."""

LONGEST_ROW = 16 << 20
"""Octets after which a row that does not end is taken for a broken one: without a bound a stray quote eats the file."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_UNMARKED = re.compile(rb"(\0[^\0]\0[^\0])|[^\0]\0[^\0]\0")


def recoded(read: Callable[[int], bytes], encoding: str | None) -> Callable[[int], bytes]:
    r"""Return a reader of UTF-8 for a reader of octets: by the mark at their start, else in the encoding given.

    UTF-16 without its mark is known by the NULs in its first two characters (RFC 4627, section 3).
    Octets that are no text in that encoding are shown as `\xHH`. UTF-8, the default, is passed through unchecked.
    """
    start = read(BLOCK)
    for mark, name in _MARKS:
        if start.startswith(mark):
            start, encoding = start[len(mark) :], name
            break
    else:
        if encoding is None and (found := _UNMARKED.match(start)):
            encoding = "utf-16-be" if found[1] else "utf-16-le"
    again = starting_with(start, read)
    if encoding is None or codecs.lookup(encoding).name == "utf-8":
        return again
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")

    def decoded(size: int) -> bytes:
        while True:
            octets = again(size)
            text = decoder.decode(octets, final=not octets).encode("utf-8", "backslashreplace")
            if text or not octets:
                return text

    return decoded


def starting_with(start: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return a reader that gives back first what was read to look at it."""
    pending = [start] if start else []
    return lambda size: pending.pop() if pending else read(size)


def blocks(read: Callable[[int], bytes], last_end: Callable[[bytes], int]) -> Iterator[bytes]:
    """Yield blocks that end where `last_end` says that a row ends; a row that doesn't end comes line by line."""
    rest = b""
    while chunk := read(BLOCK):
        data = rest + chunk if rest else chunk
        end = last_end(data)
        if not end:
            if len(data) < LONGEST_ROW:
                rest = data
                continue
            end = data.find(_line_end(data)) + 1 or len(data)
        yield data[:end]
        rest = data[end:]
    if rest:
        yield rest


def last_line_end(data: bytes) -> int:
    """Return where the last whole line ends, 0 where none does."""
    return data.rfind(b"\n") + 1


def last_record_end(data: bytes) -> int:
    """Return where the last line ends that is outside quotes, 0 where none does (RFC 4180, section 2.6)."""
    mark = _line_end(data)
    end = data.rfind(mark, 0, len(data) - (mark == b"\r")) + 1  # a return at the end may go on in the next block
    inside = data.count(b'"', 0, end) % 2
    while end and inside:
        previous = data.rfind(mark, 0, end - 1) + 1
        inside ^= data.count(b'"', previous, end) % 2
        end = previous
    return end


def _line_end(data: bytes) -> bytes:
    """Return what ends lines: a carriage return where there is no line feed at all."""
    return b"\n" if b"\n" in data else b"\r"
