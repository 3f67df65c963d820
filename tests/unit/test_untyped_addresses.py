"""Legacy DNs and O/R addresses without a type take the same route whoever asks: table, matchers, columns, command."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.cli.main import main
from proxyaddr.columns import route
from tests.strategies import DIALECTS, joined

SPACES = [
    *("SMTP:*;1", "X400:c=US;a= ;p=Org;1", "EX:/o=Org;1", "X500:/o=Org*;1", "X400:c=DE;1", "MS:*;1"),
]
CONNECTORS = ["internet", "x400", "ex", "x500", "german", "mail"]

ADDRESSES = [
    ("/o=Org/ou=First/cn=Recipients/cn=jane", "ex"),
    (" /O=Org/ou=First ", "ex"),
    ("\u00a0/o=Org/ou=First", "ex"),
    ("=EX:/o=Org/ou=First", "ex"),
    ("EX : /o=Org/ou=First", "ex"),
    ("=x500:/o=Org/ou=First.", "x500"),
    ("/o=Org/cn=" + "x" * 300, "ex"),
    ("/o=Other/ou=First", None),
    ("c=US;a= ;p=Org;s=Doe;g=Jane", "x400"),
    ("s=Doe;g=Jane;p=Org;a=;c=us", "x400"),
    ("C=US; A= ; P=Org; S=Doe;", "x400"),
    ("/c=US/a= /p=Org/s=Doe", "x400"),
    ("C=DE/A=DBP/P=Org/S=Doe", "german"),
    ("S=Doe/P=Org/A= /C=US", "x400"),
    ("c=US;a= ;p=Org;s=jane@contoso.com", "x400"),
    ("c=US;a= ;p=Org;dda:type=x", "x400"),
    ("C=US;A=;P=Org;DDA:SMTP=jane@contoso.com", "x400"),
    ("c=FR;a= ;p=Org", None),
    # an Internet address stays one, quoted or not, and so does what has no country
    ("bounce+jane=contoso.com@lists.contoso.com", "internet"),
    ("/c=US/a=ATT/s=Doe@gateway.contoso.com", "internet"),
    ("/o=Org/cn=jane@contoso.com", "internet"),
    ('"c=US;a= ;p=Org"@contoso.com', "internet"),
    ("smtp:c=US;a= ;p=Org", "internet"),
    ("SMTP:/o=Org/ou=First", "internet"),
    ("p=Org;s=Doe", "internet"),
    ("jane", "internet"),
    ("key=value:jane", None),
    ("MS:NET/PO/c=us", "mail"),
]


@pytest.fixture(scope="module", params=list(px.Dialect), ids=str)
def table(request: pytest.FixtureRequest) -> px.RoutingTable:
    dialect: px.Dialect = request.param
    spaces = [px.AddressSpace.parse(text, dialect=dialect) for text in SPACES]
    return px.RoutingTable(list(map(px.Route, spaces, CONNECTORS)), dialect)


@pytest.mark.parametrize(("address", "connector"), ADDRESSES)
def test_all_give_one_answer(table: px.RoutingTable, engine: str, address: str, connector: str | None) -> None:
    index = -1 if connector is None else CONNECTORS.index(connector)
    assert table.route_index(address) == index
    matcher = table.compile()
    assert matcher.match(address) == index
    assert list(matcher.match_many([address, address.encode()])) == [index, index]
    for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        assert list(matcher.match_many(pa.array([address], kind))) == [index]
    [row] = route(table, pa.array([address])).to_pylist()
    assert (row["index"], row["connector"]) == (index, connector)
    if connector is not None:
        kind = table.routes[index].space.match(address)
        assert kind is not None
        assert row["match"] == kind.value


@pytest.mark.parametrize(("address", "connector"), [case for case in ADDRESSES if case[1] != "x500"])
def test_the_command_gives_it_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, connector: str | None
) -> None:
    file = tmp_path / "table.csv"
    rows = zip(SPACES, CONNECTORS, strict=True)
    file.write_text("space,connector\n" + "".join(f'"{space}",{name}\n' for space, name in rows), "utf-8")
    main(["route", "--spaces", str(file), "--dialect", "exchange55", "--json", address])
    assert json.loads(capsys.readouterr().out)["connector"] == connector


PIECES = [
    "c=us",
    "C = DE",
    "a= ",
    "p=Org",
    "/o=Org",
    "cn=x",
    "/",
    ";",
    " ",
    "=",
    "@",
    '"',
    ":",
    "EX:",
    "X500:",
    "smtp:",
]
PIECES += ["smtp:", "contoso.com", "jane", "dda:x=1", ".", ",", "[a=b]", "é", "\u200b", "*", "%", "\\;", "$/", "//"]
TEXTS = joined(PIECES, 9)


@settings(deadline=None)  # the first example loads what the engines load on first use
@given(st.lists(TEXTS, min_size=1, max_size=12), DIALECTS, st.lists(st.sampled_from(SPACES), min_size=1))
def test_any_text_is_routed_alike(engine: str, texts: list[str], dialect: px.Dialect, spaces: list[str]) -> None:
    made = [px.AddressSpace.parse(text, dialect=dialect) for text in spaces]
    table = px.RoutingTable([px.Route(space, f"c{number}") for number, space in enumerate(made)], dialect)
    expected = [table.route_index(text) for text in texts]
    matcher = table.compile()
    assert [matcher.match(text) for text in texts] == expected
    assert list(matcher.match_many(texts)) == expected
    assert route(table, pa.array(texts)).column("index").to_pylist() == expected


@given(TEXTS)
def test_a_type_is_that_of_the_shape(text: str) -> None:
    shaped = typed_by_shape(text)
    if shaped is not None and shaped[0] == "X400":
        assert px.RoutingTable([]).read(text) == px.RoutingTable([]).read(px.TypedAddress(*shaped))


@pytest.mark.parametrize("text", ["=" * 100_000, "c=us;" * 20_000, "/c=" * 40_000, "a=b@" * 25_000, "=EX:" * 25_000])
def test_hostile_texts_are_read_in_one_go(engine: str, text: str) -> None:
    table = px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*"), "c")])
    assert table.compile().match(text) == table.route_index(text)
