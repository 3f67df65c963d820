"""Lists of typed values, the form that most exports have, read without the grammar: each gives its answer, or None.

An item is `TYPE:value` of a known type and says one thing; whatever could be read in another way is passed on, by None.
A property holds every answer against the grammar's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.addresses.common_forms import PREFIXES, common_proxy
from proxyaddr.addresses.list_findings import recipient_findings
from proxyaddr.addresses.lists import ProxyItem, ProxyList
from proxyaddr.addresses.values import ProxyAddress, proxy_as_read
from proxyaddr.errors import Span
from proxyaddr.limits import Limits

__all__ = ["common_items", "common_list", "common_strings"]


@cache
def _item() -> re.Pattern[str]:
    """Return the pattern of an item of a list and the separators behind it, or of a character that begins no such item.

    Its groups are the prefix, the fields of an O/R address or the words of another value, and the separators.

    A value ends at a separator, since every item behind one shows its type. Only the fields of an O/R address hold
    separators, and its last `;` is a part of it where another one or the end of the text stands behind.
    """
    in_value = r'[^\s\u200b:;,%|\\{}"]++'
    words = rf"{in_value}(?:[ ]++{in_value})*+"
    in_field = in_value.replace("[^", "[^@")
    field = rf"[A-Za-z0-9.-]++=(?:{in_field}(?:[ ]++{in_field})*+)?+"
    fields = rf"(?:{field}[ ]?+;(?=[A-Za-z0-9.-]++=))*+{field}(?:;(?=[;,\r\n]|\Z)|(?=[,\r\n]|\Z|;\S))"
    value = rf"(?<=[Xx]400:)({fields})|(?<!400:)({words})"
    return re.compile(rf"([A-Za-z0-9.&]++):(?:{value})([;,\r\n][;, \t\r\n\f\v]*+|\Z)|.", re.DOTALL)


def common_items(text: str, limits: Limits) -> list[ProxyItem] | None:
    """Return the items of a list that is one of typed values; None for another list, and for one beyond its limits."""
    scanned = _scanned(text, limits)
    return None if scanned is None else list(map(ProxyItem, *scanned))


def common_list(text: str, limits: Limits) -> ProxyList | None:
    """Return the list of proxy addresses that a text of typed values is; None as `common_items` gives it."""
    scanned = _scanned(text, limits)
    return None if scanned is None else _listed(*scanned)


def common_strings(texts: Sequence[str], limits: Limits) -> ProxyList | None:
    """Return the list of proxy addresses that texts in a common form are, one each; None for other texts."""
    longest = limits.address_length
    addresses: list[ProxyAddress] = []
    for text in texts:
        address = common_proxy(text) if isinstance(text, str) and len(text) <= longest else None
        if address is None:
            return None
        addresses.append(address)
    return _listed(addresses, ((0, len(text)) for text in texts)) if addresses else None


def _scanned(text: str, limits: Limits) -> tuple[list[ProxyAddress], Iterator[Span]] | None:
    """Return the addresses of a list of typed values and their places, which most callers do not need."""
    if "..." in text or "…" in text:  # the mark of a list that was cut off
        return None
    scanned = _item().findall(text)
    addresses: list[ProxyAddress] = []
    for prefix, fields, words, _ in scanned:
        known = PREFIXES.get(prefix)
        if known is None:
            return None
        addresses.append(proxy_as_read(known[0], fields or words, known[1]))
    if not 0 < len(addresses) <= limits.list_items:
        return None
    longest = limits.address_length
    if len(text) > longest and any(end - start > longest for start, end in _spans(scanned)):
        return None
    return addresses, _spans(scanned)


def _spans(scanned: Iterable[Sequence[str]]) -> Iterator[Span]:
    """Yield the places of items: each stands behind the separators of the one before it."""
    start = 0
    for prefix, fields, words, separators in scanned:
        end = start + len(prefix) + 1 + len(fields or words)
        yield start, end
        start = end + len(separators)


def _listed(addresses: Sequence[ProxyAddress], spans: Iterable[Span]) -> ProxyList:
    """Return the list of the addresses of a recipient; what is wrong with them is looked for only where it may be.

    Nothing is where no value repeats without case, no type has two primaries, and an SMTP address is a primary.
    """
    values = {(address.type, address.value.lower()) for address in addresses}
    primaries = [address.type for address in addresses if address.is_primary]
    is_sound = len(values) == len(addresses) and len(set(primaries)) == len(primaries) and DEFAULT_TYPE in primaries
    if is_sound and all(value.isascii() for _, value in values):
        return ProxyList(addresses)
    return ProxyList(addresses, findings=recipient_findings(map(ProxyItem, addresses, spans)))
