"""Reads JSON and TOML, and refuses what is malformed, nested too deeply or holds too long a number, with its line."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from proxyaddr._files.json_wrappers import after_blanks, members_after, next_page, wrapper_at
from proxyaddr._files.text import read_bytes
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["json_members", "more_pages", "parse_toml", "toml_document"]

INTEGER_BITS = 64
"""The longest whole number (TOML 1.0, Integer); Python refuses to print one that is much longer."""

_CUT_OFF = "no ']' at the end: the file was cut off"
_DECODER = json.JSONDecoder()
_LONG_NUMBER = re.compile(r"[0-9][0-9A-Fa-f_xob]{18,}")
_BRACKET_OR_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]', re.DOTALL
)
_TOML_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


def json_members(text: str, source: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[tuple[int, Any] | RowError]:
    """Yield the objects of JSON text with their lines: an array, objects one after the other, or a list in an object.

    Graph and OData wrap an array in `value`, PowerShell 5.1 does so beside a `Count`, and lists may come in several
    such pages. Among objects a line, one that is no JSON is an error and the others are kept; so is a list that goes on
    in another file. ConfigurationError, where the reading gets there, for an array or an object of several lines that
    is no JSON, and for what is nested too deeply or holds too long a number.
    """
    line, counted = 1, 0
    place = after_blanks(text, 0)
    in_pages, following = True, None
    while place < len(text):
        around = wrapper_at(text, place) if in_pages else None
        is_array = text.startswith("[", place)
        if around is not None or is_array:
            place = after_blanks(text, (place if around is None else around.start) + 1)
        in_array = around is not None or is_array
        while place < len(text) and not (in_array and text.startswith("]", place)):
            line, counted = line + text.count("\n", counted, place), place
            try:
                member, end = _DECODER.raw_decode(text, place)
            except json.JSONDecodeError as error:
                end = text.find("\n", place)
                if in_array or end < 0 or line == 1:
                    raise _no_json(error.msg, text, source, error.pos) from None
                yield RowError("bad-json", f"not JSON: {error.msg}", line, source)
                place = after_blanks(text, end)
                continue
            except ValueError:  # Python reads no number of thousands of digits
                raise _long_number("bad-json", text, source) from None
            except RecursionError:
                raise _too_deep("bad-json", text, source, limits) from None
            if _depth(member, limits.nesting) + in_array > limits.nesting:
                raise _too_deep("bad-json", text, source, limits)
            yield line, member
            place = after_blanks(text, end)
            if in_array and not text.startswith("]", place):
                if not text.startswith(",", place):
                    reason = "expected ',' or ']'" if place < len(text) else _CUT_OFF
                    raise _no_json(reason, text, source, place)
                place = after_blanks(text, place + 1)
        if in_array and place == len(text):
            raise _no_json(_CUT_OFF, text, source, place)
        if around is not None:
            try:
                after, place = members_after(text, place + 1, around.depth)
            except (ValueError, RecursionError):
                raise _no_json("what follows the list of `value` is malformed", text, source, place) from None
            following = next_page({**around.members, **after})
            place = after_blanks(text, place)
        elif is_array:
            place = after_blanks(text, place + 1)
            if place < len(text):
                raise _no_json("text after the array", text, source, place)
        in_pages = around is not None
    if following is not None:
        yield more_pages(following, line, source)


def more_pages(following: str, line: int, source: str) -> RowError:
    """Return the error of a list that goes on elsewhere."""
    message = f"the list goes on at @odata.nextLink ({following[:80]}): export all its pages"
    return RowError("more-pages", message, line, source)


def _no_json(message: str, text: str, source: str, place: int) -> ConfigurationError:
    return ConfigurationError("bad-json", f"not JSON: {message}", source=source, line=text.count("\n", 0, place) + 1)


def toml_document(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """Return the content of a TOML file; ConfigurationError where it can't be read or the limits forbid it."""
    return parse_toml(read_bytes(path, limits), path, limits)


def parse_toml(data: bytes, path: str | Path, limits: Limits) -> dict[str, Any]:
    """Return what the bytes of a TOML file hold; ConfigurationError as for `toml_document`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError("bad-toml", "not TOML: the file is not UTF-8", source=str(path), line=line) from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise ConfigurationError("bad-toml", f"not TOML: {error}", source=str(path), line=line) from None
    except ValueError:  # Python reads no number of thousands of digits
        raise _long_number("bad-toml", text, path) from None
    except RecursionError:
        raise _too_deep("bad-toml", text, path, limits) from None
    if _depth(document, limits.nesting) > limits.nesting:
        raise _too_deep("bad-toml", text, path, limits)
    if any(isinstance(leaf, int) and leaf.bit_length() >= INTEGER_BITS for leaf in _leaves(document)):
        raise _long_number("bad-toml", text, path)
    return document


def _too_deep(code: str, text: str, path: str | Path, limits: Limits) -> ConfigurationError:
    """Return the error of a document that is nested too deeply, with the line of the first bracket too many."""
    depth, line = 0, None
    for match in _BRACKET_OR_TEXT.finditer(text):
        depth += (match[0] in ("[", "{")) - (match[0] in ("]", "}"))
        if depth > limits.nesting:
            line = text.count("\n", 0, match.start()) + 1
            break
    return ConfigurationError(code, f"nested deeper than {limits.nesting}", source=str(path), line=line)


def _long_number(code: str, text: str, path: str | Path) -> ConfigurationError:
    """Return the error of a document with too long a number, with the line of the first that may be it."""
    found = _LONG_NUMBER.search(text)
    line = None if found is None else text.count("\n", 0, found.start()) + 1
    return ConfigurationError(code, f"a whole number has at most {INTEGER_BITS} bits", source=str(path), line=line)


def _depth(document: object, most: int) -> int:
    """Return how deeply lists and tables are nested; counting stops at one more than `most`."""
    depth, level = 0, [document]
    while level and depth <= most:
        level = [part for value in level for part in _parts(value) if isinstance(part, list | Mapping)]
        depth += 1
    return depth


def _leaves(document: object) -> Iterator[object]:
    """Yield every value of a document that is neither a list nor a table."""
    waiting = [document]
    while waiting:
        for part in _parts(waiting.pop()):
            if isinstance(part, list | Mapping):
                waiting.append(part)
            else:
                yield part


def _parts(value: object) -> Sequence[object]:
    """Return the members of a list or the values of a table, nothing for any other value."""
    return list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else ()
