"""Recipients of records: what an export says of one is kept as bytes until it is asked for, and read then."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import overload

from proxyaddr._text.types import TRIMMED
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse_proxy
from proxyaddr.addresses.proxy_list import read_recipient
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.directory.recipient import Recipient
from proxyaddr.directory.records import Record
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["IDENTIFYING", "Kept", "Recipients", "kept_record", "read_record", "record_kept"]

Kept = Recipient | bytes
"""A recipient, or the record that one is made of when it is asked for."""

IDENTIFYING = ("dn", "id", "mail", "user_principal_name", "alias")
"""What tells a recipient from others, beside its name and its row."""

_IDENTITY = attrgetter(*IDENTIFYING)

_WORDS = attrgetter(
    *("display_name", "name", "alias", "dn", "id", "mail", "user_principal_name", "legacy_dn", "type"),
    *("primary", "target", "proxies", "secondary_proxies"),
)
"""The fields of a record that a recipient is made of, in the order of the class."""


def kept_record(line: int, record: Record, *, is_common: bool = False) -> bytes:
    """Return a record and its line as bytes, which take a fifth of the room of a recipient.

    They are for this process alone: a directory that is pickled goes without them. `is_common` says that all addresses
    are in the forms of `common_lists`.
    """
    return marshal.dumps((line, is_common, *_WORDS(record)))


def record_kept(kept: bytes) -> tuple[int, Record]:
    """Return the line and the record that were kept."""
    line, _, *words = marshal.loads(kept)  # noqa: S302 - it reads what this process wrote
    return line, Record(*words)


class Recipients(Sequence[Recipient]):
    """The recipients of a directory, each made when it is asked for. Immutable; equal to a sequence of the same ones.

    Those of a file are the records of its `source` until then, read with its `limits`.
    """

    __slots__ = ("_kept", "_limits", "_source")

    def __init__(self, kept: Sequence[Kept], source: str | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        self._kept = kept
        self._source = source
        self._limits = limits

    @property
    def kept(self) -> Sequence[Kept]:
        """The recipients, or what each is made of."""
        return self._kept

    def identities(self, start: int, end: int) -> Iterator[tuple[int | None, *tuple[str | None, ...]]]:
        """Yield the row of each, and what identifies it, without making a recipient of a record."""
        for kept in self._kept[start:end]:
            row, source = (kept.row, kept) if isinstance(kept, Recipient) else record_kept(kept)
            yield row, *(text or None for text in _IDENTITY(source))

    @overload
    def __getitem__(self, index: int) -> Recipient: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Recipient, ...]: ...
    def __getitem__(self, index: int | slice) -> Recipient | tuple[Recipient, ...]:
        if isinstance(index, slice):
            return tuple(map(self._made, self._kept[index]))
        return self._made(self._kept[index])

    def __iter__(self) -> Iterator[Recipient]:
        return map(self._made, self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _made(self, kept: Kept) -> Recipient:
        if isinstance(kept, Recipient):
            return kept
        line, record = record_kept(kept)
        return read_record(record, line, self._source, self._limits)[0]


def read_record(
    record: Record, line: int, source: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[Recipient, list[AddressSyntaxError]]:
    """Return the recipient of a record, and the errors of its addresses that do not parse.

    AddressSyntaxError for more proxies than the limits allow.
    """
    bad: list[AddressSyntaxError] = []
    target = _address(record.target, bad, limits)
    primary = _address(record.primary, bad, limits)
    if primary is not None:
        primary = replace(primary, is_primary=True)
    held = read_recipient(record.proxies, record.secondary_proxies, primary, limits)
    bad += held.errors
    recipient = Recipient(
        record.display_name or record.name or record.alias or str(target or held.primary() or f"row {line}"),
        ProxyList(held, findings=held.findings),
        target,
        record.alias or None,
        record.legacy_dn.strip(TRIMMED) or None,
        dn=record.dn or None,
        id=record.id or None,
        mail=record.mail or None,
        user_principal_name=record.user_principal_name or None,
        type=record.type or None,
        source=source,
        row=line,
    )
    return recipient, bad


def _address(text: str, bad: list[AddressSyntaxError], limits: Limits) -> ProxyAddress | None:
    """Return the address of a field, None for an empty one and for one that does not parse: its error goes to `bad`."""
    try:
        return parse_proxy(text, limits=limits) if text.strip(TRIMMED) else None
    except AddressSyntaxError as error:
        bad.append(error)
        return None
