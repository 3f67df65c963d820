"""Makes the items of an iterator in a thread of its own, a few before they are asked for."""

from __future__ import annotations

from collections.abc import Generator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

__all__ = ["ahead"]

T = TypeVar("T")

DEPTH = 2
"""Items made before they are asked for: one would leave a thread waiting whenever two items take unequal times."""

PATIENCE = 0.1
"""Seconds between two looks at whether the items are still wanted."""

FAREWELL = 1.0
"""Seconds that a thread gets to end: one that waits for standard input may wait for ever, and dies with the process."""


class _End:
    """The last thing in the queue: how the items ended."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Generator[T]) -> Generator[T]:
    """Yield the items; what making one raises is raised here; the generator is closed where it is left early."""
    made: Queue[T | _End] = Queue(DEPTH)
    unwanted = Event()

    def put(item: T | _End) -> None:
        while not unwanted.is_set():
            try:
                made.put(item, timeout=PATIENCE)
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

    thread = Thread(target=make, name="proxyaddr reading ahead", daemon=True)
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
        thread.join(FAREWELL)
