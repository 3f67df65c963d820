"""Corners of the forms of exports: what few files hold, and none that is read may pass over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

import proxyaddr as px
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


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["version: 1", "dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "version: 3"], (["SMTP:a@contoso.com"], [])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "-"], (["SMTP:a@contoso.com"], [])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "other"], (["SMTP:a@contoso.com"], ["bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "mail:< file:///a"], (["SMTP:a@contoso.com"], ["bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "mail:: /w=="], (["SMTP:a@contoso.com"], ["bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "mail:: ?"], (["SMTP:a@contoso.com"], ["bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "", "proxyAddresses: x"], (["SMTP:a@contoso.com"], ["bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "", "version: 1", "other"], (["SMTP:a@contoso.com"], ["bad-ldif", "bad-ldif"])),
        (["dn: CN=a", "proxyAddresses: SMTP:a@contoso.com", "", "dn: CN=b", "changetype: delete"], (["SMTP:a@contoso.com"], ["ldif-change"])),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_ldif(tmp_path: Path, lines: list[str], expected: tuple[list[str], list[str]], end: str) -> None:
    assert read(tmp_path, "export.ldif", end.join([*lines, ""])) == expected


def test_octets_that_are_no_text_stay_in_csv_as_they_are(tmp_path: Path) -> None:
    content = "DN,displayName,proxyAddresses\nCN=a,X'ff',X'534d54503a6a40622e6465'\nCN=b,X'4a',SMTP:k@b.de\n"
    first, second = px.Directory.from_file(written(tmp_path, "export.csv", content))
    assert (first.display_name, second.display_name) == ("X'ff'", "J")
    assert str(first.proxies[0]) == "SMTP:j@b.de"


def test_octets_in_collections_are_text_or_an_error() -> None:
    directory = px.Directory.from_records(
        [{"displayName": "Jane", "proxyAddresses": [b"SMTP:j@b.de", b"\xff"]}, {"displayName": b"\xff", "mail": b"k@b.de"}]
    )  # fmt: skip
    (jane, *_) = directory
    assert [str(proxy) for proxy in jane.proxies] == ["SMTP:j@b.de"]
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
    key = r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters"
    members = f'<S N="PSPath">{key}</S><S N="SiteDomain">contoso.com</S>'
    whole, alone = (
        OBJECTS.format(f'{other}<Obj RefId="0"><MS>{members}</MS></Obj>') for other in ("<S>a text</S><I32>5</I32>", "")
    )
    services = []
    for text in (whole, alone):
        services.append(px.InternetMailService.from_registry_export(written(tmp_path, "key.xml", text)))
    assert services[0].site_domain == "contoso.com"
    assert repr(services[0]) == repr(services[1])
