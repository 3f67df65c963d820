"""Files are judged: the findings of each address and of each list are those of the scalar functions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import proxyaddr as px
from proxyaddr.bulk.answers import Cells
from proxyaddr.bulk.lists import split_lists
from proxyaddr.bulk.parse_command import Parse
from proxyaddr.bulk.plain import is_plain, is_plain_text
from proxyaddr.cli.main import main
from tests.cases import texts
from tests.strategies import LISTS, PROXIES

CLEAN = [
    "jane@contoso.com",
    "SMTP:jane.o'doe@mail.contoso.local",
    "smtp:j_d+x-1@a-b.contoso.com",
    "X500:/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=1a2b3c-jane",
    "X400:c=US;a= ;p=Contoso;o=Site;s=Doe;g=Jane;",
]
PIECES = [*CLEAN, "a", "@", ".", "-", "--", "b.com", "SMTP:", "smtp:", "X500:", "EX:", "x400:", "/o=A", "/ou=B", "/cn="]
PIECES += [
    "/cn=C",
    "3D",
    "=3D",
    "c=US;",
    "a= ;",
    "p=P;",
    "o=O;",
    "s=S;",
    " ",
    "\n",
    "\xa0",
    "é",
    "'",
    "\u0430",
    "A" * 64,
]
PIECES += ["[", "]", "<", ">", *("." + name for name in SPECIAL_USE_DOMAIN_NAMES), "xn--", "1", "_", "(", ")", ":", ";"]
ADDRESSES = st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=30)
FORMS = st.from_regex(
    r"(SMTP:|smtp:)?[a-z0-9_+-]{1,66}([.'][a-z]{1,3}){0,2}@([a-z0-9-]{1,65}\.){1,3}[a-zA-Z]{1,9}"
    r"|(X500|EX|x500):/o=[a-zA-Z0-9 ._-]{1,66}/ou=[a-zA-Z0-9 ()_-]{1,66}(/cn=[a-zA-Z0-9 (_.-]{0,66}){1,16}"
    r"|x400:[cC]=[A-Z]{2};[aA]=[ a-z-]{0,17};p=[A-Z -]{1,17};o=[a-z -]{1,66};(ou1=[a-z]{1,34};)?"
    r"s=[A-Z0-9 ]{1,42};(g=[a-z]{1,18};)?",
    fullmatch=True,
)


def codes(text: str) -> list[str] | None:
    """The codes of a single text; None where it does not parse."""
    try:
        return [found.code for found in px.parse(text).validate()]
    except px.AddressSyntaxError:
        return None


def answered(addresses: list[str], **more: Any) -> list[list[str] | None]:  # noqa: ANN401 - pyarrow has no types
    column = pa.array(addresses, pa.string())
    found: list[list[str] | None] = (
        Parse().answer(Cells(column, pa.nulls(len(column), pa.string()), **more)).columns[3].to_pylist()
    )
    return found


@given(ADDRESSES | FORMS)
def test_no_plain_text_has_a_finding(text: str) -> None:
    plain = is_plain(pa.array([text]))[0].as_py()
    assert not plain or codes(text) == []
    assert plain or not is_plain_text(text)
    assert not is_plain_text(text) or codes(text) == []


@pytest.mark.parametrize("text", CLEAN)
def test_the_forms_of_columns_are_plain(text: str) -> None:
    assert is_plain(pa.array([text, None])).to_pylist() == [True, True]
    assert codes(text) == []


def test_columns_of_every_type_tell_what_is_plain() -> None:
    column = pa.array([CLEAN[0], "x@", None])
    assert is_plain(pa.nulls(2)).to_pylist() == [True, True]
    for kind in (pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int8(), pa.string())):
        assert is_plain(column.cast(kind)).to_pylist() == [True, False, True]


@given(addresses=st.lists(ADDRESSES | FORMS, min_size=1, max_size=6))
def test_a_column_has_the_findings_of_its_texts(addresses: list[str], engine: str) -> None:
    assert answered(addresses) == list(map(codes, addresses)), engine


def test_cases_have_the_findings_of_single_texts(engine: str) -> None:
    cases = [text for text in texts() if text.isascii() or text.isprintable()]
    assert answered(cases) == list(map(codes, cases)), engine


def list_codes(text: str) -> Counter[str]:
    """The codes of a list of proxies, and of each of its addresses."""
    proxies = px.parse_proxies(text)
    return Counter(
        found.code for found in (*proxies.findings, *(each for proxy in proxies for each in proxy.validate()))
    )


@given(LISTS | st.lists(PROXIES | FORMS, max_size=6).map(";".join))
def test_the_items_of_a_list_have_the_findings_of_the_list(text: str) -> None:
    items = split_lists(pa.record_batch({"email": pa.array([text.encode("utf-8", "replace").decode()])}), 0, {})
    assert items.parsed is not None
    found = Counter(code for item in items.parsed.to_pylist() for code in item["findings"] or [])
    assert found == list_codes(text.encode("utf-8", "replace").decode())


@given(
    members=st.lists(
        st.lists(PROXIES | st.sampled_from([*CLEAN, "Smtp:a@b.com", "SMTP:x@y..z"]), max_size=5), max_size=4
    )
)
def test_the_items_of_a_list_column_have_the_findings_of_their_lists(members: list[list[str]], engine: str) -> None:
    origin = [number for number, listed in enumerate(members) for _ in listed]
    addresses = [text for listed in members for text in listed]
    found = answered(addresses, origin=pa.array(origin, pa.int64()))
    for number, listed in enumerate(members):
        typed = [text for text in listed if ":" in text]
        wanted = Counter(each.code for each in px.parse_proxies(typed).findings)
        wanted.update(code for text in listed for code in codes(text) or [])
        said = Counter(
            code for place, listed_ in zip(origin, found, strict=True) if place == number for code in listed_ or []
        )
        assert said == wanted, (listed, engine)


def test_what_is_said_of_a_list_stands_at_its_items(engine: str) -> None:
    """The findings of a list stand before those of the item itself; those of the whole list at its first address."""
    lists: list[tuple[str, list[str] | None]] = [
        ("SMTP:a@contoso.com", []),
        ("smtp:b@contoso.com", []),
        ("SMTP:a@contoso.com", []),
        ("FAX:1", []),
        ("SMTP:c@contoso..com", ["two-primaries", "not-an-internet-address"]),
        ("SMTP:a@contoso.com", ["duplicate"]),
        ("x@", None),
        ("smtp:d@contoso.com", ["no-primary"]),
    ]
    origin = pa.array([0, 0, 1, 1, 1, 1, 2, 2], pa.int64())
    assert answered([text for text, _ in lists], origin=origin) == [said for _, said in lists]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(name: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


def parse(*cells: str, options: tuple[str, ...] = ()) -> int:
    Path("in.jsonl").write_text(
        "".join(json.dumps({"n": n, "email": cell}) + "\n" for n, cell in enumerate(cells)), "utf-8"
    )
    return main(["parse", "--in", "in.jsonl", "--column", "email", "--out", "out.jsonl", "--json", *options])


def test_findings_are_counted_by_severity_and_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in.csv").write_text(
        "name,email\nA,SMTP:a@contoso.com;SMTP:b@contoso..com\nB,smtp:c@contoso.com\nC,FAX:1\n", "utf-8"
    )
    line = ["parse", "--list", "--in", "in.csv", "--column", "email", "--report", "page.html", "--out"]
    assert main([*line, "out.csv"]) == 1
    shown = capsys.readouterr().err
    assert "2 findings of severity error (not-an-internet-address 1, two-primaries 1)" in shown
    assert "1 finding of severity warning (no-primary 1)" in shown
    assert [line.split(",")[-2] for line in (folder / "out.csv").read_text("utf-8").splitlines()[1:]] == [
        "",
        '"two-primaries;not-an-internet-address"',
        '"no-primary"',
        "",
    ]
    assert main([*line, "out.parquet", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings_by_severity"] == {
        "error": {"not-an-internet-address": 1, "two-primaries": 1},
        "warning": {"no-primary": 1},
    }
    page = (folder / "page.html").read_text("utf-8")
    assert "Findings of severity error, by code" in page
    assert "<td>no-primary</td>" in page


def test_warnings_alone_are_no_failure(folder: Path) -> None:
    assert parse("smtp:a@contoso.com", options=("--list",)) == 0
    assert rows()[0]["findings"] == ["no-primary"]


def test_a_bad_row_and_a_blank_one_have_no_findings(folder: Path) -> None:
    Path("in.jsonl").write_text('{"email": null}\n{"email": "[bad"}\n{"email": "a@contoso.com"}\n', "utf-8")
    assert main(["parse", "--in", "in.jsonl", "--column", "email", "--out", "out.jsonl"]) == 2
    assert [(row["findings"], row["error"]) for row in rows()] == [
        (None, None),
        (None, "unbalanced-brackets"),
        ([], None),
    ]


LISTED = [
    "SMTP:a@contoso.com;smtp:b@contoso.com",
    "{smtp:b@contoso.com, SMTP:a@contoso.com}",
    "SMTP:a@contoso.com;",
    "SMTP:a@contoso.com%X500:/o=A/ou=B/cn=C",
    "SMTP:a@contoso.com,smtp:,junk",
    "a@contoso.com;b@contoso.com",
    "X400:c=US;a= ;p=Org;s=Doe;;SMTP:a@contoso.com",
    "SMTP:a@contoso.com\nsmtp:b@contoso.com",
]
SINGLE = [
    "CCMAIL:Doe, Jane at Site",
    "X400:c=US;a= ;p=Org;o=Site;s=Doe;",
    "Doe, Jane <jane@contoso.com>",
    '"a@contoso.com; b@contoso.com" <jane@contoso.com>',
    "Jane; Joe [SMTP:jane@contoso.com]",
    "SMTP:jane@contoso..com",
    "=SUM(A1;B2)",
    "Jane, Joe",
    "SMTP:a@contoso.com;junk",
    "smtp:quinn@contoso,com",
    "",
]


@pytest.mark.parametrize("text", LISTED)
def test_a_cell_that_holds_a_list_gives_a_row_an_item(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parse("FAX:1", text, "SMTP:last@contoso.com", options=("--list",))
    capsys.readouterr()
    wanted = [{key: value for key, value in row.items() if key != "row"} for row in rows()]
    parse("FAX:1", text, "SMTP:last@contoso.com")
    shown = capsys.readouterr()
    assert rows() == wanted
    assert "note: 1 cell held a list" in shown.err
    assert json.loads(shown.out)["split_cells"] == 1
    assert parse("FAX:1", text, "SMTP:last@contoso.com", options=("--no-list",)) == 2
    assert [(row["email"], row["error"]) for row in rows()] == [
        ("FAX:1", None),
        (text, "not-an-address"),
        ("SMTP:last@contoso.com", None),
    ]


@pytest.mark.parametrize("text", SINGLE)
def test_one_address_is_never_split(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parse(text)
    assert [row["email"] for row in rows()] == [text]
    assert "note" not in capsys.readouterr().err


def test_the_columns_do_not_depend_on_a_late_list(folder: Path) -> None:
    clean = pa.table({"email": pa.array(["SMTP:a@contoso.com"] * 140_000 + ["SMTP:a@b.com;smtp:c@b.com"])})
    kinds = (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()))
    for kind in kinds:
        parquet.write_table(clean.cast(pa.schema([("email", kind)])), "in.parquet")
        assert main(["parse", "--in", "in.parquet", "--column", "email", "--out", "out.parquet"]) == 0
        found = parquet.read_table("out.parquet")
        assert found.column_names == ["email", "type", "value", "is_primary", "findings", "error"]
        assert found["email"].to_pylist()[-3:] == ["SMTP:a@contoso.com", "SMTP:a@b.com", "smtp:c@b.com"]
        assert found["is_primary"].to_pylist()[-2:] == [True, False]


def route(*cells: str, options: tuple[str, ...] = ()) -> int:
    Path("spaces.txt").write_text("SMTP,*;,1,imc\n", "utf-8")
    Path("in.jsonl").write_text("".join(json.dumps({"email": cell}) + "\n" for cell in cells), "utf-8")
    line = ["route", "--spaces", "spaces.txt", "--in", "in.jsonl", "--column", "email", "--out", "out.jsonl"]
    return main([*line, *options])


@pytest.mark.parametrize(
    "text", ["Jane Doe", "=SUM(A1)", "=SUM(A1;B2)", '=HYPERLINK("x")', "", " ", "jane", "a@b c@d", "-5"]
)
def test_a_row_that_is_no_address_is_a_bad_one(text: str, folder: Path) -> None:
    assert route("a@contoso.com", text) == 2
    assert [(row["connector"], row["error"]) for row in rows()] == [("imc", None), (None, "not-an-address")]
    assert route("a@contoso.com", text, options=("--lenient",)) == 0
    assert [row["connector"] for row in rows()] == ["imc", "imc"]


@pytest.mark.parametrize(
    "text", ["a@b", " SMTP : a@contoso.com", "J\u00fcrgen@contoso.com", "Jane <j@x>", '"a b"@contoso.com']
)
def test_what_parse_takes_is_routed(text: str, folder: Path) -> None:
    assert route(text) == 0
    assert rows()[0]["connector"] == "imc"


def test_lists_are_routed_item_by_item_or_refused(folder: Path) -> None:
    cells = ("SMTP:a@contoso.com;junk:", "SMTP:a@contoso.com;smtp:b@contoso.com")
    assert route(*cells) == 2
    assert [(row["email"], row["connector"], row["error"]) for row in rows()] == [
        ("SMTP:a@contoso.com", "imc", None),
        ("junk:", None, "empty-value"),
        ("SMTP:a@contoso.com", "imc", None),
        ("smtp:b@contoso.com", "imc", None),
    ]
    assert route(*cells, options=("--no-list",)) == 2
    assert [row["error"] for row in rows()] == ["not-an-address"] * 2
    assert route(*cells, options=("--no-list", "--lenient")) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["parse", "--no-list", "a@b"], "--no-list needs --in"),
        (["parse", "--in", "x.txt", "--out", "-", "--list", "--no-list"], "refused with --no-list"),
        (["route", "--spaces", "x", "--lenient", "a@b"], "--lenient needs --in"),
        (["decapsulate", "--in", "x.txt", "--out", "-", "--powershell"], "--powershell is for single texts"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
