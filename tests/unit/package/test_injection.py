"""What strangers write reaches no envelope, no other recipient, and no screen, as something else than it is."""

# ruff: noqa: RUF001 - letters that look alike are what is tested

from __future__ import annotations

import sys
import unicodedata
from datetime import datetime

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main

CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
UNSAFE = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in CATEGORIES or unicodedata.bidirectional(character) in {"BN", "S", "B", "WS"}
]
"""Every control, format character, lone surrogate, separator and blank of Unicode."""

PLAIN = px.InternetMailService()
POSITIONS = [
    "{}user@contoso.com",
    "us{}er@contoso.com",
    "user{}@contoso.com",
    "user@{}contoso.com",
    "user@con{}toso.com",
    "user@contoso{}.com",
    "user@contoso.com{}",
    '"us{}er"@contoso.com',
    '"us\\{}er"@contoso.com',
    "user@[10.0.0{}.1]",
    "user@[IPv6:::1{}]",
    "{}IMCEAFAX-+2B1@contoso.com",
    "IMCEA{}FAX-+2B1@contoso.com",
    "IMCEAFAX-+2B1{}@contoso.com",
    "IMCEAFAX-+2B1@contoso.com{}",
]


@pytest.mark.parametrize("position", POSITIONS)
def test_no_unsafe_character_reaches_the_envelope_anywhere(position: str) -> None:
    assert len(UNSAFE) > 2_000
    accepted = []
    for character in UNSAFE:
        found = PLAIN.resolve(px.OneOffAddress("SMTP", position.format(character)))
        if found.delivered:
            accepted.append(found.envelope_recipient)
        else:
            assert found.rule == "envelope-address"
    # RFC 5321 4.1.2: a blank may stand in a quoted local part, where it ends nothing
    assert accepted == ([position.format(" ")] if '"' in position else [])


@pytest.mark.parametrize(
    "address",
    [
        "@relay.example:user@contoso.com",
        "@a.example,@b.example:user@contoso.com",
        "<user@contoso.com>",
        "user@contoso.com>",
        '"<user>"@contoso.com',
        "user@contoso.com> SIZE=1",
        "user@contoso.com,other@contoso.com",
        "user@contoso.com;other@contoso.com",
        "user@contoso.com:25",
        "[user]@contoso.com",
        "user@[10.0.0.1]x",
        "user@x[10.0.0.1]",
        "user(comment)@contoso.com",
        "user@contoso.com(comment)",
        "user@other@contoso.com",
        "user@contoso.com.",
        "user",
        "@contoso.com",
        "user@",
    ],
)
def test_no_route_bracket_or_second_address_reaches_the_envelope(address: str) -> None:
    assert PLAIN.resolve(px.OneOffAddress("SMTP", address)).rule == "envelope-address"


LOCAL = px.InternetMailService(site_domain="contoso.com")
OVERRIDE = px.InternetMailService(site_domain="contoso.com", override_proxy_out="FAX")


@pytest.mark.parametrize(
    "address",
    [
        "IMCEASMTP-victim+40fabrikam+2Ecom@contoso.com",
        "IMCEASMTPOUT-victim+40fabrikam+2Ecom@contoso.com",
        "IMCEASMTP-victim+40fabrikam+2Ecom@CONTOSO.COM",
        "IMCEASMTP-victim+40fabrikam+2Ecom@contoso.com.",
        "IMCEASMTP-victim+40fabrikam+2Ecom@contoso．com",  # IDNA reads a full-width dot as a dot
        "IMCEASMTP-victim+40fabrikam+2Ecom@ⓒontoso.com",
        "IMCEASMTP-victim@fabrikam.com@contoso.com",
        "IMCEASMTP-victim+40fabrikam+ZZ@contoso.com",
        "IMCEASMTP-IMCEASMTP+2Dvictim+2B40fabrikam+2B2Ecom+40contoso+2Ecom@contoso.com",
        "IMCEASMTP-a+40b+0D+0ARCPT+20TO+3A+3Cvictim+40fabrikam+2Ecom+3E@contoso.com",
        "imceasmtp-victim+40fabrikam+2Ecom@contoso.com",  # Q271575
        '"IMCEASMTP-victim+40fabrikam+2Ecom"@contoso.com',
        '"IMCEASMTP-a"@contoso.com',
        '"IMCEA\\SMTP-victim+40fabrikam+2Ecom"@contoso.com',
        '"IMCEA victim@fabrikam.com"@contoso.com',  # Q264330
        "IMCEASMTP-" + "a" * 400 + "+40fabrikam+2Ecom@contoso.com",
    ],
)
def test_nothing_is_relayed_out_of_an_encapsulated_address(address: str) -> None:
    assert LOCAL.resolve(px.OneOffAddress("SMTP", address)).rule == "refused-encapsulation"


@pytest.mark.parametrize("address", [" IMCEAFAX-1@contoso.com", "\tIMCEAFAX-1@contoso.com", "IMCEAFAX-1@contoso.com\n"])
def test_blanks_around_an_encapsulated_address_do_not_reach_the_envelope(address: str) -> None:
    assert not PLAIN.resolve(px.OneOffAddress("SMTP", address)).delivered


def test_nothing_is_relayed_where_another_type_goes_out() -> None:
    for inside in ("FAX", "SMTP"):
        address = px.OneOffAddress("FAX", f"IMCEA{inside}-victim+40fabrikam+2Ecom@contoso.com")
        assert OVERRIDE.resolve(address).rule == "refused-encapsulation"


@pytest.mark.parametrize(
    "address",
    [
        "IMCEASMTP-victim+40fabrikam+2Ecom@сontoso.com",  # the first letter is Cyrillic
        "IMCEASMTP-victim+40fabrikam+2Ecom@contoso.com.fabrikam.com",
        "IMCEASMTP-victim+40fabrikam+2Ecom@mail.contoso.com",
        "IMCEAEX-corrupt+ZZ@contoso.com",  # Q193782: its own address
        "IMCEAUX@contoso.com",
        '"user@fabrikam.com"@contoso.com',
    ],
)
def test_an_address_of_another_domain_or_of_nobody_is_left_as_it_is(address: str) -> None:
    found = LOCAL.resolve(px.OneOffAddress("SMTP", address))
    assert found.delivered
    assert found.envelope_recipient == address


NAMES = [
    "boss@contoso.com",
    "Boss [SMTP:boss@contoso.com]",
    'Boss" [SMTP:boss@contoso.com] "',
    "Boss [SMTP:boss@contoso.com] \\",
    "Boss ［SMTP：boss＠contoso.com］",  # full-width brackets are the point
    "Boss <boss@contoso.com>",
    "a; b",
    "a\r\nBcc: b",
    "a\u2028b",
    "a\u202eb",
    "\u2066a\u2069",
    "(comment",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_display_name_forges_no_address(name: str) -> None:
    address = px.OneOffAddress("SMTP", "evil@fabrikam.com", name)
    printed = str(address)
    assert printed.startswith('"')
    assert printed.endswith('" [SMTP:evil@fabrikam.com]')
    again = px.parse_one_off(printed)
    assert (again.value, again.display_name) == (address.value, name)
    assert [found.value for found in px.parse_recipients(f"a@b.de; {printed}; c@d.de")][1:2] == ["evil@fabrikam.com"]


@pytest.mark.parametrize("name", NAMES)
def test_a_display_name_forges_no_line_of_a_report_or_of_the_command(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = px.OneOffAddress("FAX", "1", name)
    found = LOCAL.resolve(address)
    assert not found.delivered
    for layout in ("ims", "mta", "ms-mail"):
        report = found.report(subject=name, sent=datetime(1998, 1, 5), layout=layout)
        assert all(line.isprintable() for line in report.split("\n"))
        assert "\nBcc" not in report
    for command in ("parse", "resolve"):
        main([command, str(address)])
        captured = capsys.readouterr()
        assert all(line.isprintable() for line in (captured.out + captured.err).split("\n"))


@pytest.mark.parametrize("text", ["[SMTP:a\u202e@b", "\u202e", "a [\x1b[2J:x]", "[\u202e:x]", "X\u2028:"])
def test_messages_of_errors_draw_no_control(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_one_off(text)
    assert all(line.isprintable() for line in str(caught.value).split("\n"))


def test_messages_escape_names_of_files_and_texts() -> None:
    error = px.ConfigurationError("x", "a\x1b[2J\nb", source="\u202efile")
    assert str(error) == r"\u202efile: a\x1b[2J" + "\nb"
    assert str(px.ConfigurationError("x", "\u202e")) == r"\u202e"


def test_encapsulation_is_one_to_one_for_hostile_values() -> None:
    for value in ("a\r\nRCPT TO:<b@c.de>", "a@b.de", "<>", "+40", "_/", "\u202e", "é", "x" * 80):
        text = px.encapsulate("FAX", value, "contoso.com")
        found = PLAIN.resolve(px.OneOffAddress("SMTP", text))
        assert found.delivered
        assert found.envelope_recipient == text
        assert px.decapsulate(text).value == value
