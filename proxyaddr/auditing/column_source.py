"""Objects in Arrow columns, of which only those are made of which a rule may say something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._files.objects import Exported
from proxyaddr.auditing.cells import Separator, separator_of
from proxyaddr.auditing.classes import Classifier
from proxyaddr.auditing.found import Judges
from proxyaddr.auditing.holdings import keys_of
from proxyaddr.auditing.layouts import Layout, is_list
from proxyaddr.auditing.objects import AuditObject
from proxyaddr.auditing.reading import SAMPLE, entries, object_of
from proxyaddr.auditing.survey import Survey, Surveyed
from proxyaddr.auditing.tables import Table
from proxyaddr.errors import RowError

__all__ = ["ColumnSource", "Part"]


class Part(NamedTuple):
    """A table with its layout; `lines` is a column with the line of each row, None where rows are counted."""

    table: Table
    layout: Layout
    lines: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it was text, in which nothing is no value."""
        return self.lines is not None

    @property
    def separator(self) -> Separator:
        """What separates the addresses in a text."""
        name = self.layout.proxies
        if is_list(self.table.schema.field(name).type):
            return Separator()
        texts: list[str] = []
        for batch in self.table.batches([name]):
            texts += batch.column(0)[: SAMPLE - len(texts)].to_pylist()
            if len(texts) == SAMPLE:
                break
        return separator_of(text for text in texts if text is not None)


class ColumnSource:
    """The objects of several tables, one after the other."""

    def __init__(self, parts: Sequence[Part], errors: Sequence[RowError]) -> None:
        self.errors = errors
        self._parts = parts
        self._separators = [part.separator for part in parts]
        self._attributes = frozenset.intersection(*(part.layout.attributes for part in parts))

    def has(self, *attributes: str) -> bool:
        """Return whether the export has all of these attributes."""
        return self._attributes.issuperset(attributes)

    def survey(self, judges: Judges) -> Survey:
        """Look at all rows: the odd ones become objects twice, so that none is kept."""
        classifier = Classifier(judges)
        odd = bytearray()
        count = 0
        for part, separator in zip(self._parts, self._separators, strict=True):
            for start, batch in _numbered(part.table.batches(part.layout.judged)):
                rows = classifier.odd_rows(
                    *(batch, part.layout, separator, self._attributes, count), is_text=part.is_text
                )
                for row, audited in _objects(batch, rows, separator, start, is_text=part.is_text):
                    for key in keys_of(audited):
                        classifier.holdings.add(key, count + row)
                odd.extend(bytes((count + len(batch)) // 8 + 1 - len(odd)))
                for row in rows:
                    place = count + row
                    odd[place >> 3] |= 1 << (place & 7)
                count += len(batch)
        odd.append(0)
        shared = classifier.holdings.shared(count)
        return Survey(count, classifier.holdings, self._surveyed(_bits(odd, count), _bits(shared, count)))

    def _surveyed(self, odd: Any, shared: Any) -> Iterator[Surveyed]:  # noqa: ANN401 - pyarrow has no types
        wanted = pc.or_(odd, shared)
        place = 0
        for part, separator in zip(self._parts, self._separators, strict=True):
            columns = part.layout.read if part.lines is None else [*part.layout.read, part.lines]
            for start, batch in _numbered(part.table.batches(columns)):
                rows = pc.indices_nonzero(wanted.slice(place, len(batch)))
                lines = None if part.lines is None else batch.column(part.lines).take(rows).to_pylist()
                read = batch.select(part.layout.read)
                for row, audited in _objects(read, rows, separator, start, lines, is_text=part.is_text):
                    is_judged, is_shared = odd[place + row].as_py(), shared[place + row].as_py()
                    yield Surveyed(place + row, audited, is_judged, is_shared)
                place += len(batch)


def _numbered(batches: Iterator[Any]) -> Iterator[tuple[int, Any]]:
    """Yield batches, each with the number of rows before it."""
    start = 0
    for batch in batches:
        yield start, batch
        start += len(batch)


def _objects(
    batch: Any,  # noqa: ANN401 - pyarrow has no types
    rows: Any,  # noqa: ANN401 - as above
    separator: Separator,
    start: int,
    lines: Sequence[int] | None = None,
    *,
    is_text: bool,
) -> Iterator[tuple[int, AuditObject]]:
    """Yield the objects of some rows of a batch, each with its row."""
    rows = rows if isinstance(rows, pa.Array) else pa.array(rows, pa.uint64())
    numbers = rows.to_pylist()
    taken = batch if len(rows) == len(batch) else batch.take(rows)
    values = zip(*(column.to_pylist() for column in taken.columns), strict=True)
    exported = (
        Exported(start + row + 1 if lines is None else line, dict(zip(taken.schema.names, cells, strict=True)))
        for row, line, cells in zip(numbers, lines or numbers, values, strict=True)
    )
    for row, (line, held) in zip(numbers, entries(exported, []), strict=True):
        yield row, object_of(held, line, separator, is_text=is_text)


def _bits(bits: bytes | bytearray, count: int) -> Any:  # noqa: ANN401 - as above
    return pa.Array.from_buffers(pa.bool_(), count, [None, pa.py_buffer(bits)])
