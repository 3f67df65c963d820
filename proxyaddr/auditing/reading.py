"""Reads what an audit is of: a directory, a file, mappings or a table, as objects with values as they are held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files.objects import Exported, Form, unknown_column
from proxyaddr.auditing.cells import Separator, separator_of
from proxyaddr.auditing.exports import exported_file, exported_records
from proxyaddr.auditing.found import Judges, as_secondary
from proxyaddr.auditing.objects import AuditObject, has_mailbox, is_system, type_of
from proxyaddr.auditing.properties import (
    ACCOUNT,
    ATTRIBUTES,
    DNS,
    FORMER_DNS,
    GUIDS,
    IDENTIFYING,
    LISTS,
    OF_EXCHANGE,
    PRIMARY,
    PROXY_LISTS,
    SECONDARY_LISTS,
    SINGLE_ADDRESS,
    exported_attribute,
    members_of,
    property_key,
    text_of,
    texts_of,
)
from proxyaddr.auditing.survey import Survey, survey_of
from proxyaddr.directory.directory import Directory
from proxyaddr.directory.recipient import Recipient
from proxyaddr.directory.records import TYPE_COLUMNS
from proxyaddr.errors import RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["SAMPLE", "TEXT_FORMS", "Audited", "entries", "object_of", "placed", "read_audited", "separator_in"]

TEXT_FORMS = frozenset({Form.CSV, Form.FORMAT_LIST})
"""Forms in which an empty text is no value, and all values of an attribute are one text."""

_EXPECTED = ("proxyAddresses", "EmailAddresses", "mail", "userPrincipalName")
"""Properties one of which an export has that is audited."""

_BEFORE_DN = re.compile(r"[;|,\n](?=\s{0,4}(?:x500:|ex:)?/o=)", re.IGNORECASE)
"""What separates former DNs in one text: each begins with its organization."""

_NOTED = 20

SAMPLE = 10_000
"""Objects by which the separator of a column is told, and the attributes that an export has."""


class Audited(NamedTuple):
    """The objects, the errors of those that can't be read, and the attributes that the export has; None for all.

    An attribute that no object has was not exported: nothing is said to be missing there.
    """

    objects: Sequence[AuditObject]
    errors: Sequence[RowError] = ()
    attributes: frozenset[str] | None = None

    def has(self, *attributes: str) -> bool:
        """Return whether the export has all of these attributes."""
        return self.attributes is None or self.attributes.issuperset(attributes)

    def survey(self, judges: Judges) -> Survey:
        """Look at all objects for the first time."""
        return survey_of(self.objects)


def read_audited(directory: object, limits: Limits = DEFAULT_LIMITS) -> Audited:
    """Return the objects of a directory, of the files of paths, or of mappings or a table as `Directory` takes them.

    ConfigurationError and TypeError as `Directory.from_file` and `Directory.from_records` raise them.
    """
    if isinstance(directory, Directory):
        if directory.origin is None:
            return Audited([_of_recipient(recipient, row) for row, recipient in enumerate(directory, 1)])
        directory = directory.origin
    if isinstance(directory, str | Path):
        return _of_file(directory, limits)
    if isinstance(directory, list | tuple) and directory and all(isinstance(path, str | Path) for path in directory):
        return _joined([_of_file(path, limits) for path in directory])
    is_table = hasattr(directory, "__arrow_c_stream__") or hasattr(directory, "__arrow_c_array__")
    return _read(exported_records(directory, limits), is_text=False, is_whole=not is_table)


def _joined(files: Sequence[Audited]) -> Audited:
    """Return the objects of several files; an attribute is known where all of them have it."""
    return Audited(
        [each for read in files for each in read.objects],
        [error for read in files for error in read.errors],
        frozenset.intersection(*(read.attributes or frozenset() for read in files)),
    )


def _of_file(path: str | Path, limits: Limits) -> Audited:
    form, exported = exported_file(path, limits)
    names: dict[str, None] = {}
    audited = _read(_noting(exported, names), is_text=form in TEXT_FORMS, is_whole=False)
    if names and not audited.attributes:
        raise unknown_column("no-proxy-column", list(names), _EXPECTED, str(path))
    return audited


def _noting(exported: Iterable[Exported | RowError], names: dict[str, None]) -> Iterator[Exported | RowError]:
    """Yield what an export holds, and note the first names of properties."""
    for entry in exported:
        if isinstance(entry, Exported) and len(names) < _NOTED:
            names.update(dict.fromkeys(entry.properties))
        yield entry


def _read(exported: Iterable[Exported | RowError], *, is_text: bool, is_whole: bool) -> Audited:
    """Return the objects of an export; rows with one address each are put together by the object that they name."""
    errors: list[RowError] = []
    rows = entries(exported, errors)
    head = list(islice(rows, SAMPLE))
    separator = _separator(held for _, held in head)
    known: set[str] = set()
    objects: list[AuditObject] = []
    places: dict[str, int] = {}
    for row, held in chain(head, rows):
        made = object_of(held, row, separator, is_text=is_text)
        known.update(filter(None, map(exported_attribute, held)))
        same = places.setdefault(made.id.lower(), len(objects)) if SINGLE_ADDRESS in held else len(objects)
        if same < len(objects):
            objects[same] = objects[same].with_proxies(objects[same].proxies + made.proxies)
        else:
            objects.append(made)
    return Audited(objects, errors, None if is_whole else frozenset(known))


def separator_in(objects: Iterable[Mapping[str, object]]) -> Separator:
    """Return what separates the addresses in the texts of an export, by the properties of its objects."""
    return _separator(map(_held, islice(objects, SAMPLE)))


def _separator(objects: Iterable[Mapping[str, object]]) -> Separator:
    return separator_of(
        value for held in objects for name, value in held.items() if name in LISTS and isinstance(value, str)
    )


def placed(exported: Iterable[Exported]) -> Iterator[int]:
    """Yield the number of the object that each entry of an export tells of: several rows with one address are one."""
    places: dict[str, int] = {}
    count = 0
    for entry in exported:
        held = _held(entry.properties)
        place = places.setdefault(_name(held, entry.line).lower(), count) if SINGLE_ADDRESS in held else count
        count += place == count
        yield place


def entries(exported: Iterable[Exported | RowError], errors: list[RowError]) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the properties of each object by their names as names compare, numbered columns as one list."""
    for entry in exported:
        if isinstance(entry, RowError):
            errors.append(entry)
            continue
        yield entry.line, _held(entry.properties)


def _held(properties: Mapping[str, object]) -> dict[str, object]:
    held: dict[str, object] = {}
    for name, value in properties.items():
        key = property_key(name)
        if key in held and key in LISTS:
            held[key] = [*members_of(held[key]), *members_of(value)]
        elif key not in held or held[key] in (None, ""):
            held[key] = value
    return held


def _name(held: Mapping[str, object], row: int) -> str:
    """Return what an object is called in findings."""
    return next((text for name in IDENTIFYING if (text := text_of(held.get(name)))), f"row {row}")


def object_of(held: Mapping[str, object], row: int, separator: Separator, *, is_text: bool) -> AuditObject:
    """Return the object with properties by their names as names compare; `row` is where it stands in the export."""
    single: dict[str, str] = {}
    for name, attribute in ATTRIBUTES.items():
        if name in held and attribute not in single:
            value = text_of(held[name])
            if value is not None and (value or not is_text):
                single[attribute] = value
    proxies = list(_proxies(held, separator))
    common_name = text_of(held.get("cn")) or text_of(held.get("name"))
    dn = next((text for name in DNS if (text := text_of(held.get(name)))), None)
    return AuditObject(
        id=_name(held, row),
        type=type_of(held),
        single=single,
        proxies=tuple(proxies),
        former_dns=tuple(_former_dns(held.get(FORMER_DNS))),
        common_name=common_name,
        dn=dn,
        guid=next((text for name in GUIDS if (text := text_of(held.get(name)))), None),
        has_mailbox=has_mailbox(held),
        is_system=is_system(common_name, dn, held.get("iscriticalsystemobject")),
        is_exchange=not OF_EXCHANGE.isdisjoint(held),
        details=text_of(held.get("recipienttypedetails")),
        account=text_of(held.get(ACCOUNT)),
        has_all_addresses=not proxies or any(held.get(name) for name in PROXY_LISTS),
        row=row,
    )


def _former_dns(value: object) -> Iterator[str]:
    """Yield former DNs: members of a list, and of a text those that begin in it."""
    for member in members_of(value):
        if text := text_of(member):
            yield from _BEFORE_DN.split(text)


def _proxies(held: Mapping[str, object], separator: Separator) -> Iterator[str]:
    """Yield the proxy addresses as they are held: members of a list whole, a text taken apart at its separators."""
    found = False
    for name, value in held.items():
        if name in PROXY_LISTS:
            for text in texts_of(value, separator):
                found = True
                yield text
        elif name in TYPE_COLUMNS:
            prefix = name if name == "smtp" else name.upper()
            yield from (text if ":" in text else f"{prefix}:{text}" for text in texts_of(value, separator))
    primary = next((address for name in PRIMARY if (address := text_of(held.get(name)))), None)
    if primary and not found:
        yield f"SMTP:{primary}"
    for name, value in held.items():
        if name in SECONDARY_LISTS:  # secondary whatever the case of their types (Q155594)
            yield from (as_secondary(text) if ":" in text else f"smtp:{text}" for text in texts_of(value, separator))


def _of_recipient(recipient: Recipient, row: int) -> AuditObject:
    """Return the object of a recipient that was made in Python."""
    held = {
        "displayname": recipient.display_name,
        "dn": recipient.dn,
        "id": recipient.id,
        "mail": recipient.mail,
        "userprincipalname": recipient.user_principal_name,
        "mailnickname": recipient.alias,
        "legacyexchangedn": recipient.legacy_dn,
        "targetaddress": None if recipient.target_address is None else str(recipient.target_address),
        "recipienttypedetails": recipient.type,
        "proxyaddresses": [str(proxy) for proxy in recipient.proxies],
    }
    made = object_of({name: value for name, value in held.items() if value is not None}, row, Separator(), is_text=True)
    return made if recipient.id or recipient.dn else replace(made, id=recipient.label)
