"""Which spaces of components are left without an address, held against addresses of every combination."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px

VALUES = ["", "a", "ab", "ba", "zaz"]
ADDRESSES = [
    "X400:"
    + ";".join(f"{name}={value}" for name, value in zip(("c", "o", "ou1"), ("us", *values), strict=True) if value)
    for values in itertools.product(VALUES, VALUES)
]
PARTS = st.sampled_from([None, "*", "**", "a", "*a", "a*", "*a*", "%", "%%", "*%", "a%"])
PATTERNS = st.builds(
    lambda *parts: ";".join(f"{name}={part}" for name, part in zip(("c", "o", "ou1"), parts, strict=True) if part),
    st.sampled_from(["us", "*", None]),
    PARTS,
    PARTS,
)


@given(
    st.sampled_from(["exchange55", "exchange2007"]),
    st.lists(st.tuples(PATTERNS, st.integers(1, 3), st.sampled_from("xyz")), min_size=2, max_size=6),
)
def test_what_is_said_to_take_no_address_takes_none(dialect: str, rows: list[tuple[str, int, str]]) -> None:
    spaces = [px.AddressSpace("X400", pattern, cost, dialect=px.Dialect(dialect)) for pattern, cost, _ in rows]
    made = px.RoutingTable([px.Route(space, row[2]) for space, row in zip(spaces, rows, strict=True)], dialect)
    shadowed = [finding.routes for finding in made.findings() if finding.code == "space-shadowed"]
    taken = {made.route_index(address) for address in ADDRESSES}
    assert not taken & {routes[0] for routes in shadowed}
    for idle, *takers in shadowed:
        for address in ADDRESSES:  # those that are named take in truth what it could take
            assert spaces[idle].match(address) is None or any(spaces[taker].match(address) for taker in takers)


def test_each_way_of_covering_is_found() -> None:
    covered = [("c=us;o=*a", "c=us;o=*"), ("c=us;o=a*;ou1=*b", "c=us;o=*;ou1=*b"), ("c=us;o=%a", "c=us;o=*a")]
    covered += [
        ("c=us;o=a%*", "c=us;o=a*"),
        ("c=us;o=*a;ou1=%b", "c=us;o=*a;ou1=*b"),
        ("c=us;o=*a;ou1=b*", "c=us;o=*a"),
    ]
    for narrow, wide in covered:
        routes = [px.Route(px.AddressSpace("X400", narrow, 5), "n"), px.Route(px.AddressSpace("X400", wide, 1), "w")]
        assert [finding.routes for finding in px.RoutingTable(routes).findings()] == [(0, 1)], (narrow, wide)
        routes[1] = px.Route(px.AddressSpace("X400", wide, 9), "w")
        assert px.RoutingTable(routes).findings() == ()


def test_many_spaces_of_one_organization_are_compared_with_few() -> None:
    rows = [(f"c=us;o=*{number}", number % 90 + 1) for number in range(2_000)]
    routes = [px.Route(px.AddressSpace("X400", pattern, cost), "c") for pattern, cost in rows]
    wide = px.Route(px.AddressSpace("X400", "c=us;o=*7*", 1), "w")
    assert px.RoutingTable(routes).findings() == ()
    assert [finding.routes for finding in px.RoutingTable([*routes, wide]).findings()] == [(7, 2_000)]
