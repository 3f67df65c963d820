"""The address inside an IMCEA address, as a value (MS-OXCMAIL, Q193782)."""

from __future__ import annotations

from dataclasses import dataclass, field

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import Finding
from proxyaddr.formats import imcea
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["Encapsulated", "decapsulate"]


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """An address that was inside an Internet address: its type and value, and the domain that encapsulated it.

    `is_utf8` is whether its bytes were UTF-8, as MS-OXCMAIL has them; others are read as Latin-1, which is a guess.
    """

    type: str
    value: str
    domain: str
    is_utf8: bool = field(default=True, repr=False, compare=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Why mail to it is refused although it reads well, and that its value is a guess; nothing for most."""
        found = []
        if (reason := imcea.UNDELIVERABLE.get(self.type)) is not None:
            found.append(Finding("refused-encapsulation", f"{self.type}: {reason}"))
        if not self.is_utf8:
            found.append(Finding("guessed-encoding", "the encoded bytes are not UTF-8; they are read as Latin-1"))
        return tuple(found)

    @property
    def is_refused(self) -> bool:
        """Whether no system delivers mail to an encapsulated address of this type."""
        return self.type in imcea.UNDELIVERABLE

    @property
    def address(self) -> TypedAddress:
        """The address itself; AddressSyntaxError where its value is blank."""
        return TypedAddress(self.type, self.value)


def decapsulate(text: str, *, tolerant: bool = False, limits: Limits = DEFAULT_LIMITS) -> Encapsulated:
    """Return the address inside `IMCEA<TYPE>-<encoded>@domain`; AddressSyntaxError for another text.

    The type ends at the first `-`, the domain starts after the last `@`. Bytes that are not UTF-8 are read as Latin-1,
    and have the finding `guessed-encoding`.
    `tolerant` takes a prefix in any case, a missing domain, a `+` without two hexadecimal digits, characters that
    should have been encoded, and any length within the `limits`.

    >>> decapsulate("IMCEAEX-_O=CONTOSO_OU=First+20Site_cn=Recipients_cn=john+5Fjacob@contoso.com").value
    '/O=CONTOSO/OU=First Site/cn=Recipients/cn=john_jacob'
    """
    limits.check_address(text)
    return Encapsulated(*imcea.parse(text, tolerant=tolerant))
