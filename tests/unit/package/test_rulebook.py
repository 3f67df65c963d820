"""Every rule and code is told of, with an example that runs; and `proxyaddr rules`, which tells it."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pyarrow
import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.rulebook import AUDIT, CODE, DELIVERY, ROUTING, Entry, entries, find

PACKAGE = Path(str(px.__file__)).parent
RAISING = {
    "AddressSyntaxError",
    "ConfigurationError",
    "RowError",
    "RouteError",
    "Finding",
    "TableFinding",
    "ProxyAddrError",
}
SOURCES = {file: ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}
EXAMPLES = [entry for entry in entries() if entry.example]


def codes_raised() -> set[str]:
    """The codes that are stated where an error or a finding is made."""
    found = set()
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found


def texts() -> set[str]:
    """Every text that the package holds."""
    return {
        node.value
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_is_load_of() -> None:
    told = {entry.name for entry in entries() if entry.kind == CODE}
    assert codes_raised() - told == set()
    assert told - texts() == set()


def test_names_of_a_kind_are_load_of_once() -> None:
    names = [(entry.kind, entry.slug) for entry in entries()]
    assert len(names) == len(set(names))
    assert {entry.kind for entry in entries()} == {AUDIT, CODE, DELIVERY, ROUTING}


def test_every_entry_says_what_it_means_and_what_mends_it() -> None:
    for entry in entries():
        assert entry.meaning.endswith("."), entry
        assert entry.kind != CODE or entry.remedy.endswith("."), entry
        assert entry.kind == CODE or entry.source, entry


def run_example(entry: Entry) -> str:
    """What an example gives: the code of the error that it raises, or its value, or what the shell shows."""
    if entry.example.startswith("$ "):
        path = os.pathsep.join([sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path, "PYTHONUTF8": "1"}
        done = subprocess.run(
            ["bash", "-c", entry.example[2:]], capture_output=True, encoding="utf-8", env=environment, check=False
        )
        return done.stdout + done.stderr

    def file(name: str, text: str) -> Path:
        Path(name).write_text(text, "utf-8")
        return Path(name)

    try:
        return repr(eval(entry.example, {"px": px, "file": file, "importlib": importlib, "pyarrow": pyarrow}))
    except px.ProxyAddrError as error:
        return repr(error.code)


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: f"{entry.kind}-{entry.slug}")
def test_example_shows_the_code_or_the_rule(entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = run_example(entry)
    if entry.example.startswith("$ "):
        assert entry.name in shown
    else:
        assert f"'{entry.name}'" in shown


def test_the_command_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {entry.name} " in shown for entry in entries())


@pytest.mark.parametrize("name", ["two-primaries", "Two-Primaries", "not back", "not-back", "one-off-type"])
def test_the_command_tells_all_of_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (entry,) = find(name)
    assert main(["rules", name]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for text in (entry.name, entry.meaning, entry.source, entry.remedy):
        assert " ".join(text.split()) in shown


def test_a_rule_and_a_code_may_share_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert [entry.kind for entry in find("refused-encapsulation")] == [DELIVERY, CODE]
    assert main(["rules", "--json", "refused-encapsulation"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["kind"] for record in records] == [DELIVERY, CODE]
    assert set(records[0]) == {"name", "kind", "meaning", "source", "remedy", "example"}


def test_a_mistyped_name_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "two-primarys"]) == 2
    assert "did you mean two-primaries?" in capsys.readouterr().err
    assert main(["rules", "zzzzzz"]) == 2
    assert "lists all" in capsys.readouterr().err
