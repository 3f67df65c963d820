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
from proxyaddr.auditing.tables import Table, ahead
from proxyaddr.errors import RowError

__all__ = ["ColumnSource", "Part"]

KEPT = 20_000
"""Odd objects that are kept from the first look to the second one; an object takes some 2 KB."""


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
    def columns(self) -> list[str]:
        """The columns that are read."""
        return [*self.layout.read, *([] if self.lines is None else [self.lines])]

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
        """Look at all rows, of which the odd ones become objects; more of them than are kept do so twice."""
        classifier = Classifier(judges)
        odd = bytearray()
        kept: dict[int, AuditObject] = {}
        count = 0
        for read in self._batches():
            part, batch = read.part, read.batch
            rows = classifier.odd_rows(
                *(batch, part.layout, read.separator, self._attributes, count), is_text=part.is_text
            )
            odd.extend(bytes((count + len(batch)) // 8 + 1 - len(odd)))
            for row, audited in read.objects(rows):
                place = count + row
                odd[place >> 3] |= 1 << (place & 7)
                for key in keys_of(audited):
                    classifier.holdings.add(key, place)
                if len(kept) < KEPT:
                    kept[place] = audited
            count += len(batch)
        odd.extend(bytes(count // 8 + 1 - len(odd)))
        shared = classifier.holdings.shared(count)
        return Survey(count, classifier.holdings, self._surveyed(odd, shared, count, kept))

    def _batches(self) -> Iterator[_Read]:
        """Yield all batches, each read while the one before is looked at."""
        for part, separator in zip(self._parts, self._separators, strict=True):
            start = 0
            for batch in ahead(part.table.batches(part.columns)):
                yield _Read(part, batch, separator, start)
                start += len(batch)

    def _surveyed(
        self, odd: bytearray, shared: bytes | bytearray, count: int, kept: dict[int, AuditObject]
    ) -> Iterator[Surveyed]:
        wanted = pc.or_(_bits(odd, count), _bits(shared, count))
        if not pc.any(_bits(shared, count)).as_py() and pc.sum(wanted).as_py() in (None, len(kept)):
            yield from (Surveyed(place, audited, is_judged=True, is_shared=False) for place, audited in kept.items())
            return
        start = 0
        for read in self._batches():
            rows = pc.indices_nonzero(wanted.slice(start, len(read.batch))).to_pylist()
            made = read.objects([row for row in rows if start + row not in kept])
            for place in (start + row for row in rows):
                audited = kept.pop(place, None) or next(made)[1]
                yield Surveyed(place, audited, is_judged=_is_set(odd, place), is_shared=_is_set(shared, place))
            start += len(read.batch)


class _Read(NamedTuple):
    """A batch, and how many rows of its part were before it."""

    part: Part
    batch: Any
    separator: Separator
    start: int

    def objects(self, rows: Sequence[int]) -> Iterator[tuple[int, AuditObject]]:
        """Yield the objects of some rows, each with its row."""
        names, lines = self.part.layout.read, self.part.lines
        taken = self.batch if len(rows) == len(self.batch) else self.batch.take(pa.array(rows, pa.uint64()))
        numbers = [self.start + row + 1 for row in rows] if lines is None else taken.column(lines).to_pylist()
        cells = zip(*(taken.column(name).to_pylist() for name in names), strict=True)
        rows_read = zip(numbers, cells, strict=True)
        exported = (Exported(line, dict(zip(names, each, strict=True))) for line, each in rows_read)
        for row, (line, held) in zip(rows, entries(exported, []), strict=True):
            yield row, object_of(held, line, self.separator, is_text=self.part.is_text)


def _bits(bits: bytes | bytearray, count: int) -> Any:  # noqa: ANN401 - as above
    return pa.Array.from_buffers(pa.bool_(), count, [None, pa.py_buffer(bits)])


def _is_set(bits: bytes | bytearray, place: int) -> bool:
    return bool(bits[place >> 3] >> (place & 7) & 1)
