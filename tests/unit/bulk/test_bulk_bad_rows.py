"""Bad rows and damaged files through `parse`: kept with a code or put aside, never lost, and no output half written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

import proxyaddr as px
from proxyaddr.bulk.lists import split_lists
from proxyaddr.cli.main import main

Row = tuple[str | None, str | None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parse(*arguments: str) -> int:
    return main(["parse", "--column", "email", *arguments])


def rows(path: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def answers() -> list[Row]:
    return [(row["email"], row["error"]) for row in rows()]


@pytest.mark.parametrize(
    ("name", "octets", "wanted", "status"),
    [
        (
            "in.txt",
            b"a@b\r\n\n\xff@d\nJane [SMTP:j@x]\n[bad",
            [
                ("a@b", None),
                (None, None),
                ("\\xff@d", "not-utf8"),
                ("Jane [SMTP:j@x]", None),
                ("[bad", "unbalanced-brackets"),
            ],
            2,
        ),
        (
            "in.jsonl",
            b'{"email": 5}\n{"email": "c@d"}\n{"email": null}\n',
            [("5", "no-address"), ("c@d", None), (None, None)],
            2,
        ),
        ("in.csv", b"n,email\n1,a\0@b\n\n2,c@d", [("a\0@b", None), ("c@d", None)], 1),  # a finding
        ("in.csv", b"n,email\n1,a@b\n2\n", [("a@b", None), ("2", "wrong-field-count")], 2),
    ],
)
def test_errors_of_reading_and_of_parsing_stand_together(
    name: str, octets: bytes, wanted: list[Row], status: int, folder: Path
) -> None:
    (folder / name).write_bytes(octets)
    assert parse("--in", name, "--out", "out.jsonl") == status
    assert answers() == wanted


def test_text_of_other_columns_that_is_not_utf8_does_not_make_a_row_bad(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in.csv").write_bytes(b"name,email\nM\xfcller,a@b\n")
    assert parse("--in", "in.csv", "--out", "out.jsonl", "--json") == 0
    assert rows()[0] | {"type": "", "is_primary": None} == {
        "name": "M\\xfcller",
        "email": "a@b",
        "type": "",
        "value": "a@b",
        "is_primary": None,
        "findings": [],
        "error": None,
    }
    assert json.loads(capsys.readouterr().out)["escaped_cells"] == 1


@pytest.mark.parametrize(
    "octets",
    [b'[{"email": "a@b"},\n{"email": "c@d"', b'{\n"email": "a@b"\n', b'[{"email": ' + b"[" * 100_000, b"[]"],
    ids=["array", "object", "too deep", "no column"],
)
def test_json_that_is_incomplete_changes_nothing(octets: bytes, folder: Path) -> None:
    (folder / "in.json").write_bytes(octets)
    (folder / "out.csv").write_text("old")
    assert parse("--in", "in.json", "--out", "out.csv") == 2
    assert (folder / "out.csv").read_text() == "old"


LISTS_CASES = {
    "csv": (b'n,email\n1,":x;SMTP:a@b;~del<smtp:c@d>;smtp:\xff@d;\\x41@g"\n2,SMTP:e@f;\\xff@g\n', "--list"),
    "jsonl": (
        b'{"email":":x;SMTP:a@b;~del<smtp:c@d>;smtp:\xff@d;\\\\x41@g"}\n{"email":"SMTP:e@f;\\\\xff@g"}\n',
        "--list",
    ),
    "json": (
        b'[{"email": [":x", "SMTP:a@b",\n"~del<smtp:c@d>", "smtp:\xff@d", "\\\\x41@g"]}'
        b'\n, {"email":["SMTP:e@f", "\\\\xff@g"]}]',
        "--json",
    ),
}


@pytest.mark.parametrize("ending", LISTS_CASES)
def test_a_list_keeps_its_good_items_in_their_order(ending: str, folder: Path) -> None:
    octets, option = LISTS_CASES[ending]
    (folder / f"in.{ending}").write_bytes(octets)
    assert parse("--in", f"in.{ending}", "--out", "out.jsonl", option) == 2
    found = [(row["row"], row["email"].removeprefix("smtp:"), row["error"]) for row in rows()]
    nameless = "empty-type" if option == "--list" else "no-address"
    assert found == [
        (1, ":x", nameless),
        (1, "SMTP:a@b", None),
        (1, "~del<smtp:c@d>", "deletion-marker"),
        (1, "\\xff@d", "not-utf8"),
        (1, "\\x41@g", None),
        (2, "SMTP:e@f", None),
        (2, "\\xff@g", None),
    ]


@pytest.mark.parametrize("cut", [10, 500, 3000])
def test_a_cut_off_file_changes_nothing(cut: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet.write_table(pa.table({"email": [f"a{number}@b" for number in range(1000)]}), "whole.parquet")
    (folder / "in.parquet").write_bytes((folder / "whole.parquet").read_bytes()[:-cut])
    (folder / "out.csv").write_text("old")
    assert parse("--in", "in.parquet", "--out", "out.csv") == 2
    assert "in.parquet: cannot be read as parquet" in capsys.readouterr().err
    assert (folder / "out.csv").read_text() == "old"


def test_a_file_that_breaks_in_the_middle_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet.write_table(
        pa.table({"email": [f"a{n}@b" for n in range(300_000)]}),
        "in.parquet",
        row_group_size=100_000,
        compression="zstd",
    )
    octets = bytearray((folder / "in.parquet").read_bytes())
    place = parquet.ParquetFile("in.parquet").metadata.row_group(2).column(0).data_page_offset
    octets[place : place + 4000] = b"\xee" * 4000
    (folder / "in.parquet").write_bytes(octets)
    assert parse("--in", "in.parquet", "--out", "out.csv") == 2
    err = capsys.readouterr().err
    assert "in.parquet: cannot be read as parquet" in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["in.parquet"]


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_packed_file_that_is_cut_off_changes_nothing(
    ending: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = "".join(f"user{number * 7919}@example{number}.test\n" for number in range(100_000)).encode()
    with pa.CompressedOutputStream(f"in.txt.{ending}", {"gz": "gzip", "zst": "zstd"}[ending]) as out:
        out.write(plain)
    packed = Path(f"in.txt.{ending}")
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    assert parse("--in", packed.name, "--out", "out.csv") == 2
    assert "cannot be read as text" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == [packed.name]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "arrow", "csv.gz"])
def test_rejects_take_the_bad_rows_out(ending: str, folder: Path) -> None:
    (folder / "in.csv").write_bytes(b"n,email\n1,a@b\n2\n3,[bad\n\n4,e@f\n5,\xff\n")
    assert parse("--in", "in.csv", "--out", "out.jsonl", "--rejects", f"bad.{ending}") == 2
    assert answers() == [("a@b", None), ("e@f", None)]
    assert main(["parse", "--in", f"bad.{ending}", "--column", "email", "--out", "seen.jsonl", "--prefix", "x_"]) in (
        0,
        2,
    )
    found = [(row["n"], row["email"], int(row["row"]), row["source"], row["error"]) for row in rows("seen.jsonl")]
    assert found == [
        (None, "2", 2, "in.csv", "wrong-field-count"),
        ("3", "[bad", 3, "in.csv", "unbalanced-brackets"),
        ("5", "\\xff", 5, "in.csv", "not-utf8"),
    ]


def test_a_list_longer_than_any_that_is_read_stays_whole() -> None:
    text = " " * (px.Limits().list_length + 1)
    found = split_lists(pa.record_batch({"email": [text, "SMTP:a@b;:x"]}), 0, {})
    assert found.origin is not None
    assert found.origin.to_pylist() == [0, 1, 1]
    assert found.parsed is not None
    assert [item["error"] for item in found.parsed.to_pylist()] == ["too-long", None, "empty-type"]
    assert found.rows["email"][0].as_py() == text
