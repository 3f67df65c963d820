"""Reads routing tables from files of any form, known by their content, and decides by whose rules they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files.row_errors import with_bounded_errors
from proxyaddr._files.text import csv_records, lines_of, read_text
from proxyaddr._text.types import DEFAULT_TYPE, KNOWN_TYPES, TRIMMED
from proxyaddr.errors import ConfigurationError, Finding, RowError
from proxyaddr.limits import Limits
from proxyaddr.routing.csv import csv_rows
from proxyaddr.routing.gwart import gwart_rows
from proxyaddr.routing.rows import RouteRow, TableRows, written_space
from proxyaddr.routing.state import Connector
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.space import ACCEPTED_DOMAINS

__all__ = ["Source", "TableForm", "decided", "form_of_table", "guessed_dialect", "read_source", "source_of"]


class TableForm(StrEnum):
    """A form in which a routing table is written."""

    TOML = "TOML"
    GWART = "GWART text"
    CSV = "CSV"
    CONNECTORS = "connectors"


class Source(NamedTuple):
    """What a file says of a table; `stated` is the dialect that the file names, or that its form has."""

    path: str
    rows: Sequence[tuple[int, RouteRow] | RowError]
    connectors: Sequence[Connector]
    stated: Dialect | None


_READERS = {
    TableForm.TOML: ("proxyaddr.routing.toml", "toml_rows"),
    TableForm.CONNECTORS: ("proxyaddr.routing.connectors", "connectors_of"),
}
"""Readers that load on first use: json, tomllib and expat would slow down the start of commands that need none."""

_TOML_TABLE = re.compile(r"\[{1,2}[ \t]*(?!true\b|false\b|null\b)[A-Za-z_][^\[\]{}\n]*\]{1,2}[ \t]*(?:#.*)?")
_TOML_KEY = re.compile(r"[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:[\"'\[{]|[0-9]+[ \t]*$|true\b|false\b)")
_TREE_LEVEL = re.compile(r"[ \t]*[A-Za-z][A-Za-z0-9]{0,3}=[^;,]*")
_TREE_ROUTE = re.compile(r"[ \t]+.*,[ \t]*[0-9]{4}[ \t]*")

_MARKS = frozenset("<>[]{}\"'=:")
"""Characters of JSON, XML, TOML and Format-List that no address type has."""

_HEADER_WORDS = frozenset(
    {
        *("type", "pattern", "cost", "scope", "connector", "connectors", "space"),
        *("name", "identity", "enabled", "maxmessagesize", "addressspaces"),
    }
)
"""Names of columns, as names compare: a line with two of them is a header, and no line of a GWART."""

_HEAD = 1 << 16
_SHOWN_FORMS = "TOML, GWART text, JSON, CSV, Format-List text, CLIXML, LDIF"


def read_source(path: str | Path, limits: Limits) -> Source:
    """Return what a file says of a table; ConfigurationError where it can't be read or has no known form."""
    source, text = str(path), read_text(path, limits)
    form = form_of_table(text, source, limits)
    stated = None
    if form is TableForm.GWART:
        read = TableRows(gwart_rows(text, limits, source))
    elif form is TableForm.CSV:
        read = csv_rows(text, source, limits)
    else:
        module, name = _READERS[form]
        reader: Callable[[str, str, Limits], TableRows] = getattr(import_module(module), name)
        read = reader(text, source, limits)
        if form is TableForm.CONNECTORS:
            stated = Dialect.EXCHANGE2007
    rows = list(with_bounded_errors(read.rows, source, limits))
    if form is TableForm.GWART and text.strip() and all(isinstance(row, RowError) for row in rows):
        _check_is_gwart(text, source)
    return Source(source, rows, read.connectors, stated if read.dialect is None else Dialect(read.dialect))


def source_of(read: TableRows, path: str) -> Source:
    """Return what was read of a file by the reader of its form."""
    return Source(path, list(read.rows), read.connectors, None if read.dialect is None else Dialect(read.dialect))


def form_of_table(text: str, source: str, limits: Limits) -> TableForm:
    """Return the form of a text that was read from a file, by its content and then by the file's name.

    ConfigurationError for what is no routing table; it names the forms, or the command that exports properly.
    """
    if not text.strip():
        return TableForm.GWART
    head = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    first = _first_line(head)
    if _TOML_TABLE.fullmatch(first) or _TOML_KEY.match(first):
        return TableForm.TOML
    if _has_gwart_line(first, limits):
        return TableForm.GWART
    from proxyaddr._files.objects import (  # noqa: PLC0415 - expat and json take their time, and for such files alone
        Form,
        form_of,
        unknown_form,
    )

    form = form_of(text)
    if form is None:
        if Path(source).suffix.lower() == ".toml":
            return TableForm.TOML
        raise unknown_form(text, source)
    return TableForm.CONNECTORS if form is not Form.CSV else _form_of_lines(text, head, source, limits)


def _first_line(head: str) -> str:
    """Return the first line that is neither blank nor a comment of TOML, without blanks around it."""
    lines = (line.strip(TRIMMED) for line in lines_of(head))
    return next((line for line in lines if line and not line.startswith("#")), "")


def _has_gwart_line(text: str, limits: Limits) -> bool:
    """Return whether one of the lines is one of a GWART, whose type no mark of another form precedes."""
    return any(
        not isinstance(row, RowError) and _MARKS.isdisjoint(str(row[1].type)) for row in gwart_rows(text, limits)
    )


def _form_of_lines(text: str, head: str, source: str, limits: Limits) -> TableForm:
    """Return the form of text in lines: a CSV with a header, or a GWART; the TOML of a file that is named so."""
    suffix = Path(source).suffix.lower()
    if suffix == ".toml":
        return TableForm.TOML
    is_named = suffix in (".csv", ".tsv")
    try:
        header, _ = csv_records(text, source, limits)
    except ConfigurationError:
        if is_named:
            raise
        return TableForm.GWART
    form = _form_of_header(header)
    if form is not None:
        return form
    begins_as_gwart = head.partition(",")[0].strip().upper() in KNOWN_TYPES
    is_csv = is_named and len(header) > 1 and not (begins_as_gwart or _has_gwart_line(text, limits))
    return TableForm.CSV if is_csv else TableForm.GWART


def _form_of_header(header: Sequence[str]) -> TableForm | None:
    """Return the form that a header has, or most likely was to have; None for what is no header of a table."""
    from proxyaddr._files.objects import key_of  # noqa: PLC0415 - as in form_of_table
    from proxyaddr.routing.connectors import SPACES  # noqa: PLC0415 - as in form_of_table

    keys = {key_of(name) for name in header}
    if keys & SPACES:
        return TableForm.CONNECTORS
    if header[:1] and header[0].upper() in KNOWN_TYPES:
        return None
    if len(keys & _HEADER_WORDS) > 1 or (len(header) > 1 and _is_near(keys)):
        return TableForm.CONNECTORS if keys & {"name", "identity"} else TableForm.CSV
    return None


def _is_near(keys: Iterable[str]) -> bool:
    """Return whether one of the names of columns is a slip in one that a table needs."""
    from difflib import get_close_matches  # noqa: PLC0415 - takes its time, and for odd files alone

    return any(
        get_close_matches(key, ("addressspaces", "recipientdomains", "connector", "pattern"), 1, 0.75) for key in keys
    )


def _check_is_gwart(text: str, source: str) -> None:
    """Raise ConfigurationError for text without a route that does not begin as a GWART does."""
    lines = [line for line in lines_of(text[:_HEAD]) if line.strip(TRIMMED)]
    kind, comma, _ = lines[0].partition(",")
    if comma and kind.strip().upper() in KNOWN_TYPES:
        return
    if _TREE_LEVEL.fullmatch(lines[0]) and any(map(_TREE_ROUTE.fullmatch, lines)):
        message = "this is the tree in which the MTA dumps its routing table (Q159186), not the table GWART0.MTA"
    else:
        message = f"the content is none of {_SHOWN_FORMS}"
    exports = "`Get-SendConnector | Export-Clixml FILE` exports one, and a GWART has `TYPE,pattern;,cost,connector`"
    raise ConfigurationError("unknown-form", f"{message}; {exports}", source=source)


def decided(sources: Sequence[Source], given: Dialect | None) -> tuple[Dialect, tuple[Finding, ...]]:
    """Return the dialect of a table in one file or several, and a notice where it is only a guess.

    A file's own dialect decides, then the given one, then a guess from the spaces. ConfigurationError where a file's
    own differs from the given one, or from that of another file.
    """
    found, of = given, "the one that was asked for"
    for source in sources:
        if source.stated is None:
            continue
        if found is not None and source.stated is not found:
            message = f"the file is of the dialect {source.stated}, not {found}, {of}"
            raise ConfigurationError("dialect-conflict", message, "dialect", source.path)
        found, of = source.stated, f"that of {source.path}"
    if found is not None:
        return found, ()
    rows = [row for source in sources for row in source.rows]
    guess = guessed_dialect(rows)
    if all(isinstance(row, RowError) for row in rows):
        return guess, ()
    reason = "all spaces of SMTP are domains" if guess is Dialect.EXCHANGE2007 else "not all spaces of SMTP are domains"
    others = " or ".join(str(dialect) for dialect in Dialect if dialect is not guess)
    message = f"no dialect is stated, and {guess} is assumed, since {reason}; state it where {others} is meant"
    return guess, (Finding("guessed-dialect", message),)


_BARE_DOMAIN = re.compile(r"[^\s.@*%;:,\"<>()\[\]\\/]{1,63}(?:\.[^\s.@*%;:,\"<>()\[\]\\/]{1,63})*")


def guessed_dialect(rows: Iterable[tuple[int, RouteRow] | RowError]) -> Dialect:
    """Return Exchange 2007's for rows whose spaces of SMTP are all domains, `*` aside, else Exchange 5.5's."""
    found = Dialect.EXCHANGE55
    for row in rows:
        written = None if isinstance(row, RowError) else written_space(row[1])
        if written is None or written[0].strip().upper() != DEFAULT_TYPE:
            continue
        pattern = written[1].strip(" \t;")
        if pattern == "*":
            continue
        if pattern != ACCEPTED_DOMAINS and not _BARE_DOMAIN.fullmatch(pattern):
            return Dialect.EXCHANGE55
        found = Dialect.EXCHANGE2007
    return found
