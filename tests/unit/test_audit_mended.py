"""Mended exports: the file that was audited once more, in which the objects are those after their fixes."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.auditing.ldif_lines import ldif_line
from proxyaddr.auditing.objects import AuditObject
from proxyaddr.auditing.reading import read_audited
from proxyaddr.auditing.rules import RULE_NAMES, SEVERITIES
from proxyaddr.auditing.running import _Run
from tests.unit.test_audit_fix_forms import assert_mended
from tests.unit.test_audit_fixes import CONTEXTS, OBJECTS

SINGLE = ("type", "mail", "userPrincipalName", "targetAddress", "mailNickname", "displayName")
Record = dict[str, Any]


def csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def cells(record: Record) -> list[str]:
    return [record["id"], *(str(record.get(name) or "") for name in SINGLE)]


def as_list(records: Sequence[Record]) -> str:
    rows = [[*cells(each), ";".join(each["proxyAddresses"])] for each in records]
    return csv_text(["id", *SINGLE, "proxyAddresses"], rows)


def in_braces(records: Sequence[Record]) -> str:
    rows = [[*cells(each), f"{{{', '.join(each['proxyAddresses'])}}}", "x@contoso.com"] for each in records]
    return csv_text(["id", *SINGLE, "EmailAddresses", "PrimarySmtpAddress"], rows)


def numbered(records: Sequence[Record]) -> str:
    header = ["id", *SINGLE, *(f"proxyAddresses_{number}" for number in range(4))]
    return csv_text(header, [[*cells(each), *[*each["proxyAddresses"], "", "", "", ""][:4]] for each in records])


def primary_and_aliases(records: Sequence[Record]) -> str:
    rows = []
    for each in records:
        first, *others = each["proxyAddresses"] or [""]
        rows.append([*cells(each), first.rpartition(":")[2], ";".join(others), ""])
    return csv_text(["id", *SINGLE, "Primary Smtp Address", "Aliases", "proxy-addresses"], rows)


def of_types(records: Sequence[Record]) -> str:
    rows = []
    for each in records:
        of_type = [[v for v in each["proxyAddresses"] if v.lower().startswith(t)] for t in ("smtp:", "x500:", "sip:")]
        rows.append([*cells(each), *(";".join(values) for values in of_type)])
    return csv_text(["id", *SINGLE, "smtp", "X500", "SIP"], rows)


def row_an_address(records: Sequence[Record]) -> str:
    rows = [[*cells(each), value] for each in records for value in each["proxyAddresses"] or [""]]
    return csv_text(["id", *SINGLE, "proxyAddress"], rows)


def json_lines(records: Sequence[Record]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in records)


def json_array(records: Sequence[Record]) -> str:
    return json.dumps(records, indent=2)


def json_page(records: Sequence[Record]) -> str:
    return json.dumps({"@odata.context": "x", "value": records})


def ldif(records: Sequence[Record]) -> str:
    entries = ["version: 1\n"]
    for each in records:
        lines = [ldif_line("dn", f"CN={each['id']}"), "# a remark\n"]
        for name, value in each.items():
            lines += [ldif_line(name, text) for text in (value if isinstance(value, list) else [value]) if text]
        entries.append("".join(lines))
    return "\n".join(entries)


LAYOUTS: list[Callable[[Sequence[Record]], str]] = [
    *(as_list, in_braces, numbered, primary_and_aliases, of_types, row_an_address),
    *(json_lines, json_array, json_page, ldif),
]


def run(path: Path, context: px.AuditContext) -> _Run:
    return _Run(read_audited(path), frozenset(RULE_NAMES), context, frozenset(SEVERITIES), frozenset(), [path])


def told(audited: AuditObject) -> tuple[object, ...]:
    single = {name: value for name, value in audited.single.items() if value}
    return audited.id, audited.type, single, Counter(value for value in audited.proxies if value)


ADDRESSES = [f"smtp:last{number}@contoso.com" for number in range(20)]
LAST = {"proxyAddresses": ["SMTP:last@contoso.com", *ADDRESSES], "mail": "last@contoso.com"}
"""A recipient by whose addresses the separator of a column is told."""

PHASES = [Phase.reuse, Phase.generate]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=25, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(OBJECTS, min_size=1, max_size=3), context=CONTEXTS)
def test_what_is_written_is_read_as_the_mended_objects(
    layout: Callable[[Sequence[Record]], str], records: list[Record], context: px.AuditContext, tmp_path: Path
) -> None:
    records = [*records, LAST]
    held = [{"proxyAddresses": [], **each, "id": f"u{place}"} for place, each in enumerate(records)]
    export, target = tmp_path / "export", tmp_path / "mended"
    export.write_text(layout(held), "utf-8")
    objects = read_audited(export).objects
    first = run(export, context)
    report = first.report()
    judged = {place: first._judged(place, each) for place, each in enumerate(objects)}
    mended = first._mended(
        {place: (objects[place], found) for place, found in judged.items() if any(each.fix for each in found)}
    )
    wanted = [mended[place].after if place in mended else each for place, each in enumerate(objects)]
    try:
        written = report.write_mended(target)
    except px.ConfigurationError as error:
        assert "would be read otherwise" in str(error)  # noqa: PT017 - most examples are written
        reject()
    assert written == sum(each.before != each.after for each in mended.values())
    assert list(map(told, read_audited(target).objects)) == list(map(told, wanted))
    again = run(target, context).report()
    assert_mended(report, again)
