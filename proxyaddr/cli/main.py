"""The `proxyaddr` command: arguments, standard input, exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from proxyaddr import __version__
from proxyaddr.errors import ProxyAddrError

__all__ = ["main", "run"]

EXIT_OK, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 2, 130
"""Success; bad input, configuration or usage; 128 and the number of SIGINT, as shells report an interrupt."""

COMMANDS = {
    "parse": "parse addresses or, with --list, lists of proxy addresses",
    "resolve": "say which address goes out through the connector, or why none does",
    "route": "say which connector an address would use, by its address spaces",
    "encapsulate": "write TYPE:VALUE as IMCEATYPE-...@domain",
    "decapsulate": "read IMCEA addresses, alone or in a bounce, and one-off entry identifiers",
}
"""The help of each subcommand. The module of its name is loaded for the one that runs alone, since each costs time."""

GARBAGE_THRESHOLD = 50_000
"""Allocations between garbage collections: the compiled grammar is all kept, and searching it would cost 8 ms."""


def run() -> NoReturn:
    """Run the command with the arguments of the process and exit with its status."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # show escaped what can't be encoded
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdin else "backslashreplace")
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has closed the pipe, as `| head` does
        _drop_output()
        status = EXIT_OK
    except OSError as error:  # a full disk behind standard output
        _drop_output()
        print(f"proxyaddr: standard output cannot be written: {error.strerror}", file=sys.stderr)
        status = EXIT_BAD_INPUT
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    sys.exit(status)


def _drop_output() -> None:
    """Redirect standard output to the null device, or Python would try to write what is buffered again at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status.

    It is 0 when all is well, 1 when something is undeliverable or unmatched, and 2 for bad input, configuration or
    usage; the highest of all inputs.
    """
    parser = argparse.ArgumentParser(
        prog="proxyaddr",
        description="Parse Exchange-style typed addresses, and say which address goes out through which connector.",
    )
    parser.add_argument("--version", action="version", version=f"proxyaddr {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        if name in arguments:
            import_module(f"proxyaddr.cli.{name}").add_options(command)
    options = parser.parse_args(arguments, argparse.Namespace(arguments=arguments))
    try:
        status: int = options.command(options)
    except ProxyAddrError as error:
        print(f"proxyaddr: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    return status
