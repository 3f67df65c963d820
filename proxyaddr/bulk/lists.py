"""Turns lists into one row per item: list columns, and text cells that hold whole proxy lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.addresses.proxy_list import read_items
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.bulk.commands import error_column
from proxyaddr.bulk.readers.reader import ROWS, Codes
from proxyaddr.bulk.utf8 import ESCAPED_BYTE, is_list
from proxyaddr.columns import NOT_UTF8
from proxyaddr.errors import AddressSyntaxError

__all__ = ["DELETION_MARKER", "PARSED", "Items", "explode", "slices", "split_lists"]

CELLS = 4096
"""Cells with lists that are split at a time: their items are Python objects until they become a column."""

DELETION_MARKER = "deletion-marker"
"""The code of an item such as `~del<smtp:a@b>`, which is kept though it is not an address."""

PARSED = pa.struct([("type", pa.string()), ("value", pa.string()), ("is_primary", pa.bool_()), ("error", pa.string())])
"""The type of a column of parsed items."""

_HAS_ESCAPED_BYTE = re.compile(ESCAPED_BYTE)


class Items(NamedTuple):
    """One row per item, with the row of its list, its error, and its parts if it was parsed already.

    In a row with bytes that are not UTF-8, the items that hold them are bad.
    """

    rows: pa.RecordBatch
    origin: pa.Array | None
    errors: pa.Array
    parsed: pa.StructArray | None = None


def slices(rows: pa.RecordBatch, place: int, *, splits: bool) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield pieces of a batch that have no more items than a batch may have rows, and their first rows."""
    items = len(rows.column(place).flatten()) if is_list(rows.column(place).type) else 0
    step = CELLS if splits else max(1, ROWS * rows.num_rows // max(items, rows.num_rows, 1))
    for start in range(0, rows.num_rows, step):
        yield start, rows.slice(start, step)


def explode(rows: pa.RecordBatch, place: int, codes: Codes) -> Items:
    """Return one row per item of a list column; an empty list and a null keep one row, with a null item."""
    lists, origin = _without_empty(rows.column(place))
    items = pc.list_flatten(lists)
    errors = error_column(rows.num_rows, codes).take(origin)
    if NOT_UTF8 in codes.values():
        intact = pc.and_(pc.equal(errors, NOT_UTF8), pc.invert(pc.match_substring_regex(items, ESCAPED_BYTE)))
        errors = pc.if_else(pc.fill_null(intact, False), pa.scalar(None, errors.type), errors)
    return Items(_with_items(rows, place, items, origin), origin, errors)


def split_lists(rows: pa.RecordBatch, place: int, codes: Codes, *, separator: str | None = None) -> Items:
    """Return one row per item of the proxy lists in a text column, split as by parse_proxies; bad lines stay whole."""
    texts = rows.column(place).to_pylist()
    whole = {row: code for row, code in codes.items() if code != NOT_UTF8 or texts[row] is None}
    cells = [
        [{"text": text}] if text is None or row in whole else _items(text, separator, escaped=row in codes)
        for row, text in enumerate(texts)
    ]
    kind = pa.list_(pa.struct([("text", pa.string()), *PARSED]))
    lists, origin = _without_empty(pa.array(cells, kind))
    items = pc.list_flatten(lists)
    parsed = pa.StructArray.from_arrays([pc.struct_field(items, field.name) for field in PARSED], fields=list(PARSED))
    errors = error_column(rows.num_rows, whole).take(origin)
    return Items(_with_items(rows, place, pc.struct_field(items, "text"), origin), origin, errors, parsed)


def _without_empty(lists: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the lists with `[None]` in place of empty ones and nulls, and for each item the row of its list."""
    empty = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    if pc.any(empty).as_py():
        lists = pc.if_else(empty, pa.array([[None]] * len(lists), lists.type), lists)
    return lists, pc.list_parent_indices(lists)


def _with_items(rows: pa.RecordBatch, place: int, items: pa.Array, origin: pa.Array) -> pa.RecordBatch:
    """Return one row per item: the item, and the other columns of its row."""
    columns = [items if index == place else column.take(origin) for index, column in enumerate(rows.columns)]
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def _items(text: str, separator: str | None, *, escaped: bool) -> list[dict[str, object]]:
    """Return the items of a list in their order: proxies in their normal form, all others as they are written."""
    try:
        found = read_items(text, separator=separator)
    except AddressSyntaxError as error:  # an error of the list, not of an item
        return [{"text": text, "error": error.code}]
    items: list[dict[str, object]] = []
    for proxy, span, *_ in found:
        written = text[slice(*span)]
        if escaped and _HAS_ESCAPED_BYTE.search(written):
            items.append({"text": written, "error": NOT_UTF8})
        elif isinstance(proxy, ProxyAddress):
            items.append({"text": str(proxy), "type": proxy.type, "value": proxy.value, "is_primary": proxy.is_primary})
        else:
            items.append({"text": written, "error": getattr(proxy, "code", DELETION_MARKER)})
    return items
