"""Hands on a JSON array of objects as one object a line: what ConvertTo-Json and many other exports write."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

from proxyaddr.bulk.blocks import BLOCK, LONGEST_ROW, starting_with
from proxyaddr.errors import ConfigurationError

__all__ = ["lines_of"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_START = re.compile(rb"[ \t\r\n]*\[[ \t\r\n]*(?:\]|(?=\{))")
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)  # only where a value ends is asked
_ESCAPED = "surrogateescape"


def lines_of(read: Callable[[int], bytes], source: str) -> Callable[[int], bytes]:
    """Return `read`, or what gives each member a line where an array of objects comes first; what follows it stays.

    ConfigurationError, in the midst of reading, where the array breaks off.
    """
    start = read(BLOCK)
    opened = _START.match(start)
    if opened is None:
        return starting_with(start, read)
    rest = starting_with(start[opened.end() :], read)
    if opened[0].endswith(b"]"):
        return rest
    pieces = filter(None, _pieces(rest, 1 + opened[0].count(b"\n"), source))
    return lambda _: next(pieces, b"")


def _pieces(read: Callable[[int], bytes], first_line: int, source: str) -> Iterator[bytes]:
    """Yield the members of an array in pieces of whole lines, then what comes after it."""
    decode = codecs.getincrementaldecoder("utf-8")(_ESCAPED).decode
    text, line, separator = "", first_line, ","
    while separator != "]":
        more = read(BLOCK)
        text += decode(more, final=not more)
        members: list[str] = []
        place = 0
        problem = None
        while separator != "]" and problem is None:
            try:
                member, end = _member(text, place)
            except (json.JSONDecodeError, RecursionError) as error:
                problem = error
            else:
                members.append(member)
                separator, place = text[end], end + 1
        yield "".join(members).encode("utf-8", _ESCAPED)
        line += text.count("\n", 0, place)
        text = text[place:]
        if problem is not None and (not more or len(text) > LONGEST_ROW):
            reason = getattr(problem, "msg", "nested too deeply")
            line += text.count("\n", 0, getattr(problem, "pos", place) - place)
            raise ConfigurationError("bad-json", f"the JSON array breaks off: {reason}", source=source, line=line)
    yield text.encode("utf-8", _ESCAPED)
    yield from iter(lambda: read(BLOCK), b"")


def _member(text: str, place: int) -> tuple[str, int]:
    """Return the member at a place as a line, and where the comma or bracket behind it is; JSONDecodeError."""
    begin = _end_of_blanks(text, place)
    _, end = _DECODER.raw_decode(text, begin)
    after = _end_of_blanks(text, end)
    if text[after : after + 1] not in (",", "]"):
        raise json.JSONDecodeError("expected ',' or ']'", text, after)
    return text[begin:end].replace("\n", " ").replace("\r", " ") + "\n", after


def _end_of_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place
