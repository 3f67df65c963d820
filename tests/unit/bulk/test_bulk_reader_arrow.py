"""The readers of Parquet and Arrow IPC: text that is not UTF-8, types of several inputs, files that are opened once."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

import proxyaddr as px
from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers import opening
from proxyaddr.bulk.readers.arrow import _Pieces
from proxyaddr.bulk.readers.opening import READERS
from tests.bulk_files import read_files


def broken_text(kind: pa.DataType) -> pa.Array:
    """A column of three texts, the second of which is no UTF-8, as careless writers make them."""
    octets = pa.array([b"a@b", b"\xff@d", b"e@f"])
    text = pa.Array.from_buffers(pa.string(), 3, octets.buffers())
    return pa.ListArray.from_arrays(pa.array([0, 1, 3], pa.int32()), text) if pa.types.is_list(kind) else text


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
@pytest.mark.parametrize("kind", [pa.string(), pa.list_(pa.string())], ids=str)
def test_text_that_is_not_utf8(kind: pa.DataType, ending: str, tmp_path: Path) -> None:
    column = broken_text(kind)
    table = pa.table({"email": column, "other": pa.array(["x"] * len(column))})
    path = tmp_path / f"in.{ending}"
    if ending == "parquet":
        parquet.write_table(table, path)
    else:
        with ipc.new_file(path, table.schema) as out:
            out.write_table(table)
    found = read_files(path)
    if pa.types.is_list(kind):
        assert found.addresses() == [(["a@b"], None), (["\\xff@d", "e@f"], "not-utf8")]
    else:
        assert found.addresses() == [("a@b", None), ("\\xff@d", "not-utf8"), ("e@f", None)]


def test_a_dictionary_with_a_member_that_is_not_utf8(tmp_path: Path) -> None:
    words = pa.array([b"a@contoso.com", b"b\xff@contoso.com"], pa.binary()).view(pa.string())
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0], pa.int8()), words)
    batch = pa.record_batch({"email": column})
    with ipc.new_stream(tmp_path / "in.arrows", batch.schema) as out:
        out.write_batch(batch)
    assert read_files(tmp_path / "in.arrows").addresses() == [
        ("a@contoso.com", None),
        ("b\\xff@contoso.com", "not-utf8"),
        (None, None),
        ("a@contoso.com", None),
    ]


def test_addresses_that_are_all_null(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"email": pa.nulls(3, pa.string())}), tmp_path / "in.parquet")
    assert read_files(tmp_path / "in.parquet").addresses() == [(None, None)] * 3


def test_columns_of_two_files_are_brought_to_one_type(tmp_path: Path) -> None:
    for name, columns in {
        "a": {"email": ["a@contoso.com"], "n": pa.array([1], pa.int64())},
        "b": {"n": pa.array([2], pa.int8()), "email": ["b@contoso.com"]},
        "c": {"email": ["b@contoso.com"], "n": ["two"]},
    }.items():
        parquet.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    found = read_files(tmp_path / "a.parquet", tmp_path / "b.parquet").rows
    assert found == [{"email": "a@contoso.com", "n": 1}, {"email": "b@contoso.com", "n": 2}]
    with pytest.raises(px.ConfigurationError) as caught:
        read_files(tmp_path / "a.parquet", tmp_path / "c.parquet")
    assert "c.parquet: the column 'n' holds string, that of the first input int64" in str(caught.value)


@pytest.fixture
def files(tmp_path: Path) -> dict[Format, Path]:
    """One file of each format with the same rows."""
    table = pa.table({"email": ["a@b", "c@d"]})
    paths = {kind: tmp_path / f"in.{kind}" for kind in Format}
    parquet.write_table(table, paths[Format.PARQUET])
    for kind, make in ((Format.ARROW, ipc.new_file), (Format.ARROW_STREAM, ipc.new_stream)):
        with make(paths[kind], table.schema) as out:
            out.write_table(table)
    for kind in (Format.CSV, Format.TSV):
        paths[kind].write_text("email\na@b\nc@d\n")
    paths[Format.JSON_LINES].write_text('{"email":"a@b"}\n{"email":"c@d"}\n')
    paths[Format.TEXT].write_text("a@b\nc@d\n")
    paths[Format.LDIF].write_text("dn: x\nemail: a@b\n\ndn: y\nemail: c@d\n")
    paths[Format.LIST].write_text("email : a@b\n\nemail : c@d\n")
    objects = "".join(f'<Obj><MS><S N="email">{text}</S></MS></Obj>' for text in ("a@b", "c@d"))
    paths[Format.CLIXML].write_text(f"<Objs>{objects}</Objs>")
    return paths


@pytest.mark.parametrize("kind", Format)
def test_a_reader_may_be_closed_between_schema_and_rows_and_twice(kind: Format, files: dict[Format, Path]) -> None:
    reader = READERS[kind](Input(files[kind], kind, None, None), "email")
    schema = reader.schema()
    reader.close()
    assert [row["email"] for batch in reader.batches(schema) for row in batch.rows.to_pylist()] == ["a@b", "c@d"]
    reader.close()
    reader.close()


@pytest.mark.parametrize("kind", [Format.CSV, Format.ARROW, Format.ARROW_STREAM])
@pytest.mark.parametrize(("most", "times"), [(2, 2), (1, 4)])
def test_files_are_opened_once_unless_there_are_many(
    kind: Format, most: int, times: int, files: dict[Format, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    before = Input.open

    def counted(source: Input) -> BinaryIO:
        opened.append(source.name)
        return before(source)

    monkeypatch.setattr(Input, "open", counted)
    monkeypatch.setattr(opening, "MOST_OPEN", most)
    assert read_files(files[kind], files[kind]).column("email") == ["a@b", "c@d"] * 2
    assert len(opened) == times


def test_a_size_that_no_memory_holds_is_asked_for_in_pieces() -> None:
    with pytest.raises(MemoryError):
        io.BufferedReader(io.BytesIO(b"abc")).read(1 << 60)
    pieces = _Pieces(b"12", io.BytesIO(b"abc"))
    assert (pieces.read(1), pieces.read(1 << 60), pieces.read(1)) == (b"1", b"2abc", b"")


@pytest.mark.parametrize("ending", ["arrow", "arrow.gz"])
def test_a_file_that_only_its_footer_tells_of(ending: str, tmp_path: Path) -> None:
    """Without the length before the columns, as Polars 2.1 writes it, there is no stream in the file."""
    table = pa.table({"email": [f"a{number}@contoso.com" for number in range(5)]})
    written = io.BytesIO()
    with ipc.new_file(written, table.schema) as out:
        out.write_table(table, max_chunksize=2)
    data = bytearray(written.getvalue())
    data[8:16] = b"\4\0\0\0\xf2\xff\xff\xff"
    path = tmp_path / f"in.{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    assert read_files(path).addresses() == [(address, None) for address in table["email"].to_pylist()]


def test_a_file_that_nothing_tells_of(tmp_path: Path) -> None:
    path = tmp_path / "in.arrow"
    path.write_bytes(b"ARROW1\0\0" + bytes(100) + b"ARROW1")
    with pytest.raises(px.ConfigurationError, match="cannot be read as arrow"):
        read_files(path)


def test_a_file_of_polars(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    path = tmp_path / "in.arrow"
    polars.DataFrame({"email": ["a@contoso.com", None]}).write_ipc(path)
    assert read_files(path).addresses() == [("a@contoso.com", None), (None, None)]
