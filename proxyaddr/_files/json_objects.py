"""Reads the objects of JSON text: an array, objects one after the other, or the pages of a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from proxyaddr._files.documents import depth_of, long_number, too_deep
from proxyaddr._files.json_wrappers import Wrapper, after_blanks, members_after, next_page, wrapper_at
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["json_members", "more_pages"]

Found = tuple[int, Any] | RowError
"""A value with the line where it starts, or the error of one that can't be read."""

_CUT_OFF = "no ']' at the end: the file was cut off"
_DECODER = json.JSONDecoder()


def json_members(text: str, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield the objects of JSON text with their lines: an array, objects one after the other, or a list in an object.

    Graph and OData wrap an array in `value`, PowerShell 5.1 does so beside a `Count`, and lists may come in several
    such pages. Among objects a line, one that is no JSON is an error and the others are kept; so is a list that goes on
    in another file. ConfigurationError, where the reading gets there, for an array or an object of several lines that
    is no JSON, and for what is nested too deeply or holds too long a number.
    """
    return _Reader(text, source, limits).documents()


def more_pages(following: str, line: int, source: str) -> RowError:
    """Return the error of a list that goes on elsewhere."""
    message = f"the list goes on at @odata.nextLink ({following[:80]}): export all its pages"
    return RowError("more-pages", message, line, source)


class _Reader:
    """Reads values from a place on; `_line` is the line at the place `_counted`."""

    def __init__(self, text: str, source: str, limits: Limits) -> None:
        self._text, self._source, self._limits = text, source, limits
        self._place = after_blanks(text, 0)
        self._line, self._counted = 1, 0

    def documents(self) -> Iterator[Found]:
        in_pages, following = True, None
        while self._place < len(self._text):
            around = wrapper_at(self._text, self._place) if in_pages else None
            in_pages = around is not None
            if around is not None:
                self._place = around.start
                yield from self._array()
                following = self._next_page(around)
            elif self._text.startswith("[", self._place):
                yield from self._array()
                if self._place < len(self._text):
                    raise self._error("text after the array", self._place)
            else:
                yield from self._object_of_line()
        if following is not None:
            yield more_pages(following, self._line, self._source)

    def _array(self) -> Iterator[Found]:
        """Yield the members of the array at the place."""
        self._go_to(self._place + 1)
        while not self._text.startswith("]", self._place):
            if self._place == len(self._text):
                raise self._error(_CUT_OFF, self._place)
            try:
                yield self._value(around=1)
            except json.JSONDecodeError as error:
                raise self._error(error.msg, error.pos) from None
            if self._text.startswith(",", self._place):
                self._go_to(self._place + 1)
            elif not self._text.startswith("]", self._place):
                raise self._error("expected ',' or ']'" if self._place < len(self._text) else _CUT_OFF, self._place)
        self._go_to(self._place + 1)

    def _object_of_line(self) -> Iterator[Found]:
        """Yield the object at the place, or the error of its line or lines where others may follow."""
        try:
            yield self._value(around=0)
        except json.JSONDecodeError as error:
            end = self._text.find("\n", self._place)
            if self._line == 1:
                raise self._error(error.msg, error.pos) from None
            yield RowError("bad-json", f"not JSON: {error.msg}", self._line, self._source)
            if self._text[self._place : end].strip() == "{":  # of several lines: one error for them all
                end = self._text.find("\n{", end)
            self._go_to(end if end >= 0 else len(self._text))

    def _value(self, *, around: int) -> tuple[int, Any]:
        """Read the value at the place, in so many lists; json.JSONDecodeError for what is no JSON."""
        self._line += self._text.count("\n", self._counted, self._place)
        self._counted = self._place
        try:
            value, end = _DECODER.raw_decode(self._text, self._place)
        except json.JSONDecodeError:
            raise
        except ValueError:  # Python reads no number of thousands of digits
            raise long_number("bad-json", self._text, self._source) from None
        except RecursionError:
            raise too_deep("bad-json", self._text, self._source, self._limits) from None
        if depth_of(value, self._limits.nesting) + around > self._limits.nesting:
            raise too_deep("bad-json", self._text, self._source, self._limits)
        self._go_to(end)
        return self._line, value

    def _next_page(self, around: Wrapper) -> str | None:
        """Read what follows the list of a wrapper in it, and return where the list goes on."""
        try:
            after, end = members_after(self._text, self._place, around.depth)
        except (ValueError, RecursionError):
            raise self._error("what follows the list of `value` is malformed", self._place) from None
        self._go_to(end)
        return next_page({**around.members, **after})

    def _go_to(self, place: int) -> None:
        self._place = after_blanks(self._text, place)

    def _error(self, message: str, place: int) -> ConfigurationError:
        line = self._text.count("\n", 0, place) + 1
        return ConfigurationError("bad-json", f"not JSON: {message}", source=self._source, line=line)
