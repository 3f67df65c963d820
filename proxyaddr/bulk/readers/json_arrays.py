"""Turns an array of JSON objects, or objects of several lines, as ConvertTo-Json writes them, into one object a line.

By hand, because pyarrow.json reads no arrays, and ijson replaces half surrogate pairs by `?`, stops at `NaN` and stops
for the whole file at a byte that is not UTF-8: here only the row that holds it is bad.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

from proxyaddr._files.json_wrappers import Wrapper, after_blanks, members_after, next_page, page_of, wrapper_at
from proxyaddr.bulk.readers.blocks import BLOCK, LONGEST_ROW, starting_with
from proxyaddr.errors import ConfigurationError

__all__ = ["lines_of"]

_START = re.compile(rb"[ \t\r\n]*(?:\[[ \t\r\n]*(?:\]|(?=\{))|(?=\{[ \t]*[\r\n]))")
_NEXT_PAGE = "@odata.nextLink\n"
_HEAD = 1 << 16
_PIECE = 1 << 20
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)  # used only to find ends of values
_ESCAPED = "surrogateescape"


def lines_of(read: Callable[[int], bytes], source: str) -> Callable[[int], bytes]:
    """Return a function that reads as `read` does, but one object a line where the data starts otherwise.

    The list that Graph, OData and PowerShell 5.1 put in an object gives its members, as do several such pages one after
    the other or in an array. Where the last page says that the list goes on elsewhere, there is a last line that is a
    bad row: not all rows are there. What follows an array is not changed. The function raises ConfigurationError where
    an array or object is incomplete or not valid.
    """
    start = read(BLOCK)
    opened = _START.match(start)
    if opened is None and _wrapper(start[:_HEAD].decode("utf-8", _ESCAPED)) is None:
        return starting_with(start, read)
    if opened is not None and opened[0].endswith(b"]"):
        return starting_with(start[opened.end() :], read)
    pieces = _in_pieces(_Documents(starting_with(start, read), source).lines())
    return lambda _: next(pieces, b"")


def _wrapper(text: str) -> Wrapper | None:
    return wrapper_at(text, after_blanks(text, 0))


def _in_pieces(lines: Iterator[str]) -> Iterator[bytes]:
    """Yield lines in pieces of about a megabyte."""
    waiting: list[str] = []
    length = 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length >= _PIECE:
            yield "".join(waiting).encode("utf-8", _ESCAPED)
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting).encode("utf-8", _ESCAPED)


class _Documents:
    """Reads an array, pages, or objects one after the other; memory holds a block and the value that goes on after it.

    `_text` is what was read and not yet taken, from `_place` on; `_line` is the line at its start.
    """

    def __init__(self, read: Callable[[int], bytes], source: str) -> None:
        self._read, self._source = read, source
        self._decode = codecs.getincrementaldecoder("utf-8")(_ESCAPED).decode
        self._text, self._place, self._line, self._ended = "", 0, 1, False
        self._following: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield a line for each object, then the data behind an array as they are."""
        in_pages = True
        while self._next():
            while in_pages and len(self._text) - self._place < _HEAD and self._more():
                pass
            around = wrapper_at(self._text, self._place) if in_pages else None
            in_pages = around is not None
            if around is not None:
                yield from self._page(around)
            elif self._text[self._place] == "[":
                yield from self._array(of_pages=True)
                yield from self._rest()
            else:
                yield from self._member(of_pages=False)
        if self._following is not None:
            yield _NEXT_PAGE

    def _page(self, around: Wrapper) -> Iterator[str]:
        """Yield a line for each member of the list in a wrapper that begins at the place."""
        self._place = around.start
        yield from self._array(of_pages=False)
        self._close(around)

    def _array(self, *, of_pages: bool) -> Iterator[str]:
        """Yield a line for each member of the array that begins at the place."""
        self._place += 1
        while self._next() and self._text[self._place] != "]":
            yield from self._member(of_pages=of_pages)
            if not self._next() or self._text[self._place] not in ",]":
                raise self._error("expected ',' or ']'", self._place)
            if self._text[self._place] == ",":
                self._place += 1
                if self._next() and self._text[self._place] == "]":
                    raise self._error("Expecting value", self._place)
        if not self._next():
            raise self._error("no ']' at its end", self._place)
        self._place += 1

    def _member(self, *, of_pages: bool) -> Iterator[str]:
        """Yield the value at the place as a line, or a line for each object of a page of a list."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
                break
            except RecursionError:
                raise self._error("nested too deeply", self._place) from None
            except json.JSONDecodeError as error:
                if len(self._text) - self._place > LONGEST_ROW or not self._more():
                    raise self._error(error.msg, error.pos) from None
        around = wrapper_at(self._text, self._place) if of_pages and page_of(value) is not None else None
        if around is None:
            yield self._text[self._place : end].replace("\n", " ").replace("\r", " ") + "\n"
            self._place = end
        else:
            yield from self._page(around)

    def _close(self, around: Wrapper) -> None:
        """Read what follows the list of a wrapper in it."""
        while True:
            try:
                after, self._place = members_after(self._text, self._place, around.depth)
                break
            except (ValueError, RecursionError):
                if len(self._text) - self._place > LONGEST_ROW or not self._more():
                    raise self._error("no '}' after the list of `value`", self._place) from None
        self._following = next_page({**around.members, **after})

    def _rest(self) -> Iterator[str]:
        """Yield what is left as it is."""
        yield self._text[self._place :]
        self._place = len(self._text)
        while self._more():
            yield self._text
            self._place = len(self._text)

    def _next(self) -> bool:
        """Go to the next character that is not blank; return whether there is one."""
        self._place = after_blanks(self._text, self._place)
        while self._place == len(self._text):
            if not self._more():
                return False
            self._place = after_blanks(self._text, self._place)
        return True

    def _more(self) -> bool:
        """Read on, and forget what was taken; return whether there was more."""
        if self._ended:
            return False
        data = self._read(BLOCK)
        self._ended = not data
        self._line += self._text.count("\n", 0, self._place)
        self._text = self._text[self._place :] + self._decode(data, final=self._ended)
        self._place = 0
        return True

    def _error(self, reason: str, place: int) -> ConfigurationError:
        line = self._line + self._text.count("\n", 0, place)
        return ConfigurationError("bad-json", f"invalid or incomplete JSON: {reason}", source=self._source, line=line)
