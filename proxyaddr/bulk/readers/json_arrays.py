"""Turns an array of JSON objects, or objects of several lines, as ConvertTo-Json writes them, into one object a line.

By hand, because pyarrow.json reads no arrays, and ijson replaces half surrogate pairs by `?`, stops at `NaN` and stops
for the whole file at a byte that is not UTF-8: here only the row that holds it is bad.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

from proxyaddr.bulk.readers.blocks import BLOCK, LONGEST_ROW, starting_with
from proxyaddr.errors import ConfigurationError

__all__ = ["lines_of"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_START = re.compile(rb"[ \t\r\n]*(?:\[[ \t\r\n]*(?:\]|(?=\{))|(?=\{[ \t]*[\r\n]))")
_WRAPPED = re.compile(rb'[ \t\r\n]*\{[^\[\]{}]{0,10000}?"value"[ \t\r\n]*:[ \t\r\n]*(?=\[)')
"""What stands before the array in a document of Graph or OData, and of PowerShell 5.1."""

_NEXT_PAGE = b"@odata.nextLink"
_AFTER = re.compile(rb"[ \t\r\n]*(?:,[^\[\]{}]*)?\}[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)  # used only to find ends of values
_ESCAPED = "surrogateescape"


def lines_of(read: Callable[[int], bytes], source: str) -> Callable[[int], bytes]:
    """Return a function that reads as `read` does, but one object a line where the data starts otherwise.

    What follows an array is not changed. The function raises ConfigurationError where an array or object is incomplete
    or not valid.
    """
    start = read(BLOCK)
    around = _WRAPPED.match(start)
    begin = around.end() if around else 0
    opened = _START.match(start, begin)
    if opened is None:
        return starting_with(start, read)
    rest = starting_with(start[opened.end() :], read)
    if around is None and opened[0].endswith(b"]"):
        return rest
    line = 1 + start.count(b"\n", 0, opened.end())
    is_empty = opened[0].endswith(b"]")
    found = iter(lambda: rest(BLOCK), b"") if is_empty else _pieces(rest, line, source, in_array=b"[" in opened[0])
    pieces = filter(None, found if around is None else _without_wrapper(found, around[0], source))
    return lambda _: next(pieces, b"")


def _without_wrapper(pieces: Iterator[bytes], before: bytes, source: str) -> Iterator[bytes]:
    """Yield the pieces of an array that stands in an object, but not what follows it in the object.

    Where the object says that the list goes on elsewhere, its address is a last line, which is a bad row: not all rows
    are there. ConfigurationError where the object does not end.
    """
    held: list[bytes] = []
    for piece in pieces:
        if held or piece.lstrip(b" \t\r\n")[:1] not in (b"", b"{"):
            held.append(piece)
        else:
            yield piece
    after = b"".join(held)
    if _AFTER.fullmatch(after) is None:
        message = "invalid or incomplete JSON: no '}' after the list of `value`"
        raise ConfigurationError("bad-json", message, source=source)
    if _NEXT_PAGE in before or _NEXT_PAGE in after:
        yield _NEXT_PAGE + b"\n"


def _pieces(read: Callable[[int], bytes], first_line: int, source: str, *, in_array: bool) -> Iterator[bytes]:
    """Yield pieces of whole lines, one object each: those of an array, or one after the other; then the other data."""
    decode = codecs.getincrementaldecoder("utf-8")(_ESCAPED).decode
    text, line, closed = "", first_line, False
    while not closed:
        more = read(BLOCK)
        text += decode(more, final=not more)
        members: list[str] = []
        place = 0
        problem = None
        while not closed and problem is None and _end_of_blanks(text, place) < len(text):
            try:
                member, place, closed = _member(text, place, in_array=in_array)
            except (json.JSONDecodeError, RecursionError) as error:
                problem = error
            else:
                members.append(member)
        yield "".join(members).encode("utf-8", _ESCAPED)
        line += text.count("\n", 0, place)
        text = text[place:]
        if problem is not None and (not more or len(text) > LONGEST_ROW):
            reason = getattr(problem, "msg", "nested too deeply")
            line += text.count("\n", 0, getattr(problem, "pos", place) - place)
            raise ConfigurationError("bad-json", f"invalid or incomplete JSON: {reason}", source=source, line=line)
        if not more:
            if in_array and not closed:
                raise ConfigurationError(
                    "bad-json", "invalid or incomplete JSON: no ']' at its end", source=source, line=line
                )
            break
    yield text.encode("utf-8", _ESCAPED)
    yield from iter(lambda: read(BLOCK), b"")


def _member(text: str, place: int, *, in_array: bool) -> tuple[str, int, bool]:
    """Return the object at a place as a line, the place of the next one, and whether the array ends between the two."""
    begin = _end_of_blanks(text, place)
    _, end = _DECODER.raw_decode(text, begin)
    after = _end_of_blanks(text, end)
    closed = in_array and text.startswith("]", after)
    if in_array and not closed and not text.startswith(",", after):
        raise json.JSONDecodeError("expected ',' or ']'", text, after)
    return text[begin:end].replace("\n", " ").replace("\r", " ") + "\n", after + in_array, closed


def _end_of_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place
