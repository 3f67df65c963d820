"""The common forms, read without the grammars: every answer is the grammar's, and the forms that people use get one."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._text.types import KNOWN_TYPES, SPELLINGS
from proxyaddr.addresses import one_off, proxy_list
from proxyaddr.addresses.common_forms import common_address, common_items, common_one_off, common_proxy
from proxyaddr.limits import DEFAULT_LIMITS
from tests.cases import texts
from tests.strategies import LISTS, ROW_TEXTS, VALUES, case_texts, joined

_PIECES = [
    *(
        "SMTP:",
        "smtp:",
        "Smtp:",
        "X400:",
        "x.400:",
        "EX:",
        "x500:",
        "EUM:",
        "MCI:",
        "dda:",
        "MAILTO:",
        "RFAX:",
        "AT&T:",
    ),
    *("a", "B", "a@b", "jane@contoso.com", "c=us", "a= ", "p=Org", "s=Doe", "/o=a b/cn=c", "=", "/", "'", '"', "\\"),
    *(
        "\\x41",
        "Jane Doe",
        "Doe, Jane",
        '"Doe, Jane"',
        "é",
        "名",
        "[",
        "]",
        "<",
        ">",
        "(",
        ")",
        "{",
        "}",
        "@",
        ":",
        ";",
    ),
    *(";;", "; ", ",", " ", "\t", "\n", "\r\n", "\f", "\x1c", "\x85", "\xa0", "\u200b", "\u3000", "\uff1b", "\uff20"),
    *("%", "|", "...", "…", "~del", "<FAX:1>", "=?utf-8?q?a?=", "address: ", "System.", "\x00", "\ud800", ".", "-"),
]
_TYPES = st.sampled_from([*KNOWN_TYPES, *SPELLINGS, "mailto", "dda", "TO", "3COM", "Smtp"]).flatmap(
    lambda kind: st.sampled_from([kind, kind.lower()])
)
_WORDS = joined(_PIECES, 3)
_TYPED = st.builds("{}:{}".format, _TYPES, _WORDS)
_NEARLY = st.one_of(
    _TYPED,
    st.builds("{}[{}]{}".format, _WORDS, _TYPED, st.sampled_from(["", " ", "\n", "x"])),
    st.builds("{}<{}@{}>{}".format, _WORDS, _WORDS, _WORDS, st.sampled_from(["", " ", "\n", "x"])),
    st.builds("{}@{}".format, _WORDS, _WORDS),
)
"""Texts in a common form, or close to one."""

ADDRESS_TEXTS = st.one_of(_NEARLY, joined(_PIECES, 8), ROW_TEXTS, VALUES, VALUES.map("SMTP:{}".format))
LIST_TEXTS = st.one_of(
    LISTS,
    joined(_PIECES, 12),
    st.lists(
        _TYPED | st.sampled_from(["X400:c=us;a= ;p=x;", "SMTP:a@b", "ex:/o=a/cn=b"]), min_size=1, max_size=4
    ).flatmap(
        lambda items: st.sampled_from([";", ",", "; ", ";;", "\r\n", " ", " ;", ", \n"]).map(
            lambda mark: mark.join(items)
        )
    ),
    st.sampled_from(case_texts()),
)


def read(reader: Callable[[str], object], text: str) -> object:
    """What a reader of the grammar returns, or the error."""
    try:
        return reader(text)
    except px.AddressSyntaxError as error:
        return error


def described(found: object) -> object:
    """All that an address says, its class and what was found in reading it too."""
    names = ("type", "value", "display_name", "is_primary", "reading")
    return type(found), *(getattr(found, name, None) for name in names)


def check_address(text: str) -> None:
    for plain, reader in ((common_address, one_off.read_address), (common_one_off, one_off.read_one_off)):
        if (found := plain(text)) is not None:
            assert described(found) == described(read(reader, text)), (plain, text)
    if (proxy := common_proxy(text)) is not None:
        item = proxy_list.read_item(text)
        assert (described(proxy), item.mixed_case) == (described(item.found), False), text


def check_list(text: str) -> None:
    found = common_items(text, DEFAULT_LIMITS)
    if found is not None:
        expected = proxy_list.read_items(text)
        assert [(described(item.found), *item[1:]) for item in found] == [
            (described(item.found), *item[1:]) for item in expected
        ], text


@given(ADDRESS_TEXTS)
def test_an_address_is_the_grammars_or_passed_on(text: str) -> None:
    check_address(text)


@given(LIST_TEXTS)
def test_a_list_is_the_grammars_or_passed_on(text: str) -> None:
    check_list(text)


def test_every_text_of_a_case_is_the_grammars_or_passed_on() -> None:
    for text in {*texts(), *case_texts()}:
        check_address(text)
        check_list(text)
