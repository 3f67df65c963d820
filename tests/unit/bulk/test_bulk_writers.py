"""Outputs: what each format makes of columns, cells that spreadsheets would run, and files that are replaced whole."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import ipc, parquet
from pyarrow import json as arrow_json

import proxyaddr as px
from proxyaddr.bulk.atomic import atomic_path
from proxyaddr.bulk.formulas import without_formulas
from proxyaddr.cli.main import main

MANY = 70_000

"""More rows than a batch holds."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spaces.txt").write_text("SMTP,*@contoso.com;,1,imc\n", "utf-8")
    return tmp_path


def route(*arguments: str) -> int:
    return main(["route", "--spaces", "spaces.txt", "--column", "email", *arguments])


def rows(path: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def stream(path: str, schema: pa.Schema, batches: list[pa.RecordBatch]) -> None:
    with ipc.new_stream(path, schema) as out:
        for batch in batches:
            out.write_batch(batch)


def parse(*arguments: str) -> int:
    return main(["parse", "--column", "email", *arguments])


def broken_text(kind: pa.DataType) -> pa.Array:
    """A column of three texts, the second of which is no UTF-8, as careless writers make them."""
    octets = pa.array([b"a@b", b"\xff@d", b"e@f"])
    text = pa.Array.from_buffers(pa.string(), 3, octets.buffers())
    return pa.ListArray.from_arrays(pa.array([0, 1, 3], pa.int32()), text) if pa.types.is_list(kind) else text


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_other_typed_columns_that_are_no_text_pass(ending: str, folder: Path) -> None:
    name, names = broken_text(pa.string()), broken_text(pa.list_(pa.string()))
    table = pa.table({"email": ["a@b"] * 2, "names": names, "more": pa.StructArray.from_arrays([names], ["x"])})
    table = table.append_column("by name", pa.MapArray.from_arrays([0, 1, 3], ["x", "y", "z"], name))
    parquet.write_table(table.append_column("name", name.slice(1)), "in.parquet")
    assert parse("--in", "in.parquet", "--out", f"out.{ending}") == 0
    octets = (folder / f"out.{ending}").read_bytes()
    assert octets.count(b"\xff@d" if ending == "parquet" else b"xff@d") >= 4


FORMULAS = ["=1+1", "+1 555 0100", "-1+1", "@x", "\tx", "\rx"]


@pytest.mark.parametrize("raw", [False, True])
def test_csv_cells_start_no_formula(raw: bool, folder: Path) -> None:
    table = pa.table(
        {"email": [f"{text}@b.example" for text in FORMULAS], "=name": FORMULAS, "n": [-1] * len(FORMULAS)}
    )
    parquet.write_table(table, "in.parquet")
    parse("--in", "in.parquet", "--out", "out.csv", *(["--raw-csv"] if raw else []))
    header, *found = csv.reader(io.StringIO((folder / "out.csv").read_bytes().decode(), newline=""))
    start = "" if raw else "'"
    assert header[1] == f"{start}=name"
    assert [row[1] for row in found] == [start + text for text in FORMULAS]
    assert [row[0] for row in found] == [f"{start}{text}@b.example" for text in FORMULAS]
    assert {row[2] for row in found} == {"-1"}


@pytest.mark.parametrize("start", ["\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_more_starts_of_formulas(start: str) -> None:
    guarded, count = without_formulas(pa.array([f"{start}1", f"a{start}"]))
    assert (guarded.to_pylist(), count) == ([f"'{start}1", f"a{start}"], 1)


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow", "arrows"])
def test_no_rows_in_no_rows_out(ending: str, folder: Path) -> None:
    empty = pa.table({"email": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    parquet.write_table(empty, "in.parquet")
    assert route("--in", "in.parquet", "--out", f"out.{ending}") == 0
    assert route("--in", f"out.{ending}", "--out", "again.parquet", "--prefix", "second_") == (
        0 if ending != "jsonl" else 2
    )
    if ending != "jsonl":  # which names its columns in its rows
        assert parquet.read_table("again.parquet").num_rows == 0


@pytest.mark.parametrize("ending", ["arrow", "arrows", "csv"])
def test_dictionaries_that_are_not_of_text_are_kept(ending: str, folder: Path) -> None:
    numbers = pa.DictionaryArray.from_arrays(pa.array([0, 1] * (MANY // 2), pa.int8()), pa.array([7, 9]))
    table = pa.table({"email": ["a@contoso.com"] * MANY, "n": numbers})
    stream("in.arrows", table.schema, table.to_batches(MANY // 2))
    assert route("--in", "in.arrows", "--out", f"out.{ending}") == 0
    if ending == "csv":
        assert Path("out.csv").read_text().splitlines()[1].startswith('"a@contoso.com",7,')
        return
    with ipc.open_file("out.arrow") if ending == "arrow" else ipc.open_stream("out.arrows") as read:
        found = read.read_all()
    assert found["n"].to_pylist() == [7, 9] * (MANY // 2)
    assert set(found["connector"].to_pylist()) == {"imc"}


def test_numbers_that_are_none_are_null_in_json(folder: Path) -> None:
    table = pa.table({"email": ["jane@contoso.com"], "n": [float("nan")], "m": [[float("inf"), 1.0]]})
    parquet.write_table(table, "in.parquet")
    assert route("--in", "in.parquet", "--out", "out.jsonl") == 0
    assert "NaN" not in Path("out.jsonl").read_text("utf-8")
    assert [(row["n"], row["m"]) for row in rows()] == [(None, [None, 1.0])]


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(13)]
)
@pytest.mark.parametrize("listed", [None, pa.list_, pa.large_list, lambda kind: pa.list_(kind, 1)])
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_text_and_octets_of_every_width(
    ending: str, listed: Callable[[pa.DataType], pa.DataType] | None, kind: pa.DataType, folder: Path
) -> None:
    given: list[object] = ["a@contoso.com" if pa.types.is_large_string(kind) else b"a@contoso.com"]
    column = pa.array(given).cast(kind)
    other = column
    if listed is not None:
        column = pa.FixedSizeListArray.from_arrays(column, 1).cast(listed(kind))
    table = pa.table({"email": column, "other": other})
    with ipc.new_file("in.arrow", table.schema) as out:
        out.write_table(table)
    assert route("--in", "in.arrow", "--out", f"out.{ending}") == 0
    if ending == "parquet":
        found = parquet.read_table("out.parquet")
    else:
        found = arrow_csv.read_csv("out.csv") if ending == "csv" else arrow_json.read_json("out.jsonl")
    texts = found.select(["email", "other", "connector"]).to_pylist()[0].values()
    assert [text.decode() if isinstance(text, bytes) else text for text in texts] == ["a@contoso.com"] * 2 + ["imc"]


def test_an_output_that_is_a_folder_or_becomes_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    (folder / "out.csv").mkdir()
    assert route("--in", "in.csv", "--out", "out.csv") == 2
    assert "out.csv: is a folder" in capsys.readouterr().err
    target = folder / "later.csv"

    def write() -> None:
        with atomic_path(target) as beside:
            beside.write_text("rows")
            target.mkdir()

    with pytest.raises(px.ConfigurationError) as caught:
        write()
    assert (caught.value.code, caught.value.source) == ("unwritable-file", str(target))
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "later.csv", "out.csv", "spaces.txt"]


def test_an_output_that_keeps_nothing(folder: Path) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    assert route("--in", "in.csv", "--out", "/dev/null", "--out-format", "csv") == 0
    assert not Path("/dev/null").is_file()


def test_only_what_a_run_left_is_removed(folder: Path) -> None:
    Path("in.csv").write_text("email\njane@contoso.com\n", "utf-8")
    Path(".out.csv.mynotes.part").write_text("precious", "utf-8")
    Path(".out.csv.abcd_123.part").write_text("left", "utf-8")
    os.mkfifo(".out.csv.abcdefgh.part")
    assert route("--in", "in.csv", "--out", "out.csv") == 0
    assert {path.name for path in folder.glob(".*")} == {".out.csv.mynotes.part", ".out.csv.abcdefgh.part"}
