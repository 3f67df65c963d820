"""`proxyaddr decapsulate`: the addresses inside IMCEA addresses, whole bounces and one-off entry identifiers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import NamedTuple

from proxyaddr.addresses.encapsulation import decapsulate
from proxyaddr.cli._lines import (
    findings_as_json,
    for_each_input,
    show_error,
    show_findings,
    show_json,
    status_of,
)
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, Finding, ProxyAddrError, visible
from proxyaddr.formats import legacy_dn
from proxyaddr.formats.entry_id import OneOffEntryId
from proxyaddr.formats.imcea import LOCAL_PART_MAX_LENGTH, PREFIX

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr decapsulate < bounce.txt
  proxyaddr decapsulate --powershell --identity jane < bounce.txt
  proxyaddr decapsulate "IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com"

exit status: 0 all well, 1 a legacy DN that no proxy can be made of, 2 bad input or usage
"""

LEGACY_DN_TYPES = ("EX", "X500")
"""Types whose address is worth adding to the mailbox as an X500 proxy (KB2807779)."""

UNKNOWN_MAILBOX = "<mailbox>"

_WORD = re.compile(r'[^\s<>"();,\[\]]+')
_HEXADECIMAL = re.compile(r"(?:0x)?((?:[0-9A-Fa-f]{2}\s*){22,})", re.IGNORECASE)


class _Found(NamedTuple):
    """An address that was taken out of an encapsulated address or an entry identifier, its `source`."""

    source: str
    type: str
    value: str
    findings: tuple[Finding, ...]
    domain: str | None = None
    display_name: str | None = None

    @property
    def proxy(self) -> str | None:
        """The X500 proxy that would make replies to a legacy DN arrive; None for other types and broken DNs."""
        return f"X500:{self.value}" if self.type in LEGACY_DN_TYPES and not self.dn_findings else None

    @property
    def dn_findings(self) -> tuple[Finding, ...]:
        """What keeps a legacy DN from being a proxy: the rules that it breaks, or that its end may be cut off."""
        if self.type not in LEGACY_DN_TYPES:
            return ()
        if self.domain == "":
            message = "no @domain ends the address, so its end may be missing: no proxy is made of it"
            return (Finding("no-domain", message),)
        return legacy_dn.findings(self.value)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="TEXT",
        help="an IMCEA address, text that holds some, or a hexadecimal entry identifier; without one, or for `-`, "
        "all of standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--tolerant", action="store_true", help="take any case of IMCEA and slips in the encoding")
    parser.add_argument("--powershell", action="store_true", help="print a Set-Mailbox line for each legacy DN")
    parser.add_argument("--identity", help="the mailbox that the Set-Mailbox line names")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if options.identity is not None and not options.powershell:
        raise ConfigurationError("usage", "--identity needs --powershell", "identity")

    def handle(text: str) -> int:
        return _decapsulate_all(text, options)

    return for_each_input(options, handle, lines=False)


def _decapsulate_all(text: str, options: argparse.Namespace) -> int:
    """Print every address in a text once, and return the exit status."""
    shown: set[tuple[str, str]] = set()
    status = 0
    for found in _addresses(text, tolerant=options.tolerant):
        if isinstance(found, ProxyAddrError):
            status = 2
            show_error(text, found, as_json=options.json)
        elif (
            key := (found.type, found.value.casefold() if found.type in LEGACY_DN_TYPES else found.value)
        ) not in shown:
            shown.add(key)
            _show(found, options)
            status = max(status, status_of(found.dn_findings))
    return status


def _addresses(text: str, *, tolerant: bool) -> Iterator[_Found | ProxyAddrError]:
    """Yield every address in a text, or the error of what looks like one.

    AddressSyntaxError where nothing in the text looks like one.
    """
    if identifier := _HEXADECIMAL.fullmatch(text.strip()):
        entry = OneOffEntryId.from_bytes(bytes.fromhex(identifier[1]))
        yield _Found(text.strip(), entry.type, entry.value, (), display_name=entry.display_name)
        return
    found_any = False
    for word in _WORD.finditer(text):
        place = (word[0].upper() if tolerant else word[0]).find(PREFIX)
        if place < 0 or "-" not in word[0][place : place + LOCAL_PART_MAX_LENGTH]:
            continue
        found_any = True
        source = word[0][place:].rstrip(".:'!?")
        try:
            inside = decapsulate(source, tolerant=tolerant)
        except AddressSyntaxError as error:
            start = word.start() + place
            yield AddressSyntaxError(
                error.code, error.message, text, (error.span[0] + start, error.span[1] + start), error.expected
            )
            continue
        yield _Found(source, inside.type, inside.value, inside.findings, domain=inside.domain)
    if not found_any:
        inside = decapsulate(text, tolerant=tolerant)  # or the error that says what is wrong
        yield _Found(text, inside.type, inside.value, inside.findings, domain=inside.domain)


def _show(found: _Found, options: argparse.Namespace) -> None:
    findings = (*found.findings, *found.dn_findings)
    command = None if found.proxy is None else _set_mailbox(options.identity or UNKNOWN_MAILBOX, found.proxy)
    if options.json:
        record = {"input": found.source, **found._asdict(), "proxy": found.proxy}
        record["findings"] = findings_as_json(findings)
        del record["source"]
        show_json(record | ({"powershell": command} if options.powershell else {}))
        return
    print(visible(found.source))
    for name in ("display_name", "type", "value", "domain", "proxy"):
        if value := getattr(found, name):
            print(f"  {name.replace('_', ' ') + ':':14}{visible(value)}")
    show_findings(findings)
    if options.powershell and command is not None:
        print(visible(command))


def _set_mailbox(identity: str, proxy: str) -> str:
    """Return the line that adds a proxy, both texts quoted for PowerShell (Set-Mailbox -EmailAddresses)."""
    return f"Set-Mailbox -Identity {_quoted(identity)} -EmailAddresses @{{Add={_quoted(proxy)}}}"


def _quoted(text: str) -> str:
    """Return a text quoted for PowerShell, with apostrophes of every form that PowerShell accepts doubled."""
    return "'" + re.sub("['\u2018\u2019\u201a\u201b]", r"\g<0>\g<0>", text) + "'"
