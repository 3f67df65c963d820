"""What `resolve` resolves by: the connectors and the directory that its options name; and its runs over whole files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proxyaddr.cli._errors import print_error
from proxyaddr.delivery.connector import InternetMailService
from proxyaddr.errors import ConfigurationError, Finding, bad_rows, visible

if TYPE_CHECKING:
    from proxyaddr.bulk.resolve_command import Resolve
    from proxyaddr.cli._tables import ReadTable
    from proxyaddr.delivery.site import Site
    from proxyaddr.directory.directory import Directory

__all__ = ["configured_by", "resolve_files", "say_what_is_odd", "with_table"]

OPTIONS = {
    "override_proxy_out": "--override-proxy-out",
    "site_domain": "--site-domain",
    "encapsulate": "--encapsulate",
    "address_spaces": "--address-space",
}
"""The option of each setting that one connector has."""


def configured_by(options: argparse.Namespace) -> InternetMailService | Site:
    """Return the connector, or the site with several, that the options and the file of `--config` describe."""
    for space in options.address_space or ():
        _refuse_bare_word(space)
    settings: dict[str, Any] = {
        "override_proxy_out": options.override_proxy_out,
        "site_domain": options.site_domain,
        "encapsulate": options.encapsulate or None,
        "address_spaces": options.address_space,
        "directory": None if options.directory is None else directory_in(options.directory),
    }
    given = {name: value for name, value in settings.items() if value is not None}
    if options.config is None:
        return InternetMailService(**given)
    from proxyaddr.delivery.site import from_config  # noqa: PLC0415 - the readers of files and routing tables are slow

    try:
        return from_config(options.config, **given)
    except ConfigurationError as error:
        if error.code != "several-connectors":
            raise
        names = sorted(OPTIONS[name] for name in given.keys() - {"directory"})
        message = f"{', '.join(names)}: an option for one connector, the file holds several"
        raise ConfigurationError(error.code, message, source=options.config) from None


def with_table(
    configured: InternetMailService | Site, options: argparse.Namespace
) -> tuple[InternetMailService | Site, ReadTable | None]:
    """Return what is configured with the accepted domains that the options give, and its table; None without one.

    Errors of both, and what was assumed in reading the table, are printed to standard error.
    """
    if configured.routing_table is None:
        if options.accepted_domains:
            message = "--accepted-domains needs a routing table in the file of --config"
            raise ConfigurationError("usage", message, "accepted_domains")
        return configured, None
    from proxyaddr.cli._tables import (  # noqa: PLC0415 - routing tables take 20 % of the start
        say_what_is_assumed,
        with_accepted_domains,
    )

    read = with_accepted_domains(configured.routing_table, options.accepted_domains)
    say_what_is_assumed(read.table, [options.config], has_option=False)
    if isinstance(configured, InternetMailService):
        return replace(configured, routing_table=read.table), read
    return configured.with_table(read.table), read


def _refuse_bare_word(space: str) -> None:
    """Raise ConfigurationError for an address space of one word, which would be a pattern that nothing matches."""
    if not set(space) & set(":@*."):
        message = f"an address space is written TYPE:pattern;cost, such as SMTP:*@contoso.com;1, not {space[:60]!r}"
        raise ConfigurationError("usage", message, "address_spaces")


def directory_in(path: str) -> Directory:
    """Return the directory of a file, after printing the errors of its rows."""
    from proxyaddr.directory.directory import Directory  # noqa: PLC0415 - the readers of files take 5 % of the start

    directory = Directory.from_file(path)
    for error in directory.errors:
        print_error(error)
    if not directory.holds_addresses:
        message = "no recipient in this file has an address: nothing can be looked up in it"
        raise ConfigurationError("no-addresses", message, source=path)
    return directory


def say_what_is_odd(ignored: Collection[str], odd: Sequence[Finding]) -> None:
    """Print to standard error which settings are ignored, and what is odd in the others."""
    if ignored:
        print(f"proxyaddr: ignored settings: {visible(', '.join(sorted(ignored)))}", file=sys.stderr)
    for found in odd:
        print(f"proxyaddr: finding {found.code}: {visible(found.message)}", file=sys.stderr)


def resolve_files(options: argparse.Namespace, configured: InternetMailService | Site, read: ReadTable | None) -> int:
    """Resolve the files of `--in`, or with `--all` the whole directory; return the exit status."""
    from proxyaddr.cli._bulk import run_directory, run_files  # noqa: PLC0415 - takes its time, and for files alone

    def command() -> Resolve:
        from proxyaddr.bulk.resolve_command import Resolve  # noqa: PLC0415 - pyarrow loads for files alone
        from proxyaddr.bulk.summary import Fact, Tone  # noqa: PLC0415 - as above

        facts = [] if options.config is None else [Fact("Settings", [options.config])]
        if configured.directory is not None:
            unread = bad_rows(configured.directory.errors)  # what they held is looked up in vain
            facts.append(Fact("Directory", [options.directory, *unread], Tone.BAD if unread else Tone.NEUTRAL))
        return Resolve(configured, None if read is None else read.unread, facts)

    read_files = [name for name in (options.config, options.directory) if name is not None]
    if options.all and configured.directory is not None:  # `check_directory` has seen to the latter
        return run_directory(options, configured.directory, command, *read_files)
    return run_files(options, command, *read_files)
