"""The public names are these, each is used in tests/typing/api.py, and their signatures keep their parameters."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import proxyaddr as px
import proxyaddr.adapters.duckdb
import proxyaddr.adapters.polars
import proxyaddr.adapters.spark
from proxyaddr import adapters

API = Path(__file__).parents[2] / "typing" / "api.py"

NAMES = [
    "Activation",
    "AddressSpace",
    "AddressSyntaxError",
    "AuditContext",
    "AuditFinding",
    "AuditReport",
    "ConfigurationError",
    "Connector",
    "Delivery",
    "Diagnosis",
    "Dialect",
    "Directory",
    "Encapsulated",
    "EntryAddress",
    "Explanation",
    "Finding",
    "InternetMailService",
    "Limits",
    "MatchKind",
    "Matcher",
    "NonDelivery",
    "OneOffAddress",
    "OneOffEntryId",
    "OneOffFlags",
    "ParsedList",
    "Proximity",
    "ProxyAddrError",
    "ProxyAddress",
    "ProxyList",
    "Recipient",
    "Route",
    "RoutingTable",
    "RowError",
    "Scope",
    "Site",
    "TypedAddress",
    "X400Address",
    "X500Address",
    "audit",
    "decapsulate",
    "diagnose",
    "encapsulate",
    "parse",
    "parse_one_off",
    "parse_proxies",
    "parse_proxy",
    "parse_recipients",
    "read_entry_ids",
]
MODULES = ["adapters", "columns", "matcher", "mixer", "mta", "x400"]


def test_the_names_are_pinned() -> None:
    assert sorted(px.__all__) == sorted(NAMES)
    assert all(getattr(px, name).__name__.rpartition(".")[2] == name for name in [*NAMES, *MODULES])
    assert dir(px) == sorted([*NAMES, *MODULES, "__version__"])


def test_the_imports_for_type_checkers_are_the_names_that_are_loaded() -> None:
    assert px.__file__ is not None
    tree = ast.parse(Path(px.__file__).read_text("utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    imported: dict[str, str] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.asname == alias.name, "only such a name is public to type checkers"
            imported[alias.name] = f"{node.module}.{alias.name}"
    for name, place in imported.items():
        module, _, attribute = place.rpartition(".")
        expected = import_module(place) if name in MODULES else getattr(import_module(module), attribute)
        assert getattr(px, name) is expected
    assert sorted(imported) == sorted([*NAMES, *MODULES])


def test_internal_modules_are_not_shown() -> None:
    assert px.columns.parse(["a@b"]).num_rows == 1  # which loads internal modules
    assert dir(px.columns) == sorted(px.columns.__all__)
    assert dir(px) == sorted([*px.__all__, *MODULES, "__version__"])


def test_every_name_is_used_where_its_type_is_held() -> None:
    used = {
        node.attr
        for node in ast.walk(ast.parse(API.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "px"
    }
    assert used == {*NAMES, *MODULES}


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (px.parse, "text * type limits"),
        (px.parse_one_off, "text * limits"),
        (px.parse_recipients, "text * limits"),
        (px.parse_proxy, "text * limits"),
        (px.parse_proxies, "text_or_strings * separator limits"),
        (px.encapsulate, "address_type value domain"),
        (px.decapsulate, "text * tolerant limits"),
        (px.diagnose, "text"),
        (px.AddressSpace.parse, "text * dialect scope limits"),
        (px.X400Address.parse, "text form * limits"),
        (px.X500Address.parse, "dn"),
        (px.OneOffEntryId.from_bytes, "data * code_page limits"),
        (px.read_entry_ids, "data * code_page limits"),
        (px.RoutingTable.from_gwart, "text * dialect limits"),
        (px.RoutingTable.from_csv, "path * dialect limits"),
        (px.RoutingTable.from_connectors, "path * dialect accepted_domains limits"),
        (px.RoutingTable.from_connectors_json, "path * dialect limits"),
        (px.RoutingTable.from_file, "path more * dialect accepted_domains limits"),
        (px.RoutingTable.from_toml, "path * limits"),
        (px.RoutingTable.from_columns, "type pattern cost connector * dialect"),
        (px.RoutingTable.findings, "self"),
        (px.RoutingTable.diff, "self other addresses"),
        (px.RoutingTable.with_accepted_domains, "self domains"),
        (px.mta.route_one_off, "table address site_address * size site location"),
        (px.RoutingTable.route, "self address * size site location lowest_cost_only"),
        (px.Matcher.match_many, "self column * threads"),
        (px.columns.validate, "column * attribute rules ignore context"),
        (adapters.spark.audit, "dataframe * order rules ignore severity context"),
        (px.columns.resolve, "service_or_site column"),
        (adapters.spark.resolve, "dataframe service_or_site column * name"),
        (adapters.duckdb.resolve, "relation service_or_site column * name"),
        (adapters.duckdb.register_resolve, "connection service_or_site name"),
        (adapters.polars.resolve, "column service_or_site"),
        (adapters.spark.validate, "dataframe column * name attribute rules ignore context"),
        (adapters.duckdb.validate, "relation column * name attribute rules ignore context"),
        (adapters.duckdb.register_validate, "connection name * attribute rules ignore context"),
        (adapters.polars.validate, "column * attribute rules ignore context"),
        (px.audit, "directory * rules ignore severity baseline context limits"),
        (px.Directory.from_file, "path * limits"),
        (px.Directory.from_csv, "path * limits"),
        (px.Directory.from_json, "path * limits"),
        (px.Directory.from_ldif, "path * limits"),
        (px.Directory.from_records, "records * limits"),
        (
            px.Recipient,
            "display_name proxies target_address alias legacy_dn * dn id mail user_principal_name type source row",
        ),
        (px.NonDelivery.report, "self * subject sent reported layout"),
        (
            px.InternetMailService,
            "* override_proxy_out site_domain site_addresses address_spaces routing_table directory organization site "
            "server name encapsulate unknown_settings settings_findings",
        ),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_parameters_are_pinned(function: object, parameters: str) -> None:
    found = inspect.signature(function).parameters.values()  # type: ignore[arg-type]  # each is callable
    positional = [each.name for each in found if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    keywords = [each.name for each in found if each.kind is inspect.Parameter.KEYWORD_ONLY]
    assert " ".join([*positional, *(["*", *keywords] if keywords else [])]) == parameters


def test_the_version_is_semantic() -> None:
    assert re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:(?:a|b|rc|\.dev)[0-9]+)?", px.__version__)
    changelog = (API.parents[2] / "CHANGELOG.md").read_text("utf-8")
    assert px.__version__ in changelog


def test_every_public_name_is_listed() -> None:
    assert set(px.__all__) <= set(dir(px))
    with pytest.raises(AttributeError, match="no attribute 'parse_all'"):
        px.parse_all  # noqa: B018 - it is asked for


@pytest.mark.parametrize("name", ["columns", "matcher", "mixer", "mta", "x400"])
def test_completion_of_a_module_shows_its_public_names(name: str) -> None:
    module = getattr(px, name)
    assert dir(module) == sorted(module.__all__)
