"""What is wrong with the addresses of one recipient as a whole: two primaries of a type, none, duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from proxyaddr._text.types import DEFAULT_TYPE, LEGACY_DN_TYPES
from proxyaddr.addresses.lists import ProxyItem
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.errors import Finding, Span

__all__ = ["WITHOUT_REPLY_ADDRESS", "recipient_findings"]

WITHOUT_REPLY_ADDRESS = frozenset(LEGACY_DN_TYPES)
"""Types of which a recipient may have many: they hold its former legacy DNs, and none is a reply address."""


def recipient_findings(items: Iterable[ProxyItem], others: Iterable[ProxyItem] = ()) -> Iterator[Finding]:
    """Yield what is wrong with all proxies of a recipient: at an item in the order of the items, then over them all.

    `others` are its items from another text: what is found at one of them has no span.
    """
    placed: list[tuple[object, Span | None, bool]] = [(item.found, item.span, item.mixed_case) for item in items]
    placed += [(item.found, None, item.mixed_case) for item in others]
    seen: set[tuple[str, str]] = set()
    primaries: Counter[str] = Counter()
    for proxy, span, mixed_case in placed:
        if not isinstance(proxy, ProxyAddress):
            continue
        if mixed_case:
            yield Finding("mixed-case-prefix", f"{proxy}: a prefix in mixed case; read as secondary", span)
        key = proxy.comparison_key
        if key in seen:
            yield Finding("duplicate", f"{proxy}: the list holds this address already", span)
        seen.add(key)
        if proxy.is_primary:
            primaries[proxy.type] += 1
            if primaries[proxy.type] == 2 and proxy.type not in WITHOUT_REPLY_ADDRESS:
                yield Finding("two-primaries", f"{proxy}: the second primary of type {proxy.type}", span)
    if DEFAULT_TYPE not in primaries and any(kind == DEFAULT_TYPE for kind, _ in seen):
        yield Finding("no-primary", f"no {DEFAULT_TYPE} address is the primary", None)
