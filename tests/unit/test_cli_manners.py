"""The manners of the command: help, suggestions, hints, codes, colour, widths, completion, exit status."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.cli.main import COMMANDS, EXAMPLES, main
from tests.cases import FOLDER

Answer = tuple[int, str, str]

IS_FILE = "is a file, not an address"

CLIXML = (
    '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><Props>'
    '<S N="Name">{name}</S><Obj N="AddressSpaces" RefId="1"><LST><S>{space}</S></LST></Obj></Props></Obj></Objs>'
)

FILES = {
    "addresses.txt": "SMTP:jane@contoso.com\nFAX:+1 555 0100\n",
    "bounce.eml": (FOLDER / "reports" / "online.eml").read_text("utf-8"),
    "bounce.txt": (FOLDER / "bounce.txt").read_text("utf-8"),
    "connector.toml": '[internet_mail_service]\nsite_domain = "contoso.com"\n',
    "connectors.json": '[{"Name": "Internet", "Enabled": true, "AddressSpaces": ["SMTP:*;1"]}]',
    "gwart0.mta": "SMTP,*@contoso.com;,1,imc\nFAX,*;,1,fax\n",
    "ndr.txt": "Delivery has failed to these recipients or groups:\n\nJane <IMCEAFAX-1@contoso.com>\n",
    "people.csv": "name,proxyAddresses\nJane,SMTP:jane@contoso.com;smtp:j@contoso.com\n",
    "send.xml": CLIXML.format(name="Internet", space="SMTP:*;1"),
    "foreign.xml": CLIXML.format(name="Fax", space="FAX:*;1"),
    "domains.csv": '"Name","DomainName"\n"Contoso","contoso.com"\n',
    "before.json": '[{"Name": "A", "AddressSpaces": ["SMTP:*;1"]}]',
    "after.json": '[{"Name": "B", "AddressSpaces": ["SMTP:*;1"]}]',
    "export.csv": "mail,proxyAddresses\njane@contoso.com,smtp:jane@contoso.com\n",
    "export.ldif": "dn: CN=Jane\nproxyAddresses: smtp:jane@contoso.com\n",
    "export.json": '[{"mail": "jane@contoso.com", "proxyAddresses": ["smtp:jane@contoso.com"]}]',
    "findings.csv": "object,rule,attribute,value,key\nx,smtp-syntax,mail,x,\n",
    "other.csv": "a,b\n1,2\n",
    "returned.csv": "Id,Recipient\n1,IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder with the files that examples name."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - a function of any number of arguments
    """Run the command in this process: its status, standard output and standard error."""

    def call(*arguments: str) -> Answer:
        status = main(arguments)
        return status, *capsys.readouterr()

    return call


def examples(text: str) -> list[str]:
    """Return the commands that an epilog shows."""
    return re.findall(r"^  (proxyaddr .*)$", text.replace("\\\n     ", ""), re.MULTILINE)


@pytest.mark.parametrize(
    "example",
    [
        example
        for text in (EXAMPLES, *(import_module(f"proxyaddr.cli.{name}").EXAMPLES for name in COMMANDS))
        for example in examples(text)
    ],
)
def test_examples_of_the_help_run(example: str) -> None:
    line = example.replace("proxyaddr ", f"{sys.executable} -m proxyaddr ", 1)
    done = subprocess.run(line, shell=True, capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout or "--out" in example


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert import_module(f"proxyaddr.cli.{name}").EXAMPLES.strip() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("resolve --dirctory x", "no option '--dirctory'; did you mean --directory? (proxyaddr resolve --help)"),
        ("resolve --dirctory=x", "no option '--dirctory'; did you mean --directory? (proxyaddr resolve --help)"),
        ("route --spacess x", "no option '--spacess'; did you mean --spaces? (proxyaddr route --help)"),
        ("route a@b", "the following arguments are required: --spaces/--table (proxyaddr route --help)"),
        ("route -- --spacess", "the following arguments are required: --spaces/--table (proxyaddr route --help)"),
        ("parse --quux", "no option '--quux' (proxyaddr parse --help)"),
        ("parse -x", "no option '-x'; put -- before an address that begins with a hyphen (proxyaddr parse --help)"),
        ("--verison", "no option '--verison'; did you mean --version? (proxyaddr --help)"),
        ("--versoin parse a@b", "no option '--versoin'; did you mean --version? (proxyaddr --help)"),
        ("resovle a@b", "no command 'resovle'; did you mean resolve? (proxyaddr --help)"),
        ("zzz", f"no command 'zzz'; expected {', '.join(COMMANDS)} (proxyaddr --help)"),
        ("SMTP:a@b", "a command comes before the address: proxyaddr parse SMTP:a@b (proxyaddr --help)"),
        ("", "which command? (proxyaddr --help)"),
        ("parse --o x", "ambiguous option: --o could match --out, --out-format (proxyaddr parse --help)"),
        ("parse people.csv", f"people.csv {IS_FILE}: proxyaddr parse --in people.csv --column NAME --out FILE"),
        ("parse addresses.txt", f"addresses.txt {IS_FILE}: proxyaddr parse --in addresses.txt --out FILE"),
        (
            "route --spaces gwart0.mta people.csv",
            f"people.csv {IS_FILE}: proxyaddr route --spaces gwart0.mta --in people.csv --column NAME --out FILE",
        ),
        ("resolve people.csv", f"people.csv {IS_FILE}: proxyaddr resolve --directory people.csv --all --out FILE"),
        ("resolve ndr.txt", f"ndr.txt {IS_FILE}: proxyaddr diagnose < ndr.txt"),
        ("decapsulate bounce.txt", f"bounce.txt {IS_FILE}: proxyaddr decapsulate < bounce.txt"),
        (
            "resolve --address-space bogus a@b",
            "an address space is written TYPE:pattern;cost, such as SMTP:*@contoso.com;1, not 'bogus' "
            "(option --address-space)",
        ),
    ],
)
def test_a_slip_is_one_line_with_the_mend(command: Any, arguments: str, line: str) -> None:  # noqa: ANN401 - as above
    assert command(*arguments.split()) == (2, "", f"proxyaddr: {line} [usage]\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["resolve", "Delivery has failed to these recipients:\n\na@b"],
            "this is a non-delivery report, not an address: ",
        ),
        (["resolve", "Final-Recipient: rfc822;a@b"], "proxyaddr diagnose < bounce.txt"),
        (["parse", "a@b\nc@d"], "an address is one line; for lines of addresses: proxyaddr parse < addresses.txt;"),
        (
            ["route", "--spaces", "other.csv", "a@b"],
            "no column connector or space or AddressSpaces; the columns are a, b",
        ),
        (["route", "--spaces", "absent.csv", "a@b"], "[unreadable-file]"),
        (["resolve", "--override-proxy-out", "a b", "a@b"], "(option --override-proxy-out) [bad-type]"),
        (["resolve", "--override-proxy-out", "FAX", "a@b"], "(option --site-domain) [no-site-address]"),
        (["decapsulate", "IMCEAFAX-1(2"], "an encapsulated address ends in a domain (expected @domain) [no-domain]"),
        (["parse", "a" * 2_000_000], "characters [too-long]\n"),
        (["resolve", "--config", "other.csv", "a@b"], "[bad-toml]"),
        (["parse", "[x"], "(expected ':') [unbalanced-brackets]\n  [x\n"),
    ],
)
def test_an_error_names_the_mend_and_its_code(command: Any, arguments: list[str], words: str) -> None:  # noqa: ANN401 - as above
    status, out, err = command(*arguments)
    assert (status, out, words in err) == (2, "", True), err
    assert "limits=" not in err


def test_a_list_may_have_several_lines(command: Any) -> None:  # noqa: ANN401 - as above
    assert command("parse", "--list", "SMTP:a@b.example\nsmtp:c@d.example")[0] == 0


def test_inputs_stand_before_and_behind_options(command: Any) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("parse", "a@b.example", "--js", "c@d.example", "--", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (status, [answer["input"] for answer in answers]) == (2, ["a@b.example", "c@d.example", "--json"])


def standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)), "utf-8"))


def test_a_hyphen_reads_standard_input(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - as above
    standard_input(monkeypatch, b"a@b.example\n\nDiagnostic-Code: smtp; 550\n")
    status, out, _ = command("parse", "--json", "c@d.example", "-")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (status, [answer.get("value") for answer in answers]) == (2, ["c@d.example", "a@b.example", None])
    assert answers[2]["error"]["code"] == "usage"
    standard_input(monkeypatch, b"<IMCEAFAX-1@x.com>\n<IMCEAFAX-2@x.com>")
    assert command("decapsulate", "-")[1].count("value:") == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_standard_input_is_decoded_by_its_mark(command: Any, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:  # noqa: ANN401 - as above
    standard_input(monkeypatch, "Delivery has failed:\r\nIMCEAFAX-J+C3+A9@contoso.com\r\n".encode(encoding))
    status, out, _ = command("decapsulate", "--json")
    assert (status, json.loads(out)["value"]) == (0, "Jé")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_that_its_lines_are_read(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - as above
    monkeypatch.setattr(sys, "stdin", Terminal("a@b.example\n"))
    status, out, err = command("parse")
    assert (status, "a@b.example" in out) == (0, True)
    assert err == "proxyaddr: reading from the terminal; end with Ctrl-D (proxyaddr parse --help)\n"


def test_a_real_terminal_may_give_lines() -> None:
    pty = pytest.importorskip("pty", reason="Windows has no such terminals")
    near, far = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "proxyaddr", "parse"], stdin=far, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        os.close(far)
        os.write(near, b"a@b.example\n\x04")
        out, err = running.communicate(timeout=30)
    os.close(near)
    assert (running.returncode, out.splitlines()[0], b"end with Ctrl-D" in err) == (0, b"type:         SMTP", True)


COLOURED = {"TERM": "xterm", "NO_COLOR": ""}


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [(COLOURED, True), ({**COLOURED, "NO_COLOR": "1"}, False), ({"TERM": "dumb", "NO_COLOR": ""}, False)],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["resolve", "a@b.example", "[SMTPOUT:a@b]", "[x"]) == 2
    assert main(["parse", "SMTP:a"]) == 1
    assert main(["parse", "--list", ":"]) == 2
    shown = out.getvalue() + err.getvalue()
    words = [
        "\x1b[1;32mdelivered\x1b[0m   RCPT",
        "\x1b[1;31mreturned\x1b[0m    000D06B5",
        "\x1b[1;31mproxyaddr\x1b[0m: ",
    ]
    words += ["[\x1b[33munbalanced-brackets\x1b[0m]\n", "error [\x1b[33mno-domain\x1b[0m]", "error [\x1b[1;31m"]
    assert [word in shown for word in words] == [coloured] * len(words)
    assert ("\x1b" in shown) == coloured


def test_nothing_is_coloured_in_a_pipe(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - as above
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in "".join(command("resolve", "a@b.example", "[x")[1:])


@pytest.mark.parametrize("width", [72, 80, 120])
def test_an_explanation_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = [f"SMTP,*@contoso.com;,1,{'a long name of a connector ' * 3},", "SMTP,*;,1,b,", "SMTP,*@contoso.com;,1,c,"]
    Path("gwart0.mta").write_text("\n".join(table), "utf-8")
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["route", "--spaces", "gwart0.mta", "--explain", "a@contoso.com"]) == 0
    lines = out.getvalue().splitlines()
    assert max(map(len, lines[1:])) <= width
    assert len([line for line in lines if line.startswith("=>")]) == 1


def test_an_explanation_is_whole_without_a_width() -> None:
    route = px.Route(px.AddressSpace.parse("SMTP:*@contoso.com;1"), "a long name of a connector " * 4 + "x")
    explanation = px.RoutingTable([route]).explain("a@contoso.com")
    assert explanation.table() == str(explanation)
    narrow = explanation.table(30)
    assert len(narrow.splitlines()) > len(str(explanation).splitlines())
    assert explanation.table(1000) == str(explanation)


def test_completion(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--print-completion", "bash"])
    script = capsys.readouterr().out
    assert (caught.value.code, "--override-proxy-out" in script, "--print-completion" in script) == (0, True, True)
    assert re.search(r"resolve___config_COMPGEN=\w+files", script)
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["--print-completion", "zsh"]) == 2
    wanted = 'this needs shtab, which is not installed: pip install "proxyaddr[completion]" [missing-extra]'
    assert capsys.readouterr().err == f"proxyaddr: {wanted}\n"


def test_short_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["-V"])
    assert capsys.readouterr().out == f"proxyaddr {px.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["SMTP:jane@contoso..com"], 1),
        (["--json", "SMTP:jane@contoso..com"], 1),
        (["MS:ORG/SITE"], 0),  # unknown-form is a warning
        (["--list", "SMTP:a@b.example;SMTP:c@d.example"], 1),
        (["--list", "--json", "SMTP:a@b..example"], 1),
        (["--list", "smtp:a@b.example"], 0),  # no-primary is one
        (["--list", "SMTP:a@b..example;:x"], 2),
    ],
)
def test_parse_judges(command: Any, arguments: list[str], status: int) -> None:  # noqa: ANN401 - as above
    assert command("parse", *arguments)[0] == status


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("SMTP:a@b.example;smtp:c@d.example", True),
        ("SMTP:a@b.example smtp:c@d.example", True),
        ("X400:c=US;a= ;p=Org;s=Doe;dda:SMTP=x;", False),
        ("NOTES:Jane Doe/Contoso@Exchange", False),
    ],
)
def test_a_forgotten_list_is_noted(command: Any, text: str, *, noted: bool) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("parse", text)
    assert (status, "joined-values" in out) == (int(noted), noted)
    assert ("parse --list" in out) == noted


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("IMCEAEX-_O_x003D_ORG@x.com", "dn-syntax"),
        ("IMCEAEX-_o=A_ou=B_cn=@x.com", "dn-component"),
    ],
)
def test_no_proxy_is_made_of_a_broken_legacy_dn(command: Any, address: str, code: str) -> None:  # noqa: ANN401 - as above
    status, out, _ = command("decapsulate", "--tolerant", "--powershell", address)
    assert (status, "X500:" in out, "Set-Mailbox" in out, f"error [{code}]" in out) == (1, False, False, True)
    record = json.loads(command("decapsulate", "--tolerant", "--json", "--powershell", address)[1])
    assert (record["proxy"], record["powershell"], record["findings"][0]["code"]) == (None, None, code)


@pytest.mark.parametrize("closed", ["<&-", ">&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "arguments", ["parse", "decapsulate", "resolve a@b.example", "route --explain --spaces gwart0.mta a@b"]
)
def test_closed_streams_are_no_traceback(arguments: str, closed: str, folder: Path) -> None:
    line = f"{sys.executable} -m proxyaddr {arguments} {closed}"
    done = subprocess.run(
        line, shell=True, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, env=os.environ, check=False
    )
    assert (done.returncode in {0, 1, 2}, b"Traceback" in done.stderr) == (True, False)


@pytest.mark.parametrize(("dialect", "size"), [("exchange55", "5"), ("exchange2007", "-5")])
def test_a_size_that_could_not_count_is_refused(
    dialect: str, size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "spaces.csv"
    table.write_text("space,connector\nSMTP:*,imc\n", "utf-8")
    line = ["route", "--spaces", str(table), "--dialect", dialect, "--size", size, "jane@contoso.com"]
    assert (main(line), capsys.readouterr().out) == (2, "")


@pytest.mark.parametrize(
    "line",
    [
        ["parse", "--prefix", "x", "jane@contoso.com"],
        ["parse", "--raw-csv", "jane@contoso.com"],
        ["parse", "--encoding", "latin-1", "jane@contoso.com"],
        ["decapsulate", "--identity", "jane", "IMCEAFAX-1@contoso.com"],
    ],
)
def test_an_option_without_effect_is_refused(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    assert "needs --" in capsys.readouterr().err


def test_a_dialect_other_than_that_of_the_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.toml"
    table.write_text('[routing_table]\ndialect = "exchange2007"\nroutes = []\n', "utf-8")
    assert main(["route", "--spaces", str(table), "--dialect", "exchange55", "jane@contoso.com"]) == 2
    assert "[dialect-conflict]" in capsys.readouterr().err
