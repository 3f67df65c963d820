"""The page of the forms of exports: what reads which, each cell by a small file, held against the page."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.routing.accepted_files import read_accepted_domains
from tests.text_files import written

pytest.importorskip("pyarrow")

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "exports.md"
LINES = (ROOT / "tests" / "cases" / "export_forms.jsonl").read_text("utf-8").splitlines()
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]
READERS = ("directory", "connectors", "accepted domains", "bulk")
ADDRESSES = ["SMTP:jane@contoso.com", "smtp:j@contoso.com"]
DOMAINS = ["contoso.com", "fabrikam.com"]


def file_of(folder: Path, case: dict[str, Any]) -> Path:
    return written(folder, case["name"], "\n".join(case["lines"]).encode(case.get("encoding", "utf-8")))


def of_directory(path: Path) -> list[str]:
    directory = px.Directory.from_file(path)
    assert directory.errors == ()
    (recipient,) = directory
    return [str(proxy) for proxy in recipient.proxies]


def of_connectors(path: Path) -> list[str]:
    table = px.RoutingTable.from_file(path)
    assert table.errors == ()
    assert {route.connector for route in table.routes} == {"Partner"}
    return [route.space.pattern for route in table.routes]


def of_accepted_domains(path: Path) -> list[str]:
    found = read_accepted_domains(path)
    assert found.errors == []
    return found.domains


def of_bulk(path: Path, *options: str) -> list[str]:
    out = path.with_name("out.csv")
    assert main(["parse", "--in", str(path), "--out", str(out), *options]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [f"{'SMTP' if row['is_primary'] == 'true' else 'smtp'}:{row['value']}" for row in rows]


READ = {
    "directory": (of_directory, ADDRESSES),
    "connectors": (of_connectors, DOMAINS),
    "accepted domains": (of_accepted_domains, DOMAINS),
    "bulk": (of_bulk, ADDRESSES),
}


def name_of(case: dict[str, Any]) -> str:
    return f"{case['form']}-{case['reader']}-{case.get('encoding', '')}"


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case], ids=name_of)
def test_what_the_page_says_is_read_is_read(tmp_path: Path, case: dict[str, Any]) -> None:
    read, expected = READ[case["reader"]]
    assert read(file_of(tmp_path, case)) == expected


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=name_of)
def test_what_the_page_says_is_refused_is_one_error_with_a_mend(
    tmp_path: Path, case: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(tmp_path, case)
    if case["reader"] == "bulk":
        assert main(["parse", "--in", str(path), "--out", "-"]) == 2
        error = capsys.readouterr().err
    else:
        with pytest.raises(px.ConfigurationError) as caught:
            READ[case["reader"]][0](path)
        assert caught.value.code == case["refused"]
        error = str(caught.value)
    assert "Export-Clixml" in error or "CSV" in error


def test_the_page_shows_what_the_files_do() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    shown = {form: dict(zip(READERS, cells, strict=True)) for form, *cells in rows[1:]}
    assert rows[0] == ["form", *READERS]
    known: dict[str, dict[str, str]] = {case["form"]: dict.fromkeys(READERS, "–") for case in CASES}  # noqa: RUF001
    for case in CASES:
        known[case["form"]][case["reader"]] = "refused" if "refused" in case else "read"
    assert shown == known
