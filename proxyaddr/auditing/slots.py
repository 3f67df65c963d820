"""Where the values of an object stand in its export, and the properties after they are mended: others stay as they are.

An export holds proxy addresses in lists, in texts with separators, in numbered columns, in a column a type, or in rows
with one address each. A value that stays keeps its place; one that comes takes the place of one that goes, or stands
behind the others where there is room for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.auditing.cells import Separator, text_with
from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.found import as_secondary, split_value
from proxyaddr.auditing.objects import MAIL, AuditObject
from proxyaddr.auditing.properties import (
    ATTRIBUTES,
    PRIMARY,
    PROXY_LISTS,
    SECONDARY_LISTS,
    SINGLE_ADDRESS,
    members_of,
    property_key,
    text_of,
    texts_of,
)
from proxyaddr.directory.records import TYPE_COLUMNS

__all__ = ["Row", "mended_rows"]

Row = Mapping[str, object]
"""The properties of an object, or of one of the rows that tell of it, by their names as they are written."""

_NUMBER = re.compile(r"([0-9]+)(\W*)\Z")


class _Kind(Enum):
    """What a property holds: addresses as they are, those of one type, the primary one, or secondary ones."""

    LIST = auto()
    OF_TYPE = auto()
    PRIMARY = auto()
    SECONDARY = auto()


@dataclass(slots=True)
class _Slot:
    """A property of a row that holds addresses: what it holds, each as it is written, and as an audit reads it.

    `room` is how many it can hold, None for any number; `has_types` says that addresses are written with their types.
    """

    row: int
    name: str
    kind: _Kind
    prefix: str
    value: object
    separator: Separator
    room: int | None
    written: list[object] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    has_types: bool = False

    def takes(self, value: str) -> bool:
        """Return whether an address can be told here."""
        if self.kind is _Kind.OF_TYPE:
            return split_value(value).kind == self.prefix.upper()
        if self.kind is _Kind.PRIMARY:
            return value.startswith(f"{DEFAULT_TYPE}:")
        return self.kind is _Kind.LIST or value == as_secondary(value)

    @property
    def has_room(self) -> bool:
        """Whether another address has room here."""
        return self.room is None or len(self.read) < self.room

    def put(self, place: int, value: str) -> None:
        """Put an address at a place, in the way in which the others are written."""
        bare = value.partition(":")[2]
        is_bare = self.kind is _Kind.PRIMARY or (
            self.kind in (_Kind.SECONDARY, _Kind.OF_TYPE)
            and ":" not in bare
            and value.startswith(f"{self.prefix}:")
            and not self.has_types
        )
        self.written.insert(place, bare if is_bare else value)
        self.read.insert(place, value)

    def now(self) -> object:
        """Return the value of the property as it is now."""
        if isinstance(self.value, str):
            return text_with([str(each) for each in self.written], self.separator, self.value)
        return list(self.written)


def mended_rows(
    rows: Sequence[Row], mended: Mended, separator: Separator, *, has_columns: bool
) -> list[dict[str, object] | None]:
    """Return the properties that change in each row of an object, None for a row that goes, and those of further rows.

    `has_columns` says that all objects have the same properties. An address that has no room in them is told in one
    that is not there yet.
    """
    changed: list[dict[str, object]] = [dict(_single_values(row, mended, has_columns=has_columns)) for row in rows]
    if mended.before.proxies == mended.after.proxies:
        return list(changed)
    slots = [slot for place, row in enumerate(rows) for slot in _slots(row, place, separator)]
    held = [list(slot.written) for slot in slots]
    left = _place(slots, mended.after.proxies)
    _tell_primary_too(slots)
    further: list[dict[str, object]] = []
    for value in left:
        of_rows = next((slot for slot in slots if property_key(slot.name) == SINGLE_ADDRESS), None)
        if of_rows is not None:
            further.append({**_without(changed[-1], slots), of_rows.name: value})
        else:
            _extend(rows[0], changed[0], slots, value)
    for slot, before in zip(slots, held, strict=True):
        if slot.written != before:
            changed[slot.row][slot.name] = slot.now()
    for row, each in zip(rows, changed, strict=True):
        each.update(_primary_beside(row, slots, mended))
    emptied = {slot.row for slot in slots if not slot.written and len(rows) > 1}
    emptied -= {slot.row for slot in slots if slot.written}
    if len(emptied) == len(rows):
        emptied.discard(0)
    return [*(None if place in emptied else each for place, each in enumerate(changed)), *further]


def _without(changed: Mapping[str, object], slots: Sequence[_Slot]) -> dict[str, object]:
    """Return properties that change, but for those that hold addresses."""
    return {name: value for name, value in changed.items() if all(slot.name != name for slot in slots)}


def _single_values(row: Row, mended: Mended, *, has_columns: bool) -> Iterator[tuple[str, object]]:
    """Yield the properties of one value that change, each in every property that holds the old one."""
    before, after = mended
    for attribute, value in after.single.items():
        old = before.get(attribute)
        if old == value:
            continue
        names = [name for name in row if ATTRIBUTES.get(property_key(name)) == attribute]
        holding = [name for name in names if (text_of(row[name]) or None) == (old or None)]
        if not holding and not has_columns:
            holding = [attribute]
        for name in holding if old else holding[:1]:
            yield name, [value] if isinstance(row.get(name), list) else value


def _slots(row: Row, place: int, separator: Separator) -> Iterator[_Slot]:
    """Yield the properties of a row that hold addresses, in the order in which an audit reads them."""
    keys = {name: property_key(name) for name in row}
    counts = Counter(keys.values())
    lists: list[_Slot] = []
    secondary: list[_Slot] = []
    primary: list[_Slot] = []

    def slot(name: str, kind: _Kind, prefix: str, read: Callable[[str], str]) -> _Slot:
        value = row[name]
        is_one_of_several = counts[keys[name]] > 1 and isinstance(value, str)
        has_one = is_one_of_several or keys[name] == SINGLE_ADDRESS
        made = _Slot(place, name, kind, prefix, value, separator, 1 if has_one else None)
        if isinstance(value, str):
            made.written = [value] if is_one_of_several and value else list(texts_of(value, separator))
        else:
            made.written = [member for member in members_of(value) if text_of(member) is not None]
        made.read = [read(str(text_of(member))) for member in made.written]
        made.has_types = any(":" in str(each) for each in made.written)
        return made

    for name, key in keys.items():
        if key in PROXY_LISTS:
            lists.append(slot(name, _Kind.LIST, "", str))
        elif key in TYPE_COLUMNS:
            prefix = key if key == "smtp" else key.upper()
            lists.append(slot(name, _Kind.OF_TYPE, prefix, _typed_as(prefix)))
        elif key in SECONDARY_LISTS:
            secondary.append(slot(name, _Kind.SECONDARY, "smtp", _secondary))
        elif key in PRIMARY:
            primary.append(slot(name, _Kind.PRIMARY, DEFAULT_TYPE, _primary_of))
    is_listed = any(each.read for each in lists if each.kind is _Kind.LIST)
    if primary and secondary and not is_listed:  # what is told in a list would stand in place of the primary address
        lists = [each for each in lists if each.kind is not _Kind.LIST]
    yield from lists
    if not is_listed:
        for each in primary[:1]:
            each.room = 1
            yield each
    yield from secondary


def _typed_as(prefix: str) -> Callable[[str], str]:
    return lambda text: text if ":" in text else f"{prefix}:{text}"


def _primary_of(text: str) -> str:
    return f"{DEFAULT_TYPE}:{text}"


def _secondary(text: str) -> str:
    return as_secondary(text) if ":" in text else f"smtp:{text}"


def _place(slots: Sequence[_Slot], values: Sequence[str]) -> list[str]:
    """Give each slot its values of those that there are now, and return those that found no room."""
    coming = Counter(values)
    free: list[tuple[_Slot, int]] = []
    for slot in slots:
        gone = 0
        kept: list[tuple[object, str]] = []
        for written, read in zip(slot.written, slot.read, strict=True):
            if coming[read] > 0:
                coming[read] -= 1
                kept.append((written, read))
            else:
                free.append((slot, len(kept) + gone))
                gone += 1
        slot.written, slot.read = [each for each, _ in kept], [each for _, each in kept]
    left: list[str] = []
    for value in coming.elements():
        found = next((number for number, (slot, _) in enumerate(free) if slot.takes(value)), None)
        if found is not None:
            slot, place = free.pop(found)
            slot.put(min(place, len(slot.read)), value)
        elif (room := next((slot for slot in slots if slot.has_room and slot.takes(value)), None)) is not None:
            room.put(len(room.read), value)
        else:
            left.append(value)
    return left


def _tell_primary_too(slots: Sequence[_Slot]) -> None:
    """Put the primary address among the others where there were none: it counts alone as long as there are none."""
    primary = next((slot for slot in slots if slot.kind is _Kind.PRIMARY and slot.read), None)
    lists = [slot for slot in slots if slot.kind is _Kind.LIST]
    if primary is not None and any(slot.read for slot in lists):
        room = next((slot for slot in lists if slot.has_room), lists[0])
        room.put(0, primary.read[0])


def _extend(row: Row, changed: dict[str, object], slots: Sequence[_Slot], value: str) -> None:
    """Tell an address that has no room in a property that is not there yet: the next number, or one for its kind."""
    numbered = next((slot.name for slot in reversed(slots) if slot.room == 1 and slot.kind is _Kind.LIST), None)
    names = [*row, *changed]
    if numbered is not None and (number := _NUMBER.search(numbered)):
        last = int(number[1])
        while (name := f"{numbered[: number.start()]}{last}{number[2]}") in names:
            last += 1
        changed[name] = value
    elif any(slot.kind is not _Kind.LIST for slot in slots):
        if value != as_secondary(value):
            changed["PrimarySmtpAddress"] = value.partition(":")[2]
        else:
            changed["Aliases"] = f"{changed['Aliases']};{value}" if "Aliases" in changed else value
    else:
        changed["proxyAddresses"] = [*members_of(changed.get("proxyAddresses")), value]


def _primary_beside(row: Row, slots: Sequence[_Slot], mended: Mended) -> Iterator[tuple[str, object]]:
    """Yield the primary address that an export tells once more, beside all of them, where it is another one now."""
    old, new = (_primary(each) for each in mended)
    told = {slot.name for slot in slots if slot.kind is _Kind.PRIMARY}
    for name in row:
        text = text_of(row[name]) if property_key(name) in PRIMARY and name not in told else None
        if text and new and old != new and text in (old, mended.before.get(MAIL)):
            yield name, new


def _primary(audited: AuditObject) -> str | None:
    found = (value for value in map(split_value, audited.proxies) if value.kind == DEFAULT_TYPE and value.is_primary)
    return next((value.address for value in found), None)
