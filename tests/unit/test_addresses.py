"""Address values, their text, and lists of them: one-off addresses, To lines, proxies and legacy DNs."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import proxyaddr as px
from tests.cases import cases
from tests.strategies import ADDRESS_TYPES, DN_NAMES, LISTS, PROXIES, VALUES


@pytest.mark.parametrize("case", cases("one_off"), ids=str)
def test_one_off(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.parse_one_off(case["text"])
        assert caught.value.code == case["error"]
        start, end = caught.value.span
        assert 0 <= start <= end <= len(case["text"])
        return
    address = px.parse_one_off(case["text"])
    assert (address.type, address.value, address.display_name) == (case["type"], case["value"], case["display_name"])
    assert px.parse_one_off(str(address)) == address


@pytest.mark.parametrize("case", cases("proxy_list"), ids=str)
def test_proxy_list(case: dict[str, Any]) -> None:
    parsed = px.parse_proxies(case["text"])
    assert [str(proxy) for proxy in parsed] == case["proxies"]
    assert [error.code for error in parsed.errors] == case.get("errors", [])
    assert [finding.code for finding in parsed.findings] == case.get("findings", [])
    assert [str(marker) for marker in parsed.deletions] == case.get("deletions", [])


NAMES = [("", None), ("First Last ", "First Last"), ("(First Last) ", "First Last"), ('"First Last" ', "First Last")]


@pytest.mark.parametrize("mailbox", ["someone@contoso.com", '"<First>Last"@contoso.com'])
@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("{}", None),
        ("<{}>", None),
        ("First Last <{}>", "First Last"),
        ("(First Last) <{}>", "First Last"),
        ('"First Last" <{}>', "First Last"),
        ("(First Last) {}", "First Last"),
        ('"First Last" {}', "First Last"),
        ("{} (First Last)", "First Last"),
        ('{} "First Last"', "First Last"),
        ("<{}> (First Last)", "First Last"),
        ('<{}> "First Last"', "First Last"),
    ],
)
def test_rfc822_forms_of_q184957(form: str, name: str | None, mailbox: str) -> None:
    assert px.parse_one_off(form.format(mailbox)) == px.OneOffAddress("SMTP", mailbox, name)


def test_recipients_keep_good_items_and_place_bad_ones() -> None:
    text = '"Doe, Jane" <jane@contoso.com>; nobody; [SMTP:a@b; Fax[FAX:1,2;3]'
    parsed = px.parse_recipients(text)
    assert [address.value for address in parsed] == ["jane@contoso.com", "1,2;3"]
    assert [text[slice(*error.span)] for error in parsed.errors] == ["nobody", "[SMTP:a@b"]
    assert [error.code for error in parsed.errors] == ["no-address", "unbalanced-brackets"]


def test_parse_takes_either_form() -> None:
    assert px.parse("smtp:a@b") == px.ProxyAddress("SMTP", "a@b", is_primary=False)
    assert px.parse("[smtp:a@b]") == px.OneOffAddress("SMTP", "a@b")
    assert px.parse("a@[IPv6:::1]").value == "a@[IPv6:::1]"


@pytest.mark.parametrize("text", ["~del", "~DEL<SMTP:a@b>"])
def test_a_deletion_marker_is_no_address(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_proxy(text)
    assert (caught.value.code, caught.value.span) == ("deletion-marker", (0, len(text)))


def test_missing_brackets_are_suggested() -> None:
    with pytest.raises(px.AddressSyntaxError, match=r"\[SMTP:a@b\]"):
        px.parse_one_off("SMTP:a@b")


def test_iterables_hold_one_address_an_item() -> None:
    parsed = px.parse_proxies([" SMTP:a@b ", "", "~del", ":x", "X400:c=US;a= ;p=Org;s=Doe;"])
    assert [str(proxy) for proxy in parsed] == ["SMTP:a@b", "X400:c=US;a= ;p=Org;s=Doe;"]
    assert [(marker.type, marker.value) for marker in parsed.deletions] == [(None, None)]
    assert [(error.code, error.item) for error in parsed.errors] == [("empty-type", 3)]
    with pytest.raises(TypeError):
        px.parse_proxies(b"SMTP:a@b")  # type: ignore[arg-type]


@pytest.mark.unmeasured
@pytest.mark.parametrize(("item", "good"), [("smtp:user{}@contoso.com", True), (":user{}", False)])
def test_a_hundred_thousand_items(item: str, good: bool) -> None:
    parsed = px.parse_proxies(";".join(item.format(number) for number in range(100_000)))
    assert (len(parsed), len(parsed.errors)) == ((100_000, 0) if good else (0, 100_000))


@pytest.mark.unmeasured
def test_one_bad_item_among_a_hundred_thousand() -> None:
    text = ";".join(":bad" if number == 70_000 else f"smtp:u{number}@x" for number in range(100_000))
    parsed = px.parse_proxies(text)
    assert len(parsed) == 99_999
    assert [text[slice(*error.span)] for error in parsed.errors] == [":bad"]


HOSTILE = ["", "[]", "[" * 1_000_000, "[[SMTP:a@b]", "\0", "[SMTP:a\r\nRCPT TO:<x>]", "😀", "\u200f\u202e", "\ud800"]
HOSTILE += ["[A" + ":" * 10_000 + "]", '"' * 99_999, '"\\' * 50_000, "<" * 100_000, "(" * 100_000, "[a[b]" * 20_000]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_or_read_and_never_breaks(text: str) -> None:
    for function in (px.parse, px.parse_one_off, px.parse_proxy):
        try:
            px.parse_proxies([str(function(text))])
        except px.AddressSyntaxError as error:
            str(error)
    assert len(px.parse_recipients(text)) + len(px.parse_recipients(text).errors) >= bool(text.strip())
    px.parse_proxies(text)


@given(ADDRESS_TYPES, VALUES, st.none() | VALUES)
def test_one_off_round_trip(address_type: str, value: str, name: str | None) -> None:
    address = px.OneOffAddress(address_type, value, name)
    again = px.parse_one_off(str(address))
    assert (again.type, again.value, again.display_name) == (address_type, value, name)


@given(ADDRESS_TYPES, VALUES, st.booleans())
def test_proxy_round_trip(address_type: str, value: str, primary: bool) -> None:
    proxy = px.ProxyAddress(address_type, value, is_primary=primary)
    again = px.parse_proxy(str(proxy))
    assert (again.type, again.value, again.is_primary) == (proxy.type, proxy.value, proxy.is_primary)


@given(LISTS)
@example("\f")
@example("SMTP:a@b;\v;smtp:c@d")
@example("~DEL%")
def test_lists_never_raise_and_lose_nothing(text: str) -> None:
    parsed = px.parse_proxies(text)
    assert len(parsed) + len(parsed.errors) + len(parsed.deletions) or not text.strip(" \t\r\n\f\v;,%{}")


@given(st.lists(PROXIES))
def test_lists_round_trip(items: list[str]) -> None:
    for separator in (";", ",", "\r\n", "%"):
        if separator == "," and len(items) == 1:
            continue
        assert [str(proxy) for proxy in px.parse_proxies(separator.join(items))] == items


def test_equality() -> None:
    assert px.parse("[smtp:a@BÜCHER.de]") == px.parse("[SMTP:a@xn--bcher-kva.DE]")
    assert px.parse("[SMTP:A@b.de]") != px.parse("[SMTP:a@b.de]")
    assert px.parse('[SMTP:"a@B"@C.de]') == px.parse('[SMTP:"a@B"@c.de]') != px.parse('[SMTP:"a@b"@c.de]')
    assert px.parse("[SMTP:A@b.de]").comparison_key == px.parse("smtp:a@B.DE").comparison_key
    assert len({px.parse("smtp:a@B.de"), px.parse("smtp:a@b.de"), px.parse("SMTP:a@b.de")}) == 2


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


LISTED = px.parse_proxies("SMTP:a@b;smtp:c@d;:bad")


def test_lists_are_sequences_equal_by_their_good_items() -> None:
    again = px.parse_proxies(["SMTP:a@b", "smtp:c@d"])
    assert (LISTED, hash(LISTED), str(LISTED)) == (again, hash(again), "SMTP:a@b;smtp:c@d")
    assert px.parse_proxies("SMTP:a@b") != LISTED
    assert LISTED != ["SMTP:a@b", "smtp:c@d"]
    assert (LISTED[-1], LISTED[:1], len(LISTED)) == (px.parse("smtp:c@d"), (px.parse("SMTP:a@b"),), 2)
    assert repr(LISTED).startswith("ProxyList([ProxyAddress(type='SMTP', value='a@b', is_primary=True), ")
    assert repr(LISTED).endswith(f"], errors={list(LISTED.errors)!r})")
    assert repr(px.parse_recipients("")) == "ParsedList([], errors=[])"


def test_addresses_of_other_classes_differ() -> None:
    one_off, proxy = px.parse("[SMTP:a@b]"), px.parse("SMTP:a@b")
    assert one_off != proxy
    assert one_off.comparison_key == proxy.comparison_key
    assert one_off != "[SMTP:a@b]"
    assert one_off != px.OneOffAddress("SMTP", "a@b", "Jane")
    assert hash(one_off) == hash(px.parse("[smtp:a@B]"))
    assert LISTED.primary("FAX") is None
    assert LISTED.of_type("smtp") == tuple(LISTED)


@pytest.mark.parametrize(
    ("value", "text"),
    [("  x ", r"[FAX:\x20\x20x\x20]"), (r"a\x41", r"[FAX:a\\x41]"), (r"a\b", r"[FAX:a\b]"), (r"a\\b", r"[FAX:a\\\b]")],
)
def test_a_value_is_escaped_where_it_would_be_read_as_another(value: str, text: str) -> None:
    address = px.OneOffAddress("FAX", value)
    assert str(address) == text
    assert px.parse_one_off(text).value == value


def test_a_name_is_quoted_and_escaped_as_it_is_read() -> None:
    address = px.OneOffAddress("SMTP", "a]b\\@c", 'say "x"\t\\')
    assert str(address) == r'"say \"x\"\x09\\" [SMTP:a\x5db\@c]'
    assert px.parse_one_off(str(address)) == address


def test_a_legacy_dn_is_read_from_an_address_and_refused_where_its_parts_make_none() -> None:
    dn = px.X500Address.parse(px.parse_proxy("EX:/o=Org/ou=Site/cn=Recipients/cn=jane"))
    assert (str(dn), dn.components[0]) == ("/o=Org/ou=Site/cn=Recipients/cn=jane", ("o", "Org"))
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X500Address((("o", "Org"), ("cn", "jane")))
    assert (caught.value.code, caught.value.text, caught.value.span) == ("dn-order", "/o=Org/cn=jane", (0, 14))
