"""Which values keep the rules of their types, and which are equal."""

from __future__ import annotations

import pytest

import proxyaddr as px
from proxyaddr.formats.internet import envelope_recipient


@pytest.mark.parametrize(
    "value",
    [
        "a@b",
        "a@x.local",
        "a@x.test",
        "a@h_o.internal",
        "_a@_x",
        "ü@bücher.de",
        '"a b"@c.de',
        "a@[10.0.0.1]",
        "a@x.home.arpa",
    ],
)
def test_internet_addresses_of_exchange_organisations(value: str) -> None:
    assert px.OneOffAddress("SMTP", value).validate() == ()
    assert envelope_recipient(value) == value


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("SMTP:Gatename!JohnS", "no-domain"),
        ("SMTP:a@x..y", "not-an-internet-address"),
        ("SMTP:a@x.invalid", "not-an-internet-address"),
        (f"SMTP:{'a' * 3000}@c.de", "not-an-internet-address"),
        ("SMTPOUT:a\rb@c.de", "control-character"),
        ("SMTP:\ud800@b.de", "lone-surrogate"),
        ("MS:ORG/SITE", "unknown-form"),
        ("CCMAIL:user@domain", "unknown-form"),
        ("X400:c=US;a= ;p=Org;o=Site;", "x400-no-surname"),
        ("X400:a= ;p=Org;s=Doe", "x400-no-country"),
        ("X400:C=US'A=ATTMAIL;O=ATTMAIL;S=Bad", "x400-country"),
        ("X400:c=US;p=;s=Doe", "x400-empty-value"),
        ("X400:c=US;p=seventeen letters!;s=Doe", "x400-too-long"),
        ("EX:/o=Org/ou=Site", "dn-order"),
        ("X500:/o=Org/ou=Site/cn=", "dn-component"),
        ("X500:o=Org", "dn-syntax"),
    ],
)
def test_broken_rules(address: str, code: str) -> None:
    assert [found.code for found in px.parse_proxy(address).validate()] == [code]


@pytest.mark.parametrize(
    "address",
    ["X400:c=US;a= ;p=Org;s=Doe;", "X400:/c=US/admd=ATT/prmd=TEST/pn=Guy.Good", "X500:/o=O/ou=S/cn=R/cn=a", "TEST:x"],
)
def test_kept_rules(address: str) -> None:
    assert px.parse_proxy(address).validate() == ()


def test_switches() -> None:
    assert [found.code for found in px.parse("a@bücher.de").validate(idna=False)] == ["idna-refused"]
    assert [found.span for found in px.parse("a@bücher.de").validate(idna=False)] == [(2, 11)]
    assert [found.code for found in px.parse('"a@b"@bücher.de').validate(idna=False)] == ["idna-refused"]
    assert px.parse('"a@bü"@c.de').validate(idna=False, smtputf8=True) == ()
    assert [found.code for found in px.parse("ü@b.de").validate(smtputf8=False)] == ["not-an-internet-address"]


def test_equality() -> None:
    assert px.parse("[smtp:a@BÜCHER.de]") == px.parse("[SMTP:a@xn--bcher-kva.DE]")
    assert px.parse("[SMTP:A@b.de]") != px.parse("[SMTP:a@b.de]")
    assert px.parse('[SMTP:"a@B"@C.de]') == px.parse('[SMTP:"a@B"@c.de]') != px.parse('[SMTP:"a@b"@c.de]')
    assert px.parse("[SMTP:A@b.de]").comparison_key == px.parse("smtp:a@B.DE").comparison_key
    assert len({px.parse("smtp:a@B.de"), px.parse("smtp:a@b.de"), px.parse("SMTP:a@b.de")}) == 2
