"""Runs the rules over the objects of a directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from proxyaddr.auditing.baseline import Identity, read_baseline
from proxyaddr.auditing.contested import Contested
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.findings import AuditFinding, AuditReport
from proxyaddr.auditing.fix_files import form_of_fixes, write_fixes
from proxyaddr.auditing.fixes import Mended, mended
from proxyaddr.auditing.found import Found
from proxyaddr.auditing.judging import ObjectJudge, finding_of, shared_finding
from proxyaddr.auditing.mended_exports import write_mended
from proxyaddr.auditing.objects import MAIL, PROXIES, UPN, AuditObject
from proxyaddr.auditing.rules import AuditSeverity, chosen_rules, chosen_severities
from proxyaddr.auditing.set_rules import ACROSS, GROUPED, Group, groups_across_attributes, groups_of, have_one_alias
from proxyaddr.auditing.sources import files_of, opened
from proxyaddr.auditing.survey import Source
from proxyaddr.errors import check_type
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["audit"]


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
    `baseline` a file of findings, as an audit writes them, that are known: they are left out, but not what another
    object has come to hold as well. Parquet and Arrow files are read in batches, so that of `limits` only that of rows
    counts there. ConfigurationError for a name of no rule, and for a file that can't be read.

    >>> report = audit([{"id": "u1", "proxyAddresses": ["SMTP:jané@contoso.com"]}], rules=["smtp-non-ascii"])
    >>> report.findings[0].fix
    {'set': 'SMTP:jane@contoso.com'}
    """
    chosen = chosen_rules(rules, ignore)
    known = AuditContext() if context is None else context
    check_type(known, AuditContext, "context")
    told = chosen_severities(severity)
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
        self._files, self._limits = files, limits
        self._judge = ObjectJudge(chosen, told, context, audited.has, known_before)
        self._survey = audited.survey(self._judge.judges)
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
            found += (finding_of(audited, each) for each in judged)
        found += filter(self._judge.is_new, self._of_several(shared))
        notices = []
        if "domain-not-routable" in self._chosen and not self._judge.judges.domains.is_complete:
            notices.append('top-level domains are not known: pip install "proxyaddr[audit]"')
        lacking = [name for name in (PROXIES, MAIL, UPN) if not self._audited.has(name)]
        if self._files and not self._survey.size:
            notices.append("there are no objects in it")
        elif lacking:
            where = "the" if len(self._files) == 1 else "every"
            notices.append(f"not in {where} export, so that nothing is told to be missing there: {', '.join(lacking)}")
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
        return [
            each if each.fix is None or self._contested.is_free(place, each) else each._replace(fix=None)
            for each in self._judge.judged(audited)
        ]

    def _of_several(self, objects: Mapping[int, AuditObject]) -> Iterator[AuditFinding]:
        """Yield what several of these objects hold, rule by rule."""
        context = self._judge.judges.context
        for name, attribute, keys in GROUPED:
            if name == "mail-duplicate" and ACROSS in self._chosen:
                for group in groups_across_attributes(objects):
                    yield _shared(ACROSS, None, group, objects)
            if name not in self._chosen:
                continue
            for group in groups_of(objects, keys, context):
                if name != "routing-address-clash" or not have_one_alias(objects, group):
                    yield _shared(name, attribute, group, objects)

    def _mended(self, fixable: Mapping[int, tuple[AuditObject, list[Found]]]) -> dict[int, Mended]:
        """Return the objects that have fixes before and after them, by their numbers."""
        return {
            place: mended(audited, found, partial(self._judged, place)) for place, (audited, found) in fixable.items()
        }


def _shared(name: str, attribute: str | None, group: Group, objects: Mapping[int, AuditObject]) -> AuditFinding:
    holders = [(objects[place].id, held) for place, held in group.holders]
    return shared_finding(name, attribute, group.key, holders)
