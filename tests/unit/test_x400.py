"""O/R addresses in three forms, printable strings, and the MIXER mappings."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr import mixer, x400
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


def test_an_internet_address_as_dda_and_back() -> None:
    site = px.X400Address.parse("c=us;a= ;p=Org;o=Site;dda:RFC-822=old(a)x;dda:ID=7")
    held = mixer.with_smtp(site, "jane_doe@contoso.com")
    assert held.format() == "c=us;a= ;p=Org;o=Site;dda:ID=7;dda:SMTP=jane_doe@contoso.com;"
    assert mixer.smtp_address(held) == "jane_doe@contoso.com"
    printed = mixer.with_smtp(site, "jane_doe@contoso.com", dda_type="RFC-822")
    assert dict(printed.components)["DDA"] == {"ID": "7", "RFC-822": "jane(u)doe(a)contoso.com"}
    assert mixer.smtp_address(px.X400Address({"C": "us"})) is None


@given(st.from_regex(r"[a-z_!]{1,60}@[a-z]{1,30}\.[a-z]{2,20}", fullmatch=True))
def test_a_long_address_goes_on_in_further_ddas(address: str) -> None:
    held = mixer.with_smtp(px.X400Address({"C": "us"}), address, dda_type="RFC-822")
    assert mixer.smtp_address(px.X400Address.parse(held.format())) == address


def test_an_address_too_long_for_ddas_is_refused() -> None:
    with pytest.raises(px.AddressSyntaxError, match="too long"):
        mixer.with_smtp(px.X400Address({"C": "us"}), "_" * 200 + "@x", dda_type="RFC-822")


@pytest.mark.parametrize(
    ("x400_text", "internet"),
    [
        ("c=de;a=admd;p=microsoft;o=pss;s=alias", "alias@pss.microsoft.admd.de"),  # Q238491
        ("c=de;a=admd;p=org;o=o;ou1=u1;ou2=u2;g=Jane;i=QR;s=Doe", "Jane.Q.R.Doe@u2.u1.o.org.admd.de"),  # Q239007
        ("c=de;a=admd;p=org;o=o;g=Jane;s=Doe", "Jane.Doe@o.org.admd.de"),
    ],
)
def test_domain_form(x400_text: str, internet: str) -> None:
    address = px.X400Address.parse(x400_text)
    assert mixer.to_domain_form(address) == internet
    assert mixer.from_domain_form(internet) == address


@pytest.mark.parametrize("text", ["alias", "alias@", "@a.b", "a b@c.d", "x@de", "..@a.b.c.d"])
def test_what_is_no_domain_form_is_refused(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError):
        mixer.from_domain_form(text)


@pytest.mark.parametrize("text", ["c=us;s=two words;o=x", "c=us;o=x", "c=us;s=a@b;o=x", "c=us;s=a.b;o=x"])
def test_what_no_domain_form_can_hold_is_refused(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError):
        mixer.to_domain_form(px.X400Address.parse(text))


def test_gateway_form() -> None:
    address, gateway = mixer.from_gateway_form('"/S=Sender/P=prmd/A=admd/C=GB/"@mixer.org.com')  # Q254992
    assert (address.format(), gateway) == ("c=GB;a=admd;p=prmd;s=Sender;", "mixer.org.com")
    assert mixer.to_gateway_form(address, gateway) == '"/S=Sender/PRMD=prmd/ADMD=admd/C=GB/"@mixer.org.com'


@given(x400_addresses())
def test_gateway_form_round_trips(address: px.X400Address) -> None:
    assert mixer.from_gateway_form(mixer.to_gateway_form(address, "gw.example")) == (address, "gw.example")


@pytest.mark.parametrize("text", ["/S=x/C=us/", "jane@contoso.com", '"/S=x/C=us/"@', '"/S=x/C=us/@gw'])
def test_what_is_no_gateway_form_is_refused(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError):
        mixer.from_gateway_form(text)
