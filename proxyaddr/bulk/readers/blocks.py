"""Cuts a stream of text into blocks of whole lines or whole CSV records.

By hand, because the readers of pyarrow that cut blocks themselves stop at a row that is longer than a block, and take a
quote that is not closed for a cell that holds the rest of the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from proxyaddr._text.byte_order import unicode_start

__all__ = ["BLOCK", "LONGEST_ROW", "blocks", "last_line_end", "last_record_end", "recoded", "starting_with"]

BLOCK = 4 << 20
"""Bytes that are read at a time."""

LONGEST_ROW = 16 << 20
"""Bytes after which a row that has no end is taken for broken; else a quote that is not closed would take the file."""


def recoded(read: Callable[[int], bytes], encoding: str | None) -> Callable[[int], bytes]:
    r"""Return a function that reads the same text as `read`, but in UTF-8.

    The byte order mark decides the encoding, then `encoding`, then the NULs in the first two characters, by which
    UTF-16 without a mark is known (RFC 4627, section 3). Bytes that are no text in that encoding become `\xHH`. UTF-8,
    the default, is passed on without a check.
    """
    start = read(BLOCK)
    shown, mark = unicode_start(start)
    if shown is not None and (mark or encoding is None):
        encoding = shown
    again = starting_with(start[mark:], read)
    if encoding is None or codecs.lookup(encoding).name == "utf-8":
        return again
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")

    def decoded(size: int) -> bytes:
        while True:
            data = again(size)
            text = decoder.decode(data, final=not data).encode("utf-8", "backslashreplace")
            if text or not data:
                return text

    return decoded


def starting_with(start: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return a function that reads as `read` does, after what was already read."""
    pending = [start] if start else []
    return lambda size: pending.pop() if pending else read(size)


def blocks(read: Callable[[int], bytes], last_end: Callable[[bytes], int]) -> Iterator[bytes]:
    """Yield blocks of whole rows; a row longer than LONGEST_ROW is yielded line by line.

    `last_end` returns the place in a block after its last whole row, 0 where no row ends.
    """
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
    """Return the place after the last line end, 0 where there is none."""
    return data.rfind(b"\n") + 1


def last_record_end(data: bytes) -> int:
    """Return the place after the last line end outside quotes, 0 where there is none (RFC 4180, section 2.6)."""
    mark = _line_end(data)
    end = data.rfind(mark, 0, len(data) - (mark == b"\r")) + 1  # a return at the end may go on in the next block
    inside = data.count(b'"', 0, end) % 2
    while end and inside:
        previous = data.rfind(mark, 0, end - 1) + 1
        inside ^= data.count(b'"', previous, end) % 2
        end = previous
    return end


def _line_end(data: bytes) -> bytes:
    """Return the byte that ends lines: the carriage return only where there is no line feed at all."""
    return b"\n" if b"\n" in data else b"\r"
