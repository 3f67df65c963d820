"""Measures time and memory of an audit with every rule, and of five DuckDB queries over the same Parquet file."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks._run import ROOT, setting

ROWS, SHORT_ROWS = 1_000_000, 20_000
"""Recipients with five addresses each."""

GROUP_ROWS = 100_000
"""Rows per row group of the file."""

GOAL_TIME, GOAL_MEMORY = 2.0, 0.7
"""The most that an audit may take, over the queries; 1.0 and 0.5 would be better still."""

OURS, PEER = "px.audit, every rule", "five DuckDB queries"

_AUDIT = """
import sys
import proxyaddr as px
limits = px.Limits(file_rows=2**32)
report = px.audit(sys.argv[1], context=px.AuditContext(), limits=limits)
print(dict(report.counts), file=sys.stderr)
"""
_QUERIES = """
import sys
import duckdb
base = duckdb.connect()
base.execute("SET threads=2")
base.execute(f"CREATE VIEW recipients AS FROM read_parquet('{sys.argv[1]}')")
queries = {
    "duplicates": "SELECT lower(a) AS key, list(DISTINCT id) FROM (SELECT id, unnest(proxyAddresses) AS a"
        " FROM recipients) GROUP BY key HAVING count(DISTINCT id) > 1",
    "two primaries": "SELECT id FROM recipients"
        " WHERE len(list_filter(proxyAddresses, lambda x: starts_with(x, 'SMTP:'))) > 1",
    "no primary": "SELECT id FROM recipients"
        " WHERE len(list_filter(proxyAddresses, lambda x: starts_with(x, 'SMTP:'))) = 0",
    "syntax": "SELECT id, a FROM (SELECT id, unnest(proxyAddresses) AS a FROM recipients)"
        " WHERE lower(a[:5]) = 'smtp:' AND NOT regexp_full_match(a[6:],"
        " '[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\\\\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@"
        "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+')",
    "mail": "SELECT id, mail FROM recipients WHERE mail IS NOT NULL AND"
        " NOT list_contains(list_transform(proxyAddresses, lambda x: lower(x)), 'smtp:' || lower(mail))",
}
for name, query in queries.items():
    print(name, len(base.execute(query).fetchall()), file=sys.stderr)
"""
_PEAK = """
from pathlib import Path
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


class _Run(NamedTuple):
    seconds: float
    processor: float
    megabytes: float
    told: str


def main(*, short: bool, rows: int | None = None) -> None:
    """Print median times of whole processes, their peak memory and ratios; each round runs both in turn."""
    count = rows or (SHORT_ROWS if short else ROWS)
    rounds = 1 if short or count > ROWS else 5
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "recipients.parquet"
        write_recipients(source, count)
        runs: dict[str, list[_Run]] = {OURS: [], PEER: []}
        for _ in range(rounds):
            for name, code in ((OURS, _AUDIT), (PEER, _QUERIES)):
                if name == OURS or count <= ROWS:  # beyond, the queries take more memory than many machines have
                    runs[name].append(_run(code, source))
        size = source.stat().st_size >> 20
    print(f"{count:,} recipients with five addresses ({size:,} MB of Parquet), whole processes, medians of {rounds}")
    for name, found in runs.items():
        for run in found[:1]:
            seconds, processor = median(each.seconds for each in found), median(each.processor for each in found)
            print(f"  {name:22} {seconds:7.2f} s, {processor:7.2f} s processor time, {_peak(found):6.0f} MB at most")
            print(f"    {run.told}")
    pairs = list(zip(runs[OURS], runs[PEER], strict=False))
    if pairs:
        time_ratio = median(ours.seconds / theirs.seconds for ours, theirs in pairs)
        memory_ratio = _peak(runs[OURS]) / _peak(runs[PEER])
        print(f"  audit / queries: time   {time_ratio:5.2f}   goal: at most {GOAL_TIME}")
        print(f"  audit / queries: memory {memory_ratio:5.2f}   goal: at most {GOAL_MEMORY}")


def write_recipients(path: Path, count: int) -> None:
    """Write so many recipients with five addresses each, in row groups; some of each fault are among them.

    Of 200 recipients two hold an address of another one, one has two primary addresses, one has none, and one has a
    blank in an address.
    """
    import pyarrow as pa  # noqa: PLC0415 - only this benchmark needs it
    from pyarrow import parquet  # noqa: PLC0415 - as above

    texts = ("id", "displayName", "objectClass", "mail", "userPrincipalName", "mailNickname")
    schema = pa.schema([*((name, pa.string()) for name in texts), ("proxyAddresses", pa.list_(pa.string()))])
    with parquet.ParquetWriter(path, schema, compression="snappy") as out:
        for start in range(0, count, GROUP_ROWS):
            rows = [_recipient(number) for number in range(start, min(count, start + GROUP_ROWS))]
            columns = [
                pa.array(list(values), kind) for values, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
            ]
            out.write_table(pa.table(columns, schema=schema), GROUP_ROWS)


def _recipient(number: int) -> tuple[object, ...]:
    scattered = number * 7_919 % 100_003
    alias, domain = f"user{scattered:06}.{number}", _domain(number)
    address = f"{alias}@{domain}"
    proxies = [
        *(f"SMTP:{address}", f"smtp:{alias}@fabrikam.com", f"smtp:u{number}@{domain}"),
        *(f"SIP:{address}", f"X500:/o=Contoso/ou=First/cn=Recipients/cn={alias}"),
    ]
    fault = scattered % 200
    if fault in (0, 1):  # what the one before it holds
        proxies[2] = f"smtp:{'uU'[fault]}{number - 1}@{_domain(number - 1)}"
    elif fault == 2:
        proxies[1] = proxies[1].replace("smtp:", "SMTP:")
    elif fault == 3:
        proxies[0] = proxies[0].replace("SMTP:", "smtp:")
    elif fault == 4:
        proxies[2] = f"smtp:u {number}@{domain}"
    return (f"id{number}", f"User {number}", "user", address, address, alias, proxies)


def _domain(number: int) -> str:
    return f"d{number % 50}.contoso.com"


def _peak(found: list[_Run]) -> float:
    return max(run.megabytes for run in found)


def _run(code: str, source: Path) -> _Run:
    start, before = time.perf_counter(), os.times()
    line = [sys.executable, "-c", code + _PEAK, str(source)]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    seconds, after = time.perf_counter() - start, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return _Run(seconds, processor, int(done.stdout.split()[-1]) / 1024, ", ".join(done.stderr.splitlines()))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.audits", description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS, help=f"recipients of the file (default: {ROWS:,})")
    print(setting())
    main(short=False, rows=asked.parse_args().rows)
