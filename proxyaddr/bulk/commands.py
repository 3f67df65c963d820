"""What `parse` and `route` do with the addresses of a batch: the columns that they add, and what they count."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr._text.types import type_named
from proxyaddr.bulk.answers import ERROR, FINDINGS, Answer, Cells, first_of, replaced, whole, without
from proxyaddr.bulk.column_types import read_as
from proxyaddr.bulk.finding_counts import FindingCounts
from proxyaddr.bulk.judging import CODES, judge_text, judged, judged_lists
from proxyaddr.bulk.routed import address_types, internet_domains, shaped, unbracketed, without_names
from proxyaddr.bulk.summary import SHOWN, Chart, Fact, Line, Tone
from proxyaddr.bulk.tally import MOST_DISTINCT, MOST_TYPES, Tally, counts
from proxyaddr.columns.dictionaries import MATCH_KINDS, WORDS
from proxyaddr.routing.table import RoutingTable

__all__ = ["Parse", "Route"]


class Parse:
    """Adds type, value and is_primary, as `proxyaddr.parse` returns them, and what `validate()` says.

    `type` is that of `parse`: the type of values that name none. AddressSyntaxError where it is no type.
    """

    name = "parse"
    fields = (
        pa.field("type", WORDS),
        pa.field("value", pa.string()),
        pa.field("is_primary", pa.bool_()),
        pa.field(FINDINGS, CODES),
        pa.field(ERROR, pa.string()),
    )

    def __init__(self, type: str | None = None) -> None:
        self._given = None if type is None else type_named(type)
        self._types = Tally(MOST_TYPES)
        self._findings = FindingCounts()

    def answer(self, cells: Cells) -> Answer:
        """Return the five columns."""
        texts = cells.texts
        if self._given is None:
            types, values, primary, errors = whole(columns.parse(texts))
            findings = judged(texts, cells.are_plain, pc.is_valid(values), judge_text)
        else:
            types, values, primary, findings, errors = read_as(texts, self._given)
        if cells.origin is not None and cells.parsed is None:
            findings = judged_lists(findings, cells.origin, texts, types, primary, cells.are_plain)
        found = [types, values, primary, findings, errors.cast(pa.string())]
        if cells.parsed is not None:
            found = replaced(found, cells.are_parsed, cells.parsed.drop_null().flatten())
        typed = [column.cast(field.type) for column, field in zip(found, self.fields, strict=True)]
        return Answer([*typed[:-1], first_of(cells.errors, typed[-1])], cells.addresses)

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count the types and the findings."""
        self._types.add(counts(answer.columns[0]))
        self._findings.add(answer.columns[3])

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where a finding has the severity error."""
        return self._findings.status

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        parsed = {"parsed": self._types.total(), "parsed_by_type": self._types.most_common()}
        return parsed | self._findings.record()

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        return [Line("parsed", self._types.total(), "rows parsed", self._types), *self._findings.lines()]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [Chart("Rows by type", "type", self._types), *self._findings.charts()]

    def facts(self) -> list[Fact]:
        """Return nothing: no other file is read."""
        return []


class Route:
    """Adds connector, match, cost and address space of the route of an address; `source` is the name of the table.

    A row that is no address is a bad one, unless the run is `lenient`: then the table is asked about every text.
    """

    name = "route"

    def __init__(self, table: RoutingTable, source: str, *, lenient: bool = False) -> None:
        self._table, self._source, self._lenient = table, source, lenient
        self._router = columns.Router(table)
        self._spaces = pa.array([str(route.space) for route in table.routes], pa.string())
        self.fields = (
            pa.field("connector", WORDS),
            pa.field("match", MATCH_KINDS),
            pa.field("cost", pa.int32()),
            pa.field("address_space", WORDS),
            pa.field(ERROR, pa.string()),
        )
        self._routed = self._unrouted = 0
        self._unrouted_types, self._unrouted_domains = Tally(MOST_TYPES), Tally(MOST_DISTINCT)
        self._types, self._connectors, self._matches = Tally(MOST_TYPES), Tally(MOST_TYPES), Tally(MOST_TYPES)

    def answer(self, cells: Cells) -> Answer:
        """Return the five columns; brackets and shapes are read first, as for a single address."""
        errors = cells.errors if cells.parsed is None else first_of(cells.errors, cells.parsed.field(ERROR))
        asked, errors = unbracketed(without(cells.addresses, pc.is_valid(errors)), errors)
        if not self._lenient:
            asked, errors = without_names(asked, errors, pc.or_(cells.are_plain, cells.are_parsed))
        asked = shaped(asked)
        index, *found = whole(self._router.route(asked))
        used = pc.if_else(pc.less(index, 0), pa.scalar(None, pa.int32()), index).dictionary_encode()
        space = pa.DictionaryArray.from_arrays(used.indices, self._spaces.take(used.dictionary))
        typed = [column.cast(field.type) for column, field in zip(found, self.fields, strict=False)]
        return Answer([*typed, space, errors], asked)

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count routed addresses, and unrouted ones by type; in detail also connectors, matches, types and domains."""
        connector, match, errors = answer.columns[0], answer.columns[1], answer.errors
        self._routed += len(connector) - connector.null_count
        if detailed:
            self._connectors.add(counts(connector))
            self._matches.add(counts(match))
            self._types.add(address_types(answer.addresses.filter(pc.is_null(errors))))
        if connector.null_count > len(errors) - errors.null_count:
            unrouted = answer.addresses.filter(pc.and_(pc.is_null(connector), pc.is_null(errors))).drop_null()
            self._unrouted += len(unrouted)
            self._unrouted_types.add(address_types(unrouted))
            if detailed:
                self._unrouted_domains.add(internet_domains(unrouted))

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where an address has no route."""
        return 1 if self._unrouted else 0

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        return {
            "routed": self._routed,
            "unrouted": self._unrouted,
            "unrouted_by_type": self._unrouted_types.most_common(),
        }

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        return [
            Line("routed", self._routed, "rows routed to a connector"),
            Line("unrouted", self._unrouted, "rows without a route", self._unrouted_types),
        ]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        domains = self._unrouted_domains
        bounds = f"Counts are lower bounds: at most {MOST_DISTINCT:,} domains are kept at a time. "
        note = f"{'' if domains.is_exact else bounds}Internet addresses without a route."
        return [
            Chart("Routed rows by connector", "connector", self._connectors),
            Chart("Rows by type", "type", self._types),
            Chart("Routed rows by kind of match", "match", self._matches),
            Chart("Unrouted rows by type", "type", self._unrouted_types, Tone.WARNING),
            Chart("Unrouted rows by domain", "domain", domains, Tone.WARNING, note, keeps_end=True),
        ]

    def facts(self) -> list[Fact]:
        """Return the name and size of the routing table, and how many of its lines could not be read, and the first."""
        routes, errors = len(self._table.routes), self._table.errors
        of_table = f"{self._source}: {routes:,} {'route' if routes == 1 else 'routes'}, dialect {self._table.dialect}"
        unread = [str(error).partition("\n")[0] for error in errors[:SHOWN]]
        return [
            Fact("Routing table", [of_table]),
            Fact("Unread lines", [f"{len(errors):,}", *unread], Tone.WARNING if errors else Tone.NEUTRAL),
        ]
