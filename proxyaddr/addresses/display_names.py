"""Display names as they are written beside an address: in quotes, in parentheses, escaped, encoded, folded."""

from __future__ import annotations

import re

from proxyaddr._text.types import BLANKS, WHITE_SPACE
from proxyaddr.addresses.surroundings import FOLD, decoded_words, unfolded

__all__ = ["bracketed_name", "commented_name", "display_name", "unescaped"]

_ESCAPE = re.compile(r"\\(?:\\|x([0-9A-Fa-f]{2}))")
_QUOTED_ESCAPE = re.compile(r'\\(?:([\\"])|x([0-9A-Fa-f]{2}))')
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_WHOLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_QUOTED_AND_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")[^\S\x1c-\x1f]*\(.*\)', re.DOTALL)
_QUOTED_WORDS = re.compile(r'\((?:[^()\\]|\\.)*\)|"((?:[^"\\]|\\.)*)"', re.DOTALL)
"""A comment, in which quotes are only characters, or a quoted word of a name."""

_MARKS = re.compile(rf'["(]|=\?|{FOLD}')
"""What every name has that is not shown as it is written."""

_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)


def display_name(written: str) -> str | None:
    """Return a name of the RFC 822 forms without quotes, and without parentheses around the whole of it (Q184957).

    Each word of a name may be quoted (RFC 5322 3.2.5). A backslash in quotes or parentheses quotes the next character
    (RFC 5322 3.2.1). A comment behind a quoted name is no part of it. None for an empty name.
    """
    name = written.strip(WHITE_SPACE)
    if not _MARKS.search(name):  # as most are
        return name or None
    name = unfolded(name)
    if with_comments := _QUOTED_AND_COMMENTS.fullmatch(name):
        name = with_comments[1]
    if name.startswith("(") and _is_one_comment(name):
        return commented_name(name)
    if '"' in name:
        name = _QUOTED_WORDS.sub(_without_quotes, name)
    return decoded_words(name) or None


def _without_quotes(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else _QUOTED_PAIR.sub(r"\1", match[1])


def commented_name(comment: str) -> str | None:
    """Return the name that a comment gives; None for an empty one."""
    inside = unfolded(comment.strip(BLANKS)[1:-1])
    return decoded_words(_QUOTED_PAIR.sub(r"\1", inside).strip(BLANKS)) or None


def bracketed_name(written: str) -> str | None:
    r"""Return the name before a bracket: `\xHH` in it is a byte, in quotes and without them."""
    name = written.strip(WHITE_SPACE)
    if _WHOLE_QUOTED.fullmatch(name):
        return _QUOTED_ESCAPE.sub(lambda match: chr(int(match[2], 16)) if match[2] else match[1], name[1:-1]) or None
    return decoded_words(unescaped(name)) or None


def unescaped(text: str) -> str:
    r"""Return a text of a one-off address in brackets with its `\\` and `\xHH` read."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\\", text)


def _is_one_comment(text: str) -> bool:
    """Return whether the parenthesis that opens a text closes at its end."""
    depth = 0
    for match in _PARENTHESIS.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.end() == len(text)
    return False
