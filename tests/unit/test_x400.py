"""O/R addresses in three forms, and printable strings."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr import x400
from proxyaddr.x400 import keywords
from tests.cases import cases
from tests.strategies import X400_TEXTS, x400_addresses

FORMS = list(x400.Form)


@pytest.mark.parametrize("case", cases("x400"), ids=str)
def test_case(case: dict[str, object]) -> None:
    text, form = str(case["text"]), str(case["form"])
    if "error" in case:
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.X400Address.parse(text, form)
        assert (caught.value.code, caught.value.text) == (case["error"], text)
        assert list(caught.value.span) == case.get("span", list(caught.value.span))
        return
    address = px.X400Address.parse(text, form)
    if "components" in case:
        assert dict(address.components) == case["components"]
    if "formatted" in case:
        assert address.format(form) == case["formatted"]


@given(x400_addresses(), st.sampled_from(FORMS))
def test_every_form_round_trips(address: px.X400Address, form: x400.Form) -> None:
    text = address.format(form)
    again = px.X400Address.parse(text, form)
    assert again == address
    assert hash(again) == hash(address)
    assert px.X400Address.parse(f"X.400:{text}", form) == address
    assert pickle.loads(pickle.dumps(address)) == address
    kept = {key: value for key, value in address.components.items() if key != "A" or value != " "}
    assert {key: value for key, value in again.components.items() if key != "A" or value != " "} == kept


@given(X400_TEXTS, st.sampled_from(FORMS))
def test_any_text_parses_or_is_refused_with_code_and_span(text: str, form: x400.Form) -> None:
    try:
        address = px.X400Address.parse(text, form)
    except px.AddressSyntaxError as error:
        refused = error
    else:
        assert px.X400Address.parse(address.format(form), form) == address
        return
    assert refused.text == text
    assert 0 <= refused.span[0] <= refused.span[1] <= len(text)
    assert x400.findings(text) or form is not x400.Form.EXCHANGE


def test_every_attribute_has_its_place_in_each_form() -> None:
    assert sorted(keywords.RFC1685_ORDER) == sorted(keywords.RFC2156_ORDER) == sorted(keywords.RULES)


def test_equality_is_by_attribute() -> None:
    one = px.X400Address.parse("C=US;A= ;P=My  Org;S=Doe;dda:SMTP=A@b")
    assert one == px.X400Address.parse("/dda:smtp=a@B/s=DOE/p=my org/c=us")
    assert one != px.X400Address.parse("c=us;a=x;p=my org;s=doe;dda:smtp=a@b")
    assert one != "c=us"


@pytest.mark.parametrize("components", [{"X": "1"}, {"OU": "a"}, {"DDA": "x"}, {"S": ["a"]}])
def test_what_is_no_component_is_a_type_error(components: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="no component"):
        px.X400Address(components)  # type: ignore[arg-type]


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse("c=us", "rfc822")
    assert caught.value.code == "unknown-form"


@given(st.text())
def test_printable_strings_round_trip(text: str) -> None:
    printable = x400.to_printable_string(text)
    assert re.fullmatch(r"[A-Za-z0-9 '()+,\-./:=?]*", printable)
    assert x400.from_printable_string(printable) == text


@pytest.mark.parametrize(
    ("text", "printable"),
    [
        ('a@b_c%d!e"(f)', "a(a)b(u)c(p)d(b)e(q)(l)f(r)"),  # Q185592, Q254725
        ("caf\u00e9 & co", "caf(195)(169) (038) co"),  # each byte of UTF-8
        ("#\ud800", "(035)(237)(160)(128)"),
    ],
)
def test_what_a_printable_string_lacks_is_substituted(text: str, printable: str) -> None:
    assert x400.to_printable_string(text) == printable


@pytest.mark.parametrize(
    ("printable", "text"),
    [
        ("user(a)host", "user@host"),
        ("(040)a(041)", "(a)"),  # once, not again (Q249349)
        ("(262)555-0100", "(262)555-0100"),  # Q272714
        ("(038)(256)(999)", "&(256)(999)"),
        ("(233)t(233)", "été"),  # no UTF-8: Latin-1
        ("(195)(169)", "é"),
        ("(l)x(r)(u)(q)(b)(p)", '(x)_"!%'),
        ("(12)(z)()", "(12)(z)()"),
    ],
)
def test_printable_strings_are_read_once(printable: str, text: str) -> None:
    assert x400.from_printable_string(printable) == text


def test_an_o_r_address_prints_as_text_and_as_what_makes_it() -> None:
    address = px.X400Address.parse("c=US;a= ;p=Org;s=Doe;ou1=East;dda:ID=7")
    assert str(address) == "c=US;a= ;p=Org;ou1=East;s=Doe;dda:ID=7;"
    assert repr(address) == (
        "X400Address({'C': 'US', 'A': ' ', 'P': 'Org', 'OU': ['East'], 'S': 'Doe', 'DDA': {'ID': '7'}})"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("c=us;ou1=a;ou2=b;ou3=c;ou4=d;ou5=e", "x400-unknown-keyword"), ("c=us;pn=", "x400-empty-value")],
)
def test_o_r_addresses_that_break_a_limit(text: str, code: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse(text)
    assert caught.value.code == code


def test_an_o_r_address_of_five_units_is_refused() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address({"C": "us", "OU": ["a", "b", "c", "d", "e"]})
    assert caught.value.code == "x400-too-many-units"
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse("/C=us/OU=e/OU=d/OU=c/OU=b/OU=a/", "rfc2156")
    assert caught.value.code == "x400-too-many-units"
