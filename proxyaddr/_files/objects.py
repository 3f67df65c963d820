"""Objects that programs export, in whichever form: JSON, CSV, Format-List text, CLIXML or LDIF, known by its content.

Directories, connectors, accepted domains and the files of bulk runs are read by this one reader, so that what one of
them reads all of them read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files import powershell
from proxyaddr._files.documents import json_members
from proxyaddr._files.ldif import ldif_entries
from proxyaddr._files.text import csv_records, limited_rows, read_text
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "Exported",
    "Form",
    "Objects",
    "form_of",
    "is_true",
    "key_of",
    "misspelt_column",
    "objects_in_text",
    "objects_of",
    "plain",
    "read_objects",
    "unknown_column",
    "unknown_form",
]


class Form(StrEnum):
    """A form in which objects are exported."""

    CSV = "CSV"
    JSON = "JSON"
    FORMAT_LIST = "Format-List text"
    CLIXML = "CLIXML"
    LDIF = "LDIF"


_LDIF = re.compile(r"(?:\s*(?:#[^\n]*\n|\n|\r))*(?:dn|version|search|ref)::? ?", re.IGNORECASE)
_JSON = re.compile(r'\{\s*["}]|\[\s*(?:[\[{"\]0-9-]|(?:true|false|null)\b)')
_TOML = re.compile(r"\[{1,2}[A-Za-z_][\w.-]*\]{1,2}\s*$", re.MULTILINE)
_WORKBOOK = "PK\x03\x04"
"""How a file of Excel begins, which is a ZIP archive."""

_HEAD = 1 << 16
_NUMBERED = re.compile(r"(?:[._ ]|(?<=[A-Za-z]{3}))[0-9]+$")
"""The number of a column of several; `x500` is a name, though."""

_SEPARATORS = str.maketrans("", "", " \t\xa0-_")


class Exported(NamedTuple):
    """One object: its properties by their names as written, and the line of the file where it starts."""

    line: int
    properties: Mapping[str, object]


class Objects(NamedTuple):
    """The objects of a file, with an error for each that can't be read; `header` has the columns of CSV."""

    form: Form
    objects: Iterator[Exported | RowError]
    header: tuple[str, ...] = ()


def read_objects(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Objects:
    """Return the objects of a file.

    Values are text, numbers, truth values, None, lists and mappings; those of CSV, Format-List and LDIF are text, and
    LDIF has a list for each attribute. ConfigurationError for a file that can't be read or has none of the forms.
    """
    return objects_in_text(read_text(path, limits), str(path), limits)


def objects_in_text(text: str, source: str, limits: Limits = DEFAULT_LIMITS) -> Objects:
    """Return the objects of a text that was read from a file; ConfigurationError as for `read_objects`."""
    form = form_of(text)
    if form is None:
        raise unknown_form(text, source)
    if form is Form.CSV:
        header, records = csv_records(text, source, limits)
        return Objects(form, _csv(header, records), tuple(header))
    return Objects(form, objects_of(form, [text], source, limits))


def objects_of(form: Form, pieces: Iterable[str], source: str, limits: Limits) -> Iterator[Exported | RowError]:
    """Yield the objects of a text of any form but CSV, given in pieces: one alone, but for CLIXML."""
    if form is Form.CLIXML:
        return _clixml(pieces, source, limits)
    readers = {Form.JSON: _json, Form.FORMAT_LIST: _format_list, Form.LDIF: _ldif}
    return readers[form]("".join(pieces), source, limits)


def form_of(text: str) -> Form | None:
    """Return the form of a text by its content; None for one that has none, CSV for any other text in lines."""
    head = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    if not head or "\0" in head or head.startswith(_WORKBOOK) or powershell.is_format_table(head):
        return None
    if head.startswith((powershell.MARK, "<")):
        return Form.CLIXML if "<Objs" in head else None
    if _JSON.match(head):
        return Form.JSON
    if _TOML.match(head):
        return None
    if _LDIF.match(head):
        return Form.LDIF
    return Form.FORMAT_LIST if powershell.is_format_list(head) else Form.CSV


def unknown_form(text: str, source: str) -> ConfigurationError:
    """Return the error of a file that has none of the forms."""
    if powershell.is_format_table(text):
        return ConfigurationError("unknown-form", f"this is {powershell.FORMAT_TABLE}", source=source)
    if text.startswith(_WORKBOOK):
        return ConfigurationError("unknown-form", "this is a workbook of Excel; save it as CSV", source=source)
    forms = ", ".join(Form)
    message = f"the content is none of {forms}; from PowerShell, export with `| Export-Clixml FILE`"
    what = message if text.strip() else f"the file is empty: {message}"
    return ConfigurationError("unknown-form", what, source=source)


def unknown_column(code: str, header: Sequence[str], expected: Sequence[str], source: str | None) -> ConfigurationError:
    """Return the error of a header without an expected column: it lists the columns, and the one that may be meant."""
    close = misspelt_column(header, expected)
    hint = "" if close is None else f"; is {close} meant?"
    message = f"no column {' or '.join(expected)}; the columns are {', '.join(header)[:300]}{hint}"
    return ConfigurationError(code, message, source=source, line=1)


def misspelt_column(header: Sequence[str], expected: Sequence[str]) -> str | None:
    """Return the first column that may be meant for an expected one, None where none is like any."""
    from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for errors alone

    return next((name for name in header if get_close_matches(name.lower(), [e.lower() for e in expected], 1)), None)


def key_of(name: str) -> str:
    """Return a property's name as names compare: without case, blanks, hyphens, underscores and a number at the end.

    >>> key_of("Proxy-Addresses"), key_of("proxyAddresses_0"), key_of("aliases.1")
    ('proxyaddresses', 'proxyaddresses', 'aliases')
    """
    return _NUMBERED.sub("", name.strip()).translate(_SEPARATORS).lower()


def plain(value: object) -> object:
    """Return a value without the object that PowerShell 5.1 puts around a list: `{"value": [...], "Count": 2}`."""
    while isinstance(value, Mapping):
        inner = value.get("value")
        if not isinstance(inner, list) or not value.keys() <= {"value", "Count"}:
            break
        value = inner
    return value


def is_true(value: object) -> bool | None:
    """Return the truth value that a property holds, `True` and `False` in text too; None for any other value."""
    if isinstance(value, bool):
        return value
    return {"true": True, "$true": True, "false": False, "$false": False}.get(str(value).strip().lower())


def _json(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    for found, number in zip(json_members(text, source, limits), _numbers(source, limits), strict=False):
        if isinstance(found, RowError):
            yield found
            continue
        line, member = found
        if isinstance(member, Mapping):
            yield Exported(line, {name: plain(value) for name, value in member.items()})
        else:
            yield RowError("not-an-object", f"object {number}: expected an object with properties", line, source)


def _csv(header: list[str], records: Iterator[tuple[int, list[str]] | RowError]) -> Iterator[Exported | RowError]:
    for record in records:
        if isinstance(record, RowError):
            yield record
        else:
            line, row = record
            yield Exported(line, dict(zip(header, row, strict=True)))


def _format_list(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    for (line, properties), _ in zip(powershell.listed_objects(text), _numbers(source, limits), strict=False):
        if properties is None:
            yield RowError("bad-row", "expected `Name : value`, as Format-List prints it", line, source)
        else:
            yield Exported(line, properties)


def _clixml(pieces: Iterable[str], source: str, limits: Limits) -> Iterator[Exported | RowError]:
    found = powershell.clixml_objects(pieces, source, limits)
    for (line, value), number in zip(found, _numbers(source, limits), strict=False):
        if isinstance(value, Mapping):
            yield Exported(line, {name: plain(held) for name, held in value.items()})
        else:
            yield RowError("not-an-object", f"object {number}: expected an object with properties", line, source)


def _ldif(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    for entry in ldif_entries(text, source, limits):
        if isinstance(entry, RowError):
            yield entry
        else:
            yield Exported(entry.line, {entry.names[name]: values for name, values in entry.attributes.items()})


def _numbers(source: str, limits: Limits) -> Iterator[int]:
    """Yield the numbers of the objects, from 1; ConfigurationError after as many as a file may have."""
    for number, _ in enumerate(limited_rows(source, limits), 1):
        yield number
