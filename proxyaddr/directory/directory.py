"""Directory: recipients, found by any of their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from proxyaddr._files.objects import ADDRESS_KEYS, Form
from proxyaddr._files.row_errors import RowErrors
from proxyaddr._optional import import_extra
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.directory.common_lists import Keys
from proxyaddr.directory.files import Records, read_records, records_of
from proxyaddr.directory.keys import (
    Holders,
    holds_key,
    key_of_address,
    key_of_text,
    keys_of_recipient,
    keys_of_record,
    or_keys_of_recipient,
)
from proxyaddr.directory.reading import Kept, Recipients, kept_record, read_record, record_kept
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError, RowError, bad_rows, check_type, quantity, visible
from proxyaddr.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from proxyaddr.matcher.arrow import IndexColumn

__all__ = ["Directory"]

_SHOWN = 200
"""Characters of a message about a member of a list that is no address, and of the recipient's name in each."""


class Directory:
    """Recipients in the order given, found by any of their proxies or their legacy DN. Immutable.

    Of a file, the records are kept and every address is indexed; a recipient is made when it is asked for. One with
    five addresses takes less than 1 KB so, and a look-up takes the same time whatever the size of the directory.
    """

    __slots__ = ("_errors", "_holders", "_or_holders", "_origin", "_recipients", "_with_or_addresses")

    NOBODY, SEVERAL, NO_ADDRESS = -1, -2, -3

    def __init__(self, recipients: Iterable[Recipient], errors: Iterable[RowError] = ()) -> None:
        kept: list[Kept] = []
        self._start()
        for number, recipient in enumerate(recipients):
            check_type(recipient, Recipient, "a recipient")
            self._add(keys_of_recipient(recipient), number)
            kept.append(recipient)
        self._recipients = Recipients(kept)
        self._errors = tuple(errors)

    def _start(self, origin: object = None) -> None:
        self._origin = origin
        self._holders = Holders()
        self._or_holders: Holders | None = None
        self._with_or_addresses: list[int] = []

    def _add(self, keys: Keys, number: int) -> None:
        self._holders.add(keys.keys, number)
        if keys.has_or_addresses:
            self._with_or_addresses.append(number)

    @property
    def recipients(self) -> Recipients:
        """The recipients, in the order given; those of a file are made anew each time."""
        return self._recipients

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The bad rows of the file that the directory was read from."""
        return self._errors

    @property
    def origin(self) -> object:
        """What it was read from: the path of a file or the records; None where it was made of recipients."""
        return self._origin

    def find(self, address: TypedAddress | str) -> tuple[Recipient, ...]:
        """Return every recipient that holds an address, in any case; two make it ambiguous (Q251152).

        An O/R address is compared by its attributes, a legacy DN with X500 proxies and the recipients' own legacy DNs,
        an Internet address with its domain in any spelling. AddressSyntaxError for text that is no address.
        """
        return tuple(recipient for _, recipient in self._found(address))

    def _found(self, address: TypedAddress | str) -> Iterator[tuple[int, Recipient]]:
        """Yield the recipients that hold an address, and their indices."""
        wanted = address if isinstance(address, TypedAddress) else parse(address)
        for number in self._holders_of(wanted).with_key(key_of_address(wanted)):
            recipient = self._recipients[number]
            if recipient.held_as(wanted) is not None:
                yield number, recipient

    def find_many(self, column: object) -> IndexColumn:
        """Return which recipient holds each address of a column: indices into `recipients`, int32, one per row.

        The index is `NOBODY`, -1, where none does, and for null; `SEVERAL`, -2, where the address is ambiguous, and
        `NO_ADDRESS`, -3, for text that is none: what `find` raises an error for. Columns are those of
        `Matcher.match_many`, and an index column is one of Arrow data and a buffer.

        >>> jane = Recipient("Jane", "SMTP:jane@contoso.com")
        >>> Directory([jane]).find_many(["Jane@Contoso.com", "joe@contoso.com", "smtp:"])
        IndexColumn(3 rows: 0, -1, -3)
        """
        from proxyaddr.matcher import Matcher  # noqa: PLC0415 - takes its time, and for columns alone

        return Matcher(self._index_of).match_many(column)

    def _index_of(self, address: str | TypedAddress) -> int:
        """Return the index of the recipient that holds an address."""
        key = key_of_text(address) if isinstance(address, str) else None
        try:
            found = self.holders_by_key(key) if key is not None else [each for each, _ in self._found(address)]
        except AddressSyntaxError:
            return self.NO_ADDRESS
        return self.SEVERAL if len(found) > 1 else found[0] if found else self.NOBODY

    def holders_by_key(self, key: str) -> list[int]:
        """Return the indices of the recipients that hold an address, by its key; O/R addresses are not found so."""
        return [number for number in self._holders.with_key(key) if self._has_key(number, key)]

    def _has_key(self, number: int, key: str) -> bool:
        kept = self._recipients.kept[number]
        if isinstance(kept, bytes) and holds_key(record_kept(kept)[1], key, self._recipients.limits):
            return True
        return key in keys_of_recipient(self._recipients[number]).keys

    def _holders_of(self, address: TypedAddress) -> Holders:
        """Return the index that an address is in; that of O/R addresses takes its time, and is made on first use."""
        if address.type != "X400":
            return self._holders
        if self._or_holders is None:
            holders = Holders()
            for number in self._with_or_addresses:
                holders.add(or_keys_of_recipient(self._recipients[number]), number)
            self._or_holders = holders
        return self._or_holders

    @property
    def holds_addresses(self) -> bool:
        """Whether any recipient has an address at all."""
        is_found = bool(self._holders) or bool(self._with_or_addresses)
        return is_found or any(recipient.target_address is not None for recipient in self)

    def __repr__(self) -> str:
        return f"Directory({', '.join([quantity(len(self), 'recipient'), *bad_rows(self._errors)])})"

    def __len__(self) -> int:
        return len(self._recipients)

    def __iter__(self) -> Iterator[Recipient]:
        return iter(self._recipients)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the recipients alone: hashes and kept records are for one process."""
        return type(self), (tuple(self), self._errors)

    @classmethod
    def from_file(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read a file that a directory was exported to, in whichever form: it is known by its content.

        The forms are CSV (Exchange 5.5: Q155594, Q184536; Get-Recipient, csvde, GAM), JSON (ConvertTo-Json, Graph),
        Format-List text, CLIXML, LDIF, Parquet and Arrow, which need the extra `arrow`. Bad rows and bad proxies are
        listed in `errors` by line, and the rest is kept. Entries of LDIF without addresses are no recipients.
        ConfigurationError for a file that can't be read, has none of the forms, or names no addresses.
        """
        return cls._from_rows(read_records(path, limits), str(path), limits)

    @classmethod
    def from_records(cls, records: object, *, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read mappings, or a table with the Arrow C data interface, as `from_file` does the objects of a file.

        Keys are the names of attributes in any export, and a value is text, or a list with an address each; the `row`
        of a recipient is the number of its record, from 1. TypeError for anything else.

        >>> jane = {"displayName": "Jane", "mail": "jane@contoso.com", "proxyAddresses": ["SMTP:jane@contoso.com"]}
        >>> Directory.from_records([jane]).find("jane@contoso.com")[0].row
        1
        """
        if isinstance(records, Iterator):  # an audit reads them again
            is_table = hasattr(records, "__arrow_c_stream__")
            rows = islice(records, limits.file_rows + 1)
            records = import_extra("pyarrow", "arrow").table(records) if is_table else list(rows)
        return cls._from_rows(records_of(records, limits), None, limits, records)

    @classmethod
    def from_csv(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read CSV as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(read_records(path, limits, Form.CSV), str(path), limits)

    @classmethod
    def from_json(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read JSON as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(read_records(path, limits, Form.JSON), str(path), limits)

    @classmethod
    def from_ldif(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read LDIF (RFC 2849) as `from_file` does; ConfigurationError for any other form."""
        return cls._from_rows(read_records(path, limits, Form.LDIF), str(path), limits)

    @classmethod
    def _from_rows(cls, rows: Records, source: str | None, limits: Limits, origin: object = None) -> Self:
        directory = cls.__new__(cls)
        directory._start(source if origin is None else origin)
        kept: list[Kept] = []
        errors = RowErrors(source, limits)
        for row in rows:
            if isinstance(row, RowError):
                errors.add(row)
                continue
            line, record = row
            keys = keys_of_record(record, limits)
            is_common = keys is not None and len(set(keys.keys)) == len(keys.keys)
            if keys is None:
                try:
                    recipient, bad = read_record(record, line, source, limits)
                except AddressSyntaxError as error:  # the row has more proxies than the limits allow
                    errors.add(RowError(error.code, error.message, line, source, error))
                    continue
                keys = keys_of_recipient(recipient)
                left_out = f"a proxy of {visible(recipient.label[:_SHOWN])} is left out:"
                for cause in bad:
                    errors.add(RowError("bad-proxy", f"{left_out} {cause}", line, source, cause))
                for member in record.unread:
                    message = f"{left_out} expected text, or an object with {ADDRESS_KEYS[0]}, not {member!r}"
                    errors.add(RowError("bad-proxy", message[:_SHOWN], line, source))
                for proxy in filter(_is_joined, recipient.proxies):
                    shown = visible(f"{recipient.label[:_SHOWN]} is found by none of several addresses in one value")
                    errors.add(RowError("joined-values", f"{shown}: {visible(str(proxy)[:_SHOWN])}", line, source))
            directory._add(keys, len(kept))
            kept.append(kept_record(line, record, is_common=is_common))
        directory._recipients = Recipients(kept, source, limits)
        directory._errors = tuple(errors.listed())
        return directory


def _is_joined(proxy: ProxyAddress) -> bool:
    return any(finding.code == "joined-values" for finding in proxy.reading)
