"""Opens files and tables whose rows are objects as columns: Arrow data batch by batch, CSV as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from proxyaddr._files.objects import Exported, Form
from proxyaddr.auditing.column_source import ColumnSource, Part
from proxyaddr.auditing.exports import exported_file
from proxyaddr.auditing.layouts import Layout
from proxyaddr.auditing.properties import READ, property_key
from proxyaddr.auditing.reading import read_audited
from proxyaddr.auditing.survey import Source
from proxyaddr.auditing.tables import ROWS, Table, rows_of, table_in_file, table_of
from proxyaddr.directory.files import ARROW_MARKS
from proxyaddr.errors import RowError
from proxyaddr.limits import Limits

__all__ = ["columns_of_files", "columns_of_table"]

_LINES = "line of the file"
"""A column beside those of a file; no property has this name, which would compare as another one."""


def columns_of_table(records: object, limits: Limits) -> Source:
    """Return the objects in a table with the Arrow C data interface."""
    rows = rows_of(records)
    table = table_of(rows, limits)
    layout = Layout.of(table.schema)
    return read_audited(rows, limits) if layout is None else ColumnSource([Part(table, layout)], [])


def columns_of_files(paths: Sequence[Path], limits: Limits) -> ColumnSource | None:
    """Return the objects in files, None where one of them has to be read object by object.

    ConfigurationError for a file that can't be read.
    """
    parts: list[Part] = []
    errors: list[RowError] = []
    for path in paths:
        part = _part(path, limits, errors)
        if part is None:
            return None
        parts.append(part)
    return ColumnSource(parts, errors)


def _part(path: Path, limits: Limits, errors: list[RowError]) -> Part | None:
    if not path.is_file():  # a pipe, which is read once, or what can't be read
        return None
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:  # told where it is read
        return None
    if not start.startswith(ARROW_MARKS):
        form, exported = exported_file(path, limits)
        return _text_part(exported, limits, errors) if form is Form.CSV else None
    table = table_in_file(path, limits)  # however large it is: a batch of it is in memory
    layout = Layout.of(table.schema)
    return None if layout is None else Part(table, layout)


def _text_part(exported: Iterable[Exported | RowError], limits: Limits, errors: list[RowError]) -> Part | None:
    """Return the rows of CSV in columns, which take a tenth of the memory of objects."""
    entries = iter(exported)
    batches: list[Any] = []
    schema = pa.schema([])
    while chunk := list(islice(entries, ROWS)):
        rows = [entry for entry in chunk if isinstance(entry, Exported)]
        errors += (entry for entry in chunk if isinstance(entry, RowError))
        if not rows:
            continue
        if not batches:
            names = [name for name in rows[0].properties if property_key(name) in READ]
            schema = pa.schema([*((name, pa.string()) for name in names), (_LINES, pa.int64())])
        columns: list[list[object]] = [[row.properties[name] for row in rows] for name in schema.names[:-1]]
        columns.append([row.line for row in rows])
        try:
            arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        except UnicodeEncodeError:  # half of a surrogate pair, which no text of Arrow holds
            return None
        batches.append(pa.record_batch(arrays, schema=schema))
    table = Table(schema, lambda names: [batch.select(names) for batch in batches], limits)
    layout = Layout.of(schema)
    return None if layout is None else Part(table, layout, _LINES)
