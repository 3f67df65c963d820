"""Which address goes out and why, what is returned, and the settings of connectors and sites."""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.delivery.rules import RULES, Case
from proxyaddr.delivery.site import from_config
from tests.cases import cases
from tests.text_files import written

OVERRIDE = px.InternetMailService(override_proxy_out="SMTPOUT", site_domain="contoso.com")
STOCK = px.InternetMailService(organization="Contoso", site="SITE", server="SERVER")
JANE = px.Recipient("Jane", ["SMTP:jane@contoso.com", "smtpout:jane@inside.test"])
CUSTOM = px.Recipient("Custom", ["SMTP:reply@contoso.com"], target_address="SMTP:target@fabrikam.com")


def outcome(service: px.InternetMailService, recipient: object) -> tuple[str, str]:
    found = service.resolve(recipient)  # type: ignore[arg-type]
    return found.rule, found.envelope_recipient if found.delivered else found.code


@pytest.mark.parametrize(
    ("service", "recipient", "expected"),
    [
        (STOCK, "[SMTPOUT:user@inside.test]", ("no-proxy", "000D06B5")),
        (STOCK, "[SMTP:user@inside.test]", ("one-off-type", "user@inside.test")),
        (OVERRIDE, "[SMTPOUT:user@inside.test]", ("one-off-type", "user@inside.test")),
        (OVERRIDE, "[smtpout:user@inside.test]", ("one-off-type", "user@inside.test")),
        (OVERRIDE, "[SMTP:user@inside.test]", ("no-proxy", "000D06B5")),
        (OVERRIDE, JANE, ("no-proxy", "000D06B5")),
        (STOCK, JANE, ("primary-proxy", "jane@contoso.com")),
        (STOCK, CUSTOM, ("target-address", "target@fabrikam.com")),
        (STOCK, px.parse_proxies("smtp:b@contoso.com;SMTP:a@contoso.com"), ("primary-proxy", "a@contoso.com")),
    ],
)
def test_selection(service: px.InternetMailService, recipient: object, expected: tuple[str, str]) -> None:
    assert outcome(service, recipient) == expected


def given(recipient: str | dict[str, str]) -> str | px.Recipient | px.ProxyList:
    """A case's recipient: text, or one with a name, proxies and a target, or proxies alone."""
    if isinstance(recipient, str):
        return recipient
    proxies = px.parse_proxies(recipient["proxies"])
    return px.Recipient(recipient["name"], proxies, recipient.get("target")) if "name" in recipient else proxies


@pytest.mark.parametrize("case", cases("resolve"), ids=str)
def test_case(case: dict[str, Any]) -> None:
    directory = [given(recipient) for recipient in case.get("directory", ())]
    service = px.InternetMailService(**case.get("service", {}), directory=px.Directory(directory))  # type: ignore[arg-type]
    found = service.resolve(given(case["recipient"]))
    plain = {name: getattr(found, name) for name in case["expected"]}
    shown = {name: f"{v.type}:{v.value}" if name == "address" else v for name, v in plain.items()}
    assert shown == {name: tuple(v) if isinstance(v, list) else v for name, v in case["expected"].items()}
    assert found.delivered == ("envelope_recipient" in case["expected"])
    applied = [step for step in found.trace if step.applied]
    assert applied[0].rule == found.rule if found.delivered else applied[-1].rule == found.rule
    rows = {rule.name: rule for rule in RULES}
    assert [(step.article, step.says) for step in found.trace] == [
        (rows[step.rule].article, rows[step.rule].says) for step in found.trace
    ]


def test_the_order_of_the_rules_is_the_documented_one() -> None:
    names = [rule.name for rule in RULES]
    assert names == [
        *("refused-encapsulation", "ambiguous-recipient", "target-address", "primary-proxy", "one-off-type"),
        *("encapsulation", "no-proxy", "envelope-address", "no-address-space"),
    ]


def test_what_a_site_routes_nowhere_is_not_recognized() -> None:
    routes = [px.Route(px.AddressSpace.parse("SMTP:*@contoso.com"), "imc")]
    site = px.Site([px.InternetMailService(name="imc", server="EX1")], px.RoutingTable(routes))
    found = site.resolve("Jane [FAX:1]")
    assert not found.delivered
    assert (found.recipient, str(found.address), found.server) == ("Jane", "Jane [FAX:1]", "EX1")
    assert found.remedy == ("add an address space of the right type and cost: FAX:*;1",)
    (step,) = found.trace
    assert step == ("no-address-space", "Q133403", "no address space matches", True)
    nobody = site.resolve(px.Recipient("Joe", "smtp:joe@contoso.com"))
    assert not nobody.delivered
    assert nobody.remedy == ("add an address space of the right type and cost: SMTP:*;1",)


def test_a_one_off_that_a_recipient_holds_is_that_recipient() -> None:
    service = px.InternetMailService(directory=px.Directory([JANE, CUSTOM]))
    assert outcome(service, "[SMTPOUT:JANE@inside.test]") == ("primary-proxy", "jane@contoso.com")
    assert outcome(service, "reply@contoso.com") == ("target-address", "target@fabrikam.com")
    assert outcome(service, "other@contoso.com") == ("one-off-type", "other@contoso.com")


def test_an_address_of_two_recipients_is_ambiguous() -> None:
    twin = px.Recipient("Twin", ["SMTP:twin@contoso.com", "smtp:Jane@Contoso.com"])
    service = px.InternetMailService(directory=px.Directory([JANE, twin]))
    assert outcome(service, "jane@contoso.com") == ("ambiguous-recipient", "000C0595")


def test_one_connector_makes_one_routing_table_of_its_address_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[px.RoutingTable] = []
    make = px.RoutingTable.__init__

    def counted(table: px.RoutingTable, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - as the table takes
        made.append(table)
        make(table, *arguments, **settings)

    monkeypatch.setattr(px.RoutingTable, "__init__", counted)
    service = px.InternetMailService(address_spaces=["SMTP:*@contoso.com"])
    assert [service.table()] == made
    for address in ("a@contoso.com", "a@elsewhere", "[FAX:1]"):
        service.resolve(address)
    assert len(made) == 1


def test_address_spaces_must_match_where_there_are_any() -> None:
    settings = {"override_proxy_out": "SMTPOUT", "site_domain": "contoso.com"}
    with_space = px.InternetMailService(**settings, address_spaces=["SMTPOUT:*;5", "SMTPOUT:;1"])  # type: ignore[arg-type]
    found = with_space.resolve("[SMTPOUT:a@b]")
    assert found.delivered
    assert str(found.address_space) == "SMTPOUT:*;5"
    without = px.InternetMailService(**settings, address_spaces=["SMTP:*;1"])  # type: ignore[arg-type]
    assert outcome(without, "[SMTPOUT:a@b]") == ("no-address-space", "unrecognized-OR-name")


@pytest.mark.parametrize("value", ["a\\x0d\\x0aDATA@b", "a@b>", "<a@b", "a\\x00@b", "joe", "a b@c", "\ud800@b"])
def test_what_could_inject_never_reaches_the_envelope(value: str) -> None:
    assert outcome(STOCK, f"[SMTP:{value}]") == ("envelope-address", "000B0981")


def test_trace_names_every_rule_tried() -> None:
    found = STOCK.resolve("[SMTPOUT:a@b]")
    assert [step.rule for step in found.trace if step.applied] == ["no-proxy"]
    assert [step.article for step in found.trace][-1] == "Q183801"
    assert pickle.loads(pickle.dumps(found)) == found


def test_report_in_the_layouts() -> None:
    found = STOCK.resolve("[SMTPOUT:user@domain.com]")
    assert not found.delivered
    sent, reported = datetime(1998, 1, 5, 19, 31), datetime(1998, 1, 5, 20, 1)
    text = found.report(subject="Test Subject", sent=sent, reported=reported)
    assert "Sent: Monday, January 05, 1998 8:01 PM\n" in text
    assert "Subject: Test Subject\n      Sent: 1/5/98 7:31 PM\n" in text
    assert "'user@domain.com' on 1/5/98 8:01 PM" in text
    assert "MSEXCH:IMS:Contoso:SITE:SERVER 0 (000D06B5) No proxy for Recipient" in " ".join(text.split())
    mta = found.report(subject="x", sent=sent, layout="mta")
    assert "MSEXCH:MSExchangeMTA:SITE:SERVER" in mta
    ms_mail = found.report(subject="x\r\nBcc: y", sent=sent, layout="ms-mail")
    assert "Delivery failed to SMTPOUT:user@domain.com\n" in ms_mail
    assert "\nBcc" not in ms_mail


def test_override_without_site_domain_could_not_start() -> None:
    with pytest.raises(px.ConfigurationError, match="SiteDomain"):
        px.InternetMailService(override_proxy_out="SMTPOUT")
    assert px.InternetMailService(override_proxy_out="SMTPOUT", site_addresses={"smtpout": "@x"}).outbound_type


@pytest.mark.parametrize("wrong", [None, 3, b"[SMTP:a@b]"])
def test_what_is_no_text_is_a_type_error(wrong: object) -> None:
    with pytest.raises(TypeError):
        STOCK.resolve(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("space", ["SMTP:*;0", "SMTP:*;101", "SMTP:*;" + "9" * 5000, "X400:c=USA", "a*b:x"])
def test_bad_address_spaces_are_refused(space: str) -> None:
    with pytest.raises(px.ConfigurationError):
        px.InternetMailService(address_spaces=[space])


def test_toml(tmp_path: Path) -> None:
    path = tmp_path / "imc.toml"
    path.write_text('[internet_mail_service]\noverride_proxy_out = "SMTPOUT"\nsite_domain = "x.test"\n')
    service = px.InternetMailService.from_config(path)
    assert (service.outbound_type, service.site_domain) == ("SMTPOUT", "x.test")
    path.write_text("[internet_mail_service]\nsite_domain = 1\n")
    with pytest.raises(px.ConfigurationError, match="site_domain is a string"):
        px.InternetMailService.from_toml(path)
    with pytest.raises(px.ConfigurationError):
        px.InternetMailService.from_toml(tmp_path / "absent.toml")


CONNECTOR = '[internet_mail_service]\nname = "imc"\n'
ROUTES = '[routing_table]\nroutes = [{space = "SMTP:*", connector = "imc"}]\n'


@pytest.mark.parametrize(
    ("read", "content", "kind"),
    [
        (from_config, CONNECTOR, px.InternetMailService),
        (from_config, CONNECTOR + ROUTES, px.InternetMailService),
        (from_config, f"[{CONNECTOR}".replace("]", "]]") + ROUTES, px.Site),
        (px.InternetMailService.from_config, CONNECTOR + ROUTES, px.InternetMailService),
        (px.Site.from_toml, f"[{CONNECTOR}".replace("]", "]]") + ROUTES, px.Site),
    ],
)
def test_a_file_of_settings_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object], content: str, kind: type
) -> None:
    path = tmp_path / "imc.toml"
    path.write_text(content)
    parsed: list[str] = []
    parse = tomllib.loads

    def counted(text: str) -> dict[str, Any]:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(tomllib, "loads", counted)
    assert isinstance(read(path), kind)
    assert parsed == [content]


@pytest.mark.parametrize(
    ("content", "code", "setting"),
    [
        ("[internet_mail_service]\naddress_spaces = 1\n", "wrong-type", "address_spaces"),
        ("[internet_mail_service]\naddress_spaces = [1]\n", "wrong-type", "address_spaces"),
        ("[internet_mail_service.site_addresses]\nSMTP = 1\n", "wrong-type", "site_addresses"),
        ("[internet_mail_service]\noverride_proxy_out = 'a b'\n", "bad-type", "OverrideProxyOut"),
        ("[internet_mail_service]\nsite_domain = 'a@b'\n", "bad-site-domain", "SiteDomain"),
        ("[internet_mail_service]\naddress_spaces = ['SMTP:*;0']\n", "bad-cost", "address_spaces"),
        ("internet_mail_service = 1\n", "wrong-type", "internet_mail_service"),
        ("internet_mail_service\n", "bad-toml", None),
        (f"a = {'9' * 5_000}\n", "bad-toml", None),
        (f"a = {'[' * 100_000}\n", "bad-toml", None),
        ("[internet_mail_service]\n[routing_table]\nroutes = 1\n", "wrong-type", "routing_table.routes"),
        ("routing_table = 1\n", "wrong-type", "routing_table"),
        ("[routing_table]\nspaces = []\n", "unknown-setting", "spaces"),
        ("[routing_table]\nconnectors = [{tries = 1}]\n", "no-connector-name", "name"),
        ("[routing_table]\ndialect = 'exchange95'\n", "unknown-dialect", "dialect"),
    ],
)
def test_wrong_settings_name_the_setting(tmp_path: Path, content: str, code: str, setting: str | None) -> None:
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_config(written(tmp_path, "imc.toml", content))
    assert (caught.value.code, caught.value.setting) == (code, setting)


def test_a_service_with_a_routing_table_of_its_own(tmp_path: Path) -> None:
    content = """
[internet_mail_service]
name = "imc"
site_addresses = {smtp = "site@contoso.com"}

[routing_table]
routes = [{space = "SMTP:*@contoso.com;3", connector = "imc", scope = "site"}, {space = "SMTP:*"}, {connector = "x"}]
"""
    path = written(tmp_path, "imc.toml", content)
    service = px.InternetMailService.from_config(path)
    found = service.resolve("a@contoso.com")
    assert found.delivered
    assert (found.connector, found.address_space and found.address_space.scope) == ("imc", px.Scope.SITE)
    table = service.table()
    assert table is not None
    assert [error.line for error in table.errors] == [2, 3]
    assert px.RoutingTable.from_file(path).routes == table.routes
    other = px.RoutingTable([])
    assert px.InternetMailService.from_config(path, routing_table=other).table() is other


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
        ("tries = 1", "retries = 1", "unknown name 'retries'"),
        ('"remote"', '"far"', "proximity is one of"),
        ("[routing_table]", "[table]", "routing_table"),
    ],
)
def test_a_wrong_site_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE.replace(old, new))
    with pytest.raises(px.ConfigurationError, match=message):
        px.Site.from_toml(path)


def test_a_service_with_a_table_names_connector_and_space() -> None:
    table = px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*@contoso.com;7"), "imc")])
    service = px.InternetMailService(routing_table=table)
    found = service.resolve("a@contoso.com")
    assert found.delivered
    assert (found.connector, str(found.address_space)) == ("imc", "SMTP:*@contoso.com;7")
    assert service.resolve("a@fabrikam.com").rule == "no-address-space"


FOREIGN = "IMCEAFAX-+2B1+20555@contoso.com"
DN = "/o=Org/ou=Site/cn=Recipients/cn=a-name-that-is-as-long-as-those-of-exchange-online-are"


def test_a_foreign_type_goes_out_encapsulated() -> None:
    service = px.InternetMailService(site_domain="contoso.com", encapsulate=True)
    found = service.resolve("[FAX:+1 555]")
    assert found.delivered
    assert (found.rule, found.envelope_recipient, found.address.type) == ("encapsulation", FOREIGN, "SMTP")
    legacy = service.resolve(f"[EX:{DN}]")
    assert legacy.delivered
    assert px.decapsulate(legacy.envelope_recipient).value == DN
    custom = service.resolve(px.Recipient("Fax", ["X400:c=us;s=x"], "FAX:+1 555"))
    assert custom.delivered
    assert custom.envelope_recipient == FOREIGN


@pytest.mark.parametrize(
    "recipient", ["[X500:/o=a/ou=b/cn=c]", "[INVALID:x]", "[SMTPOUT:a@b]", "[FAX:" + "+" * 200 + "]"]
)
def test_what_is_never_encapsulated(recipient: str) -> None:
    found = px.InternetMailService(site_domain="contoso.com", encapsulate=True).resolve(recipient)
    assert not found.delivered
    assert found.rule == "no-proxy"


def test_encapsulation_is_optional_and_needs_a_domain() -> None:
    assert px.InternetMailService(site_domain="contoso.com").resolve("[FAX:1]").rule == "no-proxy"
    with pytest.raises(px.ConfigurationError, match="SiteDomain"):
        px.InternetMailService(encapsulate=True)
    by_address = px.InternetMailService(site_addresses={"SMTP": "site@fabrikam.com"}, encapsulate=True)
    found = by_address.resolve("[FAX:1]")
    assert found.delivered
    assert found.envelope_recipient == "IMCEAFAX-1@fabrikam.com"


def test_an_incoming_address_is_unwrapped_for_the_local_domain_alone() -> None:
    held = px.Recipient("Jane", ["SMTP:jane@contoso.com", f"X500:{DN}"])
    service = px.InternetMailService(site_domain="Contoso.com", directory=px.Directory([held]))
    ours, theirs = px.encapsulate("EX", DN, "contoso.com"), px.encapsulate("EX", DN, "fabrikam.com")
    found = service.resolve(ours)
    assert found.delivered
    assert (found.rule, found.envelope_recipient) == ("primary-proxy", "jane@contoso.com")
    other = service.resolve(theirs)
    assert other.delivered
    assert (other.rule, other.envelope_recipient) == ("one-off-type", theirs)
    assert service.resolve(px.encapsulate("FAX", "1", "contoso.com")).rule == "no-proxy"


@pytest.mark.parametrize("kind", ["SMTP", "SMTPOUT", "X500", "INVALID"])
@pytest.mark.parametrize("outbound", ["SMTP", "SMTPOUT"])
def test_nothing_is_relayed_through_encapsulation(kind: str, outbound: str) -> None:
    service = px.InternetMailService(site_domain="contoso.com", override_proxy_out=outbound, encapsulate=True)
    inside = px.encapsulate(kind, "victim@elsewhere.example", "contoso.com")
    found = service.resolve(px.OneOffAddress(outbound, inside))
    assert not found.delivered
    assert (found.rule, found.code) == ("refused-encapsulation", "unrecognized-OR-name")


def test_a_service_is_pickled_with_its_settings() -> None:
    service = px.InternetMailService(
        override_proxy_out="SMTPOUT", site_domain="x.test", site_addresses={"SMTP": "site@x.test"}
    )
    again = pickle.loads(pickle.dumps(service))
    assert (again.outbound_type, again.site_domain, dict(again.site_addresses)) == (
        "SMTPOUT",
        "x.test",
        {"SMTP": "site@x.test"},
    )


def test_text_without_a_chosen_address_breaks_no_rule_of_the_envelope() -> None:
    case = Case(px.InternetMailService(address_spaces=["SMTP:*"]), None, ())
    assert (case.is_malformed(), case.route(), case.is_unrouted()) == (False, None, True)


def test_a_site_resolves_every_kind_of_recipient() -> None:
    routes = [px.Route(px.AddressSpace.parse(space), name) for space, name in (("SMTP:*@a.test", "a"), ("SMTP:*", "b"))]
    held = px.Recipient("Jane", "SMTP:jane@a.test;smtp:j@b.test")
    site = px.Site(
        [px.InternetMailService(name="a"), px.InternetMailService(name="b")],
        px.RoutingTable(routes),
        directory=px.Directory([held]),
    )
    for recipient in ("j@b.test", px.parse("j@b.test"), held, held.proxies):
        found = site.resolve(recipient)
        assert found.delivered
        assert (found.connector, found.envelope_recipient) == ("a", "jane@a.test")
    custom = site.resolve(px.Recipient("Joe", "SMTP:joe@a.test", "SMTP:joe@c.test"))
    assert custom.delivered
    assert (custom.connector, custom.envelope_recipient) == ("b", "joe@c.test")
    nobody = site.resolve(px.parse_proxies("smtp:only@secondary.test"))
    assert (nobody.delivered, nobody.rule) == (False, "no-address-space")
    with pytest.raises(px.ConfigurationError) as caught:
        px.Site([], px.RoutingTable(routes))
    assert caught.value.code == "no-connector"
