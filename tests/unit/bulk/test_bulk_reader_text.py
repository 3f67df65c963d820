"""The reader of plain text, and how streams of text are decoded and cut into blocks."""

from __future__ import annotations

from pathlib import Path

from proxyaddr.bulk.readers.blocks import blocks, last_record_end, recoded
from tests.bulk_files import read_files


def test_each_line_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"a@b\r\n\n\xff@d\nJane [SMTP:j@x]\n[bad")
    assert read_files(tmp_path / "in.txt").addresses() == [
        ("a@b", None),
        (None, None),
        ("\\xff@d", "not-utf8"),
        ("Jane [SMTP:j@x]", None),
        ("[bad", None),
    ]
    assert read_files(tmp_path / "in.txt", column=None).column("address")[0] == "a@b"


def test_characters_cut_between_two_reads_are_put_together() -> None:
    pieces = iter([b"\xff\xfea", b"\0", b"\xe9", b"\0b\0", b"\xe9", b""])
    read = recoded(lambda _: next(pieces), None)
    assert b"".join(iter(lambda: read(1), b"")) == "aéb\\xe9".encode()


def test_rows_between_carriage_returns_are_cut_where_they_end() -> None:
    row = b"user@contoso.com,1\r"
    pieces = iter([row * 3 + row[:7], row[7:] + row, row, b""])
    found = list(blocks(lambda _: next(pieces), last_record_end))
    assert found == [row * 3, row, row, row]  # a line feed may follow a return at the end of what was read
