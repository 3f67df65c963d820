"""`proxyaddr diagnose`: what a non-delivery report means for each recipient, and what mends it."""

from __future__ import annotations

import argparse
import re
import textwrap
from contextlib import suppress
from pathlib import Path

from proxyaddr._files.text import read_bytes
from proxyaddr._text.powershell import RECIPIENT_COMMANDS, add_address
from proxyaddr.cli._lines import findings_as_json, for_each_input, show_findings, show_json
from proxyaddr.cli._style import BAD, CODE, style
from proxyaddr.delivery.diagnosis import Diagnosis, diagnose
from proxyaddr.errors import visible
from proxyaddr.limits import DEFAULT_LIMITS

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr diagnose < bounce.txt
  proxyaddr diagnose bounce.eml
  proxyaddr diagnose --identity jane --json < bounce.eml
  proxyaddr rules 5.1.10

exit status: 1 the report was read, and mail came back; 2 no non-delivery report, or bad usage
"""

DIAGNOSED = 1
"""The status of a report that was read: something is undeliverable."""

UNKNOWN_RECIPIENT = "<recipient>"

JOINED = "put together from broken lines: compare it with the report"

_WIDTH = 96

_FILE_NAME = re.compile(r"[^\s@<>]{1,250}\.(?:eml|msg|txt|html?)", re.IGNORECASE)
"""A text that is a file's name and no report, whether the file exists or not."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="TEXT|FILE",
        help="a non-delivery report, or a file with one, such as a message (.eml); without one, or for `-`, all of "
        "standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a recipient, each on a line")
    parser.add_argument("--identity", default=UNKNOWN_RECIPIENT, help="the recipient that the lines of PowerShell name")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    def handle(text: str) -> int:
        for number, diagnosis in enumerate(diagnose(_content(text))):
            commands = _commands(diagnosis, options.identity)
            if options.json:
                show_json(_record(diagnosis, commands))
            else:
                _show(diagnosis, commands, is_first=not number)
        return DIAGNOSED

    return for_each_input(options, handle, lines=False, files=True)


def _content(text: str) -> str | bytes:
    """Return the content of a file where the text names one, else the text."""
    is_file = _FILE_NAME.fullmatch(text) is not None
    with suppress(OSError, ValueError):  # a text that no file can be named
        is_file = is_file or Path(text).is_file()
    return read_bytes(text, DEFAULT_LIMITS) if is_file else text


def _commands(diagnosis: Diagnosis, identity: str) -> list[str]:
    """Return the lines of PowerShell that add each proxy, for each kind of recipient."""
    comment = JOINED if any(found.code == "joined-lines" for found in diagnosis.findings) else None
    return [
        add_address(identity, proxy, command=command, comment=comment)
        for proxy in diagnosis.proxies
        for command in RECIPIENT_COMMANDS
    ]


def _record(diagnosis: Diagnosis, commands: list[str]) -> dict[str, object]:
    """Return what JSON output says of a recipient."""
    return {
        "recipient": diagnosis.recipient,
        "code": diagnosis.code,
        "reason": diagnosis.reason,
        "rule": diagnosis.rule,
        "article": diagnosis.article,
        "remedy": list(diagnosis.remedy),
        "addresses": [{"type": address.type, "value": address.value} for address in diagnosis.addresses],
        "proxies": list(diagnosis.proxies),
        "diagnostic": diagnosis.diagnostic,
        "findings": findings_as_json(diagnosis.findings),
        "powershell": commands,
    }


def _show(diagnosis: Diagnosis, commands: list[str], *, is_first: bool) -> None:
    """Print what is known of a recipient, for people to read."""
    if not is_first:
        print()
    print(style(visible(diagnosis.recipient or "a recipient that the report does not name"), BAD))
    rule = f"{diagnosis.rule} ({diagnosis.article})" if diagnosis.article else diagnosis.rule
    rows = [
        ("code", style(diagnosis.code or "none", CODE)),
        *(("reason", line) for line in textwrap.wrap(diagnosis.reason, _WIDTH)),
        ("rule", rule),
        *(("address", f"{address.type}:{address.value}") for address in diagnosis.addresses),
        *(("proxy", proxy) for proxy in diagnosis.proxies),
        *(("remedy", remedy) for remedy in diagnosis.remedy),
        *(("server said", line) for line in textwrap.wrap(diagnosis.diagnostic, _WIDTH)),
    ]
    before = ""
    for label, text in rows:
        print(f"  {f'{label}:' if label != before else '':13}{text if label == 'code' else visible(text)}")
        before = label
    show_findings(diagnosis.findings)
    if commands:
        print("The line for a mailbox, for a mail contact, and for a mailbox in the cloud:")
        print("\n".join(map(visible, commands)))
