"""Answers of tables that were not read whole, or do not know their accepted domains: no answer hides it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.mta import route_one_off

FILES = {
    "half.txt": "SMTP,*;,9,imc\nSMTP,*@fabrikam.com;,rest\n",
    "two.txt": "SMTP,*;,9,imc\nSMTP,*@fabrikam.com;,rest\nSMTP,*@litware.com;,rest\n",
    "people.csv": "mail\njane@fabrikam.com\njane@contoso.com\nFAX:1\n\n",
    "edge.json": json.dumps(
        [
            {"Name": "Out", "AddressSpaces": ["SMTP:*;1"]},
            {"Name": "In", "AddressSpaces": ["SMTP:--;1"]},
            {"Name": "Partner", "AddressSpaces": ["SMTP:fabrikam.com;1", "Lotus Notes:*;1"]},
        ]
    ),
    "narrow.json": json.dumps([{"Name": "A", "AddressSpaces": ["contoso.com;1"]}]),
    "types.csv": "mail\nLotus Notes:Jane Doe/Contoso@Contoso\nNotes Lotus:x\njane@litware.com\n",
    "bad-domains.json": json.dumps([{"DomainName": "contoso.com"}, {"Name": "no domain"}]),
    "imc.toml": '[internet_mail_service]\nname = "imc"\n[routing_table]\ndialect = "exchange55"\nroutes = ['
    '{space = "SMTP:*", connector = "imc"}, {space = "SMTP:*@fabrikam.com;0", connector = "rest"}]\n',
    "site.toml": '[[internet_mail_service]]\nname = "Out"\n[[internet_mail_service]]\nname = "In"\n'
    '[routing_table]\ndialect = "exchange2007"\n'
    'routes = [{space = "SMTP:*", connector = "Out"}, {space = "SMTP:--", connector = "In"}]\n',
    "edge.toml": '[internet_mail_service]\nname = "In"\n[routing_table]\ndialect = "exchange2007"\n'
    'routes = [{space = "SMTP:--", connector = "In"}]\n',
    "guess.toml": '[routing_table]\nroutes = [{space = "SMTP:fabrikam.com", connector = "imc"}]\n',
}
Command = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")

    def called(line: str) -> tuple[int, str, str]:
        status = main(line.split())
        return status, *capsys.readouterr()

    return called


def test_files_say_which_rows_an_unread_line_could_have_taken(command: Command) -> None:
    status, out, _ = command("route --spaces half.txt --in people.csv --out out.csv --report page.html --json")
    assert (status, json.loads(out)["table_incomplete"]) == (2, {"lines": 1, "could_match": True})
    assert Path("out.csv").read_text().splitlines()[:4] == [
        '"mail","connector","match","cost","address_space","table_incomplete","error"',
        '"jane@fabrikam.com","imc","wildcard",9,"SMTP:*;9",true,',
        '"jane@contoso.com","imc","wildcard",9,"SMTP:*;9",false,',
        '"FAX:1",,,,,false,',
    ]
    assert "unread line of the table, which could have taken 1 row" in Path("page.html").read_text("utf-8")
    Path("people.csv").write_text("mail\njane@contoso.com\n")
    err = command("route --spaces two.txt --in people.csv --out out.csv")[2]
    assert "2 unread lines of the table, which could have taken no row" in err
    record = json.loads(command("route --spaces two.txt --in people.csv --out out.csv --json")[1])
    assert record["table_incomplete"] == {"lines": 2, "could_match": False}


def test_files_say_which_rows_depend_on_accepted_domains(command: Command) -> None:
    status, out, err = command("route --spaces edge.json --in people.csv --out out.csv --json")
    record = json.loads(out)
    assert (status, record["unknown"], record["routed"], record["no_route"]) == (1, 1, 1, {"NDR": 1})
    assert Path("out.csv").read_text().splitlines()[:4] == [
        '"mail","connector","match","cost","address_space","unknown","error"',
        '"jane@fabrikam.com","Partner","exact",1,"SMTP:fabrikam.com;1",,',
        '"jane@contoso.com",,,,,"accepted-domains-not-given",',
        '"FAX:1",,,,,,',
    ]
    assert "--accepted-domains" in err
    status, out, err = command("route --spaces edge.json --in people.csv --out out.csv --accepted-domains contoso.com")
    assert "unknown" not in err
    assert '"jane@contoso.com","In","exact",1,"SMTP:contoso.com;1",' in Path("out.csv").read_text().splitlines()


def test_unread_accepted_domains_leave_internet_addresses_open(command: Command) -> None:
    line = "route --json --spaces edge.json --accepted-domains bad-domains.json jane@litware.com FAX:1"
    status, out, _ = command(line)
    found = [json.loads(answer)["table_incomplete"] for answer in out.splitlines()]
    assert (status, found) == (2, [{"lines": 1, "could_match": True}, {"lines": 1, "could_match": False}])


@pytest.mark.parametrize("spread", [list, pa.array, lambda rows: pa.array(rows).dictionary_encode()])
def test_columns_say_which_routes_are_not_known(command: Command, spread: Callable[[list[str | None]], object]) -> None:
    del command  # it writes the files
    table = px.RoutingTable.from_file("edge.json")
    asked = ["jane@contoso.com", "jane@fabrikam.com", "Lotus Notes:Jane", "FAX:1", None, "jane@contoso.com"]
    found = px.columns.route(table, spread(asked)).to_pydict()
    unknown = "accepted-domains-not-given"
    assert found["unknown"] == [unknown, None, None, None, None, unknown]
    assert found["connector"] == [None, "Partner", "Partner", None, None, None]
    assert found["index"] == [-1, 1, 2, -1, -1, -1]
    assert (found["match"][1:3], found["cost"][1:3]) == (["exact", "wildcard"], [1, 1])
    router = px.columns.Router(table)
    with pytest.raises(px.ConfigurationError) as caught:
        router.matcher  # noqa: B018 - it is asked for
    assert caught.value.code == unknown
    known = px.columns.Router(table.with_accepted_domains(["contoso.com"]))
    assert known.route(asked).column_names == ["index", "connector", "match", "cost"]
    assert known.matcher.match("jane@contoso.com") == 3


def test_a_column_of_nulls_has_no_unknown_routes(command: Command) -> None:
    del command  # it writes the files
    found = px.columns.route(px.RoutingTable.from_file("edge.json"), pa.array([None, None])).to_pydict()
    assert (found["index"], found["unknown"]) == ([-1, -1], [None, None])


def test_files_say_what_the_product_does_without_a_route(command: Command) -> None:
    status, _, err = command("route --spaces narrow.json --in people.csv --out out.csv --report page.html")
    assert (status, "2 unrouted: NDR 1, Unreachable queue 1 (FAX 1, SMTP 1)" in err) == (1, True)
    assert "rows without a route: NDR 1, Unreachable queue 1" in Path("page.html").read_text("utf-8")


def test_types_with_blanks_are_types_where_the_table_has_them(command: Command) -> None:
    options = "--accepted-domains contoso.com --in types.csv --out out.csv"
    err = command(f"route --spaces edge.json {options} --report page.html")[2]
    assert "2 routed" in err
    assert "1 bad (not-an-address 1)" in err
    assert "LOTUS NOTES" in Path("page.html").read_text("utf-8")
    notes = px.RoutingTable(
        [px.Route(px.AddressSpace("Lotus Notes", "*", dialect=px.Dialect.EXCHANGE2007), "Notes")], "exchange2007"
    )
    assert route_one_off(notes, "Lotus Notes:Jane Doe", "c=US;a= ;p=Org").by == "dda"


def test_the_mta_takes_no_other_way_where_the_own_one_is_not_known(command: Command) -> None:
    table = px.RoutingTable.from_file(Path("edge.json"))
    found = route_one_off(table, "jane@contoso.com", "c=US;a= ;p=Org")
    assert (found.route, found.by) == (None, None)
    assert found.explanation is not None
    assert found.explanation.unknown == "accepted-domains-not-given"
    command("route --spaces edge.json FAX:1")


def test_the_mta_holds_the_size_against_limits() -> None:
    spaces = [px.Route(px.AddressSpace.parse("SMTP:*", dialect="exchange2000"), "small")]
    table = px.RoutingTable(spaces, "exchange2000", connectors=[px.Connector("small", max_message_size=10)])
    assert route_one_off(table, "jane@contoso.com", "c=US;a= ;p=Org").by == "dda"
    assert route_one_off(table, "jane@contoso.com", "c=US;a= ;p=Org", size=11).route is None


def test_resolve_says_that_the_table_has_unread_lines(command: Command) -> None:
    status, out, err = command("resolve --config imc.toml jane@fabrikam.com")
    assert (status, "table incomplete: 1 line unread, one of them could match" in out) == (2, True)
    assert "[bad-route]" in err
    status, out, _ = command("resolve --json --config imc.toml jane@fabrikam.com jane@contoso.com")
    found = [json.loads(line)["table_incomplete"] for line in out.splitlines()]
    assert (status, found) == (2, [{"lines": 1, "could_match": True}, {"lines": 1, "could_match": False}])


def test_resolve_takes_accepted_domains(command: Command) -> None:
    status, out, err = command("resolve --json --config site.toml jane@contoso.com")
    assert (status, json.loads(out)["error"]["code"]) == (2, "accepted-domains-not-given")
    assert "--accepted-domains" in json.loads(out)["error"]["message"]
    assert "In takes the accepted domains, which are not known" in err
    line = "resolve --json --config site.toml --accepted-domains contoso.com jane@contoso.com jane@fabrikam.com"
    status, out, _ = command(line)
    assert (status, [json.loads(each)["connector"] for each in out.splitlines()]) == (0, ["In", "Out"])
    assert all("table_incomplete" not in json.loads(each) for each in out.splitlines())
    status, out, _ = command("resolve --json --config edge.toml --accepted-domains contoso.com jane@contoso.com")
    assert (status, json.loads(out)["connector"]) == (0, "In")
    status, _, err = command("resolve --accepted-domains contoso.com jane@contoso.com")
    assert (status, "needs a routing table in the file of --config" in err) == (2, True)


def test_resolve_says_which_dialect_is_a_guess(command: Command) -> None:
    status, _, err = command("resolve --config guess.toml jane@fabrikam.com")
    assert (status, "exchange2007 is assumed" in err, "--dialect" in err) == (0, True, False)
