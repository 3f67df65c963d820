"""Values without a type whose shape tells it are routed as that type, one at a time and in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from proxyaddr.cli.main import main

CONNECTORS: dict[str | None, str | None] = {
    "/o=Contoso/ou=First/cn=Recipients/cn=jane": "dns",
    "=EX:/o=Contoso/ou=First/cn=Recipients/cn=jane": "dns",
    "c=US;a= ;p=Contoso;s=Doe;": "mta",
    "/G=Jane/S=Doe/P=Contoso/A= /C=US/": "mta",
    "x=y@contoso.com": "internet",
    "/sales@contoso.com": "internet",
    "jane@contoso.com": "internet",
    None: None,
}


@pytest.fixture
def spaces(tmp_path: Path) -> Path:
    table = tmp_path / "spaces.txt"
    table.write_text("SMTP,;,1,internet\nEX,;,1,dns\nX400,c=US;,1,mta\n")
    return table


@pytest.mark.parametrize("text", [text for text in CONNECTORS if text is not None])
def test_one_address(text: str, spaces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", "--spaces", str(spaces), "--json", text]) == 0
    assert json.loads(capsys.readouterr().out)["connector"] == CONNECTORS[text]


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int8(), pa.string())], ids=str)
@pytest.mark.parametrize("more", [[], ["--lenient"]], ids=str)
def test_a_column(kind: Any, more: list[str], spaces: Path, tmp_path: Path) -> None:  # noqa: ANN401 - pyarrow has no types
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(pa.table({"a": pa.array(CONNECTORS, pa.string()).cast(kind)}), source)
    assert main(["route", "--spaces", str(spaces), "--in", str(source), "--out", str(out), *more]) == 0
    assert parquet.read_table(out)["connector"].to_pylist() == list(CONNECTORS.values())
