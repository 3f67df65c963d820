"""Mended Parquet and Arrow files: the same columns, types and rows, with the objects after their fixes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from pyarrow import ipc, parquet

import proxyaddr as px
from proxyaddr.auditing import mended_tables
from proxyaddr.cli.main import main
from tests.unit.test_audit_fix_forms import NAMED, assert_mended
from tests.unit.test_audit_fixes import CONTEXTS

LISTS = pa.list_(pa.string())
LARGE = pa.large_list(pa.large_string())
PEOPLE = {
    "mail": ["j@contoso.com", "k@contoso.com ", None],
    "proxyAddresses": [["SMTP:j@contoso.com", "smtp:j r@contoso.com"], ["SMTP:k@contoso.com"], None],
    "height": [1.5, None, 2.5],
}
MENDED = {
    **PEOPLE,
    "mail": ["j@contoso.com", "k@contoso.com", None],
    "proxyAddresses": [["SMTP:j@contoso.com", "smtp:jr@contoso.com"], ["SMTP:k@contoso.com"], None],
}


def write(path: Path, table: Any) -> Path:  # noqa: ANN401 - pyarrow has no types
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=2)
        return path
    opened = ipc.new_file if path.suffix == ".arrow" else ipc.new_stream
    with path.open("wb") as file, opened(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return path


def read(path: Path) -> Any:  # noqa: ANN401 - as above
    if path.suffix == ".parquet":
        return parquet.read_table(path)
    return (ipc.open_file if path.suffix == ".arrow" else ipc.open_stream)(path.read_bytes()).read_all()


VIEWS = pa.list_(pa.string_view())  # which Parquet has not


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        *((ending, kind) for ending in (".parquet", ".arrow", ".arrows") for kind in (LISTS, LARGE)),
        *((".arrow", VIEWS), (".arrows", VIEWS)),
    ],
)
def test_columns_types_and_other_values_stay(ending: str, kind: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    table = pa.table({**PEOPLE, "proxyAddresses": pa.array(PEOPLE["proxyAddresses"], kind)})
    table = table.append_column("note", table["mail"].dictionary_encode())
    table = table.replace_schema_metadata({"made by": "us"})
    export, target = write(tmp_path / f"export{ending}", table), tmp_path / f"mended{ending}"
    assert px.audit(export).write_mended(target) == 2
    mended = read(target)
    assert mended.schema.equals(read(export).schema, check_metadata=True)
    assert mended.select(range(3)).to_pydict() == MENDED
    assert mended["note"].to_pylist() == PEOPLE["mail"]
    assert px.audit(target).counts == {}


def test_the_addresses_may_be_text(tmp_path: Path) -> None:
    texts = ["SMTP:j@contoso.com,smtp:j r@contoso.com", None, "SMTP:k@contoso.com,smtp:"]
    kind = pa.dictionary(pa.int32(), pa.string())
    table = pa.table({"mail": ["j@contoso.com", "l@contoso.com", None], "proxyAddresses": pa.array(texts, kind)})
    export = write(tmp_path / "export.parquet", table)
    assert px.audit(export).write_mended(tmp_path / "mended.parquet") == 3
    assert read(tmp_path / "mended.parquet")["proxyAddresses"].to_pylist() == [
        *("SMTP:j@contoso.com,smtp:jr@contoso.com", "SMTP:l@contoso.com", "SMTP:k@contoso.com")
    ]


def test_another_separator_is_no_matter_where_cells_are_read_alike(tmp_path: Path) -> None:
    texts = ["SMTP:a@contoso.com,smtp:", "SMTP:b@contoso.com"]
    export = write(tmp_path / "export.parquet", pa.table({"proxyAddresses": texts}))
    assert px.audit(export).write_mended(tmp_path / "mended.parquet") == 1
    assert read(tmp_path / "mended.parquet")["proxyAddresses"].to_pylist() == ["SMTP:a@contoso.com", texts[1]]


def test_several_files_are_mended_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "first.csv").write_text("mail,proxyAddresses\na@contoso.com,SMTP:a@contoso.com;smtp:a b@contoso.com\n")
    table = pa.table({**PEOPLE, "proxyAddresses": pa.array(PEOPLE["proxyAddresses"], LISTS)})
    export = write(tmp_path / "export.parquet", table)
    (tmp_path / "last.csv").write_text("mail,proxyAddresses\nc@contoso.com,SMTP:c@contoso.com;smtp:c d@contoso.com\n")
    files = [tmp_path / "first.csv", export, tmp_path / "last.csv"]
    assert px.audit(files).write_mended(tmp_path / "mended") == 4
    assert read(tmp_path / "mended" / "export.parquet").to_pydict() == MENDED
    assert "smtp:cd@contoso.com" in (tmp_path / "mended" / "last.csv").read_text()


REFUSED = [
    ({"proxyAddress": ["smtp:a@contoso.com", "smtp:b"], "mail": ["a@contoso.com"] * 2}, "not in one row and column"),
    ({"proxyAddresses1": ["smtp:a b@contoso.com"], "proxyAddresses2": ["smtp:b"]}, "not in one row and column"),
    (
        {"aliases": [["smtp:a@contoso.com"]], "mail": ["a@contoso.com"]},
        "a column 'PrimarySmtpAddress' would have to come",
    ),
    (
        {"proxyAddresses": ["SMTP:a@contoso.com;smtp:;sip:", "X500:/o=a/cn=b,sip:c"]},
        "its cells would be read otherwise",
    ),
]


@pytest.mark.parametrize(("columns", "told"), REFUSED)
def test_what_can_not_be_written_in_its_own_form_is_refused(
    columns: dict[str, list[Any]], told: str, tmp_path: Path
) -> None:
    export = write(tmp_path / "export.parquet", pa.table(columns))
    report = px.audit(export)
    with pytest.raises(px.ConfigurationError, match=told):
        report.write_mended(tmp_path / "mended.parquet")
    assert not (tmp_path / "mended.parquet").exists()


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = write(tmp_path / "export.parquet", pa.table({"proxyAddresses": [["smtp:"]]}))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mended_tables, "mended_rows", full)
    with pytest.raises(px.ConfigurationError, match="cannot be written: No space left"):
        px.audit(export).write_mended(tmp_path / "mended.parquet")
    assert not (tmp_path / "mended.parquet").exists()


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = write(tmp_path / "export.parquet", pa.table({"proxyAddresses": [["SMTP:a@contoso.com", "smtp:"]]}))
    assert main(["audit", str(export), "--mended", str(tmp_path / "mended.parquet")]) == 1
    assert "has 1 object mended" in capsys.readouterr().err
    assert main(["audit", str(tmp_path / "mended.parquet")]) == 0


SINGLE = ("type", "mail", "userPrincipalName", "targetAddress", "mailNickname", "displayName")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=NAMED, context=CONTEXTS)
def test_an_audit_of_what_is_mended_finds_nothing_that_was_mended(
    records: list[tuple[str, dict[str, Any]]], context: px.AuditContext, tmp_path: Path
) -> None:
    columns: dict[str, Any] = {name: pa.array([each.get(name) for _, each in records], pa.string()) for name in SINGLE}
    columns["dn"] = [name for name, _ in records]
    columns["proxyAddresses"] = pa.array([each.get("proxyAddresses") for _, each in records], LISTS)
    export = write(tmp_path / "export.parquet", pa.table(columns))
    before = px.audit(export, context=context)
    before.write_mended(tmp_path / "mended.parquet")
    assert_mended(before, px.audit(tmp_path / "mended.parquet", context=context))


def test_an_export_that_is_gone_is_told(tmp_path: Path) -> None:
    export = write(tmp_path / "export.parquet", pa.table({"proxyAddresses": [["smtp:"]]}))
    report = px.audit(export)
    export.unlink()
    with pytest.raises(px.ConfigurationError, match="cannot be read"):
        report.write_mended(tmp_path / "mended.parquet")


def test_the_export_itself_is_not_overwritten(tmp_path: Path) -> None:
    export = write(tmp_path / "export.parquet", pa.table({"proxyAddresses": [["smtp:"]]}))
    with pytest.raises(px.ConfigurationError, match="one of the files that are audited"):
        px.audit(export).write_mended(export)
    assert read(export)["proxyAddresses"].to_pylist() == [["smtp:"]]
