"""The options by which the command takes a routing table, and the reading of one with what is to be said of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.cli._errors import in_command_words, print_error
from proxyaddr.cli._lines import add_accepted_domains
from proxyaddr.cli._slips import FILE_ENDINGS
from proxyaddr.errors import ConfigurationError, RowError, visible
from proxyaddr.routing.answers import is_certain
from proxyaddr.routing.rows import RouteError
from proxyaddr.routing.table import RoutingTable
from proxyaddr.routing.unread import UnreadLines
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.space import DOMAIN

__all__ = [
    "EXPORT",
    "FORMS",
    "ReadTable",
    "accepted_domains_of",
    "add_table_options",
    "read_table",
    "say_what_is_assumed",
    "with_accepted_domains",
]

EXPORT = "Get-SendConnector | Export-Clixml connectors.xml"
"""How Exchange exports its connectors with their address spaces (PowerShell, Exchange Management Shell)."""

FORMS = "connectors as JSON, CSV, CLIXML or Format-List text, CSV, TOML, GWART text; known by its content"


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a table is read."""
    parser.add_argument(
        "--dialect", choices=[str(dialect) for dialect in Dialect], help="whose rules (default: the file's, or a guess)"
    )
    add_accepted_domains(parser)


class ReadTable(NamedTuple):
    """A table, what of it and of the accepted domains was not read, and whether all was read without an error."""

    table: RoutingTable
    unread: UnreadLines
    is_whole: bool


def read_table(files: Sequence[str], options: argparse.Namespace) -> ReadTable:
    """Return the table in files; errors are printed to standard error."""
    table = RoutingTable.from_file(*files, dialect=options.dialect)
    read = with_accepted_domains(table, options.accepted_domains)
    if not (table.routes or table.accepted_spaces or not read.is_whole):
        _say(f"{', '.join(map(visible, files))}: no routes in it")
    return read


def with_accepted_domains(table: RoutingTable, given: Sequence[str] | None) -> ReadTable:
    """Return a table with the accepted domains of `--accepted-domains`; the errors of both are printed."""
    errors = list(table.errors)
    if given:
        domains, unread = accepted_domains_of(given)
        table = table.with_accepted_domains(domains)
        errors += unread
    for error in errors:
        print_error(error)
    return ReadTable(table, UnreadLines(errors, table.dialect), not errors)


def say_what_is_assumed(
    table: RoutingTable, files: Sequence[str], *, alone: bool = True, has_option: bool = True
) -> None:
    """Print to standard error what was assumed in reading a table, and what is not known of it.

    `alone` where the accepted domains that were given are for no other table; `has_option` where the command has
    `--dialect`.
    """
    for notice in table.notices:
        message = in_command_words(notice.message) if has_option else notice.message
        _say(f"{', '.join(map(visible, files))}: {message}")
    if not is_certain(table):
        names = ", ".join(dict.fromkeys(visible(route.connector) for route in table.accepted_spaces))
        _say(f"{names} takes the accepted domains, which are not known: --accepted-domains FILE|DOMAIN gives them")
    if alone and table.accepted_domains is not None and not table.accepted_spaces:
        _say("--accepted-domains: no space of the table stands for the accepted domains")


def _say(text: str) -> None:
    print(f"proxyaddr: {text}", file=sys.stderr)


def accepted_domains_of(given: Sequence[str]) -> tuple[list[str], list[RowError]]:
    """Return the domains in files, and those that are given themselves; ConfigurationError for what is neither."""
    domains: list[str] = []
    errors: list[RowError] = []
    for text in given:
        is_domain = DOMAIN.fullmatch(text.rstrip(".")) and not text.lower().endswith(FILE_ENDINGS)
        if is_domain and not Path(text).exists():
            domains.append(text)
            continue
        if text.startswith("*") and not DOMAIN.fullmatch(text):
            message = f"--accepted-domains takes a file, a domain, or '*.' and a domain, not {text!r}"
            raise ConfigurationError("usage", message, "accepted_domains")
        from proxyaddr.routing.accepted_files import read_accepted_domains  # noqa: PLC0415 - expat takes its time

        read = read_accepted_domains(text)
        domains += read.domains
        errors += (RouteError(e.code, e.message, e.line, e.source, e.cause, _ANY_DOMAIN) for e in read.errors)
    return domains, errors


_ANY_DOMAIN = (DEFAULT_TYPE, "*")
"""The type and the pattern of what an unread accepted domain could take: any Internet address."""
