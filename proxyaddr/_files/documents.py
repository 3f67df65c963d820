"""Reads TOML; what JSON and TOML may not hold, for which there is an error with its line: nesting and long numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from proxyaddr._files.text import read_bytes
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["depth_of", "long_number", "parse_toml", "toml_document", "too_deep"]

INTEGER_BITS = 64
"""The longest whole number (TOML 1.0, Integer); Python refuses to print one that is much longer."""

_LONG_NUMBER = re.compile(r"[0-9][0-9A-Fa-f_xob]{18,}")
_BRACKET_OR_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]', re.DOTALL
)
_TOML_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


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
        raise long_number("bad-toml", text, path) from None
    except RecursionError:
        raise too_deep("bad-toml", text, path, limits) from None
    if depth_of(document, limits.nesting) > limits.nesting:
        raise too_deep("bad-toml", text, path, limits)
    if any(isinstance(leaf, int) and leaf.bit_length() >= INTEGER_BITS for leaf in _leaves(document)):
        raise long_number("bad-toml", text, path)
    return document


def too_deep(code: str, text: str, path: str | Path, limits: Limits) -> ConfigurationError:
    """Return the error of a document that is nested too deeply, with the line of the first bracket too many."""
    depth, line = 0, None
    for match in _BRACKET_OR_TEXT.finditer(text):
        depth += (match[0] in ("[", "{")) - (match[0] in ("]", "}"))
        if depth > limits.nesting:
            line = text.count("\n", 0, match.start()) + 1
            break
    return ConfigurationError(code, f"nested deeper than {limits.nesting}", source=str(path), line=line)


def long_number(code: str, text: str, path: str | Path) -> ConfigurationError:
    """Return the error of a document with too long a number, with the line of the first that may be it."""
    found = _LONG_NUMBER.search(text)
    line = None if found is None else text.count("\n", 0, found.start()) + 1
    return ConfigurationError(code, f"a whole number has at most {INTEGER_BITS} bits", source=str(path), line=line)


def depth_of(document: object, most: int) -> int:
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
