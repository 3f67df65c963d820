"""Ask every question and print its table: `python -m benchmarks [--short] [QUESTION...]`."""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks._run import setting

QUESTIONS = (
    "startup",
    "parsing",
    "patterns",
    "matching",
    "scalar",
    "building",
    "columns",
    "files",
    "json_lines",
    "engines",
)


def main() -> None:
    """Read the command line and run the questions asked, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=f"of: {', '.join(QUESTIONS)} (default: all)")
    parser.add_argument("--short", action="store_true", help="few rounds and less data: shows that it runs, in seconds")
    arguments = parser.parse_args()
    unknown = set(arguments.questions) - set(QUESTIONS)
    if unknown:
        parser.error(f"no such question: {', '.join(sorted(unknown))}")
    print(setting())
    for question in arguments.questions or QUESTIONS:
        print()
        import_module(f"benchmarks.{question}").main(short=arguments.short)


if __name__ == "__main__":
    main()
