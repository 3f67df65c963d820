"""The routes of columns where some depend on accepted domains that are not given: each distinct address is explained.

A matcher answers with the index of a route or with none, and can't say that it does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.columns._arrays import for_distinct, read_column
from proxyaddr.columns.dictionaries import MATCH_KINDS, NUMBERS, WORDS, Words, table_of
from proxyaddr.matcher.plan import NO_ROUTE
from proxyaddr.spaces.matching import MatchKind

if TYPE_CHECKING:
    from proxyaddr.routing.table import RoutingTable

__all__ = ["UnknownRoutes"]

_SCHEMA = {"index": pa.int32(), "connector": WORDS, "match": MATCH_KINDS, "cost": pa.int32(), "unknown": WORDS}
_KINDS = [pa.int32(), NUMBERS, MATCH_KINDS.index_type, pa.int32(), NUMBERS]
"""The Arrow types of the same columns while words are numbers."""

_MATCHES = [kind.value for kind in MatchKind]
_NUMBERS = {kind: number for number, kind in enumerate(MatchKind)}


class UnknownRoutes:
    """The answers of a table that does not know its accepted domains."""

    def __init__(self, table: RoutingTable) -> None:
        self._table = table

    def table(self, column: object, threads: int | None) -> pa.Table:
        """Return index, connector, match, cost and unknown of each address; `threads` would make nothing faster here.

        TypeError where it is not a column of text.
        """
        connectors, reasons = Words(), Words()

        def answer(encoded: bytes) -> tuple[int, int | None, int | None, int | None, int | None]:
            found = self._table.explain(encoded.decode("utf-8", "surrogateescape"))
            winner = found.winner
            if winner is None:
                return NO_ROUTE, None, None, None, None if found.unknown is None else reasons.number(found.unknown)
            number = connectors.number(winner.route.connector)
            return winner.index, number, _NUMBERS[winner.kind], winner.cost, None

        chunks = []
        for array in read_column(column):
            texts = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
            index, *others = for_distinct(texts, answer, _KINDS)
            chunks.append([pc.fill_null(index, NO_ROUTE), *others])
        words = {"connector": connectors.words, "match": _MATCHES, "unknown": reasons.words}
        return table_of(_SCHEMA, chunks, words)
