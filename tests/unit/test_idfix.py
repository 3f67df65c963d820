"""The audit beside IdFix: what each says of the same recipients, and the page of the documentation that shows it.

`python -c 'from tests.unit.test_idfix import tables; print(*tables(), sep="\\n")'` prints the tables of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.auditing.rules import RULE_NAMES
from tests.cases import Case, cases

CASES = cases("idfix")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "idfix.md"

OF_OBJECTS = frozenset(
    {
        *("primary-missing", "mail-differs-from-primary", "upn-missing", "upn-differs-from-primary"),
        *("upn-not-in-proxies", "target-missing", "target-not-in-proxies"),
    }
)
"""Rules that say what an object lacks, asked where a case is about one: its objects have no more than it needs."""

SHOWN = 60


def found(case: Case) -> list[str]:
    """Return the rules that find something in the recipients of a case."""
    asked = [name for name in RULE_NAMES if name not in OF_OBJECTS or name in case["rules"]]
    return [finding.rule for finding in px.audit(case["objects"], rules=asked).findings]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_audit_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    assert found(case) == case["rules"]


@pytest.mark.parametrize("case", [case for case in CASES if case["harm"]], ids=str)
def test_the_audit_suggests_nothing_that_does_harm(case: Case) -> None:
    assert not does_harm(case)


def does_harm(case: Case) -> bool:
    """Return whether the audit suggests what does harm as a suggestion of IdFix."""
    fixes = [finding.fix for finding in px.audit(case["objects"]).findings]
    return case["harm"] and {"set": case["suggests"]} in fixes


def counts() -> list[tuple[str, int, int]]:
    """Return what is counted, of IdFix and of the audit."""
    sound = [case for case in CASES if not case["rules"]]
    faulty = [case for case in CASES if case["rules"]]
    return [
        ("recipients in which nothing is wrong", len(sound), len(sound)),
        (
            "of them reported: false alarms",
            sum(bool(case["idfix"]) for case in sound),
            sum(map(bool, map(found, sound))),
        ),
        ("recipients in which something is wrong", len(faulty), len(faulty)),
        ("of them not reported: misses", sum(not case["idfix"] for case in faulty), sum(not found(c) for c in faulty)),
        (
            "suggestions that make another address, or a malformed one",
            sum(case["harm"] for case in CASES),
            sum(map(does_harm, CASES)),
        ),
    ]


def tables() -> list[str]:
    """Return the lines of the tables of the page."""
    lines = ["| | IdFix | audit |", "|---|---|---|"]
    lines += [f"| {what} | {idfix} | {ours} |" for what, idfix, ours in counts()]
    for heading, is_shown in HEADINGS:
        lines += [
            "",
            f"## {heading}",
            "",
            "| value | | IdFix | suggests | audit | fix | source |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [row(case) for case in CASES if is_shown(case)]
    return lines


HEADINGS: Sequence[tuple[str, Callable[[Case], bool]]] = (
    ("False alarms of IdFix", lambda case: bool(not case["rules"] and case["idfix"])),
    ("What IdFix does not report", lambda case: bool(case["rules"] and not case["idfix"])),
    ("What both report", lambda case: bool(case["rules"] and case["idfix"])),
    ("What neither reports", lambda case: not case["rules"] and not case["idfix"]),
)


def row(case: Case) -> str:
    """Return a case as a line of a table."""
    asked = case["rules"] or None
    fixes = [finding.fix for finding in px.audit(case["objects"], rules=asked).findings if asked]
    cells = [
        "<br>".join(code(f"{name}: {told(value)}") for each in case["objects"] for name, value in held(each)),
        case["why"],
        ", ".join(dict.fromkeys(case["idfix"])) or "nothing",
        code(told(case["suggests"])) if case["suggests"] else "",
        ", ".join(case["rules"]) or "nothing",
        "<br>".join(code(f"{action} {told(value)}") for fix in fixes for action, value in (fix or {}).items()),
        case["source"],
    ]
    return f"| {' | '.join(cells)} |"


def held(each: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in each.items() if name not in ("id", "type")]


def told(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is True else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 20]}… ({len(text)} characters)"


def code(text: str) -> str:
    return f"`` {text.strip()} ``".replace("|", "\\|")


def test_the_page_shows_them_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert "\n".join(tables()) in page
