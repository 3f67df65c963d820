"""Cells of text columns that are nearly one address: what `parse` says of them, and the rows of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from tests.cases import cases


@pytest.mark.parametrize("case", cases("cells"), ids=str)
def test_parse_reads_the_text_of_the_cell(case: dict[str, Any]) -> None:
    if isinstance(case["parsed"], str):
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.parse(case["cell"])
        assert (caught.value.code, caught.value.text) == (case["parsed"], case["cell"])
    else:
        found = px.parse(case["cell"])
        assert [found.type, found.value, [each.code for each in found.validate()]] == case["parsed"]


@pytest.mark.parametrize("case", cases("cells"), ids=str)
def test_columns_read_the_text_of_the_cell(case: dict[str, Any], engine: str) -> None:
    (row,) = px.columns.parse(pa.array([case["cell"]])).to_pylist()
    parsed = case["parsed"]
    assert [row["type"], row["value"], row["error"]] == (
        [None, None, parsed] if isinstance(parsed, str) else [*parsed[:2], None]
    )


def test_a_file_of_cells_gives_the_rows_of_each(tmp_path: Path) -> None:
    given = list(cases("cells"))
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"cell": case["cell"]}) + "\n" for case in given))
    assert main(["parse", "--in", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")]) == 2
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [[row["type"], row["value"], row["findings"], row["error"]] for row in rows] == [
        wanted for case in given for wanted in case["rows"]
    ]


@pytest.mark.parametrize(
    ("lines", "status", "said"),
    [
        ('{"a": "jane@contoso.com"}\n', 0, "1 parsed"),
        ('{"a": null}\n', 0, "1 blank"),
        ('no JSON\n{"a": "jane@contoso.com"}\n', 2, "1 bad (bad-json 1)"),
        ('{"a": "jane@contoso.com", "b": 1}\n', 2, "--column is missing; the columns are 'a', 'b'"),
        ("[]", 2, "--column is missing; there are no columns at all"),
    ],
)
def test_json_without_a_named_column(
    lines: str, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(lines)
    assert main(["parse", "--in", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.csv")]) == status
    assert said in capsys.readouterr().err
