"""Routing tables: choosing a connector, the MTA's two steps, and the files that tables come in."""

from __future__ import annotations

import copy
import json
import pickle
import tomllib
from collections.abc import Callable
from dataclasses import fields
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.mta import route_custom_recipient, route_one_off
from proxyaddr.routing.selection import Offer, preferences
from proxyaddr.routing.toml import CONNECTOR_SETTINGS
from tests.cases import Case, cases

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
    def ranks(*offers: tuple[int, px.Connector], dialect: px.Dialect = px.Dialect.EXCHANGE55) -> object:
        named = {(cost, connector.name): Offer.of(connector, cost) for cost, connector in offers}
        return preferences(named, dialect)

    near, far, again = state("a"), state("b", proximity=px.Proximity.REMOTE), state("c", open_retries=1)
    far_again = state("d", open_retries=1, proximity=px.Proximity.REMOTE)
    three = ((5, near), (4, near), (5, far))
    assert ranks(*three) == {(4, "a"): 0, (5, "a"): 1, (5, "b"): 2}
    assert ranks(*three, (6, again)) is None
    expected = {(4, "a"): 0, (5, "a"): 1, (5, "b"): 2, (6, "c"): 3}
    assert ranks(*three, (6, again), dialect=px.Dialect.EXCHANGE2007) == expected
    assert ranks((1, again), (9, near)) == {(9, "a"): 0, (1, "c"): 1}
    assert ranks((1, far_again), (9, far)) == {(1, "d"): 0, (9, "b"): 1}
    assert ranks((1, far_again), (9, again)) == {(1, "d"): 0, (9, "c"): 1}


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


def test_one_off_goes_by_dda_then_by_x400() -> None:
    spaces = table(
        ("SMTP:*@contoso.com", "imc"), ("X400:c=us;a= ;p=org;o=site;dda:FAX=12*", "fax"), ("X400:c=*", "all")
    )
    site = "C=us;a= ;p=Org;o=Site"
    direct = route_one_off(spaces, "a@contoso.com", site)
    assert (direct.by, direct.route, direct.findings) == ("dda", spaces.routes[0], ())
    held = route_one_off(spaces, px.parse_one_off("[FAX:12;34]"), site)
    assert (held.by, held.route) == ("x400", spaces.routes[1])
    assert held.x400_address == r"C=us;a= ;p=Org;o=Site;dda:FAX=12\;34;"
    loop = route_one_off(spaces, "a@fabrikam.com", site)
    assert (loop.route, [finding.code for finding in loop.findings]) == (spaces.routes[2], ["x400-catch-all"])
    assert route_one_off(table(), "a@b", site).route is None


def test_custom_recipient_goes_by_target_then_by_its_own_x400_proxy() -> None:
    spaces = table(("SMTP:*@contoso.com", "imc"), ("X400:c=us;o=site", "site"))
    proxies = ["SMTP:reply@contoso.com", "X400:c=US;a= ;p=Org;o=Site;s=Doe;"]
    assert route_custom_recipient(spaces, px.Recipient("A", proxies, "SMTP:a@contoso.com")).by == "dda"
    assert route_custom_recipient(spaces, px.Recipient("A", proxies, "FAX:1")).route == spaces.routes[1]
    missing = route_custom_recipient(spaces, px.Recipient("A", proxies[:1], "SMTP:a@contoso.com"))
    assert (missing.route, missing.findings[0].code) == (None, "no-x400-proxy")
    with pytest.raises(px.AddressSyntaxError):
        route_custom_recipient(spaces, px.Recipient("A", proxies))


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
    with pytest.raises(px.ConfigurationError, match="header"):
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
    path.write_text(json.dumps(connectors))
    read = px.RoutingTable.from_connectors_json(path)
    assert [error.line for error in read.errors] == [1, 2, 4, 5]
    assert read.connectors["Partner"].max_message_size == 10_485_760
    assert read.connectors["Off"].max_message_size == 1536
    assert read.route("a@contoso.com") == read.routes[1]
    assert read.route("a@contoso.com", size=10_485_761) == read.routes[0]
    path.write_text(json.dumps(connectors[0]))
    assert px.RoutingTable.from_file(path).dialect is px.Dialect.EXCHANGE2007


CONNECTOR_OF_SITE = px.Connector("plain", proximity=px.Proximity.REMOTE, tries=1)
SITE = """
[[internet_mail_service]]
name = "plain"

[[internet_mail_service]]
name = "internal"
override_proxy_out = "SMTPOUT"
site_domain = "contoso.com"

[routing_table]
routes = [
    {space = "SMTP:*;1", connector = "plain"},
    {space = "SMTPOUT:*@inside.test;5", connectors = ["internal", "hub"]},
    {space = "X400:c=*", connector = "x400"},
]
connectors = [{name = "plain", proximity = "remote", tries = 1}]
"""


def test_a_site_resolves_through_whichever_connector_the_table_picks(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    site = px.Site.from_toml(path)
    plain, internal = site.resolve("[SMTP:a@b.test]"), site.resolve("[SMTPOUT:a@inside.test]")
    assert plain.delivered
    assert internal.delivered
    assert (plain.connector, str(plain.address_space)) == ("plain", "SMTP:*;1")
    assert (internal.connector, internal.address_space and internal.address_space.cost) == ("internal", 5)
    nowhere = site.resolve("[SMTPOUT:a@elsewhere.test]")
    assert not nowhere.delivered
    assert (nowhere.rule, nowhere.reason) == ("no-address-space", "The recipient name is not recognized")
    both = px.Recipient("Jane", ["SMTP:jane@b.test", "SMTPOUT:jane@inside.test"], "SMTPOUT:jane@inside.test")
    found = site.resolve(both)
    assert found.delivered
    assert (found.connector, found.envelope_recipient) == ("internal", "jane@inside.test")
    with pytest.raises(px.ConfigurationError, match="no service of this site"):
        site.resolve("X400:c=US;a= ;p=x;s=y")
    with pytest.raises(px.ConfigurationError, match="Site"):
        px.InternetMailService.from_toml(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "internal"', 'name = "plain"', "two connectors"),
        ('name = "internal"', 'name = "other"', "no route through"),
        ("tries = 1", 'tries = "1"', "tries is a whole number"),
        ("tries = 1", "retries = 1", "has no 'retries'"),
        ('"remote"', '"far"', "proximity is one of"),
        ("[routing_table]", "[table]", "routing_table"),
    ],
)
def test_a_wrong_site_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE.replace(old, new))
    with pytest.raises(px.ConfigurationError, match=message):
        px.Site.from_toml(path)


def test_a_parsed_table_of_toml_makes_the_same_routes(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    read = px.RoutingTable.from_table(tomllib.loads(SITE)["routing_table"], path)
    assert (read.routes, read.connectors) == (px.RoutingTable.from_toml(path).routes, {"plain": CONNECTOR_OF_SITE})
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
    assert list(CONNECTOR_SETTINGS) == [field.name for field in fields(px.Connector)]
    path = tmp_path / "table.toml"
    path.write_text(
        '[[routing_table.connectors]]\nname = "a"\nenabled = false\nmax_message_size = 1\nsite = "s"\nlocation = "l"\n'
        'site_cost = 2\nproximity = "remote"\ndelivering = true\nopen_retries = 3\nmax_open_retries = 4\n'
        'activation = "never"\ntries = 5\n'
    )
    expected = px.Connector("a", False, 1, "s", "l", 2, px.Proximity.REMOTE, True, 3, 4, px.Activation.NEVER, 5)
    assert px.RoutingTable.from_toml(path).connectors == {"a": expected}


def test_a_bad_route_in_toml_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(SITE.replace("SMTP:*;1", "SMTP:*;0").replace('"X400:c=*"', "3"))
    read = px.RoutingTable.from_toml(path)
    assert ([error.line for error in read.errors], len(read.routes)) == ([1, 3], 1)


def test_a_service_with_a_table_names_connector_and_space() -> None:
    service = px.InternetMailService(routing_table=table(("SMTP:*@contoso.com;7", "imc")))
    found = service.resolve("a@contoso.com")
    assert found.delivered
    assert (found.connector, str(found.address_space)) == ("imc", "SMTP:*@contoso.com;7")
    assert service.resolve("a@fabrikam.com").rule == "no-address-space"


def test_columns() -> None:
    read = px.RoutingTable.from_columns(["SMTP", None, "FAX"], ["*@x", None, "1"], [5, None, 101], ["a", "b", "c"])
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
