"""What `route` does with the addresses of a batch: the columns that it adds, and what it counts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr.bulk.answers import ERROR, Answer, Cells, first_of, whole, without
from proxyaddr.bulk.routed import address_types, internet_domains, shaped, unbracketed, without_names
from proxyaddr.bulk.routed_answers import TABLE_INCOMPLETE, UNKNOWN, UnreadInRun, fates, said_of
from proxyaddr.bulk.summary import SHOWN, Chart, Fact, Line, Tone
from proxyaddr.bulk.tally import MOST_DISTINCT, MOST_TYPES, Tally, counts
from proxyaddr.columns.dictionaries import MATCH_KINDS, WORDS
from proxyaddr.routing.answers import is_certain
from proxyaddr.routing.table import RoutingTable
from proxyaddr.routing.unread import UnreadLines

__all__ = ["Route"]


class Route:
    """Adds connector, match, cost and address space of the route of an address; `source` is the name of the table.

    A table that does not know its accepted domains adds `unknown`, the code of rows that may fall under them, and one
    with unread lines `table_incomplete`, whether one of these could have taken the row. A row that is no address is a
    bad one, unless the run is `lenient`: then the table is asked about every text.
    """

    name = "route"

    def __init__(self, table: RoutingTable, source: str, unread: UnreadLines, *, lenient: bool = False) -> None:
        self._table, self._source, self._lenient = table, source, lenient
        self._router = columns.Router(table)
        self._unread = UnreadInRun(table, unread)
        self._spaces = pa.array([str(route.space) for route in table.routes], pa.string())
        self.fields = (
            pa.field("connector", WORDS),
            pa.field("match", MATCH_KINDS),
            pa.field("cost", pa.int32()),
            pa.field("address_space", WORDS),
            *(() if is_certain(table) else (pa.field(UNKNOWN, WORDS),)),
            *((pa.field(TABLE_INCOMPLETE, pa.bool_()),) if self._unread.lines else ()),
            pa.field(ERROR, pa.string()),
        )
        self._places = {field.name: place for place, field in enumerate(self.fields)}
        self._routed = self._unrouted = self._unknown = 0
        self._unrouted_types, self._unrouted_domains = Tally(MOST_TYPES), Tally(MOST_DISTINCT)
        self._types, self._connectors, self._matches = Tally(MOST_TYPES), Tally(MOST_TYPES), Tally(MOST_TYPES)

    def answer(self, cells: Cells) -> Answer:
        """Return the columns; brackets and shapes are read first, as for a single address."""
        errors = cells.errors if cells.parsed is None else first_of(cells.errors, cells.parsed.field(ERROR))
        asked, errors = unbracketed(without(cells.addresses, pc.is_valid(errors)), errors)
        if not self._lenient:
            asked, errors = without_names(asked, errors, pc.or_(cells.are_plain, cells.are_parsed), self._table)
        asked = shaped(asked)
        index, connector, match, cost, *unknown = whole(self._router.route(asked))
        used = pc.if_else(pc.less(index, 0), pa.scalar(None, pa.int32()), index).dictionary_encode()
        space = pa.DictionaryArray.from_arrays(used.indices, self._spaces.take(used.dictionary))
        doubts = [self._unread.could_match(asked)] if self._unread.lines else []
        found = [connector, match, cost, space, *unknown, *doubts, errors]
        return Answer([column.cast(field.type) for column, field in zip(found, self.fields, strict=True)], asked)

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count routed addresses, and unrouted ones by type; in detail also connectors, matches, types and domains."""
        connector, match, errors = answer.columns[0], answer.columns[1], answer.errors
        self._routed += len(connector) - connector.null_count
        if detailed:
            self._connectors.add(counts(connector))
            self._matches.add(counts(match))
            self._types.add(address_types(answer.addresses.filter(pc.is_null(errors)), self._table))
        if TABLE_INCOMPLETE in self._places:
            self._unread.count(answer.columns[self._places[TABLE_INCOMPLETE]])
        if connector.null_count > len(errors) - errors.null_count:
            is_left = pc.and_(pc.is_null(connector), pc.is_null(errors))
            if UNKNOWN in self._places:
                unknown = answer.columns[self._places[UNKNOWN]]
                self._unknown += len(unknown) - unknown.null_count
                is_left = pc.and_(is_left, pc.is_null(unknown))
            unrouted = answer.addresses.filter(is_left).drop_null()
            self._unrouted += len(unrouted)
            self._unrouted_types.add(address_types(unrouted, self._table))
            if detailed:
                self._unrouted_domains.add(internet_domains(unrouted))

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where an address has no route, or one that is not known."""
        return 1 if self._unrouted or self._unknown else 0

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        types = self._unrouted_types.most_common()
        return {
            "routed": self._routed,
            "unrouted": self._unrouted,
            "unrouted_by_type": types,
            "no_route": fates(types, self._table),
            **({UNKNOWN: self._unknown} if UNKNOWN in self._places else {}),
            **self._unread.record(),
        }

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        fate = said_of(fates(self._unrouted_types.most_common(), self._table))
        ending = f": {fate}" if fate else ""
        lines = [
            Line("routed", self._routed, "rows routed to a connector"),
            Line(f"unrouted{ending}", self._unrouted, f"rows without a route{ending}", self._unrouted_types),
        ]
        if self._unknown:
            lines.append(Line("unknown: the accepted domains are not given", self._unknown, "rows of unknown route"))
        if self._unread.lines:
            lines.append(Line(self._unread.said(), self._unread.lines, self._unread.said()))
        return lines

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
