"""Whole columns of addresses: parse, route, decapsulate and normalise Arrow data, the same answers as one at a time.

A column is anything with the Arrow C data interface that holds text (string, large string, string view or
dictionary-encoded), or an iterable of str or None. Each function gives a `pyarrow.Table` with a row for each row of the
column. Null text gives null; a row that does not parse has its code in `error` and null elsewhere, and never hides
another. `route` parses nothing, as a routing table does not: what no space takes has the index -1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxyaddr.columns._arrays import read_column
from proxyaddr.columns._forms import NOT_UTF8, Decapsulating, Normalizing, Parsing
from proxyaddr.columns._routes import RouteKinds
from proxyaddr.routing.table import RoutingTable

if TYPE_CHECKING:
    import pyarrow as pa

    from proxyaddr.matcher import Matcher

__all__ = ["NOT_UTF8", "Router", "decapsulate", "normalize", "parse", "route"]


def parse(column: object) -> pa.Table:
    """Return type, value, is_primary and error of each address, as `proxyaddr.parse` reads it.

    `is_primary` is null for one-off addresses. `error` is the code of the AddressSyntaxError, `not-utf8` for octets
    that are no text. `type` and `error` are dictionary-encoded.

    >>> parse(["SMTP:jane@contoso.com", "smtp:"]).to_pydict()["error"]
    [None, 'empty-value']
    """
    return Parsing().table(column)


def normalize(column: object) -> pa.Table:
    """Return the key by which a directory compares each address, `TYPE:value` without case, and the error.

    Keys are equal where the `comparison_key`s of what `proxyaddr.parse` gives are.

    >>> normalize(["Jane@Contoso.com", "smtp:jane@contoso.com"]).to_pydict()["key"]
    ['SMTP:jane@contoso.com', 'SMTP:jane@contoso.com']
    """
    return Normalizing().table(column)


def decapsulate(column: object, *, tolerant: bool = False) -> pa.Table:
    """Return type, value, domain and error of each encapsulated address, as `proxyaddr.decapsulate` reads it."""
    return Decapsulating(tolerant=tolerant).table(column)


def route(table: RoutingTable | Router, column: object, *, threads: int | None = None) -> pa.Table:
    """Return index, connector, match and cost of the route that takes each address.

    The answers are those of `RoutingTable.explain(address).winner`: where there is none the index is -1 and the others
    are null. A table is compiled at each call, a Router was compiled once. `threads` is as for `Matcher.match_many`.
    """
    return (table if isinstance(table, Router) else Router(table)).route(column, threads=threads)


class Router:
    """A routing table compiled for columns. Immutable, picklable, safe between threads."""

    __slots__ = ("_kinds", "_table", "matcher")

    matcher: Matcher

    def __init__(self, table: RoutingTable) -> None:
        self._table = table
        self.matcher = table.compile()
        self._kinds = RouteKinds(table, self.matcher)

    def route(self, column: object, *, threads: int | None = None) -> pa.Table:
        """Return index, connector, match and cost of each address; see `route`."""
        return self._kinds.table([self._kinds.routed(array, threads) for array in read_column(column)])

    def __reduce__(self) -> tuple[type[Router], tuple[RoutingTable]]:
        return Router, (self._table,)
