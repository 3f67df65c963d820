"""Runs a generator in a thread of its own, a few items ahead of their use.

By hand, because concurrent.futures does not do: `Executor.map` takes all items of its input at once, in bounded memory
only from Python 3.14 on (`buffersize`), and the interpreter waits at its end for each thread of a pool, so that a run
which was interrupted while it waited for standard input would hang.
"""

from __future__ import annotations

from collections.abc import Generator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

__all__ = ["prefetched"]

T = TypeVar("T")

DEPTH = 2
"""Items that are made ahead: with one, a thread would wait whenever two items take unequal times."""

POLL_SECONDS = 0.1
"""How often the thread looks whether the items are still wanted while the queue is full."""

JOIN_SECONDS = 1.0
"""How long the thread gets to end; one that waits for standard input may never end, and dies with the process."""


class _End:
    """The last entry of the queue: how the generator ended."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetched(items: Generator[T]) -> Generator[T]:
    """Yield the items of a generator that runs in another thread.

    What the generator raises is raised here. It is closed, in its thread, when this one is closed early.
    """
    made: Queue[T | _End] = Queue(DEPTH)
    unwanted = Event()

    def put(item: T | _End) -> None:
        while not unwanted.is_set():
            try:
                made.put(item, timeout=POLL_SECONDS)
            except Full:
                continue
            return

    def make() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                put(item)
                if unwanted.is_set():
                    break
            items.close()
        except BaseException as raised:  # raised again where the items are used
            error = raised
        put(_End(error))

    thread = Thread(target=make, name="proxyaddr prefetch", daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        unwanted.set()
        while True:
            try:
                made.get_nowait()
            except Empty:
                break
        thread.join(JOIN_SECONDS)
