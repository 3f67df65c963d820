"""Legacy distinguished names, the values of EX and X500 addresses: `/o=Org/ou=Site/cn=Recipients/cn=alias`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from proxyaddr._folding import fold
from proxyaddr.addresses import ProxyAddress, TypedAddress
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = ["X500Address", "findings"]

NAME_MAX_LENGTH = 64
"""One component, MS-OXOAB x500-dn."""

MAX_COMPONENTS = 16
"""MS-OXOAB x500-dn: o, ou, up to 13 containers, and the object."""

MAX_LENGTH = 256
"""The whole name, MS-OXOAB."""

_COMPONENT = re.compile(r"/([A-Za-z]+)=([^/]*)")
_LABEL = re.compile(r"\s*(?:X500|EX):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class X500Address:
    """A legacy DN: `components` are (keyword, name) from `o` to the last `cn`, as written; equal without case."""

    components: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        text = str(self)
        for found in findings(text):
            raise AddressSyntaxError(found.code, found.message, text, found.span or (0, len(text)))

    @classmethod
    def parse(cls, dn: str | TypedAddress) -> X500Address:
        """Parse a legacyExchangeDN, or an X500 or EX address that holds one; AddressSyntaxError where it is none.

        At most 16 components of 64 characters, 256 in all (MS-OXOAB x500-dn).

        >>> X500Address.parse("X500:/o=Org/ou=Site/cn=Recipients/cn=jane").components[-1]
        ('cn', 'jane')
        """
        if isinstance(dn, TypedAddress):
            dn = dn.value
        label = _LABEL.match(dn)
        start = label.end() if label else 0
        for found in findings(dn[start:]):
            first, last = found.span or (0, len(dn) - start)
            raise AddressSyntaxError(found.code, found.message, dn, (first + start, last + start))
        return cls(tuple((match[1], match[2]) for match in _COMPONENT.finditer(dn[start:])))

    @property
    def proxy(self) -> ProxyAddress:
        """The `X500:` proxy that makes replies to this name reach whoever holds it (KB2807779)."""
        return ProxyAddress("X500", str(self), is_primary=True)

    def __eq__(self, other: object) -> bool:
        return fold(str(self)) == fold(str(other)) if isinstance(other, X500Address) else NotImplemented

    def __hash__(self) -> int:
        return hash(fold(str(self)))

    def __str__(self) -> str:
        return "".join(f"/{keyword}={name}" for keyword, name in self.components)


def findings(value: str) -> tuple[Finding, ...]:
    """Judge a legacy DN by the grammar and the limits of MS-OXOAB; nothing when it keeps them."""
    if len(value) > MAX_LENGTH:
        return (Finding("dn-too-long", f"a legacy DN has at most {MAX_LENGTH} characters", (MAX_LENGTH, len(value))),)
    place, keys = 0, []
    while place < len(value):
        match = _COMPONENT.match(value, place)
        if match is None:
            return (Finding("dn-syntax", "a legacy DN is written /o=Org/ou=Site/cn=...", (place, len(value))),)
        keys.append(match[1].lower())
        name, span = match[2], match.span(2)
        if not name or name != name.strip() or len(name) > NAME_MAX_LENGTH:
            rule = f"a component is 1 to {NAME_MAX_LENGTH} characters without a blank at either end"
            return (Finding("dn-component", rule, span),)
        place = match.end()
    if keys[:2] != ["o", "ou"] or len(keys) < 3 or set(keys[2:]) != {"cn"} or len(keys) > MAX_COMPONENTS:
        rule = f"a legacy DN is /o=, /ou=, then /cn= up to {MAX_COMPONENTS} components in all"
        return (Finding("dn-order", rule, (0, len(value))),)
    return ()
