"""Columns of values judged by the rules of audits: nearly all are told by the column, the rest one by one."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._optional import import_extra
from proxyaddr.auditing.rules import SEVERITIES, AuditSeverity
from proxyaddr.auditing.single_values import ValueJudge
from proxyaddr.auditing.value_forms import FormVerdicts
from proxyaddr.columns._arrays import as_bytes, distinct_texts, read_column
from proxyaddr.columns.dictionaries import NUMBERS, WORDS
from proxyaddr.columns.error_codes import NOT_UTF8

__all__ = ["SCHEMA", "Validator"]

SCHEMA = pa.schema([("rules", pa.list_(pa.string())), ("severity", WORDS), ("error", WORDS)])

_Answer = tuple[tuple[str, ...] | None, AuditSeverity | None, str | None]
_NO_TEXT: _Answer = (None, None, NOT_UTF8)


class Validator:
    """The rules of single values, applied to each row of a column. It can be pickled."""

    def __init__(self, judge: ValueJudge) -> None:
        self._judge = judge
        self._forms = FormVerdicts(judge)

    def table(self, column: object) -> pa.Table:
        """Return the table of verdicts for a column; TypeError where it is not a column of text.

        ConfigurationError where the list of top-level domains is needed and not installed.
        """
        if self._judge.needs_top_level_domains:
            import_extra("publicsuffixlist", "audit")
        return pa.Table.from_batches([self._answers(array) for array in read_column(column)], SCHEMA)

    def _answers(self, array: pa.Array) -> pa.RecordBatch:
        if pa.types.is_dictionary(array.type):  # so that each distinct value is judged once
            return self._answers(array.dictionary).take(array.indices)
        if pa.types.is_null(array.type) or not len(array):
            return pa.RecordBatch.from_arrays([pa.nulls(len(array), field.type) for field in SCHEMA], schema=SCHEMA)
        texts = as_bytes(array)
        numbers: dict[_Answer, int] = {}
        found = self._forms.numbers(texts, lambda verdict: numbers.setdefault((*verdict, None), len(numbers)))
        rest = pc.and_(texts.is_valid(), found.is_null())
        if pc.any(rest).as_py():
            words, which = distinct_texts(pc.filter(texts, rest))
            judged = [numbers.setdefault(self._answer(word), len(numbers)) for word in words]
            found = pc.replace_with_mask(found, rest, pa.array(judged, pa.int32()).take(which))
        return _batch(list(numbers)).take(found)

    def _answer(self, word: bytes) -> _Answer:
        try:
            text = word.decode()
        except UnicodeDecodeError:
            return _NO_TEXT
        return *self._judge.verdict(text), None


def _batch(answers: list[_Answer]) -> pa.RecordBatch:
    rules, severities, errors = zip(*answers, strict=True) if answers else ((), (), ())
    words = [_words(SEVERITIES, severities), _words((NOT_UTF8,), errors)]
    return pa.RecordBatch.from_arrays([pa.array(list(rules), SCHEMA.field(0).type), *words], schema=SCHEMA)


def _words(known: Sequence[str], words: Sequence[str | None]) -> pa.Array:
    """Return words as numbers of known ones, which are the same in all batches."""
    numbers = [None if word is None else known.index(word) for word in words]
    return pa.DictionaryArray.from_arrays(pa.array(numbers, NUMBERS), pa.array(known, pa.string()))
