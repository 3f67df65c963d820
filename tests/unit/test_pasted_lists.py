"""Lists of proxy addresses as people paste them: joined, labelled, cut off, escaped, quoted, with other separators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._text.types import KNOWN_TYPES, WHITE_SPACE
from proxyaddr.addresses import list_text
from tests.cases import cases
from tests.unit.package.test_packaging import ROOT


@pytest.mark.parametrize("case", cases("pasted_lists"), ids=str)
def test_pasted_list(case: dict[str, Any]) -> None:
    parsed = px.parse_proxies(case["text"], separator=case.get("separator"))
    assert [str(proxy) for proxy in parsed] == case["proxies"]
    assert [error.code for error in parsed.errors] == case.get("errors", [])
    assert [finding.code for finding in parsed.findings] == case.get("findings", [])
    assert [str(marker) for marker in parsed.deletions] == case.get("deletions", [])
    for key, found in (
        ("reading", [proxy.reading for proxy in parsed]),
        ("judged", [proxy.validate() for proxy in parsed]),
    ):
        if key in case:
            assert [[finding.code for finding in each] for each in found] == case[key]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("SMTP:a@b.example smtp:c@d.example", True),
        ("SMTP:a@b.example;smtp:c@d.example", True),
        ("SMTP:a@b.example%SMTP:c@d.example", True),
        ("SMTP:a@b.example|SMTP:c@d.example", True),
        ("SMTP:a@b.example\nc@d.example", True),
        ("a@b.example, c@d.example", True),
        ("X500:/o=Org/ou=Site/cn=a;jane@contoso.com", True),
        ("X400:c=US;a= ;p=Org;s=Doe;CUSTOM:x", True),
        ("X400:c=US;a= ;p=Org;dda:SMTP=a@b;dda= SMTP:x;s=Doe;", False),
        ("EUM:123;phone-context=dial.contoso.com", False),
        ("MCI:Ann\r EMS:MCI Mail\r MBX:123-4567", False),
        ("MCI:Ann;SMTP:a@b.example", True),
        ("migrate:MS:NET/PO/USER", False),
        ('SMTP:"a;b@c;d"@contoso.com', False),
        ("CCMAIL:Doe, Jane at Site", False),
        ("X500:/o=Contoso, Inc/ou=Site (A; B)/cn=x", False),
    ],
)
def test_a_list_that_is_read_as_one_address_has_a_finding(text: str, *, joined: bool) -> None:
    for parse in (px.parse_proxy, px.parse) if ":" in text else (px.parse_proxy,):
        codes = [finding.code for finding in parse(text).validate()]
        assert ("joined-values" in codes) == joined


@pytest.mark.parametrize(
    ("text", "trimmed"), [("smtp: a@b.de", 1), (" smtp:a@b.de", 1), ("smtp:a@b.de\u00a0", 1), ("smtp:a@b.de", 0)]
)
def test_white_space_around_one_address_is_a_finding(text: str, trimmed: int) -> None:
    for address in (px.parse_proxy(text), px.parse(text), *px.parse_proxies([text])):
        assert str(address) == "smtp:a@b.de"
        assert [finding.code for finding in address.validate()] == ["surrounding-blanks"] * trimmed


@pytest.mark.parametrize("separator", ["", ";;", "a", "é", "5", ":", "@", '"', "\\"])
def test_a_separator_is_one_character(separator: str) -> None:
    with pytest.raises(px.ConfigurationError) as caught:
        px.parse_proxies("SMTP:a@b", separator=separator)
    assert (caught.value.code, caught.value.setting) == ("bad-separator", "separator")
    with pytest.raises(TypeError, match="separator must be text"):
        px.parse_proxies(["SMTP:a@b"], separator=5)  # type: ignore[arg-type]


def test_errors_cover_what_they_are_about() -> None:
    text = "EmailAddresses : {SMTP:a@b, smtp:quinn@contoso,com, System.Object[], smtp:c@d...}"
    errors = px.parse_proxies(text).errors
    assert [text[slice(*error.span)] for error in errors] == ["smtp:quinn@contoso,com", "System.Object[]", "..."]
    assert all(error.text == text for error in errors)
    assert "-join ';'" in str(errors[1])
    assert "-ExpandProperty" in str(errors[1])


def test_the_grammar_and_the_table_know_the_same_types() -> None:
    grammar = (ROOT / "grammar" / "proxy_list.lark").read_text("utf-8")
    (pattern,) = re.findall(r"^KNOWN_PREFIX: /(.*)/$", grammar, re.MULTILINE)
    known = re.compile(pattern)
    assert all(known.fullmatch(f"{kind}:") for kind in [*KNOWN_TYPES, "X.400", "MAILTO"])
    assert not known.fullmatch("TEAM:")
    assert all(re.fullmatch(list_text.KNOWN_PREFIX, f"{kind.lower()} :") for kind in KNOWN_TYPES)


def test_both_columns_of_an_export_are_one_recipient(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's own type has a longer name
    path = tmp_path / "a.csv"
    path.write_text(
        "Obj-Class,Display Name,E-mail Addresses,Secondary-Proxy-Addresses\n"
        "Mailbox,A,SMTP:a@b%MS:A/B/C,SMTP:c@d%Smtp:A@B%:x\nMailbox,B,,SMTP:e@f\n"
    )
    directory = px.Directory.from_csv(path)
    first, second = directory
    assert [str(proxy) for proxy in first.proxies] == ["SMTP:a@b", "MS:A/B/C", "smtp:c@d", "smtp:A@B"]
    assert [(finding.code, finding.span) for finding in first.proxies.findings] == [("duplicate", None)]
    assert [finding.code for finding in second.proxies.findings] == ["no-primary"]
    assert [
        (error.cause.code, error.cause.text)
        for error in directory.errors
        if isinstance(error.cause, px.AddressSyntaxError)
    ] == [("empty-type", "SMTP:c@d%Smtp:A@B%:x")]


GOOD = st.lists(
    st.sampled_from(
        [
            *(
                "SMTP:jane@contoso.com",
                "smtp:o'neil+x@contoso.com",
                "X400:c=US;a= ;p=Org;o=Site;s=Doe;",
                "MS:NET/PO/JANE",
            ),
            *("X500:/o=Contoso, Inc/ou=Site (A; B)/cn=Jane Doe", "CCMAIL:Doe, Jane at Site", "sip:jane@contoso.com"),
            *("EUM:123;phone-context=dial.contoso.com", 'smtp:"jane;doe"@contoso.com', "AT&T:!jane", "fax:+1 555"),
        ]
    ),
    min_size=1,
    max_size=6,
)
"""Good addresses, such as hold separators."""

FORMS: dict[str, Callable[[list[str]], str]] = {
    ";": ";".join,
    ",": ", ".join,
    "blank": " ".join,
    "line": "\r\n".join,
    "braces": lambda items: "{" + ", ".join(items) + "}",
    "labelled": lambda items: "proxyAddresses : {" + ", ".join(items) + "}",
    "LDIF": lambda items: "".join(f"proxyAddresses: {item}\n" for item in items),
    "cut": lambda items: "{" + ", ".join(items) + "...}",
    "|": "|".join,
    "%": lambda items: "%".join(item.replace("\\", "\\\\").replace("%", "\\%") for item in items),
    "quoted": lambda items: ",".join('"' + item.replace('"', '""') + '"' for item in items),
}


@pytest.mark.parametrize("form", FORMS)
@given(items=GOOD)
def test_every_form_of_a_list_gives_its_addresses(form: str, items: list[str]) -> None:
    parsed = px.parse_proxies(FORMS[form](items))
    assert [str(proxy) for proxy in parsed] == items
    assert [error.code for error in parsed.errors] == ["cut-off-list"] * (form == "cut")
    assert list(px.parse_proxies(items)) == list(parsed)
    assert all(proxy.reading == () for proxy in parsed)


@pytest.mark.parametrize("separator", ["&", "^", "!", "*", "~", "#"])
@given(items=GOOD)
def test_any_separator_gives_its_addresses(separator: str, items: list[str]) -> None:
    escaped = [re.sub(r"(?<!AT)" + re.escape(separator), lambda match: "\\" + match[0], item) for item in items]
    assert [str(proxy) for proxy in px.parse_proxies(separator.join(escaped), separator=separator)] == items


PIECES = [*';,%|\n\t{}:"@~\\ \u00a0', "SMTP:", "x400 :", "a@b", "com", "~del", "<FAX:1>", "...", "…", "c=us", '"a;b"@c']
PIECES += ["EmailAddresses : ", "System.Object[]", "@{x=", "mailto:", "dda:", "MCI:", "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_is_lost_in_silence(text: str) -> None:
    """Each character is part of an address, an error, a marker, a label, a separator or a frame."""
    parsed = px.parse_proxies(text)
    kept = text
    for start, end in (error.span for error in parsed.errors):
        kept = kept[:start] + " " * (end - start) + kept[end:]
    kept = re.sub(r"(?i)emailaddresses|mailto|system\.object\[\]", " ", kept)
    written = "".join([*map(str, parsed), *map(str, parsed.deletions)]).lower()
    for character in set(kept.lower()) - set(f';,%|{{}}:~"\\.<>{WHITE_SPACE}…'):
        assert character in written, (character, kept)
