"""A progress bar over the octets of the inputs, with the rate in rows and the time left, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from proxyaddr._optional import import_extra
from proxyaddr.bulk.inputs import Input

__all__ = ["progress"]


@contextmanager
def progress(inputs: Sequence[Input]) -> Iterator[Callable[[Input, int, int], None]]:
    """Give what is told of each batch: its input, how far into it the batch ends, and its rows."""
    if not sys.stderr.isatty():
        yield lambda source, position, rows: None
        return
    sizes = [source.size for source in inputs]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    before = {}
    octets = 0
    for source in inputs:
        before[source.name] = octets
        octets += source.size or 0
    done = 0
    start = time.monotonic()
    with import_extra("tqdm", "arrow").tqdm(total=total, unit="B", unit_scale=True, dynamic_ncols=True) as bar:

        def tell(source: Input, position: int, rows: int) -> None:
            nonlocal done
            done += rows
            rate = done / max(time.monotonic() - start, 1e-3)
            bar.set_postfix_str(f"{done:,} rows, {rate:,.0f} rows/s", refresh=False)
            bar.update(max(0, before[source.name] + position - bar.n))

        yield tell
        if total is not None:
            bar.update(total - bar.n)
