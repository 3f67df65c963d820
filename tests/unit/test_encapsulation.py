"""IMCEA, legacy DNs and one-off entry identifiers."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.formats.entry_id import search_key
from proxyaddr.formats.imcea import LOCAL_PART_MAX_LENGTH
from tests.cases import cases
from tests.strategies import ADDRESS_TYPES, ANSI_TEXTS, DN_NAMES, IMCEA_TEXTS, MAPI_TEXTS


@pytest.mark.parametrize("case", cases("imcea"), ids=str)
def test_case(case: dict[str, object]) -> None:
    encoded = str(case["encoded"])
    if "error" not in case:
        found = px.decapsulate(encoded)
        assert (found.type, found.value, found.domain) == (case["type"], case["value"], case["domain"])
        assert px.encapsulate(found.type, found.value, found.domain) == case.get("written", encoded)
        assert bool(found.findings) == case.get("refused", False)
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
        ("FAX", "x" * (LOCAL_PART_MAX_LENGTH - 8), "y", "too-long"),
        ("FAX", "x", "y" * 571, "too-long"),
    ],
)
def test_what_cannot_be_encapsulated_is_refused(kind: str, value: str, domain: str, code: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.encapsulate(kind, value, domain)
    assert caught.value.code == code


def test_the_longest_local_part_is_allowed() -> None:
    assert len(px.encapsulate("FAX", "x" * (LOCAL_PART_MAX_LENGTH - 9), "y").partition("@")[0]) == LOCAL_PART_MAX_LENGTH
    with pytest.raises(px.AddressSyntaxError, match="longer than 315"):
        px.decapsulate(f"IMCEAFAX-{'x' * LOCAL_PART_MAX_LENGTH}@y")


FOREIGN = "IMCEAFAX-+2B1+20555@contoso.com"
DN = "/o=Org/ou=Site/cn=Recipients/cn=a-name-that-is-as-long-as-those-of-exchange-online-are"


def test_a_foreign_type_goes_out_encapsulated() -> None:
    service = px.InternetMailService(site_domain="contoso.com", encapsulate=True)
    found = service.resolve("[FAX:+1 555]")
    assert found.delivered
    assert (found.rule, found.envelope_recipient, found.address.type) == ("encapsulation", FOREIGN, "SMTP")
    legacy = service.resolve(f"[EX:{DN}]")
    assert legacy.delivered
    assert px.decapsulate(legacy.envelope_recipient).value == DN
    custom = service.resolve(px.Recipient("Fax", ["X400:c=us;s=x"], "FAX:+1 555"))
    assert custom.delivered
    assert custom.envelope_recipient == FOREIGN


@pytest.mark.parametrize(
    "recipient", ["[X500:/o=a/ou=b/cn=c]", "[INVALID:x]", "[SMTPOUT:a@b]", "[FAX:" + "+" * 200 + "]"]
)
def test_what_is_never_encapsulated(recipient: str) -> None:
    found = px.InternetMailService(site_domain="contoso.com", encapsulate=True).resolve(recipient)
    assert not found.delivered
    assert found.rule == "no-proxy"


def test_encapsulation_is_optional_and_needs_a_domain() -> None:
    assert px.InternetMailService(site_domain="contoso.com").resolve("[FAX:1]").rule == "no-proxy"
    with pytest.raises(px.ConfigurationError, match="SiteDomain"):
        px.InternetMailService(encapsulate=True)
    by_address = px.InternetMailService(site_addresses={"SMTP": "site@fabrikam.com"}, encapsulate=True)
    found = by_address.resolve("[FAX:1]")
    assert found.delivered
    assert found.envelope_recipient == "IMCEAFAX-1@fabrikam.com"


def test_an_incoming_address_is_unwrapped_for_the_local_domain_alone() -> None:
    held = px.Recipient("Jane", ["SMTP:jane@contoso.com", f"X500:{DN}"])
    service = px.InternetMailService(site_domain="Contoso.com", directory=px.Directory([held]))
    ours, theirs = px.encapsulate("EX", DN, "contoso.com"), px.encapsulate("EX", DN, "fabrikam.com")
    found = service.resolve(ours)
    assert found.delivered
    assert (found.rule, found.envelope_recipient) == ("primary-proxy", "jane@contoso.com")
    other = service.resolve(theirs)
    assert other.delivered
    assert (other.rule, other.envelope_recipient) == ("one-off-type", theirs)
    assert service.resolve(px.encapsulate("FAX", "1", "contoso.com")).rule == "no-proxy"


@pytest.mark.parametrize("kind", ["SMTP", "SMTPOUT", "X500", "INVALID"])
@pytest.mark.parametrize("outbound", ["SMTP", "SMTPOUT"])
def test_nothing_is_relayed_through_encapsulation(kind: str, outbound: str) -> None:
    service = px.InternetMailService(site_domain="contoso.com", override_proxy_out=outbound, encapsulate=True)
    inside = px.encapsulate(kind, "victim@elsewhere.example", "contoso.com")
    found = service.resolve(px.OneOffAddress(outbound, inside))
    assert not found.delivered
    assert (found.rule, found.code) == ("refused-encapsulation", "unrecognized-OR-name")


@pytest.mark.parametrize(
    ("dn", "code", "span"),
    [
        ("o=Org/ou=Site/cn=user", "dn-syntax", (0, 21)),
        ("X500:/o=Org/ou=Site/cn=", "dn-component", (23, 23)),
        ("/o=Org/cn=x", "dn-order", None),
        ("/o=Org/ou=Site/cn=" + "a" * 65, "dn-component", None),
        ("/o=Org/ou=Site" + "/cn=x" * 15, "dn-order", None),
        ("/o=Org/ou=Site/cn=" + "x" * 300, "dn-too-long", None),
        ("/o=Org/ou=Site/cn= x", "dn-component", (18, 20)),
        ("", "dn-order", (0, 0)),
    ],
)
def test_a_wrong_dn_is_refused(dn: str, code: str, span: tuple[int, int] | None) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X500Address.parse(dn)
    assert (caught.value.code, caught.value.text) == (code, dn)
    assert span is None or caught.value.span == span


@given(DN_NAMES, DN_NAMES, st.lists(DN_NAMES, min_size=1, max_size=5))
def test_dns_round_trip(organization: str, site: str, names: list[str]) -> None:
    dn = px.X500Address((("o", organization), ("ou", site), *(("cn", name) for name in names)))
    assert px.X500Address.parse(str(dn)) == dn
    assert px.X500Address.parse(dn.proxy) == dn
    assert pickle.loads(pickle.dumps(dn)) == dn
    assert str(dn.proxy) == f"X500:{dn}"


def test_dns_are_equal_without_case() -> None:
    one, other = px.X500Address.parse("/o=Org/ou=Site/cn=Jane"), px.X500Address.parse("EX:/O=ORG/OU=SITE/CN=JANE")
    assert one == other
    assert hash(one) == hash(other)
    assert one != "/o=Org/ou=Site/cn=Jane"


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
    assert search_key("EX", "/o=x") == b"EX:/O=X\x00"
