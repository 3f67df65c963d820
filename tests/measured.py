"""What a call costs, counted and never timed: the lines of Python that it runs, and the bytes that it holds."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["bytes_held", "lines_run"]


def lines_run(call: Callable[[], object]) -> int:
    """Return how many lines of Python a call runs, those of lark and email-validator included."""
    counted = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - as sys.settrace has it
        nonlocal counted
        counted += event == "line"
        return trace

    kept = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(kept)
    return counted


def bytes_held(call: Callable[[], object]) -> int:
    """Return the most bytes that a call holds at once."""
    tracemalloc.start()
    try:
        call()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak
