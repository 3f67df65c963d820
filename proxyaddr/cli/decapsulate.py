"""`proxyaddr decapsulate`: the addresses inside IMCEA addresses, whole bounces and one-off entry identifiers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from proxyaddr._text.powershell import add_address
from proxyaddr.addresses.encapsulated_text import FoundAddress, find_encapsulated, read_encapsulated
from proxyaddr.addresses.entry_identifiers import find_in_identifiers
from proxyaddr.cli._bulk import run_files
from proxyaddr.cli._file_options import add_files, check_files
from proxyaddr.cli._lines import (
    findings_as_json,
    for_each_input,
    show_error,
    show_findings,
    show_json,
    status_of,
)
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, visible
from proxyaddr.formats.entry_id import DEFAULT_CODE_PAGE
from proxyaddr.formats.imcea import PREFIX

if TYPE_CHECKING:  # pyarrow loads for files alone
    from proxyaddr.bulk.decapsulation import Decapsulate

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr decapsulate < bounce.txt
  proxyaddr decapsulate --powershell --identity jane < bounce.txt
  proxyaddr decapsulate --in returned.csv --column Recipient --out proxies.csv
  proxyaddr decapsulate "IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com"

exit status: 0 all well, 1 a legacy DN that no proxy can be made of, 2 bad input or usage
"""

UNKNOWN_MAILBOX = "<mailbox>"

JOINED = "put together from broken lines: compare it with the text"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="TEXT",
        help="an IMCEA address, text that holds some, or entry identifiers in hexadecimal or base64; without one, "
        "or for `-`, all of standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--tolerant", action="store_true", help="forgive slips of the encoding")
    parser.add_argument("--powershell", action="store_true", help="print a Set-Mailbox line for each legacy DN")
    parser.add_argument("--identity", help="the mailbox that the Set-Mailbox line names")
    parser.add_argument(
        "--code-page", metavar="NAME", help=f"of entry identifiers that are not Unicode ({DEFAULT_CODE_PAGE})"
    )
    add_files(parser, lists=False)
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if options.identity is not None and not options.powershell:
        raise ConfigurationError("usage", "--identity needs --powershell", "identity")

    if options.code_page is not None:
        _check_code_page(options.code_page)
    if check_files(options):
        if options.powershell:
            raise ConfigurationError(
                "usage", "--powershell is for single texts; --in writes a column proxy", "powershell"
            )
        return run_files(options, lambda: _command(options), splits=False)

    def handle(text: str) -> int:
        return _decapsulate_all(text, options)

    return for_each_input(options, handle, lines=False)


def _command(options: argparse.Namespace) -> Decapsulate:
    from proxyaddr.bulk.decapsulation import Decapsulate  # noqa: PLC0415 - pyarrow loads for files alone

    return Decapsulate(lambda text: _found(text, options))


def _check_code_page(name: str) -> None:
    try:
        b"a".decode(name)  # no bytes are decoded without a look-up
    except (LookupError, ValueError):
        raise ConfigurationError("usage", f"no code page {visible(name)}; one is cp1251, say", "code-page") from None


def _decapsulate_all(text: str, options: argparse.Namespace) -> int:
    """Print every address in a text once, and return the exit status."""
    status = 0
    for found in _found(text, options):
        if isinstance(found, AddressSyntaxError):
            status = 2
            show_error(found.text, found, as_json=options.json)
        else:
            _show(found, options)
            status = max(status, status_of(found.findings))
    return status


def _found(text: str, options: argparse.Namespace) -> Iterator[FoundAddress | AddressSyntaxError]:
    """Yield every address in a text once, and the errors of what looks like one."""
    return _once(_addresses(text, options.code_page or DEFAULT_CODE_PAGE, tolerant=options.tolerant))


def _addresses(text: str, code_page: str, *, tolerant: bool) -> Iterator[FoundAddress | AddressSyntaxError]:
    """Yield every address in a text, or the error of what looks like one.

    AddressSyntaxError where nothing in the text looks like one.
    """
    identifiers = find_in_identifiers(text, code_page=code_page)
    if identifiers is not None:
        yield from identifiers
        return
    found_any = False
    for found in find_encapsulated(text, tolerant=tolerant):
        found_any = True
        yield found
    if not found_any:
        yield _only_one(text, tolerant=tolerant)


def _only_one(text: str, *, tolerant: bool) -> FoundAddress:
    """Return the address that a text is as a whole; AddressSyntaxError where it is none, as a text without any is."""
    if not text.lstrip().upper().startswith(PREFIX):
        expected = ("IMCEA<TYPE>-<encoded>@domain",)
        raise AddressSyntaxError("not-encapsulated", "no encapsulated address", text, (0, len(text)), expected)
    return read_encapsulated(text, tolerant=tolerant)


def _once(
    found: Iterator[FoundAddress | AddressSyntaxError],
) -> Iterator[FoundAddress | AddressSyntaxError]:
    """Yield each address and each error once, an address as it was read with the fewest findings."""
    best: dict[tuple[str, str], FoundAddress | AddressSyntaxError] = {}
    for one in found:
        key = (one.code, one.text) if isinstance(one, AddressSyntaxError) else one.key
        known = best.setdefault(key, one)
        if (
            isinstance(known, FoundAddress)
            and isinstance(one, FoundAddress)
            and len(one.findings) < len(known.findings)
        ):
            best[key] = one
    yield from best.values()


def _show(found: FoundAddress, options: argparse.Namespace) -> None:
    command = None
    if found.proxy is not None:
        comment = JOINED if found.is_joined else None
        command = add_address(options.identity or UNKNOWN_MAILBOX, found.proxy, comment=comment)
    if options.json:
        record: dict[str, object] = {
            "input": found.source,
            "type": found.type,
            "value": found.value,
            "findings": findings_as_json(found.findings),
            "domain": found.domain,
            "display_name": found.display_name,
            "proxy": found.proxy,
        }
        if options.powershell:
            record["powershell"] = command
        show_json(record)
        return
    print(visible(found.source))
    for name in ("display_name", "type", "value", "domain", "proxy"):
        if value := getattr(found, name):
            print(f"  {name.replace('_', ' ') + ':':14}{visible(value)}")
    show_findings(found.findings)
    if options.powershell and command is not None:
        print(visible(command))
