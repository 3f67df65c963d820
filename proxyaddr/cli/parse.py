"""`proxyaddr parse`: what a typed address or a list of proxies says."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from proxyaddr.addresses.parser import parse, parse_proxies, parse_recipients
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.addresses.x500 import X500Address
from proxyaddr.cli._bulk import run_files
from proxyaddr.cli._file_options import add_files, check_files
from proxyaddr.cli._lines import add_inputs, findings_as_json, for_each_input, show_findings, show_json, status_of
from proxyaddr.cli._or_address import add_form, components_of, read_form
from proxyaddr.cli._style import BAD, style
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, caret, visible
from proxyaddr.x400.address import X400Address

if TYPE_CHECKING:  # pyarrow loads for files alone
    from proxyaddr.bulk.parse_command import Parse

__all__ = ["EXAMPLES", "add_options"]

_Components = dict[str, object] | list[object] | None

EXAMPLES = """\
examples:
  proxyaddr parse "Jane Doe [SMTP:jane@contoso.com]"
  proxyaddr parse --type legacyExchangeDN "/o=Contoso/ou=First/cn=Recipients/cn=jane"
  proxyaddr parse --recipients "To: Doe, Jane <jane@contoso.com>; Fax [FAX:+1 555]"
  proxyaddr parse --list "SMTP:jane@contoso.com;smtp:j@contoso.com"
  proxyaddr parse --json - < addresses.txt
  proxyaddr parse --form rfc2156 "/G=Jane/S=Doe/O=Org/PRMD=Org/ADMD=Att/C=US/"
  proxyaddr parse --list --in people.csv --column proxyAddresses --out proxies.csv

exit status: 0 all well, 1 an address breaks a rule of its type, 2 bad input or usage
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    add_inputs(parser, "address")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--list", action="store_true", help="each input is a list of proxy addresses")
    kinds.add_argument(
        "--recipients", action="store_true", help="each input is a To line; indented lines continue the one before"
    )
    parser.add_argument(
        "--type", metavar="TYPE", help="type of addresses that name none, or an attribute, such as legacyExchangeDN"
    )
    parser.add_argument("--separator", metavar="CHARACTER", help="separates the items of lists in place of `;` and `,`")
    add_form(parser)
    add_files(parser)
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if options.type is not None and (options.list or options.recipients):
        raise ConfigurationError(
            "usage", "--type is for single addresses; items of a list and To lines name their type"
        )
    if options.separator is not None:
        if not options.list:
            raise ConfigurationError("usage", "--separator needs --list", "separator")
        from proxyaddr.addresses.list_text import check_separator  # noqa: PLC0415 - for lists alone

        check_separator(options.separator)
    if check_files(options):
        for name in ("recipients", "form"):
            if getattr(options, name):
                raise ConfigurationError("usage", f"--{name} is for single inputs, not for --in", name)
        return run_files(options, lambda: _command(options.type), splits=options.type is None)

    def handle(text: str) -> int:
        if options.form:
            address, parts = read_form(text, options)
            return _show_address(text, address, parts, as_json=options.json)
        if options.list:
            return _parse_list(text, options.separator, as_json=options.json)
        if options.recipients:
            return _parse_recipients(text, as_json=options.json)
        return _parse_address(text, options.type, as_json=options.json)

    return for_each_input(options, handle)


def _command(given: str | None) -> Parse:
    from proxyaddr.bulk.parse_command import Parse  # noqa: PLC0415 - pyarrow loads for files alone

    return Parse(given)


def _parse_address(text: str, given: str | None, *, as_json: bool) -> int:
    address = parse(text, type=given)
    return _show_address(text, address, _components(address), as_json=as_json)


def _show_address(text: str, address: TypedAddress, parts: _Components, *, as_json: bool) -> int:
    findings = address.validate()
    if as_json:
        show_json({"input": text, **_record(address, parts), "findings": findings_as_json(findings)})
    else:
        _show(address, parts)
        show_findings(findings)
    return status_of(findings)


def _parse_list(text: str, separator: str | None, *, as_json: bool) -> int:
    proxies = parse_proxies(text, separator=separator)
    findings = (*proxies.findings, *(found for proxy in proxies for found in proxy.validate()))
    status = 2 if proxies.errors else status_of(findings)
    if as_json:
        errors = [{"code": bad.code, "message": bad.message, "span": bad.span} for bad in proxies.errors]
        show_json(
            {
                "input": text,
                "proxies": [
                    {**_record(proxy, _components(proxy)), "findings": findings_as_json(proxy.validate())}
                    for proxy in proxies
                ],
                "deletions": [str(marker) for marker in proxies.deletions],
                "errors": errors,
                "findings": findings_as_json(proxies.findings),
            }
        )
        return status
    for proxy in proxies:
        print(visible(str(proxy)))
        show_findings(proxy.validate())
    for marker in proxies.deletions:
        print(f"{visible(str(marker))}  (deletion marker)")
    show_findings(proxies.findings)
    for error in proxies.errors:
        print(f"error [{style(error.code, BAD)}]: {visible(error.message)}\n{caret(text, error.span)}")
    return status


def _parse_recipients(text: str, *, as_json: bool) -> int:
    recipients = parse_recipients(text)
    findings = [recipient.validate() for recipient in recipients]
    status = 2 if recipients.errors else max(map(status_of, findings), default=0)
    if as_json:
        show_json(
            {
                "input": text,
                "recipients": [
                    {**_record(recipient, _components(recipient)), "findings": findings_as_json(found)}
                    for recipient, found in zip(recipients, findings, strict=True)
                ],
                "errors": [
                    {"code": bad.code, "message": bad.message, "span": bad.span, "text": text[slice(*bad.span)]}
                    for bad in recipients.errors
                ],
            }
        )
        return status
    for recipient, found in zip(recipients, findings, strict=True):
        print(visible(str(recipient)))
        show_findings(found)
    for error in recipients.errors:
        print(f"error [{style(error.code, BAD)}]: {error}")
    return status


def _record(address: TypedAddress, parts: _Components) -> dict[str, object]:
    """Return what JSON output says of an address, without its findings."""
    record: dict[str, object] = {"type": address.type, "value": address.value}
    for name in ("display_name", "is_primary"):
        if hasattr(address, name):
            record[name] = getattr(address, name)
    if parts is not None:
        record["components"] = parts
    return record


def _components(address: TypedAddress) -> _Components:
    """Return the components of an O/R address or a legacy DN; None for other types, and for one that does not parse."""
    try:
        if address.type == "X400":
            return components_of(X400Address.parse(address.value))
        if address.type in ("EX", "X500"):
            return [list(part) for part in X500Address.parse(address.value).components]
    except AddressSyntaxError:  # the findings say why
        return None
    return None


def _show(address: TypedAddress, parts: _Components) -> None:
    for name, value in _record(address, parts).items():
        if name == "components":
            _show_components(value)
        elif value is not None:
            print(f"{name.replace('_', ' ') + ':':14}{visible(str(value))}")


def _show_components(parts: Any) -> None:  # noqa: ANN401 - pairs, or a mapping as X400Address has it
    pairs: list[tuple[str, object]] = []
    for key, part in parts.items() if isinstance(parts, dict) else parts:
        if isinstance(part, dict):
            pairs += [(f"{key} {kind}", text) for kind, texts in part.items() for text in _each(texts)]
        elif isinstance(part, list):
            pairs += [(f"{key}{number}", name) for number, name in enumerate(part, 1)]
        else:
            pairs.append((key, part))
    for key, text in pairs:
        print(f"  {visible(key) + ':':12}{visible(str(text))}")


def _each(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts
