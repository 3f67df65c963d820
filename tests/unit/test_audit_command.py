"""`proxyaddr audit`: files in every form, what is printed and written, what is known of the organization."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from pyarrow import parquet

import proxyaddr as px
from proxyaddr.auditing.cells import separator_of, values_in
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.bulk.audit_files import _Counts
from proxyaddr.cli.main import main

CSV = """\
proxyAddresses,DistinguishedName,DisplayName,mail,userPrincipalName,mailNickname,ObjectClass
SMTP:jane@contoso.com;smtp:j doe@contoso.com,"CN=Jane,DC=contoso,DC=com",J,jane@contoso.com,jane@contoso.com,jane,user
smtp:joe@contoso.com;x400:c=US;a= ;p=Org;s=Roe;;a@contoso.com,"CN=Joe,DC=contoso,DC=com",,joe@contoso.com,,joe,contact
"SMTP:team@contoso.com;smtp:a@contoso.com,smtp:b@contoso.com;SIP:t","CN=Team,DC=contoso,DC=com",Team,,,team,group
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(CSV)
    return tmp_path


def found(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    main(["audit", "--json", *arguments])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [(record["object"] or record["key"], record["rule"]) for record in records]


def test_a_file_is_audited_with_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export.csv"]) == 1
    shown = capsys.readouterr().out
    assert "error [smtp-invalid-character] 1 finding: an Internet address with a blank" in shown
    assert "  CN=Jane,DC=contoso,DC=com: smtp:j doe@contoso.com → set smtp:jdoe@contoso.com" in shown
    assert "  CN=Joe,DC=contoso,DC=com: none among its addresses → set-primary smtp:joe@contoso.com" in shown
    assert "→ split smtp:a@contoso.com, smtp:b@contoso.com" not in shown  # another object holds one of them
    assert shown.splitlines()[-1].endswith("proxyaddr audit export.csv --fix fixes.ps1 (or .ldif, .csv)")


def test_every_planted_fault_is_found_and_none_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert found("export.csv", capsys=capsys) == [
        ("CN=Jane,DC=contoso,DC=com", "smtp-invalid-character"),
        ("CN=Joe,DC=contoso,DC=com", "proxy-no-type"),
        ("CN=Joe,DC=contoso,DC=com", "primary-missing"),
        ("CN=Team,DC=contoso,DC=com", "proxy-joined-values"),
        ("CN=Team,DC=contoso,DC=com", "mail-differs-from-primary"),
    ]


def test_the_exit_status_tells_the_worst(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.json").write_text('[{"mail": "a@contoso.com", "proxyAddresses": ["SMTP:a@contoso.com"]}]')
    Path("info.json").write_text(
        '{"type":"contact","mail":"a@contoso.com","proxyAddresses":["SMTP:a@contoso.com"],'
        '"targetAddress":"SMTP:a@fabrikam.com"}'
    )
    Path("bad.json").write_text('{"mail": "a@contoso.com", "proxyAddresses": ["SMTP:a@contoso.com"]}\n{"x\n')
    assert main(["audit", "good.json"]) == 0
    assert "1 object, no findings" in capsys.readouterr().out
    assert main(["audit", "info.json"]) == 0
    assert main(["audit", "bad.json"]) == 2
    assert main(["audit", "no.csv"]) == 2
    assert main(["audit", "export.csv", "--rules", "no-such"]) == 2
    assert main(["audit", "export.csv", "--fix", "x.doc"]) == 2
    assert main(["audit", "export.csv", "--rules", "upn-syntax, upn-missing", "--ignore", "upn-missing"]) == 0


def test_several_files_are_audited_together(capsys: pytest.CaptureFixture[str]) -> None:
    Path("groups.ldif").write_text("dn: CN=G\nobjectClass: group\nproxyAddresses: smtp:jane@contoso.com\n")
    assert ("smtp:jane@contoso.com", "proxy-duplicate") not in found("export.csv", capsys=capsys)
    keys = found(
        "export.csv", "groups.ldif", "--rules", "address-shared-across-attributes,proxy-duplicate", capsys=capsys
    )
    assert keys == [("smtp:jane@contoso.com", "proxy-duplicate")]


def test_findings_are_written_and_are_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("found.csv", "found.jsonl", "found.parquet"):
        main(["audit", "export.csv", "--out", name])
        capsys.readouterr()
        assert main(["audit", "export.csv", "--baseline", name]) == 0
        assert "3 objects, no findings" in capsys.readouterr().out
    assert parquet.read_table("found.parquet").num_rows == 5
    with Path("found.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["rule"], row["fix"]) == ("smtp-invalid-character", '{"set": "smtp:jdoe@contoso.com"}')
    Path("export.csv").write_text(CSV.replace("SIP:t", "Sip:t"))
    assert found("export.csv", "--baseline", "found.csv", capsys=capsys) == [
        ("CN=Team,DC=contoso,DC=com", "proxy-mixed-case-type")
    ]


def test_findings_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["audit", "export.csv", "--examples", "0", "--out", "-"])
    shown = capfdbinary.readouterr().out
    assert b'"object","rule"' in shown
    assert "… and 1 more".encode() in shown


@pytest.mark.parametrize("text", ["name,value\njane,1\n", '{"object": "x", "rule": "y"}\n{"x\n'])
def test_what_is_no_baseline_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("known").write_text(text)
    assert main(["audit", "export.csv", "--baseline", "known"]) == 2
    assert "[bad-baseline]" in capsys.readouterr().err


def test_fixes_and_a_page_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export.csv", "--fix", "fixes.ldif", "--report", "page.html"]) == 1
    assert "fixes.ldif changes 3 objects" in capsys.readouterr().err
    assert Path("fixes.ldif").read_text().count("changetype: modify") == 3
    page = Path("page.html").read_text("utf-8")
    assert "Findings of severity error, by rule" in page
    assert "<td>smtp-invalid-character</td><td>1</td>" in page


CONTEXT = """\
[audit]
accepted_domains = ["contoso.com"]
initial_domain = "contoso.onmicrosoft.com"
"""


def test_the_context_comes_from_a_file_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    Path("context.toml").write_text(CONTEXT)
    Path("domains.csv").write_text("DomainName\ncontoso.com\ncontoso.mail.onmicrosoft.com\n")
    rules = ("--rules", "domain-not-accepted,primary-domain-not-accepted,routing-address-missing")
    assert found("export.csv", *rules, "--context", "context.toml", capsys=capsys) == []
    wanted = [("CN=Jane,DC=contoso,DC=com", "routing-address-missing")]
    assert found("export.csv", *rules, "--accepted-domains", "domains.csv", capsys=capsys)[:1] == wanted
    other = ("--accepted-domains", "fabrikam.com", "--context", "context.toml")
    assert found("export.csv", *rules, *other, capsys=capsys) == []
    assert main(["audit", "export.csv", "--accepted-domains", "fabrikam.com", *rules]) == 1
    Path("domains.json").write_text('[{"DomainName": "contoso.com"}, {"Name": "x"}]')
    assert main(["audit", "export.csv", "--accepted-domains", "domains.json", *rules]) == 2


def test_options_win_over_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("context.toml").write_text('[audit]\ncoexistence_domain = "a.mail.onmicrosoft.com"\nmax_proxies = 2\n')
    options = ("--rules", "routing-address-missing", "--context", "context.toml", "--coexistence-domain", "contoso.com")
    assert found("export.csv", *options, "--sync", "--top-level-domain", "corp", capsys=capsys) == []


@pytest.mark.parametrize("text", ["", "[audit]\nnames = 1\n", "[audits]\n", "audit = 1\n"])
def test_a_context_that_is_none_is_refused(text: str) -> None:
    Path("context.toml").write_text(text)
    with pytest.raises(px.ConfigurationError):
        px.AuditContext.from_toml("context.toml")


CELLS = [
    ("smtp:a@contoso.com;SMTP:b@contoso.com", ";", ["smtp:a@contoso.com", "SMTP:b@contoso.com"]),
    ("smtp:a@contoso.com, SMTP:b@contoso.com", ",", ["smtp:a@contoso.com", "SMTP:b@contoso.com"]),
    ("smtp:a b@contoso.com SMTP:b@contoso.com", " ", ["smtp:a b@contoso.com", "SMTP:b@contoso.com"]),
    ("smtp:a@contoso.com%SMTP:b@contoso.com", "%", ["smtp:a@contoso.com", "SMTP:b@contoso.com"]),
    ("X400:c=us;a= ;dda:x=y;;smtp:a@contoso.com;b", ";", ["X400:c=us;a= ;dda:x=y;", "smtp:a@contoso.com", "b"]),
    (r"X400:c=us\;a= \;;smtp:a@contoso.com", ";", ["X400:c=us;a= ;", "smtp:a@contoso.com"]),
    ("X500:/o=a;b;/cn=c@d;a@contoso.com;SIP:x", ";", ["X500:/o=a;b;/cn=c@d", "a@contoso.com", "SIP:x"]),
    ("{smtp:a@contoso.com, X500:/o=a}", ",", ["smtp:a@contoso.com", "X500:/o=a"]),
    ("a@contoso.com", ";", ["a@contoso.com"]),
    (" ;;", ";", []),
]


@pytest.mark.parametrize(("text", "character", "values"), CELLS)
def test_a_cell_is_taken_apart_and_each_value_kept(text: str, character: str, values: list[str]) -> None:
    separator = separator_of([text])
    assert separator.character == character
    assert values_in(text, separator) == values


FORMS = {
    "numbered.csv": "DN,proxyAddresses_0,proxyAddresses_1\nCN=J,SMTP:j@contoso.com,Sip:x\n",
    "rows.csv": "DN,proxyAddress\nCN=J,SMTP:j@contoso.com\nCN=J,Sip:x\n",
    "types.csv": "DN,smtp,SIP\nCN=J,SMTP:j@contoso.com,Sip:x\n",
    "old.csv": "DN,PrimarySmtpAddress,Secondary-Proxy-Addresses\nCN=J,j@contoso.com,Sip:x%SMTP:k@contoso.com\n",
    "list.txt": "DistinguishedName : CN=J\nEmailAddresses    : {SMTP:j@contoso.com, Sip:x}\n",
    "objects.json": '{"DN": "CN=J", "EmailAddresses": [{"ProxyAddressString": "SMTP:j@contoso.com"}, "Sip:x"]}',
    "octets.ldif": "dn: CN=J\nproxyAddresses: SMTP:j@contoso.com\nproxyAddresses:: U2lwOng=\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_audited(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(name).write_text(FORMS[name])
    wanted = [] if name == "old.csv" else [("CN=J", "proxy-mixed-case-type")]  # these are secondary in any case
    assert found(name, capsys=capsys) == wanted


def test_a_target_of_exchange_55_is_no_mail(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old.csv").write_text(
        "Obj-Class,Display Name,E-mail Address,E-mail Addresses\nRemote,J,jane,SMTP:j@contoso.com\n"
    )
    assert found("old.csv", "--rules", "target-no-type,mail-syntax", capsys=capsys) == [("row 2", "target-no-type")]


def test_arrow_files_are_audited(capsys: pytest.CaptureFixture[str]) -> None:
    table = px.audit("export.csv").findings.to_arrow()
    parquet.write_table(table.select([0]).rename_columns(["mail"]).slice(0, 1), "export.parquet")
    assert found("export.parquet", "--rules", "mail-syntax", capsys=capsys) == [
        ("CN=Jane,DC=contoso,DC=com", "mail-syntax")
    ]


def test_hostile_text_is_shown_escaped_and_cut(capsys: pytest.CaptureFixture[str]) -> None:
    value = "smtp:\x1b[31m" + "a" * 1000 + " b@contoso.com"
    people = [
        {"dn": "CN=\x1b[2J", "proxyAddresses": [value]},
        *({"dn": f"CN={n}", "mail": "x@contoso.com"} for n in range(12)),
    ]
    Path("hostile.json").write_text(json.dumps(people))
    assert main(["audit", "hostile.json"]) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "CN=6, CN=7, …" in shown
    assert max(map(len, shown.splitlines())) < 400


def test_of_a_property_that_is_named_twice_the_first_with_a_value_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("twice.json").write_text('{"mail": "", "Mail": "a b@contoso.com", "MAIL": "c@contoso.com"}')
    assert found("twice.json", "--rules", "mail-syntax", capsys=capsys) == [("a b@contoso.com", "mail-syntax")]


def test_octets_are_text() -> None:
    assert px.audit([{"mail": b"a b@contoso.com"}], rules=["mail-syntax"]).findings[0].value == "a b@contoso.com"


def test_what_is_not_judged_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DomainList, "is_complete", False)
    main(["audit", "export.csv"])
    assert "top-level domains are not known" in capsys.readouterr().err


def test_the_counts_of_an_audit_are_a_record() -> None:
    counts = _Counts(px.audit("export.csv"))
    assert counts.status == 1
    assert counts.record()["warning"] == {"mail-differs-from-primary": 1}
