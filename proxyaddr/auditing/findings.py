"""What an audit found: findings, their counts, and the ways to write them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, overload

from proxyaddr._optional import import_extra
from proxyaddr.auditing.found import Fix
from proxyaddr.auditing.rules import RULE_NAMES, AuditSeverity
from proxyaddr.errors import RowError, quantity

__all__ = ["COLUMNS", "AuditFinding", "AuditFindings", "AuditReport"]

Value: TypeAlias = object
"""A JSON value; inside a class with a field `object` the builtin has no name."""

COLUMNS = ("object", "rule", "severity", "attribute", "value", "message", "fix", "holders", "key")
"""The columns of findings in files, and the keys of `as_dict`."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something wrong with an object, or with several that hold one value.

    `object` names the object, `attribute` and `value` what is wrong: several values of one attribute are a tuple, a
    missing one is None. `fix` is what mends it: one of `set` a value, `add` one, `remove` it, `split` it into values,
    `set-primary` a secondary address, `keep` one primary address; None where a person must decide. Of what several
    objects hold, `key` is the value without case and `holders` are their names, with the attribute behind a colon
    where it is not one attribute; `object` is None there.
    """

    object: str | None
    rule: str
    severity: AuditSeverity
    attribute: str | None
    value: str | tuple[str, ...] | None
    message: str
    fix: Fix | None = None
    holders: tuple[str, ...] | None = None
    key: str | None = None

    def as_dict(self) -> dict[str, Value]:
        """Return the finding as JSON values, with None for what does not apply."""
        told: dict[str, Value] = {name: getattr(self, name) for name in COLUMNS}
        for name, value in told.items():
            if isinstance(value, tuple):
                told[name] = list(value)
        return told

    def as_row(self) -> dict[str, Value]:
        """Return the finding as a row of a table: text, but for the list of holders; several values are JSON."""
        row = self.as_dict()
        if isinstance(row["value"], list):
            row["value"] = json.dumps(row["value"], ensure_ascii=False)
        if row["fix"] is not None:
            row["fix"] = json.dumps(row["fix"], ensure_ascii=False)
        return row


class AuditFindings(Sequence[AuditFinding]):
    """The findings, in the order of the objects and rules; those of several objects are the last."""

    __slots__ = ("_findings",)

    def __init__(self, findings: Sequence[AuditFinding]) -> None:
        self._findings = tuple(findings)

    @overload
    def __getitem__(self, index: int) -> AuditFinding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[AuditFinding, ...]: ...
    def __getitem__(self, index: int | slice) -> AuditFinding | tuple[AuditFinding, ...]:
        return self._findings[index]

    def __iter__(self) -> Iterator[AuditFinding]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)

    def __repr__(self) -> str:
        return f"AuditFindings({quantity(len(self), 'finding')})"

    def to_arrow(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return the findings as an Arrow table with the columns of `COLUMNS`; needs the extra `arrow`."""
        pa = import_extra("pyarrow", "arrow")
        kinds = [pa.list_(pa.string()) if name == "holders" else pa.string() for name in COLUMNS]
        rows = [finding.as_row() for finding in self._findings]
        columns = [pa.array([row[name] for row in rows], kind) for name, kind in zip(COLUMNS, kinds, strict=True)]
        return pa.table(columns, names=list(COLUMNS))


class AuditReport:
    """What an audit found: `findings`, `counts` by rule, and the `errors` of objects that could not be read.

    `notices` say what could not be judged.
    """

    __slots__ = ("_write", "_write_mended", "errors", "findings", "notices", "objects")

    def __init__(
        self,
        findings: Sequence[AuditFinding],
        *,
        objects: int,
        errors: Sequence[RowError] = (),
        notices: Sequence[str] = (),
        write: Callable[[Path, str | None], int],
        write_mended: Callable[[Path], int],
    ) -> None:
        self.findings = AuditFindings(findings)
        self.objects = objects
        self.errors = tuple(errors)
        self.notices = tuple(notices)
        self._write = write
        self._write_mended = write_mended

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of findings of each rule that found something, in the order of the rules."""
        found = Counter(finding.rule for finding in self.findings)
        return {name: found[name] for name in RULE_NAMES if found[name]}

    def write_fixes(self, path: str | Path, *, form: str | None = None) -> int:
        """Write what mends the findings to a file, and return how many objects it changes.

        The name says the form: `.ldif` has modify records (RFC 2849), `.ps1` commands of PowerShell, `.csv` each value
        before and after; `form` is such an ending, where the name has another.
        ConfigurationError for any other form, and where the file can't be written.
        """
        return self._write(Path(path), form)

    def write_mended(self, path: str | Path) -> int:
        """Write the export once more with its objects mended, and return how many of them it changes.

        The rows of CSV, Parquet and Arrow data, the objects of JSON and the entries of LDIF are those of the file that
        was audited, and what is not mended stays as it is. Of several files each is written to a folder under its name.
        ConfigurationError for any other form, for rows that could not be read, and where the file can't be written or
        is the audited one.
        """
        return self._write_mended(Path(path))

    def __repr__(self) -> str:
        return f"AuditReport({quantity(self.objects, 'object')}, {quantity(len(self.findings), 'finding')})"
