"""Case folding for routing: each code point to its lower case where that is one code point, else left alone."""

from __future__ import annotations

__all__ = ["fold"]


def fold(text: str) -> str:
    """Return a text of the same length, to be compared without case; unlike `str.casefold`, no length changes."""
    if text.isascii():
        return text.lower()
    return "".join(lower if len(lower := c.lower()) == 1 else c for c in text)
