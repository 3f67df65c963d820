"""Colour for people at a terminal: none in a file or a pipe, with NO_COLOR, or where the terminal has none."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["BAD", "CODE", "GOOD", "style"]

GOOD, BAD, CODE = "1;32", "1;31", "33"
"""Bold green, bold red and yellow, as parameters of the escape sequence (ECMA-48 8.3.117)."""


def style(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Return the text with the escape sequences of a colour, or as it is where the stream shows none.

    The stream is standard output unless another is given.
    """
    return f"\x1b[{colour}m{text}\x1b[0m" if _shows_colour(stream or sys.stdout) else text


def _shows_colour(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that is known to have colours, and the user wants them (no-color.org)."""
    known = os.environ.get("TERM", "dumb") != "dumb" or "WT_SESSION" in os.environ  # Windows Terminal sets no TERM
    return known and not os.environ.get("NO_COLOR") and stream.isatty()
