"""Routing tables: the choice among routes, and the files that tables come in."""

from __future__ import annotations

import codecs
import copy
import json
import pickle
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.spaces.matching import read_address
from tests.cases import Case, cases
from tests.strategies import SPACE_ADDRESSES, spaces, tables
from tests.text_files import written

PUBLISHED_GWART = (  # Q149121
    "EX,/O=WYNNWARE/OU=FRISCO;,1, Connection to Frisco\n"
    "MS,MSNET/PO1;,1,MS Mail Connector (PLUTO),\n"
    "SMTP,*;,1,Internet Mail Connector (SATURN),\n"
    "X400,c=GB;a=TMAILUK;p=*,1,Connection to Frisco,\n"
    "X400,c=US;a= ;p=MICROSOFT;o=BSD;,1,Site Connector (BSD),\n"
)


def table(*routes: tuple[str, str], dialect: str = "exchange55", **states: px.Connector) -> px.RoutingTable:
    spaces = [(px.AddressSpace.parse(space, dialect=dialect), connector) for space, connector in routes]
    return px.RoutingTable([px.Route(*pair) for pair in spaces], dialect, connectors=states.values())


def state(name: str, **settings: Any) -> px.Connector:  # noqa: ANN401 - each field has its own type
    return px.Connector(name, **settings)


@pytest.mark.parametrize(
    ("a", "b", "expected", "criterion"),
    [
        ({"delivering": True}, {}, "b", "not back"),
        ({"open_retries": 3, "max_open_retries": 3}, {"open_retries": 1, "max_open_retries": 3}, "b", "open retries"),
        ({"activation": px.Activation.NEVER}, {"activation": px.Activation.WILL_BECOME_ACTIVE}, "b", "activation"),
        ({"tries": 2}, {"tries": 1}, "b", "tries"),
        ({"open_retries": 1}, {}, "b", "open retry"),
        ({"open_retries": 1}, {"proximity": px.Proximity.REMOTE}, "a", "local"),
        ({"site_cost": 5}, {}, "b", "cost"),
        ({"proximity": px.Proximity.REMOTE}, {}, "b", "local"),
        ({"delivering": True}, {"delivering": True}, "a", "order"),
        ({"delivering": True, "tries": 1}, {"tries": 9}, "b", "not back"),
        ({"tries": 9, "site_cost": 1}, {"tries": 1, "site_cost": 50}, "b", "tries"),
    ],
)
def test_connectors_are_chosen_in_the_order_of_q193322(
    a: dict[str, Any], b: dict[str, Any], expected: str, criterion: str
) -> None:
    both = table(("SMTP:*", "a"), ("SMTP:*", "b"), a=state("a", **a), b=state("b", **b))
    found = both.route("x@y")
    assert found is not None
    assert found.connector == expected
    loser = next(outcome.lost for outcome in both.explain("x@y").outcomes if outcome.lost)
    assert loser.startswith(f"{criterion}: ")


STATES: list[dict[str, Any]] = [
    {},
    {"open_retries": 1},
    {"proximity": px.Proximity.REMOTE},
    {"open_retries": 1, "proximity": px.Proximity.REMOTE},
    {"site_cost": 3},
    {"tries": 1},
    {"delivering": True},
    {"activation": px.Activation.NEVER},
]


@pytest.mark.parametrize("dialect", ["exchange55", "exchange2007"])
def test_compiled_tables_choose_connectors_as_tables_do(dialect: str) -> None:
    pattern = "SMTP:*" if dialect == "exchange55" else "*"
    for a, b, c in product(STATES, STATES, STATES[:4]):
        states = {name: state(name, **settings) for name, settings in (("a", a), ("b", b), ("c", c))}
        both = table(
            *((f"{pattern};{cost}", name) for cost, name in ((3, "c"), (2, "b"), (2, "a"))), dialect=dialect, **states
        )
        assert both.compile().match("x@y") == both.route_index("x@y")


def test_an_order_of_preferences_is_missing_only_where_retries_count_for_some() -> None:
    def order(*offers: tuple[int, px.Connector], dialect: str = "exchange55") -> list[tuple[int, str]]:
        pattern, left, found = "SMTP:*" if dialect == "exchange55" else "*", list(offers), []
        while left:
            routes = [(f"{pattern};{cost}", connector.name) for cost, connector in left]
            both = table(*routes, dialect=dialect, **{connector.name: connector for _, connector in left})
            best = both.route_index("x@y")
            assert both.compile().match("x@y") == best
            cost, connector = left.pop(best)
            found.append((cost, connector.name))
        return found

    near, far, again = state("a"), state("b", proximity=px.Proximity.REMOTE), state("c", open_retries=1)
    far_again = state("d", open_retries=1, proximity=px.Proximity.REMOTE)
    three = ((5, near), (4, near), (5, far))
    assert order(*three) == [(4, "a"), (5, "a"), (5, "b")]
    assert order(*three, (6, again), dialect="exchange2007") == [(4, "a"), (5, "a"), (5, "b"), (6, "c")]
    assert order((1, again), (9, near)) == [(9, "a"), (1, "c")]
    assert order((1, far_again), (9, far)) == [(1, "d"), (9, "b")]
    assert order((1, far_again), (9, again)) == [(1, "d"), (9, "c")]
    # No one order fits both addresses: the connector on another computer matches one of them alone
    spaces = (("SMTP:*@x;1", "c"), ("SMTP:*@x;9", "a"), ("SMTP:*@y;1", "c"), ("SMTP:*@y;9", "a"), ("SMTP:*@y;5", "b"))
    mixed = table(*spaces, a=near, b=far, c=again)
    for address, best in (("u@x", 1), ("u@y", 2)):
        assert mixed.route_index(address) == mixed.compile().match(address) == best


def test_why_a_route_lost_says_both_sides() -> None:
    limited = table(("*", "a"), ("*", "b"), dialect="exchange2007", a=state("a", max_message_size=10), b=state("b"))
    lost = {outcome.index: outcome.lost for outcome in limited.explain("x@y", size=11).outcomes}
    assert lost == {0: "at most 10 bytes, the message has 11", 1: None}
    assert limited.route_index("x@y") == 0
    assert [outcome.lost for outcome in limited.explain("x@y", size=10).outcomes] == [None, "name: b, the best has a"]
    back = table(("SMTP:*", "a"), ("SMTP:*", "b"), a=state("a", delivering=True))
    assert back.explain("x@y").outcomes[1].lost == "not back: delivered this message, the best has did not deliver it"


def test_lowest_cost_only_goes_before_tries_but_not_before_activity() -> None:
    cheap, dear = state("cheap", tries=9), state("dear")
    both = table(("SMTP:*;1", "cheap"), ("SMTP:*;2", "dear"), cheap=cheap, dear=dear)
    assert both.route("x@y") == both.routes[1]
    assert both.route("x@y", lowest_cost_only=True) == both.routes[0]
    asleep = both.with_connectors([state("cheap", activation=px.Activation.WILL_BECOME_ACTIVE), dear])
    assert asleep.route("x@y", lowest_cost_only=True) == both.routes[1]


def test_the_best_space_comes_before_the_state_of_its_connector() -> None:
    busy = state("busy", tries=9, delivering=True)
    assert table(("SMTP:*@y", "busy"), ("SMTP:*", "free"), busy=busy).route("x@y").connector == "busy"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"max_message_size": 10}, {}, "b"),
        ({"enabled": False}, {}, "b"),
        ({"site_cost": 1}, {}, "b"),
        ({"proximity": px.Proximity.REMOTE}, {"proximity": px.Proximity.SAME_SITE}, "b"),
        ({}, {}, "a"),
        ({"site_cost": 1}, {"proximity": px.Proximity.REMOTE}, "b"),
        ({"max_message_size": 10}, {"max_message_size": 10}, None),
    ],
)
def test_connectors_of_exchange2007(a: dict[str, Any], b: dict[str, Any], expected: str | None) -> None:
    dialect = "exchange2007"
    both = table(("*;1", "b"), ("*;1", "a"), dialect=dialect, a=state("a", **a), b=state("b", **b))
    found = both.route("x@y", size=11)
    assert (found and found.connector) == expected


def test_scopes_hold_where_the_message_is_known_to_come_from_elsewhere() -> None:
    space = px.AddressSpace.parse("SMTP:*@y", scope="location")
    scoped = px.Route(space, "scoped")
    routes = [scoped, px.Route(px.AddressSpace.parse("SMTP:*"), "open")]
    both = px.RoutingTable(routes, connectors=[state("scoped", site="Berlin", location="Mitte")])
    assert both.route("x@y") == scoped
    assert both.route("x@y", site="berlin", location="mitte") == scoped
    assert both.route("x@y", site="Paris") == routes[1]
    assert both.route("x@y", site="Berlin", location="Ost") == routes[1]
    assert "outside its location" in str(both.explain("x@y", site="Paris"))


def test_a_space_of_another_dialect_is_refused() -> None:
    with pytest.raises(px.ConfigurationError, match="exchange2007"):
        px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*"), "a")], "exchange2007")
    with pytest.raises(px.ConfigurationError, match="a dialect is"):
        px.RoutingTable([], "exchange95")
    with pytest.raises(px.ConfigurationError):
        px.Route(px.AddressSpace.parse("SMTP:*"), [])


@pytest.mark.parametrize("case", cases("gwart"), ids=str)
def test_gwart_case(case: Case) -> None:
    (route,) = px.RoutingTable.from_gwart(case["line"]).routes
    assert (route.space.type, route.space.pattern, route.space.cost) == (case["type"], case["pattern"], case["cost"])
    assert list(route.connectors) == case["connectors"]


def test_tables_are_written_back(tmp_path: Path) -> None:
    text = PUBLISHED_GWART + "LOCAL,X400:c=US,a= ,p=Org,;,3,A,B\nFAX,1,2;,7,9\n"
    read = px.RoutingTable.from_gwart(text)
    assert not read.errors
    assert read.routes[5].space.scope is px.Scope.SITE
    assert (read.routes[6].space.pattern, read.routes[6].connector) == ("1,2", "9")
    assert px.RoutingTable.from_gwart(read.to_gwart()).routes == read.routes
    path = tmp_path / "table.csv"
    path.write_text(read.to_csv())
    assert px.RoutingTable.from_csv(path).routes == read.routes
    with pytest.raises(px.ConfigurationError):
        table(("SMTP:*", "a,b")).to_gwart()
    with pytest.raises(px.ConfigurationError):
        table(("SMTP:*", "a|b")).to_csv()


@pytest.mark.unmeasured
def test_a_large_table_with_bad_lines_reports_each_and_routes() -> None:
    bad = {8: "bad", 1_008: "X400,c=USA;,1,C", 50_008: "SMTP,*;,0,C", 99_999: "SMTP,x;,1,", 100_000: "SMTP,\0;,1,C"}
    lines = [bad.get(number, f"SMTP,*@d{number}.test;,1,C{number}") for number in range(1, 100_001)]
    read = px.RoutingTable.from_gwart("\n".join(lines))
    assert [error.line for error in read.errors] == list(bad)
    assert len(read.routes) == 100_000 - len(bad)
    found = read.route("user@d77777.test")
    assert found is not None
    assert found.connector == "C77777"


def test_csv_with_spaces_and_with_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Connector;Space\nA|B;SMTP:*@x,3\nC;contoso.com\n")
    read = px.RoutingTable.from_csv(path, dialect="exchange2007")
    assert [error.line for error in read.errors] == [2]
    assert (read.routes[0].connector, read.routes[0].space.pattern) == ("C", "contoso.com")
    path.write_text("pattern,connector,cost,scope\n*@x,A|B,,SITE\n*@y,C,x,\n*@z,C,1,moon\nshort\n")
    read = px.RoutingTable.from_csv(path)
    assert (read.routes[0].connectors, read.routes[0].space.scope, read.routes[0].space.cost) == (("A", "B"), "site", 1)
    assert [(error.line, error.code) for error in read.errors][-1] == (5, "wrong-field-count")
    assert [error.cause.code for error in read.errors if error.cause] == ["bad-cost", "unknown-scope"]
    path.write_text("a,b\n")
    with pytest.raises(px.ConfigurationError, match="no column connector"):
        px.RoutingTable.from_csv(path)
    with pytest.raises(px.ConfigurationError):
        px.RoutingTable.from_csv(tmp_path / "absent.csv")


def test_send_connectors_as_json(tmp_path: Path) -> None:
    path = tmp_path / "connectors.json"
    connectors: list[object] = [
        {"Name": "Out", "Enabled": True, "AddressSpaces": ["SMTP:*;1", "SMTP:--;1"], "MaxMessageSize": "Unlimited"},
        {
            "Name": "Partner",
            "AddressSpaces": [{"Type": "SMTP", "Address": "*.contoso.com", "Cost": 5}, 3],
            "MaxMessageSize": "10 MB (10,485,760 bytes)",
        },
        {"Name": "Off", "Enabled": False, "AddressSpaces": "contoso.com", "MaxMessageSize": "1.5 KB"},
        {"Name": "Odd", "AddressSpaces": [], "MaxMessageSize": "large"},
        {"AddressSpaces": ["*"]},
    ]
    path.write_text("[\n" + ",\n".join(map(json.dumps, connectors)) + "]")
    read = px.RoutingTable.from_connectors_json(path)
    assert [error.line for error in read.errors] == [3, 5, 6]
    read = read.with_accepted_domains(["fabrikam.com"])  # SMTP:-- stands for them
    assert read.connectors["Partner"].max_message_size == 10_485_760
    assert read.connectors["Off"].max_message_size == 1536
    assert read.route("a@contoso.com") == read.routes[1]
    assert read.route("a@contoso.com", size=10_485_761) == read.routes[0]
    path.write_text(json.dumps(connectors[0]))
    assert px.RoutingTable.from_file(path).dialect is px.Dialect.EXCHANGE2007


ROUTES = """
[routing_table]
routes = [
    {space = "SMTP:*;1", connector = "plain"},
    {space = "SMTPOUT:*@inside.test;5", connectors = ["internal", "hub"]},
    {space = "X400:c=*", connector = "x400"},
]
connectors = [{name = "plain", proximity = "remote", tries = 1}]
"""
CONNECTOR_OF_ROUTES = px.Connector("plain", proximity=px.Proximity.REMOTE, tries=1)


def test_a_parsed_table_of_toml_makes_the_same_routes(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(ROUTES)
    read = px.RoutingTable.from_table(tomllib.loads(ROUTES)["routing_table"], path)
    assert (read.routes, read.connectors) == (px.RoutingTable.from_toml(path).routes, {"plain": CONNECTOR_OF_ROUTES})
    with pytest.raises(px.ConfigurationError, match="routing_table is a table") as caught:
        px.RoutingTable.from_table([], path)
    assert (caught.value.code, caught.value.source) == ("wrong-type", str(path))


@pytest.mark.parametrize(("dialect", "code"), [('""', "unknown-dialect"), ("5", "unknown-dialect")])
def test_a_wrong_dialect_in_toml_is_refused(tmp_path: Path, dialect: str, code: str) -> None:
    path = tmp_path / "table.toml"
    path.write_text(f"[routing_table]\ndialect = {dialect}\n")
    with pytest.raises(px.ConfigurationError) as caught:
        px.RoutingTable.from_toml(path)
    assert caught.value.code == code


def test_every_field_of_a_connector_is_a_setting(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text("[[routing_table.connectors]]\nnone = 1\n")
    with pytest.raises(px.ConfigurationError) as caught:
        px.RoutingTable.from_toml(path)
    assert str(caught.value).endswith(f"; known are {', '.join(field.name for field in fields(px.Connector))}")
    path.write_text(
        '[[routing_table.connectors]]\nname = "a"\nenabled = false\nmax_message_size = 1\nsite = "s"\nlocation = "l"\n'
        'site_cost = 2\nproximity = "remote"\ndelivering = true\nopen_retries = 3\nmax_open_retries = 4\n'
        'activation = "never"\ntries = 5\n'
    )
    expected = px.Connector("a", False, 1, "s", "l", 2, px.Proximity.REMOTE, True, 3, 4, px.Activation.NEVER, 5)
    assert px.RoutingTable.from_toml(path).connectors == {"a": expected}


def test_a_bad_route_in_toml_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(ROUTES.replace("SMTP:*;1", "SMTP:*;0").replace('"X400:c=*"', "3"))
    read = px.RoutingTable.from_toml(path)
    assert ([error.line for error in read.errors], len(read.routes)) == ([1, 3], 1)


def test_columns() -> None:
    read = px.RoutingTable.from_columns(["SMTP", None, "FAX"], ["*@x", None, "1"], [5, None, 0], ["a", "b", "c"])
    assert [str(route.space) for route in read.routes] == ["SMTP:*@x;5", "SMTP:;1"]
    assert [error.line for error in read.errors] == [3]
    arrow = px.RoutingTable.from_columns(*map(pa.array, (["FAX"], ["*"], [3], ["fax"])))
    assert [str(route.space) for route in arrow.routes] == ["FAX:*;3"]
    odd = px.RoutingTable.from_columns(["SMTP", ["FAX"]], ["*", "*"], [1, 1], ["a", "b"])
    assert [error.line for error in odd.errors] == [2]
    with pytest.raises(px.ConfigurationError, match="one length"):
        px.RoutingTable.from_columns(["SMTP"], [], [], [])
    with pytest.raises(TypeError):
        px.RoutingTable.from_columns("SMTP", "a", "b", "c")


def test_rows_of_columns_without_a_good_type_or_a_connector_are_bad(engine: str) -> None:
    patterns = ["*@a.example", "x", "*@b.example", "*@c.example"]
    read = px.RoutingTable.from_columns(["smtp", "a b!", "SMTP", "smtp"], patterns, [1] * 4, ["one", "two", "", "four"])
    assert [str(route.space) for route in read.routes] == ["SMTP:*@a.example;1", "SMTP:*@c.example;1"]
    assert [(error.line, getattr(error.cause, "code", None)) for error in read.errors] == [
        (2, "bad-type"),
        (3, "no-connector"),
    ]
    assert list(read.compile().match_many(["u@b.example", "u@c.example"])) == [-1, 1]


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("type,pattern,type,cost,connector\nSMTP,*,FAX,1,imc\n")
    with pytest.raises(px.ConfigurationError, match="names the column type twice"):
        px.RoutingTable.from_csv(path)


def made_of_columns() -> px.RoutingTable:
    return px.RoutingTable.from_columns(["SMTP", "SMTP"], ["*@contoso.com", "*"], [0, 2], ["imc", "relay"])


def made_of_routes() -> px.RoutingTable:
    routes = [px.Route(px.AddressSpace.parse("SMTP:*;2"), "relay")]
    return px.RoutingTable(routes, connectors=[state("relay", tries=1)], errors=made_of_columns().errors)


BOTH_SOURCES = pytest.mark.parametrize("make", [made_of_columns, made_of_routes])
ATTRIBUTES = ("routes", "dialect", "errors", "connectors")


@BOTH_SOURCES
def test_no_attribute_of_a_table_can_be_assigned(make: Callable[[], px.RoutingTable]) -> None:
    made = make()
    for name in (*ATTRIBUTES, "columns", "anything"):
        with pytest.raises(AttributeError):
            setattr(made, name, ())
        with pytest.raises(AttributeError):
            delattr(made, name)
    made.connectors.clear()  # type: ignore[attr-defined]  # a mapping is given, which here is a dictionary
    assert (made.routes, made.connectors) == (make().routes, make().connectors)


@BOTH_SOURCES
@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_a_table_is_copied_and_pickled(
    make: Callable[[], px.RoutingTable],
    asked_before: bool,
    again: Callable[[px.RoutingTable], px.RoutingTable],
) -> None:
    made = make()
    if asked_before:
        assert made.route("a@b") == made.routes[0]
    other = again(made)
    assert isinstance(other, px.RoutingTable)
    for name in (name for name in ATTRIBUTES if name != "errors"):
        assert getattr(other, name) == getattr(made, name)
    assert list(map(str, other.errors)) == list(map(str, made.errors))
    assert str(other.explain("a@b")) == str(made.explain("a@b"))
    assert other.compile().match("a@b") == 0
    assert other.with_connectors([state("relay", tries=2)]).routes == made.routes


@pytest.mark.parametrize("address", [None, b"a@b", 5])
def test_what_is_no_text_is_a_type_error(address: object) -> None:
    with pytest.raises(TypeError, match="an address is text"):
        table(("SMTP:*", "imc")).route(address)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", cases("route"), ids=str)
def test_route_case(case: dict[str, Any]) -> None:
    routes = []
    for route in case["routes"]:
        text = route["space"] + (f";{route['cost']}" if "cost" in route else "")
        routes.append(px.Route(px.AddressSpace.parse(text, dialect=case["dialect"]), route["connector"]))
    table = px.RoutingTable(routes, case["dialect"])
    found = table.route(case["recipient"])
    assert (found.connector if found else None) == case["connector"]
    index = table.compile().match(case["recipient"])
    assert (table.routes[index] if index >= 0 else None) == found


in_each_dialect = pytest.mark.parametrize("dialect", list(px.Dialect))


@in_each_dialect
@given(st.data())
def test_explain_agrees_with_route_and_gives_a_reason_to_each_loser(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES)
    found, explanation = table.route(address), table.explain(address)
    winner = explanation.winner
    assert (winner.route if winner else None) == found
    target = read_address(
        address, {route.space.type for route in table.routes}
    )  # a type with blanks counts if it is one
    assert {o.index for o in explanation.outcomes} == {
        i for i, route in enumerate(table.routes) if route.space.fit(target)
    }
    if " " not in target.type:
        assert all(route.space.match(address) for route in (o.route for o in explanation.outcomes))
    assert [o.lost is None for o in explanation.outcomes] == [o is winner for o in explanation.outcomes]
    assert str(explanation)


@in_each_dialect
@given(st.data())
def test_a_less_specific_space_never_changes_the_choice(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address, space = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES), data.draw(spaces(dialect))
    assume(" " not in space.type)  # an address typed so is of that type from then on
    before = table.explain(address).winner
    more = px.RoutingTable([*table.routes, px.Route(space, "new")], dialect)
    after = more.explain(address).winner
    new = next((o for o in more.explain(address).outcomes if o.index == len(table.routes)), None)
    if before is None or new is None:
        assert after == (before or new)
        return
    rank = 0 if space.by_component else new.kind.rank
    old_rank = 0 if space.by_component else before.kind.rank
    if (rank, -new.literals) > (old_rank, -before.literals):
        assert after == before


@in_each_dialect
@given(st.data())
def test_raising_the_cost_of_a_loser_never_changes_the_winner(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES)
    explanation = table.explain(address)
    losers = [outcome.index for outcome in explanation.outcomes if outcome.lost is not None]
    if not losers:
        return
    loser = data.draw(st.sampled_from(losers))
    routes = list(table.routes)
    space = routes[loser].space
    routes[loser] = px.Route(replace(space, cost=data.draw(st.integers(space.cost, 100))), routes[loser].connectors)
    assert px.RoutingTable(routes, dialect).route(address) == table.route(address)


@in_each_dialect
@given(st.data())
def test_order_decides_nothing_but_ties(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES)
    shuffled = px.RoutingTable(data.draw(st.permutations(table.routes)), dialect)
    before, after = table.explain(address), shuffled.explain(address)
    assert before.tie == after.tie
    if not before.tie:
        assert table.route(address) == shuffled.route(address)


def connectors(folder: Path, *entries: dict[str, Any]) -> px.RoutingTable:
    return px.RoutingTable.from_connectors_json(written(folder, "c.json", json.dumps(entries)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, None),
        ("", None),
        (" unlimited ", None),
        ("35MB", 35 * 2**20),
        (" 2 gb ", 2 * 2**31 // 2),
        ("1 T", 2**40),
        ("10", 10),
        (10_485_760, 10_485_760),
        ("10 MB (10,485,760 bytes)", 10_485_760),
        ("10 MB (10.485.760 bytes)", 10_485_760),
        ({"IsUnlimited": True, "Value": 5}, None),
        ({"IsUnlimited": False, "Value": {"Value": 512}}, 512),
        ({"Value": "1 KB"}, 1024),
    ],
)
def test_sizes_of_send_connectors(tmp_path: Path, size: object, expected: int | None) -> None:
    table = connectors(tmp_path, {"Name": "Out", "AddressSpaces": "*", "MaxMessageSize": size})
    assert (table.errors, table.connectors["Out"].max_message_size) == ((), expected)


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("MaxMessageSize", "large", "bad-size"),
        ("MaxMessageSize", -1, "bad-size"),
        ("MaxMessageSize", True, "bad-size"),
        ("MaxMessageSize", 1.5, "bad-size"),
        ("MaxMessageSize", {"Value": []}, "bad-size"),
        ("Enabled", "yes", "wrong-type"),
    ],
)
def test_a_bad_setting_of_a_send_connector_costs_the_setting_alone(
    tmp_path: Path, setting: str, value: object, code: str
) -> None:
    table = connectors(tmp_path, {"Identity": "Out", "AddressSpaces": ["*"], setting: value})
    assert [(error.code, error.line) for error in table.errors] == [(code, 1)]
    assert table.connectors["Out"] == px.Connector("Out")
    found = table.route("a@b")
    assert found is not None
    assert found.connector == "Out"


def test_spaces_of_send_connectors(tmp_path: Path) -> None:
    spaces = [{"Domain": "contoso.com"}, {"Type": "SMTP"}, "*.fabrikam.com;7", 3]
    table = connectors(tmp_path, {"Name": "Out", "AddressSpaces": spaces, "IsScopedConnector": True}, {"Name": "Idle"})
    assert [(str(route.space), route.space.scope) for route in table.routes] == [
        ("LOCAL:SMTP:contoso.com;1", px.Scope.SITE),
        ("LOCAL:SMTP:*.fabrikam.com;7", px.Scope.SITE),
    ]
    assert [error.code for error in table.errors] == ["bad-route", "bad-route"]
    assert set(table.connectors) == {"Out", "Idle"}


def test_a_table_is_read_by_the_ending_of_its_name(tmp_path: Path) -> None:
    gwart = px.RoutingTable.from_file(written(tmp_path, "gwart0.mta", "SMTP,*;,1,imc,\n\n"))
    table = px.RoutingTable.from_file(written(tmp_path, "t.csv", "space,connector\n*,imc\n"), dialect="exchange2007")
    assert (str(gwart.routes[0].space), gwart.dialect) == ("SMTP:*;1", px.Dialect.EXCHANGE55)
    assert (str(table.routes[0].space), table.dialect) == ("SMTP:*;1", px.Dialect.EXCHANGE2007)
    marked = codecs.BOM_UTF16_LE + "SMTP,*@bücher.test;,1,imc,\n".encode("utf-16-le")
    assert px.RoutingTable.from_file(written(tmp_path, "gwart", marked)).routes[0].space.pattern == "*@bücher.test"
    with pytest.raises(px.ConfigurationError) as caught:
        px.RoutingTable.from_file(written(tmp_path, "t.toml", "[internet_mail_service]\n"))
    assert caught.value.code == "no-routing-table"


@pytest.mark.parametrize("text", [None, b"SMTP,*;,1,imc", 5])
def test_a_table_of_what_is_no_text_is_a_type_error(text: object) -> None:
    with pytest.raises(TypeError, match="a routing table is text"):
        px.RoutingTable.from_gwart(text)  # type: ignore[arg-type]
