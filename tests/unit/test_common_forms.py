"""The common forms, read without the grammars: every answer is the grammar's, and the forms that people use get one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._text.types import KNOWN_TYPES, SPELLINGS
from proxyaddr.addresses.common_forms import common_address, common_items, common_one_off, common_proxy
from proxyaddr.addresses.proxy_list import read_items
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from tests.cases import cases, texts
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


_NAMES = st.sampled_from(["", "Jane Doe ", "Doe, Jane ", '"Doe, Jane" ', "José Núñez", "O'Neil & Co. ", "Sales/East "])
_PLAIN_VALUES = st.text(st.sampled_from("abC1/=.-+_ é"), min_size=1, max_size=12).filter(
    lambda text: text == text.strip() and "..." not in text
)
_MAILBOXES = st.builds(
    "{}@{}".format,
    st.sampled_from(["jane", "jane.o'neil", "j+x", "a=b"]),
    st.sampled_from(["contoso.com", "b", "X-1.test"]),
)

CALLS: list[Callable[[str], object]] = [px.parse, px.parse_one_off, px.parse_proxy]

UNREAD = {
    "proxyaddr.addresses.parser.common_address": None,
    "proxyaddr.addresses.parser.common_one_off": None,
    "proxyaddr.addresses.proxy_list.common_proxy": None,
    "proxyaddr.addresses.proxy_list.common_items": None,
    "proxyaddr.addresses.recipients.common_one_off": None,
}
"""The functions that read the common forms, where they are called, and what they return for every other text."""


@contextmanager
def grammars_alone() -> Iterator[None]:
    """Have the grammars read every text."""
    with ExitStack() as stack:
        for name, answer in UNREAD.items():
            stack.enter_context(mock.patch(name, return_value=answer))
        yield


def described(found: object) -> object:
    """All that an address says, its class and what was found in reading it too; of an error what it tells."""
    if isinstance(found, px.AddressSyntaxError):
        return found.code, found.message, found.text, found.span, found.expected, found.item
    names = ("type", "value", "display_name", "is_primary", "reading")
    return type(found), *(getattr(found, name, None) for name in names)


def answer(call: Callable[[str], object], text: str) -> object:
    """All that a call tells of a text."""
    try:
        return described(call(text))
    except px.AddressSyntaxError as error:
        return described(error)


def list_answer(given: str | list[str], limits: Limits = DEFAULT_LIMITS) -> object:
    """All that is told of a list."""
    try:
        found = px.parse_proxies(given, limits=limits)
    except px.AddressSyntaxError as error:
        return described(error)
    return list(map(described, found)), list(map(described, found.errors)), found.findings, found.deletions


def line_answer(text: str) -> object:
    """All that is told of a To line."""
    found = px.parse_recipients(text)
    return list(map(described, found)), list(map(described, found.errors))


def check(text: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Hold every answer for a text against that of the grammars alone."""
    with grammars_alone():
        expected = [answer(call, text) for call in CALLS]
        expected_lists = [list_answer(text, limits), list_answer([text, text], limits)]
        expected_line = line_answer(text)
        expected_items = [(described(item.found), *item[1:]) for item in read_items(text)]
    assert [answer(call, text) for call in CALLS] == expected
    assert [list_answer(text, limits), list_answer([text, text], limits)] == expected_lists
    assert line_answer(text) == expected_line
    assert [(described(item.found), *item[1:]) for item in read_items(text)] == expected_items


@given(ADDRESS_TEXTS)
def test_an_address_is_what_the_grammars_read(text: str) -> None:
    check(text)


@given(LIST_TEXTS, st.builds(Limits, list_items=st.integers(1, 4), address_length=st.integers(1, 12)))
def test_a_list_is_what_the_grammars_read(text: str, limits: Limits) -> None:
    check(text)
    check(text, limits)


def test_every_text_of_a_case_is_what_the_grammars_read() -> None:
    for text in texts():
        check(text)


COMMON = st.one_of(
    st.builds("{}[{}:{}]".format, _NAMES, st.sampled_from([*KNOWN_TYPES, "smtp", "Rfax"]), _PLAIN_VALUES | _MAILBOXES),
    st.builds("{}<{}>".format, _NAMES, _MAILBOXES),
    _MAILBOXES,
)


@given(COMMON)
def test_one_off_addresses_in_common_forms_are_answered(text: str) -> None:
    assert common_one_off(text) is not None


@given(st.sampled_from(sorted(KNOWN_TYPES)), _PLAIN_VALUES | _MAILBOXES, st.booleans())
def test_typed_values_are_answered(kind: str, value: str, is_primary: bool) -> None:
    found = common_proxy(f"{kind if is_primary else kind.lower()}:{value}")
    assert found is not None
    assert (found.type, found.value, found.is_primary) == (kind, value, is_primary)


_ITEMS = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["SMTP", "smtp", "SIP", "sip"]), _MAILBOXES),
    st.builds("{}:{}".format, st.sampled_from(["FAX", "ms", "NOTES", "x500", "EX"]), _PLAIN_VALUES),
    st.sampled_from(["X400:c=US;a= ;p=Org;s=Doe;g=Jane;", "x400:c=us;s=Doe;", "X400:c=us;a=x"]),
)


@given(st.lists(_ITEMS, min_size=1, max_size=6), st.sampled_from([";", ",", "\r\n", "\n"]))
def test_lists_of_typed_values_are_answered(items: list[str], separator: str) -> None:
    found = common_items(separator.join(items), DEFAULT_LIMITS)
    assert found is not None
    assert [str(item.found).lower() for item in found] == list(map(str.lower, items))


def test_a_fair_share_of_the_cases_is_answered() -> None:
    one_offs = [case["text"] for case in cases("one_off") if "type" in case]
    lists = [case["text"] for case in cases("proxy_list") if isinstance(case["text"], str) and not case.get("errors")]
    assert sum(common_one_off(text) is not None for text in one_offs) > len(one_offs) / 2
    assert (
        sum(common_items(text, DEFAULT_LIMITS) is not None for text in lists) > len(lists) / 4
    )  # of odd lists, most of them


@pytest.mark.parametrize(
    ("beginning", "piece"), [("", "a"), ("X400:", "c=a;"), ("x400:c=", "b "), ("SMTP:a@b", " "), ("[", "a")]
)
def test_a_long_text_takes_linear_time(beginning: str, piece: str) -> None:
    """Quadratic time would be minutes."""
    text = beginning + piece * 100_000
    common_address(text)
    common_items(text, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "/c=us/a=x/s=a@b",
            "[MAILTO:a@b]",
            "[SMTP: ]",
            "Jane@[SMTP:a@b]",
            "'a@b'",
            "SMTP:a@b\u200b",
            "smtp :a@b",
            "Smtp:a@b",
        ),
        *("SMTP:a@b;smtp:c@d", "FAX:1 smtp:a@b", "EUM:1\\;a=b", "System.Object[]", "~DEL <a@b>", "a@b (Jane)", "é@b"),
    ],
)
def test_what_may_be_read_in_another_way_is_passed_on(text: str) -> None:
    assert common_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ";",
            "a@b;c@d",
            "SMTP:a@b smtp:c@d",
            "SMTP:a@b;joe",
            "X400:c=us;s=x; smtp:a@b",
            "EUM:1;phone-context=a.b",
        ),
        *(
            "X500:/o=A, B/ou=C",
            "SMTP:a@b;RFAX:1",
            "smtp:a@b...",
            "{SMTP:a@b, smtp:c@d}",
            "SMTP:a@b%smtp:c@d",
            "Smtp:a@b",
        ),
    ],
)
def test_what_may_be_another_list_is_passed_on(text: str) -> None:
    assert common_items(text, DEFAULT_LIMITS) is None
