"""Measures how long a table takes from its columns to the first answer, and how much memory it uses."""

from __future__ import annotations

import time
from statistics import median

import proxyaddr as px
from benchmarks._peers import dict_walk
from benchmarks._spaces import spaces

SIZES = (10_000, 1_000_000)
SPEED_GOAL, SPEED_MOONSHOT = 3, 6
"""The ratio that we want, and would like, to reach for the largest table."""

BYTES_GOAL, BYTES_MOONSHOT = 64, 40
"""The most bytes per space that the largest table may use, and the number that we would like."""


def main(*, short: bool) -> None:
    """Print the time of the matcher and of the dict walk, their ratio, and the bytes per space beyond its pattern."""
    for size in SIZES[:1] if short else SIZES:
        table = spaces(size)
        ours, theirs = [], []
        for _ in range(1 if short else 5):
            start = time.perf_counter()
            matcher = px.RoutingTable.from_columns(*table[:4]).compile()
            matcher.match("jane@contoso.com")
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            dict_walk(table)(["jane@contoso.com"])
            theirs.append(time.perf_counter() - start)
        ratio = median(their / our for our, their in zip(ours, theirs, strict=True))
        print(f"{size:,} spaces: built in {median(ours):.3f} s, dict walk in {median(theirs):.3f} s: {ratio:.2f} times")
        if matcher.size is not None:
            above = (matcher.size - sum(map(len, table.patterns))) / size
            print(f"  {above:.1f} bytes per space beyond its pattern")
        if size == SIZES[-1]:
            print(
                f"  goals: {SPEED_GOAL} times, moonshot {SPEED_MOONSHOT}; {BYTES_GOAL} bytes, moonshot {BYTES_MOONSHOT}"
            )
