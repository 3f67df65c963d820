"""Every example of README.md and docs/ runs: the python blocks, and the `proxyaddr` commands of the console blocks."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("tutorials/*.md")),
    *sorted((ROOT / "docs").glob("guides/*.md")),
]
"""The pages that people write; what the reference shows is made from the package and its tests."""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the blocks of a language, each with the name of its page."""
    return [
        (page.name, body) for page in PAGES for name, body in FENCE.findall(page.read_text("utf-8")) if name == language
    ]


def commands(block: str) -> list[tuple[str, str]]:
    """Return each `$ command` of a console block with the lines that follow it, which it should print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0][:-1] + line.removeprefix("> ").lstrip(), [])
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


CONSOLE = [(page, *case) for page, block in blocks("console") for case in commands(block) if "proxyaddr " in case[0]]


def plain(output: str) -> str:
    """Return the text without blanks at line ends and blank lines at the end, which editors remove from README.md."""
    return "\n".join(line.rstrip() for line in output.splitlines()).rstrip()


def run(command: str, folder: Path) -> str:
    """Run a shell line, its `proxyaddr` commands by this interpreter; return standard output, then standard error."""
    here = f"{shlex.quote(sys.executable)} -m proxyaddr "
    line = re.sub(r"(^|\| *|&& *)proxyaddr ", lambda match: match[1] + here, command)
    assert line != command, f"not a proxyaddr command: {command}"
    search = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1"}
    done = subprocess.run(
        line, shell=True, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=30, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in {0, 1, 2}, (done.returncode, done.stderr)
    return done.stdout + done.stderr


def test_pages_have_examples_of_both_kinds() -> None:
    assert {"README.md", "python.md", "polars.md"} <= {page for page, _ in blocks("python")}
    assert {"README.md", "administrator.md", "files.md"} <= {page for page, *_ in CONSOLE}


@pytest.mark.parametrize(("page", "source"), blocks("python"))
def test_python_block_runs(page: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(source, page, "exec"), {"__name__": "example"})


@pytest.mark.parametrize(("page", "command", "expected"), CONSOLE)
def test_console_block_prints_what_it_shows(page: str, command: str, expected: str, tmp_path: Path) -> None:
    assert plain(run(command, tmp_path)) == plain(expected), page
