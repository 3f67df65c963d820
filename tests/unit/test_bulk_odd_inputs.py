"""Inputs of odd shape through `route` and `parse`: read in pieces, in other types than expected, or with no rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, ipc, parquet
from pyarrow import json as arrow_json

import proxyaddr as px
from proxyaddr.bulk.atomic import atomic_path
from proxyaddr.bulk.formulas import without_formulas
from proxyaddr.bulk.lists import split_lists
from proxyaddr.bulk.readers.blocks import blocks, last_record_end, recoded
from proxyaddr.bulk.readers.csv import _header as header_of
from proxyaddr.cli.main import main
from proxyaddr.limits import DEFAULT_LIMITS

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


def test_characters_cut_between_two_reads_are_put_together() -> None:
    pieces = iter([b"\xff\xfea", b"\0", b"\xe9", b"\0b\0", b"\xe9", b""])
    read = recoded(lambda _: next(pieces), None)
    assert b"".join(iter(lambda: read(1), b"")) == "aéb\\xe9".encode()


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


def test_rows_of_blank_lines_alone_are_none(folder: Path) -> None:
    (folder / "in.jsonl").write_bytes(b'{"email": "a@contoso.com"}\n' + b"\n" * (5 << 20))
    assert route("--in", "in.jsonl", "--out", "out.jsonl") == 0
    assert [row["connector"] for row in rows()] == ["imc"]


def test_a_header_may_hold_lines(folder: Path) -> None:
    (folder / "in.csv").write_text('"e\nmail",x\na@contoso.com,1\n')
    assert main(["parse", "--in", "in.csv", "--column", "e\nmail", "--out", "out.jsonl"]) == 0
    assert [(row["e\nmail"], row["type"]) for row in rows()] == [("a@contoso.com", "SMTP")]
    (folder / "in.csv").write_text('"email')
    assert route("--in", "in.csv", "--out", "out.jsonl") == 0
    assert rows() == []


def test_a_mark_of_unicode_that_is_not_at_the_start_is_kept(folder: Path) -> None:
    (folder / "in.csv").write_text("email\n\ufeff\n")
    assert main(["parse", "--in", "in.csv", "--out", "out.jsonl"]) in (0, 2)
    assert [row["email"] for row in rows()] == ["\ufeff"]
    (folder / "in.csv").write_text("\ufeffemail\n\ufeffa@contoso.com\na@contoso.com\n")
    assert route("--in", "in.csv", "--out", "out.jsonl") == 0
    assert [row["email"] for row in rows()] == ["\ufeffa@contoso.com", "a@contoso.com"]


def test_addresses_that_are_all_null(folder: Path) -> None:
    (folder / "in.jsonl").write_text('{"email": null, "n": 1}\n{"n": 2}\n')
    assert route("--in", "in.jsonl", "--out", "out.jsonl") == 0
    assert [(row["n"], row.get("email"), row.get("connector")) for row in rows()] == [(1, None, None), (2, None, None)]
    parquet.write_table(pa.table({"email": pa.nulls(3, pa.string())}), "in.parquet")
    assert route("--in", "in.parquet", "--out", "out.jsonl") == 0
    assert [row["connector"] for row in rows()] == [None] * 3


def test_objects_beside_a_line_that_is_no_text(folder: Path) -> None:
    (folder / "in.jsonl").write_bytes(
        b'{"email": "a@contoso.com", "who": {"name": "Jane", "age": 5}}\n{"email": "b\xff@contoso.com", "who": null}\n'
    )
    assert route("--in", "in.jsonl", "--out", "out.jsonl") == 2
    assert [(row["email"], row["who"], row["error"]) for row in rows()] == [
        ("a@contoso.com", {"name": "Jane", "age": 5}, None),
        ("b\\xff@contoso.com", None, "not-utf8"),
    ]


def test_json_lines_of_two_files_may_differ(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"email": "a@contoso.com", "n": 1}\n')
    (folder / "b.jsonl").write_text('{"email": "b@contoso.com", "n": 1.5, "more": "x"}\n')
    assert route("--in", "a.jsonl", "--in", "b.jsonl", "--out", "out.jsonl") == 0
    assert [(row["email"], row["n"], row.get("more")) for row in rows()] == [
        ("a@contoso.com", 1.0, None),
        ("b@contoso.com", 1.5, "x"),
    ]


def test_columns_of_two_files_are_brought_to_one_type(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet.write_table(pa.table({"email": ["a@contoso.com"], "n": pa.array([1], pa.int64())}), "a.parquet")
    parquet.write_table(pa.table({"n": pa.array([2], pa.int8()), "email": ["b@contoso.com"]}), "b.parquet")
    assert route("--in", "a.parquet", "--in", "b.parquet", "--out", "out.jsonl") == 0
    assert [(row["email"], row["n"]) for row in rows()] == [("a@contoso.com", 1), ("b@contoso.com", 2)]
    parquet.write_table(pa.table({"email": ["b@contoso.com"], "n": ["two"]}), "c.parquet")
    assert route("--in", "a.parquet", "--in", "c.parquet", "--out", "other.jsonl") == 2
    assert "c.parquet: the column 'n' holds string, that of the first input int64" in capsys.readouterr().err
    assert not Path("other.jsonl").exists()


def test_a_dictionary_with_a_member_that_is_no_text(folder: Path) -> None:
    words = pa.array([b"a@contoso.com", b"b\xff@contoso.com"], pa.binary()).view(pa.string())
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0], pa.int8()), words)
    stream("in.arrows", pa.schema([("email", column.type)]), [pa.record_batch({"email": column})])
    assert route("--in", "in.arrows", "--out", "out.jsonl") == 2
    assert [(row["email"], row["connector"], row["error"]) for row in rows()] == [
        ("a@contoso.com", "imc", None),
        ("b\\xff@contoso.com", None, "not-utf8"),
        (None, None, None),
        ("a@contoso.com", "imc", None),
    ]


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


def test_the_summary_counts_cells_that_are_no_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_bytes(b"name,email\nJ\xf6rg,a@contoso.com\n")
    assert route("--in", "in.csv", "--out", "out.jsonl") == 0
    assert "1 kept escaped: cells that are not UTF-8" in capsys.readouterr().err
    assert rows()[0]["name"] == "J\\xf6rg"


def test_rows_on_standard_output(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    for kind in ("csv", "jsonl", "arrows", "parquet"):
        assert route("--in", "in.csv", "--out", "-", "--out-format", kind) == 0
        out, err = capfdbinary.readouterr()
        assert b"imc" in out
        assert err.startswith(b"1 row\n")


def test_names_that_no_system_takes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop.csv").symlink_to("loop.csv")
    for name in ("x" * 5000 + ".csv", "absent.csv", "*.parquet", "nul\0.csv", "loop.csv"):
        assert route("--in", name, "--out", "out.jsonl") == 2
    shown = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in shown[1:]] == ["no such file, or nothing in it that can be read"] * 4
    assert "cannot be read: [Errno 36] File name too long" in shown[0]


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


def test_a_report_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    (folder / "full.html").symlink_to("/dev/full")
    assert route("--in", "in.csv", "--out", "out.csv", "--report", "full.html") == 2
    assert "full.html: cannot be written: No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "out.csv", "--report", "-"], "-: a report is a page: its name ends in .html or .htm"),
        (["--out", "out.csv", "--report", "report.txt"], "report.txt: a report is a page"),
        (["--out", "out.csv", "--compression", "zstd"], "--compression is for Parquet and Arrow"),
        (["--out", "-", "--compression", "none"], "end the name of a csv file in .gz or .zst"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    arguments: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    assert route("--in", "in.csv", *arguments) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "spaces.txt"]


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
        found = csv.read_csv("out.csv") if ending == "csv" else arrow_json.read_json("out.jsonl")
    texts = found.select(["email", "other", "connector"]).to_pylist()[0].values()
    assert [text.decode() if isinstance(text, bytes) else text for text in texts] == ["a@contoso.com"] * 2 + ["imc"]


def test_a_list_longer_than_any_that_is_read_stays_whole() -> None:
    text = " " * (DEFAULT_LIMITS.list_length + 1)
    found = split_lists(pa.record_batch({"email": [text, "SMTP:a@b;:x"]}), 0, {})
    assert found.origin.to_pylist() == [0, 1, 1]
    assert found.parsed is not None
    assert [item["error"] for item in found.parsed.to_pylist()] == ["too-long", None, "empty-type"]
    assert found.rows["email"][0].as_py() == text


def test_no_way_round_leads_an_output_onto_an_input(folder: Path) -> None:
    Path("in.csv").write_text("email\njane@contoso.com\n", "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in ("nosuch/../in.csv", "nosuch/../spaces.txt", "./in.csv"):
        assert route("--in", "in.csv", "--out", name, "--out-format", "csv") == 2
    line = f"{sys.executable} -m proxyaddr route --spaces spaces.txt --column email --in - --in-format csv --out in.csv"
    done = subprocess.run(f"{line} < in.csv", shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("an input of this run")) == (2, 1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rows_between_carriage_returns_are_cut_where_they_end() -> None:
    row = b"user@contoso.com,1\r"
    pieces = iter([row * 3 + row[:7], row[7:] + row, row, b""])
    found = list(blocks(lambda _: next(pieces), last_record_end))
    assert found == [row * 3, row, row, row]  # a line feed may follow a return at the end of what was read


def test_a_quote_that_nothing_closes_costs_a_header_no_more_than_its_length() -> None:
    block = CountedOctets(b'"' + b"\n" * 2000)
    assert header_of(block, ",")[1] == len(block)
    assert block.counted <= 2 * len(block)


class CountedOctets(bytes):
    """Octets that note through how many of them quotes were counted."""

    counted = 0

    def count(self, sub: Any, start: Any = 0, end: Any = None, /) -> int:  # noqa: ANN401 - as bytes has it
        stop = len(self) if end is None else end
        self.counted += stop - start
        return bytes(self).count(sub, start, stop)


def test_numbers_that_are_none_are_null_in_json(folder: Path) -> None:
    table = pa.table({"email": ["jane@contoso.com"], "n": [float("nan")], "m": [[float("inf"), 1.0]]})
    parquet.write_table(table, "in.parquet")
    assert route("--in", "in.parquet", "--out", "out.jsonl") == 0
    assert "NaN" not in Path("out.jsonl").read_text("utf-8")
    assert [(row["n"], row["m"]) for row in rows()] == [(None, [None, 1.0])]


def test_only_what_a_run_left_is_removed(folder: Path) -> None:
    Path("in.csv").write_text("email\njane@contoso.com\n", "utf-8")
    Path(".out.csv.mynotes.part").write_text("precious", "utf-8")
    Path(".out.csv.abcd_123.part").write_text("left", "utf-8")
    os.mkfifo(".out.csv.abcdefgh.part")
    assert route("--in", "in.csv", "--out", "out.csv") == 0
    assert {path.name for path in folder.glob(".*")} == {".out.csv.mynotes.part", ".out.csv.abcdefgh.part"}


@pytest.mark.parametrize("start", ["\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_more_starts_of_formulas(start: str) -> None:
    assert without_formulas(pa.array([f"{start}1", f"a{start}"])).to_pylist() == [f"'{start}1", f"a{start}"]


def test_a_bad_line_changes_no_other_line(folder: Path) -> None:
    good = '{"email":"a@contoso.com","n":1.5}\n{"email":"c@contoso.com","n":9007199254740993}\n'
    Path("good.jsonl").write_text(good, "utf-8")
    Path("bad.jsonl").write_text(good + "[1]\n", "utf-8")
    assert route("--in", "good.jsonl", "--out", "out.jsonl") == 0
    expected = rows()
    assert route("--in", "bad.jsonl", "--out", "out.jsonl") == 2
    assert rows()[:2] == expected
    assert [row["error"] for row in rows()] == [None, None, "bad-json"]


@pytest.mark.parametrize("more", ["", "nope\n"])
def test_a_line_holds_one_object(more: str, folder: Path) -> None:
    two = '{"email":"a@contoso.com"} {"email":"b@contoso.com"}\n{"email":"c@contoso.com"}\n'
    Path("in.jsonl").write_text(two + more, "utf-8")
    assert route("--in", "in.jsonl", "--out", "out.jsonl") == 2
    assert [row["error"] for row in rows()][:2] == ["bad-json", None]
