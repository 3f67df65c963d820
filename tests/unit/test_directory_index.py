"""The index of a directory: the same recipients, findings and errors as when each address is read by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.directory.keys import keys_of_recipient, keys_of_record
from proxyaddr.directory.reading import kept_record, read_record, record_kept
from proxyaddr.directory.records import Record
from tests.strategies import LISTS

WORDS = [
    "SMTP:",
    "smtp:",
    "Smtp:",
    "SIP:",
    "x500:/",
    "EX:/",
    "X400:",
    "x400:",
    "MS:",
    "CCMAIL:",
    "ms:",
    "FAX:",
    "SMTPOUT:",
]
PIECES = [
    *(
        "a",
        "jane",
        "o=x",
        "/cn=b c",
        "c=US;a= ;",
        "s=Doe",
        "g=",
        "a@b.de",
        "Jane@Contoso.com",
        "u.v+w@x-y.example",
        "A/B/C",
    ),
    *("Doe, Jane at CORP", "dda", "=", "@", ".", "-", "(x)", "'", "\\", "{", "}", '"', "\u00e9", "..."),
]
SEPARATORS = [";", "; ", ",", ", ", " ", "%", "|", "\n", ";;", " ;", "\t", ":"]
MIXED = st.lists(st.sampled_from([*WORDS, *WORDS, *PIECES, *SEPARATORS]), max_size=14).map("".join)
COMMON = st.sampled_from(
    [
        *(
            "SMTP:jane@contoso.com",
            "smtp:J.Doe@Contoso.com",
            "Sip:jane@contoso.com",
            "X500:/o=Old Org/cn=J (x)",
            "EX:/O=A/CN=B",
        ),
        *("X400:c=US;a= ;p=Org;s=Doe;g=Jane;", "x400:c=US;s=Doe", "MS:ORG/SITE/JANE", "CCMAIL:Doe, Jane at CORP"),
        *("SMTPOUT:a@b", "smtp:a@b.", "smtp:a@b ", "FAX:1", "jane@contoso.com", ""),
    ]
)
ALIKE = st.tuples(st.lists(COMMON, max_size=6), st.sampled_from(SEPARATORS)).map(lambda parts: parts[1].join(parts[0]))
TEXTS = st.one_of(ALIKE, MIXED, LISTS)
COLUMNS = st.lists(st.one_of(TEXTS, st.lists(st.one_of(COMMON, MIXED), max_size=3).map(tuple)), max_size=2)
RECORDS = st.builds(
    Record,
    display_name=st.sampled_from(["", "Jane", "J\u00e4ne \ud800"]),
    legacy_dn=st.sampled_from(["", "/o=Org/cn=Jane", " /o=x ", "/o=\u00c4"]),
    primary=st.one_of(st.just(""), COMMON, MIXED),
    target=st.one_of(st.just(""), COMMON, MIXED),
    proxies=COLUMNS,
    secondary_proxies=COLUMNS,
)
LIMITS = st.sampled_from(
    [px.Limits(), px.Limits(list_items=2), px.Limits(address_length=12), px.Limits(list_length=20)]
)


@given(RECORDS, LIMITS)
def test_what_is_indexed_without_reading_is_what_reading_finds(record: Record, limits: px.Limits) -> None:
    keys = keys_of_record(record, limits)
    if keys is None:
        return
    recipient, bad = read_record(record, 1, "f.csv", limits)
    assert bad == []
    found = keys_of_recipient(recipient)
    assert set(keys.keys) == set(found.keys)
    assert keys.has_or_addresses == found.has_or_addresses


@given(RECORDS)
def test_a_record_is_kept_as_it_was(record: Record) -> None:
    assert record_kept(kept_record(7, record)) == (7, record)
