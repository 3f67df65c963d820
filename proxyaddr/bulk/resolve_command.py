"""What `resolve` does with the addresses of a batch: the columns that it adds, and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.bulk.answers import ERROR, Answer, Cells, first_of, without
from proxyaddr.bulk.routed_answers import TABLE_INCOMPLETE, UnreadInRun
from proxyaddr.bulk.summary import Chart, Fact, Line, Tone
from proxyaddr.bulk.tally import MOST_TYPES, Tally, counts
from proxyaddr.columns.resolving import SCHEMA, Resolver
from proxyaddr.delivery.connector import InternetMailService
from proxyaddr.delivery.site import Site
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import quantity
from proxyaddr.routing.unread import UnreadLines

__all__ = ["Resolve"]

_ERROR_FIELD = pa.field(ERROR, pa.string())


class Resolve:
    """Adds what becomes of an address, or of a recipient of a directory, as `proxyaddr.columns.resolve` says it.

    `sources` are what the report says of the settings and the directory. A table with unread lines adds
    `table_incomplete`, whether one of these could have taken an address that the answer rests on.
    """

    name = "resolve"

    def __init__(
        self, configured: InternetMailService | Site, unread: UnreadLines | None, sources: Iterable[Fact] = ()
    ) -> None:
        self._configured, self._sources = configured, sources
        self._resolver = Resolver(configured)
        table = configured.routing_table
        self._unread = None if table is None or unread is None or not unread.count else UnreadInRun(table, unread)
        doubts = () if self._unread is None else (pa.field(TABLE_INCOMPLETE, pa.bool_()),)
        self.fields = (*list(SCHEMA)[:-1], *doubts, _ERROR_FIELD)
        self._delivered = self._returned = 0
        self._rules, self._connectors, self._codes = Tally(MOST_TYPES), Tally(MOST_TYPES), Tally(MOST_TYPES)

    def answer(self, cells: Cells) -> Answer:
        """Return the columns for addresses."""
        errors = cells.errors if cells.parsed is None else first_of(cells.errors, cells.parsed.field(ERROR))
        asked = without(cells.addresses, pc.is_valid(errors))
        found = self._resolver.array(asked)
        texts = asked.cast(pa.string()).to_pylist() if self._unread is not None else ()
        return self._answer(found, texts, first_of(errors, found.column(ERROR).cast(pa.string())), asked)

    def of_directory(self, directory: Directory) -> Iterator[Answer]:
        """Yield the columns for the recipients of a directory, some ten thousand at a time."""
        start = 0
        for found in self._resolver.directory(directory):
            end = start + found.num_rows
            recipients = () if self._unread is None else directory.recipients[start:end]
            yield self._answer(found, recipients, found.column(ERROR).cast(pa.string()), found.column("recipient"))
            start = end

    def _answer(self, found: pa.RecordBatch, asked: Iterable[Any], errors: pa.Array, addresses: pa.Array) -> Answer:
        columns = found.columns[:-1]
        if self._unread is not None:
            decided = pc.is_valid(found.column("rule"))
            pairs = zip(asked, decided.to_pylist(), strict=True)
            rested = [is_decided and self._rests_on_unread(each, self._unread.could_take) for each, is_decided in pairs]
            taken = pc.fill_null(self._unread.could_match(found.column("chosen_address")), False)
            doubted = pc.or_(taken, pa.array(rested, pa.bool_()))
            columns.append(pc.if_else(decided, doubted, pa.scalar(None, pa.bool_())))
        return Answer([*columns, errors], addresses)

    def _rests_on_unread(self, asked: str | Recipient, could_take: Callable[[TypedAddress], bool]) -> bool:
        """Return whether an unread line could take an address by which a site chooses the connector."""
        if isinstance(self._configured, InternetMailService):
            return False
        addresses = self._configured.addresses_of(parse(asked) if isinstance(asked, str) else asked)
        return any(map(could_take, addresses))

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count rules, connectors and codes."""
        columns = dict(zip([field.name for field in self.fields], answer.columns, strict=True))
        delivered = columns["delivered"]
        self._delivered += delivered.true_count
        self._returned += delivered.false_count
        for tally, name in ((self._rules, "rule"), (self._connectors, "connector"), (self._codes, "code")):
            tally.add(counts(columns[name]))
        if self._unread is not None:
            self._unread.count(columns[TABLE_INCOMPLETE])

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where something comes back."""
        return 1 if self._returned else 0

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        return {
            "delivered": self._delivered,
            "returned": self._returned,
            "rules": self._rules.most_common(),
            "connectors": self._connectors.most_common(),
            "codes": self._codes.most_common(),
            **({} if self._unread is None else self._unread.record()),
        }

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        lines = [
            Line("delivered", self._delivered, "rows delivered", self._connectors),
            Line("returned", self._returned, "rows that come back", self._codes),
        ]
        if self._unread is not None:
            lines.append(Line(self._unread.said(), self._unread.lines, self._unread.said()))
        return lines

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [
            Chart("Delivered rows by connector", "connector", self._connectors),
            Chart("Rows by the rule that decided", "rule", self._rules),
            Chart("Returned rows by code", "code", self._codes, Tone.WARNING),
        ]

    def facts(self) -> list[Fact]:
        """Return the connectors with what they send, the size of the routing table, and where both are from."""
        configured = self._configured
        services = [configured] if isinstance(configured, InternetMailService) else list(configured.services.values())
        facts = [Fact("Connectors", [f"{service.name}: sends {service.outbound_type}" for service in services])]
        if (table := configured.routing_table) is not None:
            facts.append(Fact("Routing table", [f"{quantity(len(table.routes), 'route')}, dialect {table.dialect}"]))
        return [*facts, *self._sources]
