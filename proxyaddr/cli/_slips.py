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
    "file_advice",
    "is_report",
    "refuse_file",
    "refuse_hyphen",
    "refuse_lines",
    "refuse_lines_of_report",
    "refuse_report",
]

BOUNCE_COMMAND = "proxyaddr diagnose < bounce.txt"

REPORT_COMMANDS = ("decapsulate", "diagnose")
"""The commands that read a report themselves."""

FILE_COMMANDS = {
    "resolve": "proxyaddr resolve --in {file}{column} --out FILE",
    "parse": "proxyaddr parse --in {file}{column} --out FILE",
    "route": "proxyaddr route --spaces {spaces} --in {file}{column} --out FILE",
}
"""The command that reads a file of addresses; the other commands read lines of standard input."""

RESOLVING = {
    "--config": (".toml", ".reg"),
    "--directory": (".json", ".ldif", ".ldf", ".xml"),
}
"""The options of `resolve` that take files, and how the names of such files end."""

FILES = {
    "spaces": "--spaces FILE",
    "config": "--config FILE",
    "directory": "--directory FILE",
    "diff": "--diff FILE",
    "accepted_domains": "--accepted-domains FILE",
    "addresses": "--in FILE",
}
"""Arguments that take a file and not standard input, and how they are written."""

FILE_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson", ".toml", ".reg", ".ldif", ".ldf", ".xml", ".mta"),
    *(".eml", ".msg", ".html", ".parquet", ".arrow", ".xlsx", ".gz", ".zst", ".clixml"),
)
"""Endings of names that people give for files; none is a top-level domain or an attribute of an address."""

_ARCHIVE = ".zip"
"""The ending of a file, and a top-level domain."""

_PATH = re.compile(r"(?:[A-Za-z]:)?[^:;=@\"<>\[\]\n]+")
"""What may be the path of a file; the drive of Windows looks like an address type."""

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
    "could not be reached",
    "address you entered could not be found",
    "msexch:",
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
    """Raise ConfigurationError for the name of a file, one that is there or not, unless it may be an address."""
    if "@" in text:
        return
    if _is_file(text):
        raise _usage(f"{visible(text)} is a file, not an address: {_file_command(text, options)}")
    if text.lower().endswith((*FILE_ENDINGS, _ARCHIVE)) and _PATH.fullmatch(text):
        raise _usage(f"{visible(text)} is no address, and there is no such file: {_file_command(text, options)}")


def file_advice(text: str) -> str | None:
    """Return what to do with a file whose name stands in place of a command; None for what is no file."""
    if not _is_file(text):
        return None
    from shlex import quote  # noqa: PLC0415 - takes its time, and for errors alone

    file = quote(visible(text))
    if _holds_report(text):
        return f"it is a file: proxyaddr diagnose < {file}"
    return f"it is a file: proxyaddr parse --in {file} --out FILE, or proxyaddr table {file}"


def refuse_hyphen(options: argparse.Namespace) -> None:
    """Raise ConfigurationError for `-` in place of a file that is no list of addresses."""
    for name, written in FILES.items():
        given = getattr(options, name, None)
        if "-" in (given if isinstance(given, list) else [given]):
            option = written.split()[0]
            raise _usage(f"{option} takes a file, not standard input: proxyaddr {options.name} {written}")
    if options.name == "table" and "-" in options.inputs:
        raise _usage("a table is in a file, not in standard input: proxyaddr table FILE")


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
    """Raise ConfigurationError for the first lines of an input, where the first or several have words of a report.

    Another one alone is an error of its own among lines of addresses.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and (is_report(lines[0]) or sum(map(is_report, lines)) > 1):
        raise _usage(f"this is a non-delivery report, not addresses: {BOUNCE_COMMAND}")


def is_report(text: str) -> bool:
    """Return whether a text holds words or a code of non-delivery reports."""
    lower = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return any(words in lower for words in REPORT_WORDS) or _CODE.search(lower) is not None


def _is_file(text: str) -> bool:
    return os.path.isfile(text)  # noqa: PTH113 - pathlib would take 5 % of each start


def _holds_report(file: str) -> bool:
    """Return whether a file that can be read begins with a report."""
    from pathlib import Path  # noqa: PLC0415 - takes its time, and for errors alone

    with suppress(OSError), Path(file).open(encoding="utf-8", errors="replace") as content:
        return is_report(content.read(HEAD))
    return False


def _holds_recipients(file: str) -> bool:
    """Return whether the first line of a file that can be read names the columns of a directory."""
    from pathlib import Path  # noqa: PLC0415 - takes its time, and for errors alone

    from proxyaddr.directory.records import layout_of  # noqa: PLC0415 - the same

    with suppress(OSError), Path(file).open(encoding="utf-8", errors="replace") as content:
        names = re.split(r"[,;\t]", content.readline(HEAD).rstrip())
        return layout_of([name.strip('"\ufeff') for name in names]).names_addresses
    return False


def _file_command(text: str, options: argparse.Namespace) -> str:
    from shlex import quote  # noqa: PLC0415 - the same

    file = quote(visible(text))
    if options.name not in REPORT_COMMANDS and _holds_report(text):
        return f"proxyaddr diagnose < {file}"
    command = FILE_COMMANDS.get(options.name, f"proxyaddr {options.name} < {{file}}")
    if options.name == "resolve":
        for option, endings in RESOLVING.items():
            if text.lower().endswith(endings):
                return f"proxyaddr resolve {option} {file} ADDRESS"
        if _holds_recipients(text):
            return f"proxyaddr resolve --directory {file} --all --out FILE"
    column = "" if text.lower().endswith(".txt") else " --column NAME"
    spaces = " --spaces ".join(quote(visible(name)) for name in getattr(options, "spaces", None) or [""])
    return command.format(file=file, column=column, spaces=spaces)


def _usage(message: str) -> ConfigurationError:
    return ConfigurationError("usage", message)
