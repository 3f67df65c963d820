"""O/R addresses of RFC 1685 and 2156: several DDAs of one type, postal attributes, and the slash before the first."""

from __future__ import annotations

import pickle

import pytest

import proxyaddr as px
from proxyaddr import mixer
from proxyaddr.x400.ddas import RepeatedDDAs

REPEATED = px.X400Address.parse("DDA:ID=1; DDA:X=3; DDA:id=2; S=Doe; C=gb", "rfc1685")


def test_ddas_of_one_type_keep_their_order() -> None:
    ddas = REPEATED.components["DDA"]
    assert isinstance(ddas, RepeatedDDAs)
    assert list(ddas.items()) == [("ID", "1"), ("X", "3"), ("ID", "2")]
    assert (ddas["ID"], list(ddas), len(ddas), len(ddas.items()), ("ID", "2") in ddas.items()) == (
        "1",
        ["ID", "X"],
        2,
        3,
        True,
    )
    assert "Y" not in ddas
    assert ddas == RepeatedDDAs((("ID", "1"), ("X", "3"), ("ID", "2")))
    assert ddas != 1
    assert repr(ddas) == "RepeatedDDAs((('ID', '1'), ('X', '3'), ('ID', '2')))"


def test_an_address_with_them_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(REPEATED)) == REPEATED
    assert px.X400Address(REPEATED.components) == REPEATED
    assert px.X400Address.parse(REPEATED.format("rfc1685"), "rfc1685") == REPEATED
    other = px.X400Address.parse("DDA:ID=2; DDA:X=3; DDA:ID=1; S=Doe; C=gb", "rfc1685")
    assert (other == REPEATED, REPEATED.format()) == (False, "c=gb;s=Doe;dda:ID=1;dda:X=3;dda:ID=2;")


@pytest.mark.parametrize(
    ("text", "form"), [("c=gb;dda:ID=1;dda:ID=2", "exchange"), ("/DD.ID=1/DD.ID=2/C=gb/", "rfc2156")]
)
def test_other_forms_have_one_of_a_type(text: str, form: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse(text, form)
    assert caught.value.code == "x400-repeated-keyword"


def test_the_gateway_keeps_them() -> None:
    held = mixer.with_smtp(REPEATED, "jane@contoso.com")
    assert (held.format(), mixer.smtp_address(held)) == (
        "c=gb;s=Doe;dda:ID=1;dda:X=3;dda:ID=2;dda:SMTP=jane@contoso.com;",
        "jane@contoso.com",
    )


def test_postal_attributes_and_isdn_are_attributes_of_their_own() -> None:
    text = "/ISDN=1/PSAP=2/PD-PN=Jane Doe/PD-STREET=1 Main St/ADMD=post/C=GB/"
    address = px.X400Address.parse(text, "rfc2156")
    assert dict(address.components) == {
        **{"C": "GB", "A": "post", "ISDN": "1", "PSAP": "2", "PD-PN": "Jane Doe", "PD-STREET": "1 Main St"}
    }
    assert address.format("rfc2156") == text
    assert px.X400Address.parse(address.format("rfc1685"), "rfc1685") == address
    assert px.X400Address(address.components) == address
    assert px.parse("X400:c=GB;a=post;pd-pn=Jane;").validate() == ()
    with pytest.raises(px.AddressSyntaxError):
        px.X400Address.parse("PD-=x; C=gb", "rfc1685")


@pytest.mark.parametrize("form", ["exchange", "rfc1685", "rfc2156"])
@pytest.mark.parametrize("label", ["", "X400:", " x.400 : "])
def test_the_slash_that_is_missing_is_named(form: str, label: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse(f"{label}CN=Jane/OU=East/C=gb/", form)
    assert caught.value.code == "x400-no-leading-slash"
    assert px.parse("X400:cn=Jane/c=gb").validate()[0].code == "x400-no-leading-slash"
