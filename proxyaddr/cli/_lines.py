"""What the subcommands share: reading inputs, and printing JSON lines, findings and errors."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from proxyaddr._text.byte_order import UNICODE_START, unicode_start
from proxyaddr.cli._errors import in_command_words, print_error
from proxyaddr.cli._slips import HEAD, refuse_file, refuse_lines, refuse_lines_of_report, refuse_report
from proxyaddr.cli._style import CODE, style
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, ProxyAddrError, visible

__all__ = [
    "STANDARD_STREAM",
    "add_accepted_domains",
    "add_inputs",
    "findings_as_json",
    "for_each_input",
    "show_error",
    "show_findings",
    "show_json",
    "status_of",
]

STANDARD_STREAM = "-"
"""The argument that stands for standard input, and for standard output."""


def add_inputs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the positional inputs and `--json`."""
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar=what.upper(),
        help=f"{what}, any number; without one, or for `-`, lines of standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def add_accepted_domains(parser: argparse.ArgumentParser) -> None:
    """Add the option that gives the accepted domains."""
    parser.add_argument(
        "--accepted-domains",
        action="append",
        metavar="FILE|DOMAIN",
        help="what SMTP:-- and AllAcceptedDomains stand for, repeatable: Get-AcceptedDomain in any form, or a domain",
    )


def for_each_input(
    options: argparse.Namespace, handle: Callable[[str], int], *, lines: bool = True, files: bool = False
) -> int:
    """Call `handle` with each input and return the highest status; an error is printed and counts as status 2.

    Without `lines`, standard input is one text, and an input may have several lines and be a non-delivery report. With
    `files` it may be the name of a file. ConfigurationError for an argument that is no such input, as the name of a
    file is none, and where there is no input at all.
    """
    for text in options.inputs:
        if not files:
            refuse_file(text, options)
        if lines:
            refuse_report(text)
            refuse_lines(text, options)
    highest, given = 0, False
    for text in _inputs(options, lines=lines):
        given = True
        try:
            if lines:
                refuse_report(text)
            status = handle(text)
        except ProxyAddrError as error:
            show_error(text, error, as_json=options.json)
            status = 2
        highest = max(highest, status)
    if not given:
        message = f"standard input holds nothing to read; proxyaddr {options.name} --help has examples"
        raise ConfigurationError("usage", message)
    return highest


def _standard_input(options: argparse.Namespace) -> TextIO:
    """Return standard input, decoded by what its first bytes show; on a terminal, say that it is read."""
    if sys.stdin.isatty():
        note = f"proxyaddr: reading from the terminal; end with Ctrl-D (proxyaddr {options.name} --help)"
        print(note, file=sys.stderr)
    elif isinstance(sys.stdin, io.TextIOWrapper) and isinstance(sys.stdin.buffer, io.BufferedReader):
        encoding, mark = unicode_start(sys.stdin.buffer.peek(UNICODE_START)[:UNICODE_START])
        if encoding is not None:
            sys.stdin.buffer.read(mark)
            sys.stdin.reconfigure(encoding=encoding, errors="replace")
    return sys.stdin


def status_of(findings: tuple[Finding, ...]) -> int:
    """Return the exit status of an address with findings: 1 where one of them is more than a warning."""
    return 1 if any(found.severity == "error" for found in findings) else 0


def show_json(record: dict[str, object]) -> None:
    """Print an object on one line, in ASCII, so that any text survives any terminal."""
    import json  # noqa: PLC0415 - takes its time, and for --json alone

    print(json.dumps(record))


def findings_as_json(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    """Return findings as the objects that JSON output has for them."""
    return [
        {"code": found.code, "severity": found.severity, "message": found.message, "span": found.span}
        for found in findings
    ]


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Print a line for each finding, for people to read."""
    for found in findings:
        print(f"{found.severity} [{style(found.code, CODE)}]: {visible(found.message)}")


def _inputs(options: argparse.Namespace, *, lines: bool) -> Iterator[str]:
    """Yield the arguments; for `-`, or without any, the lines of standard input that are not empty, or all of it."""
    for text in options.inputs or [STANDARD_STREAM]:
        if text != STANDARD_STREAM:
            yield text
        elif lines:
            stream = _standard_input(options)
            refuse_lines_of_report(_waiting(stream))
            found = (line.rstrip("\r\n") for line in stream)
            yield from filter(None, _continued(found) if getattr(options, "recipients", False) else found)
        elif (text := _standard_input(options).read()) and not text.isspace():
            yield text


def _waiting(stream: TextIO) -> str:
    """Return the text that already waits in a stream, which stays there; none on a terminal."""
    if stream.isatty() or not isinstance(stream, io.TextIOWrapper) or not isinstance(stream.buffer, io.BufferedReader):
        return ""
    return stream.buffer.peek(HEAD)[:HEAD].decode(stream.encoding, "replace")


def _continued(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines with those that begin with a blank joined to the one before, which they continue (RFC 5322 2.2.3)."""
    whole: list[str] = []
    for line in lines:
        if whole and not line.startswith((" ", "\t")):
            yield "\n".join(whole)
            whole = []
        whole.append(line)
    yield "\n".join(whole)


def show_error(text: str, error: ProxyAddrError, *, as_json: bool) -> None:
    """Print the error of an input: to standard error for people, or as one JSON object among the answers."""
    if not as_json:
        print_error(error)
        return
    span = error.span if isinstance(error, AddressSyntaxError) else None
    show_json({"input": text, "error": {"code": error.code, "message": in_command_words(error.message), "span": span}})
