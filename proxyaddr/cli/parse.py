"""`proxyaddr parse`: what a typed address or a list of proxies says."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proxyaddr.cli._bulk import add_files, check_files, run_files
from proxyaddr.cli._lines import add_inputs, each, findings_as_json, show_findings, show_json
from proxyaddr.errors import AddressSyntaxError, caret, visible

if TYPE_CHECKING:
    from proxyaddr.addresses.values import TypedAddress
    from proxyaddr.bulk.commands import Parse

__all__ = ["add_to"]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("parse", help="parse addresses or, with --list, lists of proxy addresses")
    add_inputs(parser, "address")
    parser.add_argument("--list", action="store_true", help="each input is a list of proxy addresses")
    add_files(parser)
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if check_files(options):

        def command() -> Parse:
            from proxyaddr.bulk.commands import Parse  # noqa: PLC0415 - pyarrow loads for files alone

            return Parse()

        return run_files(options, command)

    def handle(text: str) -> int:
        return _list(text, as_json=options.json) if options.list else _one(text, as_json=options.json)

    return each(options, handle)


def _one(text: str, *, as_json: bool) -> int:
    from proxyaddr.addresses.parser import parse  # noqa: PLC0415 - loads lark

    address = parse(text)
    if as_json:
        show_json({"input": text, **_record(address), "findings": findings_as_json(address.validate())})
        return 0
    _show(address)
    show_findings(address.validate())
    return 0


def _list(text: str, *, as_json: bool) -> int:
    from proxyaddr.addresses.parser import parse_proxies  # noqa: PLC0415 - loads lark

    proxies = parse_proxies(text)
    status = 2 if proxies.errors else 0
    if as_json:
        errors = [{"code": bad.code, "message": bad.message, "span": bad.span} for bad in proxies.errors]
        show_json(
            {
                "input": text,
                "proxies": [{**_record(proxy), "findings": findings_as_json(proxy.validate())} for proxy in proxies],
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
        print(f"error [{error.code}]: {error.message}\n{caret(text, error.span)}")
    return status


def _record(address: TypedAddress) -> dict[str, object]:
    record: dict[str, object] = {"type": address.type, "value": address.value}
    for name in ("display_name", "is_primary"):
        if hasattr(address, name):
            record[name] = getattr(address, name)
    if (parts := _components(address)) is not None:
        record["components"] = parts
    return record


def _components(address: TypedAddress) -> dict[str, object] | list[object] | None:
    """Return what an O/R address or a legacy DN is made of; None for other types, and where it does not parse."""
    try:
        if address.type == "X400":
            from proxyaddr.x400.address import X400Address  # noqa: PLC0415 - for this type alone

            parts = X400Address.parse(address.value).components
            return {key: dict(part) if isinstance(part, Mapping) else part for key, part in parts.items()}
        if address.type in ("EX", "X500"):
            from proxyaddr.addresses.x500 import X500Address  # noqa: PLC0415 - for these types alone

            return [list(part) for part in X500Address.parse(address.value).components]
    except AddressSyntaxError:  # the findings say why
        return None
    return None


def _show(address: TypedAddress) -> None:
    for name, value in _record(address).items():
        if name == "components":
            _show_components(value)
        elif value is not None:
            print(f"{name.replace('_', ' ') + ':':14}{visible(str(value))}")


def _show_components(parts: Any) -> None:  # noqa: ANN401 - pairs, or a mapping as X400Address has it
    pairs: list[tuple[str, object]] = []
    for key, part in parts.items() if isinstance(parts, dict) else parts:
        if isinstance(part, dict):
            pairs += [(f"{key} {kind}", text) for kind, text in part.items()]
        elif isinstance(part, list):
            pairs += [(f"{key}{number}", name) for number, name in enumerate(part, 1)]
        else:
            pairs.append((key, part))
    for key, text in pairs:
        print(f"  {visible(key) + ':':12}{visible(str(text))}")
