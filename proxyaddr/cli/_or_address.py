"""What `proxyaddr parse` shows of O/R addresses, in whichever form they are written."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import ConfigurationError
from proxyaddr.x400.address import X400Address
from proxyaddr.x400.keywords import Form

__all__ = ["add_form", "components_of", "read_form"]


def add_form(parser: argparse.ArgumentParser) -> None:
    """Add the option that says in which form O/R addresses are written."""
    parser.add_argument(
        "--form",
        choices=[form.value for form in Form],
        help="each input is an X.400 O/R address in this form; it is shown as Exchange writes it",
    )


def read_form(text: str, options: argparse.Namespace) -> tuple[TypedAddress, dict[str, object]]:
    """Return an O/R address in the form that the option names, as Exchange writes it, and its components.

    AddressSyntaxError for another text, ConfigurationError where the options ask for more than addresses.
    """
    if options.list:
        raise ConfigurationError("usage", "--form is for single O/R addresses, without --list", "form")
    address = X400Address.parse(text, options.form)
    return TypedAddress("X400", address.format()), components_of(address)


def components_of(address: X400Address) -> dict[str, object]:
    """Return the attributes as JSON has them; DDA maps a type to its value, or to a list where it has several."""
    found: dict[str, object] = {}
    for key, part in address.components.items():
        found[key] = part
        if isinstance(part, Mapping):
            values: dict[str, list[str]] = {}
            for kind, text in part.items():
                values.setdefault(kind, []).append(text)
            found[key] = {kind: texts[0] if len(texts) == 1 else texts for kind, texts in values.items()}
    return found
