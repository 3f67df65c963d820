"""What the dialects differ in: costs of routes, types with blanks, patterns of other types, domains."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr import columns
from proxyaddr._text.domains import comparable_domain
from proxyaddr.spaces.findings import address_findings
from proxyaddr.spaces.matching import read_address
from proxyaddr.spaces.space import parse_space

LATER = ("exchange2000", "exchange2007")
FAR = "X400,c=US;a= ;p=Org;o=Far;,103,B,C\nSMTP,*@far.example;,120,B\nSMTP,*;,100,B\n"


def table(*spaces: str, dialect: str = "exchange2007") -> px.RoutingTable:
    """A table with a connector for each space, named by its number."""
    routes = [px.Route(px.AddressSpace.parse(s, dialect=dialect), f"c{i}") for i, s in enumerate(spaces)]
    return px.RoutingTable(routes, dialect)


def chosen(spaces: px.RoutingTable, *addresses: str) -> list[str | None]:
    """The connectors of addresses, on which the table, both engines and columns agree."""
    routes = [spaces.route(address) for address in addresses]
    found = [None if route is None else route.connector for route in routes]
    explained = [spaces.explain(address).winner for address in addresses]
    assert [winner and winner.route.connector for winner in explained] == found
    indices = [spaces.route_index(address) for address in addresses]
    matcher = spaces.compile()
    assert list(matcher.match_many(list(addresses))) == [matcher.match(address) for address in addresses] == indices
    routed = columns.route(spaces, list(addresses))
    assert routed["connector"].to_pylist() == found
    assert routed["match"].to_pylist() == [winner and winner.kind.value for winner in explained]
    return found


def test_a_route_may_cost_more_than_a_space(tmp_path: Path) -> None:
    read = px.RoutingTable.from_gwart(FAR)
    assert [route.space.cost for route in read.routes] == [103, 120, 100]
    assert px.RoutingTable.from_gwart(read.to_gwart()).routes == read.routes
    path = tmp_path / "table.csv"
    path.write_text(read.to_csv())
    assert px.RoutingTable.from_csv(path).routes == read.routes
    path.write_text("space,connector\nSMTP:*@far.example;120,B\n")
    assert px.RoutingTable.from_csv(path).routes[0].space.cost == 120
    toml = tmp_path / "table.toml"
    toml.write_text('[routing_table]\nroutes = [{space = "SMTP:*;250", connector = "B"}]\n')
    assert px.RoutingTable.from_toml(toml).routes[0].space.cost == 250
    of_columns = px.RoutingTable.from_columns(["SMTP", "FAX"], ["*", "*"], [101, "999999999"], ["A", "B"])
    assert [route.space.cost for route in of_columns.routes] == [101, 999_999_999]
    assert columns.route(of_columns, ["FAX:1"])["cost"].to_pylist() == [999_999_999]


def test_the_cheaper_of_two_far_routes_is_taken(engine: str) -> None:
    read = px.RoutingTable.from_gwart("SMTP,*;,230,B\nSMTP,*;,103,A\nSMTP,*;,104,C\n")
    assert chosen(read, "x@contoso.com") == ["A"]


def test_what_a_route_may_cost_is_bounded() -> None:
    read = px.RoutingTable.from_gwart("SMTP,*;,1000000000,B\nSMTP,*;,0,B\nSMTP,*;,999999999,A\n")
    assert [error.line for error in read.errors] == [1, 2]
    assert [error.cause.code for error in read.errors if error.cause] == ["bad-cost", "bad-cost"]


def test_a_space_alone_costs_100_at_most() -> None:
    with pytest.raises(px.AddressSyntaxError, match="from 1 to 100\n"):
        px.AddressSpace("SMTP", "*", 101)
    with pytest.raises(px.AddressSyntaxError, match="from 1 to 100\n"):
        px.AddressSpace.parse("SMTP:*;101")
    space = parse_space("SMTP:*;101", px.Dialect.EXCHANGE55, px.Scope.ORGANIZATION, of_route=True)
    assert space == px.AddressSpace("SMTP", "*", 101, of_route=True) == pickle.loads(pickle.dumps(space))
    assert replace(space, pattern="*@x").cost == 101
    assert px.AddressSpace("SMTP", "*", 5, of_route=True) == px.AddressSpace("SMTP", "*", 5)


def test_tables_of_exchange2007_have_no_sums_but_in_a_gwart(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("space,connector\nSMTP:*;101,B\nSMTP:*;100,C\n")
    assert [error.line for error in px.RoutingTable.from_csv(path, dialect="exchange2007").errors] == [2]
    assert not px.RoutingTable.from_csv(path, dialect="exchange2000").errors
    assert [e.line for e in px.RoutingTable.from_columns(["SMTP"], ["*"], [101], ["B"], dialect="exchange2007").errors]
    read = px.RoutingTable.from_gwart("SMTP,*;,101,B\n", dialect="exchange2007")
    assert read.routes[0].space.cost == 101


@pytest.mark.parametrize("dialect", LATER)
def test_a_type_with_blanks_is_one_where_the_table_has_it(engine: str, dialect: str) -> None:
    notes = table("SMTP:*", "Lotus Notes:*/Acme@Acme", "LOTUS NOTES:Jane Doe/Acme@Acme", dialect=dialect)
    asked = (
        "Lotus Notes:Joe/Acme@Acme",
        "LOTUS NOTES:jane doe/acme@acme",
        "  lotus notes : Jane Doe/Acme@Acme ",
        "lotus notes:x@fabrikam.com",
        "Lotus  Notes:Joe/Acme@Acme",
        '"Lotus Notes:x"@fabrikam.com',
        "SMTP:Lotus Notes:x@fabrikam.com",
        "x@fabrikam.com",
        "Lotus Notes",
        "Lotus Notes:\u00fc/Acme@Acme",
    )
    assert chosen(notes, *asked) == ["c1", "c2", "c2", None, "c0", "c0", "c0", "c0", "c0", "c1"]
    assert notes.explain(asked[0]).type == "LOTUS NOTES"
    assert chosen(table("SMTP:*", dialect=dialect), *asked[:2]) == ["c0", "c0"]


def test_a_type_with_blanks_in_every_form_of_a_table(tmp_path: Path) -> None:
    gwart = px.RoutingTable.from_gwart("Lotus Notes,*;,1,N\n", dialect="exchange2007")
    path = tmp_path / "table.csv"
    path.write_text(gwart.to_csv())
    assert px.RoutingTable.from_csv(path, dialect="exchange2007").routes == gwart.routes
    rows: list[list[object]] = [[" Lotus Notes", ["x"]], ["*", "*"], [1, 1], ["N", "M"]]
    of_columns = px.RoutingTable.from_columns(*rows, dialect="exchange2007")
    assert of_columns.routes == gwart.routes
    assert [error.line for error in of_columns.errors] == [2]
    assert chosen(of_columns, "lotus notes:x") == ["N"]
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.AddressSpace("Lotus Notes", "*")
    assert caught.value.code == "bad-type"


@pytest.mark.parametrize("dialect", LATER)
def test_other_types_are_text_the_longest_first(engine: str, dialect: str) -> None:
    fax = table("FAX:*;1", "FAX:9*;5", "FAX:91*;100", "FAX:*11;1", "FAX:911;100", "FAX:9%5;1", dialect=dialect)
    asked = ("FAX:5", "FAX:95", "fax:9100", "FAX:9111", "FAX:911", "FAX:5511", "FAX:9%5", "FAX:9x5", "FAX:")
    assert chosen(fax, *asked) == ["c0", "c1", "c2", "c3", "c4", "c3", "c5", "c1", "c0"]
    named = table("NOTES:*@Acme;2", "NOTES:*@acme;1", "NOTES:*@ACME;1", dialect=dialect)
    assert chosen(named, "NOTES:Jane Doe@ACME", "NOTES:Jane Doe@Acme.example") == ["c1", None]
    assert chosen(table("FAX:*;2", "FAX:*;1", dialect=dialect), "FAX:1", "FAX:") == ["c1", "c1"]
    assert chosen(table("SMTPOUT:*@x.;1", "SMTPOUT:x@*;1", dialect=dialect), "SMTPOUT:a@x.", "SMTPOUT:x@x") == [
        "c0",
        "c1",
    ]


def test_exchange2000_counts_what_stands_behind_the_last_star(engine: str) -> None:
    spaces = table(
        "*;1", "a.*.b.*.contoso.com;1", "*toso.com;1", "*abc.contoso.com;9", "*so.com", dialect="exchange2000"
    )
    asked = ("x@contoso.com", "x@mail.contoso.com", "x@xtoso.com", "x@xabc.contoso.com", "x@soso.com", "x@a.example")
    assert chosen(spaces, *asked) == ["c1", "c1", "c2", "c3", "c4", "c0"]
    everything = table("mail.*;2", "*;3", "*.com;4", dialect="exchange2000")
    assert chosen(everything, "x@contoso.org", "x@mail.com") == ["c0", "c2"]
    assert everything.explain("x@mail.com").outcomes[0].literals == 4


def test_exchange2000_takes_the_most_specific_then_the_cheapest(engine: str) -> None:
    spaces = table("*.contoso.com;5", "x*.contoso.com;4", "*contoso.com;1", "contoso.com;9", dialect="exchange2000")
    assert chosen(spaces, "x@mail.contoso.com", "x@contoso.com", "x@mycontoso.com") == ["c1", "c3", "c2"]
    tie = px.RoutingTable(
        [px.Route(px.AddressSpace.parse("*.com", dialect="exchange2000"), name) for name in ("b", "a")], "exchange2000"
    )
    assert chosen(tie, "x@contoso.com") == ["a"]


def test_long_domains_find_their_parents(engine: str) -> None:
    spaces = table("*.contoso.com", "*.a.contoso.com", "*o.com", dialect="exchange2000")
    deep = "x." * 100
    asked = (
        f"x@{deep}contoso.com",
        f"x@{deep}a.contoso.com",
        f"x@{deep}fabrikamo.com",
        f"x@{deep}org",
        f"x@{'c' * 70}.contoso.com",
    )
    assert chosen(spaces, *asked) == ["c0", "c1", "c2", None, "c0"]


@pytest.mark.parametrize("dialect", px.Dialect)
def test_domains_are_compared_in_a_labels_without_their_dot(engine: str, dialect: str) -> None:
    start = "*@" if dialect == "exchange55" else ""
    spaces = table(
        f"{start}b\u00fccher.example",
        f"{start}xn--mller-kva.example.",
        f"{start}*.b\u00fccher.example",
        dialect=dialect,
    )
    asked = (
        "x@xn--bcher-kva.example",
        "x@B\u00dcCHER.example.",
        "x@m\u00fcller.example",
        "x@MU\u0308LLER.example",  # a combining mark
        "SMTP:x@xn--mller-kva.example. ",
        "x@a.b\u00fccher\u3002example",
        "x@a.xn--bcher-kva.example.",
        "x@muller.example",
        "x@xn--mller-kva.example..",
    )
    assert chosen(spaces, *asked) == ["c0", "c0", "c1", "c1", "c1", "c2", "c2", None, None]


def test_in_exchange55_only_what_follows_the_at_is_a_domain(engine: str) -> None:
    spaces = table("SMTP:j\u00f6rg.*", "SMTP:*.m\u00fcller.example", "FAX:*@m\u00fcller.example", dialect="exchange55")
    asked = (
        "j\u00f6rg.doe@contoso.com",
        "x@a.m\u00fcller.example",
        "x@a.xn--mller-kva.example.",
        "FAX:x@xn--mller-kva.example",
        "FAX:x@m\u00fcller.example",
        "x@contoso.com.",
    )
    assert chosen(spaces, *asked) == ["c0", "c1", "c1", None, "c2", None]


@pytest.mark.parametrize(
    ("domain", "compared"),
    [
        ("Contoso.COM.", "contoso.com"),
        ("contoso.com..", "contoso.com.."),
        (".", "."),
        ("*.", "*."),
        ("", ""),
        ("B\u00fccher.example\uff0e", "xn--bcher-kva.example"),
        ("\uff0a.example", "\uff0a.example"),  # no wildcard
        ("a\uff20b.example", "a\uff20b.example"),  # no `@`
        ("*\u00fc.example", "*xn--tda.example"),
        ("%\u00fc.example", "%\u00fc.example"),
        ("\u00ad.example", "\u00ad.example"),
        ("\ud800.example", "\ud800.example"),
        ("\u00fc" * 64 + ".example", "\u00fc" * 64 + ".example"),
        ("\u00fc." * 128 + "\u00fc.", "\u00fc." * 128 + "\u00fc"),  # longer than a domain
    ],
)
def test_how_a_domain_is_compared(domain: str, compared: str) -> None:
    assert comparable_domain(domain) == compared == comparable_domain(compared)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("jane@contoso.com.", 16),
        ("SMTP: jane@contoso.com. ", 16),
        ("SMTPOUT:jane@b\u00fccher.example\u3002", 19),
        ("contoso.com.", 11),
        ("jane@contoso.com", None),
        ("jane@contoso.com..", None),
        ("FAX:1.", None),
        ("jane.", 4),
        (".", None),
        ("", None),
    ],
)
def test_a_dot_at_the_end_is_a_finding(address: str, place: int | None) -> None:
    found = address_findings(read_address(address))
    assert [(one.code, one.severity, one.span) for one in found] == (
        [] if place is None else [("trailing-dot", "warning", (place, place + 1))]
    )


@pytest.mark.parametrize("dialect", px.Dialect)
def test_percent_is_one_character_of_a_component(engine: str, dialect: str) -> None:
    spaces = table("X400:c=US;a= ;p=Org%;1", "X400:c=US;a= ;p=O%*;1", "MS:NET/PO%;1", "EX:/o=a/cn=%;1", dialect=dialect)
    asked = (
        "X400:c=US;p=Org1;s=Doe",
        "X400:c=US;p=Org12",
        "X400:c=US;p=O",
        "MS:NET/PO1/JDOE",
        "MS:NET/PO/JDOE",
        "EX:/o=a/cn=b",
    )
    assert chosen(spaces, *asked) == ["c0", "c1", None, "c2", None, None]


@pytest.mark.parametrize("dialect", px.Dialect)
def test_hostile_texts_take_linear_time(dialect: str) -> None:
    many = 100_000
    for pattern in (
        "*." * many,
        "*" * many,
        "a." * many,
        "Lotus " * many + ":x",
        " " * many,
        "%" * many,
        "-" * many + ".*",
    ):
        try:
            px.AddressSpace.parse(pattern, dialect=dialect, limits=px.Limits(address_length=10 * many))
        except px.ProxyAddrError:
            continue
    spaces = table("SMTP:*" if dialect == "exchange55" else "*", "FAX:a*b", dialect=dialect)
    for address in (
        "x@" + "\u00fc." * many,
        "x@" + "." * many,
        "\u00fc@" * many,
        "a b" * many + ":",
        "FAX:" + "a" * many,
    ):
        spaces.route(address)
        spaces.compile().match(address)
