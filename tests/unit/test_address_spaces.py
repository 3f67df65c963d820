"""Address spaces: text, matching, and what one more or another space may change."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.spaces.matching import matches_wildcards, read_address
from tests.cases import cases
from tests.strategies import DIALECTS, PATTERNS, SPACE_ADDRESSES, spaces, tables


@pytest.mark.parametrize("case", cases("address_space"), ids=str)
def test_case(case: dict[str, Any]) -> None:
    if "text" in case:
        if "error" in case or case.get("valid") is False:
            with pytest.raises(px.AddressSyntaxError) as caught:
                px.AddressSpace.parse(case["text"], dialect=case["dialect"])
            assert caught.value.code == case.get("error", caught.value.code)
            assert list(caught.value.span) == case.get("span", list(caught.value.span))
            return
        space = px.AddressSpace.parse(case["text"], dialect=case["dialect"])
        if "pattern" in case:
            expected = (case["type"], case["pattern"], case["cost"], case.get("scope", "organization"))
            assert (space.type, space.pattern, space.cost, space.scope) == expected
        assert px.AddressSpace.parse(str(space), dialect=case["dialect"]) == space
        return
    space = px.AddressSpace.parse(case["space"], dialect=case["dialect"])
    kind = space.match(case["recipient"])
    if "literals" in case:
        fit = space.fit(read_address(case["recipient"]))
        assert fit is not None
        assert fit.literals == case["literals"]
    assert (kind is not None) == case["matches"]
    if kind is not None and "kind" in case:
        assert kind.value == case["kind"]


@pytest.mark.parametrize(("setting", "known"), [("dialect", list(px.Dialect)), ("scope", list(px.Scope))])
def test_an_unknown_name_is_refused_beside_the_known_ones(setting: str, known: list[str]) -> None:
    with pytest.raises(px.ConfigurationError) as caught:
        px.AddressSpace("SMTP", "*", **{setting: "moon"})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.setting) == (f"unknown-{setting}", setting)
    assert all(name in str(caught.value) for name in [*known, "'moon'"])


def test_a_cost_of_too_many_digits_to_print_is_refused() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.AddressSpace("SMTP", "*", 10**5000)
    assert caught.value.code == "bad-cost"


def test_a_space_that_local_could_not_hold_is_written_without_it() -> None:
    space = px.AddressSpace("X400", "c=us;o=A, B", scope=px.Scope.SITE)
    assert str(space) == "X400:c=us;o=A, B;1"


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


@given(spaces())
def test_text_round_trips(space: px.AddressSpace) -> None:
    assert px.AddressSpace.parse(str(space)) == space
    assert px.AddressSpace.parse(str(space)).pattern == space.pattern
    assert pickle.loads(pickle.dumps(space)) == space
    assert hash(px.AddressSpace.parse(str(space))) == hash(space)


@given(spaces("exchange2007"))
def test_text_round_trips_in_exchange2007(space: px.AddressSpace) -> None:
    assert px.AddressSpace.parse(str(space), dialect="exchange2007") == space


@given(st.text(), DIALECTS)
@example(":;", px.Dialect.EXCHANGE2007)
def test_any_text_parses_or_is_refused_with_code_and_span(text: str, dialect: px.Dialect) -> None:
    try:
        space = px.AddressSpace.parse(text, dialect=dialect)
    except px.AddressSyntaxError as error:
        refused = error
    else:
        assert px.AddressSpace.parse(str(space), dialect=dialect) == space
        assert space.match(text) in {None, *px.MatchKind}
        return
    assert refused.text == text
    assert 0 <= refused.span[0] <= refused.span[1] <= len(text)


@given(PATTERNS, PATTERNS)
def test_wildcards_agree_with_the_plain_definition(pattern: str, value: str) -> None:
    def plain(p: str, v: str) -> bool:
        if not p:
            return not v
        if p[0] == "*":
            return plain(p[1:], v) or (bool(v) and plain(p, v[1:]))
        return bool(v) and p[0] in (v[0], "%") and plain(p[1:], v[1:])

    assert matches_wildcards(pattern, value) == plain(pattern, value)


in_each_dialect = pytest.mark.parametrize("dialect", list(px.Dialect))


@in_each_dialect
@given(st.data())
def test_explain_agrees_with_route_and_gives_a_reason_to_each_loser(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES)
    found, explanation = table.route(address), table.explain(address)
    winner = explanation.winner
    assert (winner.route if winner else None) == found
    assert {o.index for o in explanation.outcomes} == {
        i for i, route in enumerate(table.routes) if route.space.match(address)
    }
    assert [o.lost is None for o in explanation.outcomes] == [o is winner for o in explanation.outcomes]
    assert str(explanation)


@in_each_dialect
@given(st.data())
def test_a_less_specific_space_never_changes_the_choice(dialect: px.Dialect, data: st.DataObject) -> None:
    table, address, space = data.draw(tables(dialect)), data.draw(SPACE_ADDRESSES), data.draw(spaces(dialect))
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
