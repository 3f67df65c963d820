"""Writes an export once more with its objects mended: the same rows, objects or entries, and the rest as it is held."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from proxyaddr._files.json_wrappers import wrapper_at
from proxyaddr._files.ldif import is_adfind
from proxyaddr._files.objects import Exported, Form, form_of, objects_in_text
from proxyaddr._files.text import before_header, csv_records, decoded, delimiter_of, read_bytes
from proxyaddr.auditing.cells import Separator, check_read_alike
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.ldif_lines import with_attributes
from proxyaddr.auditing.properties import LISTS, members_of, property_key, text_of
from proxyaddr.auditing.reading import placed, separator_in
from proxyaddr.auditing.slots import mended_rows
from proxyaddr.auditing.unexported import without_unexported
from proxyaddr.directory.files import ARROW_MARKS
from proxyaddr.errors import ConfigurationError, RowError, quantity
from proxyaddr.limits import Limits

__all__ = ["write_mended"]

Changes = Mapping[int, Sequence[Mapping[str, object]]]
"""The rows that take the place of a row, by its number: for each the properties that change; none where it goes."""

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""How Unicode text begins that says so, which Windows PowerShell needs."""

_INDENTED = re.compile(r"\[\s*\{\s*\n")


def write_mended(inputs: Sequence[Path], path: Path, mended: Mapping[int, Mended], limits: Limits) -> int:
    """Write what was read from files once more with the objects mended, and return how many of them are others now.

    `mended` is by the number of the object in the files, from 0. Several files are written to a folder, each under its
    name. ConfigurationError for what can't be written in its own form, for rows that were not read, and where the path
    is one of the files.
    """
    if not inputs:
        raise ConfigurationError("unknown-format", "a mended export is of files: write fixes as .ldif, .ps1 or .csv")
    targets = [path] if len(inputs) == 1 else [path / name.name for name in inputs]
    audited = {name.resolve() for name in inputs}
    if len(set(targets)) < len(targets) or any(target.resolve() in audited for target in targets):
        message = "the mended export is one of the files that are audited, or two of them have one name"
        raise ConfigurationError("same-file", message, source=str(path))
    first = 0
    for target, name in zip(targets, inputs, strict=True):
        try:
            if target is not path:
                path.mkdir(exist_ok=True)
            if _is_arrow(name):
                from proxyaddr.auditing.mended_tables import write_table  # noqa: PLC0415 - it imports pyarrow

                first += write_table(name, target, first, mended, limits)
                continue
            data = read_bytes(name, limits)
            text, number = _mended_text(data, str(name), first, mended, limits)
            encoding = "utf-8-sig" if data.startswith(_MARKS) else "utf-8"
            target.write_bytes(text.encode(encoding, "backslashreplace"))
        except OSError as error:
            message = f"cannot be written: {error.strerror}"
            raise ConfigurationError("unwritable-file", message, source=str(target)) from None
        first += number
    return sum(each.before != each.after for each in mended.values())


def _is_arrow(path: Path) -> bool:
    """Return whether a file holds Arrow data, which is read in batches; ConfigurationError is for who reads it."""
    try:
        with path.open("rb") as file:
            return file.read(8).startswith(ARROW_MARKS)
    except OSError:
        return False


def _mended_text(data: bytes, source: str, first: int, mended: Mapping[int, Mended], limits: Limits) -> tuple[str, int]:
    """Return a file's text with its objects mended, and the number of its objects."""
    text = decoded(data)
    form = form_of(text)
    if form not in _WRITERS or is_adfind(text):
        message = "only CSV, JSON and LDIF, and Parquet and Arrow data, are written mended: of this export write fixes"
        raise ConfigurationError("unknown-format", message, source=source)
    found = list(without_unexported(objects_in_text(text, source, limits).objects))
    entries = [entry for entry in found if not isinstance(entry, RowError)]
    if len(entries) < len(found):
        unread = quantity(len(found) - len(entries), "row")
        message = f"{unread} can't be read, and would be lost: mend the file first"
        raise ConfigurationError("unread-rows", message, source=source)
    separator = separator_in(entry.properties for entry in entries)
    places: dict[int, list[int]] = {}
    number = 0
    for row, place in enumerate(placed(entries)):
        number = max(number, place + 1)
        if first + place in mended:
            places.setdefault(first + place, []).append(row)
    changes: dict[int, list[dict[str, object]]] = {}
    for place, rows in places.items():
        held = [entries[row].properties for row in rows]
        after = mended_rows(held, mended[place], separator, has_columns=form is Form.CSV)
        changes.update({row: [] if each is None else [each] for row, each in zip(rows, after, strict=False)})
        changes[rows[-1]] += [each for each in after[len(rows) :] if each is not None]
    written = _WRITERS[form](text, entries, changes)
    _check_values(written, source, separator, limits)
    return written, number


def _check_values(text: str, source: str, separator: Separator, limits: Limits) -> None:
    """Refuse a text whose cells would be taken apart otherwise than those of the export."""
    entries = [entry for entry in objects_in_text(text, source, limits).objects if not isinstance(entry, RowError)]
    again = separator_in(entry.properties for entry in entries)
    properties = chain.from_iterable(entry.properties.items() for entry in entries)
    texts = (value for name, value in properties if isinstance(value, str) and property_key(name) in LISTS)
    check_read_alike(texts, separator, again, source)


def _csv(text: str, entries: Sequence[Exported], changes: Changes) -> str:
    """Return the rows of CSV, separated and quoted as those of a text; columns that come stand behind the others."""
    start, delimiter = before_header(text)
    header_line = text[start:].partition("\n")[0]
    header, records = csv_records(text, "", Limits(file_rows=len(entries), line_length=len(text)))
    columns = dict.fromkeys(header)
    columns.update(dict.fromkeys(name for rows in changes.values() for row in rows for name in row))
    out = io.StringIO(newline="")
    out.write(text[:start])
    rows = csv.writer(
        out,
        delimiter=delimiter or delimiter_of(header_line),
        quoting=csv.QUOTE_ALL if header_line.startswith('"') else csv.QUOTE_MINIMAL,
        lineterminator="\r\n" if header_line.endswith("\r") else "\n",
    )
    rows.writerow(columns)
    for number, record in enumerate(records):
        assert not isinstance(record, RowError)  # noqa: S101 - there is none: the objects of all rows were read
        held = dict(zip(header, record[1], strict=True))
        for changed in changes.get(number, [{}]):
            rows.writerow([changed.get(name, held.get(name, "")) for name in columns])
    return out.getvalue()


def _json(text: str, entries: Sequence[Exported], changes: Changes) -> str:
    """Return the objects as an array where a text has one, else one a line."""
    start = text.lstrip("\ufeff \t\r\n")
    is_array = start.startswith("[") or wrapper_at(start, 0) is not None
    objects = [
        {**entry.properties, **changed} for number, entry in enumerate(entries) for changed in changes.get(number, [{}])
    ]
    if is_array and _INDENTED.match(start):
        return json.dumps(objects, ensure_ascii=False, indent=2) + "\n"
    lines = [json.dumps(each, ensure_ascii=False) for each in objects]
    return "[\n" + ",\n".join(lines) + "\n]\n" if is_array else "".join(f"{line}\n" for line in lines)


def _ldif(text: str, entries: Sequence[Exported], changes: Changes) -> str:
    """Return the entries with their values, and every other line as it is in a text."""
    by_line = {
        entries[number].line: {
            name: [str(text_of(member)) for member in members_of(value)] for name, value in changed.items()
        }
        for number, (changed,) in changes.items()
    }
    return "".join(with_attributes(text, by_line))


_WRITERS: Mapping[Form | None, Callable[[str, Sequence[Exported], Changes], str]] = {
    Form.CSV: _csv,
    Form.JSON: _json,
    Form.LDIF: _ldif,
}
"""What writes an export, by its form; the others are what PowerShell prints."""
