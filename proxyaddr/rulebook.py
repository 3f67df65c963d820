"""Descriptions of every rule and every code: meaning, source, remedy and example."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from proxyaddr.auditing.rules import RULES as AUDIT_RULES
from proxyaddr.delivery.bounce_codes import meanings
from proxyaddr.delivery.rules import RULES as DELIVERY_RULES
from proxyaddr.routing.selection import EARLIER_ROUTE
from proxyaddr.routing.selection import RULES as ROUTING_RULES

__all__ = ["AUDIT", "BOUNCE", "CODE", "DELIVERY", "HEADINGS", "ROUTING", "Entry", "entries", "find", "routing_order"]

BOUNCE = "code of a report"
"""The kind of the codes of non-delivery reports, which only `find` gives: they are many, and the products' own."""

DELIVERY, ROUTING, AUDIT, CODE = "rule of delivery", "rule of routing", "rule of audits", "code"
"""The kinds of entries: what chooses an address or returns the mail, what chooses a route, what an audit tells of a
directory, and what errors and findings are called."""

HEADINGS = {
    DELIVERY: "Rules of delivery",
    ROUTING: "Rules of routing",
    AUDIT: "Rules of audits",
    CODE: "Codes of errors and findings",
}
"""The heading of each kind, in the order of the entries."""


class Entry(NamedTuple):
    """The description of a rule or a code.

    `source` is the article or document that states it, empty for what is our own. `remedy` is empty where there is
    nothing to mend. `example` is an expression of Python or, after `$ `, a line of shell; rules of routing have none.
    """

    name: str
    kind: str
    meaning: str
    source: str = ""
    remedy: str = ""
    example: str = ""

    @property
    def slug(self) -> str:
        """The name as a file or a link has it."""
        return self.name.replace(" ", "-")


@cache
def entries() -> tuple[Entry, ...]:
    """Return all entries: the rules of delivery and of audits, in their order, those of routing, and the codes."""
    told = _load()
    return (
        *_delivery(told["rules"]),
        *_routing(),
        *_audit(),
        *(Entry(name, CODE, **row) for name, row in told["codes"].items()),
    )


def routing_order() -> dict[str, tuple[str, ...]]:
    """Return for each dialect the names of the rules of routing, in the order in which they apply."""
    return {
        f"{dialect}, lowest cost only" if lowest_cost_only else str(dialect): tuple(
            rule.name for rule in (*rules, EARLIER_ROUTE)
        )
        for (dialect, lowest_cost_only), rules in ROUTING_RULES.items()
        if not lowest_cost_only or rules != ROUTING_RULES[dialect, False]
    }


def find(name: str) -> tuple[Entry, ...]:
    """Return the entries of a name, in any case and with blanks or hyphens; a rule and a code may share one.

    A code of a non-delivery report, such as `5.1.10` or `000D06B5`, has an entry for each of its meanings.
    """
    wanted = name.strip().lower().replace(" ", "-")
    found = tuple(entry for entry in entries() if entry.slug == wanted)
    return found or tuple(
        Entry(name.strip(), BOUNCE, meant.reason, meant.article, _sentence("; ".join(meant.remedy)))
        for meant in meanings(wanted)
    )


def _load() -> dict[str, Any]:
    return tomllib.loads((files("proxyaddr") / "rulebook.toml").read_text("utf-8"))


def _delivery(told: dict[str, Any]) -> Iterator[Entry]:
    for rule in DELIVERY_RULES:
        yield Entry(rule.name, DELIVERY, _sentence(rule.says), rule.article, **told[rule.name])


def _routing() -> Iterator[Entry]:
    """Yield the rules of all dialects, each once; `routing_order` says in what order a dialect applies them."""
    seen = dict.fromkeys(rule for rules in ROUTING_RULES.values() for rule in rules)
    for rule in (*seen, EARLIER_ROUTE):
        yield Entry(rule.name, ROUTING, _sentence(rule.prefers), rule.source)


def _audit() -> Iterator[Entry]:
    for rule in AUDIT_RULES:
        meaning = f"{_sentence(rule.says)} Severity: {rule.severity}{', ' * bool(rule.but)}{rule.but}."
        yield Entry(rule.name, AUDIT, meaning, rule.source, _sentence(rule.mends) if rule.mends else "")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
