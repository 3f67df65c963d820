"""`proxyaddr audit` as a newcomer runs it: what is no export is told plainly, and so is what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxyaddr.cli.main import main

GOOD = "DN,mail,proxyAddresses\nCN=J,j@contoso.com,SMTP:j@contoso.com;smtp:j r@contoso.com\n"
COLLECTION = "Microsoft.Exchange.Data.ProxyAddressCollection"
REFUSED = [
    ("Name,Phone\nJane,1\n", "no-proxy-column"),
    ("Name,proxyAdresses\nJane,SMTP:a@contoso.com\n", "is proxyAdresses meant?"),
    ("", "the file is empty"),
    (f"Name,mail,EmailAddresses\nJane,j@contoso.com,{COLLECTION}\n", "not-exported"),
    ('Name,mail,proxyAddresses\nJane,j@contoso.com,"{SMTP:a@contoso.com, smtp:b@contoso.com...}"\n', "cut-off-list"),
    ('Name,mail,proxyAddresses\nJane,j@contoso.com,"{SMTP:a@contoso.com, smtp:b@con"\n', "cut-off-list"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(GOOD)


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_what_is_not_in_an_export_is_told(text: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("export.csv").write_text(text)
    assert main(["audit", "export.csv"]) == 2
    assert told in capsys.readouterr().err


def test_errors_of_one_kind_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("export.csv").write_text("Name,mail,EmailAddresses\n" + f"Jane,j@contoso.com,{COLLECTION}\n" * 9)
    assert main(["audit", "export.csv"]) == 2
    assert "and 6 errors more [not-exported]" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["mail,proxyAddresses\n", "hello\n", "[]"])
def test_a_file_without_objects_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("export").write_text(text)
    main(["audit", "export"])
    assert "there are no objects in it" in capsys.readouterr().err


def test_attributes_that_are_not_exported_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "good.csv"])
    assert "nothing is told to be missing there: userPrincipalName" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["good.csv", "--out", "x.doc"], "the name ends in no format"),
        (["good.csv", "--fix", "x.json"], "--mended"),
        (["-"], "save the export"),
        (["good.csv", "--mended", "good.csv"], "same-file"),
        (["good.csv", "--mended", "no/such.csv"], "unwritable-file"),
    ],
)
def test_a_bad_option_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_the_next_steps_are_shown_and_work(capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "good.csv"])
    *_, rules, new, mends = capsys.readouterr().out.splitlines()
    assert rules.endswith("proxyaddr audit good.csv --ignore NAME")
    assert new.endswith("proxyaddr audit good.csv --out known.csv, and then --baseline known.csv")
    assert mends.endswith("proxyaddr audit good.csv --fix fixes.ps1 (or .ldif, .csv)")
    assert main(["audit", "good.csv", "--report", "page.html"]) == 1
    assert main(["audit", "good.csv", "--out", "known.csv", "--mended", "mended.csv"]) == 1
    assert main(["audit", "good.csv", "--baseline", "known.csv"]) == 0
    assert main(["audit", "mended.csv"]) == 0
    assert main(["audit", "good.csv", "--ignore", "smtp-invalid-character"]) == 0


def test_several_files_are_mended_in_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("more.json").write_text(json.dumps([{"dn": "CN=K", "mail": "k@contoso.com", "proxyAddresses": ["Smtp:k"]}]))
    assert main(["audit", "good.csv", "more.json", "--mended", "mended"]) == 1
    assert "mended has 2 objects mended" in capsys.readouterr().err
    assert "smtp:jr@contoso.com" in Path("mended/good.csv").read_text()
    assert json.loads(Path("mended/more.json").read_text())[0]["proxyAddresses"][0] == "smtp:k"


def test_rows_that_were_not_read_are_not_lost(capsys: pytest.CaptureFixture[str]) -> None:
    Path("export.csv").write_text(GOOD + "CN=K\n")
    assert main(["audit", "export.csv", "--mended", "mended.csv"]) == 2
    assert "unread-rows" in capsys.readouterr().err
    assert not Path("mended.csv").exists()


def test_objects_that_ldif_can_not_name_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("export.csv").write_text(GOOD + ",k@contoso.com,SMTP:k@contoso.com;smtp:k r@contoso.com\n")
    assert main(["audit", "export.csv", "--fix", "fixes.ldif"]) == 1
    told = capsys.readouterr().err
    assert "fixes.ldif changes 1 object\n" in told
    assert "1 object left: no distinguished name is known" in told
