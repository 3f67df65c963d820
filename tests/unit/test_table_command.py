"""`proxyaddr table`, and what `proxyaddr route` says of the table beside its answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proxyaddr.cli.main import main

Answer = tuple[int, str, str]

FILES = {
    "c.json": '[{"Name": "Internet", "AddressSpaces": ["SMTP:*;1"], "MaxMessageSize": "10 MB"},'
    ' {"Name": "Partner", "Enabled": false, "AddressSpaces": ["SMTP:contoso.com;1"]}]',
    "d.json": '[{"Name": "Internet", "AddressSpaces": ["SMTP:*;1"]},'
    ' {"Name": "Partner", "AddressSpaces": ["contoso.com"]}]',
    "edge.json": '[{"Name": "Out", "AddressSpaces": ["SMTP:*;100"]}, {"Name": "In", "AddressSpaces": ["SMTP:--;1"]}]',
    "g.txt": "SMTP,contoso.com;,1,Dead\nSMTP,*@contoso.com;,1,A,B\nSMTP,*;,5,C\nLOCAL,SMTP:*@x.example;,1,L\n",
    "bad.txt": "SMTP,*;,1,A\nSMTP,*@contoso.com;,B\n",
    "t.toml": '[routing_table]\ndialect = "exchange55"\nroutes = [{space = "SMTP:*", connector = "A"}]\n'
    'connectors = [{name = "A", '
    'site = "Paris", location = "North", proximity = "remote", delivering = true, tries = 2}]\n',
    "people.csv": "name,mail\nJane,jane@contoso.com\nJoe,\n",
    "people.txt": "jane@contoso.com\n\njoe@fabrikam.com\n",
    "domains.csv": "Name,DomainName\nMain,contoso.com\n",
    "bad-domains.json": '[{"DomainName": "contoso.com"}, {"Name": "x"}]',
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder with the files."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - a function of any number of arguments
    """Run the command in this process: its status, standard output and standard error."""

    def call(line: str) -> Answer:
        status = main(line.split())
        return status, *capsys.readouterr()

    return call


def test_a_table_is_shown_by_space(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, err = command("table c.json d.json")
    assert (status, err) == (0, "")
    assert [line.split() for line in out.splitlines()] == [
        ["address", "space", "cost", "connector"],
        ["SMTP:*", "1", "Internet", "at", "most", "10,485,760", "bytes"],
        ["1", "Internet", "at", "most", "10,485,760", "bytes"],
        ["SMTP:contoso.com", "1", "Partner", "disabled"],
        ["1", "Partner", "disabled"],
    ]
    status, out, _ = command("table g.txt")
    assert "A -> B" in out
    assert "scope site" in out
    assert (
        command("table t.toml")[1].split("A", 1)[1].strip()
        == "site Paris, location North, proximity remote, delivering, tries 2"
    )
    assert command("table edge.json")[1].splitlines()[2].split() == ["SMTP:--", "1", "In"]
    records = [json.loads(line) for line in command("table --json c.json")[1].splitlines()]
    assert [record["address_space"] for record in records] == ["SMTP:*", "SMTP:contoso.com"]
    assert records[1]["connectors"][0]["enabled"] is False
    Path("empty.txt").touch()
    assert command("table empty.txt") == (0, "", "proxyaddr: empty.txt: no routes in it\n")


def test_a_table_is_judged(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, err = command("table --check g.txt")
    assert (status, [line.partition(":")[0] for line in out.splitlines()]) == (1, ["error [space-matches-nothing]"])
    assert "exchange55 is assumed" in err
    (record,) = [json.loads(line) for line in command("table --check --json g.txt")[1].splitlines()]
    assert (record["routes"], record["address_spaces"]) == ([0], ["SMTP:contoso.com;1"])
    assert command("table --check d.json") == (0, "no findings\n", "")
    status, out, _ = command("table --check c.json d.json")
    assert (status, out.count("connector-state-conflict"), out.count("space-repeated")) == (1, 2, 2)
    assert command("table --check bad.txt")[0] == 2


def test_two_tables_are_compared(command: Any) -> None:  # noqa: ANN401 - as above
    assert command("table c.json --diff d.json")[:2] == (1, "SMTP:contoso.com\tInternet\tPartner\n")
    assert command("table c.json --diff c.json") == (0, "", "")
    moved = "jane@contoso.com\tInternet\tPartner\n"
    assert command("table c.json --diff d.json --in people.txt")[:2] == (1, moved)
    assert command("table c.json --diff d.json --in people.csv --column MAIL")[:2] == (1, moved)
    status, out, err = command("table c.json --diff d.json --in people.csv --column phone")
    assert (status, out, "name, mail" in err) == (2, "", True)
    (record,) = [json.loads(line) for line in command("table --json c.json --diff d.json")[1].splitlines()]
    assert (record["address_space"], record["before"], record["after"]) == ("SMTP:contoso.com", "Internet", "Partner")
    given = json.loads(command("table --json c.json --diff d.json --in people.txt")[1])
    assert given == {"address": "jane@contoso.com", "before": "Internet", "after": "Partner"}
    assert command("table g.txt --dialect exchange55 --diff d.json")[0] == 1  # the export has its own dialect
    assert command("table d.json --diff bad.txt")[0] == 2
    Path("bad.json").write_text('[{"mail": "a@b"}, 5]')
    status, _, err = command("table c.json --diff d.json --in bad.json --column mail")
    assert (status, "[not-an-object]" in err) == (2, True)
    status, _, err = command("table c.json --diff absent.json")
    assert (status, "[unreadable-file]" in err) == (2, True)


def test_a_table_is_written_in_another_form(command: Any, folder: Path) -> None:  # noqa: ANN401 - as above
    status, out, err = command("table c.json --to csv")
    assert (status, err, out.splitlines()[0].split(",")[5:7]) == (0, "", ["enabled", "max_message_size"])
    assert command("table c.json --to toml --out new.toml") == (0, "", "")
    assert (folder / "new.toml").read_text("utf-8") == command("table c.json --to toml")[1]
    assert command("table new.toml")[1] == command("table c.json")[1]
    assert (
        command("table c.json --to gwart")[2]
        == "proxyaddr: gwart keeps no enabled, max_message_size of connectors; csv and toml do\n"
    )
    status, out, err = command("table d.json --to powershell")
    assert (status, out.splitlines()[0], err) == (0, "New-SendConnector -Name 'Internet' -AddressSpaces 'SMTP:*;1'", "")
    assert command("table d.json --to json")[2] == ""
    Path("h.csv").write_text("space,connector\nSMTP:contoso.com,A|B\n")
    assert "first connector of each route alone" in command("table h.csv --to json")[2]
    assert command("table g.txt --to json")[0] == 2
    assert "[unwritable-file]" in command("table c.json --to toml --out absent/new.toml")[2]


def test_a_device_that_refuses_the_table_is_an_error(command: Any) -> None:  # noqa: ANN401 - as above
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    assert "[unwritable-file]" in command("table c.json --to toml --out /dev/full")[2]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("table c.json --in people.txt", "--in needs --diff"),
        ("table c.json --out x", "--out needs --to"),
        ("table c.json --diff d.json --column mail", "--column needs --in"),
        ("table c.json --json --to json", "--json is for what is shown"),
        ("table --check", "FILE"),
        ("table c.json --accepted-domains *contoso.com", "'*.' and a domain"),
        ("table c.json --accepted-domains absent/file", "[unreadable-file]"),
        ("route --spaces g.txt --site London jane@contoso.com", "[no-sites]"),
    ],
)
def test_a_slip_says_what_is_meant(command: Any, line: str, words: str) -> None:  # noqa: ANN401 - as above
    status, out, err = command(line)
    assert (status, out, words in err) == (2, "", True), err


def test_accepted_domains_are_asked_for(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, err = command("route --spaces edge.json jane@contoso.com FAX:1")
    assert (status, out.splitlines()[0]) == (1, "jane@contoso.com\tunknown: the accepted domains are not given")
    assert "--accepted-domains FILE|DOMAIN gives them" in err
    record = json.loads(command("route --json --spaces edge.json jane@contoso.com")[1])
    assert (record["connector"], record["unknown"]) == (None, "accepted-domains-not-given")
    assert "no_route" not in record
    for given in ("contoso.com", "domains.csv"):
        assert command(f"route --spaces edge.json --accepted-domains {given} jane@contoso.com")[:2] == (
            0,
            "jane@contoso.com\tIn\n",
        )
    assert command("route --spaces edge.json --accepted-domains bad-domains.json jane@contoso.com")[0] == 2
    assert (
        "no space of the table stands"
        in command("route --spaces d.json --accepted-domains contoso.com a@contoso.com")[2]
    )
    status, _, err = command("route --spaces edge.json --in people.txt --out out.csv")
    assert (status, "unknown: the accepted domains are not given" in err) == (1, True)


def test_findings_and_unread_lines_stand_beside_the_answers(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("route --spaces g.txt jane@contoso.com")
    assert (status, out.splitlines()[0], "error [space-matches-nothing]" in out) == (1, "jane@contoso.com\tA", True)
    assert command("route --spaces g.txt joe@fabrikam.com")[:2] == (0, "joe@fabrikam.com\tC\n")
    status, out, _ = command("route --spaces bad.txt jane@contoso.com joe@fabrikam.com")
    assert (status, [line for line in out.splitlines() if "table incomplete" in line]) == (
        2,
        [
            "table incomplete: 1 line unread, one of them could match",
            "table incomplete: 1 line unread, none of them could match",
        ],
    )
    record = json.loads(command("route --json --spaces bad.txt joe@fabrikam.com")[1])
    assert record["table_incomplete"] == {"lines": 1, "could_match": False}
    record = json.loads(command("route --json --spaces d.json FAX:1")[1])
    assert (record["no_route"], "table_incomplete" in record) == ("NDR", False)
    out = command("route --explain --spaces d.json jane@contoso.com.")[1]
    assert "(rules of exchange2007)" in out
    assert "warning [trailing-dot]" in out


@pytest.mark.parametrize(
    ("table", "address", "codes"),
    [
        ("SMTP,*;,1,A\nSMTP,*;,1,B\n", "u@x.example", ["cost-tie"]),
        ("SMTP,*;,1,A\nSMTP,*;,1,B\nSMTP,*@contoso.com;,1,C\n", "u@contoso.com", []),
        ("SMTP,*;,1,A\nSMTP,*;,5,B\n", "u@x.example", []),
        ("SMTP,*;,1,A\nSMTP,*@*;,5,B\n", "u@x.example", ["space-shadowed"]),
        ("SMTP,*;,1,A\nSMTP,*;,5,A\nFAX,*;,1,F\n", "FAX:1", []),
        ("SMTP,*;,1,A\nSMTP,*;,5,A\n", "u@x.example", ["space-repeated"]),
        ("SMTP,*@contoso.com;,1,A\n", "u@x.example", ["no-catch-all"]),
        ("SMTP,*@contoso.com;,1,A\n", "u@contoso.com", []),
        ("SMTP,@contoso.com;,1,A\nSMTP,*;,1,B\n", "u@contoso.com", ["space-matches-nothing"]),
    ],
)
def test_findings_that_concern_an_address(command: Any, table: str, address: str, codes: list[str]) -> None:  # noqa: ANN401 - as above
    Path("t.txt").write_text(table)
    record = json.loads(command(f"route --json --spaces t.txt --dialect exchange55 {address}")[1])
    assert [finding["code"] for finding in record["findings"]] == codes


def test_a_connector_with_two_states_concerns_what_it_may_take(command: Any) -> None:  # noqa: ANN401 - as above
    record = json.loads(command("route --json --spaces c.json --table d.json jane@contoso.com")[1])
    assert (record["connector"], [finding["code"] for finding in record["findings"]]) == (
        "Internet",
        ["connector-state-conflict", "connector-state-conflict", "space-repeated", "space-repeated"],
    )
