"""Which recipient of a directory holds each address of a column: the same as one look-up for each."""

from __future__ import annotations

from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.directory import keys
from tests.unit.test_whole_sites import DIRECTORIES, KINDS, KINDS_OF_TEXT, PROXIES, TEXTS, VALUES


def one_at_a_time(directory: px.Directory, texts: list[str]) -> list[int]:
    """Return the same from one look-up for each."""
    found = []
    for text in texts:
        try:
            held = directory.find(text)
        except px.AddressSyntaxError:
            found.append(directory.NO_ADDRESS)
            continue
        several = directory.SEVERAL if len(held) > 1 else None
        found.append(several or (directory.recipients.index(held[0]) if held else directory.NOBODY))
    return found


def numbered(directory: px.Directory) -> px.Directory:
    """Return a directory whose recipients differ in their names."""
    return px.Directory(
        px.Recipient(f"{number} {each.display_name}", each.proxies, each.target_address, legacy_dn=each.legacy_dn)
        for number, each in enumerate(directory)
    )


@given(DIRECTORIES, st.lists(st.one_of(TEXTS, PROXIES, st.sampled_from(VALUES)), max_size=6))
def test_a_column_is_looked_up_as_one_at_a_time(directory: px.Directory, texts: list[str]) -> None:
    held = [str(address) for each in directory for address in each.addresses][:12]
    asked = [*texts, *held, *map(str.swapcase, held)]
    expected = one_at_a_time(numbered(directory), asked)
    assert list(directory.find_many(asked)) == expected
    assert list(numbered(directory).find_many(asked)) == expected


def test_each_kind_of_recipient_is_found() -> None:
    held = [str(address) for each in KINDS for address in each.addresses]
    asked = [*held, *KINDS_OF_TEXT]
    assert list(KINDS.find_many(asked)) == one_at_a_time(KINDS, asked)


PEOPLE = px.Directory.from_records(
    [
        {"displayName": "Jane", "proxyAddresses": "SMTP:jane@contoso.com;X500:/o=Org/cn=Jane Doe smith"},
        {"displayName": "Joe", "proxyAddresses": ["SMTP:joe@contoso.com", "J@contoso.com"], "aliases": "smtp:k@b.de"},
        {"displayName": "Ann", "proxyAddresses": "SMTP:ann@contoso.com.example%smtp:shared@b.de"},
        {"displayName": "Bo", "proxyAddresses": "smtp:shared@b.de, CCMAIL:Doe, Bo at X;X400:c=US;a= ;s=Bo;"},
        {"displayName": "Cy", "proxyAddresses": "SMTP:c\u00ff@contoso.com", "legacyExchangeDN": "/o=Org/cn=Cy"},
    ]
)
ADDRESSES: dict[str | None, int] = {
    **{"jane@contoso.com": 0, "smtp:JANE@CONTOSO.COM": 0, "EX:/o=org/cn=jane doe smith": 0, "X500:/o=Org/cn=Jane": -1},
    **{"j@contoso.com": 1, "smtp:k@b.de": 1, "ann@contoso.com": -1, "ann@contoso.com.example": 2, "shared@b.de": -2},
    **{"CCMAIL:doe, bo at x": 3, "X400:s=bo;c=us;a= ;": 3, "c\u00ff@contoso.com": 4, "X500:/o=Org/cn=Cy": 4},
    **{"smtp:": -3, "": -3, None: -1},
}


@pytest.mark.parametrize(
    "column",
    [
        list(ADDRESSES),
        pa.array(ADDRESSES),
        pa.chunked_array([list(ADDRESSES)]),
        pa.array(ADDRESSES).dictionary_encode(),
    ],
)
def test_addresses_are_found_in_any_kind_of_column(column: object) -> None:
    found = PEOPLE.find_many(column)
    assert list(found) == list(ADDRESSES.values())
    assert pa.array(found).to_pylist() == list(ADDRESSES.values())


@pytest.mark.parametrize("column", ["jane@contoso.com", 5, pa.array([1])])
def test_a_column_holds_text(column: object) -> None:
    with pytest.raises(TypeError):
        PEOPLE.find_many(column)


def test_hashes_that_meet_are_no_holders() -> None:
    with mock.patch.object(keys.Holders, "with_key", return_value=[0, 1, 4]):
        assert list(PEOPLE.find_many(["x@contoso.com", "ane@contoso.com", "jane@contoso"])) == [-1, -1, -1]
