"""Times parsing, an address and a list, beside what the standard library does with the same text."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from email.utils import parseaddr

import proxyaddr as px


def main(*, short: bool = False) -> None:
    """Print microseconds an address, ours and the peer's, interleaved."""
    size = 2_000 if short else 100_000
    lines = ";".join(f"smtp:user{number}@contoso.com" for number in range(size))
    print("\nParsing, microseconds an address")
    _show("parse_one_off / email.utils.parseaddr", _one_off, _parseaddr, 200)
    _show(f"parse_proxies, {size} items / str.split", lambda: px.parse_proxies(lines), lambda: lines.split(";"), size)


def _one_off() -> None:
    for number in range(200):
        px.parse_one_off(f"Jane Doe <jane{number}@contoso.com>")


def _parseaddr() -> None:
    for number in range(200):
        parseaddr(f"Jane Doe <jane{number}@contoso.com>")


def _show(name: str, ours: Callable[[], object], theirs: Callable[[], object], size: int) -> None:
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(6)][1:]
    mine, other = (statistics.median(column) / size * 1e6 for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"  {name:54} {ratio:7.1f}  ({mine:.1f} against {other:.2f})")


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
