"""One-off addresses, To lines, proxies and proxy lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.addresses.lists import DeletionMarker
from tests.cases import cases
from tests.strategies import ADDRESS_TYPES, LISTS, PROXIES, VALUES


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
    assert [text[slice(*error.span)] for error in parsed.errors] == ["nobody", ""]
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
    assert parsed.deletions == (DeletionMarker(),)
    assert [(error.code, error.item) for error in parsed.errors] == [("empty-type", 2)]
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
