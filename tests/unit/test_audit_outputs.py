"""`proxyaddr audit` as an administrator uses it: nothing that it reads is overwritten, each step names the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxyaddr.cli.main import main

EXPORT = "DistinguishedName,mail,proxyAddresses\nCN=J,j@contoso.com,SMTP:j@contoso.com;smtp:j r@contoso.com\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(EXPORT)
    Path("known.csv").write_text("object,rule,attribute,value,key\n")
    Path("domains.csv").write_text("DomainName\ncontoso.com\n")
    Path("context.toml").write_text("[audit]\nsync = true\n")
    Path("link.csv").symlink_to("export.csv")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "--fix export.csv",
        "--fix ./export.csv",
        "--fix link.csv",
        "--out export.csv",
        "--out ../{}/export.csv",
        "--mended export.csv",
        "--fix fixes.csv --out fixes.csv",
        "--fix fixes.csv --mended ./fixes.csv",
        "--baseline known.csv --out known.csv",
        "--accepted-domains domains.csv --out domains.csv",
        "--context context.toml --mended context.toml",
    ],
)
def test_nothing_that_is_read_or_written_is_overwritten(
    line: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["audit", "export.csv", *line.format(folder.name).split()]) == 2
    out, told = capsys.readouterr()
    assert (out, "[same-file]" in told) == ("", True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--fix no/fixes.ps1", "[unwritable-file]"),
        ("--out no/found.csv", "[unwritable-file]"),
        ("--report no/page.html", "[unwritable-file]"),
        ("--report page.txt", "a report is a page"),
        ("--out found.doc", "[unknown-format]"),
    ],
)
def test_what_can_not_be_written_is_told_before_the_audit(
    line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "export.csv", *line.split()]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert told in error


@pytest.mark.parametrize("name", ["domain.csv", "Accepted.JSON", "domains.xml", "domains.txt"])
def test_the_name_of_a_file_that_is_not_there_is_no_accepted_domain(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "export.csv", "--accepted-domains", name]) == 2
    assert f"{name}: cannot be read" in capsys.readouterr().err


def test_a_top_level_domain_that_ends_files_too_is_an_accepted_domain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export.csv", "--accepted-domains", "contoso.zip"]) == 1
    assert main(["parse", "contoso.zip"]) == 2
    assert "contoso.zip is no address, and there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("fixes.ps1", "in PowerShell: ./fixes.ps1 -WhatIf; do it without -WhatIf"),
        ("our fixes.ps1", "in PowerShell: & './our fixes.ps1' -WhatIf; do it without -WhatIf"),
        ("fixes.ldif", "ldifde -i -f fixes.ldif, or ldapmodify -f fixes.ldif"),
        ("our fixes.ldif", "ldifde -i -f 'our fixes.ldif', or ldapmodify -f 'our fixes.ldif'"),
        ("fixes.csv", "read fixes.csv: a row a value, with what it is before and after"),
    ],
)
def test_the_step_after_fixes_is_told(name: str, step: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export.csv", "--fix", name]) == 1
    assert capsys.readouterr().err.endswith(f"{step}; then export and audit again\n")


def test_a_name_that_is_absolute_stays_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "export.csv", "--fix", str(folder / "fixes.ps1")])
    assert f"PowerShell: {folder}/fixes.ps1 -WhatIf" in capsys.readouterr().err


def test_fixes_that_no_command_can_apply_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("primary.csv").write_text("Name,RecipientTypeDetails,PrimarySmtpAddress\nJ,UserMailbox,jané@contoso.com\n")
    assert main(["audit", "primary.csv", "--fix", "fixes.ps1"]) == 1
    told = capsys.readouterr().err.splitlines()[-2:]
    assert told == [
        "proxyaddr: fixes.ps1 changes 0 objects",
        "proxyaddr: 1 object left: a comment in it says why",
    ]


def test_the_column_that_was_not_exported_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lost.csv").write_text("Name,EmailAddresses\nJ,Microsoft.Exchange.Data.ProxyAddressCollection\n")
    Path("odd.json").write_text(json.dumps([{"proxy Addresses": ["@{x=1}"]}]))
    assert main(["audit", "lost.csv"]) == 2
    assert "@{n='EmailAddresses';e={$_.EmailAddresses -join ';'}}" in capsys.readouterr().err
    assert main(["audit", "odd.json"]) == 2
    assert "@{n='proxyAddresses';e={$_.proxyAddresses -join ';'}}" in capsys.readouterr().err


def test_one_export_is_called_the_export(capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "export.csv"])
    assert "not in the export, so that nothing is told to be missing there" in capsys.readouterr().err
    Path("more.csv").write_text(EXPORT)
    main(["audit", "export.csv", "more.csv"])
    assert "not in every export, so that nothing is told to be missing there" in capsys.readouterr().err
