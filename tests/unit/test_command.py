"""The command as a user runs it: whole processes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

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
