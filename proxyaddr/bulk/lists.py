"""Turns lists into one row per item: list columns, and text cells that hold whole proxy lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.addresses.lists import DeletionMarker
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.proxy_list import ProxyItem, collect, read_items
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.bulk.answers import FINDINGS, error_column
from proxyaddr.bulk.judging import CODES, by_item, codes_of_item
from proxyaddr.bulk.readers.reader import ROWS, Codes
from proxyaddr.bulk.utf8 import ESCAPED_BYTE, is_list
from proxyaddr.columns import NOT_UTF8
from proxyaddr.errors import AddressSyntaxError

__all__ = [
    "DELETION_MARKER",
    "PARSED",
    "Items",
    "Lists",
    "explode",
    "holding_lists",
    "holds_list",
    "slices",
    "split_lists",
]

CELLS = 4096
"""Cells with lists that are split at a time: their items are Python objects until they become a column."""

DELETION_MARKER = "deletion-marker"
"""The code of an item such as `~del<smtp:a@b>`, which is kept though it is not an address."""

PARSED = pa.struct(
    [
        ("type", pa.string()),
        ("value", pa.string()),
        ("is_primary", pa.bool_()),
        (FINDINGS, CODES),
        ("error", pa.string()),
    ]
)
"""The type of a column of parsed items."""

_OF_LISTS = frozenset({"cut-off-list", "not-exported"})
"""Codes of errors that tell what happened to a list: a single address has none of them."""

_MAY_BE_LIST = r"^\s*\{|System\.|Collection|(?s:[;,|%\s].*[:@])|[;,|%]\s*$|\.\.\.|…"
"""Braces, a name of a collection, a separator before a further address or at the end, or the mark of a cut."""

_HAS_ESCAPED_BYTE = re.compile(ESCAPED_BYTE)


class Lists(Enum):
    """Which cells of a text column are lists of proxy addresses."""

    EVERY_CELL = "every cell"
    WHERE_FOUND = "cells that hold a list"
    REFUSED = "none: a cell that holds a list is a bad row"
    IGNORED = "none: a cell is what it is"


class Items(NamedTuple):
    """One row per item, with the row of its list, its error, its parts if it was parsed already, and which are plain.

    In a row with bytes that are not UTF-8, the items that hold them are bad.
    """

    rows: pa.RecordBatch
    origin: pa.Array | None
    errors: pa.Array
    parsed: pa.StructArray | None = None
    plain: pa.Array | None = None


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


def split_lists(
    rows: pa.RecordBatch, place: int, codes: Codes, chosen: pa.Array | None = None, separator: str | None = None
) -> Items:
    """Return one row per item of the proxy lists in a text column, split as by parse_proxies; bad lines stay whole.

    `chosen` marks the cells that hold lists, None for all; each other cell stays one item, which is not parsed.
    `separator` is that of parse_proxies.
    """
    texts = rows.column(place).to_pylist()
    are_lists = [True] * len(texts) if chosen is None else chosen.to_pylist()
    whole = {row: code for row, code in codes.items() if code != NOT_UTF8 or texts[row] is None or not are_lists[row]}
    cells = [
        _items(text, separator, escaped=row in codes)
        if is_list and text is not None and row not in whole
        else [{"text": text, "is_parsed": chosen is None}]
        for row, (text, is_list) in enumerate(zip(texts, are_lists, strict=True))
    ]
    kind = pa.list_(pa.struct([("text", pa.string()), ("is_parsed", pa.bool_()), *PARSED]))
    lists, origin = _without_empty(pa.array(cells, kind))
    items = pc.list_flatten(lists)
    parts = [pc.struct_field(items, field.name) for field in PARSED]
    unparsed = pc.equal(pc.struct_field(items, "is_parsed"), False)
    parsed = pa.StructArray.from_arrays(parts, fields=list(PARSED), mask=pc.fill_null(unparsed, False))
    errors = error_column(rows.num_rows, whole).take(origin)
    return Items(_with_items(rows, place, pc.struct_field(items, "text"), origin), origin, errors, parsed)


def holding_lists(texts: pa.Array, plain: pa.Array, codes: Codes) -> pa.Array:
    """Return a mask of the cells of a text column that hold a list; `plain` ones and bad ones hold none."""
    candidates = pc.and_(pc.invert(plain), pc.is_null(error_column(len(plain), codes)))
    if not candidates.true_count:
        return candidates
    some = texts.filter(candidates).cast(pa.string())
    likely = pc.match_substring_regex(some, _MAY_BE_LIST)
    if likely.true_count:
        distinct = some.filter(likely).dictionary_encode()
        found = pa.array(list(map(holds_list, distinct.dictionary.to_pylist())), pa.bool_())
        likely = pc.replace_with_mask(likely, likely, found.take(distinct.indices))
    return pc.replace_with_mask(candidates, candidates, likely)


def holds_list(text: str) -> bool:
    """Return whether the text of a cell is a list of proxy addresses: several, or one that reads well as a list alone.

    A one-off address, such as `Doe, Jane <jane@contoso.com>`, is one address whatever its name holds.
    """
    try:
        items = read_items(text)
    except AddressSyntaxError:  # too long for a list, and so for an address
        return False
    if not items:
        return bool(text.strip(WHITE_SPACE))  # `{}`, as PowerShell shows an empty collection
    count = sum(_is_listed(item, text) for item in items)
    codes = {item.found.code for item in items if isinstance(item.found, AddressSyntaxError)}
    if count < 2 and not codes & _OF_LISTS and not (len(items) == 1 and _is_better(items[0].found, text)):
        return False
    try:
        return isinstance(parse(text), ProxyAddress)
    except AddressSyntaxError:
        return True


def _is_listed(item: ProxyItem, text: str) -> bool:
    """Return whether an item is meant as an address, a bad one too: it has a type, or an `@`."""
    written = text[slice(*item.span)]
    return ":" in written or "@" in written or isinstance(item.found, DeletionMarker)


def _is_better(item: object, text: str) -> bool:
    """Return whether the only item of a list has no finding of severity error, and the text as one address has.

    The name of a property before an address is none of its types: `EmailAddresses: SMTP:jane@contoso.com`.
    """
    if not isinstance(item, ProxyAddress) or _has_errors(item):
        return False
    try:
        whole = parse(text)
    except AddressSyntaxError:
        return True
    return _has_errors(whole) or (_has_unknown_type(whole) and not _has_unknown_type(item))


def _has_errors(address: TypedAddress) -> bool:
    return any(found.severity == "error" for found in address.validate())


def _has_unknown_type(address: TypedAddress) -> bool:
    return any(found.code == "unknown-type" for found in address.validate())


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
    for (proxy, span, *_), of_list in zip(found, by_item(found, collect(found, text)), strict=True):
        written = text[slice(*span)]
        if escaped and _HAS_ESCAPED_BYTE.search(written):
            items.append({"text": written, "error": NOT_UTF8})
        elif isinstance(proxy, ProxyAddress):
            parts = {"type": proxy.type, "value": proxy.value, "is_primary": proxy.is_primary}
            items.append({"text": str(proxy), **parts, FINDINGS: of_list + codes_of_item(proxy)})
        else:
            items.append({"text": written, "error": getattr(proxy, "code", DELETION_MARKER)})
    return items
