"""Directory: recipients, found by any of their addresses."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from proxyaddr._files.objects import Form
from proxyaddr._text.types import TRIMMED
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse, parse_proxy
from proxyaddr.addresses.proxy_list import read_recipient
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.directory.files import Records, read_records
from proxyaddr.directory.recipient import Recipient, look_up_key
from proxyaddr.directory.records import ADDRESS_KEYS, Record
from proxyaddr.errors import AddressSyntaxError, RowError, bad_rows, check_type, quantity
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Directory"]

Holders = dict[str, dict[Hashable, int | list[int]]]
"""By type and key, the index of the recipient that holds an address, or of all where they are several.

A recipient with five addresses has room in 2 KB: a key that is the value itself is kept once.
"""


class Directory:
    """Recipients in the order given, found by any of their proxies or their legacy DN. Immutable."""

    __slots__ = ("_errors", "_holders", "_or_holders", "_recipients")

    def __init__(self, recipients: Iterable[Recipient], errors: Iterable[RowError] = ()) -> None:
        self._recipients = tuple(recipients)
        self._errors = tuple(errors)
        self._holders: Holders = {}
        self._or_holders: Holders | None = None
        for recipient in self._recipients:
            check_type(recipient, Recipient, "a recipient")
        self._index(self._holders, or_addresses=False)

    def _index(self, holders: Holders, *, or_addresses: bool) -> None:
        """Add who holds which address: the O/R addresses, or all others."""
        for index, recipient in enumerate(self._recipients):
            for address in recipient.addresses:
                if (address.type == "X400") is not or_addresses:
                    continue
                kind, key = look_up_key(address)
                of_kind = holders.setdefault(kind, {})
                known = of_kind.setdefault(address.value if key == address.value else key, index)
                if isinstance(known, int):
                    if known != index:
                        of_kind[key] = [known, index]
                elif known[-1] != index:
                    known.append(index)

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
        kind, key = look_up_key(wanted)
        found = self._holders_of(wanted).get(kind, {}).get(key, [])
        return tuple(self._recipients[index] for index in ([found] if isinstance(found, int) else found))

    def _holders_of(self, address: TypedAddress) -> Holders:
        """Return the index that an address is in; that of O/R addresses takes its time, and is made on first use."""
        if address.type != "X400":
            return self._holders
        if self._or_holders is None:
            holders: Holders = {}
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
        """Read a file that a directory was exported to, in whichever form: it is known by its content.

        The forms are CSV (Exchange 5.5: Q155594, Q184536; Get-Recipient, csvde, GAM), JSON (ConvertTo-Json, Graph),
        Format-List text, CLIXML and LDIF. Bad rows and bad proxies are listed in `errors` by line, and the rest is
        kept. Entries of LDIF without addresses are no recipients. ConfigurationError for a file that can't be read,
        has none of the forms, or whose header names no addresses.
        """
        return cls._from_rows(path, read_records(path, limits), limits)

    @classmethod
    def from_csv(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read CSV as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(path, read_records(path, limits, Form.CSV), limits)

    @classmethod
    def from_json(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read JSON as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(path, read_records(path, limits, Form.JSON), limits)

    @classmethod
    def from_ldif(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Directory:
        """Read LDIF (RFC 2849) as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(path, read_records(path, limits, Form.LDIF), limits)

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
            for member in record.unread:
                message = f"a proxy is left out: expected text, or an object with {ADDRESS_KEYS[0]}, not {member!r}"
                errors.append(RowError("bad-proxy", message[:200], line, str(path)))
        return cls(recipients, errors)


def _recipient(record: Record, line: int, limits: Limits) -> tuple[Recipient, list[AddressSyntaxError]]:
    """Return the recipient of a record, and the errors of its proxies that do not parse.

    AddressSyntaxError for more proxies than the limits allow.
    """
    bad: list[AddressSyntaxError] = []
    target = _address(record.target, bad, limits)
    primary = _address(record.primary, bad, limits)
    if primary is not None:
        primary = replace(primary, is_primary=True)
    held = read_recipient(record.proxies, record.secondary_proxies, primary, limits)
    bad += held.errors
    name = record.display_name or record.name or record.alias or str(target or held.primary() or f"row {line}")
    proxies = ProxyList(held, findings=held.findings)
    return Recipient(name, proxies, target, record.alias or None, record.legacy_dn.strip(TRIMMED) or None), bad


def _address(text: str, bad: list[AddressSyntaxError], limits: Limits) -> ProxyAddress | None:
    """Return the address of a field, None for an empty one and for one that does not parse: its error goes to `bad`."""
    try:
        return parse_proxy(text, limits=limits) if text.strip(TRIMMED) else None
    except AddressSyntaxError as error:
        bad.append(error)
        return None
