"""Work and memory grow no faster than the input: lines run and bytes held are counted, never seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product

import pytest

import proxyaddr as px
from tests.hostile import BEGINNINGS, CALLS, PIECES, text
from tests.measured import bytes_held, lines_run

pytestmark = pytest.mark.unmeasured


SIZES = (100, 200, 400)
GROWTH, SLACK = 2.3, 600
"""How much more the second doubling may cost than the first (2 is linear, 4 is quadratic), and lines on top of that.

The native engine leaves long addresses to Python, which costs lines all at once."""

MEMORY_SIZES = (100, 400, 1_600)
MAX_BYTES_PER_CHARACTER, MAX_BYTES_BESIDES = 2_000, 200_000
"""What a call may hold; lists whose items have one character come closest."""


def answered(call: Callable[[str], object], given: str) -> Callable[[], None]:
    """Return a call with a text that it may refuse."""

    def answer() -> None:
        with suppress(px.ProxyAddrError):
            call(given)

    return answer


def inputs() -> Iterator[tuple[str, str]]:
    """Yield each beginning with each piece to repeat after it."""
    return product(BEGINNINGS, PIECES)


def check_steps(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        lines_run(answered(call, text(beginning, piece, SIZES[0])))  # loads and compiles what is needed once
        first, second, third = (lines_run(answered(call, text(beginning, piece, size))) for size in SIZES)
        linear = third - second <= GROWTH * max(second - first, 0) + SLACK
        assert linear, f"{beginning!r} and {piece!r} repeated: {first}, {second}, {third}"


def check_bytes(call: Callable[[str], object]) -> None:
    for beginning, piece in inputs():
        for size in MEMORY_SIZES:
            allowed = MAX_BYTES_PER_CHARACTER * size + MAX_BYTES_BESIDES
            held = bytes_held(answered(call, text(beginning, piece, size)))
            if held > allowed:  # the first call for such a text may load a module or compile a grammar
                held = bytes_held(answered(call, text(beginning, piece, size)))
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
