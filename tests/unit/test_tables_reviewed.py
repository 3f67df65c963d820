"""Accepted domains as lists, spaces in one text, sites of no connector, and what becomes of mail without a route."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.routing.accepted_files import read_accepted_domains
from proxyaddr.spaces.matching import matches_wildcards

BOTH = ["contoso.com", "fabrikam.com"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(name: str, text: str) -> str:
    Path(name).write_text(text, "utf-8", newline="")
    return name


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ('["contoso.com", "fabrikam.com"]', BOTH),
        ('{"value": ["contoso.com", "fabrikam.com"], "Count": 2}', BOTH),
        ('"contoso.com"', ["contoso.com"]),
        (
            '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
            "<S>contoso.com</S><S>fabrikam.com</S></Objs>",
            BOTH,
        ),
        ("contoso.com\n# retired: tailspin.example\nfabrikam.com # ours\n", BOTH),
        ("contoso.com., fabrikam.com\r\n", BOTH),
        ("contoso.com;fabrikam.com", BOTH),
        ("contoso.com fabrikam.com", BOTH),
        ("{contoso.com, fabrikam.com}", BOTH),
        ('"contoso.com"\n"fabrikam.com"\n', BOTH),
        ("@contoso.com\n@fabrikam.com\n", BOTH),
        ("contoso.com\nintranet\n", ["contoso.com", "intranet"]),
        ("*\n", ["*"]),
        ("DomainName\ncontoso.com\nfabrikam.com\n", BOTH),
    ],
)
def test_accepted_domains_are_read_from_lists_of_their_names(text: str, domains: list[str]) -> None:
    assert read_accepted_domains(written("domains", text)) == (domains, [])


@pytest.mark.parametrize(
    ("text", "domains", "errors"),
    [
        ("contoso.com\nnot a domain\n", ["contoso.com"], [("bad-accepted-domain", 2)]),
        ("contoso.com\nfabrikam.com,Authoritative\n", BOTH, [("bad-accepted-domain", 2)]),
        (
            '["contoso.com",\n7,\n"bad domain",\n["fabrikam.com"]]',
            ["contoso.com"],
            [("not-an-object", 2), ("bad-accepted-domain", 3), ("not-an-object", 4)],
        ),
    ],
)
def test_what_is_no_domain_in_a_list_is_an_error(text: str, domains: list[str], errors: list[tuple[str, int]]) -> None:
    read = read_accepted_domains(written("domains", text))
    assert read.domains == domains
    assert [(error.code, error.line) for error in read.errors] == errors


@pytest.mark.parametrize("text", ["contoso.com,Authoritative,True\n", "contoso\nfabrikam\n", "smtp:contoso.com\n"])
def test_a_header_without_a_column_of_domains_is_refused(text: str) -> None:
    with pytest.raises(px.ConfigurationError) as raised:
        read_accepted_domains(written("domains", text))
    assert raised.value.code == "bad-header"


def test_long_lists_of_accepted_domains_take_linear_time() -> None:
    assert len(read_accepted_domains(written("domains", "contoso.com" + " ,;" * 100_000)).domains) == 1
    assert len(read_accepted_domains(written("domains", "contoso.com " * 100_000)).domains) == 100_000


@pytest.mark.parametrize(
    ("spaces", "expected"),
    [
        ("MS:*;1, d.com;2,*.b.c;30 , a.b", ["MS:*;1", "SMTP:d.com;2", "SMTP:*.b.c;30", "SMTP:a.b;1"]),
        ("contoso.com, fabrikam.com,*.example", ["SMTP:contoso.com;1", "SMTP:fabrikam.com;1", "SMTP:*.example;1"]),
        ("contoso.com fabrikam.com", ["SMTP:contoso.com;1", "SMTP:fabrikam.com;1"]),
        ("X400:c=US;a= ;p=Org, Inc;3", ["X400:c=US;a= ;p=Org, Inc;3"]),
        ("FAX:+1 555*;7", ["FAX:+1 555*;7"]),
        ([{"Domain": "contoso.com", "IncludeSubDomains": True, "Cost": 2, "Type": "SMTP"}], ["SMTP:*.contoso.com;2"]),
        ([{"Address": None, "Domain": "contoso.com"}], ["SMTP:contoso.com;1"]),
    ],
)  # fmt: skip
def test_spaces_of_a_connector_are_told_apart(spaces: object, expected: list[str]) -> None:
    table = px.RoutingTable.from_file(written("c.json", json.dumps([{"Name": "A", "AddressSpaces": spaces}])))
    assert [str(route.space) for route in table.routes] == expected
    assert table.errors == ()


@pytest.mark.parametrize("domains", ["System.Object[]", "@{Domain=contoso.com}"])
def test_recipient_domains_that_were_not_exported_say_so(domains: str) -> None:
    text = json.dumps([{"Name": "A", "RecipientDomains": domains}])
    assert [error.code for error in px.RoutingTable.from_file(written("c.json", text)).errors] == ["not-exported"]


SITES = """\
space,scope,connector,cost,site,location
SMTP:*@contoso.com,site,A,1,North,Cellar
SMTP:*,organization,B,5,South,
"""


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str | None, list[str]]:
    status = main(["route", "--json", "--dialect", "exchange55", "--spaces", "t.csv", *arguments, "u@contoso.com"])
    (record,) = map(json.loads, capsys.readouterr().out.splitlines())
    return status, record["connector"], [finding["code"] for finding in record["findings"]]


def test_a_site_or_a_location_of_no_connector_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    written("t.csv", SITES)
    assert found(capsys, "--site", "north") == (0, "A", [])
    assert found(capsys, "--site", "Nroth") == (0, "B", ["unknown-site"])
    assert found(capsys, "--site", "") == (0, "B", ["unknown-site"])
    assert found(capsys, "--location", "cellar") == (0, "A", [])
    assert found(capsys, "--location", "*") == (0, "A", [])
    assert found(capsys, "--site", "x", "--location", "y") == (0, "B", ["unknown-site"] * 2)
    main(["route", "--dialect", "exchange55", "--spaces", "t.csv", "--site", "Nroth", "u@contoso.com"])
    message = "no connector of the table is in the site 'Nroth'; those that it names: North, South"
    assert message in capsys.readouterr().out


@pytest.mark.parametrize(
    ("dialect", "address", "after"),
    [
        ("exchange55", "u@contoso.com", "no route: NDR"),
        ("exchange2000", "u@contoso.com", "no route: Unreachable queue"),
        ("exchange2007", "u@contoso.com", "no route: Unreachable queue"),
        ("exchange2007", "FAX:1", "no route: NDR"),
        ("exchange2007", "Lotus Notes:Joe", "no route: NDR"),
    ],
)
def test_a_difference_says_what_becomes_of_mail_without_a_route(dialect: str, address: str, after: str) -> None:
    every = "SMTP,*;,1,A\nFAX,*;,1,A\n" + ("Lotus Notes,*;,1,A\n" if dialect == "exchange2007" else "")
    table = px.RoutingTable.from_gwart(every, dialect=dialect)
    other = px.RoutingTable.from_gwart("Lotus Notes,x;,1,A\nMS,x;,1,A\n", dialect=dialect)
    assert [move[2:] for move in table.diff(other, [address])] == [("A", after)]
    assert [move[2:] for move in other.diff(table, [address])] == [(after, "A")]
    assert table.diff(table, [address]) == other.diff(other, [address]) == ()


@pytest.mark.parametrize(
    ("spaces", "dialect", "is_said"),
    [
        ("*.contoso.com", "exchange2007", True),
        ("contoso.com", "exchange2007", False),
        ("contoso.com", "exchange2000", True),
        ("*@contoso.com", "exchange55", False),
        ("contoso.com", "exchange55", True),
    ],
)
@pytest.mark.parametrize("form", ["csv", "gwart", "toml"])
def test_a_form_without_dialect_says_how_it_is_read_back(
    capsys: pytest.CaptureFixture[str], spaces: str, dialect: str, is_said: bool, form: str
) -> None:
    written("t.csv", f"space,connector\n{spaces},A\n")
    assert main(["table", "t.csv", "--dialect", dialect, "--to", form]) == 0
    said = f"proxyaddr: {form} states no dialect: --dialect {dialect} reads it back\n"
    written_text, notices = capsys.readouterr()
    assert notices == (said if is_said and form != "toml" else "")
    read = px.RoutingTable.from_file(written("again", written_text))
    assert (read.dialect == dialect) is (form == "toml" or not is_said)


@pytest.mark.parametrize("form", ["to_csv", "to_toml", "to_json", "to_powershell"])
def test_sums_of_exchange2007_are_in_no_file_that_could_not_be_read_back(form: str) -> None:
    table = px.RoutingTable.from_gwart("SMTP,contoso.com;,250,A\n", dialect="exchange2007")
    with pytest.raises(px.ConfigurationError, match="GWART text keeps it") as raised:
        getattr(table, form)()
    assert raised.value.code == "unwritable-space"
    again = px.RoutingTable.from_gwart(table.to_gwart(), dialect="exchange2007")
    assert (again.routes, again.errors) == (table.routes, ())


def test_text_patterns_are_found_by_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [f"FAX,+1 555 {number:04}*;,1,C{number}\n" for number in range(2_000)]
    ends = [f"FAX,*-{number:04};,1,E{number}\n" for number in range(2_000)]
    table = px.RoutingTable.from_gwart("".join((*starts, *ends, "FAX,*;,1,All\n")), dialect="exchange2007")
    compared = 0

    def counted(pattern: str, value: str, *, one: str) -> bool:
        nonlocal compared
        compared += 1
        return matches_wildcards(pattern, value, one=one)

    monkeypatch.setattr("proxyaddr.matcher.domains.matches_wildcards", counted)
    match = table.compile(engine="python").match
    connectors = table.columns.connectors
    assert connectors[match("FAX:+1 555 0007 12")] == "C7"
    assert connectors[match("FAX:+1 555 0007-0012")] == "C7"  # more literal characters
    assert connectors[match("FAX:5-0012")] == "E12"
    assert connectors[match("FAX:5")] == "All"
    assert compared <= 4 * 3
