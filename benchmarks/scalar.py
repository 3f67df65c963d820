"""Measures how long `match` takes for a single address on each engine, and one call of the dict walk."""

from __future__ import annotations

from collections.abc import Iterator

import proxyaddr as px
from benchmarks._peers import dict_walk
from benchmarks._run import Contest, compare
from benchmarks._spaces import addresses, spaces
from proxyaddr.matcher.engines import ENGINES, is_installed

SIZES = (100, 10_000, 1_000_000)


def main(*, short: bool) -> None:
    """Print times per address and ratios; ours is the faster where the ratio is below 1."""
    count = 10_000 if short else 100_000
    contests = [contest for size in (SIZES[:2] if short else SIZES) for contest in _contests(size, count)]
    compare("one address", "us", contests, rounds=3 if short else 5)


def _contests(size: int, count: int) -> Iterator[Contest]:
    table = spaces(size)
    asked = addresses(table, count)
    walk = dict_walk(table)
    one = walk.one  # type: ignore[attr-defined]
    expected = walk(asked)
    routes = px.RoutingTable.from_columns(*table[:4])
    for engine in filter(is_installed, ENGINES):
        compiled = routes.compile(engine=engine)
        match, match_many = compiled.match, compiled.match_many
        if list(match_many(asked)) != expected or list(map(match, asked)) != expected:
            raise AssertionError(f"the {engine} engine and the dict walk give different answers")
        yield Contest(
            f"match, {engine} engine, {size:,} spaces",
            lambda match=match: [match(address) for address in asked],  # type: ignore[misc]
            "dict walk",
            lambda: [one(address) for address in asked],
            items=count,
            goal=1,
        )
        if engine == "python":
            yield Contest(
                f"match_many, {engine} engine, {size:,} spaces",
                lambda match_many=match_many: match_many(asked),  # type: ignore[misc]
                "dict walk of a list",
                lambda: walk(asked),
                items=count,
                goal=1,
            )
