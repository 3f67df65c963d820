"""The rules of audits: what each finds and what mends it, as data; and how an audit is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.auditing import top_level_domains
from proxyaddr.auditing.reading import read_audited
from proxyaddr.auditing.rules import RULE_NAMES, RULES
from tests.cases import cases

CASES = cases("audit")


def holds(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    return all(found[name] == value for name, value in wanted.items())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_find_what_the_case_says(case: dict[str, Any]) -> None:
    context = px.AuditContext(**case["context"])
    report = px.audit(px.Directory.from_records(case["objects"]), rules=case["rules"], context=context)
    found = [finding.as_dict() for finding in report.findings]
    rest = list(found)
    for wanted in case["findings"]:
        match = next((each for each in rest if holds(wanted, each)), None)
        assert match is not None, (wanted, found)
        rest.remove(match)
    assert rest == []


def test_every_rule_finds_something_in_a_case() -> None:
    assert {finding["rule"] for case in CASES for finding in case["findings"]} == set(RULE_NAMES)


def test_every_row_of_the_table_is_whole() -> None:
    assert len(set(RULE_NAMES)) == len(RULES)
    for rule in RULES:
        assert rule.says
        assert rule.source
        assert not rule.says.endswith("."), rule


JANE = {"id": "u1", "proxyAddresses": ["SMTP:jané@contoso.com", "smtp:a b@contoso.com"], "mail": "x@contoso.com"}


def test_findings_come_by_object_and_rule_and_those_of_several_objects_last() -> None:
    other = {"id": "u2", "proxyAddresses": ["smtp:a b@contoso.com"]}
    report = px.audit([JANE, other])
    told = [(finding.object, finding.rule) for finding in report.findings]
    first = [rule for name, rule in told if name == "u1"]
    assert [name for name, _ in told] == ["u1"] * len(first) + ["u2", "u2", None]
    assert first == sorted(first, key=RULE_NAMES.index)
    assert report.counts == {
        **{"smtp-invalid-character": 2, "smtp-non-ascii": 1, "primary-missing": 1},
        **{"mail-differs-from-primary": 1, "proxy-duplicate": 1},
    }
    assert repr(report) == "AuditReport(2 objects, 6 findings)"
    assert repr(report.findings) == "AuditFindings(6 findings)"
    assert report.findings[:1] == (report.findings[0],)


def test_rules_are_chosen_and_ignored() -> None:
    assert {f.rule for f in px.audit([JANE], rules=["smtp-non-ascii"]).findings} == {"smtp-non-ascii"}
    assert "smtp-non-ascii" not in px.audit([JANE], ignore=["smtp-non-ascii"]).counts
    assert set(px.audit([JANE], severity="error").counts) == {"smtp-invalid-character", "smtp-non-ascii"}


def test_who_does_not_ask_for_domains_gets_fixes_in_any_domain() -> None:
    inside = [{"id": "u", "proxyAddresses": ["smtp:a b@contoso.local"]}]
    assert px.audit(inside).findings[0].fix is None
    assert px.audit(inside, ignore=["domain-not-routable"]).findings[0].fix == {"set": "smtp:ab@contoso.local"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"rules": ["proxy-duplicats"]}, "unknown-rule"),
        ({"ignore": ["zzzz"]}, "unknown-rule"),
        ({"severity": "fatal"}, "unknown-severity"),
    ],
)
def test_unknown_words_are_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(px.ConfigurationError) as refused:
        px.audit([], **options)
    assert refused.value.code == code
    assert ("did you mean" in refused.value.message) == (options.get("rules") is not None)


@pytest.mark.parametrize("given", [5, b"x", {"mail": "a"}, [5]])
def test_what_is_no_directory_is_refused(given: object) -> None:
    with pytest.raises(TypeError):
        px.audit(given)


def test_types_of_arguments_are_checked() -> None:
    with pytest.raises(TypeError):
        px.audit([], rules="smtp-syntax")
    with pytest.raises(TypeError):
        px.audit([], context={})  # type: ignore[arg-type]  # as users may
    for wrong in ({"accepted_domains": "x"}, {"accepted_domains": [1]}, {"sync": 1}, {"max_proxies": "1"}):
        with pytest.raises(TypeError):
            px.AuditContext(**wrong)
    with pytest.raises(TypeError):
        px.AuditContext(initial_domain=1)  # type: ignore[arg-type]  # as above
    with pytest.raises(px.ConfigurationError, match="from 1"):
        px.AuditContext(max_proxies=0)


def test_findings_as_a_table() -> None:
    table = px.audit(
        [{**JANE, "proxyAddresses": ["SMTP:a@contoso.com", "SMTP:b@contoso.com"]}, JANE]
    ).findings.to_arrow()
    assert table.column_names == [
        *("object", "rule", "severity", "attribute", "value", "message", "fix", "holders", "key")
    ]
    rows = table.to_pylist()
    assert [row["value"] for row in rows if row["rule"] == "primary-multiple"] == [
        '["SMTP:a@contoso.com", "SMTP:b@contoso.com"]'
    ]
    assert [row["holders"] for row in rows if row["rule"] == "mail-duplicate"] == [["u1", "u1"]]


def test_a_table_is_audited() -> None:
    table = pa.table({"id": ["u1"], "mail": ["jane@contoso.com"], "proxyAddresses": [["smtp:jane@contoso.com"]]})
    assert px.audit(table).counts == {"primary-missing": 1}
    assert px.audit(px.Directory.from_records(table)).counts == {"primary-missing": 1}


def test_what_is_not_exported_is_not_missing() -> None:
    table = pa.table({"id": ["u1"], "proxyAddresses": [["SMTP:jane@contoso.com"]]})
    assert not px.audit(table).findings
    assert px.audit(table.to_pylist()).counts == {"mail-differs-from-primary": 1}


def test_a_directory_of_recipients_is_audited() -> None:
    jane = px.Recipient("Jane", ["SMTP:jane@contoso.com"], mail="joe@contoso.com")
    joe = px.Recipient("Joe", ["SMTP:jane@contoso.com"], "SMTP:joe@fabrikam.com", id="2")
    report = px.audit(px.Directory([jane, joe]), rules=["proxy-duplicate", "target-not-in-proxies"])
    assert [finding.holders for finding in report.findings] == [None, ("Jane (joe@contoso.com)", "2")]


def test_an_iterator_of_records_is_read_again_for_an_audit() -> None:
    directory = px.Directory.from_records(iter([JANE]))
    assert len(directory) == 1
    assert px.audit(directory, rules=["smtp-non-ascii"]).counts == {"smtp-non-ascii": 1}


def test_without_the_list_it_is_said_what_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Path:
        raise ModuleNotFoundError

    top_level_domains._published.cache_clear()
    monkeypatch.setattr(top_level_domains, "files", missing)
    report = px.audit([{"id": "u", "proxyAddresses": ["SMTP:a@contoso.local", "smtp:a@contoso.nosuchname"]}])
    top_level_domains._published.cache_clear()
    assert report.counts["domain-not-routable"] == 1
    assert "proxyaddr[audit]" in report.notices[0]
    assert not px.audit([], rules=["smtp-syntax"]).notices


TYPES = [
    ({"RecipientTypeDetails": "UserMailbox"}, "user"),
    ({"RecipientTypeDetails": "RemoteSharedMailbox"}, "remote-mailbox"),
    ({"RecipientTypeDetails": "MailUniversalSecurityGroup"}, "group"),
    ({"RecipientTypeDetails": "MailContact"}, "contact"),
    ({"RecipientTypeDetails": "PublicFolder"}, "public-folder"),
    ({"RecipientType": "MailUser"}, "mail-user"),
    ({"msExchRecipientTypeDetails": "2147483648"}, "remote-mailbox"),
    ({"msExchRecipientTypeDetails": 128}, "mail-user"),
    ({"objectClass": ["top", "person", "organizationalPerson", "user"]}, "user"),
    ({"objectClass": ["top", "person", "user"], "msExchRemoteRecipientType": 4}, "remote-mailbox"),
    ({"objectClass": ["top", "person", "user", "computer"], "userPrincipalName": "x"}, None),
    ({"ObjectClass": "contact"}, "contact"),
    ({"objectClass": "organizationalUnit"}, None),
    ({"userPrincipalName": "jane@contoso.com"}, "user"),
    ({"homeMDB": "CN=DB"}, "user"),
]


@pytest.mark.parametrize(("properties", "kind"), TYPES)
def test_the_type_is_told_by_what_an_export_says(properties: dict[str, object], kind: str | None) -> None:
    assert read_audited([properties]).objects[0].type == kind


def test_a_stream_of_batches_is_read_again_for_an_audit() -> None:
    table = pa.table({"mail": ["jane@contoso.com"], "proxyAddresses": [["smtp:jane@contoso.com"]]})
    directory = px.Directory.from_records(table.to_reader())
    assert px.audit(directory, rules=["primary-missing"]).counts == {"primary-missing": 1}
    assert directory.origin is not None
    assert px.Directory([]).origin is None
