"""The scenario of Q183801 and the rules of type selection."""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.delivery.rules import ADMISSION, RULES
from proxyaddr.delivery.site import from_config
from tests.cases import cases

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
    assert step == (ADMISSION[-1].name, "Q133403", ADMISSION[-1].says, True)
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


REG = (
    "{header}\r\n\r\n; comment\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters]\r\n"
    '"OverrideProxyOut"="SMTPOUT"\r\n"SiteDomain"="imc1.contoso.com"\r\n"ResolveP2"=dword:00000001\r\n'
    '"TurfTable"=hex(7):{turf}\r\n'
)


@pytest.mark.parametrize(
    "data",
    [
        REG.format(header="REGEDIT4", turf="61,00,62,00,00").encode("cp1252"),
        REG.format(header="Windows Registry Editor Version 5.00", turf="61,00,00,00,\\\r\n  62,00,00,00,00,00").encode(
            "utf-16"
        ),
    ],
)
def test_registry_export(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "imc.reg"
    path.write_bytes(data)
    service = px.InternetMailService.from_config(path)
    assert (service.outbound_type, service.site_domain) == ("SMTPOUT", "imc1.contoso.com")
    assert dict(service.unknown_settings) == {"ResolveP2": 1, "TurfTable": ("a", "b")}


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"SMTPOUT"', "dword:00000001", "wrong-registry-type", 5),
        ("dword:00000001", '"1"', "wrong-registry-type", 7),
        ('"SiteDomain"=', '"SiteDomain"', "bad-registry-export", 6),
        ("MSExchangeIMC", "Other", "no-parameters-key", None),
        ("REGEDIT4", "REGEDIT9", "bad-registry-export", 1),
    ],
)
def test_bad_registry_export(tmp_path: Path, old: str, new: str, code: str, line: int | None) -> None:
    path = tmp_path / "imc.reg"
    path.write_bytes(REG.format(header="REGEDIT4", turf="00").replace(old, new).encode())
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_registry_export(path)
    assert (caught.value.code, caught.value.line) == (code, line)


def test_hexadecimal_of_a_registry_export_takes_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "imc.reg"
    path.write_text(REG.format(header="REGEDIT4", turf="a" * 100_000 + "x"))
    with pytest.raises(px.ConfigurationError, match="line 8"):
        px.InternetMailService.from_registry_export(path)


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


def test_exchange_55_export(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(
        b"Obj-Class,Alias Name,Display Name,E-mail Addresses,Secondary-Proxy-Addresses\r\n"
        b"Mailbox,jane,Jane D\xf6e,SMTP:jane@contoso.com%MS:ORG/SITE/JANE,SMTP:j.doe@contoso.com%SMTP:\r\n"
        b"Mailbox,short\r\n"
    )
    directory = px.Directory.from_file(path)
    (jane,) = directory.find("[smtp:J.DOE@contoso.com]")
    assert (jane.display_name, jane.alias) == ("Jane Döe", "jane")
    assert [str(proxy) for proxy in jane.proxies][2] == "smtp:j.doe@contoso.com"
    assert [(error.code, error.line) for error in directory.errors] == [("bad-proxy", 2), ("wrong-field-count", 3)]


def test_get_recipient_csv_and_json(tmp_path: Path) -> None:
    table = tmp_path / "recipients.csv"
    table.write_text('#TYPE x\nDisplayName,EmailAddresses\nJane,"{SMTP:jane@contoso.com, smtp:j@contoso.com}"\n')
    assert len(px.Directory.from_csv(table).find("j@contoso.com")) == 1
    users = tmp_path / "users.json"
    users.write_text('{"value": [{"displayName": "Jane", "proxyAddresses": ["SMTP:jane@contoso.com", ":x"]}, 3]}')
    directory = px.Directory.from_file(users)
    assert len(directory.find("jane@contoso.com")) == 1
    assert [error.code for error in directory.errors] == ["bad-proxy", "not-an-object"]
    users.write_text("[1,\n")
    with pytest.raises(px.ConfigurationError, match="line 2"):
        px.Directory.from_json(users)
