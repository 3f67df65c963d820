"""The compiled matcher gives the answers of the table, for every address and every way in."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.matcher.arrow import IndexColumn
from proxyaddr.matcher.engines import native_module
from tests.strategies import (
    ADDRESSES,
    DIALECTS,
    DOMAIN_PATTERNS,
    DOTTED,
    FRAGMENTS,
    ROUTE_COLUMNS,
    costed,
    tables_with_states,
)


def table(*spaces: str, dialect: str = "exchange55") -> px.RoutingTable:
    return px.RoutingTable([px.Route(px.AddressSpace.parse(s, dialect=dialect), "c") for s in spaces], dialect)


@settings(deadline=None)  # the first example loads what the engines load on first use
@given(tables_with_states(), ADDRESSES)
@example(table("SMTP:a@com", "SMTP:*@*.a.com", "SMTP:*@.a.com"), ["a@b.com", "x@.a.com", "", "*@*.a.com"])
def test_answers_are_those_of_the_table(engine: str, spaces: px.RoutingTable, addresses: list[str]) -> None:
    expected = [spaces.route_index(address) for address in addresses]
    matcher = spaces.compile()
    assert [matcher.match(address) for address in addresses] == expected
    assert list(matcher.match_many(addresses)) == expected
    assert list(pickle.loads(pickle.dumps(matcher)).match_many(addresses)) == expected
    assert list(matcher.match_many(pa.array(addresses, pa.string()))) == expected


HEART = "\u2665.example"  # no A-label stands for it


@pytest.mark.parametrize(
    ("dialect", "spaces", "wanted"),
    [
        # `*@*.a.com` and `*@.a.com` have as many literals: the cost decides
        ("exchange55", ["SMTP:*@.a.com;2", "SMTP:*@*.a.com;1"], {"x@.a.com": 1, "x@b.a.com": 1}),
        ("exchange55", ["SMTP:*@.a.com;1", "SMTP:*@*.a.com;2"], {"x@.a.com": 0, "x@b.a.com": 1}),
        (  # none, or not the first, of the patterns of a domain matches
            "exchange55",
            ["SMTP:j*@contoso.com", "SMTP:k*@contoso.com", "SMTP:*@*.com"],
            {"kim@contoso.com": 1, "ann@contoso.com": 2, "ann@contoso.net": -1},
        ),
        (  # patterns of any domain have more literals than the best of the domain
            "exchange55",
            ["SMTP:*@contoso.com", "SMTP:*jane.doe@cont*", "SMTP:*jack.doe@cont*", "SMTP:j*@contoso.com"],
            {"jane.doe@contoso.com": 1, "jack.doe@contoso.com": 2, "joe@contoso.com": 3, "ann@contoso.com": 0},
        ),
        # the text of a pattern is an address too, which takes subdomains (Q229961)
        ("exchange55", ["SMTP:*@b.a"], {"*@c.b.a": 0, "*@b.a": 0, "x@c.b.a": -1, "x@b.a": 0}),
        (
            "exchange2007",
            [f"SMTP:{HEART}", "SMTP:*.example"],
            {f"x@{HEART}": 0, f"x@{HEART.upper()}.": 0, f"x@y.{HEART}": 1},
        ),
    ],
)
def test_rare_meetings_of_patterns(engine: str, dialect: str, spaces: list[str], wanted: dict[str, int]) -> None:
    spaces_table = table(*spaces, dialect=dialect)
    matcher = spaces_table.compile()
    assert {address: matcher.match(address) for address in wanted} == wanted
    assert list(matcher.match_many(list(wanted))) == list(wanted.values())
    assert {address: spaces_table.route_index(address) for address in wanted} == wanted


SPACES = table("SMTP:*@contoso.com", "SMTP:*@*.contoso.com", "SMTP:jane@contoso.com", "SMTP:*", "FAX:", "X400:c=us")
ADDRESSED: Sequence[str | None] = [
    "a@contoso.com",
    None,
    "JANE@Contoso.com",
    "",
    "x@y.contoso.com",
    "é@ü",
    "FAX:1",
    "X400:c=us;s=x",
    "NOTES:x",
]
EXPECTED = [0, -1, 2, 3, 1, 3, 4, 5, -1]
LONG = "a-rather-long-local-part@contoso.com"


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.binary()],
    ids=str,
)
def test_every_arrow_text(engine: str, kind: object) -> None:
    column = (
        pa.array([*ADDRESSED, LONG], pa.string()).cast(kind)
        if kind != pa.binary()
        else pa.array([*ADDRESSED, LONG], kind)
    )
    matcher = SPACES.compile()
    assert list(matcher.match_many(column)) == [*EXPECTED, 0]
    assert list(matcher.match_many(column.slice(1, 4))) == EXPECTED[1:5]
    assert list(matcher.match_many(column.slice(9))) == [0]
    assert list(matcher.match_many(pa.chunked_array([column, column.slice(3, 2), column.slice(0, 0)]))) == [
        *EXPECTED,
        0,
        3,
        1,
    ]


PLACES = [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]


@pytest.mark.parametrize("kind", PLACES, ids=str)
def test_every_width_of_a_dictionary(engine: str, kind: object) -> None:
    places = [8, None, 0, 1, None, 4, 2, 7, 0]
    column = pa.DictionaryArray.from_arrays(pa.array(places, kind), pa.array(ADDRESSED))
    matcher, expected = SPACES.compile(), [-1 if place is None else EXPECTED[place] for place in places]
    assert list(matcher.match_many(column)) == expected
    assert list(matcher.match_many(column.slice(2, 5))) == expected[2:7]
    assert list(matcher.match_many(column.slice(0, 0))) == []


def test_a_row_of_a_large_dictionary(engine: str) -> None:
    many = pa.array([*ADDRESSED, *(f"{number}@x" for number in range(1000))])
    column = pa.DictionaryArray.from_arrays(pa.array([2, None, 4, 900]), many)
    assert list(SPACES.compile().match_many(column)) == [2, -1, 1, 3]


@pytest.mark.parametrize("place", [40, -1, 127])
@pytest.mark.parametrize("rows", [1, 30])  # of a dictionary far larger, and not
def test_a_place_that_the_dictionary_lacks(engine: str, place: int, rows: int) -> None:
    places = pa.array([0] * (rows - 1) + [place], pa.int8())
    column = pa.DictionaryArray.from_arrays(places, pa.array(["a@b"] * 40), safe=False)
    with pytest.raises(TypeError, match="member"):
        SPACES.compile().match_many(column)


def test_other_columns(engine: str) -> None:
    matcher = SPACES.compile()
    assert list(matcher.match_many(iter(ADDRESSED))) == EXPECTED
    assert list(matcher.match_many([b"jane@contoso.com", px.parse("[FAX:1]"), "a@b"])) == [2, 4, 3]
    assert list(matcher.match_many(pa.nulls(3))) == [-1, -1, -1]
    assert list(matcher.match_many([])) == []
    for wrong in ("a@b", b"a@b", 5, [5], pa.array([1])):
        with pytest.raises(TypeError):
            matcher.match_many(wrong)
    with pytest.raises(px.ConfigurationError, match="threads"):
        matcher.match_many([], threads=0)


def test_an_index_column_is_arrow_data_and_a_buffer(engine: str) -> None:
    found = SPACES.compile().match_many(ADDRESSED)
    assert isinstance(found, IndexColumn)
    assert (len(found), found[0], found[-1], memoryview(found).itemsize) == (9, 0, -1, 4)
    exported = pa.array(found)
    del found
    assert (exported.type, exported.to_pylist()) == (pa.int32(), EXPECTED)
    assert pa.array(SPACES.compile().match_many([])).to_pylist() == []
    assert pa.chunked_array([exported]).take(pa.array([0])).to_pylist() == [0]


@pytest.mark.parametrize("length", [0, 1, 2, 4095, 4096, 4097, 8192, 10_000])
def test_an_index_column_has_the_length_asked_for(length: int) -> None:
    assert list(IndexColumn.of(7, length)) == [7] * length


@pytest.mark.unmeasured
def test_a_million_nulls_blanks_and_letters_beyond_ascii(engine: str) -> None:
    column = pa.array([None, "", "ü@é.contoso.com"] * 333_334, pa.large_string())
    found = pa.array(SPACES.compile().match_many(column))
    assert found.value_counts().to_pylist() == [{"values": v, "counts": 333_334} for v in (-1, 3, 1)]


def test_a_disabled_connector_takes_nothing(engine: str) -> None:
    routes = [px.Route(px.AddressSpace.parse(f"SMTP:*;{cost}"), name) for cost, name in ((1, "off"), (2, "on"))]
    spaces = px.RoutingTable(routes, connectors=[px.Connector("off", enabled=False)])
    assert spaces.compile().match("a@b") == 1 == spaces.route_index("a@b")


def test_where_no_order_gives_the_answer_the_table_is_asked(engine: str) -> None:
    routes = [px.Route(px.AddressSpace.parse(f"SMTP:*;{cost}"), name) for cost, name in ((1, "a"), (2, "b"), (3, "c"))]
    near = px.Connector("a", open_retries=1)
    spaces = px.RoutingTable(routes, connectors=[near, px.Connector("c", proximity=px.Proximity.REMOTE)])
    matcher = spaces.compile()
    assert list(pickle.loads(pickle.dumps(matcher)).match_many(["x@y", None])) == [spaces.route_index("x@y"), -1]


@given(
    st.lists(costed(DOMAIN_PATTERNS), max_size=15),
    st.lists(st.builds("{}{}@{}".format, st.sampled_from(["", "b@", "x"]), DOTTED, DOTTED), max_size=10),
    DIALECTS,
)
@example([("*.a", 1)], ["x@a", "x@b.a", "x@c.b.a", "x@b"], px.Dialect.EXCHANGE2007)
@example([("*@b.a", 1), ("x@b.a", 1)], ["*@c.b.a", "x@c.b.a", "y@c.b.a"], px.Dialect.EXCHANGE55)
@example([("*@b.a", 1)], ["*@c.b.a"], px.Dialect.EXCHANGE55)
def test_tables_of_domains(
    engine: str, patterns: list[tuple[str, int]], addresses: list[str], dialect: px.Dialect
) -> None:
    routes = []
    for pattern, cost in patterns:
        try:
            routes.append(px.Route(px.AddressSpace("SMTP", pattern, cost, dialect=dialect), "c"))
        except px.AddressSyntaxError:
            assert dialect is not px.Dialect.EXCHANGE55
    spaces = px.RoutingTable(routes, dialect)
    asked = [*addresses, *(pattern for pattern, _ in patterns), *(f"y{pattern}" for pattern, _ in patterns)]
    matcher = spaces.compile()
    expected = [spaces.route_index(address) for address in asked]
    assert list(matcher.match_many(asked)) == expected
    assert [matcher.match(address) for address in asked] == expected


@given(
    st.lists(costed(st.builds("*{}*".format, FRAGMENTS)), min_size=13, max_size=30),
    st.lists(costed(st.one_of(st.builds("*@{}".format, FRAGMENTS), DOMAIN_PATTERNS)), max_size=6),
    st.lists(st.text("ab@.", max_size=20), min_size=5, max_size=10),
)
def test_tables_of_many_fragments(
    engine: str, fragments: list[tuple[str, int]], others: list[tuple[str, int]], addresses: list[str]
) -> None:
    spaces = table(*(f"SMTP:{pattern};{cost}" for pattern, cost in fragments + others))
    expected = [spaces.route_index(address) for address in addresses]
    assert list(spaces.compile().match_many(addresses)) == expected


def test_a_domain_with_one_route_and_texts_that_nearly_name_it(engine: str) -> None:
    spaces = table("SMTP:*@k.com", "SMTP:*@i.com", "SMTP:*@*.com", "SMTP:a@i.com", "SMTP:b:c", "K:*", "SMTP:x*")
    locals_ = [
        "a",
        " a",
        "a ",
        '"a b:c"',
        "x:a",
        "smtp:a",
        "Smtp:a",
        "SMTP:x:a",
        "smtp:smtp:a",
        " smtp: a",
        "k:a",
        "",
        "é",
    ]
    domains = ["k.com", "K.com ", "\u212a.com", "i.com", "I.COM\n", "\u0130.com", "b:c", "k.com:1", "z.k.com", "k"]
    asked = [f"{local}@{domain}" for local in locals_ for domain in domains]
    asked += ["k.com", "smtp:k.com", "b:c", "SMTP:b:c", "\u212a:k@k.com", "smtp:", ":", "@"]
    expected = [spaces.route_index(address) for address in asked]
    matcher = spaces.compile()
    assert [matcher.match(address) for address in asked] == expected
    assert list(matcher.match_many(asked)) == expected


@pytest.mark.parametrize("length", [200, 250, 255, 256, 257, 300, 100_000])
def test_long_addresses_and_patterns(engine: str, length: int) -> None:
    long = "a" * length
    spaces = table(
        f"SMTP:{long}@x", f"SMTP:*@{long}", f"SMTP:*@*.{long}", f"SMTP:{long}*@x", f"SMTP:*{long}", "SMTP:z*"
    )
    asked = [f"{long}@x", f"b@{long}", f"b@c.{long}", f"{long}b@x", long, f"z{long}", f"b@{'c.' * 50}{long}", "b"]
    assert list(spaces.compile().match_many(asked)) == [spaces.route_index(address) for address in asked]


def test_many_types(engine: str) -> None:
    spaces = table(*(f"T{number}:*;{number % 100 + 1}" for number in range(250)), "X400:c=us", "X400:", f"{'T' * 60}:*")
    asked = [f"t{number}:x" for number in range(251)] + [
        "X.400:c=us;s=x",
        "x400:c=fr",
        "X400:",
        f"{'t' * 60}:1",
        "U:1",
        ":x",
    ]
    assert list(spaces.compile().match_many(asked)) == [spaces.route_index(address) for address in asked]


@pytest.mark.parametrize("threads", [1, 2, 5, 64])
def test_threads_do_not_change_answers(engine: str, threads: int) -> None:
    column = [ADDRESSED[row % len(ADDRESSED)] for row in range(1000)]
    matcher = SPACES.compile()
    assert list(matcher.match_many(column, threads=threads)) == [EXPECTED[row % len(EXPECTED)] for row in range(1000)]
    assert list(matcher.match_many(pa.array(column), threads=threads)) == list(matcher.match_many(column))


@given(
    ROUTE_COLUMNS,
    DIALECTS,
    ADDRESSES,
)
def test_columns_are_judged_as_single_rows_are(
    engine: str, rows: list[tuple[object, ...]], dialect: px.Dialect, addresses: list[str]
) -> None:
    read = px.RoutingTable.from_columns(
        *([list(column) for column in zip(*rows, strict=True)] or [[]] * 4), dialect=dialect
    )
    single = [px.RoutingTable.from_columns(*([value] for value in row), dialect=dialect) for row in rows]
    matcher = read.compile()  # before any route is an object
    assert read.routes == tuple(route for table in single for route in table.routes)
    assert [error.line for error in read.errors] == [row for row, table in enumerate(single, 1) if table.errors]
    again = px.RoutingTable(read.routes, dialect)
    expected = [again.route_index(address) for address in addresses]
    assert list(matcher.match_many(addresses)) == expected
    assert [read.route_index(address) for address in addresses] == expected


def test_a_column_of_odd_rows_among_a_hundred_thousand_plain_ones() -> None:
    patterns: list[object] = [f"*@d{row}.example" for row in range(100_000)]
    patterns[77_777], patterns[5] = "a\tb", " *@Trimmed.example;"
    read = px.RoutingTable.from_columns(["smtp"] * 100_000, patterns, [1] * 100_000, ["x"] * 100_000)
    assert [error.line for error in read.errors] == [77_778]
    assert list(read.compile().match_many(["a@d99999.example", "a@trimmed.example"])) == [99_998, 5]


def test_a_consumer_may_release_what_it_took_long_before_or_after_its_capsule_goes() -> None:
    column = match_many_of("jane@contoso.com")
    capsules = [column.__arrow_c_array__() for _ in range(50)]
    taken = [pa.Array._import_from_c_capsule(*pair) for pair in capsules]
    for array in taken[:25]:
        assert array.to_pylist() == [0]
    del taken[:25], array
    others = [column.__arrow_c_array__() for _ in range(50)]  # in the memory that was given back, if any was
    del capsules
    assert [array.to_pylist() for array in taken] == [[0]] * 25
    assert pa.Array._import_from_c_capsule(*others[0]).to_pylist() == [0]


ENGINES_EXPORT = """
import sys
{}
import pyarrow as pa
from proxyaddr.matcher.arrow import IndexColumn

for values in (IndexColumn.of(7, 3), IndexColumn(0)):
    assert pa.array(values).to_pylist() == list(values)
    for wrong in (lambda array: array[77], lambda array: array.take(pa.array([9])), lambda array: array.cast("list")):
        try:
            wrong(pa.array(values))  # the error is on its way when the array lets its values go
        except (IndexError, ValueError):
            pass
        else:
            raise AssertionError
    values.append(1)  # nobody holds them any more
try:
    exported(5)
except (NameError, TypeError):
    print("ok")
"""


@pytest.mark.parametrize("start", ["sys.modules['proxyaddr.matcher._native_arrow'] = None", "NATIVE"])
def test_errors_outlive_a_column_that_is_released_on_their_way(start: str) -> None:
    if start == "NATIVE":
        pytest.importorskip("proxyaddr.matcher._native_arrow", reason="there was no C compiler")
        start = "from proxyaddr.matcher._native_arrow import exported"
    code = [sys.executable, "-c", ENGINES_EXPORT.format(start)]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")


def match_many_of(*addresses: str) -> IndexColumn:
    return px.RoutingTable.from_gwart("SMTP,*@contoso.com;,1,imc\n").compile().match_many(addresses)


@pytest.mark.parametrize("address", ["*@y.", "com*@y.", "z@y.", "*@", "@y.a"])
def test_no_partial_match_has_an_empty_domain(engine: str, address: str) -> None:
    spaces = table("SMTP:*@", "SMTP:@a", "SMTP:com*@")
    assert spaces.compile().match(address) == spaces.route_index(address)


def test_nulls_of_no_type_and_lists_of_them(engine: str) -> None:
    matcher = SPACES.compile()
    assert list(matcher.match_many(pa.nulls(3))) == [-1] * 3
    for members in (1, 100):  # few for the rows, and many
        column = pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), pa.nulls(members))
        assert list(matcher.match_many(column)) == [-1, -1]


def test_a_stream_that_fails_is_an_error_with_its_message(engine: str) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        raise OSError("the disk is gone")
        yield

    reader = pa.RecordBatchReader.from_batches(pa.schema([("email", pa.string())]), batches())
    with pytest.raises(OSError, match="the disk is gone"):
        SPACES.compile().match_many(reader)


def test_an_engine_says_its_size_and_an_answer_its_type(engine: str) -> None:
    matcher = SPACES.compile()
    assert (matcher.size is None) == (engine == "python")
    assert engine == "python" or matcher.size
    column = matcher.match_many(["a@contoso.com"])
    assert pa.DataType._import_from_c_capsule(column.__arrow_c_schema__()) == pa.int32()


def test_a_fragment_that_repeats_leads_to_its_pattern_wherever_it_stands(engine: str) -> None:
    spaces = table(*(f"SMTP:{number:03}*aaaaaaaa*" for number in range(50)), "SMTP:*ababab*", "SMTP:*aaaa%b*")
    addresses = [f"{number:03}@{'a' * 12}" for number in (0, 7, 49, 50)] + ["abababab@x", "aaaaab@x", "baaaaab@a"]
    assert list(spaces.compile().match_many(addresses)) == [spaces.route_index(address) for address in addresses]


def test_a_matcher_may_name_its_engine(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert px.matcher.engine == engine
    monkeypatch.setenv("PROXYADDR_ENGINE", "fastest")
    matcher = pickle.loads(pickle.dumps(SPACES.compile(engine=engine)))  # the choice stays
    assert (matcher.size is None) == (engine == "python")
    assert list(matcher.match_many(ADDRESSED)) == EXPECTED


@pytest.mark.parametrize("name", ["fastest", "Native"])
def test_an_engine_that_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(px.ConfigurationError, match=f"engine is native or python, not '{name}'") as caught:
        SPACES.compile(engine=name)
    assert caught.value.code == "no-such-engine"
    monkeypatch.setenv("PROXYADDR_ENGINE", name)
    with pytest.raises(px.ConfigurationError, match=f"PROXYADDR_ENGINE is native or python, not '{name}'"):
        SPACES.compile()
    with pytest.raises(AttributeError, match="engin"):
        px.matcher.engin  # type: ignore[attr-defined]  # noqa: B018 - it raises


def test_without_the_native_engine_the_python_engine_serves_unless_the_native_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "proxyaddr.matcher._native", None)
    monkeypatch.delenv("PROXYADDR_ENGINE", raising=False)
    assert (px.matcher.engine, SPACES.compile().size, native_module()) == ("python", None, None)
    with pytest.raises(ImportError, match="engine is 'native', which is not installed"):
        SPACES.compile(engine="native")
    monkeypatch.setenv("PROXYADDR_ENGINE", "native")
    with pytest.raises(ImportError, match="PROXYADDR_ENGINE is 'native', which is not installed"):
        px.matcher.engine  # noqa: B018 - it raises


def test_engines_load_on_first_use() -> None:
    code = (
        "import sys, proxyaddr.matcher, proxyaddr.routing.table\n"
        "slow = {'ctypes', *(f'proxyaddr.matcher.{name}' for name in ('_native', 'native', 'python'))}\n"
        "print(slow & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_many_rows_are_shared_between_threads_unasked(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = SPACES.compile()
    if engine == "native":
        monkeypatch.setattr("proxyaddr.matcher.native.ROWS_A_THREAD", 10)
    assert list(matcher.match_many([*ADDRESSED, LONG] * 40)) == [*EXPECTED, 0] * 40


@pytest.mark.parametrize(("engine", "status"), [("python", 0), ("fastest", 1)])
def test_the_engine_is_chosen_by_the_environment(engine: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import proxyaddr.matcher as m; print(m.engine)"],
        env={**os.environ, "PROXYADDR_ENGINE": engine},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, "python\n" if status == 0 else "")
    assert status == 0 or "PROXYADDR_ENGINE is native or python, not 'fastest'" in done.stderr
