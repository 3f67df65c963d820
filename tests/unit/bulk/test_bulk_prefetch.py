"""Items that a thread makes ahead of their use: few of them, and none once they are not wanted."""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from queue import Full, Queue

import pytest

from proxyaddr.bulk import prefetch
from proxyaddr.bulk.prefetch import DEPTH, prefetched

COUNT = 1000


def numbers(made: list[int], closed: list[bool]) -> Generator[int]:
    try:
        for number in range(COUNT):
            made.append(number)
            yield number
    finally:
        closed.append(True)


def test_few_items_are_made_ahead_and_none_after_the_end() -> None:
    made: list[int] = []
    closed: list[bool] = []
    items = prefetched(numbers(made, closed))
    assert next(items) == 0
    while len(made) < DEPTH + 2:  # the thread has filled the queue and waits with one more
        time.sleep(0.001)
    items.close()
    assert len(made) <= DEPTH + 3
    assert closed == [True]


def test_an_executor_takes_all_items_at_once() -> None:
    made: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        assert next(pool.map(str, numbers(made, []))) == "0"
    assert len(made) == COUNT


def test_an_item_waits_as_long_as_the_queue_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[object] = []

    class FullAtFirst(Queue[object]):
        def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
            if item not in refused:
                refused.append(item)
                raise Full
            super().put(item, block, timeout)

    monkeypatch.setattr(prefetch, "Queue", FullAtFirst)
    assert list(prefetched(number for number in range(5))) == list(range(5))
    assert refused[:5] == list(range(5))
