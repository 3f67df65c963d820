"""Bulk runs over objects hold a bounded part of a file, whatever its lines and columns are."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers import blocks, objects
from proxyaddr.cli.main import main


def test_a_bulk_run_cuts_a_list_without_empty_lines_behind_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (blocks, objects):
        monkeypatch.setattr(module, "LONGEST_ROW", 4_096)
        monkeypatch.setattr(module, "BLOCK", 1_024)
    path = tmp_path / "people.txt"
    path.write_text("".join(f"proxyAddresses : SMTP:p{number}@contoso.com\n" for number in range(1_000)), "utf-8")
    out = tmp_path / "out.csv"
    assert main(["parse", "--in", str(path), "--out", str(out)]) == 0
    assert out.read_text("utf-8").count("@contoso.com") >= 1_000


def test_a_bulk_run_has_few_cells_in_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_CELLS", 100)
    path = tmp_path / "people.ldif"
    path.write_text("".join(f"dn: CN={number}\nk{number}: a\n\n" for number in range(30)), "utf-8")
    reader = objects.ObjectsReader(Input(path, Format.LDIF, None, None))
    sizes = [batch.rows.num_rows for batch in reader.batches(reader.schema())]
    assert sum(sizes) == 30
    assert max(sizes) == 100 // 31
