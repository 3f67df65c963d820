"""The CSV reader: all cells come out as they were written, and a bad line harms no other."""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv

import proxyaddr as px
from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers import blocks
from proxyaddr.bulk.readers.csv import CsvReader
from proxyaddr.bulk.readers.csv import _header as header_of
from tests.bulk_files import read_files
from tests.strategies import CSV_CELLS

Row = tuple[str | None, str | None]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "in.csv"


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
def test_each_line_is_a_row_or_bad(case: str, source: Path) -> None:
    octets, wanted = CSV_CASES[case]
    source.write_bytes(octets)
    assert read_files(source).addresses() == wanted


def test_text_of_other_columns_that_is_not_utf8_does_not_make_a_row_bad(source: Path) -> None:
    source.write_bytes(b"name,email\nM\xfcller,a@b\n")
    assert read_files(source) == ([{"name": "M\\xfcller", "email": "a@b"}], [None], 1)


def test_an_encoding_can_be_named(source: Path) -> None:
    source.write_bytes("name,email\nM\u00fcller,\u00fc@b\n".encode("cp1252"))
    assert read_files(source, encoding="cp1252").rows == [{"name": "M\u00fcller", "email": "\u00fc@b"}]


@pytest.mark.parametrize(
    ("octets", "words"),
    [(b"", "no header"), (b"email,email\n", "'email' occurs more than once"), (b'5" \rx', "line 1: not CSV")],
)
def test_a_broken_header_is_refused(octets: bytes, words: str, source: Path) -> None:
    source.write_bytes(octets)
    with pytest.raises(px.ConfigurationError, match=words) as caught:
        read_files(source)
    assert (caught.value.code, caught.value.source) == ("bad-header", str(source))


def test_a_header_may_hold_lines(source: Path) -> None:
    source.write_text('"e\nmail",x\na@contoso.com,1\n')
    assert read_files(source, column="e\nmail").rows == [{"e\nmail": "a@contoso.com", "x": "1"}]
    source.write_text('"email')
    assert read_files(source).rows == []


def test_a_mark_of_unicode_that_is_not_at_the_start_is_kept(source: Path) -> None:
    source.write_text("email\n\ufeff\n")
    assert read_files(source).column("email") == ["\ufeff"]
    source.write_text("\ufeffemail\n\ufeffa@contoso.com\na@contoso.com\n")
    assert read_files(source).column("email") == ["\ufeffa@contoso.com", "a@contoso.com"]


def test_a_row_without_an_end_is_cut_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch, source: Path) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(blocks, "LONGEST_ROW", 1024)
    source.write_bytes(b'n,email\n1,"a@b\n' + b"2,c@d\n" * 500)
    assert read_files(source).addresses() == [('1,"a@b', "bad-quotes")] + [("c@d", None)] * 500


@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        (b'1,"a@b"c\n2,d@e\n', ["a@bc", "d@e"], ['1,"a@b"c', "d@e"]),
        (b'1,"a@b\n2,c@d\n', ["a@b\n2,c@d\n"], ['1,"a@b', "c@d"]),
    ],
)
def test_the_rows_that_pyarrow_gets_wrong(lines: bytes, theirs: list[str], ours: list[str], source: Path) -> None:
    source.write_bytes(b"n,email\n" + lines)
    options = arrow_csv.ParseOptions(newlines_in_values=True)
    assert arrow_csv.read_csv(source, parse_options=options)["email"].to_pylist() == theirs
    assert read_files(source).column("email") == ours


@settings(max_examples=150)
@given(st.lists(st.tuples(CSV_CELLS, CSV_CELLS, CSV_CELLS), max_size=30), st.integers(1, 40))
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
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "in.csv"
        path.write_bytes(octets)
        reader = CsvReader(Input(path, Format.CSV, None, len(octets)), "email")
        return [list(row.values()) for batch in reader.batches(reader.schema()) for row in batch.rows.to_pylist()]


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
