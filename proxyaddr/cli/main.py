"""The `proxyaddr` command: arguments, standard input, exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import sys
from collections.abc import Container, Sequence
from importlib import import_module
from typing import Any, NoReturn

from proxyaddr import __version__
from proxyaddr._optional import import_extra
from proxyaddr.cli._errors import print_error
from proxyaddr.cli._parser import CommandParser, nearest
from proxyaddr.cli._slips import BOUNCE_COMMAND, file_advice, is_report, refuse_hyphen
from proxyaddr.errors import ProxyAddrError, visible
from proxyaddr.formats.imcea import PREFIX

__all__ = ["main", "run"]

EXIT_OK, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 2, 130
"""Success; bad input, configuration or usage; 128 and the number of SIGINT, as shells report an interrupt."""

COMMANDS = {
    "parse": "parse addresses or, with --list, lists of proxy addresses",
    "resolve": "say which address goes out through the connector, or why none does",
    "route": "say which connector an address would use, by its address spaces",
    "table": "show a routing table, judge it, compare it with another one, or write it in another form",
    "diagnose": "say what a non-delivery report means, and what mends it",
    "audit": "say what is wrong with the recipients of an export, and what mends it",
    "encapsulate": "write TYPE:VALUE as IMCEATYPE-...@domain",
    "decapsulate": "read IMCEA addresses, alone or in a bounce, and one-off entry identifiers",
    "rules": "say what a rule or a code of an error or finding means, and what mends it",
}
"""The help of each subcommand. The module of its name is loaded for the one that runs alone, since each costs time."""

OTHER_WORDS = {
    "version": "proxyaddr --version",
    "validate": "proxyaddr parse judges an address",
    "check": "proxyaddr table --check judges a table, proxyaddr parse an address",
    "convert": "proxyaddr table FILE --to FORM writes a table in another form",
    "diff": "proxyaddr table FILE --diff FILE compares two tables",
    "explain": "proxyaddr route --explain says why, proxyaddr rules what a code means",
    "list": "proxyaddr parse --list reads lists",
    "decode": "proxyaddr decapsulate reads IMCEA addresses",
    "encode": "proxyaddr encapsulate writes IMCEA addresses",
    "ndr": "proxyaddr diagnose reads a report",
    "bounce": "proxyaddr diagnose reads a report",
}
"""Words that people give for a command, and what they want."""

SHELLS = ("bash", "zsh", "tcsh")
"""The shells that shtab writes completions for."""

EXAMPLES = """\
examples:
  proxyaddr parse "Jane Doe [SMTP:jane@contoso.com]"
  proxyaddr resolve "[SMTPOUT:user@inside.test]"
  proxyaddr route --spaces connectors.json jane@contoso.com
  proxyaddr diagnose < bounce.eml

proxyaddr COMMAND --help has more of them.
"""

STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}
"""The standard streams, and how the null device is opened in place of one that is closed."""

GARBAGE_THRESHOLD = 50_000
"""Allocations between garbage collections: the compiled grammar is all kept, and searching it would cost 8 ms."""


def run() -> NoReturn:
    """Run the command with the arguments of the process and exit with its status."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    for name, mode in STREAMS.items():
        if getattr(sys, name) is None:  # closed by the caller, as `<&-` does
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
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

    It is 0 when all is well, 1 when something is undeliverable, unmatched or found, and 2 for bad input, configuration
    or usage; the highest of all inputs.
    """
    try:
        options = _parser(arguments).parse_args(arguments, argparse.Namespace(arguments=arguments))
        refuse_hyphen(options)
        status: int = options.command(options)
    except ProxyAddrError as error:
        print_error(error)
        return EXIT_BAD_INPUT
    return status


class _MainParser(CommandParser):
    """The parser of the whole command, which suggests a subcommand for a mistyped one."""

    def words(self) -> list[str]:
        """Return the arguments before the subcommand."""
        words = super().words()
        return words[: next((place for place, word in enumerate(words) if word in COMMANDS), len(words))]

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError; for a subcommand that does not exist, name the one that was probably meant."""
        name = next((word for word in self.words() if not word.startswith("-")), None)
        if name is None or "invalid choice" not in message or "COMMAND" not in message:
            super().error(message.replace("the following arguments are required: COMMAND", "which command?"))
        if is_report(name):
            raise self.usage_error(f"a command comes before the report: {BOUNCE_COMMAND}")
        if name.upper().startswith(PREFIX):
            raise self.usage_error(f"a command comes before the address: proxyaddr decapsulate {visible(name)}")
        if "@" in name or ":" in name:
            raise self.usage_error(f"a command comes before the address: proxyaddr parse {visible(name)}")
        advice = OTHER_WORDS.get(name.lower()) or file_advice(name)
        if advice is not None:
            raise self.usage_error(f"no command {visible(name[:60])!r}; {advice}")
        close = nearest(name, COMMANDS)
        hint = f"expected {', '.join(COMMANDS)}" if close is None else f"did you mean {close}?"
        raise self.usage_error(f"no command {name[:60]!r}; {hint}")


class _PrintCompletion(argparse.Action):
    """Print the completion script for a shell and exit; ConfigurationError where shtab is not installed."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401 - as argparse declares it
        option_string: str | None = None,
    ) -> None:
        shtab = import_extra("shtab", "completion")
        whole = _parser(COMMANDS)
        for action in whole.all_actions():
            if str(action.metavar).startswith("FILE"):
                setattr(action, "complete", shtab.FILE)  # noqa: B010 - argparse declares no such attribute, shtab reads it
        print(shtab.complete(whole, values))
        parser.exit()


def _parser(loaded: Container[str]) -> CommandParser:
    """Return the parser of all arguments; of the subcommands, those in `loaded` have their options."""
    parser = _MainParser(
        prog="proxyaddr",
        description="Parse Exchange-style typed addresses, and say which address goes out through which connector.",
        epilog=EXAMPLES,
    )
    parser.add_argument("-V", "--version", action="version", version=f"proxyaddr {__version__}")
    parser.add_argument(
        "--print-completion",
        action=_PrintCompletion,
        choices=SHELLS,
        help="print a script that completes commands and options in a shell (extra completion)",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, dest="name", parser_class=CommandParser)
    for name, summary in COMMANDS.items():
        if name in loaded:
            module = import_module(f"proxyaddr.cli.{name}")
            module.add_options(commands.add_parser(name, help=summary, epilog=module.EXAMPLES))
        else:
            commands.add_parser(name, help=summary)
    return parser
