"""Recipients with their proxies, and look-up by any proxy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse, parse_proxies, parse_proxy
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from proxyaddr.directory.files import Row

__all__ = ["Directory"]


class Directory:
    """Recipients, found by any of their proxies; `errors` lists the bad rows of the file they came from. Immutable."""

    __slots__ = ("_holders", "errors", "recipients")

    def __init__(self, recipients: Iterable[Recipient], errors: Iterable[RowError] = ()) -> None:
        self.recipients = tuple(recipients)
        self.errors = tuple(errors)
        self._holders: dict[tuple[str, str], list[int]] = {}
        for index, recipient in enumerate(self.recipients):
            for key in dict.fromkeys(proxy.comparison_key for proxy in recipient.proxies):
                self._holders.setdefault(key, []).append(index)

    def find(self, address: TypedAddress | str) -> tuple[Recipient, ...]:
        """Return every recipient that holds an address as a proxy, without case; two make it ambiguous (Q251152)."""
        wanted: TypedAddress | OneOffAddress = parse(address) if isinstance(address, str) else address
        return tuple(self.recipients[index] for index in self._holders.get(wanted.comparison_key, ()))

    def __len__(self) -> int:
        return len(self.recipients)

    def __iter__(self) -> Iterator[Recipient]:
        return iter(self.recipients)

    @classmethod
    def from_file(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read JSON (`.json`), LDIF (`.ldif`, `.ldf`) or CSV (any other name)."""
        readers = {".json": cls.from_json, ".ldif": cls.from_ldif, ".ldf": cls.from_ldif}
        return readers.get(Path(path).suffix.lower(), cls.from_csv)(path, limits=limits)

    @classmethod
    def from_csv(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read an Exchange 5.5 directory export (Q155594, Q184536) or a CSV as Get-Recipient gives it.

        Bad rows and bad proxies are listed in `errors` by line, and the rest is kept. ConfigurationError for a file
        that can't be read or whose header names no proxies.
        """
        from proxyaddr.directory.files import csv_rows  # noqa: PLC0415 - only for files

        return cls._from_rows(path, csv_rows(path, limits), limits)

    @classmethod
    def from_json(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read objects as `Get-Recipient | ConvertTo-Json` or `Get-MgUser` give them, errors as for CSV.

        The line of an error is the number of the object, from 1.
        """
        from proxyaddr.directory.files import json_rows  # noqa: PLC0415 - only for files

        return cls._from_rows(path, json_rows(path, limits), limits)

    @classmethod
    def from_ldif(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read LDIF (RFC 2849): displayName, mailNickname, proxyAddresses and targetAddress; errors as for CSV.

        Entries without addresses are no recipients. A line that can't be read is an error, its entry keeps the others.
        """
        from proxyaddr.directory.files import ldif_rows  # noqa: PLC0415 - only for files

        return cls._from_rows(path, ldif_rows(path, limits), limits)

    @classmethod
    def _from_rows(cls, path: str | Path, rows: Iterable[tuple[int, Row] | RowError], limits: Limits) -> Directory:
        recipients: list[Recipient] = []
        errors: list[RowError] = []
        for row in rows:
            if isinstance(row, RowError):
                errors.append(row)
                continue
            line, fields = row
            try:
                primary = parse_proxies(fields.proxies, limits=limits)
                secondary = parse_proxies(fields.secondary_proxies, limits=limits)
            except AddressSyntaxError as error:  # too many
                errors.append(RowError(error.code, error.message, line, str(path), error))
                continue
            bad: list[AddressSyntaxError] = [*primary.errors, *secondary.errors]
            try:
                target = parse_proxy(fields.target, limits=limits) if fields.target.strip() else None
            except AddressSyntaxError as error:
                target = None
                bad.append(error)
            errors += [RowError("bad-proxy", f"a proxy is left out: {e}", line, str(path), e) for e in bad]
            # upper-case types are used inside Secondary-Proxy-Addresses (Q155594)
            demoted = [ProxyAddress(proxy.type, proxy.value, is_primary=False) for proxy in secondary]
            proxies = ProxyList([*primary, *demoted], findings=primary.findings)
            name = fields.display_name or fields.alias or str(target or proxies.primary() or f"row {line}")
            recipients.append(Recipient(name, proxies, target, fields.alias or None))
        return cls(recipients, errors)
