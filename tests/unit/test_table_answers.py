"""What is said of many addresses at once, and beside each answer where lines of the table were not read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.routing.answers import answers_of
from tests.strategies import ADDRESSES, tables_with_states

DOMAINS = st.sampled_from(["*", "a.b", "*.a.b", "*.b", "b"])


@settings(deadline=None)  # the first example loads what the engines load on first use
@given(tables_with_states(), ADDRESSES)
def test_many_are_answered_as_each_is_explained(table: px.RoutingTable, addresses: list[str]) -> None:
    answer = answers_of(table)
    for address in addresses:
        assert answer(address) == table.explain(address).taken


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@settings(deadline=None)
@given(
    st.lists(st.tuples(DOMAINS, st.integers(1, 3), st.sampled_from("xyz")), max_size=4),
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("xyw"), st.booleans()), min_size=1, max_size=2),
    st.none() | st.lists(DOMAINS.filter(lambda domain: domain != "*"), max_size=2),
)
def test_so_they_are_where_spaces_stand_for_accepted_domains(
    folder: Path,
    rows: list[tuple[str, int, str]],
    accepted: list[tuple[int, str, bool]],
    domains: list[str] | None,
) -> None:
    spaces = [(f"SMTP:{pattern};{cost}", name, True) for pattern, cost, name in rows]
    spaces += [(f"SMTP:--;{cost}", name, enabled) for cost, name, enabled in accepted]
    file = folder / "connectors.json"
    exported = [{"Name": name, "AddressSpaces": [space], "Enabled": enabled} for space, name, enabled in spaces]
    file.write_text(json.dumps(exported), "utf-8")
    table = px.RoutingTable.from_file(file, accepted_domains=domains)
    answer = answers_of(table)
    for address in ("u@a.b", "u@c.a.b", "u@b", "u@c.b", "u@z", "u", "FAX:1", "c=us;a=x"):
        assert answer(address) == table.explain(address).taken


def test_unknown_accepted_domains_may_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "connectors.json"
    exported = [{"Name": "A", "AddressSpaces": ["SMTP:*", "SMTP:--"]}, {"Name": "B", "AddressSpaces": ["SMTP:a.b"]}]
    file.write_text(json.dumps(exported), "utf-8")
    answer = answers_of(px.RoutingTable.from_file(file))
    assert [answer(address) for address in ("u@x.y", "u@a.b", "FAX:1")] == ["A", "B", "no route"]


def test_unknown_accepted_domains_may_matter(tmp_path: Path) -> None:
    file = tmp_path / "connectors.json"
    exported = [{"Name": "A", "AddressSpaces": ["SMTP:*;100", "FAX:*"]}, {"Name": "B", "AddressSpaces": ["SMTP:a.b"]}]
    exported.append({"Name": "C", "AddressSpaces": ["SMTP:--"]})
    file.write_text(json.dumps(exported), "utf-8")
    table = px.RoutingTable.from_file(file)
    answer, unknown = answers_of(table), "unknown: the accepted domains are not given"
    for address, taken in (("u@x.y", unknown), ("u@a.b", "B"), ("FAX:1", "A"), ("NOTES:x", "no route")):
        assert answer(address) == table.explain(address).taken == taken


@pytest.mark.unmeasured
@pytest.mark.parametrize("dialect", ["exchange55", "exchange2000", "exchange2007"])
@pytest.mark.parametrize("with_accepted", [False, True])
def test_large_tables_are_compared_without_looking_at_each_route_for_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dialect: str, with_accepted: bool
) -> None:
    pattern = "*@d{}.example" if dialect == "exchange55" else "d{}.example"
    rows = [f"SMTP:{pattern.format(number)},c{number % 3}\n" for number in range(5_000)]
    if with_accepted and dialect != "exchange55":
        rows.append("SMTP:--;5,c0\n")
    files = []
    for name, kept in (("one.csv", rows), ("other.csv", [*rows[1:], "SMTP:*,c9\n"])):
        (tmp_path / name).write_text(f"space,connector\n{''.join(kept)}", "utf-8")
        files.append(tmp_path / name)
    one, other = (px.RoutingTable.from_file(file, dialect=dialect) for file in files)
    monkeypatch.setattr(px.AddressSpace, "fit", counted := _Counted(px.AddressSpace.fit))
    moved = one.diff(other)
    assert {move.space for move in moved} <= {f"SMTP:{pattern.format(0)}", "SMTP:*"}
    is_unknown = with_accepted and dialect != "exchange55"  # where any other domain goes, before and after
    assert ("SMTP:*" in {move.space for move in moved}) is not is_unknown
    assert counted.calls <= 4 * len(rows)


class _Counted:
    """A method of spaces that counts how often it is called."""

    def __init__(self, method: object) -> None:
        self._method, self.calls = method, 0

    def __get__(self, space: object, owner: object) -> object:
        self.calls += 1
        return self._method.__get__(space, owner)  # type: ignore[attr-defined]  # a function is bound so


BAD = "SMTP,*@fabrikam.com;,1,A\nSMTP,*@contoso.com;,zz,B\nFAX,*;,1,F\n"


def test_an_explanation_says_that_lines_are_unread() -> None:
    table = px.RoutingTable.from_gwart(BAD)
    for address, could_match in (("u@contoso.com", True), ("u@fabrikam.com", False), ("FAX:1", False)):
        found = table.explain(address)
        assert found.table_incomplete == (1, could_match)
        assert str(found).splitlines()[-1] == (
            f"table incomplete: 1 line unread, {'one' if could_match else 'none'} of them could match"
        )
    assert max(map(len, table.explain("u@fabrikam.com").table(40).splitlines()[-2:])) <= 40
    assert px.RoutingTable.from_gwart("FAX,*;,1,F\n").explain("FAX:1").table_incomplete is None


@pytest.mark.parametrize(
    ("line", "could_match"),
    [
        ("table bad.txt --json", [True, False]),
        ("table bad.txt --json --check", [True]),
        ("table bad.txt --json --diff good.txt", [True, False]),
        ("table good.txt --json --diff bad.txt --in people.txt", [False, True]),
    ],
)
def test_each_object_of_a_table_says_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    could_match: list[bool],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.txt").write_text(BAD)
    Path("good.txt").write_text("SMTP,*@contoso.com;,1,A\n")
    Path("people.txt").write_text("u@fabrikam.com\nu@contoso.com\n")
    command = line.split()
    assert main([*command, "--dialect", "exchange55"]) == 2
    said = [json.loads(row)["table_incomplete"] for row in capsys.readouterr().out.splitlines()]
    assert {each["lines"] for each in said} == {1}
    assert sorted(each["could_match"] for each in said)[-1] is max(could_match)
    assert len(said) >= len(could_match)
    assert main([*(word for word in command if word != "--json"), "--dialect", "exchange55"]) == 2
    assert capsys.readouterr().out.splitlines()[-1] == "table incomplete: 1 line unread"
