"""Comments and blanks inside addresses, routes and doubled brackets, as RFC 5322 and RFC 7103 describe them."""

from __future__ import annotations

import pytest

import proxyaddr as px


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Jane <jane(her account)@silly.test(her host)>", "Jane", "jane@silly.test"),  # RFC 5322 A.5
        ("Jane <jane@machine(comment).  example>", "Jane", "jane@machine.example"),  # RFC 5322 A.6.3
        ("<jane . doe @ contoso . com>", None, "jane.doe@contoso.com"),
        ("<jane.(a)(b) doe@contoso(c (d)) .com>", None, "jane.doe@contoso.com"),
        ('<"jane  doe"(x)@contoso.com>', None, '"jane  doe"@contoso.com'),
        ("jane.(comment)doe@(comment)contoso.com", None, "jane.doe@contoso.com"),
        ("jane@(comment)[10.0.0.1]", None, "jane@[10.0.0.1]"),
        ("jane@contoso.com(Jane Doe)", "Jane Doe", "jane@contoso.com"),
        ("<<<jane@contoso.com>>>", None, "jane@contoso.com"),  # RFC 7103 7.1.2
        ("Jane <<jane@contoso.com>>", "Jane", "jane@contoso.com"),
        ('"<<Jane>>" (x) <jane@contoso.com> (y)', "<<Jane>>", "jane@contoso.com"),
        ("Jane <@relay.example: jane@contoso.com>", "Jane", "jane@contoso.com"),
        ("<@a.example ,, (x) @b.example (y): (z) jane@contoso.com>", None, "jane@contoso.com"),
        ('Jane "jd" Doe <jane@contoso.com>', "Jane jd Doe", "jane@contoso.com"),
        ('"Jane" (a "b") Doe <jane@contoso.com>', 'Jane (a "b") Doe', "jane@contoso.com"),
    ],
)
def test_read(text: str, name: str | None, value: str) -> None:
    address = px.parse_one_off(text)
    assert (address.type, address.value, address.display_name) == ("SMTP", value, name)
    assert [(one.value, one.display_name) for one in px.parse_recipients(text) if text.count("<<<") == 0] in (
        [],
        [(value, name)],
    )


@pytest.mark.parametrize(
    "text",
    [
        "jane @contoso.com",
        "jane@contoso.com . Thanks",
        "jane(x)doe@contoso.com",
        "(comment\\)jane@contoso.com",
        "jane@contoso.com(comment\\)",
        '"Jane"jane@contoso.com',
        '"Jane""jane"@contoso.com',
        '"Jane".doe@contoso.com',
        "jane@[fax:1 2]",
        "Jane <@relay,invalid:jane@contoso.com>",
        "<<jane@contoso.com>",
        "<<jane@contoso.com>>>",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(px.AddressSyntaxError):
        px.parse_one_off(text)
    assert list(px.parse_recipients(text)) == []


@pytest.mark.parametrize(
    ("text", "values", "codes"),
    [
        ("Team (all of us): jane@contoso.com; (the end)", ["jane@contoso.com"], []),
        ("jane@contoso.com, (nobody),, joe@contoso.com", ["jane@contoso.com", "joe@contoso.com"], []),
        ("jane@contoso.com; (nobody), Joe <joe@contoso.com>", ["jane@contoso.com", "joe@contoso.com"], []),
        ("(nobody), (at all)", [], ["no-address"]),
        ("(nobody),", [], ["no-address"]),
        ("(nobody)", [], ["no-address"]),
    ],
)
def test_comments_are_no_recipients(text: str, values: list[str], codes: list[str]) -> None:
    found = px.parse_recipients(text)
    assert [address.value for address in found] == values
    assert [error.code for error in found.errors] == codes
    assert all("nobody" not in (address.display_name or "") for address in found)


@pytest.mark.parametrize("piece", ["(c).", ".(c)", " (c) ", "(c)", " . ", "@a,", ",@", "<", '"a" ', "\\("])
@pytest.mark.parametrize("beginning", ["<a@b", "a@b", "<", "a"])
def test_hostile_text_costs_no_more_than_its_length(beginning: str, piece: str) -> None:
    """Backtracking over the ways to share out dots, blanks and comments would never end."""
    text = beginning + piece * 1_000
    for read in (px.parse_one_off, px.parse_recipients):
        try:
            read(text)
        except px.AddressSyntaxError as error:
            assert error.text == text  # noqa: PT017 - reading the text is allowed as well
