"""The limit of items in To lines: as for lists of proxy addresses, and without reading all of a line beyond it."""

from __future__ import annotations

import pytest

import proxyaddr as px

PIECES = ("a@b.de", "Roe, Jane <c@d.de>", "jane", "[FAX:1]", "Team: e@f.de", "/o=a/ou=b/cn=c", "x@y.de")


@pytest.mark.parametrize("separator", [";", "\t", "\r\n", " ; ", ";;"])
@pytest.mark.parametrize("most", [1, 2, 3, 6])
def test_the_first_piece_too_many_is_the_error(separator: str, most: int) -> None:
    text = separator.join(PIECES)
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_recipients(text, limits=px.Limits(list_items=most))
    start, end = caught.value.span
    assert (caught.value.code, end, caught.value.text) == ("too-many-items", len(text), text)
    assert text[start:].startswith(PIECES[most].removeprefix("Team: "))
    found = px.parse_recipients(text)
    assert px.parse_recipients(text, limits=px.Limits(list_items=len(PIECES))) == found


@pytest.mark.parametrize(
    "text",
    [
        "a@b.de; (x); (y); (z); (w); (v); (u)",  # notes are no items
        "X400:c=US;a=b;p=c;o=d;s=e;g=f;i=h",  # the separators are those of a value
        "a, b, c, d, e, f, g <a@b.de>",  # a name
        "a@b.de" + ";" * 20,
    ],
)
def test_separators_alone_are_no_items(text: str) -> None:
    found = px.parse_recipients(text)
    assert len(found) + len(found.errors) == 1
    assert px.parse_recipients(text, limits=px.Limits(list_items=1)) == found


def test_blanks_separate_beyond_the_limit_too() -> None:
    text = "a@b.de c@d.de e@f.de; " * 5
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.parse_recipients(text, limits=px.Limits(list_items=2))
    assert caught.value.span == (14, len(text))
