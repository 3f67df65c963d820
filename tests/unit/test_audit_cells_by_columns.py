"""Cells of CSV are judged by columns as they are judged one by one: nothing odd in them is passed over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.auditing import sources

PIECES = st.sampled_from(
    [
        *(
            "SMTP:a@contoso.com",
            "smtp:b@contoso.com",
            "smtp:c@contoso.local",
            "smtp:x y@contoso.com",
            "smtp:",
            "Smtp:q@x",
        ),
        *(
            "X500:/o=a/cn=b",
            "x500:/o=a/cn=b,c",
            "SIP:a@contoso.com",
            "X400:C=US;A= ;P=x;S=y;",
            "CCMAIL:Roe, Joe at Site",
        ),
        *(
            "notype@contoso.com",
            "SMTP",
            ":",
            "=",
            "\\",
            "'",
            '"',
            "{",
            "}",
            " ",
            "\u00a0",
            "\t",
            "\n",
            ",",
            ";",
            "|",
            "%",
        ),
    ]
)
SEPARATORS = st.sampled_from([";", ",", ", ", "; ", "|", " ", "\n", ""])


@st.composite
def cells(draw: st.DrawFn) -> str:
    text = draw(SEPARATORS).join(draw(st.lists(PIECES, max_size=4)))
    return f"{{{text}}}" if draw(st.booleans()) else text


def told(path: Path) -> list[dict[str, object]]:
    return [finding.as_dict() for finding in px.audit(path).findings]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(cells(), min_size=1, max_size=4))
def test_columns_and_objects_tell_the_same(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "mail", "proxyAddresses"))
        rows.writerows((f"u{number}", "a@contoso.com", text) for number, text in enumerate(texts))
    by_columns = told(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "find_spec", lambda _: None)
        assert by_columns == told(path)


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        (["{smtp:x y@contoso.com}"], {"smtp-invalid-character"}),
        (["{SMTP:a@contoso.local}"], {"domain-not-routable"}),
        (["{smtp:}"], {"proxy-empty-value"}),
        (["SMTP:a@contoso.com, smtp:b@contoso.com", "SIP:c,smtp:d e@contoso.com"], {"smtp-invalid-character"}),
    ],
)
def test_one_value_in_braces_and_a_separator_without_its_blank_are_judged(
    tmp_path: Path, cells: list[str], rules: set[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Name,EmailAddresses\n" + "".join(f'u{n},"{cell}"\n' for n, cell in enumerate(cells)))
    assert rules <= {str(finding.rule) for finding in px.audit(path).findings}
