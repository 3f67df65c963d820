"""Work and memory grow with the length of the input and no faster: steps and octets are counted, not seconds."""

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
    """Lines of Python run by a call, lark's and email-validator's included."""
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


def octets(call: Callable[[str], object], given: str) -> int:
    """The most memory that a call holds at a time."""
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
GROWTH, SLACK = 2.3, 400
"""How much more the second doubling may cost than the first: 2 is linear, 4 is quadratic.

And what may come on top: the native engine hands long addresses to Python."""

MEMORY_SIZES = (100, 400, 1_600)
MAX_BYTES_PER_CHARACTER, OCTETS_AT_ALL = 2_000, 200_000
"""What a call may hold: most for lists whose items have one character."""


def inputs() -> Iterator[tuple[str, str]]:
    return product(BEGINNINGS, PIECES)


def check_steps(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        steps(call, text(beginning, piece, SIZES[0]))  # what is loaded and compiled once
        first, second, third = (steps(call, text(beginning, piece, size)) for size in SIZES)
        linear = third - second <= GROWTH * max(second - first, 0) + SLACK
        assert linear, f"{beginning!r} and {piece!r} repeated: {first}, {second}, {third}"


def check_octets(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        for size in MEMORY_SIZES:
            held = octets(call, text(beginning, piece, size))
            linear = held <= MAX_BYTES_PER_CHARACTER * size + OCTETS_AT_ALL
            assert linear, f"{beginning!r} and {piece!r} repeated: {held} for {size} characters"


@pytest.mark.parametrize("name", CALLS)
def test_steps_are_linear(name: str) -> None:
    check_steps(CALLS[name])


@pytest.mark.parametrize("name", CALLS)
def test_memory_is_linear(name: str) -> None:
    with suppress(px.ProxyAddrError):
        CALLS[name]("a")  # what is loaded and compiled once
    check_octets(CALLS[name])


def test_what_is_quadratic_is_noticed() -> None:
    def quadratic(given: str) -> None:
        kept = []
        for _ in given:
            for _ in given:
                kept.append("x")

    with pytest.raises(AssertionError, match="repeated"):
        check_steps(quadratic)
    with pytest.raises(AssertionError, match="repeated"):
        check_octets(quadratic)
