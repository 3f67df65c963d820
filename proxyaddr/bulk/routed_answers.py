"""What is said of rows that no connector is sure to take: what the product does with them, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import quantity
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.table import RoutingTable
from proxyaddr.routing.unread import UnreadLines

__all__ = ["TABLE_INCOMPLETE", "UNKNOWN", "UnreadInRun", "fates", "said_of"]

UNKNOWN = "unknown"
"""The column of codes that say why the route of a row is not known."""

TABLE_INCOMPLETE = "table_incomplete"
"""The column, and the key of JSON, that say whether an unread line of the table could have taken a row."""


def fates(types: Mapping[str, int], table: RoutingTable) -> dict[str, int]:
    """Return how many rows without a route the product returns (`NDR`) or keeps, by how many there are of each type."""
    found: dict[str, int] = {}
    for name, count in types.items():
        fate = str(Explanation("", name, table.dialect, (), False).no_route)
        found[fate] = found.get(fate, 0) + count
    return found


def said_of(found: Mapping[str, int]) -> str:
    """Return in a text what the product does with rows without a route: `NDR`, or each with its count."""
    if len(found) < 2:
        return "".join(found)
    return ", ".join(f"{fate} {count:,}" for fate, count in found.items())


class UnreadInRun:
    """The unread lines of a table, and how many rows of a run one of them could have taken."""

    def __init__(self, table: RoutingTable, unread: UnreadLines) -> None:
        self._table, self._unread = table, unread
        self._rows = 0

    @property
    def lines(self) -> int:
        """How many lines were not read."""
        return self._unread.count

    def could_match(self, addresses: pa.Array) -> pa.Array:
        """Return whether an unread line could have taken each address, null for null."""
        texts = addresses.cast(pa.string()).dictionary_encode()
        found = [self.could_take(text) for text in texts.dictionary.to_pylist()]
        return pa.array(found, pa.bool_()).take(texts.indices)

    def could_take(self, address: str | TypedAddress) -> bool:
        """Return whether an unread line could have taken one address."""
        incomplete = self._unread.concerning(self._table.read(address))
        return incomplete is not None and incomplete.could_match

    def count(self, column: pa.Array) -> None:
        """Count the rows of a column of such answers."""
        self._rows += pc.sum(column).as_py() or 0

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values, as of a single address; nothing of a whole table."""
        return {TABLE_INCOMPLETE: {"lines": self.lines, "could_match": self._rows > 0}} if self.lines else {}

    def said(self) -> str:
        """Return in a text what the lines mean for the run."""
        rows = quantity(self._rows, "row") if self._rows else "no row"
        return f"unread {'line' if self.lines == 1 else 'lines'} of the table, which could have taken {rows}"
