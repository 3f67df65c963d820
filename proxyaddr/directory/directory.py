"""Directory: recipients, found by any of their addresses."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse, parse_proxy
from proxyaddr.addresses.proxy_list import read_recipient
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.directory.files import Records, csv_rows, json_rows, ldif_rows
from proxyaddr.directory.recipient import Recipient, look_up_key
from proxyaddr.directory.records import Record
from proxyaddr.errors import AddressSyntaxError, RowError, bad_rows, check_type, quantity
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Directory"]


class Directory:
    """Recipients in the order given, found by any of their proxies or their legacy DN. Immutable."""

    __slots__ = ("_errors", "_holders", "_or_holders", "_recipients")

    def __init__(self, recipients: Iterable[Recipient], errors: Iterable[RowError] = ()) -> None:
        self._recipients = tuple(recipients)
        self._errors = tuple(errors)
        self._holders: dict[tuple[str, Hashable], list[int]] = {}
        self._or_holders: dict[tuple[str, Hashable], list[int]] | None = None
        for recipient in self._recipients:
            check_type(recipient, Recipient, "a recipient")
        self._index(self._holders, or_addresses=False)

    def _index(self, holders: dict[tuple[str, Hashable], list[int]], *, or_addresses: bool) -> None:
        """Add who holds which address: the O/R addresses, or all others."""
        for index, recipient in enumerate(self._recipients):
            held = (address for address in recipient.addresses if (address.type == "X400") is or_addresses)
            for key in dict.fromkeys(map(look_up_key, held)):
                holders.setdefault(key, []).append(index)

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients, in the order given."""
        return self._recipients

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The bad rows of the file that the directory was read from."""
        return self._errors

    def find(self, address: TypedAddress | str) -> tuple[Recipient, ...]:
        """Return every recipient that holds an address, in any case; two make it ambiguous (Q251152).

        An O/R address is compared by its attributes, a legacy DN with X500 proxies and the recipients' own legacy DNs.
        AddressSyntaxError for text that is no address.
        """
        wanted = address if isinstance(address, TypedAddress) else parse(address)
        return tuple(self._recipients[index] for index in self._holders_of(wanted).get(look_up_key(wanted), ()))

    def _holders_of(self, address: TypedAddress) -> dict[tuple[str, Hashable], list[int]]:
        """Return the index that an address is in; that of O/R addresses takes its time, and is made on first use."""
        if address.type != "X400":
            return self._holders
        if self._or_holders is None:
            holders: dict[tuple[str, Hashable], list[int]] = {}
            self._index(holders, or_addresses=True)
            self._or_holders = holders
        return self._or_holders

    def __repr__(self) -> str:
        return f"Directory({', '.join([quantity(len(self), 'recipient'), *bad_rows(self._errors)])})"

    def __len__(self) -> int:
        return len(self._recipients)

    def __iter__(self) -> Iterator[Recipient]:
        return iter(self._recipients)

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
        return cls._from_rows(path, csv_rows(path, limits), limits)

    @classmethod
    def from_json(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read objects as `Get-Recipient | ConvertTo-Json` or `Get-MgUser` give them, with errors as for CSV.

        The line of an error is the number of the object, from 1.
        """
        return cls._from_rows(path, json_rows(path, limits), limits)

    @classmethod
    def from_ldif(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read displayName, mailNickname, proxyAddresses and targetAddress of LDIF (RFC 2849), with errors as for CSV.

        Entries without addresses are no recipients. A line that can't be read is an error; its entry keeps the others.
        """
        return cls._from_rows(path, ldif_rows(path, limits), limits)

    @classmethod
    def _from_rows(cls, path: str | Path, rows: Records, limits: Limits) -> Directory:
        recipients: list[Recipient] = []
        errors: list[RowError] = []
        for row in rows:
            if isinstance(row, RowError):
                errors.append(row)
                continue
            line, record = row
            try:
                recipient, bad = _recipient(record, line, limits)
            except AddressSyntaxError as error:  # the row has more proxies than the limits allow
                errors.append(RowError(error.code, error.message, line, str(path), error))
                continue
            recipients.append(recipient)
            errors += [RowError("bad-proxy", f"a proxy is left out: {e}", line, str(path), e) for e in bad]
        return cls(recipients, errors)


def _recipient(record: Record, line: int, limits: Limits) -> tuple[Recipient, list[AddressSyntaxError]]:
    """Return the recipient of a record, and the errors of its proxies that do not parse.

    AddressSyntaxError for more proxies than the limits allow.
    """
    proxies = read_recipient(record.proxies, record.secondary_proxies, limits)
    bad = list(proxies.errors)
    target = None
    if record.target.strip():
        try:
            target = parse_proxy(record.target, limits=limits)
        except AddressSyntaxError as error:
            bad.append(error)
    proxies = ProxyList(proxies, findings=proxies.findings)
    known = record.display_name or record.name or record.alias
    name = known or str(target or proxies.primary() or f"row {line}")
    return Recipient(name, proxies, target, record.alias or None, record.legacy_dn.strip() or None), bad
