"""Whole files through `route` and `parse`: every format and compression gives the same rows."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, ipc, parquet

from proxyaddr.bulk.files import OUTPUT_FORMATS, Format
from proxyaddr.cli.main import main

SPACES = "SMTP,*@contoso.com;,1,imc\nSMTP,*@*.contoso.com;,3,gateway\nX400,c=US;a= ;p=Org;,5,x400\n"
ADDRESSES: list[str | None] = [
    "jane@contoso.com",
    "SMTP:joe@mail.contoso.com",
    "FAX:+1 555 0100",
    "X400:c=US;a= ;p=Org;o=Site;s=Doe;",
    None,
    "Jörg [SMTP:joerg@contoso.com]",
    "nobody@fabrikam.example",
    "[bad",
    "J\u00fcrgen@contoso.com",
]
CONNECTORS = ["imc", "gateway", None, "x400", None, "imc", None, None, "imc"]
ERRORS = [None] * 7 + ["unbalanced-brackets", None]
ENDINGS = [".csv", ".tsv", ".parquet", ".arrow", ".arrows", ".jsonl", ".txt"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spaces.txt").write_text(SPACES, "utf-8")
    return tmp_path


def table() -> pa.Table:
    return pa.table({"number": [str(number) for number in range(len(ADDRESSES))], "email": ADDRESSES})


def put(path: Path, rows: pa.Table, ending: str) -> None:
    """Write a file of one format, packed where a second ending says so."""
    kind = "." + ending.split(".")[1]
    plain = path.with_name("plain")
    if kind == ".parquet":
        parquet.write_table(rows, plain, row_group_size=4)
    elif kind in (".arrow", ".arrows"):
        make = ipc.new_file if kind == ".arrow" else ipc.new_stream
        with make(str(plain), rows.schema) as out:
            out.write_table(rows, max_chunksize=4)
    elif kind == ".jsonl":
        records = [{name: value for name, value in row.items() if value is not None} for row in rows.to_pylist()]
        plain.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    elif kind == ".txt":
        plain.write_text("".join(f"{text or ''}\n" for text in rows["email"].to_pylist()), "utf-8")
    else:
        csv.write_csv(rows, plain, csv.WriteOptions(delimiter="\t" if kind == ".tsv" else ","))
    octets = plain.read_bytes()
    plain.unlink()
    if ending.endswith(".gz"):
        octets = gzip.compress(octets)
    elif ending.endswith(".zst"):
        octets = pa.compress(octets, "zstd", asbytes=True)
    path.write_bytes(octets)


def got(path: Path) -> list[dict[str, Any]]:
    """Read what was written, as the format's own reader does."""
    octets = path.read_bytes()
    if path.suffix == ".gz":
        octets = gzip.decompress(octets)
    elif path.suffix == ".zst":
        octets = pa.CompressedInputStream(pa.BufferReader(octets), "zstd").read()
    kind = path.suffixes[0]
    if kind == ".parquet":
        return list(parquet.read_table(pa.BufferReader(octets)).to_pylist())
    if kind == ".arrow":
        return list(ipc.open_file(pa.BufferReader(octets)).read_all().to_pylist())
    if kind == ".arrows":
        return list(ipc.open_stream(pa.BufferReader(octets)).read_all().to_pylist())
    if kind == ".jsonl":
        return [json.loads(line) for line in octets.decode().splitlines()]
    options = csv.ConvertOptions(strings_can_be_null=True, null_values=[""], column_types={"error": pa.string()})
    parsed = csv.ParseOptions(delimiter="\t" if kind == ".tsv" else ",", newlines_in_values=True)
    return list(csv.read_csv(pa.BufferReader(octets), parse_options=parsed, convert_options=options).to_pylist())


def route(*arguments: str, spaces: str = "spaces.txt") -> int:
    return main(["route", "--spaces", spaces, "--dialect", "exchange55", *arguments])


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_input_gives_the_same_rows(ending: str, packing: str, folder: Path) -> None:
    name = f"in{ending}{packing}"
    put(folder / name, table(), ending + packing)
    column = [] if ending == ".txt" else ["--column", "email"]
    assert route("--in", name, *column, "--out", "out.jsonl") == 2
    rows = got(folder / "out.jsonl")
    address = "address" if ending == ".txt" else "email"
    assert [row[address] for row in rows] == ADDRESSES
    assert [row["connector"] for row in rows] == CONNECTORS
    assert [row["error"] for row in rows] == ERRORS
    assert rows[1] | {address: "", "number": ""} == {
        address: "",
        "number": "",
        "connector": "gateway",
        "match": "wildcard",
        "cost": 3,
        "address_space": "SMTP:*@*.contoso.com;3",
        "error": None,
    }


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("kind", OUTPUT_FORMATS)
def test_every_output_holds_the_same_rows(kind: Format, packing: str, folder: Path) -> None:
    put(folder / "in.parquet", table(), ".parquet")
    out = folder / f"out.{kind}{packing}"
    assert main(["parse", "--in", "in.parquet", "--column", "email", "--out", str(out), "--raw-csv"]) == 2
    rows = got(out)
    assert [row["email"] for row in rows] == ADDRESSES
    assert [row["type"] for row in rows] == ["SMTP", "SMTP", "FAX", "X400", None, "SMTP", "SMTP", None, "SMTP"]
    assert rows[2] | {"number": None} == {
        "number": None,
        "email": "FAX:+1 555 0100",
        "type": "FAX",
        "value": "+1 555 0100",
        "is_primary": True,
        "findings": None if kind in (Format.CSV, Format.TSV) else [],
        "error": None,
    }
    assert [row["error"] for row in rows] == ERRORS
    assert sorted(path.name for path in folder.iterdir()) == ["in.parquet", out.name, "spaces.txt"]


@pytest.mark.parametrize(
    ("ending", "pages"), [("parquet", "gzip"), *((e, p) for e in ("parquet", "arrow") for p in ("zstd", "none"))]
)
def test_pages_are_compressed_as_asked(pages: str, ending: str, folder: Path) -> None:
    put(folder / "in.parquet", table(), ".parquet")
    assert route("--in", "in.parquet", "--column", "email", "--out", f"out.{ending}", "--compression", pages) == 2
    assert [row["connector"] for row in got(folder / f"out.{ending}")] == CONNECTORS
    if ending == "parquet":
        codec = parquet.ParquetFile("out.parquet").metadata.row_group(0).column(0).compression
        assert codec == {"none": "UNCOMPRESSED"}.get(pages, pages.upper())


def test_arrow_has_no_gzip_inside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder / "in.parquet", table(), ".parquet")
    assert route("--in", "in.parquet", "--column", "email", "--out", "out.arrow", "--compression", "gzip") == 2
    assert "out.arrow: Arrow compresses its batches by zstd" in capsys.readouterr().err
    assert not (folder / "out.arrow").exists()


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.large_string()),
    ],
    ids=str,
)
@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_every_kind_of_text_column(kind: pa.DataType, ending: str, folder: Path) -> None:
    rows = table().set_column(1, "email", table()["email"].cast(pa.string()).cast(kind))
    put(folder / f"in{ending}", rows, ending)
    assert route("--in", f"in{ending}", "--column", "email", "--out", f"out{ending}") == 2
    assert [row["connector"] for row in got(folder / f"out{ending}")] == CONNECTORS
    assert [row["email"] for row in got(folder / f"out{ending}")] == ADDRESSES


def lists() -> pa.Table:
    proxies = [["SMTP:jane@contoso.com", "smtp:j@mail.contoso.com", None], [], None, ["FAX:1", ":bad"]]
    return pa.table({"name": ["Jane", "Empty", "None", "Fax"], "proxyAddresses": proxies})


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".jsonl"])
@pytest.mark.parametrize("command", ["parse", "route"])
def test_list_columns_give_a_row_an_item(command: str, ending: str, folder: Path) -> None:
    put(folder / f"in{ending}", lists(), ending)
    spaces = ["--spaces", "spaces.txt", "--dialect", "exchange55"] if command == "route" else []
    status = main([command, *spaces, "--in", f"in{ending}", "--column", "proxyAddresses", "--out", "out.parquet"])
    rows = got(folder / "out.parquet")
    assert [row["row"] for row in rows] == [1, 1, 1, 2, 3, 4, 4]
    assert [row["name"] for row in rows] == ["Jane"] * 3 + ["Empty", "None", "Fax", "Fax"]
    items = ["SMTP:jane@contoso.com", "smtp:j@mail.contoso.com", None, None, None, "FAX:1", ":bad"]
    assert [row["proxyAddresses"] for row in rows] == items
    if command == "parse":
        assert status == 2
        assert [row["is_primary"] for row in rows] == [True, False, None, None, None, True, None]
        assert rows[-1]["error"] == "no-address"
    else:
        assert status == 2
        assert rows[-1]["error"] == "not-an-address"
        assert [row["connector"] for row in rows] == ["imc", "gateway", None, None, None, None, None]


def test_text_cells_that_hold_lists(folder: Path) -> None:
    cells = ["SMTP:a@contoso.com;smtp:b@x.contoso.com;:bad", "X400:c=US;a= ;p=Org;s=Doe;%smtp:c@contoso.com", "", None]
    put(folder / "in.parquet", pa.table({"name": ["a", "b", "c", "d"], "proxies": cells}), ".parquet")
    assert main(["parse", "--list", "--in", "in.parquet", "--column", "proxies", "--out", "out.jsonl"]) == 2
    rows = got(folder / "out.jsonl")
    assert [(row["row"], row["type"], row["value"], row["is_primary"], row["error"]) for row in rows] == [
        (1, "SMTP", "a@contoso.com", True, None),
        (1, "SMTP", "b@x.contoso.com", False, None),
        (1, None, None, None, "empty-type"),
        (2, "X400", "c=US;a= ;p=Org;s=Doe;", True, None),
        (2, "SMTP", "c@contoso.com", False, None),
        (3, None, None, None, None),
        (4, None, None, None, None),
    ]
    assert [row["proxies"] for row in rows][2] == ":bad"
    assert route("--list", "--in", "in.parquet", "--column", "proxies", "--out", "routed.jsonl") == 2
    assert [row["connector"] for row in got(folder / "routed.jsonl")] == [
        "imc",
        "gateway",
        None,
        "x400",
        "imc",
        None,
        None,
    ]


def test_lists_and_other_nested_columns_in_csv_are_json(folder: Path) -> None:
    rows = pa.table({"email": ["a@contoso.com"], "tags": [["x", "y"]], "more": [{"k": 1}]})
    put(folder / "in.parquet", rows, ".parquet")
    assert route("--in", "in.parquet", "--column", "email", "--out", "out.csv") == 0
    assert got(folder / "out.csv")[0]["tags"] == '["x", "y"]'
    assert got(folder / "out.csv")[0]["more"] == '{"k": 1}'


def test_folders_patterns_and_several_inputs_come_in_order(folder: Path) -> None:
    for place, name in enumerate(
        ("b/2.csv", "b/deep/1.jsonl", "a.parquet", "b/_part.csv", "b/.hidden.csv", "b/notes.md")
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        put(
            folder / name,
            pa.table({"email": [f"{place}@contoso.com"]}),
            Path(name).suffix if "md" not in name else ".csv",
        )
    assert route("--in", "b", "--in", "*.parquet", "--column", "email", "--out", "out.jsonl") == 0
    assert [row["email"][0] for row in got(folder / "out.jsonl")] == ["0", "1", "2"]


def test_list_items_of_several_inputs_name_their_source(folder: Path) -> None:
    for name in ("1.parquet", "2.parquet"):
        put(folder / name, lists(), ".parquet")
    assert main(["parse", "--in", "[12].parquet", "--column", "proxyAddresses", "--out", "out.jsonl"]) == 2
    rows = got(folder / "out.jsonl")
    assert [(row["source"], row["row"]) for row in rows][6:8] == [("1.parquet", 4), ("2.parquet", 1)]


def test_many_batches_keep_their_order_and_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = 300_001
    names = [f"u{number}@{'contoso.com' if number % 3 else 'other.example'}" for number in range(count)]
    parquet.write_table(pa.table({"n": range(count), "email": names}), "in.parquet", row_group_size=70_000)
    assert route("--in", "in.parquet", "--column", "email", "--out", "out.arrow", "--json") == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary == {
        "rows": count,
        "addresses": count,
        "blank": 0,
        "routed": 200_000,
        "unrouted": 100_001,
        "unrouted_by_type": {"SMTP": 100_001},
        "no_route": {"NDR": 100_001},
        "bad": 0,
        "errors_by_code": {},
        "split_cells": 0,
        "escaped_cells": 0,
        "guarded_cells": 0,
    }
    rows = ipc.open_file("out.arrow").read_all()
    assert rows["n"].to_pylist() == list(range(count))
    assert rows["connector"].to_pylist() == ["imc" if number % 3 else None for number in range(count)]
    assert route("--in", "out.arrow", "--column", "email", "--out", "again.parquet", "--prefix", "new_") == 1
    again = parquet.read_table("again.parquet")
    assert again["new_connector"].to_pylist() == again["connector"].to_pylist()


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".csv", ".jsonl", ".arrows", ".txt"])
def test_inputs_without_rows(ending: str, folder: Path) -> None:
    put(folder / f"in{ending}", pa.table({"email": pa.array([], pa.string())}), ending)
    if ending == ".jsonl":  # no line, no column
        assert route("--in", f"in{ending}", "--column", "email", "--out", "out.csv") == 2
        return
    assert route("--in", f"in{ending}", "--out", "out.csv") == 0
    assert (
        (folder / "out.csv").read_text().splitlines()[0].endswith('"connector","match","cost","address_space","error"')
    )


def command(*arguments: str, stdin: bytes = b"", folder: Path) -> tuple[int, bytes, str]:
    """Run the command as a user does: status, standard output, standard error."""
    here = os.pathsep.join((str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [sys.executable, "-m", "proxyaddr", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": here},
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".arrow", ".arrows", ".jsonl"])
def test_standard_input_and_output(ending: str, folder: Path) -> None:
    put(folder / f"in{ending}", table(), ending)
    kind = {".jsonl": "jsonl"}.get(ending, ending[1:])
    status, out, err = command(
        *("route", "--spaces", "spaces.txt", "--dialect", "exchange55"),
        *("--in", "-", "--in-format", kind, "--column", "email"),
        *("--out", "-", "--out-format", kind),
        stdin=(folder / f"in{ending}").read_bytes(),
        folder=folder,
    )
    assert (status, "unbalanced-brackets 1" in err) == (2, True)
    (folder / f"out{ending}").write_bytes(out)
    assert [row["connector"] for row in got(folder / f"out{ending}")] == CONNECTORS


def test_the_summary_for_people_and_for_programs(folder: Path) -> None:
    put(folder / "in.csv", table(), ".csv")
    files = ("--in", "in.csv", "--column", "email", "--out")
    line = ("route", "--spaces", "spaces.txt", "--dialect", "exchange55", *files)
    status, out, err = command(*line, "out.csv", folder=folder)
    assert (status, out) == (2, b"")
    assert [text.strip() for text in err.splitlines()] == [
        "9 rows",
        "5 routed",
        "2 unrouted: NDR (FAX 1, SMTP 1)",
        "1 blank",
        "1 bad (unbalanced-brackets 1)",
    ]
    status, out, err = command(*line, "out.csv", "--json", folder=folder)
    assert (json.loads(out)["unrouted_by_type"], err) == ({"FAX": 1, "SMTP": 1}, "")
    status, out, err = command(*line, "-", "--json", folder=folder)
    assert json.loads(err)["errors_by_code"] == {"unbalanced-brackets": 1}
    assert out.count(b"\n") == 1 + len(ADDRESSES)


@pytest.fixture
def one_row(folder: Path) -> Path:
    put(folder / "in.csv", pa.table({"email": ["a@contoso.com"], "error": ["kept"]}), ".csv")
    return folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--in", "in.csv", "--column", "mail", "--out", "o.csv"],
            "no column 'mail'; the columns are 'email', 'error'",
        ),
        (["--in", "in.csv", "--out", "o.csv"], "--column is missing; the columns are 'email', 'error'"),
        (
            ["--in", "in.csv", "--column", "email", "--out", "o.xlsx"],
            "o.xlsx: the name ends in no format that can be written",
        ),
        (
            ["--in", "in.csv", "--column", "email", "--out", "o.txt"],
            "o.txt: the name ends in no format that can be written",
        ),
        (["--in", "in.csv", "--column", "email", "--out", "o.csv"], "has a column 'error' already: "),
        (
            ["--in", "in.csv", "--column", "email", "--out", "in.csv", "--prefix", "x"],
            "in.csv: is an input of this run",
        ),
        (
            ["--in", "in.csv", "--column", "email", "--out", "./spaces.txt", "--out-format", "csv"],
            "is a file that this run reads",
        ),
        (
            ["--in", "in.csv", "--column", "email", "--out", "o.csv", "--rejects", "./o.csv"],
            "is another output of this run",
        ),
        (
            ["--in", "in.csv", "--column", "email", "--out", "no/o.csv", "--prefix", "x"],
            "no/o.csv: cannot be written: No such",
        ),
        (["--in", "in.csv", "--column", "email", "--out", ".", "--out-format", "csv", "--prefix", "x"], "is a folder"),
        (["--in", "gone.csv", "--column", "email", "--out", "o.csv"], "gone.csv: no such file"),
        (["--in", "*.pq", "--column", "email", "--out", "o.csv"], "*.pq: no such file"),
        (["--in", "in.csv", "--column", "email"], "--in needs --out"),
        (["--out", "o.csv"], "--out needs --in"),
        (["--in", "in.csv", "--out", "o.csv", "a@b"], "not by both"),
        (["--in", "in.csv", "--out", "o.csv", "--explain"], "--explain is for single addresses"),
        (["--in", "in.csv", "--out", "o.csv", "--encoding", "nothing"], "unknown encoding: nothing"),
        (["--in", "in.csv", "--in-format", "parquet", "--out", "o.csv"], "in.csv: cannot be read as parquet"),
        (["--in", "in.csv", "--in-format", "arrow", "--out", "o.csv"], "in.csv: cannot be read as arrow"),
    ],
)
def test_refused_in_one_line(
    arguments: list[str], words: str, one_row: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in one_row.iterdir())
    assert route(*arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in one_row.iterdir()) == before


def test_inputs_of_other_columns_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder / "1.csv", pa.table({"email": ["a@contoso.com"], "n": ["1"]}), ".csv")
    put(folder / "2.csv", pa.table({"email": ["a@contoso.com"], "m": ["1"]}), ".csv")
    assert route("--in", "?.csv", "--column", "email", "--out", "o.csv") == 2
    assert "2.csv: other columns than 1.csv: lacks 'n', has 'm'" in capsys.readouterr().err


def test_numbers_are_no_addresses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder / "in.parquet", pa.table({"n": [1]}), ".parquet")
    assert route("--in", "in.parquet", "--column", "n", "--out", "o.csv") == 2
    assert "the column 'n' holds int64; expected text or lists of text" in capsys.readouterr().err


def test_a_bad_line_of_the_table_is_told_and_counts(one_row: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one_row / "spaces.txt").write_text(SPACES + "nothing\n")
    assert route("--in", "in.csv", "--column", "email", "--out", "o.jsonl", "--prefix", "x_") == 2
    assert "line 4" in capsys.readouterr().err
    assert got(one_row / "o.jsonl")[0]["x_connector"] == "imc"


def test_link_as_output_keeps_leading_to_its_target(one_row: Path) -> None:
    (one_row / "real.csv").write_text("old")
    (one_row / "real.csv").chmod(0o640)
    (one_row / "link.csv").symlink_to("real.csv")
    assert route("--in", "in.csv", "--column", "email", "--out", "link.csv", "--prefix", "x_") == 0
    assert (one_row / "link.csv").is_symlink()
    assert "imc" in (one_row / "real.csv").read_text()
    assert (one_row / "real.csv").stat().st_mode & 0o777 == 0o640


def test_a_missing_extra_is_named_before_any_work(folder: Path) -> None:
    put(folder / "in.csv", table(), ".csv")
    before = sorted(path.name for path in folder.iterdir())
    line = ["parse", "--in", "in.csv", "--column", "email", "--out", "out.csv", "--report", "page.html"]
    code = f"import sys; sys.modules['pyarrow'] = None; from proxyaddr.cli.main import main; sys.exit(main({line!r}))"
    search = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=folder, env=search)
    assert done.returncode == 2
    assert 'pyarrow, which is not installed: pip install "proxyaddr[arrow]"' in done.stderr.decode()
    assert sorted(path.name for path in folder.iterdir()) == before


def test_one_address_at_a_time_loads_no_pyarrow(folder: Path) -> None:
    line = ["route", "--spaces", "spaces.txt", "--dialect", "exchange55", "a@contoso.com"]
    code = f"import sys; from proxyaddr.cli.main import main; main({line!r}); print('pyarrow' in sys.modules)"
    search = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    assert subprocess.check_output([sys.executable, "-c", code], cwd=folder, env=search).endswith(b"imc\nFalse\n")


def test_list_needs_files_where_one_address_is_routed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert route("--list", "a@contoso.com") == 2
    assert "--list needs --in" in capsys.readouterr().err


def route_email(*arguments: str) -> int:
    return route("--column", "email", *arguments)


def test_the_summary_counts_cells_that_are_no_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_bytes(b"name,email\nJ\xf6rg,a@contoso.com\n")
    assert route_email("--in", "in.csv", "--out", "out.jsonl") == 0
    assert "1 kept escaped: cells that are not UTF-8" in capsys.readouterr().err
    assert got(folder / "out.jsonl")[0]["name"] == "J\\xf6rg"


def test_rows_on_standard_output(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    for kind in ("csv", "jsonl", "arrows", "parquet"):
        assert route_email("--in", "in.csv", "--out", "-", "--out-format", kind) == 0
        out, err = capfdbinary.readouterr()
        assert b"imc" in out
        assert err.startswith(b"1 row\n")


def test_names_that_no_system_takes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop.csv").symlink_to("loop.csv")
    for name in ("x" * 5000 + ".csv", "absent.csv", "*.parquet", "nul\0.csv", "loop.csv"):
        assert route_email("--in", name, "--out", "out.jsonl") == 2
    shown = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in shown[1:]] == [
        "no such file, or nothing in it that can be read [no-input]"
    ] * 4
    assert "cannot be read: File name too long" in shown[0]


def test_a_report_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_text("email\na@contoso.com\n")
    (folder / "full.html").symlink_to("/dev/full")
    assert route_email("--in", "in.csv", "--out", "out.csv", "--report", "full.html") == 2
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
    assert route_email("--in", "in.csv", *arguments) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "spaces.txt"]


def test_no_way_round_leads_an_output_onto_an_input(folder: Path) -> None:
    Path("in.csv").write_text("email\njane@contoso.com\n", "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in ("nosuch/../in.csv", "nosuch/../spaces.txt", "./in.csv"):
        assert route_email("--in", "in.csv", "--out", name, "--out-format", "csv") == 2
    table = "--spaces spaces.txt --dialect exchange55"
    line = f"{sys.executable} -m proxyaddr route {table} --column email --in - --in-format csv --out in.csv"
    done = subprocess.run(f"{line} < in.csv", shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("an input of this run")) == (2, 1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_dictionary_with_a_member_that_is_no_text(folder: Path) -> None:
    words = pa.array([b"a@contoso.com", b"b\xff@contoso.com"], pa.binary()).view(pa.string())
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0], pa.int8()), words)
    batch = pa.record_batch({"email": column})
    with ipc.new_stream("in.arrows", batch.schema) as out:
        out.write_batch(batch)
    assert route_email("--in", "in.arrows", "--out", "out.jsonl") == 2
    assert [(row["email"], row["connector"], row["error"]) for row in got(folder / "out.jsonl")] == [
        ("a@contoso.com", "imc", None),
        ("b\\xff@contoso.com", None, "not-utf8"),
        (None, None, None),
        ("a@contoso.com", "imc", None),
    ]
