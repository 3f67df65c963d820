"""Who holds which address: a fix never gives an object what another one holds, and leaves alone what several hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from proxyaddr._text.types import LEGACY_DN_TYPES, WHITE_SPACE
from proxyaddr.auditing.found import Found, split_value
from proxyaddr.auditing.objects import ALIAS, LEGACY_DN, MAIL, PROXIES, TARGET, UPN, AuditObject
from proxyaddr.auditing.set_rules import nickname_of

__all__ = ["Contested", "given_keys", "held_keys", "touched_keys"]

_SEVERAL = -1
_INTERNET = (MAIL, UPN)


class Contested:
    """Tells whether a fix is free of other objects: by what they hold, and by what fixes have promised to them."""

    def __init__(self, objects: Iterable[AuditObject]) -> None:
        self._holder: dict[str, int] = {}
        for place, audited in enumerate(objects):
            for key in held_keys(audited):
                if self._holder.setdefault(key, place) != place:
                    self._holder[key] = _SEVERAL

    def is_free(self, place: int, found: Found) -> bool:
        """Return whether what a finding's fix touches is the object's alone; what it gives is then promised to it."""
        old = list(touched_keys(found))
        new = list(given_keys(found))
        if any(self._holder.get(key, place) != place for key in (*old, *new)):
            return False
        self._holder.update(dict.fromkeys(new, place))
        return True


def held_keys(audited: AuditObject) -> Iterator[str]:
    """Yield the keys of the values that an object holds."""
    for text in (*audited.proxies, audited.get(TARGET) or ""):
        if split_value(text).address:
            yield _key(PROXIES, text)
    if nickname := nickname_of(audited):
        yield _key(ALIAS, nickname)
    for attribute in (*_INTERNET, ALIAS, LEGACY_DN):
        if text := (audited.get(attribute) or "").strip(WHITE_SPACE):
            yield _key(attribute, text)


def touched_keys(found: Found) -> Iterator[str]:
    """Yield the keys of the values that a fix changes."""
    values: Sequence[str] = (found.value,) if isinstance(found.value, str) else found.value or ()
    if found.attribute in (PROXIES, *_INTERNET, ALIAS):
        yield from (_key(found.attribute, value) for value in values if split_value(value).address)


def given_keys(found: Found) -> Iterator[str]:
    """Yield the keys of the values that a fix gives."""
    for action, value in (found.fix or {}).items():
        attribute = PROXIES if action in ("add", "split", "set-primary", "keep") else found.attribute
        if attribute not in (PROXIES, TARGET, *_INTERNET, ALIAS) or value is True:
            continue
        if attribute == TARGET:
            attribute = PROXIES  # another object must not hold it either
        for text in value if isinstance(value, list) else [value]:
            yield _key(attribute, str(text))


def _key(attribute: str, text: str) -> str:
    if attribute == ALIAS:
        return f"alias {text.lower()}"
    if attribute in _INTERNET:
        return f"smtp:{text.lower()}"
    if attribute == LEGACY_DN:
        return f"x500:{text.lower()}"
    value = split_value(text)
    kind = LEGACY_DN_TYPES[1] if value.kind in LEGACY_DN_TYPES else value.kind or "smtp"
    return f"{kind.lower()}:{value.address.lower()}"
