"""How the command prints an error."""

from __future__ import annotations

import sys

from proxyaddr.cli._style import BAD, CODE, style
from proxyaddr.errors import ConfigurationError, ProxyAddrError

__all__ = ["in_command_words", "print_error"]

IN_COMMAND_WORDS = {
    "; `limits=` allows more": "",
    "tolerant=True takes": "--tolerant takes",
    "accepted_domains= or with_accepted_domains": "--accepted-domains",
    "; state it where": "; give --dialect where",
}
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
    first = in_command_words(first)
    if isinstance(error, ConfigurationError) and error.source is None and error.setting in OPTION_OF_SETTING:
        first += f" (option {OPTION_OF_SETTING[error.setting]})"
    lines = [f"{style('proxyaddr', BAD, sys.stderr)}: {first} [{style(error.code, CODE, sys.stderr)}]", *rest]
    print("\n".join(lines), file=sys.stderr)


def in_command_words(text: str) -> str:
    """Return a message of the library with the options of the command in place of Python's arguments."""
    for words, ours in IN_COMMAND_WORDS.items():
        text = text.replace(words, ours)
    return text
