"""Lines of LDIF (RFC 2849): a value as it is written there, and entries with some of their attributes replaced."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ldif_line", "with_attributes"]

_SAFE = re.compile(r"[\x01-\x09\x0b\x0c\x0e-\x1f!-9;=-\x7f][\x01-\x09\x0b\x0c\x0e-\x7f]*")
"""A value that LDIF holds as it is (RFC 2849, SAFE-STRING); one that ends in a blank does not."""

_LINE_LENGTH = 76


def ldif_line(name: str, value: str) -> str:
    r"""Return the line of a value, in base64 where the value is not safe, and folded.

    >>> ldif_line("mail", "jané@contoso.com")
    'mail:: amFuw6lAY29udG9zby5jb20=\n'
    """
    if _SAFE.fullmatch(value) and not value.endswith(" "):
        line = f"{name}: {value}"
    else:
        line = f"{name}:: {base64.b64encode(value.encode('utf-8', 'surrogatepass')).decode()}"
    rest = (line[start : start + _LINE_LENGTH - 1] for start in range(_LINE_LENGTH, len(line), _LINE_LENGTH - 1))
    return "\n ".join([line[:_LINE_LENGTH], *rest]) + "\n"


def with_attributes(text: str, changes: Mapping[int, Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """Yield LDIF text in which entries have other values of some attributes: by the line where an entry starts.

    All other lines are those of the text, and lines end as its first one does.
    """
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    changed: Mapping[str, Sequence[str]] = {}
    told: set[str] = set()
    is_named = False
    for number, lines in _logical_lines(text):
        first = lines[0]
        is_name = first[:3].lower() == "dn:"
        if not first.strip("\r\n") or (is_name and is_named):
            yield from _rest(changed, told, end)
            changed, is_named = {}, False
        if number in changes:
            changed, told = changes[number], set()
        is_named = is_named or is_name
        name = first.partition(":")[0].partition(";")[0].strip().lower()
        key = next((key for key in changed if key.lower() == name), None)
        if key is None or first.startswith("#"):
            yield from lines
        elif key not in told:
            told.add(key)
            yield from _lines_of(key, changed[key], end)
    yield from _rest(changed, told, end)


def _rest(changed: Mapping[str, Sequence[str]], told: set[str], end: str) -> Iterator[str]:
    """Yield the values of attributes that an entry did not have."""
    for key in changed:
        if key not in told:
            yield from _lines_of(key, changed[key], end)


def _lines_of(name: str, values: Sequence[str], end: str) -> Iterator[str]:
    return (ldif_line(name, value).replace("\n", end) for value in values)


def _logical_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line with its continuations, as they are written, and its number."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if lines and line.startswith((" ", "\t")):
            lines.append(f"{line}\n")
            continue
        if lines:
            yield first, lines
        lines, first = [f"{line}\n"], number
    if lines != ["\n"]:  # behind the last line's end is none
        yield first, lines
