"""Columns judged by the rules of audits: each value as an audit of an object with that value alone judges it."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr import columns
from proxyaddr.auditing.rules import RULES
from proxyaddr.auditing.single_values import ATTRIBUTES, SOUND, VALUE_RULES, ValueJudge, Verdict
from proxyaddr.columns import validating
from tests.cases import cases
from tests.strategies import joined

PIECES = [
    *("smtp:", "SMTP:", "Smtp:", "X400:", "X500:", "x500:", "EX:", "sip:", "NOTES:", "ms:", ":", "@", ".", "..", " "),
    *("jane", "é", "\u3002", ",", ";", "<", ">", '"', "\\", "&", "'", "/o=Org/ou=Site", "/cn=a", "/cn=3Da", "/cn= b"),
    *("contoso.com", "contoso.local", "contoso", "con_toso.com", "-a.com", "a.corp", "x.onmicrosoft.com", "\x00", "\n"),
    *(
        "contoso.mail.onmicrosoft.com",
        "x" * 48,
        "y" * 64,
        "z" * 63 + ".com",
        "3Do",
        "c=US;a= ;p=Org;s=Doe;",
        "IMCEAFAX-",
    ),
]
NEARLY_SOUND = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["smtp:", "SMTP:", "Smtp:", "smtp: ", "smtp:smtp:", "", "sip:", "ex:"]),
        joined(["jane", ".", "doe", "'", "&", "-", "!", "x" * 30], 4),
        st.sampled_from(["@", "@@", ""]),
        joined(["contoso", ".", "com", "local", "onmicrosoft", "-", "_", "mail", "corp", "y" * 40], 7),
    ),
)
TEXTS = joined(PIECES, 8) | NEARLY_SOUND
CONTEXTS = st.builds(
    px.AuditContext,
    coexistence_domain=st.sampled_from([None, "contoso.mail.onmicrosoft.com"]),
    sync=st.booleans(),
    max_proxy_length=st.sampled_from([20, 256, 1000]),
    top_level_domains=st.sampled_from([(), ("corp",)]),
)


def audited(attribute: str, value: str, context: px.AuditContext) -> tuple[list[str], str | None]:
    """The rules, and the worst severity, by an audit of an object with one value."""
    record = {"id": "u1", attribute: [value] if attribute == "proxyAddresses" else value}
    findings = px.audit([record], rules=VALUE_RULES[attribute], context=context).findings
    order = [rule.name for rule in RULES]
    severities = [finding.severity for finding in findings]
    worst = next((severity for severity in ("error", "warning") if severity in severities), None)
    assert [finding.rule for finding in findings] == sorted((f.rule for f in findings), key=order.index)
    return [finding.rule for finding in findings], worst


def test_all_rules_but_those_that_compare_judge_values_alone() -> None:
    assert tuple(VALUE_RULES) == ATTRIBUTES
    alone = {name for names in VALUE_RULES.values() for name in names}
    compare = {
        *("primary-missing", "primary-multiple", "proxy-repeated", "mail-differs-from-primary", "upn-missing"),
        *("upn-differs-from-primary", "upn-not-in-proxies", "target-missing", "target-not-in-proxies"),
        *("routing-address-missing", "domain-not-accepted", "primary-domain-not-accepted", "legacy-dn-not-in-x500"),
        *("legacy-dn-duplicate", "proxy-duplicate", "address-shared-across-attributes", "mail-duplicate"),
        *("upn-duplicate", "alias-duplicate", "routing-address-clash", "proxies-too-many"),
    }
    assert sorted([*alone, *compare]) == sorted(rule.name for rule in RULES)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@given(values=st.lists(st.none() | TEXTS, max_size=6), context=CONTEXTS)
def test_each_value_is_judged_as_an_audit_judges_it(
    attribute: str, values: list[str | None], context: px.AuditContext
) -> None:
    found = columns.validate(values, attribute=attribute, context=context).to_pylist()
    for value, row in zip(values, found, strict=True):
        if value is None:
            assert row == {"rules": None, "severity": None, "error": None}
        else:
            rules, severity = audited(attribute, value, context)
            assert row == {"rules": rules, "severity": severity, "error": None}, value


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_value_of_the_cases_is_judged_as_an_audit_judges_it(attribute: str) -> None:
    held = [value for case in cases("audit") for each in case["objects"] for value in each.values()]
    values = [text for value in held for text in (value if isinstance(value, list) else [value])]
    texts = list(dict.fromkeys(text for text in values if isinstance(text, str)))
    assert len(texts) > 50
    found = columns.validate(texts, attribute=attribute).to_pylist()
    for text, row in zip(texts, found, strict=True):
        assert (row["rules"], row["severity"]) == audited(attribute, text, px.AuditContext()), text


LONG = "x" * 64
AT_LIMITS = [
    *(f"smtp:{LONG}@contoso.com", f"smtp:{LONG}x@contoso.com", f"smtp:IMCEAFAX-{LONG}@contoso.com"),
    *(f"smtp:a@{'b' * 63}.com", f"smtp:a@{'b' * 64}.com", f"smtp:a@{'.'.join(['c' * 60] * 4)}.com"),
    *(f"X500:/o=Org/ou=S/cn={LONG}", f"X500:/o=Org/ou=S/cn={LONG}x", "X500:/o=Org/ou=S" + "/cn=a" * 14),
    *("X500:/o=Org/ou=S" + "/cn=a" * 15, "X500:/o=Org/ou=S/cn=a ", "EX:/o=Org/cn=a", "X500:/o=3DO/ou=3DS/cn=3Da"),
    *("sip:jane doe", "sip: ", "Sip:jane", "SIP:" + "x" * 252, "SIP:" + "x" * 253, "smtp:a@" + "b." * 130 + "com"),
]


@pytest.mark.parametrize("text", AT_LIMITS)
def test_what_stands_at_a_limit(text: str) -> None:
    for value in (text, text.replace("smtp:", "SMTP:"), text.removeprefix("smtp:")):
        for attribute in ATTRIBUTES:
            [row] = columns.validate([value], attribute=attribute).to_pylist()
            assert (row["rules"], row["severity"]) == audited(attribute, value, px.AuditContext())


@pytest.mark.parametrize("size", [63, 64, 65, 255, 256, 257])
@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("letter", ["a", "é", " ", "."])
def test_lengths(size: int, attribute: str, letter: str) -> None:
    value = letter * size
    [row] = columns.validate([value], attribute=attribute).to_pylist()
    assert (row["rules"], row["severity"]) == audited(attribute, value, px.AuditContext())


COLUMN = ["smtp:jane@contoso.com", "smtp:jane@contoso.com", None, "smtp:jané@contoso.com", "Smtp:joe@contoso.local"]
WANTED = {
    "rules": [[], [], None, ["smtp-non-ascii"], ["proxy-mixed-case-type", "domain-not-routable"]],
    "severity": [None, None, None, "error", "warning"],
    "error": [None] * 5,
}


@pytest.mark.parametrize(
    "column",
    [
        pa.array(COLUMN),
        pa.array(COLUMN, pa.large_string()),
        pa.array(COLUMN, pa.string_view()),
        pa.array(COLUMN).dictionary_encode(),
        pa.chunked_array([COLUMN[:2], COLUMN[2:]]),
        tuple(COLUMN),
    ],
    ids=["string", "large string", "view", "dictionary", "chunks", "texts"],
)
def test_any_column_of_text(column: object, engine: str) -> None:
    found = columns.validate(column)
    assert found.to_pydict() == WANTED
    assert found.schema == validating.SCHEMA


@pytest.mark.parametrize("column", [[], pa.array([], pa.string()), pa.nulls(3), [None]])
def test_columns_without_text_have_the_same_types(column: pa.Array) -> None:
    found = columns.validate(column)
    assert found.schema == validating.SCHEMA
    assert found.num_rows == len(column)
    assert set(found["rules"].to_pylist()) <= {None}


def test_bytes_that_are_no_text_are_errors() -> None:
    column = pa.array([b"smtp:\xff@contoso.com", b"smtp:a@contoso.com"], pa.binary())
    for attribute in ATTRIBUTES:
        found = columns.validate(column, attribute=attribute).to_pylist()
        assert found[0] == {"rules": None, "severity": None, "error": columns.NOT_UTF8}
        assert found[1]["error"] is None
    assert columns.validate(["smtp:\ud800@contoso.com"])["error"].to_pylist() == [columns.NOT_UTF8]


def test_rules_are_chosen_as_for_an_audit() -> None:
    assert columns.validate(COLUMN, rules=["smtp-non-ascii"])["rules"].to_pylist() == [
        *([], [], None, ["smtp-non-ascii"], []),
    ]
    found = columns.validate(COLUMN, ignore=iter(["smtp-non-ascii", "domain-not-routable"]))
    assert found["rules"].to_pylist()[3:] == [[], ["proxy-mixed-case-type"]]
    assert columns.validate(["a@contoso.corp"], attribute="USERPRINCIPALNAME").to_pylist() == [
        {"rules": ["domain-not-routable"], "severity": "error", "error": None}
    ]


def test_many_domains_are_forgotten_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.auditing.value_forms._MOST_DOMAINS", 2)
    texts = [f"smtp:a@{name}.{end}" for name in "abcd" for end in ("com", "corp")] * 2
    found = columns.validate(texts)["severity"].to_pylist()
    assert found == [None, "warning"] * 8


def test_words_of_several_batches_have_the_same_numbers() -> None:
    pieces = [["smtp:a b@contoso.com"], ["smtp:a@contoso.local"], ["smtp:a@contoso.com"]]
    found = columns.validate(pa.chunked_array(pieces))
    assert found.combine_chunks()["severity"].to_pylist() == ["error", "warning", None]
    assert {tuple(chunk.dictionary.to_pylist()) for chunk in found["severity"].chunks} == {("error", "warning", "info")}


def test_the_domains_of_a_column_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []

    def note(_: ValueJudge, text: str) -> Verdict:
        judged.append(text)
        return SOUND

    monkeypatch.setattr(ValueJudge, "verdict", note)
    columns.validate(pa.chunked_array([["smtp:a@contoso.com", "smtp:b@contoso.com"], ["smtp:c@contoso.com"]]))
    assert judged == ["smtp:a@contoso.com"]


def test_a_validator_can_be_pickled() -> None:
    made = validating.Validator(ValueJudge("mail", context=px.AuditContext(sync=True)))
    again = pickle.loads(pickle.dumps(made))
    assert again.table(["a b"]).equals(made.table(["a b"]))


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"rules": ["smtp-sintax"]}, "unknown-rule", "did you mean smtp-syntax"),
        ({"attribute": "mail", "rules": ["smtp-syntax"]}, "no-rule-of-values", "those are mail-syntax, mail-too-long"),
        (
            {"attribute": "sn"},
            "unknown-attribute",
            "no values of 'sn' are judged alone, but those of proxyAddresses, mail",
        ),
    ],
)
def test_unknown_words_are_refused(options: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(px.ConfigurationError, match=message) as refused:
        columns.validate([], **options)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "options", [{"rules": "smtp-syntax"}, {"ignore": "smtp-syntax"}, {"context": {}}, {"attribute": 1}]
)
def test_types_of_arguments_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        columns.validate([], **options)


@pytest.mark.parametrize("column", [5, "smtp:a@b", [1], pa.array([1])])
def test_what_holds_no_text_is_refused(column: object) -> None:
    with pytest.raises(TypeError):
        columns.validate(column)


def test_without_the_list_of_top_level_domains_the_rule_is_not_half_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.auditing.top_level_domains._published", lambda: None)
    monkeypatch.setitem(sys.modules, "publicsuffixlist", None)
    for attribute in ("proxyAddresses", "userPrincipalName", "targetAddress"):
        with pytest.raises(px.ConfigurationError, match=r"proxyaddr\[audit\]") as refused:
            columns.validate([], attribute=attribute)
        assert refused.value.code == "missing-extra"
        assert columns.validate([""], attribute=attribute, ignore=["domain-not-routable"]).num_rows == 1
    assert columns.validate(["a@contoso.com"], attribute="mail")["rules"].to_pylist() == [[]]


@pytest.mark.parametrize("piece", ["a.", "a@", "/cn=a", ",", " ", "smtp:", "é", "a@b.com,", "/o=a/ou=b"])
def test_long_values_take_linear_time(piece: str) -> None:
    for before in ("", "smtp:", "X500:/o=a/ou=b", "sip:"):
        value = before + piece * 100_000
        found = columns.validate([value] * 2).to_pylist()
        assert found[0] == found[1]
        assert found[0]["severity"] == "error"
