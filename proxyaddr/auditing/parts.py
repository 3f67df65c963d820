"""An audit in parts, for a directory beyond one machine: what an object says alone, and what joins the parts.

`PartJudge.objects` says of each object what is wrong with it, and by which keys others may hold the same. Whoever holds
the parts groups them by these keys, and asks `lost_fixes` and `shared_findings` about the groups. All take and give
Arrow batches. Needs pyarrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from proxyaddr._optional import import_extra
from proxyaddr.auditing.cells import Separator
from proxyaddr.auditing.contested import given_keys, touched_keys
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.exports import exported_records
from proxyaddr.auditing.findings import COLUMNS, AuditFinding
from proxyaddr.auditing.found import Found
from proxyaddr.auditing.holdings import keys_of
from proxyaddr.auditing.judging import BY_NAME, ObjectJudge, finding_of, shared_finding
from proxyaddr.auditing.objects import ALIAS, AuditObject
from proxyaddr.auditing.properties import exported_attribute, property_key
from proxyaddr.auditing.reading import Audited, entries, object_of
from proxyaddr.auditing.rules import AuditSeverity
from proxyaddr.auditing.set_rules import ACROSS, GROUPED, across, are_one_alias, held_across
from proxyaddr.limits import DEFAULT_LIMITS

__all__ = [
    "FINDING",
    "NUMBER",
    "OBJECT",
    "ORDER",
    "PART_ACROSS",
    "PartJudge",
    "attributes_of",
    "lost_fixes",
    "shared_findings",
]

NUMBER, ORDER = "proxyaddr audit number", "proxyaddr audit order"
"""The columns that are added to the rows of a directory: a number that no other row has, and what orders them."""

_TEXTS = pa.list_(pa.string())

FINDING = pa.schema([(name, _TEXTS if name == "holders" else pa.string()) for name in COLUMNS])
"""A finding as a row, as `AuditFindings.to_arrow` gives it."""

OBJECT = pa.schema(
    [
        *(("number", pa.int64()), ("id", pa.string()), ("alias", pa.string())),
        ("findings", pa.list_(pa.struct([("place", pa.int32()), *FINDING, ("touched", _TEXTS), ("given", _TEXTS)]))),
        ("held", _TEXTS),
        ("grouped", pa.list_(pa.struct([("part", pa.int32()), ("key", pa.string()), ("attribute", pa.string())]))),
    ]
)
"""What an object says, without the column of its order: its findings, in their order, with the keys that their fixes
touch and give; the keys that it holds; and those by which rules group objects, with the attribute where it counts."""

_RULES = {2 * place + 2: (name, attribute, keys) for place, (name, attribute, keys) in enumerate(GROUPED)}
"""The rules that group objects by the number of the part of the report in which they are told, behind part 0."""

PART_ACROSS = next(part for part, (name, _, _) in _RULES.items() if name == "mail-duplicate") - 1


def attributes_of(names: Iterable[str]) -> frozenset[str]:
    """Return the attributes that a table has, by the names of its columns."""
    return frozenset(filter(None, map(exported_attribute, map(property_key, names))))


class PartJudge:
    """Judges the objects of parts. It can be pickled.

    `attributes` are those that the whole directory has, `separator` stands between addresses in its texts. With
    `is_ordered` the rows have a column that orders them, else the name of an object does.
    """

    def __init__(
        self,
        chosen: frozenset[str],
        told: frozenset[AuditSeverity],
        context: AuditContext,
        attributes: frozenset[str],
        separator: Separator,
        *,
        is_ordered: bool,
    ) -> None:
        self._context = context
        self._separator = separator
        self._is_ordered = is_ordered
        self._needs_domains = "domain-not-routable" in chosen
        self._judge = ObjectJudge(chosen, told, context, Audited((), attributes=attributes).has)
        asked = {name for name in chosen if BY_NAME[name].severity in told}
        self._parts = [part for part, (name, _, _) in _RULES.items() if name in asked]
        self._is_across = ACROSS in asked

    @property
    def has_groups(self) -> bool:
        """Whether a rule that groups objects is asked for."""
        return bool(self._parts) or self._is_across

    def check(self) -> None:
        """Raise ConfigurationError where the list of top-level domains is needed and not installed."""
        if self._needs_domains and not self._judge.judges.domains.is_complete:
            import_extra("publicsuffixlist", "audit")

    def objects(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what the objects of batches say: rows of OBJECT behind the column of their order."""
        self.check()
        for batch in batches:
            numbers = batch.column(NUMBER).to_pylist()
            order = batch.column(ORDER) if self._is_ordered else None
            is_row = order is not None and pa.types.is_integer(order.type) and not order.null_count
            rows = order.to_pylist() if order is not None and is_row else numbers
            added = [NUMBER] if order is None else [NUMBER, ORDER]
            held = entries(exported_records(batch.drop_columns(added), DEFAULT_LIMITS), [])
            said = pa.RecordBatch.from_pylist(
                [
                    self._said(number, object_of(properties, row, self._separator, is_text=False))
                    for number, row, (_, properties) in zip(numbers, rows, held, strict=True)
                ],
                OBJECT,
            )
            first = said.column("id") if order is None else order
            yield said.add_column(0, "order", first)

    def _said(self, number: int, audited: AuditObject) -> dict[str, Any]:
        return {
            "number": number,
            "id": audited.id,
            "alias": audited.get(ALIAS),
            "findings": [
                _row_with_keys(audited, place, found) for place, found in enumerate(self._judge.judged(audited))
            ],
            "held": list(dict.fromkeys(keys_of(audited))),
            "grouped": [
                {"part": part, "key": key, "attribute": attribute} for part, key, attribute in self._groups(audited)
            ],
        }

    def _groups(self, audited: AuditObject) -> Iterator[tuple[int, str, str | None]]:
        """Yield the keys of an object, each with the part of the report that it is for."""
        for part in self._parts:
            yield from ((part, key, None) for key in _RULES[part][2](audited, self._context))
        if self._is_across:
            yield from ((PART_ACROSS, key, attribute) for key, attribute in held_across(audited))


def _row_with_keys(audited: AuditObject, place: int, found: Found) -> dict[str, Any]:
    row: dict[str, Any] = {"place": place, **finding_of(audited, found).as_row()}
    is_fixed = found.fix is not None
    row["touched"] = list(touched_keys(found)) if is_fixed else []
    row["given"] = list(given_keys(found)) if is_fixed else []
    return row


def lost_fixes(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield number and place of the fixes that would touch or give what an earlier fix of another object gives.

    The rows are fixes in the order of their objects, with the `keys` that they touch or give, and those `given`.
    """
    promised: dict[str, int] = {}
    for batch in batches:
        lost = []
        for row in batch.to_pylist():
            if any(promised.get(key, row["number"]) != row["number"] for key in row["keys"]):
                lost.append({"number": row["number"], "place": row["place"]})
            else:
                promised.update(dict.fromkeys(row["given"], row["number"]))
        yield pa.RecordBatch.from_pylist(lost, pa.schema([("number", pa.int64()), ("place", pa.int32())]))


def shared_findings(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the findings about groups, a group a row: `part`, `key`, and `numbers`, `ids`, `aliases`, `attributes`.

    These are lists with the holders in their order. Further columns stay before those of FINDING.
    """
    for batch in batches:
        found = [_shared(row) for row in batch.select(["part", *_OF_GROUP]).to_pylist()]
        kept = batch.drop_columns(_OF_GROUP).take(pa.array([n for n, each in enumerate(found) if each], pa.int64()))
        told = pa.RecordBatch.from_pylist([each.as_row() for each in found if each], FINDING)
        yield pa.RecordBatch.from_arrays([*kept.columns, *told.columns], [*kept.schema.names, *COLUMNS])


_OF_GROUP = ["key", "numbers", "ids", "aliases", "attributes"]


def _shared(row: dict[str, Any]) -> AuditFinding | None:
    if row["part"] == PART_ACROSS:
        names = dict(zip(row["numbers"], row["ids"], strict=True))
        held = across(list(zip(row["numbers"], row["attributes"], strict=True)))
        return shared_finding(ACROSS, None, row["key"], [(names[n], name) for n, name in held]) if held else None
    name, attribute, _ = _RULES[row["part"]]
    if name == "routing-address-clash" and are_one_alias(row["aliases"]):
        return None
    return shared_finding(name, attribute, row["key"], [(holder, None) for holder in row["ids"]])
