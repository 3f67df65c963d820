"""Settings of files: nothing is ignored in silence, and the registry is read in every form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.delivery.site import from_config

KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters"
OLD_KEY = KEY.replace("CurrentControlSet", "ControlSet001")
EXPECTED = ("SMTPOUT", "imc1.contoso.com", {"ResolveP2": 1})


@pytest.mark.parametrize(
    ("content", "nearest", "known"),
    [
        ("[internet_mail_servise]\n", "internet_mail_service", "routing_table"),
        ("[[internet_mail_servise]]\n", "internet_mail_service", "routing_table"),
        ("[internet_mail_service]\noverride_proxy_ouput = 'X'\n", "override_proxy_out", "site_domain"),
        ("[internet_mail_service]\nSiteDomian = 'X'\n", "site_domain", "override_proxy_out"),
        ("[routing_table]\nroute = []\n", "routes", "dialect"),
        ("[routing_table]\nroutes = [{space = 'SMTP:*', connector = 'A', scpoe = 'site'}]\n", "scope", "space"),
        ("[routing_table]\nconnectors = [{name = 'A', max_mesage_size = 1}]\n", "max_message_size", "enabled"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    tmp_path: Path, content: str, nearest: str, known: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(content)
    readers: list[Callable[[Path], object]] = [from_config, px.InternetMailService.from_config]
    for read in (*readers, px.RoutingTable.from_toml) if "routing_table]" in content else readers:
        with pytest.raises(px.ConfigurationError, match=f"did you mean '{nearest}'.*known are .*{known}") as caught:
            read(path)
        assert caught.value.code == "unknown-setting"


def test_a_name_like_no_other_lists_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("zzz = 1\n")
    with pytest.raises(
        px.ConfigurationError, match="'zzz' in the file; known are internet_mail_service, routing_table"
    ):
        px.RoutingTable.from_toml(path)


def test_a_site_refuses_an_unknown_table(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[[internet_mail_service]]\nname = 'A'\n[routing_tabel]\n")
    with pytest.raises(px.ConfigurationError, match="did you mean 'routing_table'"):
        px.Site.from_toml(path)


@pytest.mark.parametrize("spelling", ["OverrideProxyOut", "OVERRIDEPROXYOUT", "override_proxy_out"])
def test_spellings_of_the_product(tmp_path: Path, spelling: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(f'[internet_mail_service]\n{spelling} = "SMTPOUT"\nSiteDomain = "x.test"\n')
    service = px.InternetMailService.from_toml(path)
    assert (service.outbound_type, service.site_domain) == ("SMTPOUT", "x.test")


@pytest.mark.parametrize(
    "content",
    [
        "[internet_mail_service]\nsite_domain = 'a.test'\nSiteDomain = 'b.test'\n",
        "[routing_table]\nroutes = [{space = 'SMTP:*', connector = 'A', connectors = ['B']}]\n",
    ],
)
def test_a_setting_given_twice_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(content)
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_config(path)
    assert caught.value.code == "repeated-setting"


QUERY = f"""
! REG.EXE VERSION 3.0

{KEY}
    (Default)    REG_SZ    (value not set)
    OverrideProxyOut    REG_SZ    SMTPOUT
\tSiteDomain\tREG_SZ\timc1.contoso.com
    ResolveP2    REG_DWORD    0x1

End of search: 3 match(es) found.
"""
LIST = r"""

OverrideProxyOut : SMTPOUT
SiteDomain       : imc1.
                   contoso.com
ResolveP2        : 1
PSPath           : Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeI
                   MC\Parameters
PSChildName      : Parameters

"""
CLIXML = rf"""<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0">
<TN RefId="0"><T>System.Management.Automation.PSCustomObject</T></TN><MS><S N="OverrideProxyOut">SMTPOUT</S>
<S N="SiteDomain">imc1_x002E_contoso.com</S><I32 N="ResolveP2">1</I32><S N="PSPath">Registry::{KEY}</S>
<S N="_x0028_default_x0029_">x</S></MS></Obj></Objs>"""
OBJECT = {
    "OverrideProxyOut": "SMTPOUT",
    "SiteDomain": "imc1.contoso.com",
    "ResolveP2": 1,
    "PSPath": f"Microsoft.PowerShell.Core\\Registry::{KEY}",
    "PSDrive": {"Name": "HKLM"},
}
NAME, DOMAIN = (",".join(f"{b:02x}" for b in f"{text}\0".encode("utf-16-le")) for text in EXPECTED[:2])
STRINGS = (
    f"Windows Registry Editor Version 5.00\n\n[{KEY}]\n"
    f'"OverrideProxyOut"=hex(1):{NAME}\n"SiteDomain"=hex(1):{DOMAIN}\n"ResolveP2"=dword:1\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "content", [QUERY, LIST, CLIXML, f"#< CLIXML\n{CLIXML}", json.dumps(OBJECT), json.dumps([OBJECT]), STRINGS]
)
def test_the_registry_in_every_form(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "settings.txt"
    path.write_bytes(content.encode(encoding))
    for read in (from_config, px.InternetMailService.from_config, px.InternetMailService.from_registry_export):
        service = read(path)
        assert isinstance(service, px.InternetMailService)
        kept = {name: int(str(value)) for name, value in service.unknown_settings.items()}
        assert (service.outbound_type, service.site_domain, kept) == EXPECTED


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (f"{KEY}\n    A    REG_MULTI_SZ    a\\0b\n    B    REG_BINARY    01FF\n    C    REG_SZ\n", ("a", "b")),
        (json.dumps({"A": ["a", "b"], "B": [1, 255], "PSPath": KEY}), ("a", "b")),
        (CLIXML.replace("</MS>", '<Obj N="A"><LST><S>a</S><S>b</S></LST></Obj></MS>'), ("a", "b")),
    ],
)
def test_values_of_several_texts(tmp_path: Path, content: str, kept: object) -> None:
    path = tmp_path / "settings.txt"
    path.write_text(content)
    assert px.InternetMailService.from_config(path).unknown_settings["A"] == kept


@pytest.mark.parametrize("content", ['{"SiteDomain": "x.test"}', "SiteDomain : x.test\n", '[{"ResolveP2": 1}]'])
def test_values_without_their_key_are_known_by_their_names(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.txt"
    path.write_text(content)
    service = px.InternetMailService.from_config(path)
    assert service.site_domain == "x.test" or dict(service.unknown_settings) == {"ResolveP2": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("HKEY_LOCAL_MACHINE\\X\nOverrideProxyOut=1\n", "bad-registry-export"),
        (f"{KEY}\n    ResolveP2    REG_DWORD    xyz\n", "bad-registry-export"),
        (f"{KEY}\n    ResolveP2    REG_SZ    1\n", "wrong-registry-type"),
        ("HKEY_LOCAL_MACHINE\\X\n    SiteDomain    REG_SZ    x.test\n", "no-parameters-key"),
        ("SiteDomain : x.test\nno property\n", "bad-registry-export"),
        ('{"SiteDomain": ', "bad-registry-export"),
        ('{"SiteDomain": ' + "1" * 5_000 + "}", "bad-registry-export"),
        ('[{"SiteDomain": "x.test"}, 1]', "bad-registry-export"),
        ('{"SiteDomain": 1}', "wrong-registry-type"),
        ('{"DisplayName": "Jane"}', "no-parameters-key"),
        ("<Objs", "bad-registry-export"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', "bad-registry-export"),
        ("<Objs/>", "no-parameters-key"),
    ],
)
def test_a_bad_form_of_the_registry(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "settings.txt"
    path.write_text(content)
    with pytest.raises(px.ConfigurationError) as caught:
        px.InternetMailService.from_config(path)
    assert caught.value.code == code


def exported(*keys: str, domains: tuple[str, ...]) -> str:
    parts = [f'[{key}]\n"SiteDomain"="{domain}"\n' for key, domain in zip(keys, domains, strict=True)]
    return "\n".join(["REGEDIT4", *parts])


@pytest.mark.parametrize(
    ("keys", "domains", "domain", "codes"),
    [
        ((OLD_KEY, KEY), ("old.test", "new.test"), "new.test", ["control-sets-differ"]),
        ((KEY, OLD_KEY), ("new.test", "old.test"), "new.test", ["control-sets-differ"]),
        ((OLD_KEY, OLD_KEY.replace("001", "002")), ("a.test", "b.test"), "a.test", ["control-sets-differ"]),
        ((OLD_KEY, KEY), ("a.test", "a.test"), "a.test", []),
    ],
)
def test_several_control_sets(
    tmp_path: Path, keys: tuple[str, ...], domains: tuple[str, ...], domain: str, codes: list[str]
) -> None:
    path = tmp_path / "p.reg"
    path.write_text(exported(*keys, domains=domains))
    service = px.InternetMailService.from_config(path)
    assert (service.site_domain, [found.code for found in service.settings_findings]) == (domain, codes)


def test_the_command_says_what_is_ignored_and_what_differs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "p.reg"

    def answer(*options: str) -> str:
        assert main(["resolve", *options, "--config", str(path), "a@b.test"]) == 0
        return capsys.readouterr().out

    path.write_text(exported(KEY, OLD_KEY, domains=("a.test", "b.test")))
    assert "finding     control-sets-differ: " in answer()
    assert json.loads(answer("--json"))["settings_findings"][0]["code"] == "control-sets-differ"
    path.write_text(exported(KEY, domains=("a.test",)) + '"Other"=dword:1\n')
    assert answer().splitlines()[0] == "ignored settings: Other"
    assert json.loads(answer("--json"))["ignored_settings"] == ["Other"]
