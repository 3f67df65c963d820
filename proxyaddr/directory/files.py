"""Reads what directories are exported to, in any form of objects, as records of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files.objects import Exported, Form, key_of, misspelt_column, objects_in_text, unknown_column
from proxyaddr._files.text import decoded, limited_rows, read_bytes
from proxyaddr._optional import import_extra
from proxyaddr.directory.records import (
    ALIAS_COLUMNS,
    SINGLE_ADDRESS,
    Layout,
    Record,
    is_read,
    layout_of,
    record_of,
)
from proxyaddr.errors import ConfigurationError, RowError, check_type
from proxyaddr.limits import Limits

__all__ = ["ARROW_MARKS", "Records", "read_records", "records_of"]

Records = Iterator[tuple[int, Record] | RowError]
"""Records with their lines, counted from 1, and the errors of rows that can't be read."""

ARROW_MARKS = (b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff")
"""How Parquet, Arrow files and Arrow streams begin."""

_ARROW = "Arrow data"
_MAPPINGS = "records"
_EXPECTED = ("EmailAddresses", "proxyAddresses", "E-mail Addresses")
_SHOWN_NAMES = 32
_KEPT_LAYOUTS = 64


class _Read(NamedTuple):
    """What was read: the form, the objects, the names of the columns where all objects have the same, the file."""

    form: str
    objects: Iterator[Exported | RowError]
    header: Sequence[str]
    source: str | None


def read_records(path: str | Path, limits: Limits, form: Form | None = None) -> Records:
    """Yield what a file says of each recipient; entries of LDIF that have no addresses are none.

    Rows of CSV with one address each are put together by what identifies the recipient. ConfigurationError for a file
    that can't be read, is not of the form where one is given, or names no addresses anywhere.
    """
    source = str(path)
    data = read_bytes(path, limits)
    if data.startswith(ARROW_MARKS):
        import_extra("pyarrow", "arrow")
        from proxyaddr.directory import arrow  # noqa: PLC0415 - it imports pyarrow, which may be missing

        rows = arrow.open_file(data, source)
        read = _Read(_ARROW, rows.objects(is_read, limits), rows.names, source)
    else:
        found = objects_in_text(decoded(data), source, limits)
        read = _Read(found.form, found.objects, found.header, source)
    if form is not None and read.form != form:
        raise ConfigurationError(f"bad-{form.lower()}", f"not {form}: the content is {read.form}", source=source)
    return _records(read)


def records_of(records: object, limits: Limits) -> Records:
    """Yield what mappings, or the rows of a table with the Arrow C data interface, say of each recipient.

    TypeError for anything else, ConfigurationError as for `read_records`.
    """
    if hasattr(records, "__arrow_c_stream__") or hasattr(records, "__arrow_c_array__"):
        import_extra("pyarrow", "arrow")
        from proxyaddr.directory import arrow  # noqa: PLC0415 - as above

        rows = arrow.open_table(records)
        return _records(_Read(_ARROW, rows.objects(is_read, limits), rows.names, None))
    if isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable):
        raise TypeError(f"records must be an iterable of mappings or a table, not {type(records).__name__}")
    return _records(_Read(_MAPPINGS, _mappings(records, limits), (), None))


def _mappings(records: Iterable[object], limits: Limits) -> Iterator[Exported]:
    for (number, _), record in zip(enumerate(limited_rows(None, limits), 1), records, strict=False):
        check_type(record, Mapping, "a record", "a mapping")
        yield Exported(number, {str(name): value for name, value in record.items()})  # type: ignore[attr-defined]  # checked above


def _records(read: _Read) -> Records:
    if read.header:
        _check_names(read.header, read.source)
    keys = {key_of(name) for name in read.header}
    each = _each(read)
    return _together(each) if SINGLE_ADDRESS in keys or keys >= ALIAS_COLUMNS else each


def _each(read: _Read) -> Records:
    """Yield the records; ConfigurationError at the end where objects with names of their own name no addresses."""
    unnamed: dict[str, None] = {}
    layouts: dict[tuple[str, ...], Layout] = {}  # most objects have the same properties, and finding theirs takes time
    is_named = bool(read.header) or read.form == Form.LDIF
    for entry in read.objects:
        if isinstance(entry, RowError):
            yield entry
            continue
        names = tuple(entry.properties)
        layout = layouts.get(names)
        if layout is None:
            layout = layouts[names] = layout_of(names)
            if len(layouts) > _KEPT_LAYOUTS:
                layouts.clear()
        if not is_named:
            is_named = layout.names_addresses
            if len(unnamed) < _SHOWN_NAMES:
                unnamed.update(dict.fromkeys(names))
        if read.form != Form.LDIF or layout.names_addresses:
            yield entry.line, record_of(entry.properties, layout)
    # Mappings may be of objects without addresses, which are audited; a misspelt name is an error there too
    if unnamed and not is_named and (read.form != _MAPPINGS or misspelt_column(list(unnamed), _EXPECTED)):
        _check_names(list(unnamed), read.source)


def _check_names(names: Sequence[str], source: str | None) -> None:
    """Raise ConfigurationError, which lists them, for names of properties none of which holds addresses."""
    if not layout_of(names).names_addresses:
        raise unknown_column("no-proxy-column", names, _EXPECTED, source)


def _together(records: Records) -> Records:
    """Yield the records of rows with one address each, those of one recipient as one, in the order of the first row."""
    known: dict[str, tuple[int, Record]] = {}
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        _, whole = known.setdefault(row.identity.casefold() or f"row {line}", (line, row))
        if whole is not row:
            whole.proxies += row.proxies
            whole.secondary_proxies += row.secondary_proxies
            whole.primary = whole.primary or row.primary
    yield from known.values()
