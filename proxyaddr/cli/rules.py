"""`proxyaddr rules`: what every rule and every code of an error or finding means, and what mends it."""

from __future__ import annotations

import argparse
import shutil
import textwrap

from proxyaddr.cli._lines import show_json
from proxyaddr.cli._parser import nearest
from proxyaddr.errors import ConfigurationError, visible
from proxyaddr.rulebook import HEADINGS, ROUTING, Entry, entries, find, routing_order

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr rules
  proxyaddr rules two-primaries no-proxy
  proxyaddr rules --json ambiguous-recipient
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="a rule or a code, any number; without one, all")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    chosen = [entry for name in options.names for entry in _named(name)] or entries()
    if options.json:
        for entry in chosen:
            show_json(entry._asdict())
    elif options.names:
        print("\n".join(map(_whole, chosen)))
    else:
        print(_listed(chosen))
    return 0


def _named(name: str) -> tuple[Entry, ...]:
    """Return the entries of a name; ConfigurationError with the nearest name where there is none."""
    found = find(name)
    if not found:
        close = nearest(name, [entry.slug for entry in entries()])
        hint = "`proxyaddr rules` lists all" if close is None else f"did you mean {close}?"
        raise ConfigurationError("usage", f"no rule or code is named {visible(name)!r}; {hint}", "names")
    return found


def _listed(chosen: tuple[Entry, ...] | list[Entry]) -> str:
    """Return a line for each entry, under the name of its kind."""
    width = max(len(entry.name) for entry in chosen)
    columns = max(shutil.get_terminal_size((120, 0)).columns, width + 40)
    lines: list[str] = []
    kind = ""
    for entry in chosen:
        if entry.kind != kind:
            kind = entry.kind
            lines += [*([""] if lines else []), HEADINGS[kind]]
            if kind == ROUTING:
                lines += [f"  in {name}: {', '.join(names)}" for name, names in routing_order().items()]
        meaning = textwrap.shorten(entry.meaning, columns - width - 4, placeholder=" …")
        lines.append(f"  {entry.name:{width}}  {meaning}")
    return "\n".join(lines)


def _whole(entry: Entry) -> str:
    """Return everything about an entry."""
    rows = [
        ("what", entry.kind),
        ("means", entry.meaning),
        ("source", entry.source),
        ("remedy", entry.remedy),
        ("example", entry.example.strip()),
    ]
    lines = [entry.name]
    for label, text in rows:
        if text:
            lines += textwrap.wrap(
                text,
                96,
                initial_indent=f"  {label + ':':10}",
                subsequent_indent=" " * 12,
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join([*lines, ""])
