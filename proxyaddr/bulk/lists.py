"""Lists to one row an item: list columns, and text cells that hold whole proxy lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.addresses.proxy_list import read_items
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.bulk.batches import ROWS, Codes
from proxyaddr.bulk.commands import error_column
from proxyaddr.bulk.sound_text import ESCAPED_OCTET, is_list
from proxyaddr.columns import NOT_UTF8
from proxyaddr.errors import AddressSyntaxError

__all__ = ["DELETION_MARKER", "PARSED", "Items", "explode", "slices", "split_lists"]

CELLS = 4096
"""Cells that hold lists split at a time: their items are Python objects until they are a column."""

DELETION_MARKER = "deletion-marker"
"""The code of an item such as `~del<smtp:a@b>`: it is no address, and is not lost."""

PARSED = pa.struct([("type", pa.string()), ("value", pa.string()), ("is_primary", pa.bool_()), ("error", pa.string())])
"""What parsing an item gave."""

_SHOWS_OCTETS = re.compile(ESCAPED_OCTET)


class Items(NamedTuple):
    """One row an item, the place of the row that each came from, its error, and what it is where that is known already.

    A row with octets that are not UTF-8 makes those items bad that show them.
    """

    rows: pa.RecordBatch
    origin: pa.Array
    errors: pa.Array
    parsed: pa.StructArray | None = None


def slices(rows: pa.RecordBatch, place: int, *, splits: bool) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield pieces of a batch and where they start, so that no more items come of one than a batch has rows."""
    items = len(rows.column(place).flatten()) if is_list(rows.column(place).type) else 0
    step = CELLS if splits else max(1, ROWS * rows.num_rows // max(items, rows.num_rows, 1))
    for start in range(0, rows.num_rows, step):
        yield start, rows.slice(start, step)


def explode(rows: pa.RecordBatch, place: int, codes: Codes) -> Items:
    """Return one row an item of the lists in a column; an empty list and a null keep their row, with a null item."""
    lists, origin = _never_empty(rows.column(place))
    items = pc.list_flatten(lists)
    errors = error_column(rows.num_rows, codes).take(origin)
    if NOT_UTF8 in codes.values():
        sound = pc.and_(pc.equal(errors, NOT_UTF8), pc.invert(pc.match_substring_regex(items, ESCAPED_OCTET)))
        errors = pc.if_else(pc.fill_null(sound, False), pa.scalar(None, errors.type), errors)
    return Items(_beside(rows, place, items, origin), origin, errors)


def split_lists(rows: pa.RecordBatch, place: int, codes: Codes) -> Items:
    """Return one row an item of the text cells in a column, read as parse_proxies does; bad lines stay whole."""
    texts = rows.column(place).to_pylist()
    whole = {row: code for row, code in codes.items() if code != NOT_UTF8 or texts[row] is None}
    cells = [
        [{"text": text}] if text is None or row in whole else _items(text, escaped=row in codes)
        for row, text in enumerate(texts)
    ]
    kind = pa.list_(pa.struct([("text", pa.string()), *PARSED]))
    lists, origin = _never_empty(pa.array(cells, kind))
    items = pc.list_flatten(lists)
    parsed = pa.StructArray.from_arrays([pc.struct_field(items, field.name) for field in PARSED], fields=list(PARSED))
    errors = error_column(rows.num_rows, whole).take(origin)
    return Items(_beside(rows, place, pc.struct_field(items, "text"), origin), origin, errors, parsed)


def _never_empty(lists: pa.Array) -> tuple[pa.Array, pa.Array]:
    empty = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    if pc.any(empty).as_py():
        lists = pc.if_else(empty, pa.array([[None]] * len(lists), lists.type), lists)
    return lists, pc.list_parent_indices(lists)


def _beside(rows: pa.RecordBatch, place: int, items: pa.Array, origin: pa.Array) -> pa.RecordBatch:
    columns = [items if index == place else column.take(origin) for index, column in enumerate(rows.columns)]
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def _items(text: str, *, escaped: bool) -> list[dict[str, object]]:
    """Return the items of a list in its order: proxies in their normal form, all else as it is written."""
    try:
        found = read_items(text)
    except AddressSyntaxError as error:  # not of an item, but of the list
        return [{"text": text, "error": error.code}]
    items: list[dict[str, object]] = []
    for proxy, span, _ in found:
        written = text[slice(*span)]
        if escaped and _SHOWS_OCTETS.search(written):
            items.append({"text": written, "error": NOT_UTF8})
        elif isinstance(proxy, ProxyAddress):
            items.append({"text": str(proxy), "type": proxy.type, "value": proxy.value, "is_primary": proxy.is_primary})
        else:
            items.append({"text": written, "error": getattr(proxy, "code", DELETION_MARKER)})
    return items
