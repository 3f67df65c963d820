"""Writes a Parquet or Arrow file once more with its objects mended: the same columns and rows, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from proxyaddr.auditing.cells import Separator, check_read_alike
from proxyaddr.auditing.column_source import Part
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.layouts import Layout, is_list
from proxyaddr.auditing.slots import mended_rows
from proxyaddr.auditing.tables import table_in_file, whole_file
from proxyaddr.errors import ConfigurationError
from proxyaddr.limits import Limits

__all__ = ["write_table"]


def write_table(source: Path, target: Path, first: int, mended: Mapping[int, Mended], limits: Limits) -> int:
    """Write the rows of a file with the objects mended, and return how many there are.

    `mended` is by the number of the object in all files, `first` the number of the first row. ConfigurationError for a
    file in which several rows or columns tell the addresses of an object, and where a column would have to come or
    cells be read otherwise; OSError where the target can't be written.
    """
    part = _part(source, limits)
    separator = part.separator
    form, schema, batches = whole_file(source)
    count = 0
    try:
        with _opened(target, form, schema) as writer:
            for batch in batches:
                rows = [row for row in range(len(batch)) if first + count + row in mended]
                written = _Batch(batch, part)
                for row, properties in zip(rows, written.properties(rows), strict=True):
                    (after,) = mended_rows([properties], mended[first + count + row], separator, has_columns=True)
                    written.change(row, after or {}, source)
                writer.write_batch(written.mended())
                count += len(batch)
        _check_cells(_part(target, limits), separator, source)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return count


def _part(path: Path, limits: Limits) -> Part:
    table = table_in_file(path, limits)
    layout = Layout.of(table.schema)
    if layout is None:
        raise _refused("the addresses of an object are not in one row and column", path)
    return Part(table, layout)


def _refused(reason: str, source: Path) -> ConfigurationError:
    message = f"{reason}: write fixes as .ldif, .ps1 or .csv"
    return ConfigurationError("unknown-format", message, source=str(source))


def _check_cells(part: Part, separator: Separator, source: Path) -> None:
    """Refuse a file whose cells would be taken apart otherwise than those of the export; lists are not taken apart."""
    name = part.layout.proxies
    if not is_list(part.table.schema.field(name).type):
        texts = (text for batch in part.table.batches([name]) for text in filter(None, batch.column(0).to_pylist()))
        check_read_alike(texts, separator, part.separator, str(source))


@contextmanager
def _opened(target: Path, form: str, schema: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    with target.open("wb") as file:
        if form == "parquet":
            with parquet.ParquetWriter(file, schema) as writer:
                yield writer
        else:
            with (ipc.new_file if form == "file" else ipc.new_stream)(file, schema) as writer:
                yield writer


class _Batch:
    """The rows of a batch, and what changes in them by column and row."""

    def __init__(self, batch: Any, part: Part) -> None:  # noqa: ANN401 - as above
        self._batch = batch
        self._part = part
        self._changes: dict[str, dict[int, object]] = {}

    def properties(self, rows: list[int]) -> list[dict[str, object]]:
        """Return what is read of some rows; a list in a column of text is never None, so that text is written there."""
        schema, layout = self._part.table.schema, self._part.layout
        columns = {name: self._batch.column(name) for name in layout.read}
        taken = [{name: column[row].as_py() for name, column in columns.items()} for row in rows]
        if not is_list(schema.field(layout.proxies).type):
            for each in taken:
                each[layout.proxies] = each[layout.proxies] or ""
        return taken

    def change(self, row: int, after: Mapping[str, object], source: Path) -> None:
        """Note the values of a row that change."""
        for name, value in after.items():
            if name not in self._batch.schema.names:
                raise _refused(f"a column {name!r} would have to come", source)
            self._changes.setdefault(name, {})[row] = value

    def mended(self) -> Any:  # noqa: ANN401 - as above
        """Return the batch with what changes in it."""
        columns = list(self._batch.columns)
        for name, changed in self._changes.items():
            place = self._batch.schema.get_field_index(name)
            values = columns[place].to_pylist()
            for row, value in changed.items():
                values[row] = value
            columns[place] = pa.array(values, columns[place].type)
        return pa.record_batch(columns, schema=self._batch.schema)
