"""What `parse` and `route` do with the addresses of a batch: the columns that they add, and what they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.addresses.parser import parse
from proxyaddr.bulk.summary import SHOWN, Chart, Counted, Fact, Line, Tone
from proxyaddr.bulk.tally import MOST_DISTINCT, MOST_TYPES, Tally, counts
from proxyaddr.columns.dictionaries import MATCH_KINDS, WORDS
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.routing.table import RoutingTable
from proxyaddr.spaces.matching import read_address

__all__ = ["ERROR", "Answer", "Command", "Parse", "Route", "address_types", "error_column"]

ERROR = "error"
"""The last column that is added: the code of the error that makes a row bad, null for good rows."""

_DOMAIN = r"(?i)^(?:[^:]*\bSMTP:)?[^:]*@(?P<domain>[^@\s]+?)[>\]]?\s*$"
"""The domain of an Internet address, with its type or without."""

_PREFIX = r"^(?P<prefix>[^:]*):"


class Answer(NamedTuple):
    """The added columns of a batch, and the addresses that they are about: without brackets, null for bad rows."""

    columns: list[pa.Array]
    addresses: pa.Array

    @property
    def errors(self) -> pa.Array:
        """The last of the columns: the code of each bad row."""
        return self.columns[-1]


class Command(Counted, Protocol):
    """What a run does with each batch."""

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns that are added; the last one is `error`."""

    def answer(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Answer:
        """Return the added columns for a batch of addresses.

        `errors` are the codes of rows that are known to be bad; `parsed` is given where the addresses are items of
        lists that were parsed with their list.
        """

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count an answer; `detailed` asks for the counts that only the report shows."""


class Parse:
    """Adds type, value and is_primary, as `proxyaddr.parse` returns them."""

    name = "parse"
    status = 0
    fields = (
        pa.field("type", WORDS),
        pa.field("value", pa.string()),
        pa.field("is_primary", pa.bool_()),
        pa.field(ERROR, pa.string()),
    )

    def __init__(self) -> None:
        self._types = Tally(MOST_TYPES)

    def answer(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Answer:
        """Return the four columns."""
        if parsed is not None:
            found = [parsed.field(field.name).cast(field.type) for field in self.fields]
        else:
            found = _whole(columns.parse(_without_bad(addresses, errors)))
        return Answer([*found[:-1], _first_of(errors, found[-1].cast(pa.string()))], addresses)

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count the types."""
        self._types.add(counts(answer.columns[0]))

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        return {"parsed": self._types.total(), "parsed_by_type": self._types.most_common()}

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        return [Line("parsed", self._types.total(), "rows parsed", self._types)]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [Chart("Rows by type", "type", self._types)]

    def facts(self) -> list[Fact]:
        """Return nothing: no other file is read."""
        return []


class Route:
    """Adds connector, match, cost and address space of the route of an address; `source` is the name of the table."""

    name = "route"

    def __init__(self, table: RoutingTable, source: str) -> None:
        self._table, self._source = table, source
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

    def answer(self, addresses: pa.Array, errors: pa.Array, parsed: pa.StructArray | None) -> Answer:
        """Return the five columns; text in brackets or angles is parsed first, as for a single address."""
        if parsed is not None:
            errors = _first_of(errors, parsed.field(ERROR))
        asked, errors = _unbracketed(_without_bad(addresses, errors), errors)
        index, *found = _whole(self._router.route(asked))
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
                self._unrouted_domains.add(_domains(unrouted))

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


def address_types(addresses: pa.Array) -> dict[str, int]:
    """Return the number of addresses of each type, by the types that routing reads; nulls are left out."""
    texts = addresses.cast(pa.string()).drop_null()
    typed = texts.filter(pc.greater_equal(pc.find_substring(texts, ":"), 0))
    found = {DEFAULT_TYPE: len(texts) - len(typed)} if len(texts) > len(typed) else {}
    for prefix, count in counts(pc.extract_regex(typed, _PREFIX).field("prefix")).items():
        name = read_address(f"{prefix}:x").type
        found[name] = found.get(name, 0) + count
    return found


def _domains(addresses: pa.Array) -> dict[str, int]:
    """Return the number of addresses of each Internet domain, in lower case."""
    found = pc.extract_regex(addresses.cast(pa.string()), _DOMAIN)
    return counts(pc.utf8_lower(found.field("domain").filter(found.is_valid())))


def error_column(length: int, codes: Mapping[int, str]) -> pa.Array:
    """Return the column of errors of so many rows, from the codes of the bad ones."""
    if not codes:
        return pa.nulls(length, pa.string())
    return pa.array([codes.get(row) for row in range(length)], pa.string())


def _whole(table: pa.Table) -> list[pa.Array]:
    """Return the columns of a table, each as one array."""
    found = [column.combine_chunks() for column in table.columns]
    return [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in found]


def _first_of(known: pa.Array, found: pa.Array) -> pa.Array:
    """Return the known error of each row, or the error found where none was known."""
    if known.null_count == len(known):
        return found
    return pc.coalesce(known, found)


def _without_bad(addresses: pa.Array, errors: pa.Array) -> pa.Array:
    """Return the addresses with null in place of those of bad rows."""
    if errors.null_count == len(errors):
        return addresses
    if pa.types.is_dictionary(addresses.type):
        addresses = addresses.dictionary_decode()
    return pc.if_else(pc.is_valid(errors), pa.scalar(None, addresses.type), addresses)


def _unbracketed(addresses: pa.Array, errors: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return addresses in brackets or angles as TYPE:VALUE, all others as they are, and the errors of both."""
    texts = addresses.dictionary if pa.types.is_dictionary(addresses.type) else addresses
    if pa.types.is_null(texts.type) or not _may_be_bracketed(texts):
        return addresses, errors
    plain = addresses.cast(pa.string())
    mask = pc.fill_null(_bracketed(plain), False)
    rows = pc.indices_nonzero(mask).to_pylist()
    typed: list[str | None] = []
    codes: dict[int, str] = {}
    for row, text in zip(rows, plain.filter(mask).to_pylist(), strict=True):
        try:
            address = parse(text)
        except AddressSyntaxError as error:
            codes[row] = error.code
            typed.append(None)
        else:
            typed.append(f"{address.type}:{address.value}")
    plain = pc.replace_with_mask(plain, mask, pa.array(typed, pa.string()))
    return plain, _first_of(errors, error_column(len(plain), codes)) if codes else errors


def _may_be_bracketed(texts: pa.Array) -> bool:
    """Return whether a bracket is anywhere in a column: all bytes at once take a tenth of the time of row by row."""
    if not pa.types.is_string(texts.type):
        texts = texts.cast(pa.string())
    _, offsets, data = texts.buffers()
    places = memoryview(offsets).cast("i")
    start, end = places[texts.offset], places[texts.offset + len(texts)]
    text = data.slice(start, end - start).to_pybytes()
    return b"[" in text or b"<" in text


def _bracketed(texts: pa.Array) -> pa.Array:
    return pc.or_(pc.match_substring(texts, "["), pc.match_substring(texts, "<"))
