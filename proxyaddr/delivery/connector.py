"""InternetMailService: a connector that sends mail of one address type, from Python, TOML or a registry export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.delivery.resolver import resolve
from proxyaddr.delivery.settings import ServiceSettings
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:  # for annotations alone; it would take its time at each start
    from pathlib import Path

    from proxyaddr.delivery.resolutions import Resolutions

__all__ = ["InternetMailService"]

# Readers of files are imported where they are called: they would take 12 % of the start of a command without a file.


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InternetMailService(ServiceSettings):
    """A connector that sends mail of one address type, the outbound type.

    `site_addresses` maps types to the site's own addresses. Mail goes out only where the routing table, or without one
    the connector's own address spaces, have a space for it; with neither, routing is not simulated. `encapsulate` sends
    an address of another type inside an Internet address of the local domain (IMCEA). `unknown_settings` holds the
    ignored settings of a file, `settings_findings` what is odd in it. Making one raises ConfigurationError where the
    product would not start.
    """

    def resolve(self, recipient: str | TypedAddress | ProxyList | Recipient) -> Delivery | NonDelivery:
        """Return which address of a recipient goes out, or the report of why none does.

        Text is parsed first: AddressSyntaxError when it is no address.
        """
        return resolve(self, recipient)

    def resolve_many(self, recipients: Iterable[str | TypedAddress | ProxyList | Recipient]) -> Resolutions:
        """Return what becomes of many recipients, or of a whole directory, as `resolve` says of each, and the counts.

        >>> found = InternetMailService().resolve_many(["jane@contoso.com", "[FAX:555]"])
        >>> found.rules
        {'one-off-type': 1, 'no-proxy': 1}
        """
        from proxyaddr.delivery.deciding import Decider  # noqa: PLC0415 - routing tables take their time to load
        from proxyaddr.delivery.resolutions import Resolutions  # noqa: PLC0415 - as above

        decider = Decider({self.name: self}, self.table(), self.directory, self.resolve, is_site=False)
        return Resolutions(decider, recipients)

    @classmethod
    def from_config(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as __init__ takes
        """Read TOML or a registry key in any form, known by its content; keyword settings win over the file."""
        from proxyaddr._files.documents import parse_toml  # noqa: PLC0415 - a reader of files
        from proxyaddr._files.registry import holds_registry_key  # noqa: PLC0415 - as above
        from proxyaddr._files.text import read_bytes  # noqa: PLC0415 - as above

        data = read_bytes(path, limits)
        if holds_registry_key(data, path):
            return cls.from_registry_data(data, path, limits=limits, **settings)
        return cls.from_document(parse_toml(data, path, limits), path, limits=limits, **settings)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as __init__ takes
        """Read the table `[internet_mail_service]`, whose keys are the arguments, and `[routing_table]`.

        ConfigurationError where either is wrong. Keyword settings win over those of the file.
        """
        from proxyaddr._files.documents import toml_document  # noqa: PLC0415 - a reader of files

        return cls.from_document(toml_document(path, limits), path, limits=limits, **settings)

    @classmethod
    def from_document(
        cls,
        document: Mapping[str, Any],
        path: str | Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        **settings: Any,  # noqa: ANN401 - as above
    ) -> InternetMailService:
        """Read the content of a TOML file as `from_toml` does; `path` is the file that messages name."""
        from proxyaddr._files.settings import CONNECTOR_TABLE  # noqa: PLC0415 - a reader of files
        from proxyaddr.delivery.settings_files import check_tables, toml_routing  # noqa: PLC0415 - as above

        check_tables(document, path)
        if "routing_table" not in settings:
            settings["routing_table"] = toml_routing(document, path, limits)
        return cls.from_table(document.get(CONNECTOR_TABLE, {}), path, **settings)

    @classmethod
    def from_table(cls, table: object, path: str | Path, **settings: Any) -> InternetMailService:  # noqa: ANN401 - as above
        """Make a connector of one table of a TOML file; ConfigurationError where it is wrong."""
        from proxyaddr.delivery.settings_files import toml_settings  # noqa: PLC0415 - a reader of files

        return cls._from_file(path, toml_settings(table, path) | settings)

    @classmethod
    def from_registry_export(
        cls,
        path: str | Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        **settings: Any,  # noqa: ANN401 - as above
    ) -> InternetMailService:
        r"""Read the key `MSExchangeIMC\Parameters` (Q183801): a `.reg` file, or what `reg query` or PowerShell print.

        PowerShell gives it by Get-ItemProperty with Format-List, ConvertTo-Json or Export-Clixml. OverrideProxyOut and
        SiteDomain decide; all other values are kept in `unknown_settings`. ConfigurationError with the line for a
        malformed file or a value of the wrong registry type. Keyword settings win over the file.
        """
        from proxyaddr._files.text import read_bytes  # noqa: PLC0415 - a reader of files

        return cls.from_registry_data(read_bytes(path, limits), path, limits=limits, **settings)

    @classmethod
    def from_registry_data(
        cls,
        data: bytes,
        path: str | Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        **settings: Any,  # noqa: ANN401 - as above
    ) -> InternetMailService:
        """Read the content of a file as `from_registry_export` does; `path` is the file that messages name."""
        from proxyaddr.delivery.settings_files import registry_settings  # noqa: PLC0415 - a reader of files

        return cls._from_file(path, registry_settings(data, path, limits) | settings)

    @classmethod
    def _from_file(cls, path: str | Path, settings: Mapping[str, Any]) -> InternetMailService:
        try:
            return cls(**settings)
        except ConfigurationError as error:
            raise ConfigurationError(error.code, error.message, error.setting, str(path)) from None
