"""Shared by the benchmarks: times two functions in turn, prints medians and ratios, and describes the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Contest(NamedTuple):
    """Our function and a peer's; both times are divided by `items`, and `goal` is the highest ratio we accept."""

    name: str
    ours: Callable[[], object]
    peer_name: str
    peer: Callable[[], object]
    items: int = 1
    goal: float | None = None


def setting() -> str:
    """Return one line that names the machine, the interpreter, the date and the commit."""
    cpu = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        models = [line for line in information.read_text("utf-8").splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}; {date}; {_commit()}"
    )


def compare(title: str, unit: str, contests: Sequence[Contest], *, rounds: int) -> list[float]:
    """Time our function and the peer in turn, `rounds` times each, and print the medians; return the ratios.

    `unit` is ms, us or ns.
    """
    ratios = []
    scale = {"ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
    print(f"{title} ({unit}, medians of {rounds}, interleaved)")
    print(f"  {'ours':48} {'':>9} {'peer':36} {'':>9} {'ratio':>7}")
    for contest in contests:
        contest.ours()  # not timed: the first call fills caches and loads modules
        contest.peer()
        times = [(_seconds(contest.ours), _seconds(contest.peer)) for _ in range(rounds)]
        ours, peer = (median(column) * scale / contest.items for column in zip(*times, strict=True))
        goal = f"  goal: at most {contest.goal:g}" if contest.goal else ""
        ratio = median(mine / theirs for mine, theirs in times)
        print(f"  {contest.name:48} {ours:9.2f} {contest.peer_name:36} {peer:9.2f} {ratio:7.2f}{goal}")
        ratios.append(ratio)
    return ratios


def peak_growth(call: Callable[[], object]) -> float | None:
    """Return by how many MB a call raises the memory of the process at its peak; None where Linux does not tell it."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak counts from here on
        before = _memory()["VmRSS"]
        call()
        return (_memory()["VmHWM"] - before) / 1024
    except OSError:
        return None


def _memory() -> dict[str, int]:
    """Return what the kernel says of the memory of the process, in KB."""
    lines = (line.split() for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if words[0].startswith("Vm")}


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _commit() -> str:
    given = os.environ.get("PROXYADDR_COMMIT")  # set for a copy of the sources without their history
    if given:
        return given
    git = ("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "commit unknown"
