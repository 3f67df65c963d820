"""The command: what each subcommand prints for people and as JSON, in this process and as whole processes."""

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

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.cli.main import run as entry_point
from tests.cases import FOLDER

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
    assert (status, err.count("exchange55 is assumed"), len(err.splitlines())) == (1, 1, 1)
    lines = out.splitlines()
    assert lines[:3] == ["a@contoso.com\timc", "Jane [SMTP:a@contoso.com]\timc", "a@elsewhere\tno route: NDR"]
    assert [line.partition(":")[0] for line in lines[3:]] == ["warning [no-catch-all]"]
    assert command("route", "--spaces", table, "a@contoso.com")[0] == 0


def test_route_explains(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("route", "--spaces", table, "--explain", "a@contoso.com")
    assert status == 0
    (lost,) = [line for line in out.splitlines() if "backup" in line and "route" not in line and "[" not in line]
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
    assert command("route", "--spaces", table, "--site-address", site, "[FAX:3]")[:2] == (1, "[FAX:3]\tno route: NDR\n")
    table.write_text("X400,c=*;,1,all,\n")
    status, out, _ = command("route", "--spaces", table, "--site-address", site, "--explain", "a@b")
    assert (status, "error [x400-catch-all]" in out) == (1, True)


def test_route_goes_on_beside_bad_lines_and_says_so(command: Any, table: Path) -> None:  # noqa: ANN401 - as above
    table.write_text(f"{GWART}SMTP,*;,0,imc,\n")
    status, out, err = command("route", "--spaces", table, "a@contoso.com")
    assert (status, out.splitlines()[0], "line 4" in err) == (2, "a@contoso.com\timc", True)
    assert out.splitlines()[1] == "table incomplete: 1 line unread, one of them could match"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("", 1, ": no routes in it"),
        (
            "SMTP,*;,x,imc\n",
            2,
            ", line 1: missing cost, a whole number: expected TYPE,pattern;,cost,connector [bad-line]",
        ),
        ("\nSMTP,*;,1,\n", 2, ", line 2: missing connector: expected TYPE,pattern;,cost,connector [bad-line]"),
    ],
)
def test_route_names_what_its_table_lacks(command: Any, tmp_path: Path, text: str, status: int, words: str) -> None:  # noqa: ANN401 - as above
    spaces = tmp_path / "spaces.txt"
    spaces.write_text(text)
    found, out, err = command("route", "--spaces", spaces, "a@b")
    assert (found, out.splitlines()[0], err) == (status, "a@b\tno route: NDR", f"proxyaddr: {spaces}{words}\n")


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
    assert (status, "--site-domain: an option for one connector" in err) == (2, True)


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
    assert (status, "RCPT TO:<jane@contoso.com>" in out, "line 3: a proxy of Joe is left out" in err) == (2, True, True)


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
    assert (status, "error [no-domain]" in out) == (1, True)


def test_parse_lists_for_people(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("parse", "--list", "SMTP:a@b;SMTP:c;~del<FAX:1>;:bad")
    lines = out.splitlines()
    assert (status, lines[:2], lines[3]) == (2, ["SMTP:a@b", "SMTP:c"], "~DEL<FAX:1>  (deletion marker)")
    assert [line.partition("]")[0] for line in lines if "[" in line] == [
        "error [no-domain",
        "error [two-primaries",
        "error [empty-type",
    ]
    assert lines[-1].strip() == "^^^^"
    assert command("parse", "--list", "SMTP:a@b")[0] == 0


def test_json_of_both_ways(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("encapsulate", "--json", "--domain", "contoso.com", "[FAX:+1]")
    assert (status, json.loads(out)) == (0, {"input": "[FAX:+1]", "encapsulated": "IMCEAFAX-+2B1@contoso.com"})
    status, out, _ = command("decapsulate", "--json", "--powershell", "IMCEAEX-_o=a_ou=b_cn=c@x", "IMCEAFAX-1@x")
    assert [json.loads(line)["powershell"] for line in out.splitlines()] == [
        "Set-Mailbox -Identity '<mailbox>' -EmailAddresses @{Add='X500:/o=a/ou=b/cn=c'}",
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
        entry_point()
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


ADDRESS = "[SMTPOUT:user@inside.test]"
SETTINGS = ["--override-proxy-out", "SMTPOUT", "--site-domain", "inside.test"]


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "proxyaddr", *arguments], input=stdin, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def test_refused_as_shipped_and_says_what_would_deliver() -> None:
    status, out, _ = run("resolve", ADDRESS)
    assert status == 1
    for words in ("000D06B5", "sends SMTP", "OverrideProxyOut = SMTPOUT", "--site-domain", "MSEXCH:IMS:"):
        assert words in out


def test_delivered_with_the_three_settings() -> None:
    status, out, _ = run("resolve", *SETTINGS, "--address-space", "SMTPOUT:*;1", ADDRESS)
    assert (status, "RCPT TO:<user@inside.test>" in out, "SMTPOUT:*;1" in out) == (0, True, True)


def test_override_without_site_domain_is_a_configuration_error() -> None:
    status, _, err = run("resolve", "--override-proxy-out", "SMTPOUT", ADDRESS)
    assert (status, "SiteDomain" in err, "Traceback" in err) == (2, True, False)


def test_json_lines_and_the_highest_status() -> None:
    status, out, _ = run("resolve", "--json", stdin=f"a@b.example\n\n{ADDRESS}\n[bad\n".encode())
    records = [json.loads(line) for line in out.splitlines()]
    assert status == 2
    assert [record.get("delivered") for record in records] == [True, False, None]
    assert records[2]["error"]["code"] == "unbalanced-brackets"
    wanted = {
        "delivered",
        "recipient",
        "type",
        "value",
        "rule",
        "envelope_recipient",
        "code",
        "reason",
        "remedy",
        "trace",
    }
    assert wanted <= records[0].keys()


def test_parse_list() -> None:
    status, out, _ = run("parse", "--list", "--json", "SMTP:a@b;:bad;smtp:c@d")
    record = json.loads(out)
    assert status == 2
    assert [proxy["value"] for proxy in record["proxies"]] == ["a@b", "c@d"]
    assert [error["code"] for error in record["errors"]] == ["empty-type"]


@pytest.mark.parametrize(
    "text", [b"[", b"[]", b"\xff\xfe", "😀\u200f".encode(), b"[" * 1_000_000, b"a\x00@b", b"[A" + b":" * 9999 + b"]"]
)
@pytest.mark.parametrize("command", ["parse", "resolve"])
def test_odd_input_gives_no_traceback(command: str, text: bytes) -> None:
    status, out, err = run(command, stdin=text + b"\n")
    assert status in (0, 1, 2)
    assert "Traceback" not in out + err


def test_empty_argument_is_bad_input() -> None:
    assert run("parse", "")[0] == 2


def test_version_and_lazy_import() -> None:
    assert run("--version")[1].startswith("proxyaddr ")
    code = "import sys, proxyaddr; print(sorted({'lark', 'email_validator', 'argparse'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"[]"


@pytest.mark.parametrize("command", ["parse", "resolve", "route", "encapsulate", "decapsulate"])
def test_every_command_has_its_own_help_and_a_line_in_the_help_of_all(command: str) -> None:
    status, out, _ = run(command, "--help")
    assert (status, f"usage: proxyaddr {command} " in out, "--json" in out) == (0, True, True)
    assert [line for line in run("--help")[1].splitlines() if line.split()[:1] == [command]]


def test_a_command_loads_its_own_module_alone() -> None:
    code = (
        "import sys; from proxyaddr.cli.main import main; main(['encapsulate', '--domain', 'x', '[FAX:1]'])\n"
        "print(sorted(name for name in sys.modules if name.startswith('proxyaddr.cli.') and '._' not in name))"
    )
    lines = subprocess.check_output([sys.executable, "-c", code]).decode().splitlines()
    assert lines[1] == "['proxyaddr.cli.encapsulate', 'proxyaddr.cli.main']"


BOUNCE = (FOLDER / "bounce.txt").read_bytes()
PROXIES = [
    "X500:/O=CONTOSO/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=ann_ex",
    "X500:/o=Contoso/ou=First Site, East/cn=Recipients/cn=Bob",
    "X500:/O=CONTOSO/OU=SITE/CN=RECIPIENTS/CN=C.D'E",
]


def test_a_bounce_goes_in_and_the_proxies_come_out() -> None:
    status, out, err = run("decapsulate", stdin=BOUNCE)
    found = [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("  proxy:")]
    assert (status, found, err) == (0, PROXIES, "")
    status, out, _ = run("decapsulate", "--json", stdin=BOUNCE)
    assert (status, [json.loads(line)["proxy"] for line in out.splitlines()]) == (0, PROXIES)


def test_powershell_quotes_what_it_is_given() -> None:
    status, out, _ = run("decapsulate", "--powershell", "--identity", "o'neil", stdin=BOUNCE)
    wanted = "Set-Mailbox -Identity 'o''neil' -EmailAddresses @{Add='X500:/O=CONTOSO/OU=SITE/CN=RECIPIENTS/CN=C.D''E'}"
    assert (status, out.splitlines()[-1]) == (0, wanted)


def test_both_ways() -> None:
    status, out, _ = run("encapsulate", "--domain", "contoso.com", "X400:c=US;a= ;p=Org;s=Doe;", "[FAX:+1 555]")
    assert status == 0
    status, back, _ = run("decapsulate", "--json", *out.splitlines())
    values = [json.loads(line)["value"] for line in back.splitlines()]
    assert (status, values) == (0, ["c=US;a= ;p=Org;s=Doe;", "+1 555"])


def test_an_entry_identifier_in_hexadecimal() -> None:
    data = px.OneOffEntryId("Jane Doe", "SMTP", "jane@contoso.com").to_bytes().hex()
    status, out, _ = run("decapsulate", f"0x{data[:40]} {data[40:]}")
    assert (status, "Jane Doe" in out, "jane@contoso.com" in out) == (0, True, True)
    status, _, err = run("decapsulate", data[:60])
    assert (status, "does not end" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["jane@contoso.com"], "no encapsulated address"),
        (["imceafax-1"], "domain"),
        (["IMCEAFAX-1+2@contoso.com"], "hexadecimal"),
        ([""], "no encapsulated address"),
        (["--json", "IMCEAFAX-"], '"empty-value"'),
    ],
)
def test_what_is_not_encapsulated_is_refused(arguments: list[str], words: str) -> None:
    status, out, err = run("decapsulate", *arguments)
    assert (status, words in out + err, "Traceback" in err) == (2, True, False)


def test_tolerance_and_refusals() -> None:
    status, out, _ = run("decapsulate", "--tolerant", "IMCEAFAX-+1@contoso.com")
    assert (status, "+1" in out) == (0, True)
    status, out, _ = run("decapsulate", "IMCEASMTP-a+40b@contoso.com")
    assert (status, "refused-encapsulation" in out) == (0, True)


def test_a_bad_address_in_a_bounce_hides_no_good_one() -> None:
    status, out, err = run("decapsulate", stdin=b"<IMCEAFAX-+@x> <IMCEAFAX-1@x>")
    assert (status, "value:        1" in out, "hexadecimal" in err) == (2, True, True)


def test_parse_shows_components() -> None:
    status, out, _ = run("parse", "X400:c=US;a= ;ou1=East;s=Doe;dda:ID=7")
    assert (status, "  S:          Doe" in out, "  OU1:        East" in out, "  DDA ID:     7" in out) == (
        0,
        True,
        True,
        True,
    )
    status, out, _ = run("parse", "--json", "X500:/o=Org/ou=Site/cn=Recipients/cn=jane", "X400:c=US;s=Doe;")
    first, second = map(json.loads, out.splitlines())
    assert first["components"][-1] == ["cn", "jane"]
    assert second["components"] == {"C": "US", "S": "Doe"}
    status, out, _ = run("parse", "--json", "X400:s=Doe")
    assert ("components" in json.loads(out), json.loads(out)["findings"][0]["code"]) == (False, "x400-no-country")
