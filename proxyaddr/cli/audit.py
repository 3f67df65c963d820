"""`proxyaddr audit`: says what is wrong with the objects of a directory's export, and writes what mends it."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from pathlib import Path

from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.findings import AuditFinding, AuditReport
from proxyaddr.auditing.fix_files import form_of_fixes
from proxyaddr.auditing.rules import RULES, SEVERITIES
from proxyaddr.auditing.running import audit
from proxyaddr.cli._audit_outputs import check_outputs, how_to_apply
from proxyaddr.cli._errors import print_error
from proxyaddr.cli._lines import STANDARD_STREAM, show_json
from proxyaddr.cli._style import BAD, CODE, style
from proxyaddr.cli._tables import accepted_domains_of
from proxyaddr.errors import ConfigurationError, RowError, quantity, visible
from proxyaddr.limits import Limits

__all__ = ["EXAMPLES", "add_options"]

EXAMPLES = """\
examples:
  proxyaddr audit export.csv
  proxyaddr audit export.csv --severity error --out findings.csv
  proxyaddr audit export.ldif --rules smtp-non-ascii,primary-missing --fix fixes.ldif
  proxyaddr audit export.json --accepted-domains domains.csv --sync --fix fixes.ps1
  proxyaddr audit export.csv --baseline findings.csv

to export: Get-ADObject -LDAPFilter '(|(proxyAddresses=*)(mail=*)(userPrincipalName=*))' -Properties * |
  Export-Clixml export.xml; or Get-Recipient -ResultSize Unlimited | Export-Clixml export.xml
`proxyaddr rules NAME` tells of a rule. The exit status is 0 where nothing worse than info is found, 1 where something
is, 2 for bad input or usage.
"""

SHOWN = 3
"""The first findings of a rule that are shown, unless an option says otherwise, and the first errors of a kind."""

HOLDERS = 8
"""The first holders of a value that are shown."""

MOST_ROWS = 2**32
"""Rows that are read of a file: those of Parquet and Arrow data are not held in memory."""

VALUE_LENGTH = 120
"""The most characters of a value that are shown."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    forms = "CSV, JSON, CLIXML, Format-List text, LDIF, Parquet or Arrow, known by its content"
    parser.add_argument("inputs", nargs="+", metavar="FILE", help=f"export of a directory, any number: {forms}")
    what = parser.add_argument_group("what is told")
    what.add_argument("--rules", metavar="NAMES", action="append", help="only these rules, with commas between them")
    what.add_argument("--ignore", metavar="NAMES", action="append", help="all rules but these")
    what.add_argument("--severity", choices=SEVERITIES, default="info", help="the least severity that is told")
    what.add_argument("--baseline", metavar="FILE", help="only what is not in this file, which --out wrote")
    what.add_argument("--examples", metavar="N", type=int, default=SHOWN, help=f"findings shown a rule ({SHOWN})")
    known = parser.add_argument_group("what is known of the organization")
    known.add_argument("--context", metavar="FILE", help="TOML with a table [audit] of what the options below say")
    known.add_argument(
        "--accepted-domains",
        action="append",
        metavar="FILE|DOMAIN",
        help="its domains, repeatable: Get-AcceptedDomain in any form, or a domain",
    )
    known.add_argument("--coexistence-domain", metavar="DOMAIN", help="contoso.mail.onmicrosoft.com")
    known.add_argument("--initial-domain", metavar="DOMAIN", help="contoso.onmicrosoft.com")
    known.add_argument("--sync", action="store_true", help="the objects are synchronized to the cloud")
    known.add_argument("--top-level-domain", metavar="NAME", action="append", help="one that is known inside")
    output = parser.add_argument_group("output")
    output.add_argument("--out", metavar="FILE", help="a row a finding: .csv, .tsv, .jsonl, .parquet or .arrow")
    output.add_argument("--fix", metavar="FILE", help="what mends it: .ldif, .ps1, or .csv with before and after")
    output.add_argument(
        "--mended", metavar="FILE", help="the export itself, mended: CSV, JSON, LDIF or Parquet as it is"
    )
    output.add_argument("--report", metavar="FILE", help="a page of charts and counts (HTML)")
    output.add_argument("--json", action="store_true", help="print a JSON object a finding, one a line")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    form = None if options.fix is None else form_of_fixes(Path(options.fix))
    if STANDARD_STREAM in options.inputs:
        raise ConfigurationError("unreadable-file", "an audit reads files: save the export, and name the file")
    check_outputs(options)
    context, is_whole = _context(options)
    report = audit(
        options.inputs,
        rules=_names(options.rules),
        ignore=_names(options.ignore) or (),
        severity=options.severity,
        baseline=options.baseline,
        context=context,
        limits=Limits(file_rows=MOST_ROWS),
    )
    _print_errors(report)
    for notice in report.notices:
        print(f"proxyaddr: {notice}", file=sys.stderr)
    if options.json:
        for finding in report.findings:
            show_json(finding.as_dict())
    else:
        _show(report, options)
    if form is not None:
        _write_fixes(report, options.fix, form)
    if options.mended is not None:
        changed = report.write_mended(options.mended)
        print(f"proxyaddr: {visible(options.mended)} has {quantity(changed, 'object')} mended", file=sys.stderr)
    if options.out is not None or options.report is not None:
        _write_files(report, options)
    found = any(finding.severity != "info" for finding in report.findings)
    return 2 if report.errors or not is_whole else int(found)


def _print_errors(report: AuditReport) -> None:
    """Print the first errors of each kind, and how many more there are."""
    by_code: dict[str, list[RowError]] = {}
    for error in report.errors:
        by_code.setdefault(error.code, []).append(error)
    for code, errors in by_code.items():
        for error in errors[:SHOWN]:
            print_error(error)
        if len(errors) > SHOWN:
            print(f"proxyaddr: … and {quantity(len(errors) - SHOWN, 'error')} more [{code}]", file=sys.stderr)


def _names(given: list[str] | None) -> list[str] | None:
    """Return the names in options, each of which may hold several."""
    return None if given is None else [name.strip() for text in given for name in text.split(",") if name.strip()]


def _context(options: argparse.Namespace) -> tuple[AuditContext, bool]:
    """Return what is known of the organization, and whether all of it was read."""
    context = AuditContext() if options.context is None else AuditContext.from_toml(options.context)
    is_whole = True
    given = {
        name: getattr(context, name)
        for name in ("accepted_domains", "max_proxies", "max_proxy_length", "top_level_domains")
    }
    given["top_level_domains"] = (*context.top_level_domains, *(options.top_level_domain or ()))
    context = AuditContext(
        coexistence_domain=options.coexistence_domain or context.coexistence_domain,
        initial_domain=options.initial_domain or context.initial_domain,
        sync=options.sync or context.sync,
        **given,
    )
    if options.accepted_domains:
        domains, errors = accepted_domains_of(options.accepted_domains)
        for error in errors:
            print_error(error)
        is_whole = not errors
        context = context.with_domains(domains)
    return context, is_whole


def _show(report: AuditReport, options: argparse.Namespace) -> None:
    """Print the findings grouped by rule, the worst first: how many, and the first of them."""
    by_rule: dict[tuple[str, str], list[AuditFinding]] = {}
    for finding in report.findings:
        by_rule.setdefault((finding.severity, finding.rule), []).append(finding)
    for severity in SEVERITIES:
        for rule in RULES:
            if found := by_rule.get((severity, rule.name)):
                count = quantity(len(found), "finding")
                colour = BAD if severity == "error" else CODE
                print(f"{style(severity, colour)} [{style(rule.name, CODE)}] {count}: {rule.says}")
                for finding in found[: max(0, options.examples)]:
                    print(f"  {_line(finding)}")
                if len(found) > options.examples:
                    print(f"  … and {len(found) - max(0, options.examples):,} more")
    print(_last_line(report))
    mends = sum(finding.fix is not None for finding in report.findings)
    called = visible(shlex.join(["proxyaddr", *options.arguments]))
    if report.findings and options.out is None and options.baseline is None:
        print(f"what a rule means: proxyaddr rules NAME; leave it out: {called} --ignore NAME")
        next_time = "and then --baseline known.csv"
        print(f"all of them as a table, and only what is new next time: {called} --out known.csv, {next_time}")
    if mends and options.fix is None and options.mended is None:
        print(f"{quantity(mends, 'finding')} can be mended: {called} --fix fixes.ps1 (or .ldif, .csv)")


def _last_line(report: AuditReport) -> str:
    counts = {name: sum(each.severity == name for each in report.findings) for name in SEVERITIES}
    told = f"{quantity(counts['error'], 'error')}, {quantity(counts['warning'], 'warning')}, {counts['info']:,} info"
    found = f"{quantity(len(report.findings), 'finding')}: {told}" if report.findings else "no findings"
    return f"{quantity(report.objects, 'object')}, {found}"


def _line(finding: AuditFinding) -> str:
    """Return a finding in one line: the object, the value, and what it becomes; or the value and who holds it."""
    if finding.holders is not None:
        count = f"{len(finding.holders):,}: " if len(finding.holders) > HOLDERS else ""
        several = ", ".join(_cut(visible(name), VALUE_LENGTH) for name in finding.holders[:HOLDERS])
        key = _cut(visible(finding.key or ""), VALUE_LENGTH)
        return _cut(f"{key}: held by {count}{several}{', …' * bool(count)}", 2 * VALUE_LENGTH)
    values = (finding.value,) if isinstance(finding.value, str) else finding.value or ()
    told = ", ".join(_cut(visible(value), VALUE_LENGTH) for value in values)
    fix = "".join(f" → {action} {_fix_value(value)}".rstrip() for action, value in (finding.fix or {}).items())
    name = _cut(visible(finding.object or ""), VALUE_LENGTH)
    if not told and finding.attribute == "proxyAddresses":  # it is about them all
        told = _cut(visible(finding.message.partition(": ")[2]), VALUE_LENGTH)
    return f"{name}: {told or f'no {finding.attribute}'}{fix}"


def _fix_value(value: object) -> str:
    texts = value if isinstance(value, list) else [] if value is True else [value]
    return ", ".join(_cut(visible(str(text)), VALUE_LENGTH) for text in texts)


def _cut(text: str, most: int) -> str:
    most = max(most, shutil.get_terminal_size((most, 0)).columns - 40)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _write_fixes(report: AuditReport, name: str, form: str) -> None:
    from proxyaddr.bulk.atomic import atomic_path  # noqa: PLC0415 - for --fix alone

    with atomic_path(Path(name)) as path:
        changed = report.write_fixes(path, form=form)
    print(f"proxyaddr: {visible(name)} changes {quantity(changed, 'object')}", file=sys.stderr)
    left = len({finding.object for finding in report.findings if finding.fix is not None}) - changed
    if left > 0 and form != ".csv":
        lacking = "no distinguished name is known (export it too, or write .ps1), or " if form == ".ldif" else ""
        print(f"proxyaddr: {quantity(left, 'object')} left: {lacking}a comment in it says why", file=sys.stderr)
    if changed:
        print(f"proxyaddr: {how_to_apply(name, form)}; then export and audit again", file=sys.stderr)


def _write_files(report: AuditReport, options: argparse.Namespace) -> None:
    """Write the rows of findings and the page."""
    from proxyaddr.bulk.audit_files import write_findings, write_page  # noqa: PLC0415 - pyarrow takes its time

    if options.out is not None:
        write_findings(report, options.out)
    if options.report is not None:
        called = shlex.join(["proxyaddr", *options.arguments])
        write_page(report, Path(options.report), called, options.inputs)
