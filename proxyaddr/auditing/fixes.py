"""Applies fixes to an object: what follows from them is mended too, until nothing is left that has a fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.auditing.found import Found, as_secondary, split_value
from proxyaddr.auditing.objects import PROXIES, AuditObject

__all__ = ["Mended", "mended"]

MOST_ROUNDS = 16
"""How often an object is judged again; a value goes through a few rules at most."""

_STRUCTURAL = ("add", "set-primary", "keep")
"""Fixes that change which addresses there are or which is primary: one of them in a round."""


class Mended(NamedTuple):
    """An object before and after its fixes."""

    before: AuditObject
    after: AuditObject


def mended(audited: AuditObject, found: Sequence[Found], judge: Callable[[AuditObject], Sequence[Found]]) -> Mended:
    """Return an object before and after the fixes of what was found; `judge` says what is wrong with a changed one."""
    changed = audited
    for _ in range(MOST_ROUNDS):
        after = _after(changed, found)
        if after == changed:
            break
        changed = after
        found = judge(changed)
    return Mended(audited, changed)


def _after(audited: AuditObject, found: Sequence[Found]) -> AuditObject:
    """Return an object after fixes of different values: of several for one value the first is applied."""
    replaced: dict[str, list[str]] = {}
    repeated: set[str] = set()
    structural: Found | None = None
    changed_attributes: set[str] = set()
    for each in found:
        fix = each.fix or {}
        if not fix:
            continue
        if any(action in fix for action in _STRUCTURAL):
            structural = structural or each
        elif each.attribute != PROXIES:
            if each.attribute not in changed_attributes:
                changed_attributes.add(each.attribute)
                audited = audited.with_value(each.attribute, str(fix["set"]))
        elif each.rule == "proxy-repeated":
            repeated.add(str(each.value).lower())
        else:
            replaced.setdefault(str(each.value), _values_of(fix))
    proxies = _replaced(audited.proxies, replaced, repeated)
    if structural is not None and not replaced:  # its values may be among those that were replaced
        proxies = _restructured(proxies, structural)
    return audited if proxies == audited.proxies else audited.with_proxies(proxies)


def _values_of(fix: object) -> list[str]:
    """Return the values that take the place of one: none where it is removed."""
    assert isinstance(fix, dict)  # noqa: S101 - what rules make
    if "split" in fix:
        return list(fix["split"])
    return [str(fix["set"])] if "set" in fix else []


def _replaced(proxies: Sequence[str], replaced: dict[str, list[str]], repeated: set[str]) -> tuple[str, ...]:
    """Return the addresses with some replaced; what is made never repeats one, nor makes a second primary one."""
    has_primary = any(_is_primary(text) for text in proxies)
    found: list[str] = []
    made: set[str] = set()
    for text in proxies:
        for value in replaced.get(text, [text]):
            is_second = has_primary and _is_primary(value) and not _is_primary(text)
            has_primary = has_primary or _is_primary(value)
            found.append(as_secondary(value) if is_second else value)
            if text in replaced:
                made.add(value.lower())
    return _without_repeated(found, repeated | made)


def _without_repeated(proxies: Sequence[str], repeated: set[str]) -> tuple[str, ...]:
    """Return the addresses where of those that repeat each other the primary one stays, else the first."""
    stays: dict[str, int] = {}
    for place, text in enumerate(proxies):
        key = text.lower()
        if key in repeated:
            known = stays.setdefault(key, place)
            if split_value(text).is_primary and not split_value(proxies[known]).is_primary:
                stays[key] = place
    return tuple(text for place, text in enumerate(proxies) if stays.get(text.lower(), place) == place)


def _restructured(proxies: Sequence[str], found: Found) -> tuple[str, ...]:
    (action, value), *_ = (found.fix or {}).items()
    text = str(value)
    if action == "add":
        return (*proxies, text)
    if action == "set-primary":
        return tuple(f"{DEFAULT_TYPE}:{split_value(each).address}" if each == text else each for each in proxies)
    others = set(found.value or ()) - {text}
    return tuple(as_secondary(each) if each in others else each for each in proxies)


def _is_primary(text: str) -> bool:
    value = split_value(text)
    return value.kind == DEFAULT_TYPE and value.is_primary
