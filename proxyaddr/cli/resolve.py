"""`proxyaddr resolve`: which address goes out through the connector, or the report that comes back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from proxyaddr.cli._lines import add_inputs, each, show_json
from proxyaddr.errors import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxyaddr.addresses.values import TypedAddress
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.delivery.outcomes import Delivery, NonDelivery

__all__ = ["add_to"]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("resolve", help="say which address goes out through the connector, or why none does")
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
    parser.add_argument("--directory", metavar="FILE", help="recipients: CSV, JSON or LDIF export")
    parser.add_argument("--subject", default="Test", help="subject of the message in the report")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    services, resolve = _configured(options)
    unknown = {name for service in services.values() for name in service.unknown_settings}
    if unknown and not options.json:
        print(f"not acted on: {visible(', '.join(sorted(map(str, unknown))))}\n")

    def handle(text: str) -> int:
        from proxyaddr.addresses.parser import parse  # noqa: PLC0415 - loads lark

        address = parse(text)
        outcome = resolve(address)
        if options.json:
            show_json({"input": text, **_record(address, outcome)})
        else:
            service = services.get(getattr(outcome, "connector", None) or "") or next(iter(services.values()))
            print(_explained(address, outcome, service, options.subject))
        return 0 if outcome.delivered else 1

    return each(options, handle)


def _configured(
    options: argparse.Namespace,
) -> tuple[Mapping[str, InternetMailService], Callable[[TypedAddress], Delivery | NonDelivery]]:
    """Return the connectors by name, and what resolves: one connector, or a site with several."""
    from proxyaddr.delivery.connector import InternetMailService  # noqa: PLC0415 - not needed for --help

    settings = {
        "override_proxy_out": options.override_proxy_out,
        "site_domain": options.site_domain,
        "encapsulate": options.encapsulate or None,
        "address_spaces": options.address_space,
        "directory": _directory(options.directory),
    }
    given = {name: value for name, value in settings.items() if value is not None}
    if options.config is None:
        service = InternetMailService(**given)
        return {service.name: service}, service.resolve
    from proxyaddr.delivery.site import from_config  # noqa: PLC0415 - only with --config

    found = from_config(options.config, **given)
    if isinstance(found, InternetMailService):
        return {found.name: found}, found.resolve
    return found.services, found.resolve


def _directory(path: str | None) -> object:
    if path is None:
        return None
    import sys  # noqa: PLC0415 - for the rare bad row

    from proxyaddr.directory.directory import Directory  # noqa: PLC0415 - only with --directory

    directory = Directory.from_file(path)
    for error in directory.errors:
        print(f"proxyaddr: {error}", file=sys.stderr)
    return directory


def _record(address: TypedAddress, outcome: Delivery | NonDelivery) -> dict[str, object]:
    """Return the documented keys; those that do not apply are null."""
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
    record["connector"] = getattr(outcome, "connector", None)
    record["address_space"] = None if space is None else str(space)
    record["trace"] = [
        {"rule": step.rule, "article": step.article, "says": step.says, "applied": step.applied}
        for step in outcome.trace
    ]
    return record


def _explained(
    address: TypedAddress, outcome: Delivery | NonDelivery, service: InternetMailService, subject: str
) -> str:
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
    step = next(step for step in outcome.trace if step.rule == outcome.rule)
    if outcome.delivered:
        lines += [f"delivered   RCPT TO:<{outcome.envelope_recipient}>"]
        if outcome.address_space is not None:
            lines.append(f"route       {visible(str(outcome.connector))}, address space {outcome.address_space}")
    else:
        lines += [f"returned    {outcome.code} {outcome.details.diagnostic or outcome.reason}"]
    lines.append(f"rule        {step.rule}: {step.says} ({step.article})")
    if not outcome.delivered:
        import textwrap  # noqa: PLC0415 - only for a report
        from datetime import datetime  # noqa: PLC0415 - as above

        now = datetime.now().astimezone()
        report = outcome.report(subject=subject, sent=now)
        lines += ["", "The sender would see:", "", textwrap.indent(report.rstrip(), "    "), ""]
        lines += ["What would deliver it:", *(f"    {visible(remedy)}" for remedy in outcome.remedy)]
        lines += _flags(address, outcome)
    return "\n".join([*lines, ""])


def _flags(address: TypedAddress, outcome: NonDelivery) -> list[str]:
    """Return the command that has the settings of the article, where those are the remedy."""
    if outcome.rule != "no-proxy" or len(outcome.remedy) < 3:
        return []
    kind = address.type
    return [
        "as flags:",
        f'    --override-proxy-out {kind} --site-domain DOMAIN --address-space "{kind}:*;1"',
    ]
