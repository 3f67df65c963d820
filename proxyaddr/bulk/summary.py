"""What a run came to: rows, routed and unrouted ones by type, errors by code; for people and as one object."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.counting import Tally, counts
from proxyaddr.errors import visible
from proxyaddr.spaces.matching import read_address

__all__ = ["Summary", "address_types"]

MOST_TYPES = 1000
"""Distinct types, codes and connectors that are counted by name."""

SHOWN = 10
"""Of those, how many a line for people names."""

_DOMAIN = r"(?i)^(?:[^:]*\bSMTP:)?[^:]*@(?P<domain>[^@\s]+?)[>\]]?\s*$"
"""The domain of an Internet address, with its type or without."""

_PREFIX = r"^(?P<prefix>[^:]*):"


def _tally() -> Tally:
    return Tally(MOST_TYPES)


@dataclass
class Summary:
    """Counts of one run, added up batch by batch. `detailed` counts what only a report shows."""

    command: str
    detailed: bool = False
    rows: int = 0
    addresses: int = 0
    blank: int = 0
    routed: int = 0
    unrouted: int = 0
    escaped: int = 0
    errors: Tally = field(default_factory=_tally)
    types: Tally = field(default_factory=_tally)
    unrouted_types: Tally = field(default_factory=_tally)
    connectors: Tally = field(default_factory=_tally)
    matches: Tally = field(default_factory=_tally)
    unrouted_domains: Tally = field(default_factory=Tally)

    @property
    def status(self) -> int:
        """The exit status: 2 for bad rows, 1 for addresses without a route, 0."""
        return 2 if self.errors.total() else 1 if self.unrouted else 0

    def add_route(self, addresses: pa.Array, connector: pa.Array, match: pa.Array, errors: pa.Array) -> None:
        """Count addresses that were routed or not."""
        blank = self._add(addresses, errors)
        routed, bad = len(connector) - connector.null_count, len(errors) - errors.null_count
        unrouted = len(addresses) - blank - routed - bad
        self.routed += routed
        if self.detailed:
            self.connectors.add(counts(connector))
            self.matches.add(counts(match))
            self.types.add(address_types(addresses.filter(pc.is_null(errors))))
        if unrouted:
            self.unrouted += unrouted
            left = addresses.filter(pc.and_(pc.is_null(connector), pc.is_null(errors))).drop_null()
            self.unrouted_types.add(address_types(left))
            if self.detailed:
                self.unrouted_domains.add(_domains(left))

    def add_parse(self, addresses: pa.Array, types: pa.Array, errors: pa.Array) -> None:
        """Count addresses that were parsed or not."""
        self._add(addresses, errors)
        self.types.add(counts(types))

    def _add(self, addresses: pa.Array, errors: pa.Array) -> int:
        """Count rows and errors; return how many have no address."""
        blank = pc.and_(pc.is_null(addresses), pc.is_null(errors)).true_count if addresses.null_count else 0
        self.addresses += len(addresses)
        self.blank += blank
        if errors.null_count < len(errors):
            self.errors.add(counts(errors))
        return blank

    def as_record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        record: dict[str, object] = {"rows": self.rows, "addresses": self.addresses - self.blank, "blank": self.blank}
        if self.command == "route":
            record |= {"routed": self.routed, "unrouted": self.unrouted}
            record["unrouted_by_type"] = self.unrouted_types.most_common()
        else:
            record |= {"parsed": self.types.total(), "parsed_by_type": self.types.most_common()}
        return record | {
            "bad": self.errors.total(),
            "errors_by_code": self.errors.most_common(),
            "escaped_cells": self.escaped,
        }

    def __str__(self) -> str:
        lines: list[tuple[str, int, Tally | None]] = [("row" if self.rows == 1 else "rows", self.rows, None)]
        if self.addresses != self.rows:
            lines.append(("item" if self.addresses == 1 else "items", self.addresses, None))
        if self.command == "route":
            lines.append(("routed", self.routed, None))
            lines.append(("unrouted", self.unrouted, self.unrouted_types))
        else:
            lines.append(("parsed", self.types.total(), self.types))
        if self.blank:
            lines.append(("blank", self.blank, None))
        lines.append(("bad", self.errors.total(), self.errors))
        if self.escaped:
            lines.append(("kept escaped: cells that are not UTF-8", self.escaped, None))
        width = max(len(f"{number:,}") for _, number, _ in lines)
        return "\n".join(f"{number:>{width},} {name}{_named(tally)}" for name, number, tally in lines)


def address_types(addresses: pa.Array) -> dict[str, int]:
    """Return how many addresses there are of each type, as routing reads them."""
    texts = addresses.cast(pa.string()).drop_null()
    typed = texts.filter(pc.greater_equal(pc.find_substring(texts, ":"), 0))
    found = {"SMTP": len(texts) - len(typed)} if len(texts) > len(typed) else {}
    for prefix, count in counts(pc.extract_regex(typed, _PREFIX).field("prefix")).items():
        name = read_address(f"{prefix}:x").type
        found[name] = found.get(name, 0) + count
    return found


def _domains(addresses: pa.Array) -> dict[str, int]:
    """Return how many addresses there are of each Internet domain, in lower case."""
    found = pc.extract_regex(addresses.cast(pa.string()), _DOMAIN)
    return counts(pc.utf8_lower(found.field("domain").filter(found.is_valid())))


def _named(tally: Tally | None) -> str:
    """Return the most frequent values in words."""
    found = {} if tally is None else tally.most_common(SHOWN)
    return f" ({', '.join(f'{visible(name)} {count:,}' for name, count in found.items())})" if found else ""
