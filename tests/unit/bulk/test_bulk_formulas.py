"""Cells of CSV that a spreadsheet would run get an apostrophe and are counted; plain numbers are left alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest

from proxyaddr.bulk.formulas import without_formulas
from proxyaddr.cli.main import main

NUMBERS = ["-5", "+1.5", "-1e3", "-1,5", "+15550100", "-0", "-.5", "-5.", "+1.5E-10", "-12345678901234567890"]
FORMULAS = ["+1 555 0100", "=1+1", "@x", "-x", "-1+1", "-", "+", "-.", "-1e", "-1e3.5", "-5\n", "-5 ", "-1,000,000"]
FORMULAS += ["--1", "-e3", "-\u0665", "-1(2)", "-A1", "\uff0d5", "\uff0b1", "\uff1d1", "\uff20x", "\t5", "\n-5"]
OTHERS = ["", "5", "1,5", "a-1", " -5", "'-x"]


def test_only_what_a_spreadsheet_would_run_gets_an_apostrophe() -> None:
    guarded, count = without_formulas(pa.array([*NUMBERS, *FORMULAS, *OTHERS, None]))
    assert guarded.to_pylist() == [*NUMBERS, *(f"'{text}" for text in FORMULAS), *OTHERS, None]
    assert count == len(FORMULAS)


@pytest.mark.parametrize("texts", [NUMBERS, OTHERS, []])
def test_a_column_without_formulas_is_returned_as_it_is(texts: list[str]) -> None:
    column = pa.array(texts, pa.string())
    guarded, count = without_formulas(column)
    assert guarded is column
    assert count == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = "email,n,phone\na@b.example,-5,+1 555 0100\nc@d.example,+1.5,-x\ne@f.example,7,\n"
    Path("in.csv").write_text(text, "utf-8")
    return tmp_path


def parse(*arguments: str) -> int:
    return main(["parse", "--in", "in.csv", "--column", "email", *arguments])


def test_the_summary_counts_the_apostrophes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse("--out", "out.csv") == 0
    assert "2 cells guarded against formulas" in capsys.readouterr().err
    with (folder / "out.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["n"], row["phone"]) for row in rows] == [("-5", "'+1 555 0100"), ("+1.5", "'-x"), ("7", "")]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--out", "out.csv"], 2),
        (["--out", "out.tsv"], 2),
        (["--out", "out.csv", "--raw-csv"], 0),
        (["--out", "out.jsonl"], 0),
        (["--out", "out.csv", "--prefix", "="], 7),  # and the names of five columns
    ],
)
def test_json_counts_the_apostrophes(
    arguments: list[str], count: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse(*arguments, "--json") == 0
    assert json.loads(capsys.readouterr().out)["guarded_cells"] == count


def test_rejects_count_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("in.csv").write_text("email,n\na@b.example,-x\nSMTP:,=1\n", "utf-8")
    assert parse("--out", "out.csv", "--rejects", "bad.csv", "--json") == 2
    assert json.loads(capsys.readouterr().out)["guarded_cells"] == 2
    assert "'=1" in Path("bad.csv").read_text("utf-8")
    assert parse("--out", "out.jsonl", "--rejects", "bad.csv") == 2
    assert "1 cell guarded against formulas" in capsys.readouterr().err
