"""The MIXER mappings: O/R addresses to Internet addresses and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr import mixer
from tests.strategies import x400_addresses


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


def test_a_gateway_is_a_domain() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        mixer.to_gateway_form(px.X400Address.parse("c=us;s=Doe"), "a b")
    assert (caught.value.code, caught.value.text) == ("bad-domain", "a b")
