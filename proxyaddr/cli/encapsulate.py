"""`proxyaddr encapsulate`: an address of any type inside an Internet address (IMCEA)."""

from __future__ import annotations

import argparse

from proxyaddr.addresses.parser import parse
from proxyaddr.cli._lines import add_inputs, for_each_input, show_json
from proxyaddr.formats.imcea import encapsulate

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr encapsulate --domain contoso.com "FAX:+1 555 0100"
  proxyaddr encapsulate --domain contoso.com "EX:/o=Contoso/ou=Site/cn=Recipients/cn=jane"
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    add_inputs(parser, "address")
    parser.add_argument("--domain", required=True, help="the domain that encapsulates, such as contoso.com")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    def handle(text: str) -> int:
        address = parse(text)
        encapsulated = encapsulate(address.type, address.value, options.domain)
        if options.json:
            show_json({"input": text, "encapsulated": encapsulated})
        else:
            print(encapsulated)
        return 0

    return for_each_input(options, handle)
