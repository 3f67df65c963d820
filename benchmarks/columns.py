"""How many addresses of a column are parsed, normalised and routed a second, beside a regular expression and polars."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import proxyaddr as px
from benchmarks._run import Contest, compare
from benchmarks._spaces import addresses, spaces

GOAL = 5.0
"""Million proxy addresses a second through `parse`, one thread, at least."""

_PROXY = re.compile(r"([A-Za-z0-9&._-]+):(.*)")


def proxies(count: int) -> list[str]:
    """Make proxy addresses as a directory holds them: nine of ten of SMTP, then X400, EX and others."""
    chance = random.Random(count)
    plain = addresses(spaces(10_000), count)
    others = [
        "X400:c=US;a= ;p=Contoso;o=Site;s=Doe;g=Jane;",
        "x500:/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=jdoe",
        "FAX:+1 555 0100",
        "sip:jane@contoso.com",
    ]
    found = []
    for address in plain:
        kind = chance.random()
        value = address.partition(":")[2] or address
        found.append(f"{'SMTP' if kind < 0.3 else 'smtp'}:{value}" if kind < 0.9 else chance.choice(others))
    return found


def by_expression(column: Sequence[str]) -> list[tuple[str, str, bool] | None]:
    """Split each address by a regular expression, as people do in a loop."""
    found = map(_PROXY.fullmatch, column)
    return [hit and (hit[1].upper(), hit[2].strip(), hit[1].isupper()) for hit in found]


def by_polars(column: Any) -> Any:  # noqa: ANN401 - polars is not there for types
    """Split a column by the string expressions of polars."""
    import polars as pl  # noqa: PLC0415 - peers are loaded one at a time

    text = pl.col("text").str.splitn(":", 2).struct
    kind, value = text.field("field_0"), text.field("field_1")
    return column.select(
        kind.str.to_uppercase().alias("type"),
        value.str.strip_chars().alias("value"),
        (kind == kind.str.to_uppercase()).alias("is_primary"),
    )


def main(*, short: bool) -> None:
    """Print microseconds an address and ratios; below 1 ours is the faster. The answers of the peers are checked."""
    if not find_spec("pyarrow"):
        print("columns: skipped, pyarrow is not installed")
        return
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars is loaded
    import pyarrow as pa  # noqa: PLC0415 - the other benchmarks do without it

    texts = proxies(20_000 if short else 1_000_000)
    column, count = pa.array(texts), len(texts)
    wanted = px.columns.parse(column)
    rows = list(zip(*(wanted[name].to_pylist() for name in ("type", "value", "is_primary")), strict=True))
    wrong = {"a regular expression in a loop": sum(a != b for a, b in zip(rows, by_expression(texts), strict=True))}
    table = spaces(10_000)
    router = px.columns.Router(px.RoutingTable.from_columns(*table[:4]))
    contests = [
        Contest(
            "parse",
            lambda: px.columns.parse(column),
            "a regular expression in a loop",
            lambda: by_expression(texts),
            count,
        )
    ]
    if find_spec("polars"):
        import polars as pl  # noqa: PLC0415 - as above

        frame = pl.DataFrame({"text": pl.Series(texts)})
        wrong["polars string expressions"] = sum(a != b for a, b in zip(rows, by_polars(frame).rows(), strict=True))
        contests.append(
            Contest(
                "parse",
                lambda: px.columns.parse(column),
                "polars string expressions",
                lambda: by_polars(frame),
                count,
            )
        )
    contests += [
        Contest(
            "normalize",
            lambda: px.columns.normalize(column),
            "str.strip and str.lower in a loop",
            lambda: [text.strip().lower() for text in texts],
            count,
        ),
        Contest(
            "route, all columns of the answer",
            lambda: router.route(column, threads=1),
            "match_many, the index alone",
            lambda: router.matcher.match_many(column, threads=1),
            count,
        ),
    ]
    speed = 1 / compare("columns", "us", contests, rounds=3 if short else 5)[0]
    verdict = "reached" if speed >= GOAL else "missed"
    print(f"  parse: {speed:.1f} million a second, goal {GOAL:g}: {verdict}")
    for name, found in wrong.items():
        print(f"  {name}: {found:,} of {count:,} answers differ")
