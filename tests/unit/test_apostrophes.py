"""Addresses in apostrophes, as PowerShell and word processors write them, where one address is read."""

from __future__ import annotations

import pytest

import proxyaddr as px


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("'SMTP:ann@contoso.com'", px.ProxyAddress("SMTP", "ann@contoso.com", is_primary=True)),
        (" 'x500:/o=A/ou=B/cn=O''Neil' ", px.ProxyAddress("X500", "/o=A/ou=B/cn=O'Neil")),
        ("\u2018smtp:ann@contoso.com\u2019", px.ProxyAddress("SMTP", "ann@contoso.com")),
        ("'[FAX:1]'", px.OneOffAddress("FAX", "1")),
    ],
)
def test_one_address_in_apostrophes(text: str, address: px.TypedAddress) -> None:
    found = px.parse(text)
    assert found == address
    assert [finding.code for finding in found.reading] == ["surrounding-apostrophes"]


@pytest.mark.parametrize("text", ["'Jane'", "'ann@contoso.com, a@contoso.com'", "\u2018Jane\u2019", "''"])
def test_what_is_no_address_in_apostrophes(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse(text)
    assert caught.value.text == text
