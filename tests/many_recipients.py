"""Public calls over many recipients, whose work is counted at several sizes."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import proxyaddr as px
from proxyaddr.cli.main import main

__all__ = ["MANY", "recipients"]

_CONFIG = """
[[internet_mail_service]]
name = "imc"
[routing_table]
dialect = "exchange55"
routes = [{space = "SMTP:*@contoso.com;1", connectors = ["imc"]}]
"""


def recipients(count: int) -> px.Directory:
    """Return a directory of so many recipients: common ones, odd ones, and such as share an address."""
    return px.Directory.from_records(
        {
            "displayName": f"User {number}",
            "proxyAddresses": (
                f"{'smtp' if number % 9 == 0 else 'SMTP'}:user{number}@contoso.com;smtp:u{number // 2}@contoso.com;"
                f"X500:/o=Org/cn=user{number};X400:c=US;a= ;s=User{number};"
            ),
        }
        for number in range(count)
    )


def _site(directory: px.Directory) -> px.Site:
    table = px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*@contoso.com;1"), "imc")])
    return px.Site([px.InternetMailService(name="imc")], table, directory=directory)


def _texts(directory: px.Directory) -> list[str]:
    return [str(address) for recipient in directory for address in recipient.addresses]


def _resolve_many(directory: px.Directory) -> Callable[[], object]:
    found = _site(directory).resolve_many(directory)
    return lambda: found.others(directory).rules


def _resolve_texts(directory: px.Directory) -> Callable[[], object]:
    found, texts = _site(directory).resolve_many(()), _texts(directory)
    return lambda: found.others(texts).rules


def _find_many(directory: px.Directory) -> Callable[[], object]:
    texts = _texts(directory)
    return lambda: directory.find_many(texts)


def _column(directory: px.Directory) -> Callable[[], object]:
    site = _site(directory)
    return lambda: px.columns.resolve(site, directory)


def _command(directory: px.Directory) -> Callable[[], object]:
    folder = Path.cwd()
    (folder / "site.toml").write_text(_CONFIG)
    rows = [f'{each.display_name},"{each.proxies}"\n' for each in directory]
    (folder / "people.csv").write_text("".join(["displayName,proxyAddresses\n", *rows]))
    options = ["--config", "site.toml", "--directory", "people.csv", "--all", "--out", "out.csv"]

    def call() -> int:
        with contextlib.redirect_stderr(io.StringIO()):
            return main(["resolve", *options])

    return call


MANY: dict[str, Callable[[px.Directory], Callable[[], object]]] = {
    "resolve_many of a directory": _resolve_many,
    "resolve_many of texts": _resolve_texts,
    "find_many": _find_many,
    "columns.resolve": _column,
    "resolve --all": _command,
}
"""What makes, for a directory, the call that is counted; the last two need pyarrow, and one the current folder."""
