"""What people give by mistake: each slip is one line with the right command, in more dresses than one."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main

KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("imc.toml").write_text('[internet_mail_service]\nsite_domain = "contoso.com"\n')
    Path("people.json").write_text("[]")
    Path("spaces.txt").write_text("SMTP,*;,1,imc\n")
    Path("bounce.eml").write_text("Delivery has failed to these recipients:\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("resolve imc.toml", "proxyaddr resolve --config imc.toml ADDRESS"),
        ("resolve people.json", "proxyaddr resolve --directory people.json ADDRESS"),
        ("resolve bounce.eml", "proxyaddr diagnose < bounce.eml"),
        ("parse absent.csv", "absent.csv is no address, and there is no such file: proxyaddr parse --in absent.csv"),
        (r"resolve C:\temp\people.txt", "there is no such file: proxyaddr resolve < "),
        ("route --spaces - a@contoso.com", "--spaces takes a file, not standard input: proxyaddr route --spaces FILE"),
        ("resolve --config - a@contoso.com", "--config takes a file, not standard input"),
        ("resolve --directory - a@contoso.com", "--directory takes a file, not standard input"),
        ("table spaces.txt --diff -", "--diff takes a file, not standard input"),
        ("table -", "a table is in a file, not in standard input: proxyaddr table FILE"),
        ("check spaces.txt", "no command 'check'; proxyaddr table --check judges a table"),
        ("spaces.txt", "it is a file: proxyaddr parse --in spaces.txt --out FILE, or proxyaddr table spaces.txt"),
        ("bounce.eml", "it is a file: proxyaddr diagnose < bounce.eml"),
    ],
)
def test_a_slip_is_one_line_with_the_command(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines()), words in err) == ("", 1, True), err


@pytest.mark.parametrize(
    "report",
    [
        "Your message did not reach some or all of the intended recipients.\n\n      Subject: Test\n",
        "Delivery has failed to these recipients or groups:\n\nJane (jane@contoso.com)\n",
        "MSEXCH:IMS:Org:Site:Server 0 (000C05A6) Unknown Recipient\njane@contoso.com\n",
    ],
)
def test_a_report_in_standard_input_is_refused_as_a_whole(
    report: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(report.encode())), "utf-8"))
    assert main(["resolve"]) == 2
    out, err = capsys.readouterr()
    assert (out, "proxyaddr diagnose < bounce.txt" in err) == ("", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('site_domain = "contoso.com"\n', "(it belongs in [internet_mail_service])"),
        ('OverrideProxyOut = "SMTPOUT"\n', "(it belongs in [internet_mail_service])"),
        ('[internet_mail_service]\nSiteDomain = "a.example"\nsite_domain = "a.example"\n', "as 'SiteDomain' and as"),
    ],
)
def test_a_setting_in_the_wrong_place_or_given_twice(text: str, words: str) -> None:
    Path("wrong.toml").write_text(text)
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_config("wrong.toml")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{KEY.replace('HKEY_LOCAL_MACHINE', 'HKLM')}\n    SiteDomain    REG_SZ    contoso.com\n",
        '{"value": [{"SiteDomain": "contoso.com", "PSPath": "Microsoft.PowerShell.Core\\\\Registry::X"}], "Count": 1}',
        '{"value": [{"SiteDomain": "contoso.com"}], "Count": 1}',
    ],
)
def test_a_registry_key_in_further_dresses(text: str) -> None:
    if "::X" in text:
        text = text.replace("::X", "::" + KEY.replace("\\", "\\\\"))
    Path("key.txt").write_text(text)
    assert px.InternetMailService.from_config("key.txt").site_domain == "contoso.com"
