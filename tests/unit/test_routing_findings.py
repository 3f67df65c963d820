"""What is odd in a routing table, decided from its patterns, and how two tables differ."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.routing.covering import covers, shape_of
from proxyaddr.spaces.matching import matches_wildcards
from tests.cases import Case, cases
from tests.strategies import joined

SMALL_PATTERNS = joined(["*", "%", "a", "@", "b", ".", "*@"], 6)
SMALL_TEXTS = st.text("ab@.z", max_size=7)


def table(routes: Iterable[tuple[str, str]], dialect: str, **states: Any) -> px.RoutingTable:  # noqa: ANN401 - settings of connectors
    made = [px.Route(px.AddressSpace.parse(space, dialect=dialect), name) for space, name in routes]
    return px.RoutingTable(made, dialect, connectors=[px.Connector(name, **held) for name, held in states.items()])


@pytest.mark.parametrize("case", cases("table_findings"), ids=str)
def test_case(case: Case) -> None:
    made = table(case["routes"], case["dialect"], **case.get("connectors", {}))
    if "domains" in case:
        made = made.with_accepted_domains(case["domains"])
    found = [[finding.code, list(finding.routes)] for finding in made.findings()]
    assert found == case["findings"]
    assert all(finding.message for finding in made.findings())


@given(SMALL_PATTERNS, SMALL_PATTERNS, st.lists(SMALL_TEXTS, min_size=1, max_size=20))
def test_a_pattern_that_covers_another_matches_what_that_matches(wide: str, narrow: str, texts: list[str]) -> None:
    if covers(shape_of(wide, "*%"), shape_of(narrow, "*%")):
        for text in texts:
            assert matches_wildcards(wide, text) or not matches_wildcards(narrow, text)


@given(SMALL_PATTERNS.map(lambda text: text.replace("@", "")))
def test_a_pattern_covers_itself_and_less(pattern: str) -> None:
    shape = shape_of(pattern, "*%")
    assert covers(shape, shape)
    assert covers(shape_of(pattern.replace("*", "**"), "*%"), shape)
    assert covers(shape_of(pattern.replace("%", "*"), "*%"), shape)


SAMPLED_PATTERNS = st.one_of(
    SMALL_PATTERNS.filter(lambda text: text != "*."),  # in which no domain stands behind the dot
    st.sampled_from(["", "*", "*@*", "%*@*", "*@*%", "*a*", "*@*a", "a*@b", "*@b", "*b", "*@*b", "*.b"]),
)
SAMPLED_ADDRESSES = st.builds(
    "{}@{}".format, st.text("abz.", min_size=1, max_size=4), st.text("abz.", min_size=1, max_size=4)
)


@given(
    st.lists(st.tuples(SAMPLED_PATTERNS, st.integers(1, 3), st.sampled_from("xyz")), min_size=2, max_size=6),
    st.lists(SAMPLED_ADDRESSES, min_size=1, max_size=30),
)
def test_what_is_said_to_take_no_address_takes_none(rows: list[tuple[str, int, str]], addresses: list[str]) -> None:
    routes = []
    for pattern, cost, name in rows:
        routes.append((f"SMTP:{pattern};{cost}", name))
    made = table(routes, "exchange55", x={"max_message_size": 5})
    idle = {
        finding.routes[0] for finding in made.findings() if finding.code in ("space-shadowed", "space-matches-nothing")
    }
    matcher = made.compile()
    for address in addresses:
        assert made.route_index(address) not in idle
        assert matcher.match(address) not in idle


DOMAINS = st.sampled_from(["*", "a.b", "*.a.b", "*.b", "A.B", "xn--mller-kva.b", "müller.b"])


@given(
    st.sampled_from(["exchange2000", "exchange2007"]),
    st.lists(st.tuples(DOMAINS, st.integers(1, 3), st.sampled_from("xyz")), min_size=2, max_size=6),
)
def test_of_spaces_that_are_domains_too(dialect: str, rows: list[tuple[str, int, str]]) -> None:
    made = table([(f"SMTP:{pattern};{cost}", name) for pattern, cost, name in rows], dialect)
    addresses = ["u@a.b", "u@c.a.b", "u@b", "u@c.b", "u@z", "u@müller.b", "u@xn--mller-kva.b"]
    taken = {made.route_index(address) for address in addresses}
    idle = {index for finding in made.findings() if finding.code == "space-shadowed" for index in finding.routes[:1]}
    repeated = {finding.routes[0] for finding in made.findings() if finding.code == "space-repeated"}
    repeated |= {finding.routes[1] for finding in made.findings() if finding.code == "space-repeated"}
    assert not taken & idle
    tied = {index for finding in made.findings() if finding.code == "cost-tie" for index in finding.routes}
    assert set(range(len(rows))) - taken <= idle | repeated | tied  # nothing else is left without an address


@pytest.mark.parametrize("dialect", ["exchange55", "exchange2007"])
def test_a_large_table_is_judged_in_linear_time(dialect: str) -> None:
    pattern = "*@d{}.test" if dialect == "exchange55" else "d{}.test"
    took = []
    for count in (2_000, 8_000):
        made = table([(f"SMTP:{pattern.format(number)};1", "a") for number in range(count)], dialect)
        made.routes  # noqa: B018 - they are made before the time is taken
        start = time.process_time()
        assert [finding.code for finding in made.findings()] == ["no-catch-all"]
        took.append(time.process_time() - start)
    assert took[1] < 40 * took[0]


def test_hostile_patterns_of_equal_literals_are_compared_with_a_few_alone() -> None:
    rows = [(f"SMTP:{'%' * (number % 50)}*a{'%' * (number // 50)}@b;1", f"c{number}") for number in range(1_000)]
    assert table(rows, "exchange55").findings()
    rows = [(f"MS:net/{'%' * (number + 1)};1", f"c{number}") for number in range(400)]
    assert [finding.code for finding in table(rows, "exchange55").findings()] == []


def test_a_name_with_two_states_keeps_the_first() -> None:
    states = [px.Connector("a", enabled=False), px.Connector("a"), px.Connector("a"), px.Connector("b")]
    made = px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*"), "a")], connectors=states)
    assert made.connectors["a"].enabled is False
    (conflict, missing) = made.findings()
    assert (conflict.code, conflict.connector, conflict.severity) == ("connector-state-conflict", "a", "error")
    assert missing.code == "no-catch-all"
    assert [finding.code for finding in made.with_connectors([px.Connector("a")]).findings()] == []


def test_the_state_of_retries_may_leave_no_order() -> None:
    states = {"a": {"open_retries": 1}, "b": {"proximity": px.Proximity.REMOTE}, "c": {}}
    made = table([("SMTP:*;1", "a"), ("SMTP:*;2", "b"), ("SMTP:*;3", "c")], "exchange55", **states)
    assert made.findings() == ()


def test_the_difference_by_space_and_by_address() -> None:
    before = table([("SMTP:contoso.com;1", "A"), ("SMTP:*.fabrikam.com;1", "B"), ("SMTP:*;5", "C")], "exchange2007")
    after = table([("SMTP:contoso.com;1", "A"), ("SMTP:fabrikam.com;1", "D"), ("SMTP:*;5", "C")], "exchange2007")
    moved = {(move.space, move.before, move.after) for move in before.diff(after)}
    assert moved == {("SMTP:*.fabrikam.com", "B", "C"), ("SMTP:*.fabrikam.com", "B", "D")}
    assert [move.address for move in before.diff(after, ["a@fabrikam.com", "a@contoso.com"])] == ["a@fabrikam.com"]
    assert before.diff(before) == ()
    old = table(
        [
            *(("SMTP:*@contoso.com;1", "A"), ("SMTP:*;1", "C"), ("SMTP:;1", "C"), ("SMTP:*x%;1", "C")),
            *(("X400:c=US;a= ;p=Org;1", "X"), ("X400:*;9", "X"), ("EX:/o=Org/ou=*;1", "E"), ("MS:NET/*;1", "M")),
            *(("FAX:*;1", "F"), ("MS:;1", "M"), ("SMTPOUT:joe@contoso.com;1", "O")),
        ],
        "exchange55",
    )
    assert old.diff(old) == ()
    gone = old.diff(px.RoutingTable([]))
    assert {move.after for move in gone} == {"no route: NDR"}  # and what becomes of the mail
    assert {move.before for move in gone} == set("ACXEMFO")


@given(st.data())
def test_tables_without_a_difference_route_alike(data: st.DataObject) -> None:
    rows = st.lists(st.tuples(DOMAINS, st.integers(1, 3), st.sampled_from("xy")), max_size=5)
    one, other = (
        table([(f"SMTP:{pattern};{cost}", name) for pattern, cost, name in data.draw(rows)], "exchange2007")
        for _ in range(2)
    )
    if one.diff(other):
        return
    for address in ("u@a.b", "u@c.a.b", "u@b", "u@c.b", "u@z", "u@müller.b", "u@d.a.b"):
        assert one.explain(address).taken == other.explain(address).taken


def test_findings_of_an_export(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    connectors = [
        {"Name": "Outbound to Office 365", "AddressSpaces": ["SMTP:contoso.com;1"]},
        {"Name": "Internet", "AddressSpaces": ["SMTP:*;1"]},
    ]
    path.write_text(json.dumps(connectors))
    (found,) = px.RoutingTable.from_file(path).findings()
    assert (found.code, found.connector) == ("hybrid-domain-uncovered", "Outbound to Office 365")
