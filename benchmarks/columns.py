"""Measures how long an address takes when whole columns are parsed, normalised and routed."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pyarrow as pa

import proxyaddr as px
from benchmarks._run import Contest, compare
from benchmarks._spaces import addresses, spaces
from proxyaddr import columns
from proxyaddr.auditing.single_values import ValueJudge

if TYPE_CHECKING:
    import polars as pl

SPACES = 10_000
PREFIXES = ("SMTP:", "smtp:", "smtp:", "smtp:", "X500:")
"""The prefixes of one recipient in an export: a primary address, and secondary ones."""

GOAL = 200
"""The most nanoseconds per address that `parse` may take on one thread: five million addresses per second."""

JUDGED = 100_000
"""Values that are judged one by one as well, which takes long."""

_PROXY = re.compile(r"([A-Za-z0-9][A-Za-z0-9&._-]*):(.*)", re.DOTALL)

Answers = list[tuple[str, str, bool]]


def main(*, short: bool) -> None:
    """Print times per address, and the ratios of our time to the time of a peer."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is loaded
    count = 20_000 if short else 1_000_000
    table = spaces(SPACES)
    asked = addresses(table, count)
    proxies = [
        PREFIXES[row % len(PREFIXES)] + address.partition(":")[2] if ":" in address else PREFIXES[row % 4] + address
        for row, address in enumerate(asked)
    ]
    column, wanted = pa.array(proxies), _by_expression(proxies)
    routes = px.RoutingTable.from_columns(*table[:4])
    router, matcher, unrouted = columns.Router(routes), routes.compile(), pa.array(asked)
    views = column.cast(pa.string_view())
    contests = [
        Contest(
            "parse, Arrow in",
            lambda: columns.parse(column),
            "a regular expression",
            lambda: _by_expression(proxies),
        ),
        Contest(
            "parse, list in", lambda: columns.parse(proxies), "a regular expression", lambda: _by_expression(proxies)
        ),
    ]
    wrong = sum(mine != theirs for mine, theirs in zip(_answers(columns.parse(column)), wanted, strict=True))
    print(
        f"columns of {count:,}, one thread ({px.matcher.engine} engine); a regular expression differs in {wrong:,} rows"
    )
    if find_spec("polars"):
        import polars  # noqa: PLC0415 - optional

        series = polars.Series("address", proxies)
        found = [tuple(row) for row in _by_polars(series).rows()]
        print(f"polars string expressions differ in {sum(a != b for a, b in zip(found, wanted, strict=True)):,} rows")
        contests += [
            Contest("parse, Arrow in", lambda: columns.parse(column), "polars expressions", lambda: _by_polars(series)),
            Contest(
                "parse, string views in", lambda: columns.parse(views), "polars expressions", lambda: _by_polars(series)
            ),
            Contest("normalize", lambda: columns.normalize(column), "polars to_lowercase", series.str.to_lowercase),
        ]
    contests.append(
        Contest(
            f"route, {SPACES:,} spaces",
            lambda: router.route(unrouted, threads=1),
            "match_many, the index alone",
            lambda: matcher.match_many(unrouted, threads=1),
            goal=1.2,
        )
    )
    judge, judged = ValueJudge(), [_held(row) for row in range(min(count, JUDGED))]
    part = pa.array(judged)
    found = [tuple(rules) for rules in columns.validate(part)["rules"].to_pylist()]
    wrong = sum(mine != judge.verdict(text)[0] for mine, text in zip(found, judged, strict=True))
    print(f"validate differs from the rules in {wrong:,} rows, of {sum(map(bool, found)):,} with findings")
    contests.append(
        Contest(
            "validate, Arrow in",
            lambda: columns.validate(part),
            "each value by the rules",
            lambda: [judge.verdict(text) for text in judged],
            items=len(judged),
            goal=0.1,
        )
    )
    print(f"goal: parse in at most {GOAL} ns, five million per second")
    compare(
        "columns, per address",
        "ns",
        [contest._replace(items=count) if contest.items == 1 else contest for contest in contests],
        rounds=3 if short else 5,
    )


def _held(row: int) -> str:
    """Return an address of a directory with 500 domains, in which one of a hundred is faulty."""
    name = "jane doe" if row % 100 == 0 else "jane.doe"
    return f"{PREFIXES[row % 4]}{name}{row}@branch{row % 500}.contoso.com"


def _by_expression(proxies: list[str]) -> Answers:
    """Return type, value and whether the address is primary, with a regular expression in a loop."""
    found = []
    for proxy in proxies:
        match = _PROXY.match(proxy)
        if match:
            written, value = match.groups()
            found.append((written.upper(), value.strip(), written.isupper()))
    return found


def _by_polars(series: pl.Series) -> pl.DataFrame:
    """Return the same as columns, with Polars string expressions."""
    import polars as pl  # noqa: PLC0415 - optional

    parts = pl.col("address").str.splitn(":", 2).struct.unnest()
    return (
        series.to_frame()
        .lazy()
        .select(parts)
        .select(
            pl.col("field_0").str.to_uppercase().alias("type"),
            pl.col("field_1").str.strip_chars().alias("value"),
            (pl.col("field_0") == pl.col("field_0").str.to_uppercase()).alias("is_primary"),
        )
        .collect()
    )


def _answers(table: pa.Table) -> Answers:
    return list(zip(*(table[name].to_pylist() for name in ("type", "value", "is_primary")), strict=True))
