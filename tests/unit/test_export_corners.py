"""Corners of the forms of exports: what few files hold, and none that is read may pass over in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr._files.json_wrappers import page_of
from proxyaddr.routing.accepted_files import read_accepted_domains
from tests.text_files import written

JANE = '{"DisplayName":"Jane","proxyAddresses":"SMTP:jane@contoso.com"}'
JOHN = '{"DisplayName":"John","proxyAddresses":"SMTP:john@contoso.com"}'


def read(folder: Path, name: str, content: str) -> tuple[list[str], list[str]]:
    """Return the primary addresses of the recipients in a file, and the codes of its errors."""
    directory = px.Directory.from_file(written(folder, name, content))
    return [str(each.proxies[0]) for each in directory], [error.code for error in directory.errors]


BOTH = ["SMTP:jane@contoso.com", "SMTP:john@contoso.com"]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (f'{{"value":[{JANE},{JOHN}]}}', []),
        (f'{{"d":{{"results":[{JANE},{JOHN}]}}}}', []),
        (f'{{"d":{{"__count":"2","results":[{JANE},{JOHN}],"__next":"x"}}}}', ["more-pages"]),
        (f'{{"d":[{JANE},{JOHN}]}}', []),
        (f'[{{"d":[{JANE}]}},{{"d":{{"results":[{JOHN}]}}}}]', []),
        (f'[{{"value":[{JANE}]}},{{"value":[{JOHN}],"Count":1}}]', []),
        (f'[{{"value":[{JANE}]}},{{"value":[{JOHN}],"@odata.nextLink":"x"}}]', ["more-pages"]),
    ],
)
def test_a_list_in_an_object_is_its_members(tmp_path: Path, content: str, codes: list[str]) -> None:
    assert read(tmp_path, "export.json", content) == (BOTH, codes)


@pytest.mark.parametrize("other", ['"d":5', '"value":[1],"results":[2]', '"value":[1],"Name":"x"'])
def test_an_object_that_only_looks_like_one_around_a_list_is_an_object(tmp_path: Path, other: str) -> None:
    addresses = '"proxyAddresses":"SMTP:john@contoso.com"'
    assert read(tmp_path, "export.json", f"[{JANE},{{{other},{addresses}}}]") == (BOTH, [])


@pytest.mark.parametrize("after", [',"Count" 1}', ',"Count":', ",1}", "1}", ""])
def test_what_follows_a_list_is_json_or_an_error(tmp_path: Path, after: str) -> None:
    with pytest.raises(px.ConfigurationError, match="not JSON") as caught:
        read(tmp_path, "export.json", f'{{"value":[{JANE}]{after}')
    assert caught.value.code == "bad-json"


ENTRY = ["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com"]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["version: 1", *ENTRY, "version: 3"], []),
        ([*ENTRY, "-"], []),
        ([*ENTRY, "cn: a", " b", "\tc"], []),
        ([*ENTRY, "other"], ["bad-ldif"]),
        ([*ENTRY, "mail:< file:///a"], ["bad-ldif"]),
        ([*ENTRY, "mail:: /w=="], ["bad-ldif"]),
        ([*ENTRY, "mail:: ?"], ["bad-ldif"]),
        ([*ENTRY, "thumbnailPhoto:: /9j/"], []),
        ([*ENTRY, "", "proxyAddresses: x"], ["bad-ldif"]),
        ([*ENTRY, "", "other"], ["bad-ldif"]),
        ([*ENTRY, "", "version: 1", "other"], ["bad-ldif", "bad-ldif"]),
        ([*ENTRY, "", "dn: CN=b", "changetype: delete"], ["ldif-change"]),
        (["# told", "", " ", *ENTRY, "", "search: 2", "result: 0 Success"], []),
        ([*ENTRY, "member;range=0-1: CN=b"], ["cut-off-list"]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_ldif(tmp_path: Path, lines: list[str], codes: list[str], end: str) -> None:
    assert read(tmp_path, "export.ldif", end.join([*lines, ""])) == (["SMTP:a@contoso.com"], codes)


@pytest.mark.parametrize("start", ["#\n" + "\n" * 60, "\n" * 60, "# a\r\n \r\n" * 30, "\t\n" * 5_000])
def test_blank_lines_and_comments_before_no_ldif_are_looked_through_once(tmp_path: Path, start: str) -> None:
    """A start that could be divided in many ways would take time that doubles with each line."""
    with pytest.raises(px.ConfigurationError) as caught:
        read(tmp_path, "export", f"{start}nothing that is known")
    assert caught.value.code == "no-proxy-column"


def test_limits_of_ldif(tmp_path: Path) -> None:
    limits = px.Limits(file_rows=2, line_length=40)
    for long in ("cn: " + "a" * 50, "cn: a\n" + " aaaaaaaaa\n" * 5):
        path = written(tmp_path, "export.ldif", "\n".join([*ENTRY, long, ""]))
        directory = px.Directory.from_file(path, limits=limits)
        assert [str(each.proxies[0]) for each in directory] == ["SMTP:a@contoso.com"]
        assert [(error.code, error.line) for error in directory.errors] == [("too-long", 3)]
    path = written(tmp_path, "export.ldif", "\n".join([*ENTRY, ""] * 3))
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_file(path, limits=limits)
    assert (caught.value.code, caught.value.line) == ("too-many-rows", 7)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("export.json", "[" + ",".join([JANE] * 3) + "]"),
        ("export.txt", "proxyAddresses : SMTP:jane@contoso.com\n\n" * 3),
        ("export.csv", "displayName,proxyAddresses\n" + "Jane,SMTP:jane@contoso.com\n" * 3),
        (
            "export.xml",
            "<Objs>" + "<Obj><MS><S N='proxyAddresses'>SMTP:jane@contoso.com</S></MS></Obj>" * 3 + "</Objs>",
        ),
    ],
)
def test_objects_beyond_the_limit_are_refused(tmp_path: Path, name: str, content: str) -> None:
    path = written(tmp_path, name, content)
    assert not px.Directory.from_file(path, limits=px.Limits(file_rows=3)).errors
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_file(path, limits=px.Limits(file_rows=2))
    assert caught.value.code == "too-many-rows"


@pytest.mark.parametrize(
    "addresses",
    [
        '[["SMTP:jane@contoso.com"],["smtp:j@contoso.com"]]',
        '["SMTP:jane@contoso.com",{"value":["smtp:j@contoso.com"],"Count":1}]',
        '{"value":["SMTP:jane@contoso.com","smtp:j@contoso.com"],"Count":2}',
        '["SMTP:jane@contoso.com",{"Local":"j","Domain":"contoso.com"}]',
        '["SMTP:jane@contoso.com",{"address":"j@contoso.com"}]',
    ],
)
def test_members_of_lists_in_lists_and_objects_are_addresses(tmp_path: Path, addresses: str) -> None:
    path = written(tmp_path, "export.json", f'[{{"DisplayName":"Jane","proxyAddresses":{addresses}}}]')
    directory = px.Directory.from_file(path)
    assert not directory.errors
    assert [proxy.value for (jane,) in [directory] for proxy in jane.proxies] == ["jane@contoso.com", "j@contoso.com"]


def test_octets_that_are_no_text_stay_in_csv_as_they_are(tmp_path: Path) -> None:
    content = "DN,displayName,proxyAddresses\nCN=a,X'ff',X'534d54503a6a40622e6465'\nCN=b,X'4a',SMTP:k@b.de\n"
    first, second = px.Directory.from_file(written(tmp_path, "export.csv", content))
    assert (first.display_name, second.display_name) == ("X'ff'", "J")
    assert str(first.proxies[0]) == "SMTP:j@b.de"


def test_octets_in_collections_are_text_or_an_error() -> None:
    jane = {"displayName": "Jane", "proxyAddresses": [b"SMTP:j@b.de", b"\xff"]}
    directory = px.Directory.from_records([jane, {"displayName": b"\xff", "mail": b"k@b.de"}])
    assert [str(proxy) for proxy in next(iter(directory)).proxies] == ["SMTP:j@b.de"]
    assert len(directory.errors) == 1


OBJECTS = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">{}</Objs>'
ADDRESSES = '<S N="proxyAddresses">SMTP:jane@contoso.com</S>'


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (f'<Obj RefId="0"><MS>{ADDRESSES}<S>no name</S></MS></Obj>', []),
        (f'<Obj RefId="0"><MS>{ADDRESSES}<LST><S>of nothing</S></LST></MS></Obj>', []),
        (f'<Obj RefId="0"><MS>{ADDRESSES}<Ref N="Manager" RefId="9"/><Nil N="Mail"/></MS></Obj>', []),
        (f'<Obj RefId="0"><MS>{ADDRESSES}</MS></Obj><S>a text</S>', ["not-an-object"]),
        (f'<Obj RefId="0"><MS>{ADDRESSES}</MS></Obj><I32>5</I32>', ["not-an-object"]),
    ],
)
def test_elements_of_clixml_without_a_place(tmp_path: Path, content: str, codes: list[str]) -> None:
    assert read(tmp_path, "export.xml", OBJECTS.format(content)) == (["SMTP:jane@contoso.com"], codes)


def test_a_key_of_the_registry_in_clixml_beside_other_values(tmp_path: Path) -> None:
    services = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"
    key = rf"Microsoft.PowerShell.Core\Registry::{services}\MSExchangeIMC\Parameters"
    members = f'<S N="PSPath">{key}</S><S N="SiteDomain">contoso.com</S>'
    whole, alone = (
        OBJECTS.format(f'{other}<Obj RefId="0"><MS>{members}</MS></Obj>') for other in ("<S>a text</S><I32>5</I32>", "")
    )
    found = []
    for text in (whole, alone):
        found.append(px.InternetMailService.from_registry_export(written(tmp_path, "key.xml", text)))
    assert found[0].site_domain == "contoso.com"
    assert repr(found[0]) == repr(found[1])


@pytest.mark.parametrize(
    "content",
    [
        '["contoso.com","fabrikam.com",5]',
        "contoso.com\nfabrikam.com\nno domain\n",
        OBJECTS.format(
            "".join(
                f'<Obj RefId="{number}"><MS><Obj N="DomainName" RefId="{number}0"><ToString>{domain}</ToString>'
                '<Props><B N="IncludeSubDomains">false</B></Props></Obj></MS></Obj>'
                for number, domain in enumerate(("contoso.com", "fabrikam.com", "no domain"), 1)
            )
        ),
        OBJECTS.format(
            '<Obj RefId="0"><LST>'
            + "".join(
                f'<Obj RefId="{number}"><MS><S N="DomainName">{domain}</S></MS></Obj>'
                for number, domain in enumerate(("contoso.com", "fabrikam.com", "no domain"), 1)
            )
            + "</LST></Obj>"
        ),
    ],
)
def test_accepted_domains_beside_an_error(tmp_path: Path, content: str) -> None:
    found = read_accepted_domains(written(tmp_path, "domains", content))
    assert found.domains == ["contoso.com", "fabrikam.com"]
    assert len(found.errors) == 1


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"AddressSpaces": [{"Domain": "contoso.com", "IncludeSubDomains": True}]}, (["*.contoso.com"], [])),
        ({"AddressSpaces": [{"Domain": "contoso.com"}]}, (["contoso.com"], [])),
        ({"AddressSpaces": [{"Cost": 1}, "SMTP:contoso.com;1"]}, (["contoso.com"], ["bad-route"])),
        ({"AddressSpaces": ["System.Object[]", "SMTP:contoso.com;1"]}, (["contoso.com"], ["not-exported"])),
        ({"AddressSpaces": ["SMTP:contoso.com;1"], "Enabled": "maybe"}, (["contoso.com"], ["wrong-type"])),
        ({"AddressSpaces": ["SMTP:contoso.com;1"], "MaxMessageSize": {"IsUnlimited": True}}, (["contoso.com"], [])),
        ({"AddressSpaces": ["SMTP:contoso.com;1"], "MaxMessageSize": {"Value": {"Value": 5}}}, (["contoso.com"], [])),
    ],
)
def test_what_connectors_hold(
    tmp_path: Path, properties: dict[str, object], expected: tuple[list[str], list[str]]
) -> None:
    path = written(tmp_path, "connectors.json", json.dumps([{"Name": "Partner", **properties}]))
    table = px.RoutingTable.from_file(path)
    assert ([route.space.pattern for route in table.routes], [error.code for error in table.errors]) == expected


def test_a_key_of_the_registry_in_json_of_powershell_5(tmp_path: Path) -> None:
    path = written(tmp_path, "key.json", '{"value":[{"SiteDomain":"contoso.com"}],"Count":1}')
    assert px.InternetMailService.from_registry_export(path).site_domain == "contoso.com"


def test_a_row_of_csv_beyond_the_limit_is_an_error(tmp_path: Path) -> None:
    content = "displayName,proxyAddresses\nJane,SMTP:jane@contoso.com\n" + "J" * 100 + ",SMTP:j@contoso.com\n"
    directory = px.Directory.from_file(written(tmp_path, "a.csv", content), limits=px.Limits(line_length=60))
    assert len(directory) == 1
    assert [(error.code, error.line) for error in directory.errors] == [("too-long", 3)]


def test_an_outer_object_is_a_page_around_a_list_alone() -> None:
    assert page_of({"d": [1]}) == [1]
    assert page_of({"d": "SMTP:joe@contoso.com"}) is None
