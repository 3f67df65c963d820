"""Run the benchmarks named, or all of them, and print their tables: `python -m benchmarks [--short] [NAME...]`."""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks._run import setting

BENCHMARKS = (
    "startup",
    "parsing",
    "patterns",
    "matching",
    "scalar",
    "building",
    "columns",
    "files",
    "json_lines",
    "directories",
    "whole_sites",
    "audits",
    "engines",
)


def main() -> None:
    """Read the command line and run the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benchmarks", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument(
        "--short", action="store_true", help="few rounds and little data: shows in seconds that the benchmarks run"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.benchmarks) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    print(setting())
    for name in arguments.benchmarks or BENCHMARKS:
        print()
        import_module(f"benchmarks.{name}").main(short=arguments.short)


if __name__ == "__main__":
    main()
