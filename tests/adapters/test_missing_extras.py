"""An adapter whose package is not installed names the extra that brings it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr._optional import import_extra


@pytest.mark.parametrize(
    ("adapter", "package", "extra"),
    [
        ("polars", "polars", "polars"),
        ("duckdb", "duckdb", "duckdb"),
        ("spark", "pyspark", "spark"),
        ("spark", "pandas", "spark"),
        ("polars", "pyarrow", "arrow"),
    ],
)
def test_a_missing_package_names_its_extra(
    adapter: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(("proxyaddr.adapters", "proxyaddr.columns"))]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)  # import then finds nothing
    with pytest.raises(px.ConfigurationError, match=rf"pip install \"proxyaddr\[{extra}\]\"") as caught:
        import_module(f"proxyaddr.adapters.{adapter}")
    assert (caught.value.code, caught.value.setting) == ("missing-extra", extra)


def test_a_package_that_lacks_something_itself_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_package.py").write_text("import no_such_module_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        import_extra("broken_package", "all")
