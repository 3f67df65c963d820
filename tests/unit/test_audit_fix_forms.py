"""Fixes in each form, applied as a directory would: then nothing that was mended is found, and nothing new."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import idna
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.auditing.fix_commands import _quoted
from tests.unit.test_audit_fixes import CONTEXTS, OBJECTS

Record = dict[str, Any]
Directory = dict[str, dict[str, list[str]]]
"""What a directory holds: the values of each attribute, by the name of the object."""


def directory_of(records: list[Record]) -> Directory:
    return {
        each["dn"]: {name: list(value) if isinstance(value, list) else [value] for name, value in each.items()}
        for each in records
    }


def remove(held: list[str], value: str) -> None:
    """Remove a value as a server does, which compares without case; one that is not there is an error."""
    found = [place for place, each in enumerate(held) if each.lower() == value.lower()]
    assert found, f"no such value: {value!r} of {held!r}"
    exact = [place for place in found if held[place] == value]
    del held[(exact or found)[0]]


def add(held: list[str], value: str) -> None:
    assert value.lower() not in [each.lower() for each in held], f"the value exists: {value!r}"
    held.append(value)


def apply_ldif(text: str, directory: Directory) -> None:
    for record in text.replace("\n ", "").split("\n\n")[1:]:
        lines = [line for line in record.split("\n") if line and not line.startswith("#")]
        if not lines:
            continue
        values = [(name, plain_value(value)) for name, _, value in (line.partition(":") for line in lines)]
        assert [name for name, _ in values[:2]] == ["dn", "changetype"]
        entry = directory[values[0][1]]
        operation = attribute = ""
        for name, value in values[2:]:
            if name in ("delete", "add", "replace"):
                operation, attribute = name, value
                if operation == "replace":
                    entry[attribute] = []
            elif name != "-":
                assert name == attribute
                (remove if operation == "delete" else add)(entry.setdefault(attribute, []), value)


def plain_value(written: str) -> str:
    return base64.b64decode(written[1:]).decode("utf-8") if written.startswith(":") else written.removeprefix(" ")


QUOTES = "'\u2018\u2019\u201a\u201b"
TEXT = rf"'(?:[^{QUOTES}]|[{QUOTES}]{{2}})*'"
NUMBER = r"\[char\](?:0x[0-9A-F]+|::ConvertFromUtf32\(0x[0-9A-F]+\))"
PIECE = rf"(?:\[string\]'')|{TEXT}|{NUMBER}"
VALUE = re.compile(rf"{TEXT}|\((?:{PIECE})(?:\+(?:{PIECE}))*\)")
COMMAND = re.compile(r"(Set-AD(?:User|Group|Object)) -Identity (\S.*?)((?: -(?:Remove|Add|Replace) @\{.*)?)\Z")
NAME = re.compile(r"([A-Za-z]+)=")


def powershell_value(text: str) -> str:
    """Return the text of an expression of PowerShell: quoted texts and characters by their numbers, joined."""
    pieces = re.findall(rf"{TEXT}|0x[0-9A-F]+", text)
    return "".join(
        re.sub(f"([{QUOTES}])[{QUOTES}]", r"\1", piece[1:-1]) if piece.startswith("'") else chr(int(piece, 16))
        for piece in pieces
    )


def hash_tables(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the action, the attribute and the values of what a command's parameters hold."""
    place = 0
    while place < len(text):
        parameter = re.compile(r" -(Remove|Add|Replace) @\{").match(text, place)
        assert parameter, text[place:]
        place = parameter.end()
        while not text.startswith("}", place):
            name = NAME.match(text, place)
            assert name, text[place:]
            place, values = name.end(), []
            while value := VALUE.match(text, place):
                values.append(powershell_value(value[0]))
                place = value.end() + text.startswith(",", value.end())
            yield parameter[1], name[1], values
            place += text.startswith(";", place)
        place += 1


def apply_powershell(text: str, directory: Directory) -> None:
    for line in text.removeprefix("\ufeff").split("\n")[2:-1]:
        command = re.match(r"Set-AD(?:User|Group|Object) -Identity ", line)
        assert command, line
        identity = VALUE.match(line, command.end())
        assert identity, line
        entry = directory[powershell_value(identity[0])]
        for action, attribute, values in hash_tables(line[identity.end() :]):
            held = entry.setdefault(attribute, [])
            if action == "Replace":
                held.clear()
            for value in values:
                (remove if action == "Remove" else add)(held, value)


def apply_csv(text: str, directory: Directory) -> None:
    rows = [[plain_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    for name, attribute, before, after in rows[1:]:
        held = directory[name].setdefault(attribute, [])
        if before or not after:
            held.remove(before)
        if after:
            held.append(after)


def plain_cell(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") else text


FORMS: dict[str, Callable[[str, Directory], None]] = {
    ".ldif": apply_ldif,
    ".ps1": apply_powershell,
    ".csv": apply_csv,
}
NAMES = st.sampled_from(["CN=Jane", "CN=J\u2019 `$(calc)' \x07\x00\n", "CN=Bücher ", "=cmd()", "CN=\U000e0001x"])


NAMED = st.lists(st.tuples(NAMES, OBJECTS), min_size=1, max_size=3, unique_by=lambda each: each[0])


def records_of(directory: Directory) -> list[Record]:
    return [
        {name: values if name == "proxyAddresses" else values[0] for name, values in entry.items() if values}
        for entry in directory.values()
    ]


PHASES = [Phase.reuse, Phase.generate]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(st.tuples(NAMES, OBJECTS), min_size=1, max_size=3, unique_by=lambda each: each[0]),
    context=CONTEXTS,
)
def test_an_audit_after_the_fixes_finds_nothing_that_was_mended_and_nothing_new(
    form: str, records: list[tuple[str, Record]], context: px.AuditContext, tmp_path: Path
) -> None:
    held = [{**record, "dn": name, "proxyAddresses": record.get("proxyAddresses", [])} for name, record in records]
    directory = directory_of(held)
    contested = contested_in(directory)
    path = tmp_path / f"fixes{form}"
    report = px.audit(held, context=context)
    report.write_fixes(path)
    with path.open(encoding="utf-8", newline="") as file:
        FORMS[form](file.read(), directory)
    again = px.audit([{"proxyAddresses": [], **each} for each in records_of(directory)], context=context)
    assert_mended(report, again)
    assert contested <= contested_in(directory)


def assert_mended(before: px.AuditReport, after: px.AuditReport) -> None:
    """Nothing is left that has a fix, but for what another object held until it was mended; and nothing is new."""
    left = {(each.object, each.rule) for each in before.findings if each.fix is None}
    assert {(each.object, each.rule) for each in after.findings if each.fix is not None} <= left
    assert set(after.counts) <= set(before.counts)


def contested_in(directory: Directory) -> set[tuple[str, frozenset[str]]]:
    """Return the addresses that several objects hold in any attribute, each with those objects."""
    holders: dict[str, set[str]] = {}
    for name, entry in directory.items():
        for value in entry.get("proxyAddresses", []):
            holders.setdefault(value.strip().lower(), set()).add(name)
        for attribute in ("mail", "userPrincipalName"):
            for value in entry.get(attribute, []):
                holders.setdefault(f"smtp:{value.strip().lower()}", set()).add(name)
    return {(value, frozenset(names)) for value, names in holders.items() if len(names) > 1}


PARTS = st.text("ab.é-_ @,;<>()[]\"\\:&'\u200b", max_size=12)


@given(st.builds("smtp:{}@{}{}.com{}".format, PARTS, PARTS, st.sampled_from(["contoso", "bücher"]), PARTS))
def test_no_fix_deletes_inside_a_domain(value: str) -> None:
    rules = ["smtp-invalid-character", "smtp-non-ascii", "smtp-syntax", "smtp-domain-syntax"]
    for finding in px.audit([{"proxyAddresses": [value]}], rules=rules).findings:
        if finding.fix:
            domain = str(finding.fix["set"]).rpartition("@")[2]
            assert domain in value or idna.decode(domain) in value


@given(st.sampled_from(["smtp:", "SMTP:", "", "Smtp:"]), PARTS, st.integers(200, 400))
def test_no_fix_makes_another_address_of_one_that_is_too_long(prefix: str, part: str, length: int) -> None:
    value = f"{prefix}{part}{'a.' * length}@contoso.com"
    record = {"proxyAddresses": [value], "mail": value, "targetAddress": value, "userPrincipalName": value}
    fixes = [finding.fix for finding in px.audit([{**record, "mailNickname": value, "displayName": value}]).findings]
    assert not [fix for fix in fixes if fix]


ATTACKS = [
    *("'; Remove-Item x; '", "\u2018; calc; \u2019", "\u201a\u201b'\u2019\u2018", "$(calc)", "`n$x", '"; calc; "'),
    *("a\nRemove-Item x\n", "a\r\nb", "\x00", "a\x00b", "\x1b[2J", "\u2028calc", "\u202ecalc", "@{x=1}", "#>", "--%"),
    *("\U000e0041", "\U0001f600", "\ud800", "\x85calc", "$null", "%PATH%", "a,b;c", "}", "-Force", "\ufeffx", "\xa0"),
]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_runs_in_powershell(text: str) -> None:
    written = _quoted(text)
    match = VALUE.fullmatch(written)
    assert match, written
    assert powershell_value(written) == text
    assert written.isprintable()  # no line ends in it, and no editor shows it otherwise
