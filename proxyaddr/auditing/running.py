"""Runs the rules over the objects of a directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.auditing.baseline import Identity, identity, read_baseline
from proxyaddr.auditing.contested import Contested
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.findings import AuditFinding, AuditReport
from proxyaddr.auditing.fix_files import form_of_fixes, write_fixes
from proxyaddr.auditing.fixes import Mended, mended
from proxyaddr.auditing.found import Found, Judges
from proxyaddr.auditing.mended_exports import write_mended
from proxyaddr.auditing.object_rules import OBJECT_RULES
from proxyaddr.auditing.objects import MAIL, PROXIES, UPN, AuditObject
from proxyaddr.auditing.rules import RULE_NAMES, RULES, SEVERITIES, AuditRule, AuditSeverity, chosen_rules
from proxyaddr.auditing.set_rules import GROUPED, Group, groups_across_attributes, groups_of, have_one_alias
from proxyaddr.auditing.sources import files_of, opened
from proxyaddr.auditing.subjects import Subject
from proxyaddr.auditing.survey import Source
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.auditing.value_rules import SINGLE_VALUE_RULES, proxy_faults
from proxyaddr.errors import ConfigurationError, check_type
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["audit"]

_BY_NAME = {rule.name: rule for rule in RULES}
_PLACES = {name: place for place, name in enumerate(RULE_NAMES)}
_ACROSS = "address-shared-across-attributes"


def audit(
    directory: object,
    *,
    rules: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    severity: AuditSeverity = "info",
    baseline: str | Path | None = None,
    context: AuditContext | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> AuditReport:
    """Return what is wrong with the objects of a directory, and what mends it.

    `directory` is a Directory, the path of an export or a list of paths, mappings with the attribute names of a
    directory, or a table with the Arrow C data interface. Each value is judged as it is held. `rules` names the rules
    to run, all of them without it, and `ignore` those to leave out. `severity` is the least that is told, and
    `baseline` a file of findings, as an audit writes them, that are known: they are left out. Parquet and Arrow files
    are read in batches, so that of `limits` only that of rows counts there. ConfigurationError for a name of no rule,
    and for a file that can't be read.

    >>> report = audit([{"id": "u1", "proxyAddresses": ["SMTP:jané@contoso.com"]}], rules=["smtp-non-ascii"])
    >>> report.findings[0].fix
    {'set': 'SMTP:jane@contoso.com'}
    """
    if isinstance(rules, str):
        raise TypeError("rules must be an iterable of names, not text")
    chosen = chosen_rules(rules, ignore)
    known = AuditContext() if context is None else context
    check_type(known, AuditContext, "context")
    if severity not in SEVERITIES:
        raise ConfigurationError("unknown-severity", f"a severity is one of {', '.join(SEVERITIES)}", "severity")
    told = frozenset(SEVERITIES[: SEVERITIES.index(severity) + 1])
    known_before = frozenset() if baseline is None else read_baseline(baseline, limits)
    return _Run(opened(directory, limits), chosen, known, told, known_before, files_of(directory), limits).report()


class _Run:
    """One audit: the objects, the rules, and what values and fixes are judged by."""

    def __init__(
        self,
        audited: Source,
        chosen: frozenset[str],
        context: AuditContext,
        told: frozenset[AuditSeverity],
        known_before: frozenset[Identity],
        files: Sequence[Path] = (),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._audited = audited
        self._chosen = chosen
        self._told = told
        self._known_before = known_before
        self._files, self._limits = files, limits
        self._judges = Judges(context, DomainList(context.top_level_domains, is_asked="domain-not-routable" in chosen))
        self._object_rules = [
            rule for names, rule, needed in OBJECT_RULES if not chosen.isdisjoint(names) and audited.has(*needed)
        ]
        self._survey = audited.survey(self._judges)
        self._contested = Contested(self._survey.holdings)

    def report(self) -> AuditReport:
        """Return the report."""
        found: list[AuditFinding] = []
        fixable: dict[int, tuple[AuditObject, list[Found]]] = {}
        shared: dict[int, AuditObject] = {}
        for place, audited, is_judged, is_shared in self._survey.objects:
            judged = self._judged(place, audited) if is_judged else []
            if any(each.fix is not None for each in judged):
                fixable[place] = audited, judged
            if is_shared:
                shared[place] = audited
            found += (_told(audited, each) for each in judged)
        found += (each for each in self._of_several(shared) if each.severity in self._told and self._is_new(each))
        notices = []
        if "domain-not-routable" in self._chosen and not self._judges.domains.is_complete:
            notices.append('top-level domains are not known: pip install "proxyaddr[audit]"')
        lacking = [name for name in (PROXIES, MAIL, UPN) if not self._audited.has(name)]
        if self._files and not self._survey.size:
            notices.append("there are no objects in it")
        elif lacking:
            notices.append(f"not in every export, so that nothing is told to be missing there: {', '.join(lacking)}")
        return AuditReport(
            found,
            objects=self._survey.size,
            errors=self._audited.errors,
            notices=notices,
            write=lambda path, form: write_fixes(path, form or form_of_fixes(path), self._mended(fixable).values()),
            write_mended=lambda path: write_mended(self._files, path, self._mended(fixable), self._limits),
        )

    def _judged(self, place: int, audited: AuditObject) -> list[Found]:
        """Return what the rules say of one object, in the order of the rules, its fixes where they are free."""
        found: list[Found] = []
        for text in audited.proxies:
            found += proxy_faults(text, self._judges)
        for attribute, judge in SINGLE_VALUE_RULES:
            if (value := audited.get(attribute)) is not None:
                found += judge(value, self._judges)
        subject = Subject.of(audited, self._judges)
        for rule in self._object_rules:
            found += rule(subject)
        chosen = [each for each in found if self._is_told(each, audited)]
        chosen.sort(key=lambda each: _PLACES[each.rule])
        return [
            each if each.fix is None or self._may_be_mended(place, each, subject) else each._replace(fix=None)
            for each in chosen
        ]

    def _may_be_mended(self, place: int, found: Found, subject: Subject) -> bool:
        """Return whether a fix touches nothing of other objects, and does not part an address from the target."""
        return subject.may_be_mended(found) and self._contested.is_free(place, found)

    def _is_told(self, found: Found, audited: AuditObject) -> bool:
        """Return whether a finding is of the rules and of the severity that are asked for, and is new."""
        rule = _BY_NAME[found.rule]
        if found.rule not in self._chosen or (found.severity or rule.severity) not in self._told:
            return False
        if rule.is_of_sync and audited.is_system:
            return False
        return not self._known_before or self._is_new(_told(audited, found))

    def _is_new(self, finding: AuditFinding) -> bool:
        return not self._known_before or identity(finding.as_row()) not in self._known_before

    def _of_several(self, objects: Mapping[int, AuditObject]) -> Iterator[AuditFinding]:
        """Yield what several of these objects hold, rule by rule."""
        context = self._judges.context
        for name, attribute, keys in GROUPED:
            if name == "mail-duplicate" and _ACROSS in self._chosen:
                for group in groups_across_attributes(objects):
                    yield _shared(_BY_NAME[_ACROSS], None, group, objects)
            if name not in self._chosen:
                continue
            for group in groups_of(objects, keys, context):
                if name != "routing-address-clash" or not have_one_alias(objects, group):
                    yield _shared(_BY_NAME[name], attribute, group, objects)

    def _mended(self, fixable: Mapping[int, tuple[AuditObject, list[Found]]]) -> dict[int, Mended]:
        """Return the objects that have fixes before and after them, by their numbers."""
        return {
            place: mended(audited, found, partial(self._judged, place)) for place, (audited, found) in fixable.items()
        }


def _shared(rule: AuditRule, attribute: str | None, group: Group, objects: Mapping[int, AuditObject]) -> AuditFinding:
    """Return what several objects share as a finding."""
    holders = tuple(objects[place].id + (f":{held}" if held else "") for place, held in group.holders)
    message = f"{rule.says}: {group.key}"
    return AuditFinding(None, rule.name, rule.severity, attribute, None, message, None, holders, group.key)


def _told(audited: AuditObject, found: Found) -> AuditFinding:
    """Return what was found as a finding about an object."""
    rule = _BY_NAME[found.rule]
    value = found.value if found.value is None or isinstance(found.value, str) else tuple(found.value)
    message = f"{rule.says}: {found.told}" if found.told.strip(WHITE_SPACE) else rule.says
    return AuditFinding(
        audited.id, rule.name, found.severity or rule.severity, found.attribute, value, message, found.fix
    )
