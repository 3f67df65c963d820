"""Case folding for routing: each code point to its lower case where that is one code point, else left alone."""

from __future__ import annotations

__all__ = ["fold"]


def fold(text: str) -> str:
    """Return a text to be compared without case. It has the same length, which `str.casefold` may change."""
    if text.isascii():
        return text.lower()
    return "".join(lower if len(lower := c.lower()) == 1 else c for c in text)
