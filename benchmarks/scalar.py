"""One address at a time: `match` beside one call of the dict walk."""

from __future__ import annotations

import proxyaddr as px
from benchmarks._peers import dict_walk
from benchmarks._run import Contest, compare
from benchmarks._spaces import addresses, spaces

SIZES = (100, 10_000, 1_000_000)


def main(*, short: bool) -> None:
    """Print the table; below 1 ours is the faster."""
    contests = []
    count = 10_000 if short else 100_000
    for size in SIZES[:2] if short else SIZES:
        table = spaces(size)
        asked = addresses(table, count)
        match = px.RoutingTable.from_columns(*table[:4]).compile().match
        one = dict_walk(table).one  # type: ignore[attr-defined]
        contests.append(
            Contest(
                f"match, {size:,} spaces",
                lambda match=match, asked=asked: [match(address) for address in asked],  # type: ignore[misc]
                "dict walk",
                lambda one=one, asked=asked: [one(address) for address in asked],  # type: ignore[misc]
                items=count,
                goal=1,
            )
        )
    compare("one address", "us", contests, rounds=3 if short else 5)
