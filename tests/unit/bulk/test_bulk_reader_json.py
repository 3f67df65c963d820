"""The reader of JSON lines: types of columns, bad lines among good ones, arrays and objects over several lines."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import json as arrow_json

import proxyaddr as px
from proxyaddr.bulk.files import Format, Input
from proxyaddr.bulk.readers import json as json_reading
from proxyaddr.bulk.readers import json_arrays
from proxyaddr.bulk.readers.json import JsonLinesReader
from tests.bulk_files import read_files

Row = tuple[str | None, str | None]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "in.jsonl"


JSON_CASES: dict[str, tuple[bytes, list[Row]]] = {
    "no JSON": (
        b'{"email": "a@b"}\n{"email": \n[1]\n{"email": "c@d"}\n',
        [("a@b", None), ('{"email": ', "bad-json"), ("[1]", "bad-json"), ("c@d", None)],
    ),
    "not UTF-8": (b'{"email": "\xff@b"}\n{"email": "c@d"}\n', [("\\xff@b", "not-utf8"), ("c@d", None)]),
    "not UTF-8 and no JSON": (b'\xff\n{"email": "c@d"}\n', [("\\xff", "not-utf8"), ("c@d", None)]),
    "half a pair": (b'{"email": "\\ud800@b"}\n', [("\\ud800@b", "not-utf8")]),
    "numbers among text": (
        b'{"email": 5}\n{"email": "c@d"}\n{"email": null}\n',
        [("5", None), ("c@d", None), (None, None)],
    ),
    "fields that come late": (b'{"email": "a@b"}\n{"email": "c@d", "late": [1]}\n', [("a@b", None), ("c@d", None)]),
    "dates stay text": (b'{"email": "a@b", "when": "2024-01-01"}\n', [("a@b", None)]),
    "types that differ": (
        b'{"email": "a@b", "x": 1}\n{"email": "c@d", "x": "y"}\n{"email": "e@f", "x": {"z": 1}}\n',
        [("a@b", None), ("c@d", None), ("e@f", None)],
    ),
    "one line after the other without an end": (b'{"email": "a@b"}', [("a@b", None)]),
    "an array": (b'[{"email": "a@b"}, {"email": "c@d"}]', [("a@b", None), ("c@d", None)]),
    "an array on many lines": (
        b'\r\n [\r\n  {\r\n    "email": "a@b",\r\n    "n": [1, {"x": "]"}]\r\n  }\r\n  ,\r\n  5,\r\n  {}\r\n]\r\n',
        [("a@b", None), ("5", "bad-json"), (None, None)],
    ),
    "an array and lines behind it": (
        b'[]\n[{"email": "a@b"}]\n{"email": "c@d"}\n',
        [('[{"email": "a@b"}]', "bad-json"), ("c@d", None)],
    ),
    "an array in UTF-16": ('\ufeff[{"email": "\u00e4@b"}]'.encode("utf-16-le"), [("\u00e4@b", None)]),
    "UTF-16 without its mark": ('{"email": "\u00e4@b"}'.encode("utf-16-be"), [("\u00e4@b", None)]),
    "an object on many lines": (b'{\n  "email": "a@b",\n  "n": [\n    1\n  ]\n}\n', [("a@b", None)]),
    "objects on many lines": (
        b'\n{\r\n"email": "a@b"\r\n}\r\n{"email": "c@d"} {\n"email": "\xff@f"}',
        [("a@b", None), ("c@d", None), ("\\xff@f", "not-utf8")],
    ),
    "octets in an array": (b'[{"email": "\xff@b"}, {"email": "c@d"}]', [("\\xff@b", "not-utf8"), ("c@d", None)]),
    "a null that is no object": (
        b'null}\nnull\n{"email": "a@b"}null\n{"email": "c@d"}',
        [("null}", "bad-json"), ("null", "bad-json"), ('{"email": "a@b"}null', "bad-json"), ("c@d", None)],
    ),
    "a list that starts with null": (
        b'{"email": "a@b", "x": [null, 1]}\n{"email": "c@d", "x": [null]}\n',
        [("a@b", None), ("c@d", None)],
    ),
    "a field twice": (b'{"email": "x@y", "email": "a@b"}\n', [("a@b", None)]),
}


@pytest.mark.parametrize("case", JSON_CASES)
def test_each_line_is_a_row_or_bad(case: str, source: Path) -> None:
    octets, wanted = JSON_CASES[case]
    source.write_bytes(octets)
    assert read_files(source).addresses() == wanted


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b'[{"email": "a@b"},\n{"email": "c@d"', "line 2: invalid or incomplete JSON: Expecting ',' delimiter"),
        (b'[{"email": "a@b"}\n{"email": "c@d"}]', "line 2: invalid or incomplete JSON: expected ',' or ']'"),
        (b'\n[\n{"email": "a@b"}\n,\n]', "line 5: invalid or incomplete JSON: Expecting value"),
        (b'[{"email": "a@b"}', "line 1: invalid or incomplete JSON: expected ',' or ']'"),
        (b'[{"email": ' + b"[" * 100_000, "line 1: invalid or incomplete JSON: nested too deeply"),
        (b'[{"email": "a@b"},', "line 1: invalid or incomplete JSON: no ']' at its end"),
        (b'{\n"email": "a@b"\n', "line 3: invalid or incomplete JSON: Expecting ',' delimiter"),
        (b'{\n"email": "a@b"\n}\n]', "line 4: invalid or incomplete JSON: Expecting value"),
        (b"[]", "no column 'email'; there are no columns at all"),
    ],
    ids=str,
)
def test_an_incomplete_array_is_refused(octets: bytes, words: str, source: Path) -> None:
    source.write_bytes(octets)
    with pytest.raises(px.ConfigurationError) as caught:
        read_files(source)
    assert words in str(caught.value)


@pytest.mark.parametrize("whole", [True, False])
def test_json_larger_than_a_block(whole: bool, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = [{"email": f"a{number}@b", "n": "\u00fc" * number} for number in range(20)]
    text = "\n\n ".join(json.dumps(one, ensure_ascii=False, indent=1) for one in objects)
    source.write_text(json.dumps(objects, indent=1) if whole else f"{text}\n \n\n", "utf-8")
    for size in (7, 8, 9, 10):
        monkeypatch.setattr(json_arrays, "BLOCK", size)
        assert read_files(source) == (objects, [None] * 20, 0)


def test_values_survive(source: Path) -> None:
    source.write_bytes(b'{"email":"a@b","x":1,"when":"2024-01-01"}\n{"email":"c@d","x":"y","late":[1]}\n')
    found = read_files(source).rows
    assert [(row["x"], row["when"], row["late"]) for row in found] == [("1", "2024-01-01", None), ("y", None, [1])]
    source.write_bytes(b'{"email": "a@b", "x": [null, 1]}\n{"email": "c@d", "x": [null, null, 2]}\n')
    assert read_files(source).column("x") == [[None, 1], [None, None, 2]]


def test_blank_lines_are_no_rows(source: Path) -> None:
    source.write_bytes(b'{"email": "a@contoso.com"}\n' + b"\n" * (5 << 20))
    assert read_files(source).addresses() == [("a@contoso.com", None)]


def test_addresses_that_are_all_null(source: Path) -> None:
    source.write_text('{"email": null, "n": 1}\n{"n": 2}\n')
    assert read_files(source).rows == [{"email": None, "n": 1}, {"email": None, "n": 2}]


def test_objects_beside_a_line_that_is_not_utf8(source: Path) -> None:
    source.write_bytes(
        b'{"email": "a@contoso.com", "who": {"name": "Jane", "age": 5}}\n{"email": "b\xff@contoso.com", "who": null}\n'
    )
    found = read_files(source)
    assert found.column("who") == [{"name": "Jane", "age": 5}, None]
    assert found.addresses() == [("a@contoso.com", None), ("b\\xff@contoso.com", "not-utf8")]


@pytest.mark.parametrize("more", ["", ', "more": "x"'])
@pytest.mark.parametrize(
    ("one", "other", "found"), [("1", "1.5", [1.0, 1.5]), ("1", '"two"', ["1", "two"]), ("[1]", "null", [[1], None])]
)
def test_lines_of_two_files_may_differ(one: str, other: str, found: list[object], more: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"email": "a@contoso.com", "n": {one}}}\n')
    (tmp_path / "b.jsonl").write_text(f'{{"email": "b@contoso.com", "n": {other}{more}}}\n')
    both = read_files(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert both.addresses() == [("a@contoso.com", None), ("b@contoso.com", None)]
    assert both.column("n") == found
    assert [row.get("more") for row in both.rows] == [None, "x" if more else None]


def test_a_value_that_the_column_of_another_input_cannot_hold_makes_its_line_bad(tmp_path: Path) -> None:
    pa.parquet.write_table(pa.table({"email": ["a@b"], "n": [1]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"email": "c@d", "n": 2}\n{"email": "e@f", "n": "two"}\n')
    found = read_files(tmp_path / "a.parquet", tmp_path / "b.jsonl")
    assert found.addresses() == [("a@b", None), ("c@d", None), ('{"email": "e@f", "n": "two"}', "bad-json")]
    assert found.column("n") == [1, 2, None]


def test_a_bad_line_changes_no_other_line(source: Path) -> None:
    good = '{"email":"a@contoso.com","n":1.5}\n{"email":"c@contoso.com","n":9007199254740993}\n'
    source.write_text(good, "utf-8")
    expected = read_files(source)
    assert expected.codes == [None, None]
    source.write_text(good + "[1]\n", "utf-8")
    found = read_files(source)
    assert found.rows[:2] == expected.rows
    assert found.codes == [None, None, "bad-json"]


@pytest.mark.parametrize("more", ["", "nope\n"])
def test_a_line_holds_one_object(more: str, source: Path) -> None:
    two = '{"email":"a@contoso.com"} {"email":"b@contoso.com"}\n{"email":"c@contoso.com"}\n'
    source.write_text(two + more, "utf-8")
    assert read_files(source).codes[:2] == ["bad-json", None]


def test_lines_that_pyarrow_takes_for_others(tmp_path: Path, source: Path) -> None:
    source.write_text('{"email":"a@b"} {"email":"c@d"}\n')
    assert arrow_json.read_json(source).num_rows == 2
    assert read_files(source).codes == ["bad-json"]
    source.write_text('{"email":"a@b","x":[null,1]}\n')
    assert arrow_json.read_json(source)["x"].to_pylist() != [[None, 1]]  # its issue 51305
    assert read_files(source).column("x") == [[None, 1]]
    source.write_text('[{"email":"a@b"}]\n')
    with pytest.raises(pa.ArrowInvalid):
        arrow_json.read_json(source)
    assert read_files(source).column("email") == ["a@b"]


TYPES: dict[str, tuple[list[str], str]] = {
    "integers": (["1", "null", "-9223372036854775808"], "int64"),
    "numbers": (["1", "1.5"], "double"),
    "too large for a float": (["1e400", "1"], "double"),
    "not a number": (["NaN", "1", "-Infinity"], "double"),
    "too large for 64 bits": (["9223372036854775808"], "string"),
    "booleans": (["true", "null"], "bool"),
    "booleans and numbers": (["true", "1"], "string"),
    "times": (['"2024-01-01T00:00:00Z"'], "string"),
    "nothing": (["null"], "null"),
    "lists": (["[1]", "[]", "[null, 1.5]"], "list<item: double>"),
    "lists of times": (['["2024-01-01"]'], "list<item: string>"),
    "lists of differing types": (["[1]", '["a"]'], "string"),
    "a list of differing types": (['[1, "a"]'], "string"),
    "lists and numbers": (["[1]", "1"], "string"),
    "objects": (['{"a": 1}', '{"b": [{"c": null}]}'], "struct<a: int64, b: list<item: struct<c: null>>>"),
    "objects with times": (['{"t": "2024-01-01"}'], "struct<t: string>"),
    "objects of differing types": (['{"a": 1}', '{"a": "x"}'], "string"),
    "half pairs": (['{"\\ud800": 1}'], "struct<\\ud800: int64>"),
}


@pytest.mark.parametrize("broken", ["", "[1]\n"])
@pytest.mark.parametrize("case", TYPES)
def test_the_type_of_a_column(case: str, broken: str, source: Path) -> None:
    values, kind = TYPES[case]
    if case == "too large for 64 bits" and not broken:
        kind = "double"  # by pyarrow, where every line is good
    source.write_text("".join(f'{{"email": "a@b", "x": {value}}}\n' for value in values) + broken)
    reader = JsonLinesReader(Input(source, Format.JSON_LINES, None, None), "email")
    schema = reader.schema()
    assert str(schema.field("x").type) == kind
    rows = [row["x"] for batch in reader.batches(schema) for row in batch.rows.to_pylist()]
    assert len(rows) == len(values) + bool(broken)
    if kind == "string" and case != "times":
        assert [json.loads(row) for row in rows[: len(values)]] == [json.loads(value) for value in values]


NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=2),
    max_leaves=6,
)
LINES = st.sampled_from([b"[1]", b"nope", b'{"email": ', b"null", b'{"email":1} {}', b"\xff", b'"\\ud800"', b"5}"])


@settings(max_examples=200)
@given(st.lists(VALUES, min_size=1, max_size=8), st.lists(LINES, max_size=3), st.integers(1, 60))
def test_bad_lines_change_no_other_whatever_the_pieces(values: list[object], bad: list[bytes], size: int) -> None:
    good = [json.dumps({"email": f"a{number}@b", "x": value}).encode() for number, value in enumerate(values)]
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        path = Path(name) / "in.jsonl"
        path.write_bytes(b"\n".join([*good, b""]))  # a last line without an end is a block of its own
        expected = read_files(path)
        patch.setattr(json_reading, "PIECE", size)
        lines = [line for pair in zip(good, [*bad, *[b""] * len(good)], strict=False) for line in pair]
        path.write_bytes(b"\n".join([*lines, b""]))
        found = read_files(path)
    kept = [row for row in found.rows if row["email"] in expected.column("email")]
    assert kept == expected.rows
    assert sum(code is not None for code in found.codes) == min(len(bad), len(good))
