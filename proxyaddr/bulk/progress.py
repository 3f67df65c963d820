"""A progress bar over the bytes of the inputs, with the rate in rows and the time left, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from proxyaddr._optional import import_extra
from proxyaddr.bulk.files import Input

__all__ = ["progress"]


@contextmanager
def progress(inputs: Sequence[Input]) -> Iterator[Callable[[Input, int, int], None]]:
    """Yield the function that moves the bar on after each batch; without a terminal it does nothing.

    The function takes the input of the batch, the byte of that input at which the batch ends, and its number of rows.
    """
    if not sys.stderr.isatty():
        yield lambda source, position, rows: None
        return
    sizes = [source.size for source in inputs]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    before = {}
    size = 0
    for source in inputs:
        before[source.name] = size
        size += source.size or 0
    done = 0
    start = time.monotonic()
    with import_extra("tqdm", "arrow").tqdm(total=total, unit="B", unit_scale=True, dynamic_ncols=True) as bar:

        def advance(source: Input, position: int, rows: int) -> None:
            nonlocal done
            done += rows
            rate = done / max(time.monotonic() - start, 1e-3)
            bar.set_postfix_str(f"{done:,} rows, {rate:,.0f} rows/s", refresh=False)
            bar.update(max(0, before[source.name] + position - bar.n))

        yield advance
        if total is not None:
            bar.update(total - bar.n)
