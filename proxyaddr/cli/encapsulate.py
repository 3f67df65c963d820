"""`proxyaddr encapsulate`: an address of any type inside an Internet address (IMCEA)."""

from __future__ import annotations

import argparse

from proxyaddr.cli._lines import add_inputs, each, show_json
from proxyaddr.formats.imcea import encapsulate

__all__ = ["add_to"]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("encapsulate", help="write TYPE:VALUE as IMCEATYPE-...@domain")
    add_inputs(parser, "address")
    parser.add_argument("--domain", required=True, help="the domain that encapsulates, such as contoso.com")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    def handle(text: str) -> int:
        from proxyaddr.addresses.parser import parse  # noqa: PLC0415 - loads lark

        address = parse(text)
        found = encapsulate(address.type, address.value, options.domain)
        if options.json:
            show_json({"input": text, "encapsulated": found})
        else:
            print(found)
        return 0

    return each(options, handle)
