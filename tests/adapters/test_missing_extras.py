"""A module whose packages are not installed can be imported; its functions name the extra that brings them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr._optional import import_extra

ADAPTED = (
    *("parse([])", "normalize([])", "decapsulate([])", "validate([])"),
    *("resolve([], service)", "route([], table)", "route_index([], table)"),
)
CALLS = {
    ("pyarrow", "arrow"): (
        "px.columns.parse([])",
        "px.columns.normalize([])",
        "px.columns.decapsulate([])",
        "px.columns.validate([])",
        "px.columns.resolve(service, [])",
        "px.columns.route(table, [])",
        "px.columns.Router(table)",
        "spark.route([], table)",
        "spark.audit([])",
        "spark.resolve([], service)",
        *(f"{adapter}.{call}" for adapter in ("polars", "duckdb") for call in ADAPTED[-3:]),
        "polars.parse(import_module('polars').Series(['a@b']))",
        "duckdb.register(import_module('duckdb').connect())",
        "duckdb.parse([])",
        *(f"{adapter}.validate([])" for adapter in ("polars", "duckdb", "spark")),
    ),
    ("polars", "polars"): (
        *(f"polars.{call}" for call in ADAPTED),
        "polars.AddressExpressions(None).parse()",
    ),
    ("duckdb", "duckdb"): (
        *(f"duckdb.{call}" for call in ADAPTED),
        "duckdb.register(None, table)",
        "duckdb.register_resolve(None, service)",
        "duckdb.register_validate(None)",
    ),
    ("publicsuffixlist", "audit"): (
        "px.columns.validate([])",
        "polars.validate(import_module('polars').Series(['a@b']))",
        "duckdb.register_validate(import_module('duckdb').connect())",
    ),
    ("pyspark", "spark"): tuple(f"spark.{call}" for call in (*ADAPTED, "audit([])")),
    # pyarrow makes no array of a list, as `resolve` does first, where pandas is blocked in the way of these tests
    ("pandas", "spark"): tuple(f"spark.{call}" for call in (*ADAPTED, "audit([])") if call[:7] != "resolve"),
}
"""Package that is missing, and the extra that brings it, to calls that need it."""


def run_without(packages: Sequence[str], code: str) -> str:
    """Return what code prints in a process of its own in which some packages can't be imported."""
    blocked = f"import sys; sys.modules.update(dict.fromkeys({packages!r}))\n"
    run = subprocess.run([sys.executable, "-c", blocked + code], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_public_modules_can_be_looked_at_without_any_extra() -> None:
    code = """
import proxyaddr as px
import proxyaddr.adapters.polars, proxyaddr.adapters.duckdb, proxyaddr.adapters.spark
for module in (px, px.columns, px.adapters.polars, px.adapters.duckdb, px.adapters.spark):
    help(module)
    print(all(hasattr(module, name) for name in dir(module)))
assert "columns" in dir(px)
"""
    printed = run_without([package for package, _ in CALLS], code)
    assert printed.splitlines().count("True") == 5
    for line in ("parse(column: 'object') -> 'pa.Table'", "class Router", "register(connection: 'duckdb.DuckDB"):
        assert line in printed


@pytest.mark.parametrize(("package", "extra"), CALLS)
def test_the_first_call_names_the_extra(package: str, extra: str) -> None:
    code = f"""
from importlib import import_module
import proxyaddr as px
from proxyaddr.adapters import duckdb, polars, spark
table, service = px.RoutingTable(()), px.InternetMailService()
for call in {CALLS[package, extra]!r}:
    try:
        print(call, eval(call))
    except px.ConfigurationError as error:
        assert (error.code, error.setting) == ("missing-extra", "{extra}"), call
        assert 'this needs {package}, which is not installed: pip install "proxyaddr[{extra}]"' in str(error), error
"""
    assert run_without([package], code) == ""


def test_without_polars_no_namespace_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(px.adapters, "polars", None, raising=False)  # put back afterwards, as the modules are
    monkeypatch.delitem(sys.modules, "proxyaddr.adapters.polars", raising=False)
    monkeypatch.setitem(sys.modules, "polars", None)
    adapter = import_module("proxyaddr.adapters.polars")
    with pytest.raises(px.ConfigurationError, match="this needs polars, which is not installed"):
        adapter.parse(["a@b"])


def test_a_package_that_lacks_something_itself_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_package.py").write_text("import no_such_module_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        import_extra("broken_package", "all")


def test_a_missing_package_is_named_with_its_extra() -> None:
    with pytest.raises(px.ConfigurationError, match=r'pip install "proxyaddr\[arrow\]"') as raised:
        import_extra("no_such_package.inner", "arrow")
    assert raised.value.code == "missing-extra"
