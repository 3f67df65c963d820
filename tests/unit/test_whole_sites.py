"""Many recipients at once: the same answers as one at a time, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.delivery import deciding
from proxyaddr.delivery.resolutions import Resolutions
from proxyaddr.directory import keys
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
COMMON = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["SMTP", "SMTP", "smtp", "SMTPOUT", "SIP"]), st.sampled_from(VALUES)),
    st.sampled_from(
        ["X500:/o=Org/cn=J (x)", "ex:/o=Org/cn=Jane", "X400:c=US;a= ;p=Org;s=Doe;", "MS:ORG/JANE", "CCMAIL:Doe, J at X"]
    ),
)
COMMON_ONE = st.one_of(st.just(""), COMMON, st.sampled_from(VALUES[:4]))
COMMON_RECORDS = st.fixed_dictionaries(
    {
        "displayName": st.sampled_from(["", "Jane", "Jane"]),
        "proxyAddresses": st.one_of(st.lists(COMMON, max_size=4).map(";".join), st.lists(COMMON_ONE, max_size=3)),
        "PrimarySmtpAddress": st.sampled_from(["", "", "jane@contoso.com", "SMTP:joe+x@fabrikam.example", ".a@b"]),
        "targetAddress": st.one_of(st.just(""), st.just(""), COMMON_ONE),
    }
)
"""Recipients of which most are in a common form."""

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
DIRECTORIES = st.lists(st.one_of(COMMON_RECORDS, RECORDS), max_size=6).map(px.Directory.from_records)
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
def settings(draw: st.DrawFn) -> dict[str, Any]:
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
    """Return what was decided at once on each recipient: the name, the rule, the address, the route, the findings."""
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
            odd = set(block.findings.get(row, ()))
            found.append((name, rule, kind, value, route, odd) if error is None else str(error))
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
        holders = [recipient] if isinstance(recipient, px.Recipient) else outcome.holders
        odd = {each.code for holder in holders for each in holder.proxies.findings}
        found.append((outcome.recipient, outcome.rule, *parts, route, odd))
    return found


@given(settings(), SPACES, DIRECTORIES, st.lists(TEXTS, max_size=6), st.booleans(), st.integers(1, 3))
def test_a_service_decides_at_once_as_one_at_a_time(
    given: dict[str, Any], spaces: Sequence[str], directory: px.Directory, texts: list[str], asks: bool, block: int
) -> None:
    service = px.InternetMailService(**given, address_spaces=spaces, directory=directory if asks else None)
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
    given: list[dict[str, Any]],
    spaces: list[str],
    connectors: list[int],
    directory: px.Directory,
    texts: list[str],
    asks: str,
) -> None:
    services = [
        px.InternetMailService(
            **each, name=str(number), directory=directory if asks == "service" and not number else None
        )
        for number, each in enumerate(given)
    ]
    routes = [(space, str(number)) for space, number in zip(spaces, connectors, strict=False)]
    routes += [(f"PROFS:{number};1", str(number)) for number in range(len(given))]
    table = px.RoutingTable(px.Route(px.AddressSpace.parse(space), name) for space, name in routes)
    site = px.Site(services, table, directory=directory if asks == "site" else None)
    assert answers_of(site.resolve_many(directory)) == one_at_a_time(site, directory)
    assert answers_of(site.resolve_many(texts)) == one_at_a_time(site, texts)


KINDS = px.Directory.from_records(
    [
        {"displayName": "target", "proxyAddresses": "SMTP:a@b.de", "targetAddress": "SMTP:jane@contoso.com"},
        {"displayName": "target without a type", "proxyAddresses": "", "targetAddress": "jane@contoso.com"},
        {"displayName": "bad target", "proxyAddresses": "SMTP:a@b.de", "targetAddress": "SMTP:.a@contoso.com"},
        {"displayName": "foreign target", "proxyAddresses": "smtp:c@b.de", "targetAddress": "MS:ORG/JANE"},
        {"proxyAddresses": "SMTP:nameless@contoso.com", "targetAddress": "SMTP:jane@contoso.com"},
        {"proxyAddresses": "smtp:x@contoso.com;SMTP:jane@contoso.com;SMTP:two@contoso.com"},
        {"proxyAddresses": "smtp:secondaries@contoso.com"},
        {"displayName": "bad primary", "proxyAddresses": "SMTP:.a@contoso.com;SMTP:good@contoso.com"},
        {"displayName": "bad domain", "proxyAddresses": "SMTP:a@b.invalid;SMTPOUT:a@contoso.com"},
        {"displayName": "column", "PrimarySmtpAddress": "jane@contoso.com", "proxyAddresses": "smtp:k@b.de"},
        {"displayName": "bad column", "PrimarySmtpAddress": ".a@b", "proxyAddresses": "smtp:k@b.de;SIP:k@b.de"},
        {"displayName": "b", "PrimarySmtpAddress": "jane@contoso.com", "proxyAddresses": "SMTP:k@fabrikam.example"},
        {"PrimarySmtpAddress": "jane@contoso.com", "proxyAddresses": ["SIP:k@b.de"]},
        {"displayName": "X400 first", "proxyAddresses": "X400:c=US;a= ;p=Org;s=Doe;;SMTP:k@fabrikam.example"},
        {"displayName": "second routed", "proxyAddresses": ["SMTP:a@b.de", "k@l.de", "MS:ORG/JANE", "SMTPOUT:k@b.de"]},
        {"displayName": "5.5", "proxyAddresses": "SMTP:a@contoso.com%MS:ORG/JANE", "EmailAddresses": ["SIP:s@b.de"]},
        {"displayName": "odd", "proxyAddresses": "SMTP:o'odd@contoso.com;FAX:1"},
        {"displayName": "no address", "proxyAddresses": ""},
        {"displayName": "shares", "proxyAddresses": "SMTP:share@b.de;smtp:shared@b.de"},
        {"displayName": "shares too", "proxyAddresses": "SMTP:share2@b.de;smtp:shared@b.de"},
    ]
)
"""A recipient of each kind, those that are no common ones among them."""

KINDS_OF_TEXT = [
    *(
        "jane@contoso.com",
        "smtp:c@b.de",
        "shared@b.de",
        "SIP:none@contoso.com",
        "SMTPOUT:none@b.de",
        "NONE@contoso.com",
    ),
    *("o'odd@contoso.com", "a@b.invalid", "IMCEAFAX-1@contoso.com", "SIP:k@b.de", "X400:c=US;s=Doe", "smtp:"),
]
CONNECTORS: list[dict[str, Any]] = [
    {},
    {"override_proxy_out": "SMTPOUT", "site_domain": "contoso.com"},
    {"override_proxy_out": "SIP", "site_domain": "contoso.com", "encapsulate": True},
    {"override_proxy_out": "TP", "site_domain": "contoso.com"},
    {"override_proxy_out": "MS", "site_domain": "contoso.com"},
    {"site_domain": "contoso.com", "encapsulate": True},
]


@pytest.mark.parametrize("given", CONNECTORS)
def test_each_kind_is_decided_as_one_at_a_time(given: dict[str, Any]) -> None:
    for spaces in ([], ["SMTP:*@contoso.com;1", "SIP:*;1", "X400:c=US;a= ;p=Org;1", "MS:ORG/*;1"]):
        table = px.RoutingTable(px.Route(px.AddressSpace.parse(space), "imc") for space in [*spaces, "PROFS:*;1"])
        service = px.InternetMailService(name="imc", address_spaces=spaces, directory=KINDS, **given)
        alone = px.InternetMailService(name="imc", address_spaces=spaces, **given)
        for resolver in (service, alone, px.Site([alone], table, directory=KINDS), px.Site([alone], table)):
            assert answers_of(resolver.resolve_many(KINDS)) == one_at_a_time(resolver, KINDS)
            assert answers_of(resolver.resolve_many(KINDS_OF_TEXT)) == one_at_a_time(resolver, KINDS_OF_TEXT)


PEOPLE = px.Directory.from_records(
    [
        {
            "displayName": "Jane",
            "mail": "jane@contoso.com",
            "proxyAddresses": "SMTP:jane@contoso.com;smtp:j@contoso.com",
        },
        {"displayName": "Joe", "proxyAddresses": "smtp:joe@contoso.com"},
        {"displayName": "Ann", "proxyAddresses": "SMTP:ann@fabrikam.example"},
        {"displayName": "Bo \ud800", "proxyAddresses": ["SMTP:bo b@contoso.com"]},
    ]
)
SERVICE = px.InternetMailService(name="imc", address_spaces=["SMTP:*@contoso.com;1"], directory=PEOPLE)
RULES = ["primary-proxy", "no-proxy", "no-address-space", "envelope-address"]


def test_the_answers_are_a_sequence_with_counts() -> None:
    found = SERVICE.resolve_many(PEOPLE)
    assert len(found) == 4
    assert [outcome.rule for outcome in found] == RULES
    assert repr(found) == "Resolutions(4 recipients)"
    assert found[0].delivered
    assert [outcome.recipient for outcome in found[1:3]] == ["Joe", "Ann"]
    assert found.rules == Counter(RULES)
    assert found.connectors == {"imc": 1}
    assert found.delivered == 1
    assert found.codes == {"000D06B5": 1, "unrecognized-OR-name": 1, "000B0981": 1}
    assert found.findings == {"no-primary": 1}
    assert found.errors == ()


ODD = px.Directory.from_records(
    [
        {"displayName": "two", "proxyAddresses": "SMTP:a@contoso.com;SMTP:b@contoso.com;X500:/o=a;X500:/o=b"},
        {"displayName": "twice", "proxyAddresses": "SMTP:c@contoso.com;smtp:d@contoso.com, smtp:D@contoso.com"},
        {"displayName": "none", "proxyAddresses": ["e@contoso.com", "SIP:e@contoso.com"]},
        {"displayName": "mixed", "proxyAddresses": ["SMTP:f@contoso.com", "Sip:f@contoso.com"]},
        {"displayName": "O/R", "proxyAddresses": "SMTP:g@contoso.com;X400:c=US;s=Doe;x400:c=US;s=Doe"},
        {"displayName": "5.5", "proxyAddresses": "SMTP:h@contoso.com%sip:h@contoso.com%SIP:H@contoso.com"},
        {"displayName": "Doe", "proxyAddresses": "SMTP:i@contoso.com; smtp:j@contoso.com; smtp:j@contoso.com"},
        {"displayName": "GAM", "primaryEmail": "k@contoso.com", "aliases": ["l@contoso.com", "L@contoso.com"]},
        {
            "displayName": "b",
            "proxyAddresses": "SMTP:m@contoso.com",
            "aliases": ["SMTP:n@q.de", "m@contoso.com"],
        },
        {
            "displayName": "column",
            "PrimarySmtpAddress": "o@contoso.com",
            "proxyAddresses": "smtp:o@contoso.com;smtp:p@q.de",
        },
        {
            "displayName": "good",
            "proxyAddresses": "SMTP:q@contoso.com;SIP:q@contoso.com;X500:/o=a;X500:/o=b;smtp:r@q.de",
        },
        {"displayName": "many", "proxyAddresses": ";".join(["SMTP:u@q.de", *(f"smtp:u{n}@q.de" for n in range(70))])},
        {"displayName": "good too", "proxyAddresses": ["SMTP:s@contoso.com", "s@q.de"], "aliases": ["SMTP:t@q.de"]},
    ]
)
"""Recipients with something odd in their addresses, and some without."""


def test_what_is_odd_in_the_addresses_of_a_recipient_is_told() -> None:
    service = px.InternetMailService(directory=ODD)
    assert answers_of(service.resolve_many(ODD)) == one_at_a_time(service, ODD)
    texts = [f"{letter}@contoso.com" for letter in "abcdefghijklmnopqrs"]
    assert answers_of(service.resolve_many(texts)) == one_at_a_time(service, texts)
    findings = px.columns.resolve(service, ODD)["findings"].to_pylist()
    assert findings[0] == ["two-primaries"]
    assert findings[2] == ["no-primary"]
    assert findings[9:] == [[], [], [], []]
    assert service.resolve_many(ODD).findings["duplicate"] == 6
    assert service.resolve_many([px.parse_proxies("smtp:a@b.de")]).findings == {"no-primary": 1}


def test_recipients_are_given_in_any_form() -> None:
    given = [
        "jane@contoso.com",
        px.parse("[SMTP:x@contoso.com]"),
        px.parse_proxies("SMTP:y@contoso.com"),
        PEOPLE.recipients[0],
    ]
    found = SERVICE.resolve_many(iter(given))
    assert [outcome.recipient for outcome in found] == ["Jane", "x@contoso.com", "SMTP:y@contoso.com", "Jane"]
    assert found.delivered == 4
    assert found.others(PEOPLE).delivered == 1


def test_an_error_stays_with_its_recipient() -> None:
    found = SERVICE.resolve_many(["jane@contoso.com", "smtp:", "joe@contoso.com"])
    [error] = found.errors
    assert (error.code, error.line) == ("empty-value", 2)
    assert isinstance(error.cause, px.AddressSyntaxError)
    assert found.rules == {"primary-proxy": 1, "no-proxy": 1}
    with pytest.raises(px.AddressSyntaxError):
        found[1]


def test_a_connector_that_is_no_service_of_the_site_is_an_error() -> None:
    table = px.RoutingTable(
        [
            px.Route(px.AddressSpace.parse("SMTP:*@contoso.com;1"), "imc"),
            px.Route(px.AddressSpace.parse("SMTP:*@fabrikam.example;1"), "other"),
        ]
    )
    found = px.Site([px.InternetMailService(name="imc")], table).resolve_many(PEOPLE)
    assert [error.code for error in found.errors] == ["unknown-connector"]
    assert found.connectors == {"imc": 1}


@pytest.mark.parametrize("text", ["jane@contoso.com", b"jane@contoso.com"])
def test_one_text_is_no_list_of_recipients(text: object) -> None:
    with pytest.raises(TypeError, match="iterable of recipients"):
        SERVICE.resolve_many(text)  # type: ignore[arg-type]


def test_a_table_whose_accepted_domains_are_not_known_is_asked_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("space,connector\nSMTP:--;1,in\nSMTP:*@contoso.com;1,imc\n")
    table = px.RoutingTable.from_file(path, dialect="exchange2007")
    service = px.InternetMailService(routing_table=table)
    texts = ["jane@contoso.com", "joe@fabrikam.example", "FAX:1"]
    assert answers_of(service.resolve_many(texts)) == one_at_a_time(service, texts)


def test_hashes_that_meet_are_no_holders() -> None:
    with mock.patch.object(keys.Holders, "with_key", return_value=[0]):
        assert answers_of(SERVICE.resolve_many(["x@contoso.com"])) == one_at_a_time(SERVICE, ["x@contoso.com"])


# Columns


def test_columns_say_what_becomes_of_a_directory() -> None:
    rows = px.columns.resolve(SERVICE, PEOPLE).to_pylist()
    assert [row["rule"] for row in rows] == RULES
    assert [row["delivered"] for row in rows] == [True, False, False, False]
    assert rows[0] == {
        **{"recipient": "Jane", "delivered": True, "rule": "primary-proxy", "chosen_address": "SMTP:jane@contoso.com"},
        **{"envelope_recipient": "jane@contoso.com", "connector": "imc", "address_space": "SMTP:*@contoso.com;1"},
        **{"code": None, "findings": [], "error": None},
    }
    assert rows[2]["chosen_address"] == "SMTP:ann@fabrikam.example"
    assert rows[2]["envelope_recipient"] is rows[2]["connector"] is None
    assert rows[3]["recipient"] == "Bo \\ud800"


def test_columns_of_addresses_have_nulls_and_errors_in_their_rows() -> None:
    texts = ["j@contoso.com", None, "smtp:", "j@contoso.com", "\ud800", "x@contoso.com"]
    found = px.columns.resolve(SERVICE, texts).to_pydict()
    assert found["error"] == [None, None, "empty-value", None, "not-utf8", None]
    assert found["recipient"] == ["Jane", None, None, "Jane", None, "x@contoso.com"]
    assert found["delivered"] == [True, None, None, True, None, True]


@pytest.mark.parametrize("column", [[], px.Directory([]), pa.nulls(0), pa.chunked_array([], pa.string())])
def test_an_empty_column_gives_no_rows(column: object) -> None:
    assert px.columns.resolve(SERVICE, column).num_rows == 0


def test_a_dictionary_of_addresses_and_one_without_any_are_columns() -> None:
    column = pa.array(["j@contoso.com", "FAX:1", "j@contoso.com"]).dictionary_encode()
    assert px.columns.resolve(SERVICE, column)["rule"].to_pylist() == ["primary-proxy", "no-proxy", "primary-proxy"]
    assert px.columns.resolve(SERVICE, pa.nulls(2))["rule"].to_pylist() == [None, None]
    unrouted = px.InternetMailService(directory=PEOPLE)
    assert px.columns.resolve(unrouted, PEOPLE)["connector"].to_pylist() == [None] * 4


@given(st.lists(TEXTS, max_size=8))
def test_columns_say_what_one_resolution_says(texts: list[str]) -> None:
    found = px.columns.resolve(SERVICE, texts)
    names = ("rule", "delivered", "envelope_recipient", "connector", "code")
    rows = [[row["error"], *(row[name] for name in names)] for row in found.to_pylist()]
    expected: list[list[object]] = []
    for text in texts:
        try:
            text.encode()
            outcome = SERVICE.resolve(text)
        except px.AddressSyntaxError as error:
            expected.append([error.code, *[None] * len(names)])
        except UnicodeEncodeError:
            expected.append(["not-utf8", *[None] * len(names)])
        else:
            expected.append([None, *(getattr(outcome, name, None) for name in names)])
    assert rows == expected
