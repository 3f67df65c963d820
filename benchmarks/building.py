"""How long a table takes from columns to its first answer, and how much memory it holds, beside the dict walk."""

from __future__ import annotations

import time
from statistics import median

import proxyaddr as px
from benchmarks._peers import dict_walk
from benchmarks._spaces import spaces

SIZES = (10_000, 1_000_000)
GOALS = {"build": (3.0, 6.0), "bytes": (64, 40)}
"""At least and moonshot, at a million spaces."""


def main(*, short: bool) -> None:
    """Print seconds, their ratio, and octets a space above the text of its pattern."""
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
        goal = "  goal 3, moonshot 6, at a million" if size == SIZES[-1] else ""
        print(
            f"{size:,} spaces: built in {median(ours):.3f} s, dict walk {median(theirs):.3f} s: {ratio:.2f} times{goal}"
        )
        if matcher.size is not None:
            above = (matcher.size - sum(map(len, table.patterns))) / size
            print(f"  {above:.1f} octets a space above its text  goal 64, moonshot 40, at a million")
