"""Measures how many addresses per second are matched, from Arrow data and from a list, and by other libraries."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

import proxyaddr as px
from benchmarks._floors import floors
from benchmarks._peers import PEERS
from benchmarks._spaces import addresses, spaces
from proxyaddr.matcher.plan import NO_ROUTE

SIZES = (100, 10_000, 1_000_000)
GOALS = {
    "arrow / best of polars and duckdb": ((26, 40), (28, 40), (25, 30)),
    "list / dict walk": ((10, 20), (33, 40), (36, 45)),
    "list / hyperscan": ((9, 15), (9, 15), None),
    "arrow / hash pass": ((0.5, 0.8), (0.45, 0.6), (0.35, 0.45)),
    "two threads / one": ((1.8, 1.9), (1.8, 1.9), (1.8, 1.9)),
}
"""For each size of the table the lowest ratio we accept, and the one we would like to reach."""

SLOW = 0.2
"""A peer that matches fewer million addresses per second gets a tenth of them."""


def main(*, short: bool) -> None:
    """Print medians of addresses per second on one thread, wrong answers and ratios; each round runs all in turn."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is loaded
    rounds, count = (1, 20_000) if short else (5, 1_000_000)
    for place, size in enumerate(SIZES[:2] if short else SIZES):
        _table(place, size, count, rounds)


def _table(place: int, size: int, count: int, rounds: int) -> None:
    table = spaces(size)
    asked = addresses(table, count)
    matcher = px.RoutingTable.from_columns(*table[:4]).compile()
    wanted = list(matcher.match_many(asked))
    calls: dict[str, tuple[Callable[[], object], int]] = {"list": (lambda: matcher.match_many(asked, threads=1), count)}
    if find_spec("pyarrow"):
        import pyarrow as pa  # noqa: PLC0415 - optional

        column = pa.array(asked, pa.string())
        calls["arrow"] = (lambda: matcher.match_many(column, threads=1), count)
        calls["arrow, two threads"] = (lambda: matcher.match_many(column, threads=2), count)
        if px.matcher.engine == "native":
            calls |= {name: (call, count) for name, call in floors(column).items()}
    wrong: dict[str, int] = {}
    for peer in PEERS:
        if size > peer.most_spaces or not find_spec(peer.module):
            continue
        match = peer.build(table)
        sample = asked[: max(1, count // 100)]
        start = time.perf_counter()
        match(sample)
        sample = asked if len(sample) / (time.perf_counter() - start) / 1e6 > SLOW else asked[: count // 10]
        wrong[peer.name] = sum(mine != theirs for mine, theirs in zip(wanted, match(sample), strict=False))
        calls[peer.name] = (lambda match=match, sample=sample: match(sample), len(sample))  # type: ignore[misc]
    speeds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (call, rows) in calls.items():
            start = time.perf_counter()
            call()
            speeds[name].append(rows / (time.perf_counter() - start) / 1e6)
    share = sum(answer not in (NO_ROUTE, 0) for answer in wanted) / count
    print(f"{size:,} spaces, {count:,} addresses, {share:.0%} take another route than * ({px.matcher.engine} engine)")
    for name, found in speeds.items():
        checked = f"{wrong[name]:9,} wrong" if name in wrong else ""
        print(f"  {name:32} {median(found):9.2f} million per second {checked}")
    _ratios(place, speeds)


def _ratios(place: int, speeds: dict[str, list[float]]) -> None:
    joins = [speeds[name] for name in ("polars joins", "duckdb joins") if name in speeds]
    best_join = max(joins, key=median, default=None)
    pairs = {
        "arrow / best of polars and duckdb": (speeds.get("arrow"), best_join),
        "list / dict walk": (speeds["list"], speeds["dict walk"]),
        "list / hyperscan": (speeds["list"], speeds.get("hyperscan, one scan")),
        "arrow / hash pass": (speeds.get("arrow"), speeds.get("floor: a hash, byte by byte")),
        "two threads / one": (speeds.get("arrow, two threads"), speeds.get("arrow")),
    }
    for name, (ours, theirs) in pairs.items():
        goal = GOALS[name][place]
        if ours is None or theirs is None or goal is None:
            continue
        ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
        reached = "moonshot reached" if ratio >= goal[1] else "reached" if ratio >= goal[0] else "missed"
        print(f"  {name:34} {ratio:7.2f}   goal {goal[0]:g}, moonshot {goal[1]:g}: {reached}")
