"""Address spaces: their text, and which addresses they match."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import proxyaddr as px
from tests.cases import cases
from tests.strategies import DIALECTS, PATTERNS, spaces


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
        (found,) = px.RoutingTable([px.Route(space, "a")], case["dialect"]).explain(case["recipient"]).outcomes
        assert found.literals == case["literals"]
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


@given(spaces())
def test_text_round_trips(space: px.AddressSpace) -> None:
    assert px.AddressSpace.parse(str(space)) == space
    assert px.AddressSpace.parse(str(space)).pattern == space.pattern
    assert pickle.loads(pickle.dumps(space)) == space
    assert hash(px.AddressSpace.parse(str(space))) == hash(space)


@given(st.one_of(spaces("exchange2000"), spaces("exchange2007")))
def test_text_round_trips_in_later_dialects(space: px.AddressSpace) -> None:
    assert px.AddressSpace.parse(str(space), dialect=space.dialect) == space


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

    kind = px.AddressSpace("TEST", pattern).match(f"TEST:{value}")
    if pattern:
        whole = kind in {px.MatchKind.EXACT, px.MatchKind.WILDCARD}
        assert whole == plain(pattern.lower(), value.lower())
    else:
        assert kind is px.MatchKind.BLANK
