"""What `decapsulate` does with the texts of a batch: the address inside each, its proxy, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr import columns
from proxyaddr.bulk.answers import ERROR, FINDINGS, Answer, Cells, first_of, replaced, whole
from proxyaddr.bulk.finding_counts import FindingCounts
from proxyaddr.bulk.judging import CODES
from proxyaddr.bulk.plain import is_plain
from proxyaddr.bulk.summary import Chart, Fact, Line
from proxyaddr.bulk.tally import MOST_TYPES, Tally, counts
from proxyaddr.columns.dictionaries import WORDS
from proxyaddr.errors import Finding, ProxyAddrError

__all__ = ["SEVERAL", "Decapsulate", "Found"]

SEVERAL = "several-addresses"
"""The code of a cell that holds more than one address: a row has room for one."""

_SIMPLE = r"^IMCEA(?:EX|X500)-[A-Za-z0-9_+-]{1,500}@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}$"
"""An encapsulated legacy DN and nothing else, of which strict decapsulation and the reading of texts say the same."""

_PREFIX = pa.scalar("X500:")

_NOTHING = (None, None, None, None, None)


class Found(Protocol):
    """An address that was found in a text."""

    @property
    def type(self) -> str:
        """Its type."""

    @property
    def value(self) -> str:
        """Its value."""

    @property
    def domain(self) -> str | None:
        """The domain that encapsulated it; None where it was in an entry identifier."""

    @property
    def proxy(self) -> str | None:
        """The X500 proxy of a good legacy DN."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""


class Decapsulate:
    """Adds type, value, domain and proxy of the address that each text holds, and the findings.

    `read` gives every address in a text and the errors of what looks like one, as the command prints them for that
    text. A text with several addresses is a bad row, and so is one with an error.
    """

    name = "decapsulate"
    fields = (
        pa.field("type", WORDS),
        pa.field("value", pa.string()),
        pa.field("domain", pa.string()),
        pa.field("proxy", pa.string()),
        pa.field(FINDINGS, CODES),
        pa.field(ERROR, pa.string()),
    )

    def __init__(self, read: Callable[[str], Iterable[Found | ProxyAddrError]]) -> None:
        self._read = read
        self._types = Tally(MOST_TYPES)
        self._proxies = 0
        self._findings = FindingCounts()

    def answer(self, cells: Cells) -> Answer:
        """Return the six columns."""
        texts = cells.texts.cast(pa.string())
        types, values, domains, _ = whole(columns.decapsulate(texts))
        proxies = pc.binary_join_element_wise(_PREFIX, values, pa.scalar(""))
        simple = pc.fill_null(pc.and_(pc.match_substring_regex(texts, _SIMPLE), is_plain(proxies)), False)
        others = pc.and_(pc.is_valid(texts), pc.invert(pc.and_(simple, pc.is_valid(values))))
        none = pc.if_else(pc.is_valid(texts), pa.scalar([], CODES), pa.scalar(None, CODES))
        found = [types, values, domains, proxies, none, pa.nulls(len(texts), pa.string())]
        distinct = texts.filter(others).dictionary_encode()
        answers = [self._one(text) for text in distinct.dictionary.to_pylist()]
        kinds = (pa.string(), pa.string(), pa.string(), pa.string(), CODES, pa.string())
        read = [
            pa.array([answer[place] for answer in answers], kind).take(distinct.indices)
            for place, kind in enumerate(kinds)
        ]
        typed = [
            column.cast(field.type) for column, field in zip(replaced(found, others, read), self.fields, strict=True)
        ]
        return Answer([*typed[:-1], first_of(cells.errors, typed[-1])], cells.addresses)

    def _one(self, text: str) -> tuple[object, ...]:
        """Return type, value, domain, proxy, codes of findings, and the code of the error."""
        try:
            found = list(self._read(text))
        except ProxyAddrError as error:
            return (*_NOTHING, error.code)
        errors = [one.code for one in found if isinstance(one, ProxyAddrError)]
        addresses = [one for one in found if not isinstance(one, ProxyAddrError)]
        if errors or len(addresses) != 1:
            return (*_NOTHING, *errors[:1]) if errors else (*_NOTHING, SEVERAL)
        one = addresses[0]
        return one.type, one.value, one.domain, one.proxy, [finding.code for finding in one.findings], None

    def count(self, answer: Answer, *, detailed: bool) -> None:
        """Count the types, the proxies and the findings."""
        self._types.add(counts(answer.columns[0]))
        proxies = answer.columns[3]
        self._proxies += len(proxies) - proxies.null_count
        self._findings.add(answer.columns[4])

    @property
    def status(self) -> int:
        """The exit status where no row is bad: 1 where a finding has the severity error."""
        return self._findings.status

    def record(self) -> dict[str, object]:
        """Return the counts as JSON values."""
        found = {"decapsulated": self._types.total(), "decapsulated_by_type": self._types.most_common()}
        return found | {"proxies": self._proxies} | self._findings.record()

    def lines(self) -> list[Line]:
        """Return the lines for people."""
        return [
            Line("decapsulated", self._types.total(), "rows with an address inside", self._types),
            Line("with a proxy", self._proxies, "rows with a proxy to add"),
            *self._findings.lines(),
        ]

    def charts(self) -> list[Chart]:
        """Return the charts of the report."""
        return [Chart("Rows by type", "type", self._types), *self._findings.charts()]

    def facts(self) -> list[Fact]:
        """Return nothing: no other file is read."""
        return []
