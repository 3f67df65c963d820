"""Measures time and memory of `proxyaddr route` from Parquet to Parquet, and of pyarrow copying the same file."""

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
from benchmarks._spaces import addresses, spaces

SPACES = 10_000
ROWS, SHORT_ROWS = 8_000_000, 200_000
GROUP_ROWS = 1_000_000
"""Rows per row group of the input."""

BATCH_ROWS = 131_072
"""Rows per row group of both outputs."""

GOAL_RATIO = 1.5
GOAL_MEGABYTES = 500

_COPY = f"""
import sys
import pyarrow.parquet as parquet
file = parquet.ParquetFile(sys.argv[1], buffer_size=1 << 20, pre_buffer=False)
with parquet.ParquetWriter(sys.argv[2], file.schema_arrow, compression="snappy") as out:
    for batch in file.iter_batches({BATCH_ROWS}):
        out.write_batch(batch)
"""
_COPY_AHEAD = _COPY.replace("import sys\n", "import sys\nfrom proxyaddr.bulk.prefetch import prefetched\n", 1).replace(
    f"file.iter_batches({BATCH_ROWS})", f"prefetched(file.iter_batches({BATCH_ROWS}))"
)
_ROUTE = """
import sys
from proxyaddr.cli.main import main
main(["route", "--spaces", sys.argv[3], "--in", sys.argv[1], "--column", "email", "--out", sys.argv[2]])
"""
_PEAK = """
from pathlib import Path
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


class _Run(NamedTuple):
    seconds: float
    processor: float
    megabytes: float


def main(*, short: bool, rows: int | None = None) -> None:
    """Print median times of whole processes, their peak memory and ratios; each round runs all in turn."""
    count = rows or (SHORT_ROWS if short else ROWS)
    with tempfile.TemporaryDirectory() as folder:
        source, table = Path(folder) / "in.parquet", Path(folder) / "spaces.csv"
        _write(source, table, count)
        contestants = {"proxyaddr route": _ROUTE, "pyarrow copying": _COPY, "the same, reading ahead": _COPY_AHEAD}
        runs: dict[str, list[_Run]] = {name: [] for name in contestants}
        for _ in range(1 if short or rows else 5):
            for name, code in contestants.items():
                runs[name].append(_run(code, source, Path(folder) / "out.parquet", table))
        size = source.stat().st_size >> 20
    print(f"Parquet to Parquet, {count:,} rows of 4 columns ({size:,} MB), {SPACES:,} spaces, whole processes, in turn")
    for name, found in runs.items():
        seconds, processor = (median(column) for column in list(zip(*found, strict=True))[:2])
        rate = f"{count / seconds / 1e6:6.2f} million rows/s"
        print(
            f"  {name:26} {seconds:7.2f} s, {processor:6.2f} s processor time, {rate}, {_peak(found):4.0f} MB at most"
        )
    for name in list(contestants)[1:]:
        pairs = list(zip(runs["proxyaddr route"], runs[name], strict=True))
        ratio = median(ours.seconds / theirs.seconds for ours, theirs in pairs)
        busy = median(ours.processor / theirs.processor for ours, theirs in pairs)
        goal = f"   goal: at most {GOAL_RATIO}" if name == "pyarrow copying" else ""
        print(f"  route / {name:26} {ratio:7.2f}, of processor time {busy:5.2f}{goal}")
    print(f"  peak memory of route {_peak(runs['proxyaddr route']):17.0f} MB   goal: below {GOAL_MEGABYTES}")


def _peak(found: list[_Run]) -> float:
    return max(run.megabytes for run in found)


def _write(source: Path, table: Path, count: int) -> None:
    """Write the routing table, and a Parquet file of addresses with three more columns, group by group."""
    import pyarrow as pa  # noqa: PLC0415 - only this benchmark needs it
    from pyarrow import parquet  # noqa: PLC0415 - only this benchmark needs it

    made = spaces(SPACES)
    lines = (f"{','.join(map(str, row))}\n" for row in zip(*made[:4], strict=True))
    table.write_text("type,pattern,cost,connector\n" + "".join(lines), "utf-8")
    kinds = {"id": pa.int64(), "email": pa.string(), "display_name": pa.string(), "department": pa.string()}
    with parquet.ParquetWriter(source, pa.schema(kinds), compression="snappy") as out:
        for start in range(0, count, GROUP_ROWS):
            size = min(GROUP_ROWS, count - start)
            columns = {
                "id": range(start, start + size),
                "email": addresses(made, GROUP_ROWS + start // GROUP_ROWS)[:size],  # each group has other addresses
                "display_name": [f"User {number * 7919 % 1_000_003:06}" for number in range(start, start + size)],
                "department": [f"Department {number % 50}" for number in range(size)],
            }
            arrays = [pa.array(list(values), kinds[name]) for name, values in columns.items()]
            out.write_table(pa.table(arrays, schema=pa.schema(kinds)), GROUP_ROWS)


def _run(code: str, *paths: Path) -> _Run:
    start, before = time.perf_counter(), os.times()
    line = [sys.executable, "-c", code + _PEAK, *map(str, paths)]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    seconds, after = time.perf_counter() - start, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return _Run(seconds, processor, int(done.stdout.split()[-1]) / 1024)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS, help=f"rows of the file (default: {ROWS:,})")
    print(setting())
    main(short=False, rows=asked.parse_args().rows)
