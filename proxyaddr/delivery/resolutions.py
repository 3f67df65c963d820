"""Resolutions: what becomes of many recipients, each as one at a time, and the counts of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple, overload

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.deciding import DELIVERING, NO_ROUTE, Decided, Decider
from proxyaddr.delivery.outcomes import Delivery, NonDelivery
from proxyaddr.delivery.rules import RULES, Refusal
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.reading import Recipients
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import ProxyAddrError, RowError, quantity
from proxyaddr.routing.table import RoutingTable

__all__ = ["CODES", "Resolutions"]

CODES = {rule.name: rule.reason.code for rule in RULES if isinstance(rule, Refusal)}
"""The code of the report of each rule that returns mail."""


class _Counts(NamedTuple):
    rules: Counter[str]
    routes: Counter[int]
    errors: list[RowError]
    findings: Counter[str]


class Resolutions(Sequence[Delivery | NonDelivery]):
    """What becomes of many recipients, in their order. Immutable.

    An item is resolved when it is asked for, and raises then what `resolve` raises. The counts are over all: they are
    found at once, without a Delivery or NonDelivery for each.
    """

    def __init__(self, decider: Decider, recipients: Iterable[str | TypedAddress | ProxyList | Recipient]) -> None:
        if isinstance(recipients, str | bytes) or not isinstance(recipients, Iterable):
            raise TypeError(f"recipients must be an iterable of recipients, not {type(recipients).__name__}")
        if isinstance(recipients, Directory):
            recipients = recipients.recipients
        # A list may change, and the counts would be of others than the items
        self._recipients = recipients if isinstance(recipients, Recipients) else tuple(recipients)
        self._decider = decider

    @overload
    def __getitem__(self, index: int) -> Delivery | NonDelivery: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Delivery | NonDelivery, ...]: ...
    def __getitem__(self, index: int | slice) -> Delivery | NonDelivery | tuple[Delivery | NonDelivery, ...]:
        if isinstance(index, slice):
            return tuple(map(self._decider.one, self._recipients[index]))
        return self._decider.one(self._recipients[index])

    def __iter__(self) -> Iterator[Delivery | NonDelivery]:
        return map(self._decider.one, self._recipients)

    def __len__(self) -> int:
        return len(self._recipients)

    def __repr__(self) -> str:
        return f"Resolutions({quantity(len(self), 'recipient')})"

    def others(self, recipients: Iterable[str | TypedAddress | ProxyList | Recipient]) -> Resolutions:
        """Return what becomes of others by the same connectors, whose table is compiled once."""
        return Resolutions(self._decider, recipients)

    def blocks(self) -> Iterator[Decided]:
        """Yield what is decided on the recipients, some thousands at a time."""
        return self._decider.blocks(self._recipients)

    @property
    def table(self) -> RoutingTable | None:
        """The table of whose routes the blocks have the indices."""
        return self._decider.table

    @property
    def rules(self) -> Mapping[str, int]:
        """How many recipients each rule decided on, the most first."""
        return dict(self._counts.rules.most_common())

    @property
    def connectors(self) -> Mapping[str, int]:
        """How many recipients go out through each connector, the most first; none where routing is not simulated."""
        found: Counter[str] = Counter()
        for index, count in self._counts.routes.items():
            found[self._decider.connectors[index]] += count
        return dict(found.most_common())

    @property
    def codes(self) -> Mapping[str, int]:
        """How many recipients come back with each code of a report, the most first."""
        found: Counter[str] = Counter()
        for rule, count in self._counts.rules.items():
            if rule in CODES:
                found[CODES[rule]] += count
        return dict(found.most_common())

    @property
    def delivered(self) -> int:
        """How many recipients the mail goes out to."""
        return sum(count for rule, count in self._counts.rules.items() if rule in DELIVERING)

    @property
    def findings(self) -> Mapping[str, int]:
        """In the addresses of how many recipients each code of a finding is, the most first."""
        return dict(self._counts.findings.most_common())

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The errors of the recipients that can't be resolved, with their numbers, from 1, as the line."""
        return tuple(self._counts.errors)

    @cached_property
    def _counts(self) -> _Counts:
        counts = _Counts(Counter(), Counter(), [], Counter())
        start = 1
        for block in self.blocks():
            counts.rules.update(rule for rule in block.rules if rule is not None)
            counts.routes.update(route for route in block.routes if route != NO_ROUTE)
            counts.errors.extend(_row_error(error, start + row) for row, error in block.errors.items())
            counts.findings.update(chain.from_iterable(block.findings.values()))
            start += len(block.rules)
        return counts


def _row_error(error: ProxyAddrError, row: int) -> RowError:
    message = getattr(error, "message", str(error))
    return RowError(error.code, message, row, cause=error)
