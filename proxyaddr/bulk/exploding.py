"""Lists to one row an item: list columns, and text cells that hold whole proxy lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.bulk.batches import ROWS, Codes
from proxyaddr.bulk.sound_text import is_list
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.parser import parse_proxies

__all__ = ["DELETION_MARKER", "PARSED", "Items", "explode", "slices", "split_lists"]

CELLS = 4096
"""Cells that hold lists split at a time: their items are Python objects until they are a column."""

DELETION_MARKER = "deletion-marker"
"""The code of an item such as `~del<smtp:a@b>`: it is no address, and is not lost."""

PARSED = pa.struct([("type", pa.string()), ("value", pa.string()), ("is_primary", pa.bool_()), ("error", pa.string())])
"""What parsing an item gave."""


class Items(NamedTuple):
    """One row an item, the place of the row that each came from, and what each is where that is known already."""

    rows: pa.RecordBatch
    origin: pa.Array
    parsed: pa.StructArray | None = None


def slices(rows: pa.RecordBatch, place: int, *, splits: bool) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield pieces of a batch and where they start, so that no more items come of one than a batch has rows."""
    items = len(rows.column(place).flatten()) if is_list(rows.column(place).type) else 0
    step = CELLS if splits else max(1, ROWS * rows.num_rows // max(items, rows.num_rows, 1))
    for start in range(0, rows.num_rows, step):
        yield start, rows.slice(start, step)


def explode(rows: pa.RecordBatch, place: int) -> Items:
    """Return one row an item of the lists in a column; an empty list and a null keep their row, with a null item."""
    lists, origin = _never_empty(rows.column(place))
    return Items(_beside(rows, place, pc.list_flatten(lists), origin), origin)


def split_lists(rows: pa.RecordBatch, place: int, codes: Codes) -> Items:
    """Return one row an item of the text cells in a column, read by parse_proxies; bad rows stay whole."""
    cells = [
        [{"text": text}] if text is None or row in codes else _items(text)
        for row, text in enumerate(rows.column(place).to_pylist())
    ]
    kind = pa.list_(pa.struct([("text", pa.string()), *PARSED]))
    lists, origin = _never_empty(pa.array(cells, kind))
    items = pc.list_flatten(lists)
    parsed = pa.StructArray.from_arrays([pc.struct_field(items, field.name) for field in PARSED], fields=list(PARSED))
    return Items(_beside(rows, place, pc.struct_field(items, "text"), origin), origin, parsed)


def _never_empty(lists: pa.Array) -> tuple[pa.Array, pa.Array]:
    empty = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    if pc.any(empty).as_py():
        lists = pc.if_else(empty, pa.array([[None]] * len(lists), lists.type), lists)
    return lists, pc.list_parent_indices(lists)


def _beside(rows: pa.RecordBatch, place: int, items: pa.Array, origin: pa.Array) -> pa.RecordBatch:
    columns = [items if index == place else column.take(origin) for index, column in enumerate(rows.columns)]
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def _items(text: str) -> list[dict[str, object]]:
    """Return the items of a list: the good ones, the markers of deletions, the bad ones."""
    try:
        found = parse_proxies(text)
    except AddressSyntaxError as error:  # not of an item, but of the list
        return [{"text": text, "error": error.code}]
    items: list[dict[str, object]] = []
    for proxy in found:
        items.append({"text": str(proxy), "type": proxy.type, "value": proxy.value, "is_primary": proxy.is_primary})
    items += [{"text": str(marker), "error": DELETION_MARKER} for marker in found.deletions]
    return items + [{"text": text[slice(*error.span)] or text, "error": error.code} for error in found.errors]
