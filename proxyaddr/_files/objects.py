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
from proxyaddr._files.bare_values import not_an_object
from proxyaddr._files.json_objects import json_members, more_pages
from proxyaddr._files.json_wrappers import next_page, page_of
from proxyaddr._files.ldif import is_adfind, ldif_entries
from proxyaddr._files.octets import octets_as_text
from proxyaddr._files.text import csv_records, limited_rows, read_text
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "ADDRESS_KEYS",
    "Exported",
    "Form",
    "Objects",
    "address_text",
    "counting",
    "form_of",
    "is_refused",
    "is_true",
    "key_of",
    "misspelt_column",
    "objects_in_text",
    "objects_of",
    "plain",
    "read_objects",
    "unknown_column",
    "unknown_form",
    "whole_key_of",
    "without_number",
]


class Form(StrEnum):
    """A form in which objects are exported."""

    CSV = "CSV"
    JSON = "JSON"
    FORMAT_LIST = "Format-List text"
    CLIXML = "CLIXML"
    LDIF = "LDIF"


_LDIF = re.compile(r"(?:[^\S\r\n]*(?:#[^\r\n]*)?[\r\n])*+(?:dn|version|search|ref)::? ?", re.IGNORECASE)
_JSON = re.compile(r'\{\s*(?:["}]|\Z)|\[\s*(?:[\[{"\]0-9-]|\Z|(?:true|false|null)\b)')
_TOML = re.compile(r"\[{1,2}[A-Za-z_][\w.-]*\]{1,2}\s*$", re.MULTILINE)
_WORKBOOK = "PK\x03\x04"
"""How a file of Excel begins, which is a ZIP archive."""

_HEAD = 1 << 16

_COMPARED = 1_000
"""Columns of a header that are compared with the name of one that is missing."""

_NUMBERED = re.compile(
    r"(?:(?<=[A-Za-z]{3})|(?<=[A-Za-z]{2})[._ /#-] ?|(?<=[A-Za-z]{2}) ?(?=[\[(]))"
    r"(?:[0-9]+|\[[0-9]+\]|\([0-9]+\))$"
)
"""The number of a column of several, as `_0`, `.0`, `/0` or `[0]`; `x500` and `X-500` are names, though."""

ADDRESS_KEYS = ("ProxyAddressString", "SmtpAddress", "AddressString", "Address", "ToString")
"""The properties of an address object of Exchange that hold its text, the fullest first; CLIXML shows any as text."""

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
    head = powershell.without_prompt(text.lstrip("\ufeff \t\r\n")[:_HEAD])
    if not head or "\0" in head or head.startswith(_WORKBOOK) or powershell.is_format_table(head):
        return None
    if head.startswith((powershell.MARK, "<")):
        return Form.CLIXML if "<Objs" in head else None
    if _JSON.match(head):
        return Form.JSON
    if _TOML.match(head):
        return None
    if _LDIF.match(head) or is_adfind(head):
        return Form.LDIF
    return Form.FORMAT_LIST if powershell.is_format_list(head) else Form.CSV


def is_refused(text: str) -> bool:
    """Return whether a text is known to be no export that can be read, whoever reads it."""
    return text.startswith(_WORKBOOK) or powershell.is_format_table(text)


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
    if any("@" in name for name in header[:_COMPARED]):
        hint = "; there is an address among them: the first line must name the columns"
    message = f"no column {' or '.join(expected)}; the columns are {', '.join(header)[:300]}{hint}"
    return ConfigurationError(code, message, source=source, line=1)


def misspelt_column(header: Sequence[str], expected: Sequence[str]) -> str | None:
    """Return the first column that may be meant for an expected one, None where none is like any."""
    from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for errors alone

    wanted = [name.lower() for name in expected]
    return next((name for name in header[:_COMPARED] if get_close_matches(name[:100].lower(), wanted, 1)), None)


def key_of(name: str) -> str:
    """Return a property's name as names compare: without case, blanks, hyphens, underscores and a number at the end.

    >>> key_of("Proxy-Addresses"), key_of("proxyAddresses_0"), key_of("aliases.1")
    ('proxyaddresses', 'proxyaddresses', 'aliases')
    """
    return whole_key_of(without_number(name))


def whole_key_of(name: str) -> str:
    """Return a property's name as names compare, with the number that it may end in."""
    return name.strip().translate(_SEPARATORS).lower()


def without_number(name: str) -> str:
    """Return the name of a column of several without its number; any other name without outer blanks."""
    return _NUMBERED.sub("", name.strip())


def plain(value: object) -> object:
    """Return a value without the object that PowerShell 5.1 puts around a list: `{"value": [...], "Count": 2}`.

    The members of a list in a list are members of the outer one.
    """
    while isinstance(value, Mapping):
        inner = value.get("value")
        is_joined = isinstance(inner, str) and "Count" in value  # by blanks, as a depth limit makes text of a list
        if not (isinstance(inner, list) or is_joined) or not value.keys() <= {"value", "Count"}:
            break
        value = inner
    if not isinstance(value, list) or not any(isinstance(member, list | dict) for member in value):
        return value
    members: list[object] = []
    for member in map(plain, value):
        if isinstance(member, list):
            members += member
        else:
            members.append(member)
    return members


def address_text(member: object) -> str | None:
    """Return the text of an address, or of an object that holds one; None where there is none."""
    if not isinstance(member, Mapping):
        return member if isinstance(member, str) else None
    known = next((member[key] for key in ADDRESS_KEYS if isinstance(member.get(key), str)), None)
    if known is None and isinstance(written := member.get("address"), str):  # as Graph and Google spell it
        return written
    if known is None and isinstance(local := member.get("Local"), str) and isinstance(member.get("Domain"), str):
        return f"{local}@{member['Domain']}"
    return known


def is_true(value: object) -> bool | None:
    """Return the truth value that a property holds, `True` and `False` in text too; None for any other value."""
    if isinstance(value, bool):
        return value
    return {"true": True, "$true": True, "false": False, "$false": False}.get(str(value).strip().lower())


def _json(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    members = _paged(json_members(text, source, limits), source)
    for number, found in zip(_numbers(source, limits), members, strict=False):
        yield found if isinstance(found, RowError) else _object(*found, number, source)


def _paged(found: Iterator[tuple[int, object] | RowError], source: str) -> Iterator[tuple[int, object] | RowError]:
    """Yield what is found, with the members of a page of a list in place of the page."""
    following = None
    for entry in found:
        page = None if isinstance(entry, RowError) else page_of(entry[1])
        if isinstance(entry, RowError) or page is None:
            yield entry
            continue
        line, around = entry
        following = next_page(around) if isinstance(around, Mapping) else None
        yield from ((line, member) for member in page)
    if following is not None:
        yield more_pages(following, 1, source)


def _object(line: int, value: object, number: int, source: str) -> Exported | RowError:
    if isinstance(value, Mapping):
        return Exported(line, {name: plain(held) for name, held in value.items()})
    return not_an_object(value, number, line, source)


def _csv(header: list[str], records: Iterator[tuple[int, list[str]] | RowError]) -> Iterator[Exported | RowError]:
    counts = counting(header)
    for record in records:
        if isinstance(record, RowError):
            yield record
            continue
        line, row = record
        for place in counts:
            row[place] = "" if row[place].isdigit() else row[place]
        yield Exported(line, {name: octets_as_text(cell, name) for name, cell in zip(header, row, strict=True)})


def counting(header: Sequence[str]) -> list[int]:
    """Return the places of columns that say how many there are of the numbered ones: `aliases,aliases.0` of GAM."""
    numbered = {bare for name in header if (bare := without_number(name)) != name}
    return [place for place, name in enumerate(header) if name in numbered]


def _format_list(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    for _, (line, properties) in zip(_numbers(source, limits), powershell.listed_objects(text), strict=False):
        if properties is None:
            yield RowError("bad-row", "expected `Name : value`, as Format-List prints it", line, source)
        else:
            yield Exported(line, properties)


def _clixml(pieces: Iterable[str], source: str, limits: Limits) -> Iterator[Exported | RowError]:
    found = powershell.clixml_objects(pieces, source, limits)
    for number, (line, value) in zip(_numbers(source, limits), found, strict=False):
        yield _object(line, value, number, source)


def _ldif(text: str, source: str, limits: Limits) -> Iterator[Exported | RowError]:
    for entry in ldif_entries(text, source, limits):
        if isinstance(entry, RowError):
            yield entry
        else:
            yield Exported(entry.line, {entry.names[name]: values for name, values in entry.attributes.items()})


def _numbers(source: str, limits: Limits) -> Iterator[int]:
    """Return the numbers of the objects, from 1; ConfigurationError after as many as a file may have."""
    return (number for number, _ in enumerate(limited_rows(source, limits), 1))
