"""Bulk files of objects: LDIF, CLIXML, Format-List, and JSON whose addresses are objects or wrapped."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from proxyaddr.bulk.readers import blocks
from proxyaddr.cli.main import main
from tests.text_files import written
from tests.unit.test_objects import CLIXML, FORMS

LDIF = "dn: CN=J\nproxyAddresses: SMTP:jane@contoso.com\nproxyAddresses: smtp:j@contoso.com\n\n"
PLAIN = [("SMTP", "jane@contoso.com"), ("SMTP", "j@contoso.com")]


def parsed(folder: Path, name: str, content: str | bytes, *options: str) -> tuple[int, list[dict[str, str]]]:
    """Return the exit status of `parse --in` over a file, and the rows that it wrote."""
    out = folder / "out.csv"
    status = main(["parse", "--list", "--in", str(written(folder, name, content)), "--out", str(out), *options])
    return status, list(csv.DictReader(out.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("text", [text for texts in FORMS.values() for text in texts])
@pytest.mark.parametrize("name", ["export.txt", "export.csv", "export.json", "export.xml"])
def test_a_form_is_known_by_its_content(tmp_path: Path, text: str, name: str) -> None:
    if text.startswith(("DisplayName,", "#TYPE", "EmailAddresses|", '"Display')):  # CSV is known by its name alone
        name = "export.csv"
    column = "EmailAddresses" if "EmailAddresses" in text else "E-mail addresses"
    status, rows = parsed(tmp_path, name, text, "--column", column)
    assert (status, [(row["type"], row["value"]) for row in rows]) == (0, PLAIN)


def test_records_are_read_by_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 50)
    text = "".join(f"dn: CN={n}\nproxyAddresses: smtp:{n}@contoso.com\n\n" for n in range(100))
    status, rows = parsed(tmp_path, "a.ldif", text, "--column", "proxyaddresses")
    assert (status, [row["value"] for row in rows]) == (0, [f"{n}@contoso.com" for n in range(100)])


def test_a_record_that_can_not_be_read_is_a_bad_row(tmp_path: Path) -> None:
    text = f"{LDIF}dn: CN=K\nchangetype: delete\n\n{LDIF}"
    status, rows = parsed(tmp_path, "a.ldif", text, "--column", "proxyAddresses")
    assert (status, [row["error"] for row in rows]) == (2, ["", "", "ldif-change", "", ""])


def test_other_values_are_written_as_json(tmp_path: Path) -> None:
    members = '<I32 N="Number">5</I32><Obj N="Object" RefId="7"><MS><S N="a">b</S></MS></Obj><Nil N="Nothing"/>'
    text = CLIXML.replace("</LST></Obj></MS>", f"</LST></Obj>{members}</MS>")
    _, rows = parsed(tmp_path, "a.xml", text, "--column", "EmailAddresses")
    assert (rows[0]["Number"], json.loads(rows[0]["Object"]), rows[0]["Nothing"]) == ("5", {"a": "b"}, "")


ADDRESS = {"ProxyAddressString": "SMTP:jane@contoso.com", "Prefix": {"PrimaryPrefix": "SMTP"}}
SECOND = {"ProxyAddressString": "smtp:j@contoso.com"}


@pytest.mark.parametrize(
    "held",
    [
        [ADDRESS, SECOND],
        {"value": [ADDRESS, SECOND], "Count": 2},
        {"value": ["SMTP:jane@contoso.com", "smtp:j@contoso.com"], "Count": 2},
    ],
)
def test_addresses_that_are_objects(tmp_path: Path, held: object) -> None:
    text = json.dumps({"a": 1, "EmailAddresses": held}) + '\n{"a": 2, "EmailAddresses": null}\n'
    status, rows = parsed(tmp_path, "a.json", text, "--column", "EmailAddresses")
    assert (status, [(row["type"], row["value"]) for row in rows[:2]]) == (0, PLAIN)
    assert [row["a"] for row in rows] == ["1", "1", "2"]


def test_objects_that_hold_no_address_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "a.json", '{"a": [{"b": 1}]}\n')
    assert main(["parse", "--in", str(path), "--column", "a", "--out", "-"]) == 2
    assert "holds list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "status", "count"),
    [
        ('{"@odata.nextLink": "https://x", "value": [{"a": "smtp:j@x"}]}', 2, 2),
        ('{"value": [{"a": "smtp:j@x"}], "@odata.nextLink": "https://x"}', 2, 2),
        ('{"value": [{"a": "smtp:j@x"}], "Count": 1}\n', 0, 1),
    ],
)
def test_a_list_that_goes_on_elsewhere_is_a_bad_row(tmp_path: Path, text: str, status: int, count: int) -> None:
    found, rows = parsed(tmp_path, "a.json", text, "--column", "a")
    assert (found, len(rows)) == (status, count)


@pytest.mark.parametrize("text", ['{"value": [{"a": "smtp:j@x"}], "Count": 1', '{"value": []'])
def test_an_object_that_does_not_end_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "a.json", text)
    assert main(["parse", "--in", str(path), "--column", "a", "--out", "-"]) == 2
    assert "after the list of `value`" in capsys.readouterr().err


def test_a_column_is_found_as_headers_compare_and_a_near_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "a.csv", "Name,Proxy-Addresses\nJane,SMTP:jane@contoso.com\n")
    assert main(["parse", "--in", str(path), "--column", "proxyAddresses", "--out", "-"]) == 0
    assert main(["parse", "--in", str(path), "--column", "proxyAdress", "--out", "-"]) == 2
    assert "is Proxy-Addresses meant?" in capsys.readouterr().err
