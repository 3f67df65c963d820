"""`proxyaddr route`: which connector an address would use, and why."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from proxyaddr._files.text import read_text
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.addresses.values import OneOffAddress, TypedAddress
from proxyaddr.cli._bulk import add_files, check_files, run_files
from proxyaddr.cli._errors import print_error
from proxyaddr.cli._lines import add_inputs, findings_as_json, for_each_input, show_findings, show_json
from proxyaddr.errors import ConfigurationError, Finding, visible
from proxyaddr.mta import route_one_off
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.table import RoutingTable
from proxyaddr.spaces.space import Dialect

if TYPE_CHECKING:  # pyarrow loads for files alone
    from proxyaddr.bulk.commands import Route

__all__ = ["EXAMPLES", "add_options"]

EXPORT = "Get-SendConnector | ConvertTo-Json -Depth 5 > connectors.json"
"""How Exchange exports its connectors with their address spaces (PowerShell, Exchange Management Shell)."""

EXAMPLES = f"""\
examples:
  proxyaddr route --spaces connectors.json jane@contoso.com
  proxyaddr route --spaces gwart0.mta --explain "FAX:+1 555 0100"
  proxyaddr route --spaces gwart0.mta --list --in people.csv --column proxyAddresses --out routed.csv

to export a table: {EXPORT}
exit status: 0 all routed, 1 no route for something, 2 bad input, table or usage
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    add_inputs(parser, "address")
    parser.add_argument(
        "--spaces",
        metavar="FILE",
        required=True,
        help="routing table: CSV, JSON of Get-SendConnector, TOML, or GWART text for any other ending",
    )
    parser.add_argument("--dialect", choices=("exchange55", "exchange2007"), help="whose rules (default: by the file)")
    parser.add_argument("--explain", action="store_true", help="show every candidate and why it lost")
    parser.add_argument("--size", type=int, metavar="BYTES", help="size of the message, held against size limits")
    parser.add_argument("--site", metavar="NAME", help="site that the message comes from, for scopes")
    parser.add_argument("--location", metavar="NAME", help="location that the message comes from, for scopes")
    parser.add_argument(
        "--site-address",
        metavar="X400",
        help="the site's X.400 address: try it with the address as a DDA where there is no route, as the MTA does",
    )
    parser.add_argument("--list", action="store_true", help="with --in: each cell holds a list of proxy addresses")
    parser.add_argument(
        "--lenient", action="store_true", help="with --in: ask the table about every text, also what is no address"
    )
    add_files(parser)
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    has_files = check_files(options)
    if has_files:
        _refuse_options_of_one_address(options)
    else:
        for name in ("list", "lenient"):
            if getattr(options, name):
                raise ConfigurationError("usage", f"--{name} needs --in", name)
    table = _table(options)

    def handle(text: str) -> int:
        return _route(table, text, options)

    def command() -> Route:
        from proxyaddr.bulk.commands import Route  # noqa: PLC0415 - pyarrow loads for files alone

        return Route(table, options.spaces, lenient=options.lenient)

    status = run_files(options, command, options.spaces) if has_files else for_each_input(options, handle)
    return max(status, 2 if table.errors else 0)


def _refuse_options_of_one_address(options: argparse.Namespace) -> None:
    """Raise ConfigurationError for an option that does not go together with files."""
    for name in ("explain", "size", "site", "location", "site_address"):
        if getattr(options, name):
            raise ConfigurationError("usage", f"--{name.replace('_', '-')} is for single addresses, not for --in", name)


def _table(options: argparse.Namespace) -> RoutingTable:
    """Return the routing table, after printing what is wrong with it."""
    try:
        table = RoutingTable.from_file(options.spaces, dialect=options.dialect)
    except ConfigurationError as refused:
        if refused.code == "bad-header" and "AddressSpaces" in read_text(options.spaces):
            message = f"a CSV has no lists of address spaces; export JSON: {EXPORT}"
            raise ConfigurationError(refused.code, message, None, refused.source, refused.line) from None
        raise
    if options.size is not None and (options.size < 0 or table.dialect is Dialect.EXCHANGE55):
        message = "--size is a number of bytes, and counts with the dialect exchange2007 alone"
        raise ConfigurationError("usage", message, "size")
    for error in table.errors:
        print_error(error)
    if not (table.routes or table.errors):
        print(f"proxyaddr: {visible(options.spaces)}: no routes in it", file=sys.stderr)
    return table


def _route(table: RoutingTable, text: str, options: argparse.Namespace) -> int:
    """Print the route of one address, and return the exit status."""
    address = _address(text)
    explanation = table.explain(address, size=options.size, site=options.site, location=options.location)
    findings: tuple[Finding, ...] = ()
    if explanation.winner is None and options.site_address:
        by_mta = route_one_off(table, address, options.site_address)
        explanation, findings = by_mta.explanation or explanation, by_mta.findings
    if options.json:
        show_json({"input": text, **_record(explanation), "findings": findings_as_json(findings)})
    elif options.explain:
        print(f"{explanation.table(_terminal_width())}\n")
        show_findings(findings)
    else:
        winner = explanation.winner
        print(f"{visible(text)}\t{'no route' if winner is None else visible(winner.route.connector)}")
        show_findings(findings)
    return 0 if explanation.winner is not None else 1


def _terminal_width() -> int | None:
    """Return the number of columns of the terminal that shows standard output, None where that is no terminal."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415 - takes its time, and for terminals alone

    return get_terminal_size().columns


def _address(text: str) -> str | TypedAddress:
    """Return the address in brackets or angle brackets that a text holds, or that shows its type by its shape.

    Any other text is left to the table.
    """
    if "[" in text or "<" in text:
        from proxyaddr.addresses.parser import parse  # noqa: PLC0415 - loads lark

        return parse(text)
    shaped = typed_by_shape(text)
    return text if shaped is None else OneOffAddress(*shaped)


def _record(explanation: Explanation) -> dict[str, object]:
    """Return what JSON output says of one address; the keys are documented."""
    winner = explanation.winner
    return {
        "type": explanation.type,
        "connector": None if winner is None else winner.route.connector,
        "connectors": [] if winner is None else winner.route.connectors,
        "address_space": None if winner is None else str(winner.route.space),
        "match": None if winner is None else winner.kind.value,
        "cost": None if winner is None else winner.cost,
        "tie": explanation.tie,
        "candidates": [
            {
                "route": outcome.index,
                "address_space": str(outcome.route.space),
                "connector": outcome.route.connector,
                "match": outcome.kind.value,
                "literals": outcome.literals,
                "cost": outcome.cost,
                "lost": outcome.lost,
            }
            for outcome in explanation.outcomes
        ],
    }
