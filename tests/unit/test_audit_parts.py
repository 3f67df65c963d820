"""An audit in parts, put together here as Spark puts them together, finds what one in a piece finds."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.auditing.cells import Separator
from proxyaddr.auditing.parts import (
    FINDING,
    NUMBER,
    ORDER,
    PART_ACROSS,
    PartJudge,
    attributes_of,
    lost_fixes,
    shared_findings,
)
from proxyaddr.auditing.rules import RULE_NAMES, chosen_rules, chosen_severities
from tests.faulty_directories import SCHEMA, faulty_directory

TENANT = px.AuditContext(
    accepted_domains=["contoso.com"],
    coexistence_domain="contoso.mail.onmicrosoft.com",
    initial_domain="contoso.onmicrosoft.com",
    sync=True,
)


def judge_of(table: pa.Table, context: px.AuditContext, *, is_ordered: bool = True, **asked: Any) -> PartJudge:  # noqa: ANN401 - names of rules, or a severity
    chosen = chosen_rules(asked.get("rules"))
    told = chosen_severities(asked.get("severity", "info"))
    attributes = attributes_of(table.column_names)
    made = PartJudge(chosen, told, context, attributes, Separator(), is_ordered=is_ordered)
    again: PartJudge = pickle.loads(pickle.dumps(made))
    return again


def batch_of(rows: Iterable[dict[str, Any]], *names: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{name: row[name] for name in names} for row in rows])


def put_together(table: pa.Table, judge: PartJudge, size: int) -> list[dict[str, Any]]:
    """Return the findings about the rows of a table, whose objects are judged in batches of a size."""
    numbered = table.append_column(NUMBER, pa.array(range(100, 100 + len(table))))
    numbered = numbered.append_column(ORDER, pa.array(range(1, len(table) + 1)))
    said = [row for batch in judge.objects(numbered.to_batches(size)) for row in batch.to_pylist()]
    holders: dict[str, set[int]] = {}
    for row in said:
        for key in row["held"]:
            holders.setdefault(key, set()).add(row["number"])
    found, free = [], []
    groups: dict[tuple[int, str], list[Any]] = {}
    lost: set[tuple[int, int]] = set()
    for row in said:
        for each in row["findings"]:
            keys = each["touched"] + each["given"]
            fix = {"number": row["number"], "place": each["place"], "keys": keys, "given": each["given"]}
            if any(holders.get(key, {row["number"]}) != {row["number"]} for key in keys):
                lost.add((row["number"], each["place"]))
            else:
                free.append(fix)
            found.append((row["number"], each))
        for ordinal, held in enumerate(row["grouped"]):
            groups.setdefault((held["part"], held["key"]), []).append((row, ordinal, held["attribute"]))
    for batch in lost_fixes([batch_of([fix], *fix) for fix in free]):
        lost |= {(row["number"], row["place"]) for row in batch.to_pylist()}
    told = [
        {name: None if name == "fix" and (number, each["place"]) in lost else each[name] for name in FINDING.names}
        for number, each in found
    ]
    shared = []
    for (part, key), held in groups.items():
        if len({row["number"] for row, _, _ in held}) > 1:
            second = held[part != PART_ACROSS]
            order = (part, held[0][0]["number"], second[0]["number"], second[1])
            shared.append(
                {
                    **{"order": list(order), "part": part, "key": key},
                    "numbers": [row["number"] for row, _, _ in held],
                    "ids": [row["id"] for row, _, _ in held],
                    "aliases": [row["alias"] for row, _, _ in held],
                    "attributes": [attribute for _, _, attribute in held],
                }
            )
    batches = [pa.RecordBatch.from_pylist(shared)] if shared else []
    rows = [row for batch in shared_findings(batches) for row in batch.to_pylist()]
    rows.sort(key=lambda row: row["order"])
    return told + [{name: row[name] for name in FINDING.names} for row in rows]


@given(
    seed=st.integers(0, 10**6),
    names=st.sampled_from([1, 20]),
    size=st.sampled_from([1, 7, 100]),
    context=st.sampled_from([px.AuditContext(), TENANT]),
)
def test_parts_find_what_an_audit_finds(seed: int, names: int, size: int, context: px.AuditContext) -> None:
    table = pa.Table.from_pylist(faulty_directory(25, seed, names=names), SCHEMA)
    wanted = px.audit(table, context=context).findings.to_arrow().to_pylist()
    assert put_together(table, judge_of(table, context), size) == wanted


def test_a_directory_with_planted_faults_breaks_nearly_every_rule() -> None:
    """Else the tests that compare audits would show little."""
    table = pa.Table.from_pylist(faulty_directory(1000, 1, names=5000), SCHEMA)
    report = px.audit(table, context=TENANT)
    assert len(report.counts) >= len(RULE_NAMES) - 10
    assert {next(iter(finding.fix)) for finding in report.findings if finding.fix} >= {
        *("set", "add", "remove", "split", "set-primary"),
    }
    assert put_together(table, judge_of(table, TENANT), 300) == report.findings.to_arrow().to_pylist()


def test_of_fixes_that_give_one_value_the_first_is_given() -> None:
    values = [
        "smtp:jan\u00e9@contoso.com",
        "smtp:jan\u00e8@contoso.com,smtp:\u00e9@contoso.com",
        "smtp:jan\u00ea@contoso.com",
    ]
    table = pa.table({"id": ["u1", "u2", "u3"], "proxyAddresses": [[value] for value in values]})
    found = put_together(table, judge_of(table, TENANT, rules=["smtp-non-ascii"]), 1)
    assert found == px.audit(table, rules=["smtp-non-ascii"], context=TENANT).findings.to_arrow().to_pylist()
    assert [row["fix"] is None for row in found if row["object"] in ("u1", "u3")] == [False, True]


def test_rules_and_severity_are_those_that_are_asked_for() -> None:
    table = pa.Table.from_pylist(faulty_directory(60, 2, names=5), SCHEMA)
    for asked in ({"severity": "error"}, {"rules": ["alias-duplicate", "mail-syntax"]}, {"rules": ["mail-syntax"]}):
        judge = judge_of(table, TENANT, **asked)
        wanted = px.audit(table, context=TENANT, **asked).findings.to_arrow().to_pylist()
        assert put_together(table, judge, 20) == wanted
        assert judge.has_groups == (asked != {"rules": ["mail-syntax"]})


def test_an_object_without_a_name_is_named_by_its_order() -> None:
    table = pa.table({"proxyAddresses": [["smtp:a b@contoso.com"]], NUMBER: [7]})
    for order, name in (([3], "row 3"), (["x"], "row 7"), (pa.nulls(1, pa.int64()), "row 7"), (None, "row 7")):
        is_ordered = order is not None
        given = table.append_column(ORDER, pa.array(order)) if is_ordered else table
        [said] = judge_of(table, TENANT, is_ordered=is_ordered).objects(given.to_batches())
        assert said["id"].to_pylist() == [name]
        assert said["order"].to_pylist() == (pa.array(order).to_pylist() if is_ordered else [name])


def test_the_columns_of_a_table_tell_what_it_has() -> None:
    names = ["Display Name", "EmailAddresses", "Alias", "E-mail Address", "sip", "city"]
    assert attributes_of(names) == {"displayName", "proxyAddresses", "mailNickname", "targetAddress"}


def test_without_the_list_of_top_level_domains_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.auditing.top_level_domains._published", lambda: None)
    monkeypatch.setitem(sys.modules, "publicsuffixlist", None)
    table = pa.table({"id": ["u1"]})
    with pytest.raises(px.ConfigurationError, match=r"proxyaddr\[audit\]"):
        list(judge_of(table, TENANT).objects([]))
    judge_of(table, TENANT, rules=["mail-syntax"]).check()
