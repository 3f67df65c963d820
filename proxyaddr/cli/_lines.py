"""What the subcommands share: reading inputs, and printing JSON lines, findings and errors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from proxyaddr.errors import AddressSyntaxError, Finding, ProxyAddrError, visible

__all__ = ["add_inputs", "findings_as_json", "for_each_input", "show_error", "show_findings", "show_json"]


def add_inputs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the positional inputs and `--json`."""
    parser.add_argument(
        "inputs", nargs="*", metavar=what.upper(), help=f"{what}, any number; without one, lines of standard input"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def for_each_input(options: argparse.Namespace, handle: Callable[[str], int]) -> int:
    """Call `handle` with each input and return the highest status; an error is printed and counts as status 2."""
    highest = 0
    for text in _inputs(options):
        try:
            status = handle(text)
        except ProxyAddrError as error:
            show_error(text, error, as_json=options.json)
            status = 2
        highest = max(highest, status)
    return highest


def show_json(record: dict[str, object]) -> None:
    """Print an object on one line, in ASCII, so that any text survives any terminal."""
    print(json.dumps(record))


def findings_as_json(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    """Return findings as the objects that JSON output has for them."""
    return [{"code": found.code, "message": found.message, "span": found.span} for found in findings]


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Print a line for each finding, for people to read."""
    for found in findings:
        print(f"finding [{found.code}]: {visible(found.message)}")


def _inputs(options: argparse.Namespace) -> Iterator[str]:
    """Yield the arguments or, without any, the lines of standard input that are not empty."""
    if options.inputs:
        yield from options.inputs
        return
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        if text:
            yield text


def show_error(text: str, error: ProxyAddrError, *, as_json: bool) -> None:
    """Print the error of an input: to standard error for people, or as one JSON object among the answers."""
    if not as_json:
        print(f"proxyaddr: {error}", file=sys.stderr)
        return
    span = error.span if isinstance(error, AddressSyntaxError) else None
    show_json({"input": text, "error": {"code": error.code, "message": error.message, "span": span}})
