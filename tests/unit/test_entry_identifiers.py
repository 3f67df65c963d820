"""Entry identifiers of every kind, and the texts in which programs show them."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.addresses.encapsulated_text import FoundAddress
from proxyaddr.addresses.entry_identifiers import find_in_identifiers
from tests.strategies import MAPI_TEXTS

FLAGS = bytes(4)
EXCHANGE = FLAGS + bytes.fromhex("dca740c8c042101ab4b908002b2fe182") + bytes.fromhex("0100000000000000")
WRAPPED = FLAGS + bytes.fromhex("c091add3519dcf11a4a900aa0047faa4")
CONTACTS = FLAGS + bytes.fromhex("fe42aa0a18c71a10e8850b651c240000") + bytes.fromhex("03000000")
DN = "/o=Contoso/ou=Site/cn=Recipients/cn=jane"
EX = EXCHANGE + DN.encode() + b"\x00"
ONE_OFF = px.OneOffEntryId("Jane", "smtp", "jane@contoso.com").to_bytes()
IN_EX, IN_ONE_OFF = ("EX", DN, None), ("SMTP", "jane@contoso.com", "Jane")


def flat(*entries: bytes) -> bytes:
    """A FlatEntryList (MS-OXCDATA 2.3.3)."""
    body = b"".join(len(one).to_bytes(4, "little") + one + bytes(-len(one) % 4) for one in entries)
    return len(entries).to_bytes(4, "little") + len(body).to_bytes(4, "little") + body


def read(data: bytes | str, code_page: str = "cp1252") -> list[tuple[str, str, str | None]]:
    """The parts of each address."""
    return [(one.type, one.value, one.display_name) for one in px.read_entry_ids(data, code_page=code_page)]


def shown(text: str) -> list[str]:
    """The value of each address that the command finds, and the code of each error."""
    found = find_in_identifiers(text)
    assert found is not None
    return [one.value if isinstance(one, FoundAddress) else one.code for one in found]


@pytest.mark.parametrize(
    ("data", "addresses"),
    [
        (ONE_OFF, [IN_ONE_OFF]),
        (EX, [IN_EX]),
        (EX + bytes(3), [IN_EX]),
        (WRAPPED + b"\xb5" + EX, [IN_EX]),
        (WRAPPED + b"\x00" + ONE_OFF, [IN_ONE_OFF]),
        (flat(EX, ONE_OFF), [IN_EX, IN_ONE_OFF]),
        (flat(ONE_OFF)[8:], [IN_ONE_OFF]),
        (b"fax:+1 555\x00", [("FAX", "+1 555", None)]),
    ],
)
def test_identifiers_that_hold_addresses(data: bytes, addresses: list[tuple[str, str, str | None]]) -> None:
    assert read(data) == addresses
    assert read(data.hex()) == addresses
    assert read(base64.b64encode(data).decode()) == addresses


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (CONTACTS + b"\x04\x00\x00\x00" + bytes(60), "entry-without-address", "contact"),
        (CONTACTS + b"\x05\x00\x00\x00" + bytes(60), "entry-without-address", "distribution list"),
        (CONTACTS + b"\x09\x00\x00\x00" + bytes(60), "entry-without-address", "entry of the contacts"),
        (WRAPPED + b"\xb3" + bytes(70), "entry-without-address", "contact"),
        (WRAPPED + b"\xb4" + bytes(70), "entry-without-address", "distribution list"),
        (
            FLAGS + bytes.fromhex("1a447390aa6611cd9bc800aa002fc45a") + bytes(26),
            "entry-without-address",
            "public folder",
        ),
        (
            FLAGS + bytes.fromhex("38a1bb1005e5101aa1bb08002b2a56c2") + bytes(60),
            "entry-without-address",
            "message store",
        ),
        (FLAGS + b"m" * 16 + b"\x07\x00" + bytes(48), "entry-without-address", "message"),
        (FLAGS + b"m" * 16 + b"\x01\x00" + bytes(24), "entry-without-address", "folder"),
        (b"\x87\x00\x00\x00" + b"m" * 16 + bytes(12), "entry-without-address", "one connection"),
        (EXCHANGE[:24] + b"\x00\x01\x00\x00/\x00", "entry-without-address", "address list"),
        (EXCHANGE + DN.encode(), "truncated", "does not end"),
        (EXCHANGE[:22], "truncated", "does not end"),
        (EXCHANGE + b"\x00", "empty-value", "empty"),
        (EX + b"x", "trailing-octets", "follow"),
        (px.OneOffEntryId("Jane", "SMTP", "").to_bytes(), "empty-value", "empty"),
        (FLAGS, "truncated", "provider"),
        (FLAGS + b"m" * 16 + b"\x07\x00", "unknown-entry-identifier", "6D6D"),
        (WRAPPED + b"\x00" + WRAPPED, "unknown-entry-identifier", "no other"),
        (WRAPPED, "truncated", "provider"),
        (flat(EX)[:-30], "unknown-entry-identifier", "known"),
        (b"\x01\x00\x00\x00\xff\x00\x00\x00" + bytes(20), "unknown-entry-identifier", "known"),
        (b"\x01\x00\x00\x00\x10\x00\x00\x00" + bytes(20), "unknown-entry-identifier", "known"),
        (b"", "truncated", "provider"),
    ],
)
def test_identifiers_that_hold_none_name_their_kind(data: bytes, code: str, words: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.read_entry_ids(data)
    assert (caught.value.code, words in caught.value.message) == (code, True)


def test_the_code_page_is_that_of_text_that_is_not_unicode() -> None:
    ansi = px.OneOffEntryId("Иван", "SMTP", "i@contoso.com", px.OneOffFlags(0), "cp1251").to_bytes()
    assert read(ansi, code_page="cp1251")[0][2] == "Иван"
    assert read(EXCHANGE + "ю\x00".encode("cp1251"), code_page="cp1251")[0][1] == "ю"
    for code_page, code in (("utf-8", "bad-text"), ("none", "bad-code-page")):
        with pytest.raises(px.AddressSyntaxError) as caught:
            read(b"FAX:\xff\x00", code_page=code_page)
        assert caught.value.code == code


DIGITS = EX.hex()
WRAPPED_LINES = "\n".join(DIGITS[place : place + 33] for place in range(0, len(DIGITS), 33))


@pytest.mark.parametrize(
    "text",
    [
        DIGITS.upper(),
        f"0x{DIGITS}",
        EX.hex(" "),
        EX.hex("-"),
        EX.hex(":"),
        ", ".join(f"0x{byte:02X}" for byte in EX),
        WRAPPED_LINES,
        f"PR_ENTRYID: {DIGITS}",
        f"PidTagEntryId = 0x{DIGITS}",
        f"cb: {len(EX)} lpb: {DIGITS}",
        f"EntryId {DIGITS}",
        f"EntryId:\n{DIGITS}",
        f"EntryID\n-------\n{DIGITS}",
        f"DisplayName : Jane Doe\r\nEntryID     : {DIGITS[:70]}\r\n              {DIGITS[70:]}\r\n",
        base64.urlsafe_b64encode(EX).decode().rstrip("="),
        f"EntryID: {base64.b64encode(EX).decode()}",
        base64.encodebytes(EX).decode(),
    ],
)
def test_texts_of_an_identifier(text: str) -> None:
    assert shown(text) == [DN]


def test_several_identifiers_stand_on_lines_of_their_own() -> None:
    one_off, key = ONE_OFF.hex(), b"FAX:1\x00".hex()
    assert shown(f"{DIGITS}\n{one_off}\n{key}\n{key}") == [DN, "jane@contoso.com", "1", "1"]
    assert shown(f"{WRAPPED_LINES}\n{one_off[:41]}\n{one_off[41:]}") == [DN, "jane@contoso.com"]
    assert shown(f"{base64.b64encode(EX).decode()}\n{base64.b64encode(ONE_OFF).decode()}") == [DN, "jane@contoso.com"]
    assert shown(f"{DIGITS}\nEntryID: {DIGITS[:-1]}") == [DN, "truncated"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane5",
        "deadbeef",
        "ab" * 16,
        "AAAA=A",
        "jane@contoso.com",
        f"Delivery has failed:\n{DIGITS}\nto someone",
        f"{DIGITS}\nTo: IMCEAFAX-1@x",
    ],
)
def test_other_texts_hold_no_identifier(text: str) -> None:
    assert find_in_identifiers(text) is None
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.read_entry_ids(text)
    assert caught.value.code == "unknown-entry-identifier"


@pytest.mark.parametrize("text", ["ab" * 32, DIGITS[:-1], DIGITS[:20]])
def test_what_can_only_be_meant_as_an_identifier_is_an_error(text: str) -> None:
    assert shown(text)[0] in {"unknown-entry-identifier", "truncated"}


def test_the_proxy_of_an_identifier_is_judged() -> None:
    found = [
        one for text in (DIGITS, (EXCHANGE + b"/o=A/ou=B/cn=\xfc\x00").hex()) for one in find_in_identifiers(text) or ()
    ]
    assert [one.proxy for one in found if isinstance(one, FoundAddress)] == [f"X500:{DN}", None]


@given(MAPI_TEXTS, MAPI_TEXTS.filter(bool))
def test_one_off_identifiers_come_back(name: str, value: str) -> None:
    data = px.OneOffEntryId(name, "FAX", value).to_bytes()
    assert read(data) == read(data.hex()) == read(base64.b64encode(data).decode()) == [("FAX", value, name)]


@given(st.binary(max_size=80), st.sampled_from([b"", EXCHANGE, WRAPPED, WRAPPED + b"\xb5" + EXCHANGE, flat(EX)]))
def test_any_bytes_are_read(data: bytes, before: bytes) -> None:
    for given_data in (before + data, (before + data).hex(), base64.b64encode(before + data).decode()):
        with suppress(px.AddressSyntaxError):
            assert all(one.value for one in px.read_entry_ids(given_data))
