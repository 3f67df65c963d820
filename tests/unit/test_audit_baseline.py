"""A baseline: what an audit wrote is known to the next one, however the export is ordered, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import csv as arrow_csv

import proxyaddr as px
from proxyaddr.cli.main import main

PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "mail": "j@contoso.com", "proxyAddresses": ["smtp:j@contoso.com"]},
    {"id": "=b", "mail": "j@contoso.com", "proxyAddresses": ["SMTP:j@contoso.com"]},
    {"id": "c; d", "mail": "x\r\ny", "displayName": " ", "proxyAddresses": ["smtp:jané@contoso.com"]},
    {"id": "e", "proxyAddresses": ["SMTP:p@contoso.com", "SMTP:q@contoso.com"]},
]
FORMS = ("csv", "tsv", "jsonl", "parquet", "arrow")


@pytest.fixture(params=FORMS)
def baseline(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The findings about these people in a file."""
    export, path = tmp_path / "export.jsonl", tmp_path / f"known.{request.param}"
    write(export, PEOPLE)
    main(["audit", str(export), "--out", str(path)])
    return path


def write(path: Path, people: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in people), "utf-8")


def new(people: list[dict[str, Any]], baseline: Path) -> list[tuple[str | None, str]]:
    return [(each.object, each.rule) for each in px.audit(people, baseline=baseline).findings]


def test_what_is_known_is_not_told_in_any_order(baseline: Path) -> None:
    assert len(px.audit(PEOPLE).findings) > 6
    assert new(PEOPLE, baseline) == []
    assert new(PEOPLE[::-1], baseline) == []


def test_what_is_mended_and_comes_back_is_known_still(baseline: Path) -> None:
    assert new(PEOPLE[1:], baseline) == []
    assert new(PEOPLE, baseline) == []


def test_another_holder_is_new_and_one_less_is_not(baseline: Path) -> None:
    another = {"id": "g", "mail": "J@contoso.com", "proxyAddresses": ["SMTP:g@contoso.com"]}
    told = px.audit([*PEOPLE, another], baseline=baseline, rules=["mail-duplicate"]).findings
    assert [(each.rule, each.holders) for each in told] == [("mail-duplicate", ("a", "=b", "g"))]
    assert new([PEOPLE[1], PEOPLE[0]], baseline) == []


def test_another_value_is_new(baseline: Path) -> None:
    changed = [*PEOPLE[:2], {**PEOPLE[2], "displayName": "  "}, PEOPLE[3]]
    assert new(changed, baseline) == [("c; d", "display-name-blank")]


@pytest.mark.parametrize("holders", ["", "a and b", "[" * 100_000, "[]", "7"])
def test_where_holders_are_no_list_all_are_known(holders: str, tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text(f"object,rule,attribute,value,key,holders\n,mail-duplicate,mail,,j@contoso.com,{holders}\n")
    assert list(px.audit(PEOPLE, rules=["mail-duplicate"], baseline=path).findings) == []


def test_a_person_may_write_one(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text("object,rule\ne,primary-multiple\n")
    assert ("e", "primary-multiple") in new(PEOPLE, path)  # another attribute or value is another finding
    arrow_csv.write_csv(px.audit(PEOPLE).findings.to_arrow().drop_columns(["holders"]), path)
    assert new(PEOPLE, path) == []
