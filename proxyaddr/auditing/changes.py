"""What fixes change in an object, as files of fixes tell it, and why an object is not changed there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from proxyaddr.auditing.fixes import Mended
from proxyaddr.auditing.objects import PROXIES, AuditObject
from proxyaddr.errors import visible

__all__ = ["LOSS", "Change", "changes", "changes_of_proxies", "comment_on"]

LOSS = "all its addresses must be written, and not all are in the export: export proxyAddresses or EmailAddresses too"
"""Why an object is not changed of which the export has the primary address alone, or the addresses of some types."""


class Change(NamedTuple):
    """What changes in an attribute of an object: values that go, values that come, and all of them afterwards."""

    attribute: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    after: tuple[str, ...]
    is_whole: bool
    """Whether all values must be written: two that differ in case alone can't be told apart by a server."""


def changes(mended: Mended) -> Iterator[Change]:
    """Yield what changes in an object, attribute by attribute."""
    before, after = mended
    if before.proxies != after.proxies:
        kept = set(after.proxies)
        held = set(before.proxies)
        removed = tuple(text for text in dict.fromkeys(before.proxies) if text not in kept)
        added = tuple(text for text in after.proxies if text not in held)
        stays = {text.lower() for text in after.proxies if text in held}
        is_alike = not stays.isdisjoint(text.lower() for text in removed) or len(held) < len(before.proxies)
        yield Change(PROXIES, removed, added, after.proxies, is_alike and bool(after.proxies))
    for attribute, value in after.single.items():
        old = before.get(attribute)
        if old != value:
            yield Change(attribute, () if old is None else (old,), (value,), (value,), is_whole=True)


def comment_on(audited: AuditObject, reason: str) -> str:
    """Return the line of a file of fixes that tells why an object is not changed."""
    return f"# {visible(audited.id)[:200]}: {reason}\n"


def changes_of_proxies(mended: Mended) -> Iterator[Change]:
    """Yield what changes in the proxy addresses of an object."""
    return (change for change in changes(mended) if change.attribute == PROXIES)
