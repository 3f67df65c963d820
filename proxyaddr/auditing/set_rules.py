"""The rules over all objects: each groups them by a key that is compared, and tells the groups of several objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE, WHITE_SPACE
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.found import split_value
from proxyaddr.auditing.objects import ALIAS, CONTACT, LEGACY_DN, MAIL, PROXIES, UPN, AuditObject

__all__ = ["GROUPED", "Group", "groups_across_attributes", "groups_of"]

_UNFIT_IN_NICKNAME = re.compile(r"[ `()|=?/%]")
"""What comes out as an underscore in a nickname (KB2001616)."""

Keys = Callable[[AuditObject, AuditContext], Iterator[str]]
"""The keys of an object, normalised: those of several objects that are equal make a group."""


class Group(NamedTuple):
    """The places of the objects that share a key, in their order, each with the attribute or None."""

    key: str
    holders: Sequence[tuple[int, str | None]]


def _proxies(audited: AuditObject, _: AuditContext) -> Iterator[str]:
    yield from dict.fromkeys(text.lower() for text in audited.proxies if split_value(text).address)


def _value_of(attribute: str) -> Keys:
    def keys(audited: AuditObject, _: AuditContext) -> Iterator[str]:
        text = (audited.get(attribute) or "").strip(WHITE_SPACE).lower()
        if text:
            yield text

    return keys


def _routing_address(audited: AuditObject, context: AuditContext) -> Iterator[str]:
    if not context.initial_domain or audited.is_system or audited.type == CONTACT:
        return
    if nickname := nickname_of(audited):
        yield f"{nickname.lower()}@{context.initial_domain.lower()}"


def nickname_of(audited: AuditObject) -> str | None:
    """Return the nickname that the cloud calculates for an object (plan-connect-userprincipalname).

    It is the first of its alias and of what stands before the `@` of the primary address, of mail, of the
    userPrincipalName and of a secondary address.
    """
    values = [value for value in map(split_value, audited.proxies) if value.kind == DEFAULT_TYPE]
    primaries = [value.address for value in values if value.is_primary]
    secondaries = [value.address for value in values if not value.is_primary]
    addresses = (*primaries[:1], audited.get(MAIL), audited.get(UPN), *secondaries[:1])
    names = (audited.get(ALIAS), *(address.rpartition("@")[0] for address in addresses if address))
    found = next((name for name in names if name), None)
    return None if found is None else _UNFIT_IN_NICKNAME.sub("_", found)


GROUPED: Sequence[tuple[str, str | None, Keys]] = (
    ("legacy-dn-duplicate", LEGACY_DN, _value_of(LEGACY_DN)),
    ("proxy-duplicate", PROXIES, _proxies),
    ("mail-duplicate", MAIL, _value_of(MAIL)),
    ("upn-duplicate", UPN, _value_of(UPN)),
    ("alias-duplicate", ALIAS, _value_of(ALIAS)),
    ("routing-address-clash", None, _routing_address),
)
"""Each rule, the attribute that its groups share, and the keys by which it groups."""


def groups_of(objects: Mapping[int, AuditObject], keys: Keys, context: AuditContext) -> Iterator[Group]:
    """Yield the groups of several objects, in the order of their first ones."""
    first: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for place, audited in objects.items():
        for key in keys(audited, context):
            known = first.setdefault(key, place)
            if known != place:
                several.setdefault(key, [known]).append(place)
    for key in sorted(several, key=lambda key: first[key]):
        yield Group(key, [(place, None) for place in several[key]])


def have_one_alias(objects: Mapping[int, AuditObject], group: Group) -> bool:
    """Return whether all objects of a group have an equal alias, which another rule tells."""
    aliases = {(objects[place].get(ALIAS) or f"\0{place}").lower() for place, _ in group.holders}
    return len(aliases) == 1


def groups_across_attributes(objects: Mapping[int, AuditObject]) -> Iterator[Group]:
    """Yield the addresses that are mail or userPrincipalName of one object and another attribute of another one.

    Objects that share the address as a proxy address, as mail or as userPrincipalName are told by the rules of those.
    """
    held: dict[str, list[tuple[int, str]]] = {}
    for key, place, attribute in _held(objects):
        held.setdefault(key, []).append((place, attribute))
    for key, holders in held.items():
        if len({place for place, _ in holders}) == 1:
            continue
        across = _across(holders)
        if across:
            yield Group(key, across)


def _held(objects: Mapping[int, AuditObject]) -> Iterator[tuple[str, int, str]]:
    for place, audited in objects.items():
        for attribute in (MAIL, UPN):
            text = (audited.get(attribute) or "").strip(WHITE_SPACE).lower()
            if text:
                yield text, place, attribute
        values = map(split_value, audited.proxies)
        for text in dict.fromkeys(v.address.lower() for v in values if v.kind == DEFAULT_TYPE and v.address):
            yield text, place, PROXIES


def _across(holders: Sequence[tuple[int, str]]) -> list[tuple[int, str | None]]:
    """Return the holders that have a counterpart: another object, in another attribute, neither in the same as well."""
    by_attribute = {name: {place for place, attribute in holders if attribute == name} for name in (MAIL, UPN, PROXIES)}
    found: list[tuple[int, str | None]] = []
    for attribute, places_of in by_attribute.items():
        # both hold it in the other attribute, or both in this one: then that is what clashes
        counterparts = [other for other, places in by_attribute.items() if places - places_of]
        for place in places_of:
            if any(place not in by_attribute[other] for other in counterparts):
                found.append((place, attribute))
    order = {holder: number for number, holder in enumerate(holders)}
    return sorted(found, key=lambda holder: order[holder[0], str(holder[1])])
