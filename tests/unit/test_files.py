"""What files of settings, recipients and routes may hold, whoever wrote them: encodings, odd rows, what is refused."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr._files.settings import (
    FLAG,
    TABLE_OF_TEXTS,
    TEXT,
    TEXTS,
    WHOLE_NUMBER,
    Setting,
    member_of,
    read_settings,
)

PARAMETERS = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters]"
TOO_LONG = "x" * 200_000
"""More than the csv module takes in one field."""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_exports_are_read_in_the_encodings_that_exporters_use(tmp_path: Path, encoding: str) -> None:
    text = "Display Name,E-mail Addresses\r\nJane Döe,SMTP:jane@contoso.com\r\n"
    directory = px.Directory.from_csv(written(tmp_path, "a.csv", text.encode(encoding)))
    assert [recipient.display_name for recipient in directory] == ["Jane Döe"]
    assert (len(directory), directory.errors) == (1, ())


def test_only_line_ends_end_a_row(tmp_path: Path) -> None:
    names = ["a\u2028b", "a\x0bb", "a\x85b", "a\x1cb"]
    rows = "\r\n".join(f"{name},SMTP:a@b" for name in names)
    directory = px.Directory.from_csv(written(tmp_path, "a.csv", f"name,proxyAddresses\r\n{rows}"))
    assert ([recipient.display_name for recipient in directory], directory.errors) == (names, ())
    quoted = px.Directory.from_csv(written(tmp_path, "a.csv", 'name,proxyAddresses\r"a\nb",SMTP:a@b\rc,SMTP:c@d\r'))
    assert [recipient.display_name for recipient in quoted] == ["a\nb", "c"]


def test_a_field_too_long_for_csv_costs_its_row_alone(tmp_path: Path) -> None:
    good = "Jane,SMTP:jane@contoso.com\n"
    path = written(tmp_path, "a.csv", f"name,proxyAddresses\n{good}\n{TOO_LONG},x\n{good.replace('jane', 'joe')}")
    directory = px.Directory.from_csv(path)
    assert [str(recipient.proxies) for recipient in directory] == ["SMTP:jane@contoso.com", "SMTP:joe@contoso.com"]
    assert [(error.code, error.line, error.source) for error in directory.errors] == [("bad-row", 4, str(path))]
    assert str(directory.errors[0]).startswith(f"{path}, line 4: not CSV")
    table = px.RoutingTable.from_csv(written(tmp_path, "t.csv", f"space,connector\n{TOO_LONG},a\nSMTP:*,b\n"))
    assert [error.line for error in table.errors] == [2]
    assert [route.connector for route in table.routes] == ["b"]


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("a.csv", f"{TOO_LONG},proxyAddresses\n", "bad-header", 1),
        ("a.csv", f"#TYPE x\n{TOO_LONG},proxyAddresses\n", "bad-header", 2),
        ("a.csv", "Name,Phone\nJane,1\n", "no-proxy-column", 1),
        ("a.csv", "", "no-proxy-column", 1),
        ("a.json", '[\n{"a": 1},\nx]', "bad-json", 3),
        ("a.json", "[" * 100_000, "bad-json", 1),
        ("a.json", f"[{'9' * 5_000}]", "bad-json", 1),
        ("a.json", '"SMTP:jane@contoso.com"', "bad-json", 1),
    ],
)
def test_a_file_that_is_no_directory_is_refused_with_its_line(
    tmp_path: Path, name: str, content: str, code: str, line: int
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_file(path)
    assert (caught.value.code, caught.value.source, caught.value.line) == (code, str(path), line)


def test_what_recipients_as_json_may_look_like(tmp_path: Path) -> None:
    deep = {"Prefix": "SMTP", "ProxyAddressString": "SMTP:deep@contoso.com"}
    recipients: list[object] = [
        {"Name": "Deep", "EmailAddresses": [deep, {"ProxyAddressString": "smtp:d@contoso.com"}], "Phone": 1},
        {"EmailAddresses": deep, "DisplayName": "One"},
        {"DisplayName": None, "alias": "text", "proxyAddresses": "SMTP:text@contoso.com;smtp:t@contoso.com"},
        {"displayName": "None at all", "proxyAddresses": None},
        {"name": "Unknown form", "EmailAddresses": [{"Address": "a@contoso.com"}, None, 5, "SMTP:u@contoso.com"]},
        {"name": "Custom", "EmailAddresses": [], "ExternalEmailAddress": "SMTP:out@fabrikam.com"},
        {"name": "Bad target", "EmailAddresses": ["SMTP:b@contoso.com"], "targetAddress": ":x"},
    ]
    directory = px.Directory.from_json(written(tmp_path, "a.json", json.dumps(recipients)))
    assert [recipient.display_name for recipient in directory] == [
        "Deep",
        "One",
        "text",
        "None at all",
        "Unknown form",
        "Custom",
        "Bad target",
    ]
    assert [[str(proxy) for proxy in recipient.proxies] for recipient in directory][:5] == [
        ["SMTP:deep@contoso.com", "smtp:d@contoso.com"],
        ["SMTP:deep@contoso.com"],
        ["SMTP:text@contoso.com", "smtp:t@contoso.com"],
        [],
        ["SMTP:u@contoso.com"],
    ]
    custom, bad = directory.recipients[5:]
    assert (str(custom.target_address), bad.target_address) == ("SMTP:out@fabrikam.com", None)
    assert [(error.code, error.line) for error in directory.errors] == [("bad-proxy", 5), ("bad-proxy", 7)]
    only = px.Directory.from_json(written(tmp_path, "one.json", json.dumps(recipients[2])))
    assert [recipient.alias for recipient in only] == ["text"]


def test_a_recipient_with_more_proxies_than_are_read_costs_its_row_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "name,proxyAddresses\nA,SMTP:a@b;smtp:c@d;smtp:e@f\nB,SMTP:b@b\n")
    directory = px.Directory.from_csv(path, limits=px.Limits(list_items=2))
    assert [recipient.display_name for recipient in directory] == ["B"]
    assert [(error.code, error.line) for error in directory.errors] == [("too-many-items", 2)]


def test_a_header_longer_than_a_line_may_be_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "#TYPE x\nname,proxyAddresses\n")
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_csv(path, limits=px.Limits(line_length=10))
    assert (caught.value.code, caught.value.line) == ("bad-header", 2)


def test_a_recipient_takes_proxies_in_any_form_and_no_bad_one() -> None:
    parsed = px.parse_proxies("SMTP:a@b")
    assert px.Recipient("A", parsed).proxies is parsed
    assert px.Recipient("A", "SMTP:a@b").proxies == px.Recipient("A", list(parsed)).proxies == parsed
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.Recipient("A", "SMTP:a@b;:x")
    assert caught.value.code == "empty-type"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([r"[-HKEY_LOCAL_MACHINE\Gone]", '"ResolveP2"=dword:2', PARAMETERS], {}),
        ([PARAMETERS, '"Gone"=-', '"ResolveP2"=dword:0000000a'], {"ResolveP2": 10}),
        ([PARAMETERS, '@="default"', r'"Path\"s"="C:\\x"'], {'Path"s': "C:\\x"}),
        ([PARAMETERS, '"Expanded"=hex(2):25,61,25,00', '"Octets"=hex:01,ff'], {"Expanded": "%a%", "Octets": b"\1\xff"}),
        ([PARAMETERS, '"Odd"=hex(b):01,00', '"Cut"=hex:01,\\'], {"Odd": b"\1\0", "Cut": b"\1"}),
        ([PARAMETERS, '"Ansi"="D\xf6e"'], {"Ansi": "Döe"}),
        ([r"[HKEY_LOCAL_MACHINE\Other]", '"Elsewhere"="x"', PARAMETERS], {}),
    ],
)
def test_values_of_a_registry_export(tmp_path: Path, lines: list[str], kept: dict[str, object]) -> None:
    content = "\r\n".join(["REGEDIT4", "", *lines]).encode("cp1252")
    service = px.InternetMailService.from_config(written(tmp_path, "imc.REG", content))
    assert dict(service.unknown_settings) == kept


def test_an_ansi_export_saved_as_unicode_keeps_its_bytes_ansi(tmp_path: Path) -> None:
    text = f'REGEDIT4\r\n{PARAMETERS}\r\n"OverrideProxyOut"=""\r\n"Table"=hex(7):61,00,62,00,00\r\n'
    service = px.InternetMailService.from_config(written(tmp_path, "imc.reg", text.encode("utf-16")))
    assert (service.override_proxy_out, dict(service.unknown_settings)) == (None, {"Table": ("a", "b")})


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"A"=dword:xyz', "bad-registry-export"),
        ('"A"=hex:1,2,345', "bad-registry-export"),
        ("no value", "bad-registry-export"),
        ('"ResolveP2"=hex:01', "wrong-registry-type"),
    ],
)
def test_a_malformed_registry_value_is_refused_with_its_line(tmp_path: Path, line: str, code: str) -> None:
    path = written(tmp_path, "imc.reg", f"REGEDIT4\n{PARAMETERS}\n{line}\n")
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_registry_export(path)
    assert (caught.value.code, caught.value.line) == (code, 3)


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


def connectors(folder: Path, *entries: dict[str, Any]) -> px.RoutingTable:
    return px.RoutingTable.from_connectors_json(written(folder, "c.json", json.dumps(entries)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, None),
        ("", None),
        (" unlimited ", None),
        ("35MB", 35 * 2**20),
        (" 2 gb ", 2 * 2**31 // 2),
        ("1 T", 2**40),
        ("10", 10),
        (10_485_760, 10_485_760),
        ("10 MB (10,485,760 bytes)", 10_485_760),
        ("10 MB (10.485.760 bytes)", 10_485_760),
        ({"IsUnlimited": True, "Value": 5}, None),
        ({"IsUnlimited": False, "Value": {"Value": 512}}, 512),
        ({"Value": "1 KB"}, 1024),
    ],
)
def test_sizes_of_send_connectors(tmp_path: Path, size: object, expected: int | None) -> None:
    table = connectors(tmp_path, {"Name": "Out", "AddressSpaces": "*", "MaxMessageSize": size})
    assert (table.errors, table.connectors["Out"].max_message_size) == ((), expected)


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("MaxMessageSize", "large", "bad-size"),
        ("MaxMessageSize", -1, "bad-size"),
        ("MaxMessageSize", True, "bad-size"),
        ("MaxMessageSize", 1.5, "bad-size"),
        ("MaxMessageSize", {"Value": []}, "bad-size"),
        ("Enabled", "yes", "wrong-type"),
    ],
)
def test_a_bad_setting_of_a_send_connector_costs_the_setting_alone(
    tmp_path: Path, setting: str, value: object, code: str
) -> None:
    table = connectors(tmp_path, {"Identity": "Out", "AddressSpaces": ["*"], setting: value})
    assert [(error.code, error.line) for error in table.errors] == [(code, 1)]
    assert table.connectors["Out"] == px.Connector("Out")
    found = table.route("a@b")
    assert found is not None
    assert found.connector == "Out"


def test_spaces_of_send_connectors(tmp_path: Path) -> None:
    spaces = [{"Domain": "contoso.com"}, {"Type": "SMTP"}, "*.fabrikam.com;7", 3]
    table = connectors(tmp_path, {"Name": "Out", "AddressSpaces": spaces, "IsScopedConnector": True}, {"Name": "Idle"})
    assert [(str(route.space), route.space.scope) for route in table.routes] == [
        ("LOCAL:SMTP:contoso.com;1", px.Scope.SITE),
        ("LOCAL:SMTP:*.fabrikam.com;7", px.Scope.SITE),
    ]
    assert [error.code for error in table.errors] == ["bad-route", "bad-route"]
    assert set(table.connectors) == {"Out", "Idle"}


def test_a_table_is_read_by_the_ending_of_its_name(tmp_path: Path) -> None:
    gwart = px.RoutingTable.from_file(written(tmp_path, "gwart0.mta", "SMTP,*;,1,imc,\n\n"))
    table = px.RoutingTable.from_file(written(tmp_path, "t.csv", "space,connector\n*,imc\n"), dialect="exchange2007")
    assert (str(gwart.routes[0].space), gwart.dialect) == ("SMTP:*;1", px.Dialect.EXCHANGE55)
    assert (str(table.routes[0].space), table.dialect) == ("SMTP:*;1", px.Dialect.EXCHANGE2007)
    marked = codecs.BOM_UTF16_LE + "SMTP,*@bücher.test;,1,imc,\n".encode("utf-16-le")
    assert px.RoutingTable.from_file(written(tmp_path, "gwart", marked)).routes[0].space.pattern == "*@bücher.test"
    with pytest.raises(px.ConfigurationError) as caught:
        px.RoutingTable.from_file(written(tmp_path, "t.toml", "[internet_mail_service]\n"))
    assert caught.value.code == "no-routing-table"


@pytest.mark.parametrize(
    ("setting", "good", "kept", "bad"),
    [
        (TEXT, "a", "a", [1, True, ["a"]]),
        (FLAG, False, False, [0, "no"]),
        (WHOLE_NUMBER, 3, 3, [True, 3.0, "3"]),
        (TEXTS, ["a"], ["a"], ["a", [1], {"a": "b"}]),
        (TABLE_OF_TEXTS, {"a": "b"}, {"a": "b"}, ["a", ["a"], {"a": 1}]),
        (member_of(px.Proximity), "Same_Site", px.Proximity.SAME_SITE, ["far", 1]),
    ],
    ids=lambda value: value.what if isinstance(value, Setting) else None,
)
def test_a_setting_holds_what_it_says(setting: Setting, good: object, kept: object, bad: list[object]) -> None:
    known = {"name": setting, "other": TEXT}
    assert read_settings({"other": "x", "name": good}, known, "a.toml", "a site") == {"name": kept, "other": "x"}
    for value in bad:
        with pytest.raises(px.ConfigurationError, match=r"^a\.toml: name is ") as caught:
            read_settings({"name": value}, known, "a.toml", "a site")
        assert (caught.value.code, caught.value.setting) == ("wrong-type", "name")
        assert setting.what in str(caught.value)


def test_an_unknown_setting_is_refused_beside_the_known_ones() -> None:
    with pytest.raises(
        px.ConfigurationError, match=r"^a\.toml: a site has no 'nmae', did you mean 'name'\? Known: name, other$"
    ) as caught:
        read_settings({"nmae": "x"}, {"name": TEXT, "other": FLAG}, "a.toml", "a site")
    assert (caught.value.code, caught.value.setting) == ("unknown-setting", "nmae")
