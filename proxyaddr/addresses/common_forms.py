"""The forms that most addresses are written in, read without the grammars: each gives the grammar's answer, or None.

Common are `[TYPE:value]` with a plain name or none, `Name <user@domain>`, `user@domain`, `TYPE:value` of a known type,
and lists of such typed values. Whatever could be read in another way, may be wrong, or has a finding is passed on, by
None, to the grammars. A property holds every answer against theirs.
"""

from __future__ import annotations

import re
from functools import cache

from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, KNOWN_TYPES, LINK_TYPE, SPELLINGS, TYPE_PATTERN
from proxyaddr.addresses.lists import ProxyItem
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, one_off_as_read, proxy_as_read
from proxyaddr.limits import Limits

__all__ = ["common_address", "common_items", "common_one_off", "common_proxy"]

PREFIXES = {
    written: (SPELLINGS.get(known, known), written == known)
    for known in (*KNOWN_TYPES, *SPELLINGS)
    for written in (known.lower(), known)
}
"""Each known type as exports write it, in lower or upper case: its canonical form, and whether it makes a primary."""

_BLANKS = f"[{BLANKS}]*+"

_IN_MAILBOX = r"[!#-'*+./0-9=?A-Z^_`a-z|~-]++"
_MAILBOX = rf"(?!'){_IN_MAILBOX}@{_IN_MAILBOX}"
"""MAILBOX of grammar/one_off.lark in ASCII, without the characters that may lead to another reading."""

_IN_NAME = r"[\w .,'&/@!#$%*+?^`|-]*+"
_NAME = rf'(?:"({_IN_NAME})"[ ]*+|({_IN_NAME}))'
"""A name of which every character is shown as it is written, with quotes around the whole of it or without."""

_ONE_OFF = re.compile(
    rf"{_NAME}(?:(?<!@)\[({TYPE_PATTERN}):([^\[\]\\]*+)\]|<({_MAILBOX})>){_BLANKS}|{_BLANKS}({_MAILBOX}){_BLANKS}"
)

_VALUE = re.compile(r"(?![\s\u200b])(?:[^:\\;,\r\n]++|[^:\\@]++)(?<![\s\u200b])")
"""A value that says one thing: no other address or type stands in it, and nothing that an export escapes.

It goes on as a list of addresses does only with a colon, or with an `@` behind a separator.
"""


@cache
def _item() -> re.Pattern[str]:
    """Return the pattern of an item of a list and the separators behind it, or of a character that begins no such item.

    A value ends at a separator, since every item behind one shows its type. Only the fields of an O/R address hold
    separators, and its last `;` is a part of it where another one or the end of the text stands behind.
    """
    in_value = r'[^\s\u200b:;,%|\\{}"]++'
    words = rf"{in_value}(?:[ ]++{in_value})*+"
    in_field = in_value.replace("[^", "[^@")
    field = rf"[A-Za-z0-9.-]++=(?:{in_field}(?:[ ]++{in_field})*+)?+"
    fields = rf"(?:{field}[ ]?+;(?=[A-Za-z0-9.-]++=))*+{field}(?:;(?=[;,\r\n]|\Z)|(?=[,\r\n]|\Z|;\S))"
    value = rf"(?<=[Xx]400:)({fields})|(?<!400:)({words})"
    return re.compile(rf"([A-Za-z0-9.&]++):(?:{value})(?:[;,\r\n][;, \t\r\n\f\v]*+|\Z)|.", re.DOTALL)


def common_proxy(text: str) -> ProxyAddress | None:
    """Return the proxy address that `TYPE:value` is, as a whole text: separators in it belong to its value.

    None for another form, for a type that is not known or written in mixed case, and where anything is to be found.

    >>> common_proxy("smtp:jane@contoso.com")
    ProxyAddress(type='SMTP', value='jane@contoso.com', is_primary=False)
    """
    prefix, _, value = text.partition(":")
    known = PREFIXES.get(prefix)
    if known is None or _VALUE.fullmatch(value) is None:
        return None
    return proxy_as_read(known[0], value, known[1])


def common_one_off(text: str) -> OneOffAddress | None:
    """Return the one-off address that a text is in one of the common forms; None for another text."""
    match = _ONE_OFF.fullmatch(text)
    if match is None:
        return None
    quoted, name, kind, value, angled, bare = match.groups()
    if kind is None:
        mailbox = angled or bare
        if "=" in mailbox and "/" in mailbox:  # as in an O/R address with an `@` in a value
            return None
        kind, value = DEFAULT_TYPE, mailbox
    else:
        kind, value = kind.upper(), value.strip(BLANKS)
        if kind == LINK_TYPE or not value:
            return None
        kind = SPELLINGS.get(kind, kind)
    return one_off_as_read(kind, value, (quoted or (name and name.strip()) or None))


def common_address(text: str) -> OneOffAddress | ProxyAddress | None:
    """Return the address that a text is in one of the common forms, whichever; None for another text."""
    return common_proxy(text) or common_one_off(text)


def common_items(text: str, limits: Limits) -> list[ProxyItem] | None:
    """Return the items of a list that is one of typed values; None for another list, and for one beyond its limits."""
    if "..." in text or "…" in text:  # the mark of a list that was cut off
        return None
    items: list[ProxyItem] = []
    for match in _item().finditer(text):
        prefix, fields, words = match.groups()
        known = PREFIXES.get(prefix)
        if known is None:
            return None
        span = match.start(), match.end(3 if fields is None else 2)
        items.append(ProxyItem(proxy_as_read(known[0], words or fields, known[1]), span))
    longest = limits.address_length
    if len(items) > limits.list_items or (len(text) > longest and any(e - s > longest for _, (s, e), _, _ in items)):
        return None
    return items or None
