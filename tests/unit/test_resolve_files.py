"""`proxyaddr resolve` over whole files, and over a whole directory: its rows, its counts, its report and its status."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from proxyaddr.cli.main import main

PEOPLE = """\
displayName,mail,proxyAddresses
Jane,jane@contoso.com,SMTP:jane@contoso.com;smtp:j@contoso.com
Joe,,smtp:joe@contoso.com
=Ann,,SMTP:ann@fabrikam.com
"""
TABLE = '[routing_table]\ndialect="exchange55"\nroutes=[{space="SMTP:*@contoso.com;1", connectors=["imc"]}%s]\n'
SERVICE = '[internet_mail_service]\nname="imc"\n' + TABLE
SITE = '[[internet_mail_service]]\nname="imc"\n' + TABLE
UNREAD = ', {space="SMTP:*@fabrikam.com;0", connectors=["imc"]}'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(PEOPLE)
    Path("imc.toml").write_text(SERVICE % "")
    Path("sent.csv").write_text("To\njane@contoso.com\nj@contoso.com\n\nsmtp:\nSMTP:a@b;smtp:j@contoso.com\n")


def rows_of(path: str) -> list[dict[str, Any]]:
    """Return the rows of a CSV file."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the status of the command, and what it prints to both streams."""
    status = main(["resolve", *arguments])
    return (status, *capsys.readouterr())


ALL = ["--config", "imc.toml", "--directory", "people.csv", "--all"]


def test_a_whole_directory_has_a_row_a_recipient(capsys: pytest.CaptureFixture[str]) -> None:
    status, output, errors = run(capsys, *ALL, "--out", "out.csv", "--report", "page.html")
    rows = rows_of("out.csv")
    assert status == 1
    assert output == ""
    assert [(row["row"], row["recipient"], row["rule"], row["code"]) for row in rows] == [
        ("2", "Jane", "primary-proxy", ""),
        ("3", "Joe", "no-proxy", "000D06B5"),
        ("4", "'=Ann", "no-address-space", "unrecognized-OR-name"),
    ]
    assert (rows[0]["mail"], rows[0]["envelope_recipient"], rows[0]["connector"]) == (
        *("jane@contoso.com", "jane@contoso.com", "imc"),
    )
    assert "1 delivered (imc 1)" in errors
    assert "2 returned (000D06B5 1, unrecognized-OR-name 1)" in errors
    page = Path("page.html").read_text("utf-8")
    assert "proxyaddr resolve" in page
    for shown in ("Rows by the rule that decided", "imc: sends SMTP", "people.csv", "1 route, dialect exchange55"):
        assert shown in page


def test_a_whole_directory_is_counted_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, output, _ = run(capsys, *ALL, "--json", "--out", "out.parquet", "--prefix", "mail_")
    found = json.loads(output)
    assert status == 1
    assert (found["rows"], found["delivered"], found["returned"]) == (3, 1, 2)
    assert found["rules"] == {"no-address-space": 1, "no-proxy": 1, "primary-proxy": 1}
    assert found["connectors"] == {"imc": 1}
    assert found["codes"] == {"000D06B5": 1, "unrecognized-OR-name": 1}
    table = pq.read_table("out.parquet")
    assert table["mail_rule"].to_pylist() == ["primary-proxy", "no-proxy", "no-address-space"]


def test_a_report_alone_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    Path("people.csv").write_text("displayName,proxyAddresses\nJane,SMTP:jane@contoso.com\n")
    assert run(capsys, "--directory", "people.csv", "--all", "--report", "page.html")[0] == 0
    assert Path("page.html").exists()


def test_bad_rows_of_the_directory_make_the_status(capsys: pytest.CaptureFixture[str]) -> None:
    Path("people.csv").write_text("displayName,proxyAddresses\nJane,SMTP:jane@contoso.com;smtp:\n")
    status, _, errors = run(capsys, "--directory", "people.csv", "--all", "--out", "out.csv")
    assert status == 2
    assert "bad-proxy" in errors


def test_files_have_the_answers_of_single_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    status, output, _ = run(
        capsys, "--config", "imc.toml", "--directory", "people.csv", "--in", "sent.csv", "--out", "out.csv", "--json"
    )
    assert status == 2
    assert [(row["To"], row["recipient"], row["rule"], row["error"]) for row in rows_of("out.csv")] == [
        *(("jane@contoso.com", "Jane", "primary-proxy", ""), ("j@contoso.com", "Jane", "primary-proxy", "")),
        *(("smtp:", "", "", "empty-value"), ("SMTP:a@b", "a@b", "no-address-space", "")),
        ("smtp:j@contoso.com", "Jane", "primary-proxy", ""),
    ]
    found = json.loads(output)
    assert (found["delivered"], found["returned"], found["bad"], found["split_cells"]) == (3, 1, 1, 1)


def test_lists_are_split_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sent.csv").write_text('To\n"SMTP:a@contoso.com;smtp:b@contoso.com"\n')
    assert run(capsys, "--in", "sent.csv", "--list", "--out", "out.csv")[0] == 0
    assert [(row["row"], row["chosen_address"]) for row in rows_of("out.csv")] == [
        *(("1", "SMTP:a@contoso.com"), ("1", "SMTP:b@contoso.com")),
    ]


@pytest.mark.parametrize("config", [SERVICE, SITE])
def test_unread_lines_of_the_table_are_told(capsys: pytest.CaptureFixture[str], config: str) -> None:
    Path("imc.toml").write_text(config % UNREAD)
    status, _, errors = run(capsys, *ALL, "--out", "out.csv")
    assert status == 2
    assert [row["table_incomplete"] for row in rows_of("out.csv")] == ["false", "false", "true"]
    assert "unread line of the table, which could have taken 1 row" in errors
    Path("sent.csv").write_text("To\nann@fabrikam.com\nsmtp:\n\njoe@contoso.com\n")
    assert run(capsys, *ALL[:-1], "--in", "sent.csv", "--out", "out.parquet")[0] == 2
    assert pq.read_table("out.parquet")["table_incomplete"].to_pylist() == [True, None, False]


def test_odd_settings_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\%s\Services\MSExchangeIMC\Parameters"
    sets = [(key % name, domain) for name, domain in (("CurrentControlSet", "a.test"), ("ControlSet001", "b.test"))]
    parts = [f'[{name}]\n"SiteDomain"="{domain}"\n"ResolveP2"=dword:1\n' for name, domain in sets]
    Path("imc.reg").write_text("\n".join(["REGEDIT4", *parts]))
    status, _, errors = run(capsys, "--config", "imc.reg", "--directory", "people.csv", "--all", "--out", "out.csv")
    assert status == 1
    assert "proxyaddr: ignored settings: ResolveP2" in errors
    assert "proxyaddr: finding control-sets-differ: " in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--all", "--out", "o.csv"], "it needs --directory"),
        (["--all", "--directory", "people.csv"], "--all needs --out or --report"),
        (["--all", "--directory", "people.csv", "--out", "o.csv", "a@b"], "no other input"),
        (["--all", "--directory", "people.csv", "--out", "o.csv", "--in", "sent.csv"], "no other input"),
        (["--all", "--directory", "people.csv", "--out", "o.csv", "--column", "To"], "--column needs --in"),
        (["--all", "--directory", "people.csv", "--report", "o.html", "--raw-csv"], "--raw-csv needs --out"),
        (["--all", "--directory", "people.csv", "--report", "o.txt"], "a report is a page"),
        (["--all", "--directory", "people.csv", "--out", "people.csv"], "an input of this run"),
        (["--list", "a@b"], "--list needs --in"),
        (["--out", "o.csv", "a@b"], "--out needs --in"),
    ],
)
def test_what_does_not_go_together_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    status, _, errors = run(capsys, *arguments)
    assert status == 2
    assert said in errors
    assert Path("people.csv").read_text() == PEOPLE
