"""Which texts are reported as looking like others, and which, of any script, are not."""

# ruff: noqa: RUF001, RUF003 - letters that look alike are what is tested

from __future__ import annotations

import sys
import unicodedata

import pytest

import proxyaddr as px


def codes(address: px.TypedAddress) -> list[str]:
    return [found.code for found in address.validate() if found.code != "not-an-internet-address"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("pаypal@contoso.com", "confusable"),  # Cyrillic а
        ("user@cοntoso.com", "confusable"),  # Greek ο
        ("user@contosо1.com", "confusable"),  # Cyrillic о before a digit
        ("user@аррӏе.com", "confusable"),  # Cyrillic as a whole
        ("ｕser@contoso.com", "confusable"),  # full width
        ("user@ⓒontoso.com", "confusable"),
        ("user@\u202econtoso.com", "bidi-control"),
        ("us\u200eer@contoso.com", "bidi-control"),
        ("us\u200ber@contoso.com", "invisible-character"),
        ("us\u00ader@contoso.com", "invisible-character"),
        ("us\u200der@contoso.com", "invisible-character"),
        ("\u200cuser@contoso.com", "invisible-character"),
        ("us\u3164er@contoso.com", "invisible-character"),
        ("us\U000e0041er@contoso.com", "invisible-character"),
        ("us\x1ber@contoso.com", "control-character"),
    ],
)
def test_an_internet_address_that_looks_like_another(value: str, code: str) -> None:
    assert codes(px.OneOffAddress("SMTP", value)) == [code]


@pytest.mark.parametrize(
    "value",
    [
        "иван@почта.рф",
        "иван@пример.com",
        "аррӏе@аррӏе.рф",
        "ελένη@ελλάδα.gr",
        "太郎@例え.jp",
        "info太郎カナかな@例えabc.jp",
        "홍길동kim@한국.kr",
        "משה@דואר.קום",
        "علي@مثال.إختبار",
        "जॉन@उदाहरण.भारत",
        "jürgen.o'łukasz@bücher.de",
        "user+tag=1@x-y.contoso.com",
        "shop-иван@b.de",
    ],
)
def test_plain_addresses_of_any_script(value: str) -> None:
    assert codes(px.OneOffAddress("SMTP", value)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jane Doe", []),
        ("Иван Петров", []),
        ("山田 太郎 ＡＢＣ", []),  # full width is how Japanese writes Latin letters
        ("نامه\u200cای", []),
        ("क्\u200dष", []),
        ("👩🏽\u200d💻", []),
        ("❤\ufe0f", []),
        ("5 µm", []),
        ("Doe—Петров", []),
        ("Jane (JANE@contoso.com)", []),
        ("Jаne", ["confusable"]),  # Cyrillic а
        ("Ja\u0301nе", ["confusable"]),  # Cyrillic е after a mark
        ("Jane\u202e", ["bidi-control"]),
        ("Jane\u2066\u200b", ["bidi-control", "invisible-character"]),
        ("Jane\r\nBcc: x", ["control-character"]),
        ("boss@fabrikam.com", ["address-in-name"]),
        ("boss＠fabrikam.com", ["address-in-name"]),  # full width
    ],
)
def test_display_names(name: str, expected: list[str]) -> None:
    assert codes(px.OneOffAddress("SMTP", "jane@contoso.com", name)) == expected


def test_values_of_other_types() -> None:
    assert codes(px.OneOffAddress("FAX", "+1 555")) == []
    assert codes(px.OneOffAddress("FAX", "１２３")) == []  # full width is no matter there
    assert codes(px.OneOffAddress("FAX", "1\r\n2")) == ["control-character"]
    assert codes(px.OneOffAddress("X500", "/o=Org/ou=Site/cn=pаul")) == ["dn-charset", "confusable"]  # Cyrillic а


def test_every_bidi_control_and_format_character_is_reported() -> None:
    quiet = []
    for character in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and not codes(
            px.OneOffAddress("FAX", f"é{character}")
        ):
            quiet.append(unicodedata.name(character))
    # What is left is seen: signs of Arabic, Syriac and Kaithi numbers, and of hieroglyphs
    assert all(name.split()[0] in {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"} for name in quiet)


def test_spans_are_the_places() -> None:
    value = "ab@x.cοm"  # Greek ο
    (found,) = px.OneOffAddress("SMTP", value).validate()
    assert found.span is not None
    assert value[slice(*found.span)] == value[5:]
