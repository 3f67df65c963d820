"""A package imports only what stands before it in the list of proxyaddr/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "proxyaddr"
ORDER = re.findall(r"^\d+\. `(\w+)`", (PACKAGE / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE)
FILES = sorted(file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py")


def room(file: Path) -> str:
    """The package at the top of proxyaddr/ that a file lies in, or the module that it is."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(source: str) -> set[str]:
    """The packages of ours that a module imports, wherever in it, or names in a table of modules to load."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    rooms = {name.split(".")[1] for name in names if re.fullmatch(r"proxyaddr(\.\w+)+", name)}
    return rooms & set(ORDER)


def test_every_package_stands_in_the_list_once() -> None:
    assert sorted(ORDER) == sorted({room(file) for file in FILES})


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_one_way(file: Path) -> None:
    before = ORDER[: ORDER.index(room(file)) + 1]
    assert imported(file.read_text("utf-8")) <= set(before)


def test_an_import_is_seen_wherever_it_stands() -> None:
    source = 'def f():\n    from proxyaddr.bulk.rows import Work\nTABLE = {"x": "proxyaddr.routing.table"}\n'
    assert imported(source) == {"bulk", "routing"}
