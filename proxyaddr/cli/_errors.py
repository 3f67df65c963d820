"""How the command prints an error."""

from __future__ import annotations

import sys

from proxyaddr.cli._style import BAD, CODE, style
from proxyaddr.errors import ConfigurationError, ProxyAddrError

__all__ = ["print_error"]

IN_COMMAND_WORDS = {"; `limits=` allows more": "", "tolerant=True takes": "--tolerant takes"}
"""What messages of the library say of Python's arguments, and what is true of the command."""

OPTION_OF_SETTING = {
    "OverrideProxyOut": "--override-proxy-out",
    "SiteDomain": "--site-domain",
    "address_spaces": "--address-space",
    "encapsulate": "--site-domain",
}
"""The option that sets or mends a setting; messages name settings as the product does."""


def print_error(error: ProxyAddrError) -> None:
    """Print an error to standard error in the words of the command, its code at the end of the first line."""
    first, *rest = str(error).split("\n")
    for words, ours in IN_COMMAND_WORDS.items():
        first = first.replace(words, ours)
    if isinstance(error, ConfigurationError) and error.source is None and error.setting in OPTION_OF_SETTING:
        first += f" (option {OPTION_OF_SETTING[error.setting]})"
    lines = [f"{style('proxyaddr', BAD, sys.stderr)}: {first} [{style(error.code, CODE, sys.stderr)}]", *rest]
    print("\n".join(lines), file=sys.stderr)
