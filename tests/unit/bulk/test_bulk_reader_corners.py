"""Corners of the readers: which columns hold the addresses, pages of JSON over several blocks, and too many columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.bulk.readers import blocks, json_arrays
from proxyaddr.bulk.readers import json as json_reading
from proxyaddr.bulk.readers import objects as objects_reading
from tests.bulk_files import Found, read_files
from tests.text_files import written

JANE, SHORT, EXTRA = "SMTP:jane@contoso.com", "smtp:j@contoso.com", "smtp:jd@contoso.com"


def read_text(folder: Path, name: str, content: str | bytes, column: str | None = None) -> Found:
    return read_files(written(folder, name, content), column=column)


COLUMNS: dict[str, tuple[str, str | None, str, list[str] | str]] = {
    "numbered columns behind their number, which is no address": (
        f"aliases,aliases.0,aliases.1\n2,{JANE},{SHORT}\n",
        "aliases",
        "aliases",
        [JANE.lower(), SHORT],
    ),
    "numbered columns by the name that they share": (
        f"Name,proxyAddresses_0,proxyAddresses_1\nJane,{JANE},{SHORT}\n",
        "proxy-addresses",
        "proxyAddresses",
        [JANE, SHORT],
    ),
    "a list beside its secondary addresses, found by their names": (
        f"Name,EmailAddresses,secondaryProxyAddresses\nJane,{JANE},SMTP:j@contoso.com\n",
        None,
        "EmailAddresses",
        [JANE, SHORT],
    ),
    "a secondary address without a type is one of the Internet": (
        "Name,PrimaryEmail,aliases\nJane,jane@contoso.com,j@contoso.com\n",
        None,
        "PrimaryEmail",
        [JANE, SHORT],
    ),
    "a secondary value that is no address stays as it is": (
        "Name,PrimaryEmail,aliases\nJane,jane@contoso.com,jane\n",
        None,
        "PrimaryEmail",
        [JANE, "jane"],
    ),
    "a column of a type holds typed addresses as they are": (
        f"Name,PrimarySmtpAddress,smtp\nJane,jane@contoso.com,{SHORT}\n",
        None,
        "PrimarySmtpAddress",
        [JANE, SHORT],
    ),
    "a column of a type gets it": (
        "Name,PrimarySmtpAddress,smtp\nJane,jane@contoso.com,j@contoso.com; jd@contoso.com;\n",
        None,
        "PrimarySmtpAddress",
        [JANE, SHORT, EXTRA],
    ),
    "the number of a fax machine is no address": (
        "Name,PrimarySmtpAddress,Fax\nJane,jane@contoso.com,+1 555 0100\n",
        None,
        "PrimarySmtpAddress",
        [JANE],
    ),
    "an alias beside whose it is": (
        "alias,target\nj@contoso.com,jane@contoso.com\n",
        None,
        "alias",
        "j@contoso.com",
    ),
    "a list in the cell of a secondary address": (
        f"Name,PrimaryEmail,aliases\nJane,jane@contoso.com,{SHORT};{EXTRA}\n",
        None,
        "PrimaryEmail",
        [JANE, SHORT, EXTRA],
    ),
    "a blank cell holds none": (
        "Name,PrimarySmtpAddress,smtp\nJane, ,j@contoso.com\n",
        None,
        "PrimarySmtpAddress",
        [SHORT],
    ),
    "an address comes once": (
        "Name,PrimarySmtpAddress,smtp\nJane,jane@contoso.com,jane@contoso.com\n",
        None,
        "PrimarySmtpAddress",
        [JANE],
    ),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_columns_of_addresses_together(case: str, tmp_path: Path) -> None:
    content, column, name, wanted = COLUMNS[case]
    assert read_text(tmp_path, "a.csv", content, column).column(name) == [wanted]


def test_an_address_before_numbered_columns_is_read(tmp_path: Path) -> None:
    found = read_text(tmp_path, "a.jsonl", json.dumps({"aliases": JANE, "aliases.0": SHORT}), "aliases")
    assert found.column("aliases") == [[JANE.lower(), SHORT]]


def test_a_bad_row_of_several_columns_keeps_its_text(tmp_path: Path) -> None:
    lines = [json.dumps({"proxyAddresses_0": JANE, "proxyAddresses_1": SHORT}), "no JSON"]
    found = read_text(tmp_path, "a.jsonl", "\n".join(lines), "proxyAddresses")
    assert found.column("proxyAddresses") == [[JANE, SHORT], ["no JSON"]]
    assert found.codes == [None, "bad-json"]


def test_an_address_as_the_first_line_is_no_name_of_a_column(tmp_path: Path) -> None:
    with pytest.raises(px.ConfigurationError, match="the first line holds an address") as caught:
        read_text(tmp_path, "a.csv", "jane@contoso.com\nj@contoso.com\n")
    assert caught.value.code == "no-such-column"


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is read at a time, looked at for a wrapper and written as a piece be a few characters."""
    for module in (blocks, json_arrays):
        monkeypatch.setattr(module, "BLOCK", 16)
    monkeypatch.setattr(json_arrays, "_HEAD", 16)
    monkeypatch.setattr(json_arrays, "_PIECE", 16)


ROWS = [{"email": f"{number}@contoso.com"} for number in range(10)]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_over_several_blocks(indent: int | None, tmp_path: Path) -> None:
    behind = "\n".join(map(json.dumps, ROWS))
    found = read_text(tmp_path, "a.jsonl", f"{json.dumps(ROWS, indent=indent)}\n{behind}\n", "email")
    assert found == Found(ROWS * 2, [None] * 20, 0)


def pages(*parts: list[dict[str, str]], more: str | None = None) -> list[dict[str, object]]:
    """Return the pages of a list; the last one says that it goes on if there is `more`."""
    found: list[dict[str, object]] = [{"@odata.context": "https://contoso.com/users", "value": part} for part in parts]
    if more is not None:
        found[-1]["@odata.nextLink"] = more
    return found


@pytest.mark.parametrize("together", [True, False], ids=["an array", "one after the other"])
@pytest.mark.parametrize("more", [None, "https://contoso.com/more"])
def test_pages_give_the_members_of_their_lists(together: bool, more: str | None, tmp_path: Path) -> None:
    given = pages(ROWS[:4], ROWS[4:], more=more)
    text = json.dumps(given) if together else "\n".join(map(json.dumps, given))
    found = read_text(tmp_path, "a.json", text, "email")
    assert found.rows[:10] == ROWS
    assert found.codes == [None] * 10 + ["bad-json"] * (more is not None)


@pytest.mark.usefixtures("small_blocks")
def test_what_stands_behind_a_list_may_be_in_another_block(tmp_path: Path) -> None:
    text = json.dumps({"value": ROWS, "@odata.nextLink": "https://contoso.com/" + "x" * 100})
    found = read_text(tmp_path, "a.json", text, "email")
    assert (found.rows[:10], found.codes) == (ROWS, [None] * 10 + ["bad-json"])


WIDE = {
    "names and colons apart": "".join(f'{{"{name}" :"x"}}\n' for name in "abcde"),
    "names and colons together": "".join(f'{{"{name}":"x"}}\n' for name in "abcde"),
}


@pytest.mark.parametrize("case", WIDE)
def test_json_of_too_many_columns_is_refused(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reading, "MOST_COLUMNS", 4)
    with pytest.raises(px.ConfigurationError) as caught:
        read_text(tmp_path, "a.jsonl", WIDE[case], "a")
    assert caught.value.code == "too-many-columns"


def test_many_rows_are_not_many_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reading, "MOST_COLUMNS", 4)
    assert read_text(tmp_path, "a.jsonl", '{"email":"x"}\n' * 9, "email").codes == [None] * 9


def test_objects_of_too_many_properties_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_reading, "MOST_COLUMNS", 2)
    with pytest.raises(px.ConfigurationError) as caught:
        read_text(tmp_path, "a.ldif", "dn: CN=J\nmail: jane@contoso.com\ndepartment: Sales\n", "mail")
    assert caught.value.code == "too-many-columns"


def test_a_list_of_one_that_is_text_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"email": "a@contoso.com", "x": ["b"], "y": []}\n')
    (tmp_path / "b.jsonl").write_text('{"email": "c@contoso.com", "x": "d", "y": "e"}\n')
    found = read_files(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (found.column("x"), found.column("y")) == ([["b"], ["d"]], [[], ["e"]])


PREFIXED = {"ProxyAddressString": JANE, "Prefix": "SMTP"}
NAMED = {"ProxyAddressString": SHORT, "Prefix": {"PrimaryPrefix": "SMTP"}}


def test_address_objects_whose_other_properties_differ(tmp_path: Path) -> None:
    bad = '\n{"a": [null], "b": 1}'  # the json module reads a block with a list that begins with null
    text = "\n".join(json.dumps({"a": [held]}) for held in (PREFIXED, NAMED))
    assert read_text(tmp_path, "a.jsonl", text + bad, "a").column("a")[:2] == [[JANE], [SHORT]]


def test_objects_that_are_no_addresses_and_differ_are_text(tmp_path: Path) -> None:
    held = [{"Prefix": "SMTP"}, {"Prefix": {"PrimaryPrefix": "SMTP"}}]
    text = "\n".join(json.dumps({"email": None, "a": one}) for one in held)
    assert [json.loads(one) for one in read_text(tmp_path, "a.jsonl", text, "email").column("a")] == held


def test_address_objects_of_two_files_that_differ(tmp_path: Path) -> None:
    for name, held in (("a.jsonl", PREFIXED), ("b.jsonl", NAMED)):
        written(tmp_path, name, json.dumps({"a": held}) + "\n")
    assert read_files(tmp_path / "a.jsonl", tmp_path / "b.jsonl", column="a").column("a") == [JANE, SHORT]


@pytest.mark.parametrize("value", [[[]], [[1], []], [{"value": [1]}], [{"value": [[1], [2]], "Count": 2}]], ids=str)
def test_values_beside_a_bad_line_stay_as_they_are(value: object, tmp_path: Path) -> None:
    good = json.dumps({"email": "a@contoso.com", "x": value})
    found = read_text(tmp_path, "a.jsonl", f"{good}\n[1]\n", "email")
    assert (found.column("x"), found.codes) == ([value, None], [None, "bad-json"])


@pytest.mark.parametrize("values", [([""], [[]], None), (1, "", [""]), ([], "", {}), (1, 2, None)], ids=str)
def test_a_type_does_not_depend_on_where_a_block_is_cut(
    values: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [json.dumps({"email": "a@contoso.com", "x": value}) for value in values]
    path = written(tmp_path, "a.jsonl", "\n".join([*rows, "[1]", ""]))
    whole = read_files(path)
    monkeypatch.setattr(json_reading, "PIECE", 1)
    assert read_files(path) == whole
