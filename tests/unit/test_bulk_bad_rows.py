"""Bad rows of each format: kept with a code or put aside, never lost, and never the end of the run."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers import blocks, json_arrays
from proxyaddr.bulk.readers.csv import CsvReader
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


CSV_CASES: dict[str, tuple[bytes, list[Row]]] = {
    "wrong field count": (
        b"n,email\n1,a@b\n2\n3,c@d,more\n4,e@f\n",
        [("a@b", None), ("2", "wrong-field-count"), ("3,c@d,more", "wrong-field-count"), ("e@f", None)],
    ),
    "empty lines are no rows": (b"n,email\n\n1,a@b\r\n\r\n2,c@d", [("a@b", None), ("c@d", None)]),
    "not UTF-8 in the column": (
        b"n,email\n1,a@b\n2,\xff@d\n3,e@f\n",
        [("a@b", None), ("\\xff@d", "not-utf8"), ("e@f", None)],
    ),
    "not UTF-8 in a bad line": (b"n,email\n\xff\n1,a@b\n", [("\\xff", "wrong-field-count"), ("a@b", None)]),
    "a quote that does not close": (
        b'n,email\n1,a@b\n2,"c@d\n3,e@f\n4,g@h\n',
        [("a@b", None), ('2,"c@d', "bad-quotes"), ("e@f", None), ("g@h", None)],
    ),
    "two quotes that do not close": (
        b'n,email\n1,"a@b\n2,c@d\n3,"e@f\n4,g@h\n',
        [('1,"a@b', "bad-quotes"), ("c@d", None), ('3,"e@f', "bad-quotes"), ("g@h", None)],
    ),
    "text after a quoted cell": (b'n,email\n1,"a@b"c\n2,d@e\n', [('1,"a@b"c', "bad-quotes"), ("d@e", None)]),
    "a quote inside a cell is itself": (b'n,email\n5" disk,a@b\n"x ""y""",c@d\n', [("a@b", None), ("c@d", None)]),
    "a cell of several lines": (b'n,email\n"1\n2",a@b\n3,c@d\n', [("a@b", None), ("c@d", None)]),
    "UTF-8 with a mark": (codecs.BOM_UTF8 + b"n,email\n1,a@b\n", [("a@b", None)]),
    "UTF-16": ("\ufeffn,email\n1,\u00e4@b\n".encode("utf-16-le"), [("\u00e4@b", None)]),
    "UTF-16 without its mark": ("n,email\n1,\u00e4@b\n".encode("utf-16-le"), [("\u00e4@b", None)]),
    "text after an empty quoted cell": (b'n,email\n"",a@b\n""x,c@d\n', [("a@b", None), ('""x,c@d', "bad-quotes")]),
    "a return in a quoted cell, then a blank": (
        b'n,email\n"x\r" ,a@b\n2,c@d\n',
        [('"x', "bad-quotes"), ('" ,a@b', "bad-quotes"), ("c@d", None)],
    ),
    "columns without a name": (b"n,,email,,\n1,,a@b,,\n", [("a@b", None)]),
    "PowerShell's type line, semicolons": (b'#TYPE X\n"n";"email"\n"1";"a@b"\n', [("a@b", None)]),
    "a carriage return ends a line": (b"n,email\r1,a@b\r2,c@d\r", [("a@b", None), ("c@d", None)]),
    "a zero octet": (b"n,email\n1,a\0@b\n2,c@d\n", [("a\0@b", None), ("c@d", None)]),
}


@pytest.mark.parametrize("case", CSV_CASES)
def test_csv(case: str, folder: Path) -> None:
    octets, wanted = CSV_CASES[case]
    (folder / "in.csv").write_bytes(octets)
    parse("--in", "in.csv", "--out", "out.jsonl")
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
        "error": None,
    }
    assert json.loads(capsys.readouterr().out)["escaped_cells"] == 1


def test_an_encoding_can_be_named(folder: Path) -> None:
    (folder / "in.csv").write_bytes("name,email\nM\u00fcller,\u00fc@b\n".encode("cp1252"))
    assert parse("--in", "in.csv", "--out", "out.jsonl", "--encoding", "cp1252") == 0
    assert (rows()[0]["name"], rows()[0]["email"]) == ("M\u00fcller", "\u00fc@b")


@pytest.mark.parametrize(
    ("octets", "words"),
    [(b"", "no header"), (b"email,email\n", "'email' occurs more than once"), (b'5" \rx', "line 1: not CSV")],
)
def test_csv_without_a_sound_header_is_refused(
    octets: bytes, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in.csv").write_bytes(octets)
    assert parse("--in", "in.csv", "--out", "out.jsonl") == 2
    assert words in capsys.readouterr().err


JSON_CASES: dict[str, tuple[bytes, list[Row]]] = {
    "no JSON": (
        b'{"email": "a@b"}\n{"email": \n[1]\n{"email": "c@d"}\n',
        [("a@b", None), ('{"email": ', "bad-json"), ("[1]", "bad-json"), ("c@d", None)],
    ),
    "not UTF-8": (b'{"email": "\xff@b"}\n{"email": "c@d"}\n', [("\\xff@b", "not-utf8"), ("c@d", None)]),
    "not UTF-8 and no JSON": (b'\xff\n{"email": "c@d"}\n', [("\\xff", "not-utf8"), ("c@d", None)]),
    "half a pair": (b'{"email": "\\ud800@b"}\n', [("\\ud800@b", "not-utf8")]),
    "numbers among text": (
        b'{"email": 5}\n{"email": "c@d"}\n{"email": null}\n',
        [("5", "no-address"), ("c@d", None), (None, None)],
    ),
    "fields that come late": (b'{"email": "a@b"}\n{"email": "c@d", "late": [1]}\n', [("a@b", None), ("c@d", None)]),
    "dates stay text": (b'{"email": "a@b", "when": "2024-01-01"}\n', [("a@b", None)]),
    "types that differ": (
        b'{"email": "a@b", "x": 1}\n{"email": "c@d", "x": "y"}\n{"email": "e@f", "x": {"z": 1}}\n',
        [("a@b", None), ("c@d", None), ("e@f", None)],
    ),
    "one line after the other without an end": (b'{"email": "a@b"}', [("a@b", None)]),
    "an array": (b'[{"email": "a@b"}, {"email": "c@d"}]', [("a@b", None), ("c@d", None)]),
    "an array on many lines": (
        b'\r\n [\r\n  {\r\n    "email": "a@b",\r\n    "n": [1, {"x": "]"}]\r\n  }\r\n  ,\r\n  5,\r\n  {}\r\n]\r\n',
        [("a@b", None), ("5", "bad-json"), (None, None)],
    ),
    "an array and lines behind it": (
        b'[]\n[{"email": "a@b"}]\n{"email": "c@d"}\n',
        [('[{"email": "a@b"}]', "bad-json"), ("c@d", None)],
    ),
    "an array in UTF-16": ('\ufeff[{"email": "\u00e4@b"}]'.encode("utf-16-le"), [("\u00e4@b", None)]),
    "UTF-16 without its mark": ('{"email": "\u00e4@b"}'.encode("utf-16-be"), [("\u00e4@b", None)]),
    "an object on many lines": (b'{\n  "email": "a@b",\n  "n": [\n    1\n  ]\n}\n', [("a@b", None)]),
    "objects on many lines": (
        b'\n{\r\n"email": "a@b"\r\n}\r\n{"email": "c@d"} {\n"email": "\xff@f"}',
        [("a@b", None), ("c@d", None), ("\\xff@f", "not-utf8")],
    ),
    "octets in an array": (b'[{"email": "\xff@b"}, {"email": "c@d"}]', [("\\xff@b", "not-utf8"), ("c@d", None)]),
    "a null that is no object": (
        b'null}\nnull\n{"email": "a@b"}null\n{"email": "c@d"}',
        [("null}", "bad-json"), ("null", "bad-json"), ('{"email": "a@b"}null', "bad-json"), ("c@d", None)],
    ),
    "a list that starts with null": (
        b'{"email": "a@b", "x": [null, 1]}\n{"email": "c@d", "x": [null]}\n',
        [("a@b", None), ("c@d", None)],
    ),
    "a field twice": (b'{"email": "x@y", "email": "a@b"}\n', [("a@b", None)]),
}


@pytest.mark.parametrize("case", JSON_CASES)
def test_json_lines(case: str, folder: Path) -> None:
    octets, wanted = JSON_CASES[case]
    (folder / "in.jsonl").write_bytes(octets)
    parse("--in", "in.jsonl", "--out", "out.jsonl")
    assert answers() == wanted


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b'[{"email": "a@b"},\n{"email": "c@d"', "line 2: invalid or incomplete JSON: Expecting ',' delimiter"),
        (b'[{"email": "a@b"}\n{"email": "c@d"}]', "line 2: invalid or incomplete JSON: expected ',' or ']'"),
        (b'\n[\n{"email": "a@b"}\n,\n]', "line 5: invalid or incomplete JSON: Expecting value"),
        (b'[{"email": "a@b"}', "line 1: invalid or incomplete JSON: expected ',' or ']'"),
        (b'[{"email": ' + b"[" * 100_000, "line 1: invalid or incomplete JSON: nested too deeply"),
        (b'[{"email": "a@b"},', "line 1: invalid or incomplete JSON: no ']' at its end"),
        (b'{\n"email": "a@b"\n', "line 3: invalid or incomplete JSON: Expecting ',' delimiter"),
        (b'{\n"email": "a@b"\n}\n]', "line 4: invalid or incomplete JSON: Expecting value"),
        (b"[]", "no column 'email'; there are no columns at all"),
    ],
    ids=str,
)
def test_an_array_that_breaks_off_changes_nothing(
    octets: bytes, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in.json").write_bytes(octets)
    (folder / "out.csv").write_text("old")
    assert parse("--in", "in.json", "--out", "out.csv") == 2
    assert words in capsys.readouterr().err
    assert (folder / "out.csv").read_text() == "old"


@pytest.mark.parametrize("whole", [True, False])
def test_json_larger_than_a_block(whole: bool, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = [{"email": f"a{number}@b", "n": "\u00fc" * number} for number in range(20)]
    text = "\n\n ".join(json.dumps(each, ensure_ascii=False, indent=1) for each in objects)
    (folder / "in.json").write_text(json.dumps(objects, indent=1) if whole else f"{text}\n \n\n", "utf-8")
    for size in (7, 8, 9, 10):
        monkeypatch.setattr(json_arrays, "BLOCK", size)
        assert parse("--in", "in.json", "--out", "out.jsonl") == 0
        assert [{"email": row["email"], "n": row["n"]} for row in rows()] == objects


def test_json_values_survive(folder: Path) -> None:
    (folder / "in.jsonl").write_bytes(
        b'{"email":"a@b","x":1,"when":"2024-01-01"}\n{"email":"c@d","x":"y","late":[1]}\n'
    )
    assert parse("--in", "in.jsonl", "--out", "out.jsonl") == 0
    assert [(row["x"], row["when"], row["late"]) for row in rows()] == [("1", "2024-01-01", None), ("y", None, [1])]
    (folder / "in.jsonl").write_bytes(b'{"email": "a@b", "x": [null, 1]}\n{"email": "c@d", "x": [null, null, 2]}\n')
    assert parse("--in", "in.jsonl", "--out", "out.jsonl") == 0
    assert [row["x"] for row in rows()] == [[None, 1], [None, None, 2]]


def test_text_lines(folder: Path) -> None:
    (folder / "in.txt").write_bytes(b"a@b\r\n\n\xff@d\nJane [SMTP:j@x]\n[bad")
    assert parse("--in", "in.txt", "--out", "out.jsonl") == 2
    assert answers() == [
        ("a@b", None),
        (None, None),
        ("\\xff@d", "not-utf8"),
        ("Jane [SMTP:j@x]", None),
        ("[bad", "unbalanced-brackets"),
    ]


def broken_text(kind: pa.DataType) -> pa.Array:
    """A column of three texts, the second of which is no UTF-8, as careless writers make them."""
    octets = pa.array([b"a@b", b"\xff@d", b"e@f"])
    text = pa.Array.from_buffers(pa.string(), 3, octets.buffers())
    return pa.ListArray.from_arrays(pa.array([0, 1, 3], pa.int32()), text) if pa.types.is_list(kind) else text


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
@pytest.mark.parametrize("kind", [pa.string(), pa.list_(pa.string())], ids=str)
def test_typed_columns_with_octets_that_are_no_text(kind: pa.DataType, ending: str, folder: Path) -> None:
    column = broken_text(kind)
    table = pa.table({"email": column, "other": pa.array(["x"] * len(column))})
    if ending == "parquet":
        parquet.write_table(table, "in.parquet")
    else:
        with ipc.new_file("in.arrow", table.schema) as out:
            out.write_table(table)
    assert parse("--in", f"in.{ending}", "--out", "out.jsonl") == 2
    assert answers() == [("a@b", None), ("\\xff@d", "not-utf8"), ("e@f", None)]


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
    nameless, deletion = ("empty-type", "deletion-marker") if option == "--list" else ("no-address", found[2][2])
    assert found == [
        (1, ":x", nameless),
        (1, "SMTP:a@b", None),
        (1, "~del<smtp:c@d>", deletion),
        (1, "\\xff@d", "not-utf8"),
        (1, "\\x41@g", None),
        (2, "SMTP:e@f", None),
        (2, "\\xff@g", None),
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_other_typed_columns_that_are_no_text_pass(ending: str, folder: Path) -> None:
    name, names = broken_text(pa.string()), broken_text(pa.list_(pa.string()))
    table = pa.table({"email": ["a@b"] * 2, "names": names, "more": pa.StructArray.from_arrays([names], ["x"])})
    table = table.append_column("by name", pa.MapArray.from_arrays([0, 1, 3], ["x", "y", "z"], name))
    parquet.write_table(table.append_column("name", name.slice(1)), "in.parquet")
    assert parse("--in", "in.parquet", "--out", f"out.{ending}") == 0
    octets = (folder / f"out.{ending}").read_bytes()
    assert octets.count(b"\xff@d" if ending == "parquet" else b"xff@d") >= 4


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


FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]


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


CELLS = st.text(st.sampled_from('ab,;"\n\r\t\u00e9\0'), max_size=6)


@settings(max_examples=150)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=30), st.integers(1, 40))
def test_csv_that_a_writer_made_is_read_as_written_whatever_the_blocks(
    records: list[tuple[str, ...]], size: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["x", "email", "y"])
    writer.writerows(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        assert read_csv(text.getvalue().encode()) == [[cell or None for cell in record] for record in records]


@settings(max_examples=150)
@given(st.binary(max_size=60), st.integers(1, 20))
def test_whatever_octets_csv_holds_all_of_them_come_out(octets: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        found = read_csv(b"x,email,y\n" + octets)
    text = octets.decode("utf-8", "backslashreplace")
    kept = "".join(cell or "" for row in found for cell in row)
    assert Counter(re.sub('[,"\r\n]', "", text)) == Counter(re.sub('[,"\r\n]', "", kept))


def read_csv(octets: bytes) -> list[list[str | None]]:
    import tempfile  # noqa: PLC0415 - hypothesis takes no fixture

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "in.csv"
        path.write_bytes(octets)
        reader = CsvReader(Input(path, Format.CSV, None, len(octets)), "email")
        return [list(row.values()) for batch in reader.batches(reader.schema()) for row in batch.rows.to_pylist()]


def test_a_row_without_an_end_is_cut_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(blocks, "LONGEST_ROW", 1024)
    (folder / "in.csv").write_bytes(b'n,email\n1,"a@b\n' + b"2,c@d\n" * 500)
    parse("--in", "in.csv", "--out", "out.jsonl")
    assert answers() == [('1,"a@b', "bad-quotes")] + [("c@d", None)] * 500
