"""`proxyaddr route`: which connector an address would use, and why."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.cli._bulk import run_files
from proxyaddr.cli._file_options import add_files, check_files
from proxyaddr.cli._lines import add_inputs, findings_as_json, for_each_input, show_findings, show_json, status_of
from proxyaddr.cli._tables import EXPORT, FORMS, ReadTable, add_table_options, read_table, say_what_is_assumed
from proxyaddr.errors import ConfigurationError, Finding, visible
from proxyaddr.mta import route_one_off
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.findings import TableFinding, concerns
from proxyaddr.routing.state import place_findings
from proxyaddr.routing.unread import either
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.findings import address_findings
from proxyaddr.spaces.matching import Target

if TYPE_CHECKING:  # pyarrow loads for files alone
    from proxyaddr.bulk.route_command import Route

__all__ = ["EXAMPLES", "add_options"]

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
        "--table",
        metavar="FILE",
        action="append",
        required=True,
        help=f"routing table, repeatable: {FORMS}",
    )
    add_table_options(parser)
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
    read = read_table(options.spaces, options)
    table = read.table
    if options.size is not None and (options.size < 0 or table.dialect is Dialect.EXCHANGE55):
        message = "--size is a number of bytes, and counts with the dialects exchange2000 and exchange2007 alone"
        raise ConfigurationError("usage", message, "size")

    def command() -> Route:
        from proxyaddr.bulk.route_command import Route  # noqa: PLC0415 - pyarrow loads for files alone

        return Route(table, ", ".join(options.spaces), read.unread, lenient=options.lenient)

    if has_files:
        say_what_is_assumed(table, options.spaces)
        status = run_files(options, command, *options.spaces)
    else:
        status = _route_each(read, options)
    return max(status, 0 if read.is_whole else 2)


def _route_each(read: ReadTable, options: argparse.Namespace) -> int:
    """Print the route of each input, and return the highest exit status."""
    table = read.table
    judged: list[tuple[TableFinding, ...]] = []

    def handle(text: str) -> int:
        if not judged:
            say_what_is_assumed(table, options.spaces)
            judged.append(table.findings())
        return _route(read, text, options, judged[0])

    return for_each_input(options, handle)


def _refuse_options_of_one_address(options: argparse.Namespace) -> None:
    """Raise ConfigurationError for an option that does not go together with files."""
    for name in ("explain", "size", "site", "location", "site_address"):
        if getattr(options, name):
            raise ConfigurationError("usage", f"--{name.replace('_', '-')} is for single addresses, not for --in", name)


def _route(read: ReadTable, text: str, options: argparse.Namespace, of_table: Sequence[TableFinding]) -> int:
    """Print the route of one address, and return the exit status."""
    table, address = read.table, _address(text)
    message = {"size": options.size, "site": options.site, "location": options.location}
    explanation = table.explain(address, **message)
    findings: tuple[Finding, ...] = ()
    if explanation.winner is None and options.site_address:
        by_mta = route_one_off(table, address, options.site_address, **message)
        explanation, findings = by_mta.explanation or explanation, by_mta.findings
    target = table.read(address)
    findings += _findings(explanation, target, of_table)
    findings += place_findings(options.site, options.location, table.connectors.values())
    incomplete = either(read.unread.concerning(target), explanation.table_incomplete)
    explanation = replace(explanation, table_incomplete=incomplete)
    if options.json:
        show_json(
            {
                "input": text,
                **_record(explanation),
                "findings": findings_as_json(findings),
                **_some(explanation),
            }
        )
    else:
        if options.explain:
            print(explanation.table(_terminal_width()))
        else:
            fate = "" if explanation.no_route is None else f": {explanation.no_route}"
            print(f"{visible(text)}\t{_taken(explanation)}{fate}")
            if incomplete is not None:
                print(incomplete)
        if options.explain:
            _show_wrapped(findings, _terminal_width())
            print()
        else:
            show_findings(findings)
    return max(0 if explanation.winner is not None else 1, status_of(findings))


def _show_wrapped(findings: tuple[Finding, ...], width: int | None) -> None:
    """Print findings, within the width of the terminal where there is one."""
    if width is None:
        show_findings(findings)
        return
    for found in findings:
        text = f"{found.severity} [{found.code}]: {visible(found.message)}"
        print(textwrap.fill(text, width, subsequent_indent="  ", break_on_hyphens=False))


def _taken(explanation: Explanation) -> str:
    """Return what is said of an address on its line: its first connector, or why there is none."""
    winner = explanation.winner
    return visible(explanation.taken if winner is None else winner.route.connector)


def _findings(explanation: Explanation, target: Target, of_table: Sequence[TableFinding]) -> tuple[Finding, ...]:
    """Return the findings of the table that concern an address, and those of the address itself."""
    return (*(found for found in of_table if concerns(found, explanation, target)), *address_findings(target))


def _terminal_width() -> int | None:
    """Return the number of columns of the terminal that shows standard output, None where that is no terminal."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415 - takes its time, and for terminals alone

    return get_terminal_size().columns


def _address(text: str) -> str | TypedAddress:
    """Return the address in brackets or angle brackets that a text holds; any other text is left to the table."""
    if "[" in text or "<" in text:
        from proxyaddr.addresses.parser import parse  # noqa: PLC0415 - loads lark

        return parse(text)
    return text


def _some(explanation: Explanation) -> dict[str, object]:
    """Return the keys that JSON output has for some addresses alone."""
    some: dict[str, object] = {}
    if explanation.unknown is not None:
        some["unknown"] = explanation.unknown
    if explanation.no_route is not None:
        some["no_route"] = explanation.no_route
    if explanation.table_incomplete is not None:
        some["table_incomplete"] = explanation.table_incomplete._asdict()
    return some


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
