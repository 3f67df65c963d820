"""Who holds which address: a fix never gives an object what another one holds, and leaves alone what several hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proxyaddr.auditing.found import Found, split_value
from proxyaddr.auditing.holdings import INTERNET, Holdings, key_of_value
from proxyaddr.auditing.objects import ALIAS, PROXIES, TARGET

__all__ = ["Contested"]


class Contested:
    """Tells whether a fix is free of other objects: by what they hold, and by what fixes have promised to them."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._promised: dict[str, int] = {}

    def is_free(self, place: int, found: Found) -> bool:
        """Return whether what a finding's fix touches is the object's alone; what it gives is then promised to it."""
        old = list(_touched(found))
        new = list(_given(found))
        if not all(self._is_own(key, place) for key in (*old, *new)):
            return False
        self._promised.update(dict.fromkeys(new, place))
        return True

    def _is_own(self, key: str, place: int) -> bool:
        holder = self._promised.get(key)
        if holder is None:
            holder = self._holdings.holder(key)
        return holder is None or holder == place


def _touched(found: Found) -> Iterator[str]:
    """Yield the keys of the values that a fix changes."""
    values: Sequence[str] = (found.value,) if isinstance(found.value, str) else found.value or ()
    if found.attribute in (PROXIES, *INTERNET, ALIAS):
        yield from (key_of_value(found.attribute, value) for value in values if split_value(value).address)


def _given(found: Found) -> Iterator[str]:
    """Yield the keys of the values that a fix gives."""
    for action, value in (found.fix or {}).items():
        attribute = PROXIES if action in ("add", "split", "set-primary", "keep") else found.attribute
        if attribute not in (PROXIES, TARGET, *INTERNET, ALIAS) or value is True:
            continue
        if attribute == TARGET:
            attribute = PROXIES  # another object must not hold it either
        for text in value if isinstance(value, list) else [value]:
            yield key_of_value(attribute, str(text))
