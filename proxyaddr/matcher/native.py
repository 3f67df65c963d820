"""The native engine: the kernel, the threads that run it, and the Python engine for what it does not decide."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.matcher._native import Kernel, ListRows, Rows, TextArray, text_arrays, undecided_rows
from proxyaddr.matcher.arrow import IndexColumn
from proxyaddr.matcher.plan import Plan
from proxyaddr.matcher.python import PythonEngine
from proxyaddr.spaces.matching import read_address

__all__ = ["NativeEngine"]

ROWS_AT_ONCE = 65_536
"""Rows that a thread takes before it asks for more."""

ROWS_A_THREAD = 100_000
"""Fewer rows than twice this are one thread's work, unless the caller says otherwise."""


class _ByType:
    """Decides by a Python engine for each type of address, made when it is first needed."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._engines: dict[str, PythonEngine] = {}

    @cached_property
    def _types(self) -> frozenset[str]:
        return frozenset(self._plan.types)

    def match(self, address: Any) -> int:  # noqa: ANN401 - what the kernel passes on
        """Return the index of the route that takes an address, -1 where there is none."""
        kind = read_address(address, self._types).type
        engine = self._engines.get(kind)
        if engine is None:
            engine = self._engines.setdefault(kind, PythonEngine(self._plan.of_type(kind)))
        return engine.match(address)


class NativeEngine:
    """Answers as the table does, by the kernel."""

    def __init__(self, plan: Plan) -> None:
        self._decide = _ByType(plan).match  # not a method of this engine: the two would keep each other in memory
        self._kernel = Kernel(plan, self._decide)
        self.match: Callable[[str | TypedAddress], int] = self._kernel.match

    @property
    def size(self) -> int:
        """How many bytes the kernel's tables hold."""
        return self._kernel.size

    def arrays(self, column: object) -> Iterator[TextArray]:
        """Return the arrays of a column with the Arrow C data interface; TypeError where it holds no text."""
        return text_arrays(column)

    def match_list(self, items: list[Any], out: IndexColumn, threads: int | None = None) -> None:
        """Match the texts, UTF-8 bytes or None of a list into a column of its length; TypeError for others."""
        count = _threads_for(len(items), threads)
        undecided = self._kernel.match_list(items, out) if count == 1 else self._match_rows(ListRows(items), out, count)
        if undecided:
            for row in undecided_rows(out):
                item = items[row]
                is_bytes = isinstance(item, bytes | bytearray)
                out[row] = self._decide(item.decode("utf-8", "surrogateescape") if is_bytes else item)

    def match_array(self, texts: TextArray, out: IndexColumn, threads: int | None = None) -> None:
        """Match the rows of an array of text into a column of its length."""
        if self._match_rows(texts, out, _threads_for(texts.length, threads)):
            for row in undecided_rows(out):
                out[row] = self._decide(texts.text(row))

    def _match_rows(self, rows: Rows, out: IndexColumn, threads: int) -> int:
        """Match rows by so many threads, this one among them; return how many are undecided."""
        if threads == 1:
            return self._kernel.match_rows(rows, 0, rows.length, out)
        starts = deque(range(0, rows.length, ROWS_AT_ONCE))  # without the GIL, threads may not share an iterator
        with ThreadPoolExecutor(threads - 1) as pool:
            others = [pool.submit(self._match_parts, rows, starts, out) for _ in range(threads - 1)]
            return self._match_parts(rows, starts, out) + sum(other.result() for other in others)

    def _match_parts(self, rows: Rows, starts: deque[int], out: IndexColumn) -> int:
        """Match one part after the other until none is left: a thread on a busy core takes fewer."""
        undecided = 0
        while True:
            try:
                start = starts.popleft()
            except IndexError:
                return undecided
            undecided += self._kernel.match_rows(rows, start, min(start + ROWS_AT_ONCE, rows.length), out)


def _threads_for(rows: int, threads: int | None) -> int:
    """Return how many threads work: as many as the caller says, else by the number of rows; never more than rows."""
    count = threads or 1
    if threads is None and rows >= 2 * ROWS_A_THREAD:  # asking for the number of cores takes as long as 100 addresses
        count = max(1, min(os.cpu_count() or 1, rows // ROWS_A_THREAD))
    return max(1, min(count, rows))
