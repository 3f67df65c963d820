"""Tells by whole columns which recipients the rules have to judge: all that are not certainly without a finding.

The native engine knows a plain kind of recipients, and adds what they hold; without it all are to be judged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr.auditing.cells import Separator
from proxyaddr.auditing.found import Judges
from proxyaddr.auditing.holdings import Holdings, KnownHoldings
from proxyaddr.auditing.layouts import Layout, is_list
from proxyaddr.auditing.objects import (
    ALIAS,
    GIVEN_NAME,
    LEGACY_DN,
    MAIL,
    NAME,
    TARGET,
    UPN,
    USERS,
    AuditObject,
    has_mailbox,
    type_of,
)
from proxyaddr.auditing.value_rules import proxy_faults
from proxyaddr.matcher.engines import chosen_engine

__all__ = ["Classifier"]

_NATIVE = "proxyaddr.auditing._native_audit"

_COLUMNS = (MAIL, UPN, TARGET, ALIAS, LEGACY_DN, NAME, GIVEN_NAME)
"""The attributes of one value, in the order of the native engine."""

_AMBIGUOUS = r"\\|:=|\{"
"""What makes it hard to take a text of several addresses apart: escapes, other separators, braces of PowerShell."""

_PRESENT = ("homemdb", "database", "userprincipalname")
"""Properties of which it counts only whether they have a value."""

_BETWEEN, _END, _NULL = "\x1f", "\x1e", "\x1d"
_MARKS = "[\x1d-\x1f]"
"""What stands between the members of lists, behind a value, and for no value, when the values of a row are one text."""

_KEPT_KINDS = 10_000


class Classifier:
    """Judges batch after batch, with what is known of the organization."""

    def __init__(self, judges: Judges) -> None:
        self._judges = judges
        self.holdings: Holdings = KnownHoldings()
        self._native: Any = None
        if chosen_engine() == "native" and find_spec(_NATIVE) is not None:
            self._native = import_module(_NATIVE)
            seed = int.from_bytes(os.urandom(8), "little")  # so that nobody can make texts of one hash
            self.holdings = self._native.Holdings(seed)
            self._domains = self._native.Domains(seed)
            self._kinds: dict[str, int] = {}

    def odd_rows(
        self,
        batch: Any,  # noqa: ANN401 - pyarrow has no types
        layout: Layout,
        separator: Separator,
        exported: frozenset[str],
        first: int,
        *,
        is_text: bool,
    ) -> Sequence[int]:
        """Return the rows of a batch that the rules have to judge, and add what all others hold.

        `separator` separates the addresses in a text. `exported` are the attributes that the whole export has, and
        `first` is the place of the batch's first object. In the columns of text forms nothing is no value.
        """
        if self._native is None or not exported >= layout.attributes:
            return range(len(batch))
        context = self._judges.context
        proxies, kinds = batch.column(layout.proxies), self._kinds_of(batch, layout)
        if not is_list(proxies.type):
            unclear = pc.fill_null(pc.match_substring_regex(proxies, _AMBIGUOUS), False)
            kinds = pc.if_else(unclear, self._native.ODD, kinds)
            proxies = _taken_apart(proxies, separator)
        lengths = pc.fill_null(pc.list_value_length(proxies), 0).cast(pa.int32())
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
        columns = [*(layout.singles.get(name, ()) for name in _COLUMNS), layout.primary]
        limits = (
            *(context.max_proxies, context.max_proxy_length),
            *(bool(context.accepted_domains), context.coexistence_domain is not None),
        )
        found: Sequence[int] = self._native.judge(
            *(len(batch), pc.list_flatten(proxies), _view(offsets), _view(kinds.cast(pa.uint8()))),
            tuple(_first_of(batch, names, is_text=is_text) for names in columns),
            *(limits, self._domains, self._flags_of_domain, self.holdings, first),
        )
        return found

    def _flags_of_domain(self, domain: str) -> int:
        """Return what the rules say of a domain."""
        native, context = self._native, self._judges.context
        is_sound = next(proxy_faults(f"smtp:a@{domain}", self._judges), None) is None
        flags = native.SOUND if is_sound else 0
        flags |= 0 if context.is_reserved(domain) else native.FREE
        flags |= native.ACCEPTED if context.is_accepted(domain) else 0
        return int(flags | (native.COEXISTENCE if context.is_coexistence(domain) else 0))

    def _kinds_of(self, batch: Any, layout: Layout) -> Any:  # noqa: ANN401 - as above
        """Return what is known of each object by its type; objects with the same telling values are of one kind."""
        columns = {key: batch.column(name) for key, name in layout.telling.items()}
        texts = [pa.array([""] * len(batch))]  # so that there is one
        for key, column in columns.items():
            if key in _PRESENT:
                texts.append(pc.if_else(pc.equal(column, ""), "", "x"))
                continue
            values = pc.list_flatten(column) if is_list(column.type) else column.cast(pa.string())
            if (values.null_count and is_list(column.type)) or _has(values, _MARKS):
                return pa.array([self._native.ODD] * len(batch), pa.uint8())
            texts.append(pc.binary_join(column, _BETWEEN) if is_list(column.type) else values)
        joined = pc.binary_join_element_wise(*texts, _END, null_handling="replace", null_replacement=_NULL)
        encoded = joined.dictionary_encode()
        known = encoded.dictionary.to_pylist()
        if not self._kinds.keys() >= set(known):
            firsts: dict[int, int] = {}
            for row, code in enumerate(encoded.indices.to_pylist()):
                firsts.setdefault(code, row)
            for code, row in firsts.items():
                held = {key: column[row].as_py() for key, column in columns.items()}
                self._kinds[known[code]] = self._kind_of(held)
        kinds = pa.array([self._kinds[text] for text in known], pa.uint8()).take(encoded.indices)
        if len(self._kinds) > _KEPT_KINDS:
            self._kinds.clear()
        if layout.former_dns is not None:
            former = batch.column(layout.former_dns)
            size = pc.list_value_length(former) if is_list(former.type) else pc.binary_length(former)
            kinds = pc.if_else(pc.fill_null(pc.greater(size, 0), False), self._native.ODD, kinds)
        return kinds

    def _kind_of(self, held: Mapping[str, object]) -> int:
        """Return what is known of an object by the properties that tell its type."""
        native = self._native
        alone = AuditObject("", type_of(held), {}, has_mailbox=has_mailbox(held))
        targeted = alone.with_value(TARGET, "SMTP:a@contoso.com")
        flags = native.USER if alone.type in USERS else 0
        flags |= native.NEEDS_TARGET if alone.needs_target else 0
        flags |= native.MAILBOX if alone.has_addresses_here else 0
        return int(flags | (native.MAILBOX_AND_TARGET if targeted.has_addresses_here else 0))


def _has(values: Any, pattern: str) -> bool:  # noqa: ANN401 - as above
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _first_of(batch: Any, names: Sequence[str], *, is_text: bool) -> Any:  # noqa: ANN401 - as above
    """Return for each row the first value that these columns have, None for no column; in text nothing is none."""
    columns = [batch.column(name) for name in names]
    if is_text:
        columns = [pc.if_else(pc.equal(column, ""), None, column) for column in columns]
    if len({column.type for column in columns}) > 1:
        columns = [column.cast(pa.large_string()) for column in columns]
    return pc.coalesce(*columns) if len(columns) > 1 else next(iter(columns), None)


def _taken_apart(texts: Any, separator: Separator) -> Any:  # noqa: ANN401 - as above
    """Return the addresses in texts as lists; those that are not simply separated are odd as they come out."""
    written = pc.if_else(pc.equal(texts, ""), None, texts)
    if separator.is_spaced:  # not every text has the blanks
        written = pc.replace_substring(written, f"{separator.character} ", separator.character)
    return pc.split_pattern(written, separator.character)


def _view(array: Any) -> memoryview:  # noqa: ANN401 - as above
    """Return the values of an array of numbers without nulls."""
    values = memoryview(array.buffers()[1])
    typed = values.cast("B") if array.type.byte_width == 1 else values.cast("i")
    return typed[array.offset : array.offset + len(array)]
