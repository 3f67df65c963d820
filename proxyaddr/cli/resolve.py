"""`proxyaddr resolve`: which address goes out through the connector, or the report that comes back."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from proxyaddr._text.types import LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulation import decapsulate
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.cli._connectors import configured_by, resolve_files, say_what_is_odd, with_table
from proxyaddr.cli._file_options import add_files, check_directory, check_files
from proxyaddr.cli._lines import add_accepted_domains, add_inputs, for_each_input, show_json
from proxyaddr.cli._style import BAD, GOOD, style
from proxyaddr.delivery.connector import InternetMailService
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, visible

if TYPE_CHECKING:
    from proxyaddr.cli._tables import ReadTable
    from proxyaddr.delivery.site import Site
    from proxyaddr.directory.recipient import Recipient
    from proxyaddr.routing.unread import Incomplete

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr resolve "[SMTPOUT:user@inside.test]"
  proxyaddr resolve --override-proxy-out SMTPOUT --site-domain inside.test \\
      --address-space "SMTPOUT:*;1" "[SMTPOUT:user@inside.test]"
  proxyaddr resolve --config connector.toml --directory people.csv jane@contoso.com
  proxyaddr resolve --json - < addresses.txt
  proxyaddr resolve --config connector.toml --directory people.csv --all --out mail.csv
  proxyaddr resolve --config connector.toml --in addresses.txt --out mail.csv

exit status: 0 all delivered, 1 something comes back, 2 bad input or usage
"""

IDENTIFICATION = (*("dn", "id", "mail", "user_principal_name", "alias", "legacy_dn", "type", "source", "row"),)
"""What JSON output says of a recipient of the directory beside its name, where it is known."""

_SUBJECT = "Test"

EXIT_UNREAD = 2
"""The status where a row of the directory or of the table was not read: what it held is looked up in vain."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    add_inputs(parser, "address")
    parser.add_argument("--config", metavar="FILE", help="settings: TOML, or a registry export (.reg)")
    parser.add_argument("--override-proxy-out", metavar="TYPE", help="outbound address type instead of SMTP (Q183801)")
    parser.add_argument("--site-domain", metavar="DOMAIN", help="local domain of the site; an override needs it")
    parser.add_argument(
        "--encapsulate", action="store_true", help="send addresses of other types as IMCEATYPE-...@DOMAIN"
    )
    parser.add_argument(
        "--address-space",
        metavar="SPACE",
        action="append",
        help="address space of the connector, TYPE:pattern;cost; repeatable",
    )
    add_accepted_domains(parser)
    parser.add_argument("--directory", metavar="FILE", help="recipients: an export in any form, known by its content")
    parser.add_argument(
        "--all", action="store_true", help="resolve every recipient of --directory; needs --out or --report"
    )
    parser.add_argument("--subject", help="subject of the message in the report (default: Test); not for files")
    parser.add_argument("--list", action="store_true", help="with --in: each cell holds a list of addresses")
    add_files(parser)
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    is_of_files = check_directory(options) or check_files(options)
    if options.subject is not None and is_of_files:
        raise ConfigurationError("usage", "--subject is for the report of an address, not for --in or --all", "subject")
    if options.list and not is_of_files:
        raise ConfigurationError("usage", "--list needs --in", "list")
    configured, read = with_table(configured_by(options), options)
    services: Mapping[str, InternetMailService] = (
        {configured.name: configured} if isinstance(configured, InternetMailService) else configured.services
    )
    ignored = {name for service in services.values() for name in service.unknown_settings}
    odd = [found for service in services.values() for found in service.settings_findings]
    unread = any(service.directory is not None and service.directory.errors for service in services.values())
    unread = unread or (read is not None and not read.is_whole)
    if is_of_files:
        say_what_is_odd(ignored, odd)
        return max(resolve_files(options, configured, read), EXIT_UNREAD if unread else 0)
    if not options.json:
        if ignored:
            print(f"ignored settings: {visible(', '.join(sorted(ignored)))}\n")
        for found in odd:
            print(f"finding     {found.code}: {visible(found.message)}\n")
    about_settings = {
        **({"ignored_settings": sorted(ignored)} if ignored else {}),
        **({"settings_findings": [{"code": each.code, "message": each.message} for each in odd]} if odd else {}),
    }

    def handle(text: str) -> int:
        address = parse(text)
        outcome = configured.resolve(address)
        incomplete = None if read is None else _incomplete(read, configured, address, outcome)
        if options.json:
            about_table = {} if incomplete is None else {"table_incomplete": incomplete._asdict()}
            show_json({"input": text, **_record(address, outcome), **about_settings, **about_table})
        else:
            service = services.get(getattr(outcome, "connector", None) or "") or next(iter(services.values()))
            print(_explained(address, outcome, service, options.subject or _SUBJECT, incomplete))
        if note := _local_domain_note(outcome, services):
            print(f"proxyaddr: {visible(note)}", file=sys.stderr)
        is_misread = any(found.severity == "error" for holder in outcome.holders for found in holder.proxies.findings)
        return 1 if is_misread or not outcome.delivered else 0

    return max(for_each_input(options, handle), EXIT_UNREAD if unread else 0)


def _incomplete(
    read: ReadTable, configured: InternetMailService | Site, address: TypedAddress, outcome: Delivery | NonDelivery
) -> Incomplete | None:
    """Return what unread lines mean for an outcome: whether one could have taken an address that was routed."""
    asked = [outcome.address or address]
    if not isinstance(configured, InternetMailService):
        asked += configured.addresses_of(address)
    from proxyaddr.routing.unread import either  # noqa: PLC0415 - as for `_with_table`

    return either(*(read.unread.concerning(read.table.read(each)) for each in asked))


def _record(address: TypedAddress, outcome: Delivery | NonDelivery) -> dict[str, object]:
    """Return what JSON output says of an outcome; the keys are documented, and those that do not apply are null."""
    record: dict[str, object] = {
        "delivered": outcome.delivered,
        "recipient": outcome.recipient,
        "type": address.type,
        "value": address.value,
        "rule": outcome.rule,
    }
    keys = ("envelope_recipient", "code", "reason", "diagnostic", "remedy")
    record.update({key: getattr(outcome, key, None) for key in keys})
    space = getattr(outcome, "address_space", None)
    if outcome.matches is not None:
        record["matches"] = [
            {"recipient": name, "address": str(held), **_identification(holder)}
            for (name, held), holder in zip(outcome.matches, outcome.holders, strict=True)
        ]
    record["connector"] = getattr(outcome, "connector", None)
    record["address_space"] = None if space is None else str(space)
    record["trace"] = [
        {"rule": step.rule, "article": step.article, "says": step.says, "applied": step.applied}
        for step in outcome.trace
    ]
    return record


def _explained(
    address: TypedAddress,
    outcome: Delivery | NonDelivery,
    service: InternetMailService,
    subject: str,
    incomplete: Incomplete | None,
) -> str:
    """Return the outcome as lines for people: the rule that decided, and for a non-delivery its report and remedy."""
    lines = [
        f"address     {visible(str(address))}",
        f"parsed      type {address.type}, value {visible(address.value)}",
        f"connector   sends {service.outbound_type}"
        + (
            f" (OverrideProxyOut), site domain {visible(str(service.site_domain))}"
            if service.override_proxy_out
            else ""
        ),
    ]
    lines += _looked_up(outcome)
    step = next(step for step in outcome.trace if step.rule == outcome.rule)
    if outcome.delivered:
        lines += [f"{style('delivered', GOOD)}   RCPT TO:<{outcome.envelope_recipient}>"]
        if outcome.address_space is not None:
            lines.append(f"route       {visible(str(outcome.connector))}, address space {outcome.address_space}")
    else:
        lines += [f"{style('returned', BAD)}    {outcome.code} {outcome.details.diagnostic or outcome.reason}"]
    lines.append(f"rule        {step.rule}: {step.says} ({step.article})")
    if incomplete is not None:
        lines.append(str(incomplete))
    if not outcome.delivered:
        from datetime import datetime  # noqa: PLC0415 - takes its time, and for reports alone

        now = datetime.now().astimezone()
        report = outcome.report(subject=subject, sent=now)
        lines += ["", "The sender would see:", "", textwrap.indent(report.rstrip(), "    "), ""]
        lines += ["What would deliver it:", *(f"    {visible(remedy)}" for remedy in outcome.remedy)]
        lines += _flags(outcome)
    return "\n".join([*lines, ""])


def _identification(holder: Recipient) -> dict[str, object]:
    """Return what is known of a recipient of the directory, and what was found in its addresses."""
    known = {name: value for name in IDENTIFICATION if (value := getattr(holder, name)) is not None}
    found = [{"code": each.code, "message": each.message} for each in holder.proxies.findings]
    return {**known, **({"findings": found} if found else {})}


def _looked_up(outcome: Delivery | NonDelivery) -> list[str]:
    """Return lines for each recipient of the directory that was found, or one that says that there is none."""
    if outcome.matches is None:
        return []
    if not outcome.matches:
        return ["directory   the address is in no directory"]
    labels = [holder.label for holder in outcome.holders]
    lines = []
    for (_, held), holder in zip(outcome.matches, outcome.holders, strict=True):
        is_read = labels.count(holder.label) > 1 and holder.source is not None
        place = f", {holder.source} line {holder.row}," if is_read else ","
        lines.append(f"recipient   {visible(f'{holder.label}{place} which holds {held}')}")
        lines += [f"finding     {found.code}: {visible(found.message)}" for found in holder.proxies.findings]
    return lines


def _local_domain_note(outcome: Delivery | NonDelivery, services: Mapping[str, InternetMailService]) -> str | None:
    """Return what the answer for an encapsulated legacy DN rests on: that its domain is not ours; None for no note."""
    if not outcome.delivered or outcome.rule != "one-off-type" or any(each.local_domain for each in services.values()):
        return None
    try:
        found = decapsulate(outcome.envelope_recipient or "", tolerant=True)
    except AddressSyntaxError:
        return None
    if found.type not in LEGACY_DN_TYPES:
        return None
    return (
        f"no site domain is given, so {found.domain} counts as another organization's; if it is yours, "
        f"this comes back: --site-domain {found.domain} says so, and what would deliver it"
    )


def _flags(outcome: NonDelivery) -> list[str]:
    """Return lines with the remedy as options of this command, where the remedy is the three settings of Q183801."""
    if outcome.rule != "no-proxy" or len(outcome.remedy) < 3 or outcome.address is None:
        return []
    kind = outcome.address.type
    return [
        "as flags:",
        f'    --override-proxy-out {kind} --site-domain DOMAIN --address-space "{kind}:*;1"',
    ]
