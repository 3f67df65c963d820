"""Columns give for every row what the scalar functions give for its text."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr import columns
from proxyaddr._text.folding import fold
from tests.strategies import (
    ADDRESSES,
    DIALECTS,
    DOMAIN_PATTERNS,
    DOTTED,
    ROW_TEXTS,
    ROWS,
    case_texts,
    costed,
    tables_with_states,
)

COLUMN = ["SMTP:Jane@Contoso.com", "smtp:j@contoso.com", "[SMTPOUT:a@b]", "", None, "X.400:c=US;a= ;p=Org;"]


def test_parse_gives_columns(engine: str) -> None:
    assert columns.parse(COLUMN).to_pydict() == {
        "type": ["SMTP", "SMTP", "SMTPOUT", None, None, "X400"],
        "value": ["Jane@Contoso.com", "j@contoso.com", "a@b", None, None, "c=US;a= ;p=Org;"],
        "is_primary": [True, False, None, None, None, True],
        "error": [None, None, None, "empty-text", None, None],
    }


def test_normalize_gives_comparison_keys(engine: str) -> None:
    assert columns.normalize(["SMTP:Jane@Contoso.com", "x:", None]).to_pydict() == {
        "key": ["SMTP:jane@contoso.com", None, None],
        "error": [None, "empty-value", None],
    }


def test_decapsulate_gives_what_was_inside(engine: str) -> None:
    assert columns.decapsulate(["IMCEAFAX-+2B1+20555@contoso.com", "jane@contoso.com", None]).to_pydict() == {
        "type": ["FAX", None, None],
        "value": ["+1 555", None, None],
        "domain": ["contoso.com", None, None],
        "error": [None, "not-encapsulated", None],
    }


def test_route_gives_the_winner(engine: str) -> None:
    table = px.RoutingTable.from_gwart("SMTP,*@contoso.com;,3,imc\nFAX,;,2,fax\n")
    asked = ["jane@contoso.com", "FAX:1", "jane@fabrikam.com", None]
    wanted = {
        "index": [0, 1, -1, -1],
        "connector": ["imc", "fax", None, None],
        "match": ["wildcard", "blank", None, None],
        "cost": [3, 2, None, None],
    }
    assert columns.route(table, asked).to_pydict() == wanted
    assert pickle.loads(pickle.dumps(columns.Router(table))).route(pa.array(asked)).to_pydict() == wanted


def test_route_says_how_the_space_of_one_address_matches(engine: str) -> None:
    """It takes the same name at subdomains too (Q229961)."""
    table = px.RoutingTable.from_gwart("SMTP,jane@contoso.com;,3,imc\nFAX,1;,2,fax\n")
    asked = ["jane@contoso.com", "jane@eu.contoso.com", "FAX:1", "jane@fabrikam.com"]
    assert columns.route(table, asked).to_pydict() == {
        "index": [0, 0, 1, -1],
        "connector": ["imc", "imc", "fax", None],
        "match": ["exact", "partial", "exact", None],
        "cost": [3, 3, 2, None],
    }


LAYOUTS = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def array_of(rows: Sequence[bytes | None], kind: pa.DataType) -> pa.Array:
    """An array of text of which nobody has checked that it is UTF-8."""
    octets = pa.array(rows, LAYOUTS[kind])
    return pa.Array.from_buffers(kind, len(octets), octets.buffers())


@st.composite
def arrow(draw: st.DrawFn, rows: Sequence[bytes | None], kind: pa.DataType) -> object:
    """Rows as Arrow data: whole, in the middle of an array, in chunks, or dictionary-encoded."""
    around: list[bytes | None] = [b"smtp:before@x", None, b"[fax:1]"]
    form = draw(st.sampled_from(["whole", "sliced", "chunked", "dictionary"]))
    if form == "whole":
        return array_of(rows, kind)
    if form == "sliced":
        return array_of([*around, *rows, *around], kind).slice(len(around), len(rows))
    if form == "chunked":
        cut = draw(st.integers(0, len(rows)))
        return pa.chunked_array([array_of(rows[:cut], kind), array_of(rows[cut:], kind)])
    values: list[bytes | None] = [*dict.fromkeys(rows), b"unused", None]
    indices = pa.array(
        [draw(st.sampled_from([None, len(values) - 1])) if row is None else values.index(row) for row in rows],
        pa.int16(),
    )
    return pa.DictionaryArray.from_arrays(indices, array_of(values, kind))


def answers(rows: Sequence[bytes | None], width: int, one: Callable[[str], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What a function that takes one text gives for each row, and the code of its error."""
    found: list[tuple[Any, ...]] = []
    for row in rows:
        error = None
        if row is not None:
            try:
                found.append((*one(row.decode()), None))
                continue
            except UnicodeDecodeError:
                error = columns.NOT_UTF8
            except px.AddressSyntaxError as raised:
                error = raised.code
        found.append((*(None,) * width, error))
    return found


def parsed(text: str) -> tuple[Any, ...]:
    address = px.parse(text)
    return address.type, address.value, address.is_primary if isinstance(address, px.ProxyAddress) else None


def normalized(text: str) -> tuple[Any, ...]:
    return (":".join(px.parse(text).comparison_key),)


def decapsulated(text: str) -> tuple[Any, ...]:
    found = px.decapsulate(text)
    return found.type, found.value, found.domain


def tolerated(text: str) -> tuple[Any, ...]:
    found = px.decapsulate(text, tolerant=True)
    return found.type, found.value, found.domain


FUNCTIONS: dict[str, tuple[Callable[[object], pa.Table], int, Callable[[str], tuple[Any, ...]]]] = {
    "parse": (columns.parse, 3, parsed),
    "normalize": (columns.normalize, 1, normalized),
    "decapsulate": (columns.decapsulate, 3, decapsulated),
    "tolerant": (lambda column: columns.decapsulate(column, tolerant=True), 3, tolerated),
}


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    table.validate(full=True)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if len(table) else []


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", LAYOUTS, ids=str)
@given(st.data())
def test_each_row_is_answered_as_its_text_alone(engine: str, kind: pa.DataType, name: str, data: st.DataObject) -> None:
    function, width, one = FUNCTIONS[name]
    rows = data.draw(st.lists(ROWS, max_size=10))
    assert rows_of(function(data.draw(arrow(rows, kind)))) == answers(rows, width, one)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_case_is_answered_as_its_text_alone(engine: str, name: str) -> None:
    function, width, one = FUNCTIONS[name]
    rows: list[str | None] = [*case_texts(), None]
    wanted = answers([None if row is None else row.encode() for row in rows], width, one)
    assert rows_of(function(rows)) == wanted
    assert rows_of(function(iter(rows))) == wanted


def routed(table: px.RoutingTable, text: str) -> tuple[Any, ...]:
    winner = table.explain(text).winner
    if winner is None:
        return -1, None, None, None
    return winner.index, winner.route.connector, winner.kind.value, winner.cost


def check_route(table: px.RoutingTable, rows: list[str], column: object) -> None:
    wanted = [routed(table, row) for row in rows]
    router = columns.Router(table)
    assert rows_of(router.route(column)) == wanted
    assert rows_of(columns.route(table, rows)) == wanted
    assert rows_of(columns.route(pickle.loads(pickle.dumps(router)), column)) == wanted


@pytest.mark.parametrize("kind", LAYOUTS, ids=str)
@given(tables_with_states(), ADDRESSES, st.lists(ROW_TEXTS, max_size=3), st.data())
def test_each_route_is_the_winner(
    engine: str, kind: pa.DataType, table: px.RoutingTable, rows: list[str], texts: list[str], data: st.DataObject
) -> None:
    patterns = [route.space.pattern for route in table.routes]
    rows = [*rows, *texts, *patterns, *(f" {pattern} " for pattern in patterns)]
    check_route(table, rows, data.draw(arrow([row.encode() for row in rows], kind)))


@given(
    st.lists(costed(DOMAIN_PATTERNS), max_size=15),
    st.lists(st.builds("{}{}@{}".format, st.sampled_from(["", "*", "x", "\u212a"]), DOTTED, DOTTED), max_size=6),
    DIALECTS,
    st.data(),
)
@example(
    [("a@b", 1), ("\u212a@com", 1), ("*a@b*", 1), ("*@com", 1)],
    ["a@x.b", "*a@b*", "k@com", "*@x.com"],
    px.Dialect.EXCHANGE55,
    None,
)
def test_kinds_of_domains(
    engine: str, patterns: list[tuple[str, int]], rows: list[str], dialect: px.Dialect, data: st.DataObject | None
) -> None:
    routes = []
    for pattern, cost in patterns:
        try:
            routes.append(px.Route(px.AddressSpace("SMTP", pattern, cost, dialect=dialect), f"c{cost}"))
        except px.AddressSyntaxError:
            assert dialect is not px.Dialect.EXCHANGE55
    below = [pattern.replace("@", "@y.") for pattern, _ in patterns]
    rows = [*rows, *(pattern for pattern, _ in patterns), *below, *(text.replace("*", "z") for text in below)]
    column = [row.encode() for row in rows]
    table = px.RoutingTable(routes, dialect)
    check_route(table, rows, data.draw(arrow(column, pa.string())) if data else rows)


def test_one_letter_outside_ascii_folds_into_it() -> None:
    """What route_kinds.c relies on."""
    beyond = (chr(point) for point in range(0x80, sys.maxunicode + 1))
    assert [letter for letter in beyond if fold(letter).isascii()] == ["\u212a"]
    assert fold("\u212a") == "k"


def test_octets_that_are_no_text_are_routed_as_the_matcher_does(engine: str) -> None:
    table = px.RoutingTable.from_gwart("SMTP,*@contoso.com;,3,imc\nSMTP,%@b;,2,one\n")
    rows = [b"\xff@contoso.com", b"\xff@b", b"\xff", None]
    found = columns.route(table, array_of(rows, pa.string()))
    assert found["index"].to_pylist() == list(table.compile().match_many(array_of(rows, pa.string()))) == [0, 1, -1, -1]
    assert found["match"].to_pylist() == ["wildcard", "wildcard", None, None]


def test_more_types_than_are_told_apart_natively(engine: str) -> None:
    rows = [f"T{number}X:1" for number in range(200)] + [
        "T" * 24 + ":x",
        "U" * 25 + ":x",
        "SMTP:a",
        "new:b",
        "[t199x:c]",
    ]
    found = columns.parse(pa.chunked_array([rows, rows[::-1]]))
    assert found["type"].to_pylist() == [px.parse(row).type for row in rows + rows[::-1]]
    assert len(set(found["type"].chunk(0).dictionary.to_pylist())) == len(found["type"].chunk(0).dictionary) == 204


def test_long_texts(engine: str) -> None:
    rows = [
        f"smtp:{'a' * 70_000}",
        f"{'b' * 70_000}@c",
        f"{'T' * 70_000}:d",
        "[SMTP:" + "e" * 70_000 + "]",
        " " * 70_000,
    ]
    column = [row.encode() for row in rows]
    for name in ("parse", "normalize", "decapsulate"):
        function, width, one = FUNCTIONS[name]
        assert rows_of(function(rows)) == answers(column, width, one)


def test_a_column_is_read_in_pieces(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.columns._arrays.MAX_BYTES", 40)
    rows = ["smtp:a@b", "SMTP:" + "c" * 100, None, "x", "[fax:1]"] * 5
    for kind in LAYOUTS:
        table = columns.parse(pa.array(rows, kind))
        assert table["value"].num_chunks > 1
        assert table["value"].to_pylist() == ["a@b", "c" * 100, None, None, "1"] * 5


@pytest.mark.parametrize("column", [[], pa.array([], pa.string()), pa.chunked_array([], pa.string()), pa.nulls(0)])
def test_empty_columns_have_the_same_types(engine: str, column: object) -> None:
    table = px.RoutingTable(())
    for function in (columns.parse, columns.normalize, columns.decapsulate, columns.Router(table).route):
        assert len(function(column)) == 0
        assert function(column).schema == function(["a@b"]).schema == function(pa.nulls(3)).schema
    assert columns.route(table, pa.nulls(2))["index"].to_pylist() == [-1, -1]
    assert columns.parse(pa.nulls(2)).to_pydict() == dict.fromkeys(("type", "value", "is_primary", "error"), [None] * 2)


def test_a_lone_surrogate_is_no_text(engine: str) -> None:
    assert columns.parse(["smtp:a", "smtp:\ud800"])["error"].to_pylist() == [None, columns.NOT_UTF8]


def test_the_cost_of_a_site_is_added(engine: str) -> None:
    routes = [px.Route(px.AddressSpace.parse("*;2", dialect="exchange2007"), "far")]
    table = px.RoutingTable(routes, "exchange2007", connectors=[px.Connector("far", site_cost=100)])
    assert columns.route(table, ["a@b"])["cost"].to_pylist() == [102] == [routed(table, "a@b")[3]]


@pytest.mark.parametrize("column", ["text", 3, [1], pa.array([1]), pa.array([["a"]])])
def test_what_holds_no_text_is_refused(column: object) -> None:
    with pytest.raises(TypeError):
        columns.parse(column)
