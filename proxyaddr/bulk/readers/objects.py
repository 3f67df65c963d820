"""Reads LDIF, CLIXML and the text of Format-List: an object is a row, its properties are the columns."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pyarrow as pa

from proxyaddr._files.objects import Exported, Form, address_text, objects_of
from proxyaddr.bulk.files import Format
from proxyaddr.bulk.readers.blocks import BLOCK, LONGEST_ROW, blocks, last_line_end, recoded
from proxyaddr.bulk.readers.reader import MOST_COLUMNS, ROWS, Batch, Codes, Reader, too_many_columns
from proxyaddr.errors import RowError
from proxyaddr.limits import Limits

__all__ = ["FORMS", "ObjectsReader"]

FORMS = {Format.LDIF: Form.LDIF, Format.CLIXML: Form.CLIXML, Format.LIST: Form.FORMAT_LIST}
"""The form of objects that each of the formats has."""

_CELLS = 1 << 21
"""The most cells of a batch: objects that have few properties in common make many columns, most of them empty."""

UNBOUNDED = Limits(file_rows=2**62)
"""A file of any size is read, since memory holds a block of it."""


class ObjectsReader(Reader):
    """Reads one file of objects twice: a first pass finds the columns.

    A column is text, or lists of text where an object has several values. What is neither is written as JSON.
    """

    def schema(self) -> pa.Schema:
        """Return the columns of all objects, in the order in which they are first seen."""
        listed: dict[str, bool] = {}
        for entry in self._objects():
            for name, value in () if isinstance(entry, RowError) else entry.properties.items():
                listed[name] = listed.get(name, False) or _is_list(value)
            if len(listed) > MOST_COLUMNS:
                raise too_many_columns(self._source.name)
        return pa.schema(
            [(name, pa.list_(pa.string()) if several else pa.string()) for name, several in listed.items()]
        )

    def batches(self, schema: pa.Schema) -> Iterator[Batch]:
        """Yield the rows; a record that can't be read is a row without values."""
        objects = self._objects()
        row = 1
        most = max(1, min(ROWS, _CELLS // max(1, len(schema))))
        while entries := list(islice(objects, most)):
            codes: Codes = {place: entry.code for place, entry in enumerate(entries) if isinstance(entry, RowError)}
            columns = [pa.array([_cell(entry, field) for entry in entries], field.type) for field in schema]
            yield Batch(pa.RecordBatch.from_arrays(columns, schema=schema), row, 0, codes)
            row += len(entries)

    def _objects(self) -> Iterator[Exported | RowError]:
        form = FORMS[self._source.format]
        with self._source.open() as raw:
            read = recoded(self._source.uncompressed(raw).read, self._encoding)
            if form is Form.CLIXML:
                decode = codecs.getincrementaldecoder("utf-8")("replace").decode
                texts = map(decode, iter(lambda: read(BLOCK), b""))
                yield from objects_of(form, texts, self._source.name, UNBOUNDED)
                return
            line = 0
            for block in blocks(read, _last_record_end):
                text = block.decode("utf-8", "backslashreplace")
                for entry in objects_of(form, [text], self._source.name, UNBOUNDED):
                    yield entry if isinstance(entry, RowError) else entry._replace(line=entry.line + line)
                line += text.count("\n")


def _last_record_end(data: bytes) -> int:
    """Return the place after the last empty line, which ends a record; 0 where there is none.

    A record that is longer than any is cut behind a line, so that memory never holds the rest of the file.
    """
    end = max(data.rfind(mark) + len(mark) if mark in data else 0 for mark in (b"\n\n", b"\r\n\r\n"))
    return end if end or len(data) < LONGEST_ROW else last_line_end(data)


def _is_list(value: object) -> bool:
    """Return whether a value has several members, or none: one alone is written as text."""
    return isinstance(value, list) and len(value) != 1


def _cell(entry: Exported | RowError, field: pa.Field) -> Any:  # noqa: ANN401 - as pyarrow takes it
    value = None if isinstance(entry, RowError) else entry.properties.get(field.name)
    if value is None:
        return None
    members = value if isinstance(value, list) else [value]
    texts = [_text(member) for member in members]
    return texts if pa.types.is_list(field.type) else texts[0]


def _text(value: object) -> str:
    """Return a value as text: an address object as its address, any other object as JSON."""
    if isinstance(value, Mapping):
        known = address_text(value)
        return known if known is not None else json.dumps(value, default=str)
    return value if isinstance(value, str) else json.dumps(value)
