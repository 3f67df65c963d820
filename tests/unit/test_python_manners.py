"""What Python developers meet: tracebacks, reprs, values that can't be changed, equality, and wrong types."""

from __future__ import annotations

import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import proxyaddr as px

TABLE = px.RoutingTable.from_gwart("SMTP,*;,1,imc\nbad\n")
SERVICE = px.InternetMailService(override_proxy_out="SMTPOUT", site_domain="x.test", name="a")
SITE = px.Site([px.InternetMailService(name="imc")], TABLE)
DIRECTORY = px.Directory([px.Recipient("Jane", "SMTP:jane@contoso.com")])
X400 = px.X400Address.parse("c=us;ou1=a;ou2=b;s=Doe")


@pytest.mark.parametrize(
    "call",
    [
        lambda: px.parse("[SMTP:"),
        lambda: px.parse("a b c"),
        lambda: px.AddressSpace.parse("SMTP:*;0"),
        lambda: px.InternetMailService(address_spaces=["SMTP:*;0"]),
        lambda: px.InternetMailService(override_proxy_out="a b"),
        lambda: px.RoutingTable.from_file("absent.toml"),
        lambda: px.decapsulate("IMCEAa b-x@y.test"),
    ],
)
def test_a_traceback_holds_no_other_error(call: Callable[[], object]) -> None:
    with pytest.raises(px.ProxyAddrError) as caught:
        call()
    assert caught.value.__cause__ is None
    assert "During handling" not in "".join(traceback.format_exception(caught.value))


def test_a_bad_address_has_a_short_traceback() -> None:
    code = "import proxyaddr as px; px.parse('[SMTP:')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert len(done.stderr.splitlines()) <= 14, done.stderr


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (TABLE, "RoutingTable(1 route, exchange55, 1 error)"),
        (px.RoutingTable([]), "RoutingTable(0 routes, exchange55)"),
        (TABLE.compile(engine="python"), "Matcher(1 route, python)"),
        (px.Matcher(TABLE.route_index, "python"), "Matcher(python)"),
        (DIRECTORY, "Directory(1 recipient)"),
        (px.Directory([], [px.RowError("bad-row", "no", 1)] * 2), "Directory(0 recipients, 2 errors)"),
        (SERVICE, "InternetMailService(override_proxy_out='SMTPOUT', site_domain='x.test', name='a')"),
        (px.InternetMailService(), "InternetMailService()"),
        (px.InternetMailService(site_addresses={"FAX": "1"}), "InternetMailService(site_addresses={'FAX': '1'})"),
        (px.InternetMailService(site="\x1b[2J"), "InternetMailService(site='\\x1b[2J')"),
        (SITE, "Site(imc; RoutingTable(1 route, exchange55, 1 error))"),
        (px.columns.Router(TABLE), "Router(RoutingTable(1 route, exchange55, 1 error))"),
        (TABLE.compile().match_many(["a@b.test", "X:y"]), "IndexColumn(2 rows: 0, -1)"),
        (TABLE.compile().match_many([None] * 1000), "IndexColumn(1,000 rows: -1, -1, -1, -1, -1, -1, …)"),
    ],
)
def test_reprs_are_short(value: object, shown: str) -> None:
    assert repr(value) == shown


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (TABLE, "routes"),
        (TABLE.compile(), "match"),
        (TABLE.explain("a@b.test"), "tie"),
        (TABLE.routes[0], "connectors"),
        (TABLE.routes[0].space, "cost"),
        (px.columns.Router(TABLE), "matcher"),
        (DIRECTORY, "recipients"),
        (DIRECTORY.recipients[0], "alias"),
        (DIRECTORY.recipients[0].proxies, "errors"),
        (DIRECTORY.recipients[0].proxies, "findings"),
        (px.parse("a@b.test"), "value"),
        (px.parse("smtp:a@b.test"), "is_primary"),
        (SERVICE, "site_domain"),
        (SERVICE.resolve("[SMTPOUT:a@b.test]"), "rule"),
        (SITE, "services"),
        (X400, "components"),
        (px.X500Address.parse("/o=a/ou=b/cn=c"), "components"),
        (px.decapsulate("IMCEAFAX-1@b.test"), "value"),
        (px.OneOffEntryId("Jane", "SMTP", "a@b.test"), "value"),
        (px.Finding("a", "b"), "code"),
        (px.Limits(), "nesting"),
        (px.Connector("a"), "name"),
    ],
)
def test_assignment_fails(value: object, name: str) -> None:
    before = getattr(value, name)
    for attribute in (name, "invented"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, attribute, None)
    assert getattr(value, name) == before


def test_the_parts_of_an_address_are_not_those_that_it_hands_out() -> None:
    units = X400.components["OU"]
    assert isinstance(units, list)
    units.append("c")
    assert X400.components["OU"] == ["a", "b"]
    with pytest.raises(TypeError):
        X400.components["S"] = "Roe"  # type: ignore[index]


def test_what_is_immutable_is_pickled() -> None:
    assert repr(pickle.loads(pickle.dumps(TABLE.compile(engine="python")))) == "Matcher(1 route, python)"
    assert repr(pickle.loads(pickle.dumps(px.columns.Router(TABLE)))) == repr(px.columns.Router(TABLE))


def test_the_same_address_is_not_always_equal() -> None:
    primary = px.ProxyAddress("SMTP", "Jane@Contoso.com", is_primary=True)
    others = [
        px.ProxyAddress("smtp", "jane@contoso.com"),
        px.OneOffAddress("SMTP", "JANE@contoso.com", "Jane"),
        px.TypedAddress("SMTP", "Jane@contoso.com"),
    ]
    for other in others:
        assert primary.same_address(other)
        assert other.same_address(primary)
        assert primary != other
    assert len({primary, *others}) == 4
    assert len({each.comparison_key for each in (primary, *others)}) == 1
    assert not primary.same_address(px.TypedAddress("X400", "Jane@contoso.com"))
    with pytest.raises(TypeError, match="other must be"):
        primary.same_address("SMTP:jane@contoso.com")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, 5, b"SMTP:a@b.test"])
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda wrong: px.ProxyAddress("SMTP", wrong), "value must be text, not "),
        (lambda wrong: px.ProxyAddress(wrong, "x"), "type must be text, not "),
        (lambda wrong: px.OneOffAddress(wrong, "x"), "type must be text, not "),
        (lambda wrong: px.Recipient(wrong, []), "display_name must be text, not "),
        (lambda wrong: px.Recipient("a", wrong), "proxies must be text or an iterable of texts, not "),
        (lambda wrong: px.Recipient("a", [wrong]), "an address is text, not "),
        (px.parse, "an address is text, not "),
        (px.parse_one_off, "an address is text, not "),
        (px.parse_proxy, "an address is text, not "),
        (px.parse_recipients, "a list is text, not "),
        (px.parse_proxies, "must be text or an iterable of texts, not "),
        (px.decapsulate, "text"),
        (lambda wrong: px.encapsulate(wrong, "1", "b.test"), "text"),
        (lambda wrong: px.encapsulate("FAX", wrong, "b.test"), "text"),
        (lambda wrong: px.encapsulate("FAX", "1", wrong), "text"),
        (px.X400Address.parse, "an address is text, not "),
        (px.X400Address, "components must be of type Mapping, not "),
        (px.X500Address.parse, "text"),
        (px.AddressSpace.parse, "text"),
        (px.RoutingTable.from_gwart, "a routing table is text, not "),
        (TABLE.route, "an address is text or a TypedAddress, not "),
        (TABLE.explain, "an address is text or a TypedAddress, not "),
        (DIRECTORY.find, "an address is text, not "),
        (SERVICE.resolve, "text"),
        (SITE.resolve, "text"),
        (lambda wrong: px.InternetMailService(override_proxy_out=[wrong]), "override_proxy_out must be text"),  # type: ignore[arg-type]
        (lambda wrong: px.InternetMailService(site_domain=[wrong]), "site_domain must be text"),  # type: ignore[arg-type]
        (lambda wrong: px.InternetMailService(name=wrong), "name must be text"),
        (lambda wrong: px.InternetMailService(address_spaces=[wrong]), "a space in address_spaces must be text"),
        (
            lambda wrong: px.InternetMailService(site_addresses={"SMTP": wrong}),
            "an address in site_addresses must be text",
        ),
        (lambda wrong: px.InternetMailService(server=wrong), "server must be text"),
        (lambda wrong: TABLE.compile(engine="python").match(wrong), "an address is text or a TypedAddress, not "),
        (lambda wrong: TABLE.compile().match(wrong), "not "),
        (TABLE.route_index, "not "),
        (lambda wrong: px.Site([wrong], TABLE), "a service must be of type InternetMailService"),
        (lambda wrong: px.Site([px.InternetMailService()], wrong), "routing_table must be of type RoutingTable"),
        (lambda wrong: px.RoutingTable([wrong]), "a route must be of type Route"),
        (lambda wrong: px.Directory([wrong]), "a recipient must be of type Recipient"),
        (lambda wrong: px.Route(wrong, "imc"), "space must be of type AddressSpace"),
        (lambda wrong: px.mta.route_one_off(TABLE, wrong, "c=us;s=a"), "text"),
        (lambda wrong: px.mta.route_custom_recipient(TABLE, wrong), "recipient must be of type Recipient"),
        (lambda wrong: px.OneOffEntryId(wrong, "SMTP", "a@b.test"), "text"),
        (lambda wrong: px.OneOffEntryId("a", wrong, "a@b.test"), "text"),
        (lambda wrong: px.OneOffEntryId("a", "SMTP", wrong), "text"),
        (px.x400.to_printable_string, "text"),
        (px.x400.from_printable_string, "text"),
        (px.mixer.from_domain_form, "text"),
        (px.mixer.from_gateway_form, "text"),
        (lambda wrong: px.mixer.to_gateway_form(X400, wrong), "gateway must be text"),
        (lambda wrong: px.mixer.to_gateway_form(wrong, "b.test"), "address must be of type X400Address"),
        (lambda wrong: px.mixer.with_smtp(X400, wrong), "smtp must be text"),
        (px.mixer.to_domain_form, "address must be of type X400Address"),
        (px.mixer.smtp_address, "address must be of type X400Address"),
        (px.Connector, "name must be text"),
    ],
)
def test_a_wrong_type_is_a_type_error_that_says_so(call: Callable[[object], object], words: str, wrong: object) -> None:
    with pytest.raises(TypeError, match=words):
        call(wrong)


@pytest.mark.parametrize("argument", ["display_name", "alias", "target_address"])
def test_what_may_be_none_may_be_nothing_else(argument: str) -> None:
    given: dict[str, object] = {"display_name": "Jane", "proxies": [], "alias": None, "target_address": None}
    with pytest.raises(TypeError, match=f"{argument} must be text"):
        px.Recipient(**(given | {argument: 5}))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="display_name must be text"):
        px.OneOffAddress("SMTP", "a@b.test", 5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["table.csv", "./table", "C:\\x\\table", "/etc/table", "~/t", "a table.toml"])
def test_a_name_of_a_file_is_no_table(name: str) -> None:
    with pytest.raises(px.ConfigurationError, match=r"RoutingTable\.from_file") as caught:
        px.RoutingTable.from_gwart(name)
    assert caught.value.code == "path-for-text"


def test_the_name_of_an_existing_file_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gwart0").write_text("SMTP,*;,1,imc\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(px.ConfigurationError, match=r"RoutingTable\.from_file"):
        px.RoutingTable.from_gwart("gwart0")
    assert len(px.RoutingTable.from_file("gwart0").routes) == 1
    for text in ("gwart1", "x" * 300, "SMTP:*@contoso.com;1", ""):
        assert px.RoutingTable.from_gwart(text).routes == ()


def test_the_item_of_an_error_counts_every_text_given() -> None:
    found = px.parse_proxies(["", "smtp:a@b.test", "", "x:"])
    assert [error.item for error in found.errors] == [3]


@pytest.mark.parametrize("text", ["\u00e9" * 200, "SMTP\0"])
def test_a_text_that_is_no_name_of_a_file_is_read_as_a_table(text: str) -> None:
    assert [error.code for error in px.RoutingTable.from_gwart(text).errors] == ["bad-line"]


def test_a_site_without_a_routing_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[[internet_mail_service]]\nname = "a"\n', "utf-8")
    with pytest.raises(px.ConfigurationError) as caught:
        px.Site.from_toml(path)
    assert caught.value.code == "no-routing-table"
