"""`python -m benchmarks [--short]`: run every benchmark and print its table."""

import argparse

from benchmarks import parsing, startup

if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m benchmarks")
    options.add_argument("--short", action="store_true", help="fewer runs, for a quick look")
    short = options.parse_args().short
    startup.main(short=short)
    parsing.main(short=short)
