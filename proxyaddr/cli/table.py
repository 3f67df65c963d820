"""`proxyaddr table`: shows a routing table, judges it, compares it with another one, or writes it in another form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from proxyaddr._text.folding import fold
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.cli._lines import show_findings, show_json
from proxyaddr.cli._tables import EXPORT, FORMS, ReadTable, add_table_options, read_table, say_what_is_assumed
from proxyaddr.errors import ConfigurationError, quantity, visible
from proxyaddr.routing.difference import Move
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Connector
from proxyaddr.routing.table import RoutingTable
from proxyaddr.routing.unread import Incomplete, UnreadLines
from proxyaddr.spaces.space import ACCEPTED_DOMAINS, Scope

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = f"""\
examples:
  proxyaddr table connectors.json --accepted-domains domains.csv
  proxyaddr table --check send.xml foreign.xml
  proxyaddr table before.json --diff after.json --in addresses.txt
  proxyaddr table gwart0.mta --to powershell --out connectors.ps1

to export a table: {EXPORT}
exit status: 0 all well, 1 --check found something or --diff moves an address, 2 bad table or usage
"""

WRITERS = {
    "csv": RoutingTable.to_csv,
    "toml": RoutingTable.to_toml,
    "gwart": RoutingTable.to_gwart,
    "json": RoutingTable.to_json,
    "powershell": RoutingTable.to_powershell,
}
"""The forms in which a table is written."""

KEPT_SETTINGS = {
    "csv": None,
    "toml": None,
    "gwart": (),
    "json": ("enabled", "max_message_size"),
    "powershell": ("enabled", "max_message_size"),
}
"""What a form keeps of the connectors; None for all."""

HEADER = ("address space", "cost", "connector", "")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument("inputs", nargs="+", metavar="FILE", help=f"routing table, any number, joined: {FORMS}")
    add_table_options(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="say what is odd: spaces that do nothing, tie or are missing"
    )
    what.add_argument(
        "--diff", metavar="FILE", action="append", help="say which addresses another table sends elsewhere"
    )
    what.add_argument("--to", choices=tuple(WRITERS), help="write the table in this form")
    parser.add_argument("--in", dest="addresses", metavar="FILE", help="with --diff: a file of addresses to compare by")
    parser.add_argument("--column", metavar="NAME", help="with --in: the column of addresses, where it is no text file")
    parser.add_argument("--out", metavar="FILE", help="with --to: where it goes (default: standard output)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    for name, mode, needed in (("addresses", "diff", "--in needs --diff"), ("out", "to", "--out needs --to")):
        if getattr(options, name) and not getattr(options, mode):
            raise ConfigurationError("usage", needed, name)
    if options.column and not options.addresses:
        raise ConfigurationError("usage", "--column needs --in", "column")
    if options.json and options.to:
        raise ConfigurationError("usage", "--json is for what is shown; --to json writes the table as JSON", "json")
    table, unread, is_whole = read_table(options.inputs, options)
    say_what_is_assumed(table, options.inputs, alone=not (options.diff or options.check))
    if options.check:
        status = _check(table, options)
    elif options.diff:
        other, _, is_other_whole = _other(options)
        say_what_is_assumed(other, options.diff, alone=False)
        is_whole = is_whole and is_other_whole
        unread = UnreadLines((*table.errors, *other.errors), table.dialect)
        status = _diff(table, other, unread, options)
    elif options.to:
        status = _write(table, options)
    else:
        status = _show(table, options)
    incomplete = unread.concerning_type(DEFAULT_TYPE)
    if incomplete is not None and not (options.json or options.to):
        print(f"table incomplete: {quantity(incomplete.lines, 'line')} unread")
    return max(status, 0 if is_whole else 2)


def _check(table: RoutingTable, options: argparse.Namespace) -> int:
    """Print what is odd in a table; return 1 where something is."""
    findings = table.findings()
    if options.json:
        for found in findings:
            spaces = [str(table.routes[index].space) for index in found.routes]
            record: dict[str, object] = {"code": found.code, "severity": found.severity, "message": found.message}
            record |= {"routes": found.routes, "address_spaces": spaces, "connector": found.connector}
            kind = table.routes[found.routes[0]].space.type if found.routes else DEFAULT_TYPE
            show_json(record | _incomplete(table.unread.concerning_type(kind)))
    elif findings:
        show_findings(findings)
    else:
        print("no findings")
    return 1 if findings else 0


def _other(options: argparse.Namespace) -> ReadTable:
    """Return the table to compare with: --dialect counts where it states no dialect of its own."""
    try:
        return read_table(options.diff, options)
    except ConfigurationError as refused:
        if refused.code != "dialect-conflict":
            raise
        return read_table(options.diff, argparse.Namespace(**{**vars(options), "dialect": None}))


def _diff(table: RoutingTable, other: RoutingTable, unread: UnreadLines, options: argparse.Namespace) -> int:
    """Print the addresses that another table sends elsewhere; return 1 where there are some."""
    addresses = None if options.addresses is None else _addresses(options.addresses, options.column)
    moved = table.diff(other, addresses)
    for move in moved:
        if options.json:
            space = {} if move.space is None else {"address_space": move.space}
            incomplete = _incomplete(unread.concerning(table.read(move.address)))
            show_json({"address": move.address, **space, "before": move.before, "after": move.after} | incomplete)
        else:
            print("\t".join(map(visible, _words(move))))
    return 1 if moved else 0


def _words(move: Move) -> tuple[str, str, str]:
    return (move.address if move.space is None else move.space), move.before, move.after


def _addresses(file: str, column: str | None) -> Iterable[str]:
    """Return the addresses in a file: its lines, or the values of a column of a file of objects."""
    from proxyaddr._files.objects import (  # noqa: PLC0415 - expat and json take their time, and for --in alone
        key_of,
        read_objects,
        unknown_column,
    )
    from proxyaddr._files.text import lines_of, read_text  # noqa: PLC0415 - as above

    if column is None:
        return [line.strip(TRIMMED) for line in lines_of(read_text(file)) if line.strip(TRIMMED)]
    found: list[str] = []
    for entry in read_objects(file).objects:
        if isinstance(entry, Exception):
            raise entry
        values = {key_of(name): value for name, value in entry.properties.items()}
        if key_of(column) not in values:
            raise unknown_column("no-such-column", tuple(entry.properties), (column,), file)
        value = values[key_of(column)]
        found += [str(each) for each in (value if isinstance(value, list) else [value]) if each not in (None, "")]
    return found


def _write(table: RoutingTable, options: argparse.Namespace) -> int:
    """Write a table in another form, and say what that form does not keep."""
    text = WRITERS[options.to](table)
    if options.to in ("csv", "gwart") and table.guessed_dialect is not table.dialect:
        print(f"proxyaddr: {options.to} states no dialect: --dialect {table.dialect} reads it back", file=sys.stderr)
    kept = KEPT_SETTINGS[options.to]
    lost = (
        []
        if kept is None
        else sorted({name for state in table.connectors.values() for name in _stated(state)} - {*kept})
    )
    if lost:
        print(f"proxyaddr: {options.to} keeps no {', '.join(lost)} of connectors; csv and toml do", file=sys.stderr)
    if options.to in ("json", "powershell") and any(len(route.connectors) > 1 for route in table.routes):
        print(f"proxyaddr: {options.to} keeps the first connector of each route alone", file=sys.stderr)
    if options.out is None:
        print(text, end="")
        return 0
    from proxyaddr.bulk.atomic import atomic_path  # noqa: PLC0415 - for --out alone
    from proxyaddr.bulk.errors import unwritable  # noqa: PLC0415 - for --out alone

    with atomic_path(Path(options.out)) as path:
        try:
            path.write_text(text, "utf-8", newline="")
        except OSError as error:
            raise unwritable(options.out, error) from None
    return 0


def _show(table: RoutingTable, options: argparse.Namespace) -> int:
    """Print the connectors of each address space, the cheapest first."""
    rows: list[tuple[str, ...]] = []
    for space, routes in _by_space(table):
        if options.json:
            incomplete = _incomplete(table.unread.concerning_type(routes[0].space.type))
            record = {"address_space": space, "connectors": [_record(route, table) for route in routes]}
            show_json(record | incomplete)
            continue
        for number, route in enumerate(routes):
            state = table.connectors.get(route.connector) or Connector(route.connector)
            said = [] if route.space.scope is Scope.ORGANIZATION else [f"scope {route.space.scope}"]
            said += [_said(name, value) for name, value in _stated(state).items()]
            names = " -> ".join(route.connectors)
            cells = ("" if number else space, str(route.space.cost), names, ", ".join(said))
            rows.append(tuple(map(visible, cells)))
    if rows:
        print("\n".join(_lines([HEADER, *rows])))
    return 0


def _incomplete(found: Incomplete | None) -> dict[str, object]:
    """Return the key that an answer in JSON has where lines of the table were not read."""
    return {} if found is None else {"table_incomplete": found._asdict()}


def _by_space(table: RoutingTable) -> Iterable[tuple[str, Sequence[Route]]]:
    """Return the routes by type and pattern of their spaces, the cheapest first."""
    found: dict[tuple[str, str], list[Route]] = {}
    for route in table.stated_routes:
        found.setdefault((route.space.type, fold(route.space.pattern)), []).append(route)
    for route in table.accepted_spaces:
        found.setdefault((route.space.type, ACCEPTED_DOMAINS), []).append(route)
    for (kind, pattern), routes in found.items():
        shown = pattern if pattern == ACCEPTED_DOMAINS else routes[0].space.pattern
        yield f"{kind}:{shown}", sorted(routes, key=lambda route: route.space.cost)


def _stated(state: Connector) -> dict[str, object]:
    """Return the settings of a connector that are not the defaults."""
    default = Connector(state.name)
    names = Connector.__dataclass_fields__
    return {name: getattr(state, name) for name in names if getattr(state, name) != getattr(default, name)}


def _said(name: str, value: object) -> str:
    """Return a setting of a connector in words."""
    if name == "enabled":
        return "disabled"
    if name == "max_message_size":
        return f"at most {value:,} bytes" if isinstance(value, int) else ""
    word = getattr(value, "name", str(value)).lower().replace("_", " ") if not isinstance(value, str) else value
    return name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {word}"


def _record(route: Route, table: RoutingTable) -> dict[str, object]:
    state = table.connectors.get(route.connector) or Connector(route.connector)
    return {
        "connector": route.connector,
        "connectors": route.connectors,
        "cost": route.space.cost,
        "scope": route.space.scope,
        "enabled": state.enabled,
        "max_message_size": state.max_message_size,
    }


def _lines(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    return ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
