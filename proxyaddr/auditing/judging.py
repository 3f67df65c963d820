"""What the rules say of one object, and how what they say is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.auditing.baseline import Identity, is_known
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.findings import AuditFinding
from proxyaddr.auditing.found import Found, Judges
from proxyaddr.auditing.object_rules import OBJECT_RULES
from proxyaddr.auditing.objects import AuditObject
from proxyaddr.auditing.rules import RULE_NAMES, RULES, AuditSeverity
from proxyaddr.auditing.subjects import Subject
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.auditing.value_rules import SINGLE_VALUE_RULES, proxy_faults

__all__ = ["BY_NAME", "PLACES", "ObjectJudge", "finding_of", "shared_finding"]

BY_NAME = {rule.name: rule for rule in RULES}
PLACES = {name: place for place, name in enumerate(RULE_NAMES)}
"""The row of each rule, and where it stands in the order of the rules."""


class ObjectJudge:
    """Judges objects by the rules that are chosen, and tells what is as bad as is asked for and not known before.

    `has` says whether the export has attributes: without them, nothing is said to be missing there.
    """

    def __init__(
        self,
        chosen: frozenset[str],
        told: frozenset[AuditSeverity],
        context: AuditContext,
        has: Callable[..., bool],
        known_before: frozenset[Identity] = frozenset(),
    ) -> None:
        self._chosen = chosen
        self._told = told
        self._known_before = known_before
        self.judges = Judges(context, DomainList(context.top_level_domains, is_asked="domain-not-routable" in chosen))
        self._object_rules = [
            rule for names, rule, needed in OBJECT_RULES if not chosen.isdisjoint(names) and has(*needed)
        ]

    def judged(self, audited: AuditObject) -> list[Found]:
        """Return what the rules say of an object, in their order; no fix parts an address from the target."""
        found: list[Found] = []
        for text in audited.proxies:
            found += proxy_faults(text, self.judges)
        for attribute, judge in SINGLE_VALUE_RULES:
            if (value := audited.get(attribute)) is not None:
                found += judge(value, self.judges)
        subject = Subject.of(audited, self.judges)
        for rule in self._object_rules:
            found += rule(subject)
        chosen = [each for each in found if self._is_told(each, audited)]
        chosen.sort(key=lambda each: PLACES[each.rule])
        return [each if subject.may_be_mended(each) else each._replace(fix=None) for each in chosen]

    def _is_told(self, found: Found, audited: AuditObject) -> bool:
        rule = BY_NAME[found.rule]
        if found.rule not in self._chosen or (found.severity or rule.severity) not in self._told:
            return False
        if rule.is_of_sync and audited.is_system:
            return False
        return not self._known_before or self.is_new(finding_of(audited, found))

    def is_new(self, finding: AuditFinding) -> bool:
        """Return whether a finding is of a severity that is asked for, and was not known before."""
        if finding.severity not in self._told:
            return False
        return not self._known_before or not is_known(finding.as_row(), self._known_before)


def finding_of(audited: AuditObject, found: Found) -> AuditFinding:
    """Return what was found as a finding about an object."""
    rule = BY_NAME[found.rule]
    value = found.value if found.value is None or isinstance(found.value, str) else tuple(found.value)
    message = f"{rule.says}: {found.told}" if found.told.strip(WHITE_SPACE) else rule.says
    return AuditFinding(
        audited.id, rule.name, found.severity or rule.severity, found.attribute, value, message, found.fix
    )


def shared_finding(
    name: str, attribute: str | None, key: str, holders: Sequence[tuple[str, str | None]]
) -> AuditFinding:
    """Return what several objects hold as a finding: holders are names of objects, with the attribute or None."""
    rule = BY_NAME[name]
    names = tuple(holder + (f":{held}" if held else "") for holder, held in holders)
    return AuditFinding(None, name, rule.severity, attribute, None, f"{rule.says}: {key}", None, names, key)
