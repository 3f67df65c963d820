"""What stands before a colon as a type does: links, labels, and the keyword of a part of an O/R address."""

from __future__ import annotations

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr import columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DDA:SMTP=a@b.example;C=US;A=Att", ("X400", "DDA:SMTP=a@b.example;C=US;A=Att", [])),
        (" dda:smtp=a(a)b.example;p=Org;c=us", ("X400", "dda:smtp=a(a)b.example;p=Org;c=us", [])),
        ("DDA:SMTP=a@b.example", ("DDA", "SMTP=a@b.example", ["unknown-type"])),
        ("mailto:jane@contoso.com?subject=x", ("SMTP", "jane@contoso.com", ["unknown-type"])),
        ("mailto:jane", ("SMTP", "jane", ["unknown-type", "no-domain"])),
        ("From:Jane Doe <jane@contoso.com>", ("FROM", "Jane Doe <jane@contoso.com>", ["unknown-type"])),
        ("[MAILTO:jane@contoso.com]", ("SMTP", "jane@contoso.com", [])),
    ],
)
def test_what_leads_is_read_or_is_a_finding(text: str, expected: tuple[str, str, list[str]]) -> None:
    address = px.parse(text)
    assert (address.type, address.value, [found.code for found in address.validate()]) == expected
    (row,) = columns.parse(pa.array([text])).to_pylist()
    assert (row["type"], row["value"], row["error"]) == (address.type, address.value, None)


def test_the_product_writes_mailto_as_a_type() -> None:
    # MS-OXCMAIL: a type that was seen; an address made again from it must be the one that was sent
    found = px.decapsulate("IMCEAMAILTO-jane+40contoso+2Ecom@fabrikam.com")
    assert (found.type, found.value) == ("MAILTO", "jane@contoso.com")
    assert px.AddressSpace.parse("MAILTO:*").type == "MAILTO"
    assert px.TypedAddress("MAILTO", "jane@contoso.com") != px.TypedAddress("SMTP", "jane@contoso.com")
