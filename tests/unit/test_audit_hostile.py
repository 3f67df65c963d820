"""Hostile directories: values without end, one that everyone holds, text that a terminal or a program would act on."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from tests.measured import lines_run

PIECES = [
    *("a", "x@", "a,", "a@contoso.com,", ".", "@", "c=us;", ";", "/o=a", "smtp:", " ", "<", "<a>", "\u00e9", ":", "\0"),
    *(
        "\u0301\u0316",
        "\u0430",
        "\u200b",
        "\\",
        '"',
        "'",
        "Ab",
        "a:",
        "X400:",
        "\u3002",
        "\uff20",
        "\U000e0041",
        "{",
        "=FE",
    ),
]
SIZE = 300


def person(value: str) -> dict[str, object]:
    names = ("mail", "userPrincipalName", "targetAddress", "mailNickname", "displayName", "cn", "legacyExchangeDN")
    return {"id": value[:10], "type": "user", **dict.fromkeys(names, value), "proxyAddresses": [value, f"smtp:{value}"]}


@pytest.mark.unmeasured
@pytest.mark.parametrize("piece", PIECES)
def test_long_values_take_no_more_than_their_length(piece: str) -> None:
    for start, end in (("", ""), ("smtp:", "@contoso.com"), ("smtp:a@", ".com"), ("X400:", ""), ("x500:", "")):
        few, many = (person(f"{start}{piece * count}{end}") for count in (SIZE, 8 * SIZE))
        assert lines_run(partial(px.audit, [few])) * 10 > lines_run(partial(px.audit, [many]))


@pytest.mark.unmeasured
@pytest.mark.parametrize("piece", ["a", "a@contoso.com,", "\u0301\u0316", "\u00e9", "c=us;"])
def test_values_of_a_million_characters_are_judged(piece: str) -> None:
    value = f"smtp:{piece * (1_000_000 // len(piece))}@contoso.com"
    report = px.audit([person(value)])
    assert all(finding.fix is None or "split" in finding.fix for finding in report.findings if finding.value == value)


HOLDERS = 20_000


def test_of_many_holders_the_first_are_shown_and_a_file_has_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"CN=P{number},SMTP:all@contoso.com\n" for number in range(HOLDERS)]
    Path("export.csv").write_text("DN,proxyAddresses\n" + "".join(rows))
    main(["audit", "export.csv", "--out", "found.jsonl", "--rules", "proxy-duplicate"])
    shown = capsys.readouterr().out
    assert f"  smtp:all@contoso.com: held by {HOLDERS:,}: CN=P0, CN=P1, CN=P2" in shown
    assert len(shown) < 1_000
    finding = json.loads(Path("found.jsonl").read_text("utf-8"))
    assert finding["holders"] == [f"CN=P{number}" for number in range(HOLDERS)]


ATTACK = "=cmd|' /C calc'!A0\x1b[2J\u202e<script>alert(1)</script>\r\n\u2028\u0430\x00"


@pytest.fixture
def attacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    people = [
        {"dn": ATTACK, "mail": f"{ATTACK}@contoso.com", "proxyAddresses": [ATTACK, f"smtp:{ATTACK} x@contoso.com"]},
        {"dn": f"-{ATTACK}", "displayName": "", "cn": ATTACK, "proxyAddresses": [ATTACK, f"SMTP:{ATTACK}"]},
        {"dn": "CN=Jane", "proxyAddresses": ["Smtp:jane@contoso.com"]},
        {"dn": "CN=J\u0430ne", "proxyAddresses": ["Smtp:jane@contoso.com"]},
    ]
    Path("hostile.json").write_text(json.dumps(people))
    return tmp_path


def test_no_output_holds_what_a_terminal_or_a_program_acts_on(
    attacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = ["--out", "found.csv", "--report", "page.html", "--fix", "fixes.ps1", "--mended", "mended.json"]
    assert main(["audit", "hostile.json", *written]) == 1
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert all(line.isprintable() for line in text.split("\n"))
    page = (attacked / "page.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert "\x1b" not in page
    with (attacked / "found.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    commands = (attacked / "fixes.ps1").read_text("utf-8-sig")
    assert all(line.isprintable() for line in commands.split("\n"))
    assert len(json.loads((attacked / "mended.json").read_text("utf-8"))) == 4


def test_printed_json_is_a_line_a_finding(attacked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert attacked.exists()
    main(["audit", "hostile.json", "--json"])
    lines = capsys.readouterr().out.split("\n")[:-1]
    assert all(line.isprintable() for line in lines)
    assert ATTACK in {json.loads(line)["object"] for line in lines}


def test_names_that_look_alike_stay_apart(attacked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert attacked.exists()
    main(["audit", "hostile.json", "--rules", "proxy-duplicate"])
    assert "smtp:jane@contoso.com: held by CN=Jane, CN=J\u0430ne" in capsys.readouterr().out
