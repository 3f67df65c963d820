"""What is given to be resolved: no record of a directory but a directory's own, and nothing that changes later."""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

import proxyaddr as px
from proxyaddr.cli.main import main

SERVICE = px.InternetMailService(address_spaces=["SMTP:*@contoso.com;1"])
TEXTS = ["jane@contoso.com", None, "smtp:", "FAX:1", "jane@contoso.com", "IMCEAFAX-1@contoso.com", ""]
TEXT_TYPES = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view()]


@pytest.mark.parametrize("data", [b"jane@contoso.com", b"", b"i\1\0\0\0", marshal.dumps((1, True, *[""] * 13))])
def test_bytes_that_are_given_are_never_read_as_a_record(data: bytes) -> None:
    wrong: Any = [data]
    with pytest.raises(TypeError, match="an address is text, not bytes"):
        SERVICE.resolve_many(wrong).rules  # noqa: B018 - the counts look at each
    with pytest.raises(TypeError, match="an address is text, not bytes"):
        SERVICE.resolve_many(wrong)[0]


@pytest.mark.parametrize("wrong", [None, 1, px.parse("a@contoso.com"), px.Recipient("Jane", "SMTP:jane@contoso.com")])
def test_what_is_no_iterable_of_recipients(wrong: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(TypeError, match=f"an iterable of recipients, not {type(wrong).__name__}"):
        SERVICE.resolve_many(wrong)


def test_a_list_that_changes_later_changes_no_answer() -> None:
    given = ["jane@contoso.com"]
    found = SERVICE.resolve_many(given)
    given.append("FAX:1")
    assert (len(found), found.rules, [each.rule for each in found]) == (1, {"one-off-type": 1}, ["one-off-type"])


@pytest.mark.parametrize("indices", [pa.int8(), pa.uint32(), pa.int64()], ids=str)
@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_dictionaries_of_any_kind_of_text(kind: pa.DataType, indices: pa.DataType, engine: str) -> None:
    words = pa.array(TEXTS).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(words.indices.cast(indices), words.dictionary.cast(kind))
    wanted = px.columns.resolve(SERVICE, TEXTS).to_pylist()
    assert px.columns.resolve(SERVICE, column).to_pylist() == wanted
    parts = pa.chunked_array([column.slice(2), column.slice(0, 0), column.slice(0, 2)])
    assert px.columns.resolve(SERVICE, parts).to_pylist() == wanted[2:] + wanted[:2]


@pytest.mark.parametrize("kind", [pa.string_view(), pa.binary_view()], ids=str)
def test_a_file_of_words_that_are_views(kind: pa.DataType, tmp_path: Path) -> None:
    words = pa.array(TEXTS).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(words.indices, words.dictionary.cast(kind))
    table = pa.table({"email": column, "other": column})
    with pa.ipc.new_file(tmp_path / "in.arrow", table.schema) as file:
        file.write_table(table)
    out = tmp_path / "out.parquet"
    assert main(["resolve", "--in", str(tmp_path / "in.arrow"), "--column", "email", "--out", str(out)]) == 2
    found = parquet.read_table(out)
    assert found["other"].to_pylist() == table["other"].to_pylist()
    assert found["rule"].to_pylist() == px.columns.resolve(px.InternetMailService(), TEXTS)["rule"].to_pylist()


USAGE = {
    "--all --directory people.csv --out out.csv --subject Hello": "--subject is for the report of an address",
    "--in people.csv --out out.csv --subject Hello": "--subject is for the report of an address",
}


@pytest.mark.parametrize("options", USAGE)
def test_an_option_that_means_nothing_here_is_refused(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", *options.split()]) == 2
    assert USAGE[options] in capsys.readouterr().err


@pytest.mark.parametrize(("bad", "told"), [("SMTP:;", True), ("", False)])
def test_the_page_says_that_rows_of_the_directory_are_bad(bad: str, told: bool, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(f"displayName,proxyAddresses\nJane,{bad}SMTP:jane@contoso.com\n")
    page = tmp_path / "page.html"
    status = main(["resolve", "--directory", str(tmp_path / "people.csv"), "--all", "--report", str(page)])
    assert (status, "1 error" in page.read_text("utf-8")) == (2 if told else 0, told)
