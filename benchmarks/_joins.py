"""Peers that route a whole column by joins: in Polars expressions and in DuckDB SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks._parts import NO_ROUTE, Match, sorted_parts
from benchmarks._spaces import Spaces

__all__ = ["duckdb_joins", "polars_joins"]


def polars_joins(table: Spaces) -> Match:
    """Join by address, domain and three parent domains, filter by prefix, and extract infixes with one expression."""
    import polars as pl  # noqa: PLC0415 - peers are loaded one at a time

    parts = sorted_parts(table)

    def frame(found: dict[str, int], key: str, name: str) -> Any:  # noqa: ANN401 - polars is loaded late
        return pl.DataFrame({key: list(found), name: list(found.values())}, schema={key: pl.String, name: pl.Int32})

    exact, at = frame(parts.exact, "value", "exact"), frame(parts.at, "domain", "at")
    parents = [frame(parts.subdomains, f"parent{level}", f"subdomains{level}") for level in range(3)]
    named = [(domain, prefix, index) for domain, rows in parts.prefixes.items() for prefix, index in rows]
    prefixes = pl.DataFrame(named, schema={"domain": pl.String, "prefix": pl.String, "named": pl.Int32}, orient="row")
    words, places = [word for word, _ in parts.infixes], [index for _, index in parts.infixes]

    def joined(addresses: Any) -> Any:  # noqa: ANN401 - takes texts or a Series, returns a Series
        value, domain = pl.col("value"), pl.col("domain")
        rows = pl.LazyFrame({"text": addresses}).with_row_index("row").with_columns(pl.col("text").str.to_lowercase())
        rows = rows.with_columns(
            pl.col("text").str.extract("^([^:@]*):", 1).fill_null("smtp").alias("kind"),
            pl.col("text").str.replace("^[^:@]*:", "").alias("value"),
        ).with_columns(value.str.extract("@([^@]*)$", 1).alias("domain"))
        rows = rows.with_columns(domain.str.replace(r"^[^.]*\.?", "").alias("parent0"))
        for level in (1, 2):
            above = pl.col(f"parent{level - 1}").str.replace(r"^[^.]*\.?", "")
            rows = rows.with_columns(above.alias(f"parent{level}"))
        rows = rows.join(exact.lazy(), on="value", how="left").join(at.lazy(), on="domain", how="left")
        for level, subdomains in enumerate(parents):
            rows = rows.join(subdomains.lazy(), on=f"parent{level}", how="left")
        rows = rows.join(prefixes.lazy(), on="domain", how="left")
        kept = pl.when(value.str.starts_with(pl.col("prefix"))).then(pl.col("named"))
        infix = pl.lit(None, pl.Int32)
        if words:
            rows_of = dict(zip(words, places, strict=True))
            found = value.str.extract(f"({'|'.join(words)})", 1)
            infix = found.replace_strict(rows_of, default=None, return_dtype=pl.Int32)
        all_subdomains = [pl.col(f"subdomains{level}") for level in range(3)]
        smtp = pl.coalesce("exact", kept, "at", *all_subdomains, infix, pl.lit(0, pl.Int32))
        other = (
            pl.when(pl.col("kind") == "x400").then(1).when(pl.col("kind") == "fax").then(2)
            .when((pl.col("kind") == "notes") & value.str.ends_with("acme")).then(3).otherwise(NO_ROUTE)
        )  # fmt: skip
        answer = pl.when(pl.col("kind") == "smtp").then(smtp).otherwise(other)
        return rows.select("row", answer.alias("answer")).sort("row").collect()["answer"]

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers: Sequence[int] = joined(addresses).to_list()
        return answers

    match.column = joined  # type: ignore[attr-defined]
    return match


def duckdb_joins(table: Spaces) -> Match:
    """Do the same joins in SQL."""
    import duckdb  # noqa: PLC0415 - peers are loaded one at a time
    import pyarrow as pa  # noqa: PLC0415 - peers are loaded one at a time

    parts = sorted_parts(table)
    base = duckdb.connect()
    base.execute("set threads to 1")
    for name, group in (("exact", parts.exact), ("domains", parts.at), ("subdomains", parts.subdomains)):
        base.register(
            f"{name}_rows",
            pa.table({"key": pa.array(list(group), pa.string()), "route": pa.array(list(group.values()), pa.int32())}),
        )
        base.execute(f"create table {name} as select * from {name}_rows")
    named = [(domain, prefix, index) for domain, rows in parts.prefixes.items() for prefix, index in rows]
    columns = list(zip(*named, strict=True)) or [(), (), ()]
    base.register(
        "prefix_rows",
        pa.table(
            {
                "key": pa.array(columns[0], pa.string()),
                "prefix": pa.array(columns[1], pa.string()),
                "route": pa.array(columns[2], pa.int32()),
            }
        ),
    )
    base.execute("create table prefixes as select * from prefix_rows")
    words = dict(reversed(parts.infixes))  # of two equal infixes the first one wins
    infix_rows = pa.table(
        {"word": pa.array(list(words), pa.string()), "route": pa.array(list(words.values()), pa.int32())}
    )
    base.register("infix_rows", infix_rows)
    base.execute("create table infixes as select * from infix_rows")
    query = f"""
        with cut as (select row, lower(text) as text from addresses),
        typed as (select row, coalesce(nullif(regexp_extract(text, '^([^:@]*):', 1), ''), 'smtp') as kind,
                         regexp_replace(text, '^[^:@]*:', '') as value from cut),
        split as (select *, regexp_extract(value, '@([^@]*)$', 1) as domain from typed),
        one as (select *, regexp_replace(domain, '^[^.]*[.]?', '') as parent0 from split),
        two as (select *, regexp_replace(parent0, '^[^.]*[.]?', '') as parent1 from one),
        three as (select *, regexp_replace(parent1, '^[^.]*[.]?', '') as parent2 from two)
        select case kind when 'smtp' then coalesce(
                 exact.route, case when starts_with(value, prefix) then prefixes.route end,
                 domains.route, b0.route, b1.route, b2.route, infixes.route, 0)
               when 'x400' then 1 when 'fax' then 2
               when 'notes' then case when ends_with(value, 'acme') then 3 else -1 end else -1 end as answer
        from three left join exact on exact.key = value left join domains on domains.key = domain
        left join subdomains b0 on b0.key = parent0 left join subdomains b1 on b1.key = parent1
        left join subdomains b2 on b2.key = parent2 left join prefixes on prefixes.key = domain
        left join infixes on infixes.word = regexp_extract(value, '{"|".join(words)}')
        order by row"""

    def joined(rows: Any) -> Any:  # noqa: ANN401 - takes Arrow data with row and text, returns an Arrow column
        base.register("addresses", rows)
        return base.sql(query).to_arrow_table()["answer"]

    def match(addresses: Sequence[str]) -> Sequence[int]:
        rows = pa.table({"row": pa.array(range(len(addresses)), pa.int64()), "text": pa.array(addresses, pa.string())})
        answers: Sequence[int] = joined(rows).to_pylist()
        return answers

    match.column = joined  # type: ignore[attr-defined]
    return match
