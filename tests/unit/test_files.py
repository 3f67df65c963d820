"""What files may hold, whoever wrote them: encodings, rows, registry exports and settings."""

from __future__ import annotations

from pathlib import Path

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
from tests.text_files import TOO_LONG, written

PARAMETERS = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters]"


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


def test_a_header_longer_than_a_line_may_be_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "#TYPE x\nname,proxyAddresses\n")
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_csv(path, limits=px.Limits(line_length=10))
    assert (caught.value.code, caught.value.line) == ("bad-header", 2)


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
        px.ConfigurationError,
        match=r"^a\.toml: unknown name 'nmae' in a site \(did you mean 'name'\?\); known are name, other$",
    ) as caught:
        read_settings({"nmae": "x"}, {"name": TEXT, "other": FLAG}, "a.toml", "a site")
    assert (caught.value.code, caught.value.setting) == ("unknown-setting", "nmae")


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
