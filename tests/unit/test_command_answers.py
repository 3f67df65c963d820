"""What each subcommand prints, for people and as JSON, with files and without."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proxyaddr.cli.main import main, run

Answer = tuple[int, str, str]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - a function of any number of arguments
    """Run the command in this process: its status, standard output and standard error."""

    def call(*arguments: object) -> Answer:
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return call


GWART = "SMTP,*@contoso.com;,1,imc,\nSMTP,*@contoso.com;,2,backup,\nX400,c=us;a= ;p=org;o=site;dda:FAX=12*;,1,fax,\n"
CONFIG = """
[internet_mail_service]
override_proxy_out = "SMTPOUT"
site_domain = "inside.test"
address_spaces = ["SMTPOUT:*;5"]
"""
SITE = """
[[internet_mail_service]]
name = "plain"
[[internet_mail_service]]
name = "internal"
override_proxy_out = "SMTPOUT"
site_domain = "inside.test"
[routing_table]
routes = [{space = "SMTP:*", connector = "plain"}, {space = "SMTPOUT:*", connector = "internal"}]
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "gwart0.mta"
    path.write_text(GWART)
    return path


def test_route(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    status, out, err = command("route", "--spaces", table, "a@contoso.com", "Jane [SMTP:a@contoso.com]", "a@elsewhere")
    assert (status, err) == (1, "")
    assert out.splitlines() == ["a@contoso.com\timc", "Jane [SMTP:a@contoso.com]\timc", "a@elsewhere\tno route"]
    assert command("route", "--spaces", table, "a@contoso.com")[0] == 0


def test_route_explains(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("route", "--spaces", table, "--explain", "a@contoso.com")
    assert status == 0
    (lost,) = [line for line in out.splitlines() if "backup" in line]
    assert "cost" in lost
    record = json.loads(command("route", "--spaces", table, "--json", "a@contoso.com")[1])
    assert (record["connector"], record["address_space"], record["match"], record["cost"], record["tie"]) == (
        "imc",
        "SMTP:*@contoso.com;1",
        "wildcard",
        1,
        False,
    )
    assert [(other["route"], other["cost"], other["lost"] is None) for other in record["candidates"]] == [
        (0, 1, True),
        (1, 2, False),
    ]
    nothing = json.loads(command("route", "--spaces", table, "--json", "a@x")[1])
    assert (nothing["connector"], nothing["connectors"]) == (None, [])
    assert (nothing["match"], nothing["candidates"]) == (None, [])


def test_route_by_the_x400_address_of_the_site(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    site = "C=us;a= ;p=Org;o=Site"
    assert command("route", "--spaces", table, "--site-address", site, "[FAX:123]")[:2] == (0, "[FAX:123]\tfax\n")
    assert command("route", "--spaces", table, "--site-address", site, "[FAX:3]")[:2] == (1, "[FAX:3]\tno route\n")
    table.write_text("X400,c=*;,1,all,\n")
    status, out, _ = command("route", "--spaces", table, "--site-address", site, "--explain", "a@b")
    assert (status, "finding [x400-catch-all]" in out) == (0, True)


def test_route_goes_on_beside_bad_lines_and_says_so(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    table.write_text(f"{GWART}SMTP,*;,0,imc,\n")
    status, out, err = command("route", "--spaces", table, "a@contoso.com")
    assert (status, out, "line 4" in err) == (2, "a@contoso.com\timc\n", True)


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("", 1, ": no routes in it"),
        ("SMTP,*;,x,imc\n", 2, ", line 1: no cost, a whole number, in it: expected TYPE,pattern;,cost,connector"),
        ("\nSMTP,*;,1,\n", 2, ", line 2: no connector in it: expected TYPE,pattern;,cost,connector"),
    ],
)
def test_route_names_what_its_table_lacks(command: Any, tmp_path: Path, text: str, status: int, words: str) -> None:  # noqa: ANN401 - as above
    spaces = tmp_path / "spaces.txt"
    spaces.write_text(text)
    expected = (status, "a@b\tno route\n", f"proxyaddr: {spaces}{words}\n")
    assert command("route", "--spaces", spaces, "a@b") == expected


def test_a_missing_table_is_one_line_and_status_2(command: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    status, out, err = command("route", "--spaces", tmp_path / "absent", "a@b")
    assert (status, out, len(err.splitlines()), "absent: cannot be read" in err) == (2, "", 1, True)


def test_resolve_with_a_configuration(command: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    path = tmp_path / "imc.toml"
    path.write_text(CONFIG)
    status, out, _ = command("resolve", "--config", path, "[SMTPOUT:user@inside.test]")
    assert (status, "ignored" in out) == (0, False)
    for words in ("sends SMTPOUT (OverrideProxyOut), site domain inside.test", "address space SMTPOUT:*;5"):
        assert words in out
    status, out, _ = command("resolve", "--json", "--config", path, "--override-proxy-out", "FAX", "[FAX:1]")
    record = json.loads(out)
    assert (status, record["delivered"], record["rule"]) == (1, False, "envelope-address")


def test_resolve_through_a_site(command: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    status, out, _ = command("resolve", "--config", path, "[SMTPOUT:a@b]", "a@b.test", "[FAX:1]")
    sends = [line.split()[2] for line in out.splitlines() if line.startswith("connector ")]
    assert (status, sends) == (1, ["SMTPOUT", "SMTP", "SMTP"])
    status, _, err = command("resolve", "--config", path, "--site-domain", "x.test", "a@b")
    assert (status, "site_domain: a setting of one connector" in err) == (2, True)


def test_resolve_with_a_registry_export(command: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    path = tmp_path / "imc.reg"
    key = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeIMC\Parameters]"
    path.write_text(f'REGEDIT4\n{key}\n"OverrideProxyOut"="SMTPOUT"\n"SiteDomain"="inside.test"\n')
    status, out, _ = command("resolve", "--config", path, "[SMTPOUT:user@inside.test]")
    assert (status, "sends SMTPOUT (OverrideProxyOut), site domain inside.test" in out) == (0, True)


def test_resolve_with_a_directory(command: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    path = tmp_path / "recipients.csv"
    path.write_text("name,proxyAddresses\nJane,SMTP:jane@contoso.com;smtp:j@contoso.com\nJoe,:x;SMTP:joe@contoso.com\n")
    status, out, err = command("resolve", "--directory", path, "j@contoso.com")
    assert (status, "RCPT TO:<jane@contoso.com>" in out, "line 3: a proxy is left out" in err) == (0, True, True)


def test_resolve_names_no_flags_where_they_are_no_remedy(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("resolve", "[SMTP:a b@c]")
    assert (status, "553 malformed address" in out, "as flags" in out) == (1, True, False)
    status, out, _ = command("resolve", "--address-space", "SMTP:*@x", "[SMTP:a@b]")
    assert (status, "returned    unrecognized-OR-name The recipient name is not recognized" in out) == (1, True)


def test_parse_for_people(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("parse", "Jane [EX:/o=Org/ou=Site/cn=Recipients/cn=jane]")
    assert (status, out.splitlines()) == (
        0,
        [
            "type:         EX",
            "value:        /o=Org/ou=Site/cn=Recipients/cn=jane",
            "display name: Jane",
            "  o:          Org",
            "  ou:         Site",
            "  cn:         Recipients",
            "  cn:         jane",
        ],
    )
    status, out, _ = command("parse", "SMTP:no-domain")
    assert (status, "finding [no-domain]" in out) == (0, True)


def test_parse_lists_for_people(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("parse", "--list", "SMTP:a@b;SMTP:c;~del<FAX:1>;:bad")
    lines = out.splitlines()
    assert (status, lines[:2], lines[3]) == (2, ["SMTP:a@b", "SMTP:c"], "~DEL<FAX:1>  (deletion marker)")
    assert [line.partition("]")[0] for line in lines if "[" in line] == [
        "finding [no-domain",
        "finding [two-primaries",
        "error [empty-type",
    ]
    assert lines[-1].strip() == "^^^^"
    assert command("parse", "--list", "SMTP:a@b")[0] == 0


def test_json_of_both_ways(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("encapsulate", "--json", "--domain", "contoso.com", "[FAX:+1]")
    assert (status, json.loads(out)) == (0, {"input": "[FAX:+1]", "encapsulated": "IMCEAFAX-+2B1@contoso.com"})
    status, out, _ = command("decapsulate", "--json", "--powershell", "IMCEAEX-_o=a@x", "IMCEAFAX-1@x")
    assert [json.loads(line)["powershell"] for line in out.splitlines()] == [
        "Set-Mailbox -Identity '<mailbox>' -EmailAddresses @{Add='X500:/o=a'}",
        None,
    ]


def test_a_type_after_a_blank_is_tolerated(command: Any) -> None:  # noqa: ANN401 - as above
    assert command("decapsulate", "IMCEA FAX-1@x")[0] == 2
    status, out, _ = command("decapsulate", "--tolerant", "IMCEA FAX-1@x")
    assert (status, out.splitlines()[1:3]) == (0, ["  type:         FAX", "  value:        1"])


def test_the_same_address_is_shown_once(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("decapsulate", "<IMCEAFAX-1@x> and IMCEAFAX-1@y, not IMCEAFAX")
    assert (status, out.count("value:")) == (0, 1)


def test_the_process_needs_no_real_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["proxyaddr", "parse", "--json"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("SMTP:a@b\n"))
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    with pytest.raises(SystemExit) as caught:
        run()
    assert (caught.value.code, json.loads(shown.getvalue())["value"]) == (0, "a@b")


def process(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "proxyaddr", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_a_reader_that_has_gone_is_no_error() -> None:
    with process("parse", "--json") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(b"SMTP:a@b\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith(b"{")
        running.stdout.close()
        running.stdin.write(b"SMTP:c@d\n" * 10)
        running.stdin.close()
        assert (running.wait(30), running.stderr.read()) == (0, b"")


def test_an_interrupt_gives_the_status_that_shells_expect() -> None:
    with process("parse") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(b"SMTP:a@b\n")
        running.stdin.flush()
        assert running.stdout.readline() == b"type:         SMTP\n"
        running.send_signal(signal.SIGINT)
        assert (running.wait(30), running.stderr.read()) == (130, b"")
