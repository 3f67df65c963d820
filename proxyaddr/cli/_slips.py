"""What people give as an address by mistake, and the command that they wanted."""

from __future__ import annotations

import argparse
import os.path
import re
from contextlib import suppress

from proxyaddr.errors import ConfigurationError, visible

__all__ = [
    "BOUNCE_COMMAND",
    "HEAD",
    "is_report",
    "refuse_file",
    "refuse_lines",
    "refuse_lines_of_report",
    "refuse_report",
]

BOUNCE_COMMAND = "proxyaddr diagnose < bounce.txt"

REPORT_COMMANDS = ("decapsulate", "diagnose")
"""The commands that read a report themselves."""

FILE_COMMANDS = {
    "parse": "proxyaddr parse --in {file}{column} --out FILE",
    "route": "proxyaddr route --spaces {spaces} --in {file}{column} --out FILE",
}
"""The command that reads a file of addresses; the other commands read lines of standard input."""

HEAD = 10_000
"""Characters of a file, or of what stands before an input, that are searched for the words of a report."""

REPORT_WORDS = (
    "final-recipient:",
    "diagnostic-code:",
    "reporting-mta:",
    "undeliverable:",
    "delivery has failed",
    "did not reach",
    "couldn't be delivered",
    "could not be delivered",
    "diagnostic information for administrators",
    "generating server:",
    "remote server returned",
    "resolver.adr.",
    "resolver.rst.",
    "unzustellbar:",
    "konnte nicht zugestellt werden",
)
"""Words of non-delivery reports (RFC 3464, and the texts of Exchange) that no address holds."""

_CODE = re.compile(r"(?:^|[\s'#])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\s", re.ASCII)
"""What a server said, with its enhanced status code."""


def refuse_file(text: str, options: argparse.Namespace) -> None:
    """Raise ConfigurationError for the name of a file, unless it may be an Internet address."""
    if "@" not in text and _is_file(text):
        raise _usage(f"{visible(text)} is a file, not an address: {_file_command(text, options)}")


def refuse_lines(text: str, options: argparse.Namespace) -> None:
    """Raise ConfigurationError for several lines, unless they may be a list of proxy addresses or To lines."""
    if len(text.splitlines()) > 1 and not (getattr(options, "list", False) or getattr(options, "recipients", False)):
        lines = f"proxyaddr {options.name} < addresses.txt"
        raise _usage(f"an address is one line; for lines of addresses: {lines}; for a bounce: {BOUNCE_COMMAND}")


def refuse_report(text: str) -> None:
    """Raise ConfigurationError for words of a non-delivery report."""
    if is_report(text):
        raise _usage(f"this is a non-delivery report, not an address: {BOUNCE_COMMAND}")


def refuse_lines_of_report(text: str) -> None:
    """Raise ConfigurationError for the first lines of an input, where several have words of a report.

    One alone is an error of its own among lines of addresses.
    """
    if sum(map(is_report, text.splitlines())) > 1:
        raise _usage(f"this is a non-delivery report, not addresses: {BOUNCE_COMMAND}")


def is_report(text: str) -> bool:
    """Return whether a text holds words or a code of non-delivery reports."""
    lower = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return any(words in lower for words in REPORT_WORDS) or _CODE.search(lower) is not None


def _is_file(text: str) -> bool:
    return os.path.isfile(text)  # noqa: PTH113 - pathlib would take 5 % of each start


def _file_command(text: str, options: argparse.Namespace) -> str:
    from pathlib import Path  # noqa: PLC0415 - takes its time, and for errors alone
    from shlex import quote  # noqa: PLC0415 - the same

    file = quote(visible(text))
    with suppress(OSError), Path(text).open(encoding="utf-8", errors="replace") as content:
        if options.name not in REPORT_COMMANDS and is_report(content.read(HEAD)):
            return f"proxyaddr diagnose < {file}"
    command = FILE_COMMANDS.get(options.name, f"proxyaddr {options.name} < {{file}}")
    column = "" if text.lower().endswith(".txt") else " --column NAME"
    spaces = " --spaces ".join(quote(visible(name)) for name in getattr(options, "spaces", None) or [""])
    return command.format(file=file, column=column, spaces=spaces)


def _usage(message: str) -> ConfigurationError:
    return ConfigurationError("usage", message)
