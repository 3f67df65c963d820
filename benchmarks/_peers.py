"""How people match addresses today: each peer is built from the same table and answers with the index of a route.

They cover what the generator makes, not the whole of the rules; how often they disagree is counted beside the times.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks._spaces import Spaces
from proxyaddr.matcher.plan import NO_ROUTE

__all__ = ["PEERS", "Peer"]

Match = Callable[[Sequence[str]], Sequence[int]]


class Peer(NamedTuple):
    """A peer, the module it needs, the largest table that it takes, and what makes it of a table."""

    name: str
    module: str
    most_spaces: int
    build: Callable[[Spaces], Match]


class _Parts(NamedTuple):
    """The table by kind of pattern, as a careful user would sort it once."""

    exact: dict[str, int]
    at: dict[str, int]
    below: dict[str, int]
    prefixes: dict[str, list[tuple[str, int]]]
    infixes: list[tuple[str, int]]
    any: int


def _parts(table: Spaces) -> _Parts:
    parts = _Parts({}, {}, {}, {}, [], 0)
    for index, (kind, pattern) in enumerate(zip(table.types, table.patterns, strict=True)):
        if kind != "SMTP" or pattern == "*":
            continue
        local, _, domain = pattern.rpartition("@")
        if pattern.startswith("*@*."):
            parts.below[domain[2:]] = index
        elif local == "*":
            parts.at[domain] = index
        elif local.endswith("*"):
            parts.prefixes.setdefault(domain, []).append((local[:-1], index))
        elif local:
            parts.exact[pattern] = index
        else:
            parts.infixes.append((pattern.strip("*"), index))
    parts.infixes.sort(key=lambda infix: (-len(infix[0]), table.costs[infix[1]], infix[1]))
    return parts


def _other(kind: str, value: str) -> int:
    """Answer for the types of the generator that are not SMTP."""
    return {"x400": 1, "fax": 2}.get(
        kind, 3 if kind == "notes" and value.endswith("acme") and "@" in value else NO_ROUTE
    )


def dict_walk(table: Spaces) -> Match:
    """Dictionaries by address and domain, then the parents, then the infixes."""
    exact, at, below, prefixes, infixes, any_route = _parts(table)

    def one(address: str) -> int:  # noqa: PLR0911 - that is how people write it
        value = address.lower()
        kind, colon, rest = value.partition(":")
        if colon:
            if kind != "smtp":
                return _other(kind, rest)
            value = rest
        found = exact.get(value)
        if found is not None:
            return found
        local, _, domain = value.rpartition("@")
        for prefix, index in prefixes.get(domain, ()):
            if local.startswith(prefix):
                return index
        found = at.get(domain)
        if found is not None:
            return found
        _, dot, parent = domain.partition(".")
        while dot:
            found = below.get(parent)
            if found is not None:
                return found
            _, dot, parent = parent.partition(".")
        for infix, index in infixes:
            if infix in value:
                return index
        return any_route

    def match(addresses: Sequence[str]) -> Sequence[int]:
        return [one(address) for address in addresses]

    match.one = one  # type: ignore[attr-defined]
    return match


def _expressions(table: Spaces) -> list[tuple[str, int]]:
    """Regular expressions over a lower-case line, the best first."""
    parts = _parts(table)
    start, escape = "^(?:smtp:)?", re.escape
    return [
        *((f"{start}{escape(address)}$", index) for address, index in parts.exact.items()),
        *(
            (f"{start}{escape(prefix)}[^\\n]*@{escape(domain)}$", index)
            for domain, named in parts.prefixes.items()
            for prefix, index in named
        ),
        *((f"@{escape(domain)}$", index) for domain, index in parts.at.items()),
        *(
            (f"@[^\\n]*\\.{escape(domain)}$", index)
            for domain, index in sorted(parts.below.items(), key=lambda d: -len(d[0]))
        ),
        *((escape(infix), index) for infix, index in parts.infixes),
    ]


def _typed(address: str) -> int | None:
    """Return the answer for an address of another type, None for SMTP."""
    kind, colon, value = address.partition(":")
    return _other(kind, value) if colon and kind != "smtp" else None


def regular_expression(table: Spaces) -> Match:
    """One alternation of groups, the best first."""
    expressions = _expressions(table)
    compiled = re.compile("|".join(f"({text if text.startswith('^') else '^.*?' + text})" for text, _ in expressions))

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                hit = compiled.match(address)
                found = expressions[hit.lastindex - 1][1] if hit and hit.lastindex else 0
            answers.append(found)
        return answers

    return match


def re2_set(table: Spaces) -> Match:
    """Ask a set of google-re2, which gives every expression that matches."""
    import re2  # noqa: PLC0415 - peers are loaded one at a time

    options = re2.Options()
    options.max_mem = 1 << 30
    expressions = _expressions(table)
    whole = re2.Set.SearchSet(options)
    for text, _ in expressions:
        whole.Add(text)
    whole.Compile()

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                hits = whole.Match(address)
                found = expressions[min(hits)][1] if hits else 0
            answers.append(found)
        return answers

    return match


def hyperscan_joined(table: Spaces) -> Match:
    """One scan of all addresses joined by line ends, the hits sorted to their lines."""
    import hyperscan  # noqa: PLC0415 - as above

    expressions = _expressions(table)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_MULTILINE
    database.compile(
        expressions=[text.encode() for text, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags] * len(expressions),
    )

    def match(addresses: Sequence[str]) -> Sequence[int]:
        joined = "\n".join(addresses).lower()
        ends, place = [], 0
        for address in addresses:
            place += len(address) + 1
            ends.append(place)
        best = [len(expressions)] * len(addresses)

        def hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            line = bisect_right(ends, end - 1)
            best[line] = min(best[line], number)

        database.scan(joined.encode(), match_event_handler=hit)
        answers = []
        for address, number in zip(addresses, best, strict=True):
            found = _typed(address.lower()) if ":" in address else None
            answers.append(found if found is not None else expressions[number][1] if number < len(expressions) else 0)
        return answers

    return match


def aho_corasick(table: Spaces) -> Match:
    """One automaton of what the patterns hold literally, its hits held against the place where they may stand."""
    import ahocorasick  # noqa: PLC0415 - as above

    parts = _parts(table)
    automaton = ahocorasick.Automaton()
    for rank, group in enumerate(
        (parts.exact, {f"@{d}": i for d, i in parts.at.items()}, {f".{d}": i for d, i in parts.below.items()})
    ):
        for key, index in group.items():
            automaton.add_word(key, (2 * rank, index, len(key), ""))
    for domain, named in parts.prefixes.items():
        for prefix, index in named:
            automaton.add_word(f"@{domain}", (1, index, len(domain) + 1, prefix))
    for infix, index in parts.infixes:
        automaton.add_word(infix, (6, index, len(infix), ""))
    automaton.make_automaton()

    def match(addresses: Sequence[str]) -> Sequence[int]:
        answers = []
        for address in map(str.lower, addresses):
            found = _typed(address)
            if found is None:
                value = address.removeprefix("smtp:")
                last, best = len(value) - 1, (9, 0, 0)
                for end, (rank, index, length, prefix) in automaton.iter(value):
                    if rank == 6 or (end == last and (rank or length == len(value)) and value.startswith(prefix)):
                        best = min(best, (rank, -length, index))
                found = best[2]
            answers.append(found)
        return answers

    return match


def marisa(table: Spaces) -> Match:
    """Walk a trie of reversed domains and addresses; it can't express infixes, which are left to `in`."""
    import marisa_trie  # noqa: PLC0415 - as above

    parts = _parts(table)
    keys, values = [], []
    for rank, group in enumerate(
        (parts.exact, {f"@{d}": i for d, i in parts.at.items()}, {f".{d}": i for d, i in parts.below.items()})
    ):
        keys += [key[::-1] for key in group]
        values += [(2 * rank, index) for index in group.values()]
    trie = marisa_trie.RecordTrie("<II", zip(keys, values, strict=True))
    prefixes, infixes = parts.prefixes, parts.infixes

    def one(address: str) -> int:
        value = address.removeprefix("smtp:")
        best, backwards = (9, 0, 0), value[::-1]
        for key in trie.prefixes(backwards):
            rank, index = trie[key][0]
            if rank or len(key) == len(backwards):
                best = min(best, (rank, -len(key), index))
        if best[0] > 0:
            local, _, domain = value.rpartition("@")
            for prefix, index in prefixes.get(domain, ()):
                if local.startswith(prefix):
                    return index
        if best[0] < 9:
            return best[2]
        return next((index for infix, index in infixes if infix in value), 0)

    def match(addresses: Sequence[str]) -> Sequence[int]:
        return [one(a) if (found := _typed(a)) is None else found for a in map(str.lower, addresses)]

    return match


def polars_joins(table: Spaces) -> Match:
    """Left joins by address, domain and three parents, a filter for prefixes, one pass for infixes."""
    import polars as pl  # noqa: PLC0415 - as above

    parts = _parts(table)

    def frame(found: dict[str, int], key: str, name: str) -> Any:  # noqa: ANN401 - polars is loaded late
        return pl.DataFrame({key: list(found), name: list(found.values())}, schema={key: pl.String, name: pl.Int32})

    exact, at = frame(parts.exact, "value", "exact"), frame(parts.at, "domain", "at")
    parents = [frame(parts.below, f"parent{level}", f"below{level}") for level in range(3)]
    named = [(domain, prefix, index) for domain, rows in parts.prefixes.items() for prefix, index in rows]
    prefixes = pl.DataFrame(named, schema={"domain": pl.String, "prefix": pl.String, "named": pl.Int32}, orient="row")
    words, places = [word for word, _ in parts.infixes], [index for _, index in parts.infixes]

    def joined(addresses: Any) -> Any:  # noqa: ANN401 - texts or a Series in, a Series out
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
        for level, below in enumerate(parents):
            rows = rows.join(below.lazy(), on=f"parent{level}", how="left")
        rows = rows.join(prefixes.lazy(), on="domain", how="left")
        kept = pl.when(value.str.starts_with(pl.col("prefix"))).then(pl.col("named"))
        infix = pl.lit(None, pl.Int32)
        if words:
            rows_of = dict(zip(words, places, strict=True))
            found = value.str.extract(f"({'|'.join(words)})", 1)
            infix = found.replace_strict(rows_of, default=None, return_dtype=pl.Int32)
        below_all = [pl.col(f"below{level}") for level in range(3)]
        smtp = pl.coalesce("exact", kept, "at", *below_all, infix, pl.lit(0, pl.Int32))
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
    """Make the same joins in SQL."""
    import duckdb  # noqa: PLC0415 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above

    parts = _parts(table)
    base = duckdb.connect()
    base.execute("set threads to 1")
    for name, group in (("exact", parts.exact), ("domains", parts.at), ("below", parts.below)):
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
    words = dict(reversed(parts.infixes))  # of two alike the best, which comes first
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
        left join below b0 on b0.key = parent0 left join below b1 on b1.key = parent1
        left join below b2 on b2.key = parent2 left join prefixes on prefixes.key = domain
        left join infixes on infixes.word = regexp_extract(value, '{"|".join(words)}')
        order by row"""

    def joined(rows: Any) -> Any:  # noqa: ANN401 - Arrow data in, with row and text, a column of Arrow data out
        base.register("addresses", rows)
        return base.sql(query).to_arrow_table()["answer"]

    def match(addresses: Sequence[str]) -> Sequence[int]:
        rows = pa.table({"row": pa.array(range(len(addresses)), pa.int64()), "text": pa.array(addresses, pa.string())})
        answers: Sequence[int] = joined(rows).to_pylist()
        return answers

    match.column = joined  # type: ignore[attr-defined]
    return match


PEERS = (
    Peer("dict walk", "builtins", 10**9, dict_walk),
    Peer("re, one alternation", "re", 100, regular_expression),
    Peer("google-re2 Set", "re2", 10_000, re2_set),
    Peer("hyperscan, one scan", "hyperscan", 10_000, hyperscan_joined),
    Peer("pyahocorasick", "ahocorasick", 10**9, aho_corasick),
    Peer("marisa-trie", "marisa_trie", 10**9, marisa),
    Peer("polars joins", "polars", 10**9, polars_joins),
    Peer("duckdb joins", "duckdb", 10**9, duckdb_joins),
)
