"""The `proxyaddr` command: arguments, standard input, exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from proxyaddr import __version__
from proxyaddr.cli import decapsulate, encapsulate, parse, resolve, route
from proxyaddr.errors import ProxyAddrError

__all__ = ["main", "run"]

EXIT_OK, EXIT_UNDELIVERABLE, EXIT_BAD_INPUT = 0, 1, 2
"""0 everything resolved, 1 something undeliverable, 2 bad input, configuration or usage; the highest wins."""

GARBAGE_THRESHOLD = 50_000
"""Allocations between collections: compiling the grammar keeps all it makes, and looking through it costs 8 ms."""


def run() -> NoReturn:
    """Run the command with the arguments of the process and exit with its status."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what can't be encoded is shown escaped, never a traceback
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdin else "backslashreplace")
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone, as with `| head`
        _drop_output()
        status = EXIT_OK
    except OSError as error:  # a full disk behind standard output
        _drop_output()
        print(f"proxyaddr: standard output cannot be written: {error.strerror}", file=sys.stderr)
        status = EXIT_BAD_INPUT
    except KeyboardInterrupt:
        status = 130  # 128 + SIGINT, as shells report it
    sys.exit(status)


def _drop_output() -> None:
    """Lead standard output to nowhere: what is still held can't be written, and would be tried again at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status: 0, 1 or 2."""
    parser = argparse.ArgumentParser(
        prog="proxyaddr",
        description="Parse Exchange-style typed addresses, and say which address goes out through which connector.",
    )
    parser.add_argument("--version", action="version", version=f"proxyaddr {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (parse, resolve, route, encapsulate, decapsulate):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        status: int = options.command(options)
    except ProxyAddrError as error:
        print(f"proxyaddr: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    return status
