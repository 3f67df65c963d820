"""Input beyond a limit is refused with its place, raising the limit reads it, and bad files say their line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px

LIMITS = px.Limits(address_length=40, list_length=200, list_items=3, file_octets=2_000, file_rows=3, line_length=60)
IMCEA = "IMCEAFAX-" + "1" * 30 + "@contoso.com"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (px.parse, "a" * 33 + "@b.com"),
        (px.parse_one_off, "[SMTP:" + "a" * 29 + "@b.com]"),
        (px.parse_proxy, "smtp:" + "a" * 30 + "@b.com"),
        (px.AddressSpace.parse, "SMTP:*@" + "a" * 30 + ".com"),
        (px.X400Address.parse, "c=US;a= ;p=Organization;o=Site;s=Surname;"),
        (px.decapsulate, IMCEA),
    ],
)
def test_an_address_beyond_the_limit(call: Callable[..., object], text: str) -> None:
    exact = px.Limits(address_length=len(text))
    assert call(text, limits=exact) == call(text)
    with pytest.raises(px.AddressSyntaxError) as caught:
        call(text, limits=px.Limits(address_length=len(text) - 1))
    assert (caught.value.code, caught.value.span) == ("too-long", (len(text) - 1, len(text)))


@pytest.mark.parametrize(
    "call",
    [
        px.parse,
        px.parse_one_off,
        px.parse_proxy,
        px.AddressSpace.parse,
        px.X400Address.parse,
        px.decapsulate,
        px.parse_proxies,
        px.parse_recipients,
        px.RoutingTable.from_gwart,
    ],
)
def test_what_is_no_text_is_a_type_error(call: Callable[[Any], object]) -> None:
    for wrong in (None, 5, b"SMTP:a@b"):
        with pytest.raises(TypeError):
            call(wrong)


def test_defaults_refuse_what_no_format_holds() -> None:
    with pytest.raises(px.AddressSyntaxError, match="at most"):
        px.parse("a" * px.Limits().address_length + "@b")
    with pytest.raises(px.AddressSyntaxError):
        px.InternetMailService().resolve("a" * px.Limits().address_length + "@b")
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.OneOffEntryId.from_bytes(b"\x00" * (4 * px.Limits().address_length + 1))
    assert caught.value.code == "too-long"


@pytest.mark.parametrize("wrong", [0, -1, "9", 1.5])
def test_a_limit_is_a_number(wrong: object) -> None:
    with pytest.raises(TypeError):
        px.Limits(nesting=wrong)  # type: ignore[arg-type]


PLAIN = ["a@b.de", "SMTP:a@c.de", "x500:/o=a/ou=b/cn=c", "fax:1", ":bad", "~del"]


@pytest.mark.parametrize("separator", [";", ",", "\r\n", "%"])
@pytest.mark.parametrize("count", [3, 4, 6])
def test_a_list_with_too_many_items(separator: str, count: int) -> None:
    items = ["smtp:x@y.de", *PLAIN][:count] if separator == "%" else PLAIN[:count]
    text = separator.join(items)
    if count == 3:
        assert len(px.parse_proxies(text, limits=LIMITS)) == 3
        return
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_proxies(text, limits=LIMITS)
    assert caught.value.code == "too-many-items"
    assert text[caught.value.span[0] :].startswith(items[3])
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_proxies(items, limits=LIMITS)
    assert (caught.value.code, caught.value.item, caught.value.span) == ("too-many-items", 3, (0, 0))


def test_counting_changes_no_answer() -> None:
    text = "X400:c=US;a= ;p=O;s=x;;smtp:a@b;SMTP:c@d"  # more separators than items are allowed
    assert str(px.parse_proxies(text, limits=LIMITS)) == str(px.parse_proxies(text))
    line = "A [FAX:1,2;3,4;5]; b@c.de"
    assert px.parse_recipients(line, limits=LIMITS) == px.parse_recipients(line)
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_recipients("a@b; c@d; e@f; g@h", limits=LIMITS)
    assert (caught.value.code, caught.value.span) == ("too-many-items", (15, 18))


def test_items_that_are_too_long_do_not_hide_the_others() -> None:
    long = "smtp:" + "a" * 50 + "@b.de"
    for listed in (f"SMTP:a@b;{long};smtp:c@d", ["SMTP:a@b", long, "smtp:c@d"]):
        parsed = px.parse_proxies(listed, limits=LIMITS)
        assert [proxy.value for proxy in parsed] == ["a@b", "c@d"]
        assert [error.code for error in parsed.errors] == ["too-long"]
    text = f"a@b.de; {long[5:]}; c@d.de"
    found = px.parse_recipients(text, limits=LIMITS)
    assert [address.value for address in found] == ["a@b.de", "c@d.de"]
    assert [(error.code, error.span) for error in found.errors] == [("too-long", (8, 63))]


def test_a_list_that_is_too_long() -> None:
    for call in (px.parse_proxies, px.parse_recipients, px.RoutingTable.from_gwart):
        with pytest.raises(px.AddressSyntaxError) as caught:
            call(" " * 201, limits=LIMITS)
        assert caught.value.code == "too-long"


READERS: dict[str, Callable[..., object]] = {
    "t.csv": px.RoutingTable.from_csv,
    "t.json": px.RoutingTable.from_connectors_json,
    "t.toml": px.RoutingTable.from_toml,
    "t.txt": px.RoutingTable.from_file,
    "d.csv": px.Directory.from_csv,
    "d.json": px.Directory.from_json,
    "d.ldif": px.Directory.from_ldif,
    "s.toml": px.InternetMailService.from_toml,
    "s.reg": px.InternetMailService.from_registry_export,
    "site.toml": px.Site.from_toml,
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_too_large_or_can_not_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b" " * 2_001)
    with pytest.raises(px.ConfigurationError) as caught:
        READERS[name](path, limits=LIMITS)
    assert (caught.value.code, caught.value.source) == ("file-too-large", str(path))
    for bad in (tmp_path, tmp_path / "absent", "a\0b"):
        with pytest.raises(px.ConfigurationError) as caught:
            READERS[name](bad)
        assert caught.value.code == "unreadable-file"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("t.csv", "SMTP:*,c\n"),
        ("t.txt", "SMTP,*,1,c\n"),
        ("d.csv", "SMTP:a@b,c\n"),
        ("d.ldif", "dn: cn=a\nproxyAddresses: SMTP:a@b\n\n"),
        ("t.json", '{"Name": "c", "AddressSpaces": []}'),
        ("d.json", '{"proxyAddresses": []}'),
    ],
)
def test_too_many_rows(tmp_path: Path, name: str, row: str) -> None:
    header = {"t.csv": "space,connector\n", "d.csv": "proxyAddresses,name\n"}.get(name, "")
    path = tmp_path / name
    for count in (3, 4):
        path.write_text(f"[{','.join([row] * count)}]" if name.endswith("json") else header + row * count)
        if count == 3:
            READERS[name](path, limits=LIMITS)
            continue
        with pytest.raises(px.ConfigurationError) as caught:
            READERS[name](path, limits=LIMITS)
        assert caught.value.code == "too-many-rows"


def test_lines_that_are_too_long_do_not_hide_the_others(tmp_path: Path) -> None:
    long = "x" * 61
    path = tmp_path / "t.csv"
    path.write_text(f"space,connector\nSMTP:*,a\nSMTP:{long},b\nSMTP:*,c\n")
    table = px.RoutingTable.from_csv(path, limits=LIMITS)
    assert [route.connector for route in table.routes] == ["a", "c"]
    assert [(error.code, error.line) for error in table.errors] == [("too-long", 3)]
    table = px.RoutingTable.from_gwart(f"SMTP,*,1,a\nSMTP,{long},1,b\nSMTP,*,1,c", limits=LIMITS)
    assert [route.connector for route in table.routes] == ["a", "c"]
    assert [(error.code, error.line) for error in table.errors] == [("too-long", 2)]
    path = tmp_path / "d.ldif"
    folded = "\n ".join(["description: x", *["x" * 30] * 3])
    path.write_text(f"dn: cn=a\n{folded}\n# {long}\nproxyAddresses: SMTP:a@b\n")
    directory = px.Directory.from_ldif(path, limits=LIMITS)
    assert len(directory.find("a@b")) == 1
    assert [(error.code, error.line) for error in directory.errors] == [("too-long", 2)]


MALFORMED: dict[str, list[tuple[str, int | None]]] = {
    "t.csv": [("type,pattern\n", 1), ("", 1), ("space,space,connector\n", 1)],
    "t.json": [
        ("[1,\n2,\n", 3),
        ("[\n\n" + "[" * 100_000, 3),
        ("[\n" + "[" * 65 + "]" * 65 + "]", 2),
        ('["]]",\n' + '{"a":' * 65 + "1" + "}" * 65 + "]", 2),
        ("[1,\n" + "9" * 5_000 + "]", 2),
        ("3", 1),
    ],
    "d.json": [("{\n", 2), ("[\n" * 100_000, 65)],
    "s.toml": [
        ("a = 1\nb = \n", 2),
        ("a = 1\n\nb = " + "[" * 100_000, 3),
        ("a = 1\n\nb = " + "[" * 65 + "]" * 65, 3),
        (".".join(["a"] * 500) + " = 1", None),
        ('a = "["\nb = 0x' + "f" * 6_000, 2),
        ("a = '['\nb = " + "9" * 6_000, 2),
        ("a = 1\nb = 9223372036854775808", 2),
        ("\n[internet_mail_service", 2),
        ("[internet_mail_service]\nsite_domain = '\ud800'", 2),
    ],
    "s.reg": [
        ("", 1),
        ("REGEDIT4\n\nnothing", 3),
        ('REGEDIT4\n[a]\n"x"=hex:zz', 3),
        ('REGEDIT4\n[a]\n"x"=hex:0,\\\n' + "0," * 100 + "\\\n", 3),
    ],
}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [(name, text, line) for name, rows in MALFORMED.items() for text, line in rows],
    ids=lambda value: str(value)[:24].encode("unicode_escape").decode(),
)
def test_malformed_files_say_the_line(tmp_path: Path, name: str, text: str, line: int | None) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    limits = px.Limits(line_length=60) if name == "s.reg" else px.Limits()
    with pytest.raises(px.ConfigurationError) as caught:
        READERS[name](path, limits=limits)
    assert caught.value.line == line
    assert len(str(caught.value)) < 1_000


def test_nesting_up_to_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('[{"x": ' + "[" * 62 + "]" * 62 + ', "proxyAddresses": ["SMTP:a@b"]}]')
    assert len(px.Directory.from_json(path).find("a@b")) == 1
    with pytest.raises(px.ConfigurationError):
        px.Directory.from_json(path, limits=px.Limits(nesting=63))


LDIF = """\
version: 1

# An export, with a comment that
#  goes on
dn: cn=Jane,dc=contoso,dc=com
objectClass: user
cn: jdoe
displayName:: SsO8cmdlbiBEb2U=
mailNickname: jane
proxyAddresses: SMTP:jane@conto
 so.com
proxyAddresses:: c210cDpqQGNvbnRvc28uY29t
proxyAddresses: X500:/o=Org/ou=Site/cn=jane
no attribute
proxyAddresses: :bad
thumbnailPhoto:: /9j/4AAQ
jpegPhoto:< file:///etc/passwd

dn:: Y249Q3VzdG9t
changetype: add
cn: Custom
targetAddress;lang-en: SMTP:custom@fabrikam.com

dn: ou=Nobody

dn: cn=Jane
changetype: modify
replace: proxyAddresses
proxyAddresses: SMTP:evil@fabrikam.com
-

proxyAddresses: SMTP:nobody@contoso.com
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ldif(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "export.ldf"
    path.write_bytes(LDIF.replace("\n", end).encode(encoding))
    directory = px.Directory.from_file(path)
    jane, custom = directory
    assert (jane.display_name, jane.alias) == ("Jürgen Doe", "jane")
    assert [str(proxy) for proxy in jane.proxies] == [
        "SMTP:jane@contoso.com",
        "smtp:j@contoso.com",
        "X500:/o=Org/ou=Site/cn=jane",
    ]
    assert (custom.display_name, str(custom.target_address)) == ("Custom", "SMTP:custom@fabrikam.com")
    assert sorted((error.line, error.code) for error in directory.errors) == [
        (5, "bad-proxy"),
        (14, "bad-ldif"),
        (17, "bad-ldif"),
        (26, "ldif-change"),
        (32, "bad-ldif"),
    ]


def test_rows_of_csv_are_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(
        b"#TYPE x\nname,proxyAddresses\r\n"
        + "A\u2028B\x0c\x85,SMTP:a@b\r\n".encode()
        + b'"two\nlines",SMTP:c@d,odd\r\rlast,SMTP:e@f'
    )
    directory = px.Directory.from_csv(path)
    assert [recipient.display_name for recipient in directory] == ["A\u2028B\x0c\x85", "last"]
    assert [(error.code, error.line) for error in directory.errors] == [("wrong-field-count", 4)]


def test_a_field_that_is_too_long_for_csv_is_one_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("name,proxyAddresses\n" + "x" * 200_000 + ",SMTP:a@b\nlast,SMTP:e@f")
    directory = px.Directory.from_csv(path)
    assert [(error.code, error.line) for error in directory.errors] == [("bad-row", 2)]
    assert [recipient.display_name for recipient in directory] == ["last"]


def test_numbers_that_python_does_not_print_are_no_surprise(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"Name": "c", "AddressSpaces": [{"Address": "*", "Cost": 10**4_000}]}]))
    table = px.RoutingTable.from_connectors_json(path)
    assert [error.code for error in table.errors] == ["bad-route"]
