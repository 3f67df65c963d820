"""Work and memory grow no faster than the input: lines run and bytes held are counted, never seconds."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from types import FrameType
from typing import Any

import pytest

import proxyaddr as px
from tests.hostile import BEGINNINGS, CALLS, PIECES, text

pytestmark = pytest.mark.unmeasured


def steps(call: Callable[[str], object], given: str) -> int:
    """Return how many lines of Python a call runs, those of lark and email-validator included."""
    counted = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - as sys.settrace has it
        nonlocal counted
        counted += event == "line"
        return trace

    kept = sys.gettrace()
    sys.settrace(trace)
    try:
        call(given)
    except px.ProxyAddrError:
        pass
    finally:
        sys.settrace(kept)
    return counted


def bytes_held(call: Callable[[str], object], given: str) -> int:
    """Return the most bytes that a call holds at once."""
    tracemalloc.start()
    try:
        call(given)
    except px.ProxyAddrError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


SIZES = (100, 200, 400)
GROWTH, SLACK = 2.3, 600
"""How much more the second doubling may cost than the first (2 is linear, 4 is quadratic), and lines on top of that.

The native engine leaves long addresses to Python, which costs lines all at once."""

MEMORY_SIZES = (100, 400, 1_600)
MAX_BYTES_PER_CHARACTER, MAX_BYTES_BESIDES = 2_000, 200_000
"""What a call may hold; lists whose items have one character come closest."""


def inputs() -> Iterator[tuple[str, str]]:
    """Yield each beginning with each piece to repeat after it."""
    return product(BEGINNINGS, PIECES)


def check_steps(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        steps(call, text(beginning, piece, SIZES[0]))  # loads and compiles what is needed once
        first, second, third = (steps(call, text(beginning, piece, size)) for size in SIZES)
        linear = third - second <= GROWTH * max(second - first, 0) + SLACK
        assert linear, f"{beginning!r} and {piece!r} repeated: {first}, {second}, {third}"


def check_bytes(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        for size in MEMORY_SIZES:
            allowed = MAX_BYTES_PER_CHARACTER * size + MAX_BYTES_BESIDES
            held = bytes_held(call, text(beginning, piece, size))
            if held > allowed:  # the first call for such a text may load a module or compile a grammar
                held = bytes_held(call, text(beginning, piece, size))
            assert held <= allowed, f"{beginning!r} and {piece!r} repeated: {held} for {size} characters"


@pytest.mark.parametrize("name", CALLS)
def test_steps_are_linear(name: str) -> None:
    check_steps(CALLS[name])


@pytest.mark.parametrize("name", CALLS)
def test_memory_is_linear(name: str) -> None:
    for given in ("a", "é"):  # loads and compiles what is needed once; the tables of IDNA for the second
        with suppress(px.ProxyAddrError):
            CALLS[name](given)
    check_bytes(CALLS[name])


def test_quadratic_work_and_memory_are_noticed() -> None:
    def quadratic(given: str) -> None:
        kept = []
        for _ in given:
            for _ in given:
                kept.append("x")

    with pytest.raises(AssertionError, match="repeated"):
        check_steps(quadratic)
    with pytest.raises(AssertionError, match="repeated"):
        check_bytes(quadratic)
