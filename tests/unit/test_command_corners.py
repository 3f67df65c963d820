"""Corners of the command: where its summary goes while its rows go to standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxyaddr.cli.main import main
from tests.text_files import written

pytest.importorskip("pyarrow")


def test_the_summary_in_json_goes_beside_rows_on_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "in.csv", "email\nSMTP:jane@contoso.com\nSMTP:jane\n")
    assert main(["parse", "--in", str(path), "--column", "email", "--out", "-", "--json"]) == 1
    out, err = capfd.readouterr()
    assert out.startswith('"email",')
    assert len(out.splitlines()) == 3
    assert json.loads(err)["findings_by_severity"] == {"error": {"no-domain": 1}, "warning": {}}
