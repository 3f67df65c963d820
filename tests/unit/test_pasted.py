"""Addresses and To lines as people paste them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from tests.cases import cases
from tests.strategies import joined

PIECES = ["Jane ", "Doe, ", "a@b.de", "<a@b.de>", "[SMTP:a@b]", "(x)", "(a@b)", '"', "'", "{", "}", "\r\n ", "\n", "\t"]
PIECES += [";", ",", ":", "To:", "FAX:", "mailto:", "=?utf-8?q?=C3=A9?=", "\u00a0", "\uff1b", "\\", "<", ">", "[", "]"]
PASTED = joined(PIECES, 8) | st.text(max_size=20)


@pytest.mark.parametrize("case", cases("recipients"), ids=str)
def test_recipients(case: dict[str, Any]) -> None:
    found = px.parse_recipients(case["text"])
    assert [[each.type, each.value, each.display_name] for each in found] == case["recipients"]
    assert [[error.code, case["text"][slice(*error.span)]] for error in found.errors] == case["errors"]


@given(PASTED)
def test_what_is_read_can_be_written_and_read_again(text: str) -> None:
    found = px.parse_recipients(text)
    assert px.parse_recipients("; ".join(map(str, found))) == found
    for address in found:
        assert px.parse_one_off(str(address)) == address
    for error in found.errors:
        assert 0 <= error.span[0] <= error.span[1] <= len(text)
        str(error)


@given(PASTED)
def test_every_suggestion_can_be_read(text: str) -> None:
    for error in px.parse_recipients(text).errors:
        for suggested in error.expected:
            if error.code == "missing-brackets" and suggested != "[TYPE:value]":
                assert px.parse_one_off(suggested)


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("/o=Contoso/ou=First/cn=jane", "LegacyExchangeDN", ("EX", [])),
        ("Jane <jane@contoso.com>", "mail", ("SMTP", [])),
        ("jane", "smtp", ("SMTP", ["no-domain"])),
        ("[X500:/o=Contoso/ou=a/cn=jane]", "EX", ("X500", ["type-differs"])),
        ("notes:a/b@c", "NOTES", ("NOTES", [])),
        ("\u00a0+1 555", "FAX", ("FAX", ["surrounding-blanks"])),
        ("[FAX", "NOTES", ("NOTES", ["unknown-form"])),
    ],
)
def test_a_given_type_is_that_of_a_value_without_one(text: str, given: str, expected: tuple[str, list[str]]) -> None:
    address = px.parse(text, type=given)
    assert (address.type, [finding.code for finding in address.validate()]) == expected


def test_a_given_type_is_a_type_and_the_text_not_empty() -> None:
    with pytest.raises(px.AddressSyntaxError, match="not an address type"):
        px.parse("x", type="a b")
    with pytest.raises(px.AddressSyntaxError, match="nothing to parse"):
        px.parse(" ", type="EX")
    with pytest.raises(TypeError, match="type"):
        px.parse("x", type=1)  # type: ignore[arg-type]
