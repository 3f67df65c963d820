"""What becomes of the recipients of a column, or of a whole directory, as Arrow columns."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import chain, islice

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.columns._arrays import distinct_texts, read_column
from proxyaddr.columns.dictionaries import WORDS
from proxyaddr.columns.error_codes import NOT_UTF8
from proxyaddr.delivery.connector import InternetMailService
from proxyaddr.delivery.deciding import DELIVERING, Decided
from proxyaddr.delivery.resolutions import CODES
from proxyaddr.delivery.site import Site
from proxyaddr.directory.directory import Directory

__all__ = ["SCHEMA", "Resolver", "texts_of"]

SCHEMA = pa.schema(
    [
        *(("recipient", pa.string()), ("delivered", pa.bool_()), ("rule", WORDS), ("chosen_address", pa.string())),
        *(("envelope_recipient", pa.string()), ("connector", WORDS), ("address_space", WORDS), ("code", WORDS)),
        *(("findings", pa.list_(pa.string())), ("error", WORDS)),
    ]
)

_LISTS = len(("names", "rules", "types", "values", "routes"))
"""The first fields of decisions, which are lists."""

_BLOCKS = 64
"""Blocks of decisions that make one chunk of the columns."""


class Resolver:
    """A connector or a site whose table is compiled once; picklable."""

    def __init__(self, resolver: InternetMailService | Site) -> None:
        if not isinstance(resolver, InternetMailService | Site):
            kind = type(resolver).__name__
            raise TypeError(f"addresses are resolved by an InternetMailService or a Site, not {kind}")
        self._resolver = resolver
        self._none = resolver.resolve_many(())
        routes = () if self._none.table is None else self._none.table.routes
        self._connectors = pa.array([route.connector for route in routes], pa.string())
        self._spaces = pa.array([str(route.space) for route in routes], pa.string())

    def __reduce__(self) -> tuple[type[Resolver], tuple[InternetMailService | Site]]:
        return Resolver, (self._resolver,)

    def table(self, column: object) -> pa.Table:
        """Return the table for a column of addresses, or for a directory."""
        batches = self.directory(column) if isinstance(column, Directory) else map(self.array, read_column(column))
        return pa.Table.from_batches(batches, SCHEMA)

    def directory(self, directory: Directory) -> Iterator[pa.RecordBatch]:
        """Yield what becomes of the recipients of a directory, some ten thousand at a time."""
        blocks = self._none.others(directory).blocks()
        while several := list(islice(blocks, _BLOCKS)):
            yield self._batch(several)

    def array(self, array: pa.Array) -> pa.RecordBatch:
        """Return what becomes of an array of text; each distinct text is resolved once."""
        words, places = distinct_texts(array)
        texts, bad = [], set()
        for number, word in enumerate(words):
            try:
                texts.append(word.decode())
            except UnicodeDecodeError:
                texts.append("")
                bad.add(number)
        return self._batch(list(self._none.others(texts).blocks()), bad).take(places)

    def _batch(self, blocks: Sequence[Decided], bad: Container[int] = ()) -> pa.RecordBatch:
        """Return decisions as columns; the rows of `bad` are no text."""
        columns = list(zip(*blocks, strict=True))[:_LISTS] or [()] * _LISTS
        names, rules, types, values, indices = (list(chain.from_iterable(column)) for column in columns)
        errors: list[str | None] = [None] * len(rules)
        findings: list[Sequence[str] | None] = [()] * len(rules)
        start = 0
        for block in blocks:
            for row, error in block.errors.items():
                errors[start + row] = NOT_UTF8 if start + row in bad else error.code
                findings[start + row] = None
            for row, found in block.findings.items():
                findings[start + row] = found
            start += len(block.rules)
        rule = pa.array(rules, pa.string()).dictionary_encode()
        words = rule.dictionary.to_pylist()
        delivered = pa.array([word in DELIVERING for word in words], pa.bool_()).take(rule.indices)
        code = pa.array([CODES.get(word) for word in words], pa.string()).take(rule.indices)
        value = texts_of(values)
        route = pa.array(indices, pa.int32())
        route = pc.if_else(pc.less(route, 0), pa.scalar(None, pa.int32()), route).dictionary_encode()
        taken = [
            pa.DictionaryArray.from_arrays(route.indices, known.take(route.dictionary))
            for known in (self._connectors, self._spaces)
        ]
        columns = [
            *(texts_of(names), delivered, rule, pc.binary_join_element_wise(pa.array(types, pa.string()), value, ":")),
            *(pc.if_else(delivered, value, pa.scalar(None, pa.string())), *taken),
            *(code.dictionary_encode(), pa.array(findings, pa.list_(pa.string()))),
            pa.array(errors, pa.string()).dictionary_encode(),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def texts_of(texts: Sequence[str | None]) -> pa.Array:
    """Return an array of text, lone surrogates escaped."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        escaped = [None if text is None else text.encode("utf-8", "backslashreplace").decode() for text in texts]
        return pa.array(escaped, pa.string())
