"""The imports of every module, held against the table in proxyaddr/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "proxyaddr"
COLUMNS = ("imports", "on first use", "for types only")

Imports = dict[str, set[str]]


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def is_for_types(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def statements(nodes: list[ast.stmt], column: str) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """Every import statement with the column it belongs to."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield column, node
        elif isinstance(node, ast.If) and is_for_types(node.test):
            yield from statements(node.body, "for types only")
            yield from statements(node.orelse, column)
        else:
            inner = "on first use" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else column
            blocks = (getattr(node, field, []) for field in ("body", "orelse", "finalbody", "handlers", "cases"))
            for block in blocks:
                for child in block:
                    yield from statements([child] if isinstance(child, ast.stmt) else child.body, inner)


def names_of_ours(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """Modules of the package that the statement imports, without the leading `proxyaddr.`."""
    if isinstance(node, ast.Import):
        found = [alias.name for alias in node.names]
    else:
        assert node.level == 0, f"{module}: a relative import"
        inside = node.module == "proxyaddr" or (node.module or "").startswith("proxyaddr.")
        submodules = [f"{node.module}.{alias.name}" for alias in node.names] if inside else []
        found = [name if name.removeprefix("proxyaddr.") in MODULES else str(node.module) for name in submodules]
    for name in found:
        if name == "proxyaddr":
            yield "__init__"
        elif name.startswith("proxyaddr."):
            yield name.removeprefix("proxyaddr.")


def imports_in(source: str, module: str) -> Imports:
    found: Imports = {column: set() for column in COLUMNS}
    tree = ast.parse(source)
    for column, node in statements(tree.body, "imports"):
        found[column].update(names_of_ours(node, module))
    for text in ast.walk(tree):  # a module given to import_module by name, out of a table
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            named = text.value.removeprefix("proxyaddr.")
            if named != text.value and named in MODULES:
                found["on first use"].add(named)
    return found


def table() -> dict[str, Imports]:
    """The rows of ARCHITECTURE.md that start with a module in backticks."""
    rows = {}
    for line in (PACKAGE / "ARCHITECTURE.md").read_text("utf-8").splitlines():
        if line.startswith("| `"):
            first, *rest = [set(re.findall(r"`([^`]+)`", cell)) for cell in line.strip("|").split("|")]
            assert len(rest) == len(COLUMNS), line
            rows[first.pop()] = dict(zip(COLUMNS, rest, strict=True))
    return rows


TABLE = table()


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    assert sorted(TABLE) == sorted(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_are_those_of_the_table(module: str) -> None:
    assert imports_in(MODULES[module].read_text("utf-8"), module) == TABLE[module]


def test_the_reader_tells_the_three_kinds_of_import_apart() -> None:
    source = """
import re
from typing import TYPE_CHECKING
from proxyaddr import errors, __version__
if TYPE_CHECKING:
    from proxyaddr.resolver import Delivery
try:
    import proxyaddr.smtp
except ImportError:
    import proxyaddr.parser
class A:
    def f(self):
        with open("x"):
            from proxyaddr.rules import Rule
TABLE = {"X": "proxyaddr.validation", "Y": "proxyaddr.nothing"}
"""
    assert imports_in(source, "example") == {
        "imports": {"errors", "__init__", "smtp", "parser"},
        "on first use": {"rules", "validation"},
        "for types only": {"resolver"},
    }


def test_no_two_modules_import_each_other_when_loaded() -> None:
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"cycle: {' -> '.join((*path, module))}"
        if module not in done:
            for target in TABLE[module]["imports"]:
                walk(target, (*path, module))
            done.add(module)

    for module in TABLE:
        walk(module, ())
