"""Which columns hold the addresses of a row, and their addresses together in one column of lists.

An export may have a column for each address (`proxyAddresses_0`, `proxyAddresses_1`) or for each type
(`PrimarySmtpAddress`, `smtp`, `X500`). Such columns are put together in the place of the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import pyarrow as pa

from proxyaddr._files.objects import counting, key_of, whole_key_of, without_number
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.addresses.proxy_list import read_items
from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.lists import holds_list
from proxyaddr.bulk.readers.address_objects import as_texts
from proxyaddr.bulk.readers.reader import Codes
from proxyaddr.bulk.readers.text import TEXT_COLUMN
from proxyaddr.columns import NOT_UTF8
from proxyaddr.directory.records import ALIAS_COLUMNS, AMBIGUOUS_TYPES, FIELDS, TYPE_COLUMNS, is_typed, with_type
from proxyaddr.errors import ConfigurationError

__all__ = ["AddressColumns", "chosen_columns", "gathered"]

_COMPARED = 1_000
"""Columns that are compared with the name of one that is missing."""


class AddressColumns(NamedTuple):
    """The columns that hold addresses, and the name of the one that they become; one column alone keeps its own."""

    name: str
    parts: tuple[str, ...]


def chosen_columns(schema: pa.Schema, column: str | None, source: Input) -> AddressColumns:
    """Return the columns of the name that the user gave; without one those that hold addresses by their names.

    A name is that of a column exactly, else as headers compare, else without the number of several columns.
    ConfigurationError where there is no such column.
    """
    names: list[str] = schema.names
    if column is None:
        return _named_by_format(names, source)
    numbered = tuple(name for name in names if without_number(name) != name and without_number(name) == column)
    if column in names and not numbered:
        return AddressColumns(column, (column,))
    if column in names:  # the number of them, which is left out of each row, or the first of them
        return AddressColumns(column, (column, *numbered))
    if same := [name for name in names if whole_key_of(name) == whole_key_of(column)]:
        return AddressColumns(same[0], (same[0],))
    parts = tuple(name for name in names if key_of(name) == whole_key_of(column))
    if parts:
        return _together(parts)
    raise _missing(names, f"no column {column!r}", source, column)


def _named_by_format(names: Sequence[str], source: Input) -> AddressColumns:
    if source.format is Format.TEXT:
        return AddressColumns(TEXT_COLUMN, (TEXT_COLUMN,))
    if len(names) == 1:
        if source.format in (Format.CSV, Format.TSV) and "@" in names[0]:
            raise _missing(names, "the first line holds an address in place of the names of columns", source, None)
        return AddressColumns(names[0], (names[0],))
    fields = {name: FIELDS.get(key_of(name)) for name in names}
    keys = {key_of(name): name for name in names}
    if lists := tuple(name for name in names if fields[name] == "proxies"):
        return _together(lists + tuple(name for name in names if fields[name] == "secondary_proxies"))
    if keys.keys() >= ALIAS_COLUMNS:
        return AddressColumns(keys["alias"], (keys["alias"],))
    typed = tuple(name for name in names if key_of(name) in TYPE_COLUMNS)
    others = tuple(name for name in names if fields[name] in ("primary", "secondary_proxies"))
    if others or any(key_of(name).upper() not in AMBIGUOUS_TYPES for name in typed):
        return _together(tuple(name for name in names if name in {*typed, *others}))
    raise _missing(names, "--column is missing", source, None)


def _together(parts: tuple[str, ...]) -> AddressColumns:
    """Return columns that are put together, under the name of the first without its number."""
    return AddressColumns(parts[0] if len(parts) == 1 else without_number(parts[0]), parts)


def _missing(names: Sequence[str], problem: str, source: Input, column: str | None) -> ConfigurationError:
    shown = ", ".join(map(repr, names[:_COMPARED]))
    columns = f"the columns are {shown[:1000]}" if names else "there are no columns at all"
    lowered = {name.lower()[:100]: name for name in names[:_COMPARED]}
    if column is not None and (close := get_close_matches(column.lower()[:100], lowered, 1)):
        columns += f"; is {lowered[close[0]]} meant?"
    return ConfigurationError("no-such-column", f"{problem}; {columns}", "column", source.name)


def gathered(rows: pa.RecordBatch, parts: Sequence[str], codes: Codes) -> pa.Array:
    """Return the addresses of several columns as lists, those of a column of one type with it.

    A primary address comes with its type, those of a column of others with theirs in lower case, and none comes twice
    in a row. A bad row has the text that stands for it in the first column.
    """
    counted = {rows.schema.names[place] for place in counting(rows.schema.names)}
    columns = [as_texts(rows.column(name)).to_pylist() for name in parts]
    kinds = [_kind_of(name) for name in parts]
    lists: list[list[str]] = []
    for row, cells in enumerate(zip(*columns, strict=True)):
        found: dict[str, str] = {}
        if codes.get(row, NOT_UTF8) != NOT_UTF8:
            lists.append([cell for cell in cells[:1] if cell is not None])
            continue
        for name, kind, cell in zip(parts, kinds, cells, strict=True):
            if name in counted and isinstance(cell, str) and cell.isdigit():
                continue
            for text in _addresses(cell, kind):
                found.setdefault(text.casefold(), text)
        lists.append(list(found.values()))
    return pa.array(lists, pa.list_(pa.string()))


def _kind_of(name: str) -> str:
    """Return what the addresses of a column are: the name of a field, or a type."""
    key = key_of(name)
    return FIELDS.get(key) or (key.upper() if key in TYPE_COLUMNS else "proxies")


def _addresses(cell: object, kind: str) -> Iterator[str]:
    """Yield the addresses of a cell as the kind of its column has them."""
    members = cell if isinstance(cell, list) else [cell]
    for member in members:
        if not isinstance(member, str) or not member.strip(TRIMMED):
            continue
        if kind == "primary":
            yield member if is_typed(member) else f"{DEFAULT_TYPE}:{member.strip(TRIMMED)}"
        elif kind in ("proxies", "secondary_proxies"):
            for text in _pieces(member):
                yield _secondary(text) if kind == "secondary_proxies" else text
        else:
            typed = with_type(member, kind)
            yield from _pieces(typed) if isinstance(typed, str) else typed


def _pieces(text: str) -> list[str]:
    if not holds_list(text):
        return [text]
    return [text[slice(*item.span)] for item in read_items(text)]


def _secondary(text: str) -> str:
    """Return a secondary address with its type in lower case, which says so (Q155594)."""
    if not is_typed(text):
        return text if "@" not in text else f"{DEFAULT_TYPE.lower()}:{text.strip(TRIMMED)}"
    address_type, _, value = text.partition(":")
    return f"{address_type.lower()}:{value}"
