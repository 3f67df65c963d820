"""Many recipients at once: the same answers as one at a time, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.delivery import deciding
from proxyaddr.delivery.resolutions import Resolutions
from tests.strategies import LISTS

VALUES = [
    *("jane@contoso.com", "Jane.Doe@Contoso.com", "joe+x@fabrikam.example", "a@b", "a@b.", ".a@b", "a..b@contoso.com"),
    *(
        "a@b.invalid",
        "a@contoso--x.com",
        "IMCEAFAX-1@contoso.com",
        "imceaEX-_o=x@contoso.com",
        "-@-",
        "x" * 65 + "@b.de",
    ),
    *("a@" + "b" * 64, "a@" + ".".join(["b" * 60] * 4)),
]
PROXIES = st.one_of(
    st.builds(
        "{}:{}".format,
        st.sampled_from(["SMTP", "SMTP", "smtp", "Smtp", "SMTPOUT", "smtpout", "SIP", "sip"]),
        st.sampled_from(VALUES),
    ),
    st.sampled_from(
        [
            *("X500:/o=Org/cn=J (x)", "ex:/o=Org/cn=Jane", "X400:c=US;a= ;p=Org;s=Doe;", "x400:c=US;s=Doe"),
            *(
                "MS:ORG/SITE/JANE",
                "CCMAIL:Doe, Jane at CORP",
                "FAX:+1 555",
                "jane@contoso.com",
                "",
                "SMTP:a b",
                "NOTES:J",
            ),
        ]
    ),
)
HELD = st.one_of(
    st.tuples(st.lists(PROXIES, max_size=5), st.sampled_from([";", "; ", ",", "%", " "])).map(
        lambda parts: parts[1].join(parts[0])
    ),
    st.lists(PROXIES, max_size=4),
    LISTS,
)
ONE = st.one_of(st.just(""), PROXIES, st.sampled_from(VALUES))
RECORDS = st.fixed_dictionaries(
    {
        "displayName": st.sampled_from(["", "Jane", "J\u00e4ne", "SMTP:mallory@contoso.com"]),
        "proxyAddresses": HELD,
        "EmailAddresses": st.one_of(st.just(""), HELD),
        "Secondary-Proxy-Addresses": st.one_of(st.just(""), HELD),
        "PrimarySmtpAddress": ONE,
        "targetAddress": ONE,
        "legacyExchangeDN": st.sampled_from(["", "/o=Org/cn=Jane", "/o=\u00c4"]),
    }
)
DIRECTORIES = st.lists(RECORDS, max_size=5).map(px.Directory.from_records)
TEXTS = st.one_of(PROXIES, st.sampled_from(VALUES), st.sampled_from(VALUES).map("[SMTPOUT:{}]".format), LISTS)
SPACES = st.lists(
    st.sampled_from(
        [
            *(
                "SMTP:*;5",
                "SMTP:*@contoso.com;1",
                "SMTP:*@fabrikam.example;1",
                "SMTP:jane@contoso.com;2",
                "SMTPOUT:*;1",
            ),
            *("SIP:*;1", "X400:c=US;a= ;p=Org;1", "X400:c=US;a=*;1", "MS:ORG/*;1", "X500:*;1", "FAX:*;3", "CCMAIL:*;1"),
        ]
    ),
    max_size=5,
)
OUTBOUND = st.sampled_from([None, None, "SMTPOUT", "SIP", "X400", "MS", "FAX", "TP", "NOTES"])


@st.composite
def settings(draw: st.DrawFn) -> dict[str, object]:
    """Draw settings of a connector that starts."""
    domain = draw(st.sampled_from(["contoso.com", "fabrikam.example"]))
    override = draw(OUTBOUND)
    is_local = override is not None or draw(st.booleans())
    return {
        "override_proxy_out": override,
        "site_domain": domain if is_local else None,
        "encapsulate": is_local and draw(st.booleans()),
    }


def answers_of(resolutions: Resolutions) -> list[object]:
    """Return what was decided at once on each recipient: the name, the rule, the address and the route."""
    found: list[object] = []
    for block in resolutions.blocks():
        routes = [
            None if route < 0 or resolutions.table is None else resolutions.table.routes[route]
            for route in block.routes
        ]
        for row, (name, rule, kind, value, route) in enumerate(
            zip(block.names, block.rules, block.types, block.values, routes, strict=True)
        ):
            error = block.errors.get(row)
            found.append((name, rule, kind, value, route) if error is None else str(error))
    return found


def one_at_a_time(resolver: px.InternetMailService | px.Site, recipients: Iterable[px.Recipient | str]) -> list[object]:
    """Return the same from one resolution for each."""
    found: list[object] = []
    table = resolver.routing_table
    if isinstance(resolver, px.InternetMailService):
        table = resolver.table()
    for recipient in recipients:
        try:
            outcome = resolver.resolve(recipient)
        except px.ProxyAddrError as error:
            found.append(str(error))
            continue
        address = outcome.address
        route = None
        if isinstance(outcome, px.Delivery) and table is not None:
            route = table.route(outcome.address)
            assert route is not None
            assert (route.connector, route.space) == (outcome.connector, outcome.address_space)
        parts = (None, None) if address is None else (address.type, address.value)
        found.append((outcome.recipient, outcome.rule, *parts, route))
    return found


@given(settings(), SPACES, DIRECTORIES, st.lists(TEXTS, max_size=6), st.booleans(), st.integers(1, 3))
def test_a_service_decides_at_once_as_one_at_a_time(
    given: dict[str, object], spaces: Sequence[str], directory: px.Directory, texts: list[str], asks: bool, block: int
) -> None:
    service = px.InternetMailService(**given, address_spaces=spaces, directory=directory if asks else None)  # type: ignore[arg-type]
    with mock.patch.object(deciding, "BLOCK", block):
        assert answers_of(service.resolve_many(directory)) == one_at_a_time(service, directory)
        assert answers_of(service.resolve_many(texts)) == one_at_a_time(service, texts)


@given(
    st.lists(settings(), min_size=1, max_size=3),
    SPACES,
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    DIRECTORIES,
    st.lists(TEXTS, max_size=6),
    st.sampled_from(["site", "service", "none"]),
)
def test_a_site_decides_at_once_as_one_at_a_time(
    given: list[dict[str, object]],
    spaces: list[str],
    connectors: list[int],
    directory: px.Directory,
    texts: list[str],
    asks: str,
) -> None:
    services = [
        px.InternetMailService(
            **each, name=str(number), directory=directory if asks == "service" and not number else None
        )  # type: ignore[arg-type]
        for number, each in enumerate(given)
    ]
    routes = [(space, str(number)) for space, number in zip(spaces, connectors, strict=False)]
    routes += [(f"PROFS:{number};1", str(number)) for number in range(len(given))]
    table = px.RoutingTable(px.Route(px.AddressSpace.parse(space), name) for space, name in routes)
    site = px.Site(services, table, directory=directory if asks == "site" else None)
    assert answers_of(site.resolve_many(directory)) == one_at_a_time(site, directory)
    assert answers_of(site.resolve_many(texts)) == one_at_a_time(site, texts)
