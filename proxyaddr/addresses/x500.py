"""Legacy distinguished names, the values of EX and X500 addresses: `/o=Org/ou=Site/cn=Recipients/cn=alias`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from proxyaddr._text.folding import fold
from proxyaddr.addresses.values import ProxyAddress, TypedAddress
from proxyaddr.errors import AddressSyntaxError, check_text
from proxyaddr.formats.legacy_dn import components, findings

__all__ = ["X500Address"]

_LABEL = re.compile(r"[^\S\x1c-\x1f]*(?:X500|EX):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class X500Address:
    """A legacy DN, compared without case: `components` are (keyword, name) from `o` to the last `cn`, as written."""

    components: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        text = str(self)
        for found in findings(text):
            raise AddressSyntaxError(found.code, found.message, text, found.span or (0, len(text)))

    @classmethod
    def parse(cls, dn: str | TypedAddress) -> X500Address:
        """Parse a legacyExchangeDN, or an X500 or EX address whose value is one; AddressSyntaxError where it is none.

        At most 16 components of 64 characters, 256 in all (MS-OXOAB x500-dn).

        >>> X500Address.parse("X500:/o=Org/ou=Site/cn=Recipients/cn=jane").components[-1]
        ('cn', 'jane')
        """
        if isinstance(dn, TypedAddress):
            dn = dn.value
        check_text(dn, "dn")
        label = _LABEL.match(dn)
        start = label.end() if label else 0
        for found in findings(dn[start:]):
            first, last = found.span or (0, len(dn) - start)
            raise AddressSyntaxError(found.code, found.message, dn, (first + start, last + start))
        return cls(components(dn[start:]))

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
