"""What values of each type say: Internet addresses, IMCEA, one-off entry identifiers, and the rules that judge them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from tests.cases import cases
from tests.strategies import ADDRESS_TYPES, ANSI_TEXTS, IMCEA_TEXTS, MAPI_TEXTS


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
    found = px.InternetMailService().resolve(px.OneOffAddress("SMTP", value))
    assert found.delivered
    assert found.envelope_recipient == value


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("SMTP:Gatename!JohnS", "no-domain"),
        ("SMTP:a@x..y", "not-an-internet-address"),
        ("SMTP:a@x.invalid", "not-an-internet-address"),
        (f"SMTP:{'a' * 3000}@c.de", "not-an-internet-address"),
        ("SMTPOUT:a\x01b@c.de", "control-character"),
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


@pytest.mark.parametrize("case", cases("imcea"), ids=str)
def test_case(case: dict[str, object]) -> None:
    encoded = str(case["encoded"])
    if "error" not in case:
        found = px.decapsulate(encoded)
        assert (found.type, found.value, found.domain) == (case["type"], case["value"], case["domain"])
        assert px.encapsulate(found.type, found.value, found.domain) == case.get("written", encoded)
        assert found.is_refused == case.get("refused", False)
        codes = ["refused-encapsulation"] if found.is_refused else case.get("findings", [])
        assert [finding.code for finding in found.findings] == codes
        return
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.decapsulate(encoded)
    assert (caught.value.code, caught.value.text) == (case["error"], encoded)
    assert 0 <= caught.value.span[0] <= caught.value.span[1] <= len(encoded)
    if tolerated := case.get("tolerant"):
        assert isinstance(tolerated, dict)
        found = px.decapsulate(encoded, tolerant=True)
        assert (found.value, found.domain) == (tolerated["value"], tolerated["domain"])
    elif "tolerant" in case:
        with pytest.raises(px.AddressSyntaxError):
            px.decapsulate(encoded, tolerant=True)


@given(ADDRESS_TYPES, st.text(min_size=1, max_size=25), st.sampled_from(["contoso.com", "x", "bücher.example"]))
def test_encapsulation_round_trips(kind: str, value: str, domain: str) -> None:
    encoded = px.encapsulate(kind, value, domain)
    assert px.decapsulate(encoded) == px.Encapsulated(kind, value, domain)
    assert encoded.isascii() or not domain.isascii()
    assert px.decapsulate(f" {encoded}\n") == px.Encapsulated(kind, value, domain)


@given(IMCEA_TEXTS, st.booleans())
def test_corrupt_text_raises_nothing_but_our_error(text: str, tolerant: bool) -> None:
    try:
        found = px.decapsulate(text, tolerant=tolerant)
    except px.AddressSyntaxError as error:
        refused = error
    else:
        assert found.type == "EX"
        return
    assert refused.text == text
    assert 0 <= refused.span[0] <= refused.span[1] <= len(text)


@pytest.mark.parametrize(
    ("kind", "value", "domain", "code"),
    [
        ("A-B", "x", "y", "bad-type"),
        ("", "x", "y", "empty-type"),
        ("FAX", "", "y", "empty-value"),
        ("FAX", "\ud800", "y", "lone-surrogate"),
        ("FAX", "x", "", "bad-domain"),
        ("FAX", "x", "y\r\nDATA", "bad-domain"),
        ("FAX", "x", "a@y", "bad-domain"),
        ("FAX", "x" * (315 - 8), "y", "too-long"),  # MS-OXCMAIL 2.1.3.1.8
        ("FAX", "x", "y" * 571, "too-long"),
    ],
)
def test_what_cannot_be_encapsulated_is_refused(kind: str, value: str, domain: str, code: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.encapsulate(kind, value, domain)
    assert caught.value.code == code


def test_the_longest_local_part_is_allowed() -> None:
    assert len(px.encapsulate("FAX", "x" * (315 - 9), "y").partition("@")[0]) == 315  # MS-OXCMAIL 2.1.3.1.8
    with pytest.raises(px.AddressSyntaxError, match="longer than 315"):
        px.decapsulate(f"IMCEAFAX-{'x' * 315}@y")


@given(MAPI_TEXTS, ADDRESS_TYPES, MAPI_TEXTS, st.integers(0, 0xFFFF).map(lambda bits: bits | 0x8000))
def test_unicode_entry_ids_round_trip(name: str, kind: str, value: str, flags: int) -> None:
    entry = px.OneOffEntryId(name, kind, value, px.OneOffFlags(flags))
    assert px.OneOffEntryId.from_bytes(entry.to_bytes()) == entry


@given(ANSI_TEXTS, st.integers(0, 0x7FFF))
def test_ansi_entry_ids_round_trip(text: str, flags: int) -> None:
    entry = px.OneOffEntryId(text, "SMTP", text, px.OneOffFlags(flags))
    assert px.OneOffEntryId.from_bytes(entry.to_bytes()) == entry
    assert px.OneOffEntryId.from_bytes(entry.to_bytes() + b"\x00\x00") == entry


@given(st.binary(max_size=80), st.integers(0, 24))
def test_hostile_bytes_are_refused(tail: bytes, kept: int) -> None:
    data = px.OneOffEntryId("n", "SMTP", "v").to_bytes()[:kept] + tail
    try:
        entry = px.OneOffEntryId.from_bytes(data)
    except px.AddressSyntaxError as error:
        refused = error
    else:
        assert px.OneOffEntryId.from_bytes(entry.to_bytes()) == entry
        return
    assert 0 <= refused.span[0] <= refused.span[1] <= len(refused.text)


@pytest.mark.parametrize("length", range(len(px.OneOffEntryId("name", "SMTP", "a@b").to_bytes())))
def test_every_truncation_is_refused(length: int) -> None:
    with pytest.raises(px.AddressSyntaxError):
        px.OneOffEntryId.from_bytes(px.OneOffEntryId("name", "SMTP", "a@b").to_bytes()[:length])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("a\x00b", "SMTP", "v"), "nul"),
        (("a", "not a type", "v"), "bad-type"),
        (("\ud800", "SMTP", "v"), "bad-text"),
        (("é漢", "SMTP", "v", px.OneOffFlags(0)), "bad-text"),
        (("a", "SMTP", "v", px.OneOffFlags(0), "no such"), "bad-code-page"),
    ],
)
def test_what_the_bytes_cannot_hold_is_refused(fields: tuple[str, ...], code: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.OneOffEntryId(*fields)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_numbers_are_no_entry_identifier() -> None:
    with pytest.raises(TypeError):
        px.OneOffEntryId.from_bytes(10**12)  # type: ignore[arg-type]


def test_search_key() -> None:
    assert px.OneOffEntryId("Jane", "smtp", "jane@Contoso.com").search_key == b"SMTP:JANE@CONTOSO.COM\x00"
    assert px.OneOffEntryId("", "EX", "/o=x").search_key == b"EX:/O=X\x00"


SHIFT_JIS = px.OneOffFlags(0)


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        (("a", "SMTP", "v", px.OneOffFlags(0x1_0000)), "bad-flags", "65536"),
        (("¥", "SMTP", "v", SHIFT_JIS, "shift_jis"), "bad-text", "¥"),  # its octet is read back as a backslash
    ],
)
def test_entry_identifiers_that_no_bytes_can_hold(fields: tuple[object, ...], code: str, text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.OneOffEntryId(*fields)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.text) == (code, text)


def test_bytes_that_are_no_entry_identifier() -> None:
    ansi = px.OneOffEntryId("name", "SMTP", "a@b", px.OneOffFlags(0)).to_bytes()
    for data, code_page, code in (
        (ansi.replace(b"name", b"n\x81me"), "cp1252", "bad-text"),
        (ansi, "no such", "bad-code-page"),
        (ansi + b"x", "cp1252", "trailing-octets"),
        (ansi.replace(b"SMTP", b"S TP"), "cp1252", "bad-type"),
        (ansi[:-4], "cp1252", "truncated"),
        (ansi[:25], "cp1252", "truncated"),
    ):
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.OneOffEntryId.from_bytes(data, code_page=code_page)
        assert caught.value.code == code
