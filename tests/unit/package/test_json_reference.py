"""The keys of JSON output are those that docs/reference/json.md lists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from proxyaddr.cli.main import main

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "json.md"
LINES = {
    "parse": ["parse", "--json", "X400:c=US;a= ;p=Org;s=Doe;"],
    "parse --recipients": ["parse", "--json", "--recipients", "jane@contoso.com"],
    "parse --list": ["parse", "--json", "--list", "SMTP:jane@contoso.com"],
    "resolve": ["resolve", "--json", "--config", "imc.reg", "jane@contoso.com"],
    "route": ["route", "--json", "--spaces", "spaces.txt", "jane@contoso.com"],
    "table": ["table", "--json", "spaces.txt"],
    "table --check": ["table", "--json", "--check", "odd.txt"],
    "table --diff": ["table", "--json", "spaces.txt", "--diff", "odd.txt"],
    "decapsulate": ["decapsulate", "--json", "--powershell", "IMCEAFAX-1@contoso.com"],
    "diagnose": ["diagnose", "--json", "jane@contoso.com\n550 5.1.10 not found"],
    "encapsulate": ["encapsulate", "--json", "--domain", "contoso.com", "FAX:1"],
    "audit": ["audit", "--json", "audited.csv"],
    "rules": ["rules", "--json", "two-primaries"],
    "parse --in": ["parse", "--json", "--in", "in.txt", "--out", "out.csv"],
    "route --in": ["route", "--json", "--spaces", "spaces.txt", "--in", "in.txt", "--out", "out.csv"],
    "resolve --in": ["resolve", "--json", "--in", "in.txt", "--out", "out.csv"],
    "resolve --all": ["resolve", "--json", "--directory", "people.csv", "--all", "--out", "out.csv"],
    "decapsulate --in": ["decapsulate", "--json", "--in", "in.txt", "--out", "out.csv"],
}


def documented() -> dict[str, tuple[list[str], set[str]]]:
    """Return for each command the keys of every object, in their order, and those of some."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*)\|([^|]*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: (re.findall("`(.+?)`", always), set(re.findall("`([a-z_]+)`", some))) for name, always, some in rows}


def test_every_command_is_listed() -> None:
    assert list(documented()) == list(LINES)


@pytest.mark.parametrize("name", LINES)
def test_the_keys_are_those_of_the_page(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spaces.txt").write_text("SMTP,*;,1,imc\n")
    Path("odd.txt").write_text("SMTP,*@contoso.com;,1,imc\n")
    Path("audited.csv").write_text("mail,proxyAddresses\njane@contoso.com,smtp:jane@contoso.com\n")
    Path("in.txt").write_text("jane@contoso.com\n")
    Path("people.csv").write_text("displayName,proxyAddresses\nJane,SMTP:jane@contoso.com\n")
    key = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters]"
    Path("imc.reg").write_text(f'REGEDIT4\n\n{key}\n"ResolveP2"=dword:00000001\n')
    main(LINES[name])
    found = list(json.loads(capsys.readouterr().out.splitlines()[0]))
    always, some = documented()[name]
    assert [key for key in found if key in always] == always
    assert set(found) <= {*always, *some}
