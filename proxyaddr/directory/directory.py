"""Directory: recipients, found by any of their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Self

from proxyaddr._files.objects import ADDRESS_KEYS, Form
from proxyaddr._files.row_errors import RowErrors
from proxyaddr._optional import import_extra
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.directory.common_lists import Keys
from proxyaddr.directory.files import Records, read_records, records_of
from proxyaddr.directory.keys import (
    Holders,
    key_of_address,
    keys_of_recipient,
    keys_of_record,
    or_keys_of_recipient,
)
from proxyaddr.directory.reading import Kept, Recipients, kept_record, read_record
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError, RowError, bad_rows, check_type, quantity, visible
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Directory"]

_SHOWN = 200
"""Characters of a message about a member of a list that is no address, and of the recipient's name in each."""


class Directory:
    """Recipients in the order given, found by any of their proxies or their legacy DN. Immutable.

    Of a file, the records are kept and every address is indexed; a recipient is made when it is asked for. One with
    five addresses takes less than 1 KB so, and a look-up takes the same time whatever the size of the directory.
    """

    __slots__ = ("_errors", "_holders", "_or_holders", "_origin", "_recipients", "_with_or_addresses")

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
        wanted = address if isinstance(address, TypedAddress) else parse(address)
        key = key_of_address(wanted)
        may_hold = (self._recipients[number] for number in self._holders_of(wanted).with_key(key))
        return tuple(recipient for recipient in may_hold if recipient.held_as(wanted) is not None)

    def kept_with(self, key: str) -> list[Kept]:
        """Return the recipients that may hold an address, or what each is made of, by the key of the address.

        Each is to be asked whether it does. Keys are those of `key_of_address`; O/R addresses are not found so.
        """
        return [self._recipients.kept[number] for number in self._holders.with_key(key)]

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
            is_common = keys is not None
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
            directory._add(keys, len(kept))
            kept.append(kept_record(line, record, is_common=is_common))
        directory._recipients = Recipients(kept, source, limits)
        directory._errors = tuple(errors.listed())
        return directory
