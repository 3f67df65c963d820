"""Recipients in a CSV with every planted fault: each is found, by name, and none else."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.auditing.rules import RULE_NAMES
from tests.planted import CONTEXT, Record, planted

RECIPIENTS = 20_000


def write_csv(path: Path, records: list[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(records[0]))
        rows.writeheader()
        rows.writerows({**each, "proxyAddresses": ";".join(each["proxyAddresses"])} for each in records)


def found_in(report: px.AuditReport) -> Counter[tuple[str, str]]:
    return Counter((str(each.object or each.key), each.rule) for each in report.findings)


@pytest.mark.parametrize("count", [600, pytest.param(RECIPIENTS, marks=pytest.mark.unmeasured)])
def test_every_planted_fault_is_found_and_none_else(count: int, tmp_path: Path) -> None:
    made = planted(count)
    write_csv(tmp_path / "export.csv", made.records)
    report = px.audit(tmp_path / "export.csv", context=CONTEXT)
    assert report.objects == count
    assert found_in(report) == Counter(made.findings)
    assert min(report.counts.values()) >= 3
    assert set(report.counts) == set(RULE_NAMES)


def test_what_is_mended_is_not_found_again(tmp_path: Path) -> None:
    made = planted(400)
    write_csv(tmp_path / "export.csv", made.records)
    report = px.audit(tmp_path / "export.csv", context=CONTEXT)
    left = Counter((str(each.object or each.key), each.rule) for each in report.findings if each.fix is None)
    report.write_mended(tmp_path / "mended.csv")
    assert found_in(px.audit(tmp_path / "mended.csv", context=CONTEXT)) <= left
