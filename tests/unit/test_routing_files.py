"""Routing tables in files: known by their content, joined, their dialects and accepted domains, and written again."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.routing.accepted_files import read_accepted_domains
from proxyaddr.routing.unread import UnreadLines
from tests.cases import Case, cases
from tests.strategies import DIALECTS, spaces
from tests.text_files import written

CONNECTORS = [
    {"Name": "Partner", "AddressSpaces": ["SMTP:contoso.com;1"]},
    {"Name": "Internet", "AddressSpaces": "*;1"},
]
EDGE = [{"Name": "Out", "AddressSpaces": ["SMTP:*;100"]}, {"Name": "In", "AddressSpaces": ["SMTP:--;1"]}]


@pytest.mark.parametrize("case", cases("table_files"), ids=str)
def test_case(case: Case, tmp_path: Path) -> None:
    files = [written(tmp_path, name, "\n".join(lines)) for name, lines in case["files"].items()]
    options: dict[str, Any] = {key: case[key] for key in ("dialect", "accepted_domains") if key in case}
    if "error" in case:
        with pytest.raises(px.ConfigurationError) as caught:
            px.RoutingTable.from_file(*files, **options)
        assert caught.value.code == case["error"]
        assert all(words in str(caught.value) for words in case.get("words", ()))
        return
    read = px.RoutingTable.from_file(*files, **options)
    assert [error.code for error in read.errors] == case.get("errors", [])
    assert read.dialect == case["reads"]
    assert bool(read.notices) == case.get("guessed", False)
    for address, connector in case["routes"].items():
        assert read.explain(address).taken == connector, address
        assert read.compile().match(address) == read.route_index(address)


def connectors(folder: Path, entries: object) -> Path:
    return written(folder, "c.json", json.dumps(entries))


def test_an_answer_that_depends_on_unknown_domains_is_none(tmp_path: Path) -> None:
    read = px.RoutingTable.from_connectors(connectors(tmp_path, EDGE))
    assert (read.accepted_domains, [route.connector for route in read.accepted_spaces]) == (None, ["In"])
    found = read.explain("jane@contoso.com")
    assert (found.winner, found.unknown, found.no_route) == (None, "accepted-domains-not-given", None)
    assert "not known: In takes the accepted domains" in str(found)
    for ask in (read.route, read.route_index, lambda _: read.compile()):
        with pytest.raises(px.ConfigurationError) as caught:
            ask("jane@contoso.com")
        assert caught.value.code == "accepted-domains-not-given"
    assert read.explain("FAX:1").no_route == "NDR"
    only = px.RoutingTable.from_connectors(connectors(tmp_path, EDGE[1:]))
    assert "the accepted domains are not given" in str(only.explain("jane@contoso.com"))
    same = px.RoutingTable.from_connectors(
        connectors(tmp_path, [{"Name": "A", "AddressSpaces": ["SMTP:*", "SMTP:--"]}])
    )
    assert same.explain("jane@contoso.com").taken == "A"  # whichever it is
    off = px.RoutingTable.from_connectors(connectors(tmp_path, [EDGE[0], {**EDGE[1], "Enabled": False}]))
    assert off.explain("jane@contoso.com").taken == "Out"


def test_accepted_domains_stand_between_exact_domains_and_wildcards(tmp_path: Path) -> None:
    entries = [
        {"Name": "All", "AllAcceptedDomains": True},
        {"Name": "Exact", "RecipientDomains": ["contoso.com"]},
        {"Name": "Wild", "RecipientDomains": ["*.eu.contoso.com", "*"]},
    ]
    read = px.RoutingTable.from_connectors(
        connectors(tmp_path, entries), accepted_domains=["*.contoso.com", "sales.contoso.com", "fabrikam.com."]
    )
    assert read.accepted_domains == ("*.contoso.com", "fabrikam.com")
    takes = {"contoso.com": "Exact", "a.eu.contoso.com": "All", "fabrikam.com": "All", "x.fabrikam.com": "Wild"}
    for domain, connector in takes.items():
        assert read.explain(f"u@{domain}").taken == connector
        assert read.routes[read.compile().match(f"u@{domain}")].connector == connector
    plain = read.with_accepted_domains(["contoso.com", "fabrikam.com"])
    for domain, connector in {**takes, "a.eu.contoso.com": "Wild"}.items():
        assert plain.routes[plain.compile().match(f"u@{domain}")].connector == connector
    assert read.with_accepted_domains(["*"]).explain("u@x").taken == "All"
    assert len(read.stated_routes) == 3
    for wrong in ("a b", "jane@contoso.com", ""):
        with pytest.raises(px.ConfigurationError):
            read.with_accepted_domains([wrong])
    for no_domains in ("contoso.com", [5]):
        with pytest.raises(TypeError):
            read.with_accepted_domains(no_domains)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", cases("accepted_domains"), ids=str)
def test_accepted_domains_in_files(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, case.get("name", "domains.txt"), "\n".join(case["lines"]))
    if "error" in case:
        with pytest.raises(px.ConfigurationError) as caught:
            read_accepted_domains(path)
        assert caught.value.code == case["error"]
    else:
        read = read_accepted_domains(path)
        assert (read.domains, len(read.errors)) == (case["domains"], case.get("errors", 0))


NAMES = st.text(string.ascii_letters + "é '\"#$-", min_size=1, max_size=6).filter(lambda text: text == text.strip())
STATES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans(),
        "max_message_size": st.integers(0, 10**12),
        "site": NAMES,
        "location": NAMES,
        "site_cost": st.integers(-5, 100),
        "proximity": st.sampled_from(list(px.Proximity)),
        "delivering": st.booleans(),
        "open_retries": st.integers(0, 5),
        "max_open_retries": st.integers(0, 5),
        "activation": st.sampled_from(list(px.Activation)),
        "tries": st.integers(0, 9),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_written_reads_as_the_same_table(tmp_path: Path, data: st.DataObject) -> None:
    dialect = data.draw(DIALECTS)
    names = data.draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    routes = [
        px.Route(space, data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)))
        for space in data.draw(st.lists(spaces(dialect), min_size=1, max_size=4))
    ]
    named = [name for name in names if any(route.connector == name for route in routes)]
    states = {name: px.Connector(name, **data.draw(STATES)) for name in named if data.draw(st.booleans())}
    table = px.RoutingTable(routes, dialect, connectors=states.values())
    for name, text in (("t.csv", table.to_csv()), ("t.toml", table.to_toml())):
        read = px.RoutingTable.from_file(written(tmp_path, name, text), dialect=dialect)
        assert (read.errors, read.routes, read.connectors, read.dialect) == ((), table.routes, states, dialect)
    if dialect is px.Dialect.EXCHANGE2007:
        read = px.RoutingTable.from_file(written(tmp_path, "t.json", table.to_json()))
        assert read.errors == ()
        assert sorted(str(route.space) for route in read.routes) == sorted(str(route.space) for route in routes)
        for name, state in states.items():
            kept = read.connectors[name]
            assert (kept.enabled, kept.max_message_size) == (state.enabled, state.max_message_size)


def test_spaces_of_accepted_domains_are_written_as_they_stand(tmp_path: Path) -> None:
    read = px.RoutingTable.from_connectors(connectors(tmp_path, EDGE), accepted_domains=["contoso.com"])
    for name, text in (("t.csv", read.to_csv()), ("t.toml", read.to_toml()), ("t.json", read.to_json())):
        again = px.RoutingTable.from_file(written(tmp_path, name, text), dialect="exchange2007")
        assert (len(again.routes), [route.space.cost for route in again.accepted_spaces]) == (1, [1])
    gwart = px.RoutingTable.from_file(written(tmp_path, "g.txt", read.to_gwart()), dialect="exchange2007")
    assert len(gwart.accepted_spaces) == 1
    assert "SMTP:--;1" in read.to_powershell()


def test_commands_of_the_shell_quote_what_they_hold() -> None:
    spaces = ["SMTP:*@contoso.com;1", "SMTP:*;2", "SMTP:;3", "LOCAL:FAX:1;4", "FAX:2;5"]
    routes = [
        px.Route(px.AddressSpace.parse(space), name)
        for space, name in zip(spaces, ["a'b", "\u2018c", "d", "e", "f"], strict=True)
    ]
    states = [px.Connector("a'b", enabled=False, max_message_size=5), px.Connector("f", enabled=False)]
    assert px.RoutingTable(routes, connectors=states).to_powershell().splitlines() == [
        "New-SendConnector -Name 'a''b' -AddressSpaces 'SMTP:contoso.com;1' -Enabled $false -MaxMessageSize 5B",
        "New-SendConnector -Name '\u2018\u2018c' -AddressSpaces 'SMTP:*;2'",
        "New-SendConnector -Name 'd' -AddressSpaces 'SMTP:*;3'",
        "New-ForeignConnector -Name 'e' -AddressSpaces 'FAX:1;4' -IsScopedConnector $true",
        "New-ForeignConnector -Name 'f' -AddressSpaces 'FAX:2;5'",
        "Set-ForeignConnector -Identity 'f' -Enabled $false",
    ]
    for space, name, code in (
        ("SMTP:joe@contoso.com", "a", "unwritable-space"),
        ("SMTP:*@*.contoso.com", "a", "unwritable-space"),
        ("SMTP:*", "a\nRemove-Mailbox", "unwritable-connector"),
    ):
        with pytest.raises(px.ConfigurationError) as caught:
            px.RoutingTable([px.Route(px.AddressSpace.parse(space), name)]).to_powershell()
        assert caught.value.code == code
    with pytest.raises(px.ConfigurationError, match="TOML keeps it"):
        px.RoutingTable(routes).to_json()


@pytest.mark.parametrize(
    ("line", "address", "could_match"),
    [
        ("SMTP,*@fabrikam.com;,rest", "jane@fabrikam.com", True),
        ("SMTP,*@fabrikam.com;,rest", "jane@contoso.com", False),
        ("SMTP,*@fabrikam.com;,rest", "FAX:1", False),
        ("what is this", "FAX:1", True),
        ("a b!,c,d", "FAX:1", True),
        ("X400,x;,rest", "X400:c=US;a=x", True),
        ("LOCAL,X400:c=US;a=x;,1,rest", "FAX:1", False),
    ],
)
def test_unread_lines_that_could_match(line: str, address: str, could_match: bool) -> None:
    read = px.RoutingTable.from_gwart(f"SMTP,*;,1,a\n{line}\n")
    found = UnreadLines(read.errors, read.dialect).concerning(read.read(address))
    assert found is not None
    assert (found.lines, found.could_match) == (1, could_match)


def test_unread_spaces_of_connectors_that_could_match(tmp_path: Path) -> None:
    read = px.RoutingTable.from_connectors(
        connectors(tmp_path, [{"Name": "A", "AddressSpaces": ["SMTP:*contoso.com;1", 3]}])
    )
    lines = UnreadLines(read.errors[:1], read.dialect)
    for address, could_match in (("a@contoso.com", True), ("a@fabrikam.com", False), ("FAX:1", False)):
        found = lines.concerning(read.read(address))
        assert found is not None
        assert found.could_match is could_match
    assert UnreadLines((), read.dialect).concerning(read.read("a@b")) is None
    everything = UnreadLines(read.errors, read.dialect).concerning(read.read("FAX:1"))
    assert everything == (2, True)


def test_a_location_of_star_is_in_every_location(tmp_path: Path) -> None:
    text = "space,connector,scope,site,location\nSMTP:*;1,a,location,Seattle,North\nSMTP:*;5,b,,,\n"
    read = px.RoutingTable.from_file(written(tmp_path, "t.csv", text))
    assert [error.code for error in read.errors] == []
    for site, location, connector in (
        (None, "*", "a"),
        ("Seattle", "*", "a"),
        ("London", "*", "b"),
        ("Seattle", "South", "b"),
    ):
        assert read.explain("u@x", site=site, location=location).taken == connector
    for elsewhere in (("London", None), (None, "North")):
        with pytest.raises(px.ConfigurationError) as caught:
            px.RoutingTable(()).route("u@x", site=elsewhere[0], location=elsewhere[1])
        assert caught.value.code == "no-sites"
    assert px.RoutingTable(()).route("u@x", location="*") is None


def test_what_the_product_does_with_mail_without_a_route() -> None:
    space = px.AddressSpace.parse("SMTP:contoso.com", dialect="exchange2007")
    table = px.RoutingTable([px.Route(space, "a")], "exchange2007", connectors=[px.Connector("a", max_message_size=5)])
    assert table.explain("u@x").no_route == "Unreachable queue"
    assert table.explain("FAX:1").no_route == "NDR"
    assert table.explain("u@contoso.com", size=6).no_route == "NDR"
    assert table.explain("u@contoso.com", size=5).no_route is None
    assert px.RoutingTable(()).explain("u@x").no_route == "NDR"


@pytest.mark.parametrize(
    "start",
    [
        "[{",
        "{",
        "<Objs ",
        "Name : ",
        "SMTP,",
        "space,connector\n",
        "[routing_table]\n",
        "dn: ",
        "c=US\n",
        "a,b\n",
        "* ",
    ],
)
@pytest.mark.parametrize(
    "filling", ["x", "[", "{", ",", "\n", "<a>", " : ", '"', "SMTP:*;1 ", "=", "\0", "#", "*", ";"]
)
def test_hostile_files_are_one_error_or_a_table(start: str, filling: str, tmp_path: Path) -> None:
    path = written(tmp_path, "t.txt", start + filling * 20_000)
    said = ""
    try:
        px.RoutingTable.from_file(path)
    except px.ConfigurationError as error:
        said = str(error)
    assert len(said) < 1_000


@pytest.mark.parametrize("filling", [" ", ",", "|", ";1 ", "a ", "SMTP:a;1 ", "; "])
def test_spaces_in_one_long_text_take_linear_time(filling: str, tmp_path: Path) -> None:
    spaces = f"SMTP:a.example;1{filling * 50_000}x SMTP:b.example;1"
    read = px.RoutingTable.from_file(connectors(tmp_path, [{"Name": "A", "AddressSpaces": spaces}]))
    assert read.routes
