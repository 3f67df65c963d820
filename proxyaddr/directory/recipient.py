"""A recipient of the directory, its proxies, what identifies it, and by which of its addresses it is found."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from proxyaddr._text.domains import ascii_domain
from proxyaddr._text.types import BLANKS, INTERNET_TYPES, LEGACY_DN_TYPES
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse_proxies, parse_proxy
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
from proxyaddr.errors import AddressSyntaxError, check_text, check_type

__all__ = ["Recipient", "look_up_key"]

_TELLING = ("dn", "id", "user_principal_name", "mail", "alias")
"""Attributes that tell a recipient from others of the same name, the best first."""

_WITH_DOMAIN = INTERNET_TYPES | {"SIP"}
"""Types whose values end in the domain of the Internet, which has several spellings."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An entry of the directory; a custom recipient has a target address, which may differ from its proxies (Q166905).

    `proxies` may be given as text or strings, `target_address` as text: AddressSyntaxError where that does not parse.
    `legacy_dn` is its legacyExchangeDN, by which clients that know it from the address book send (KB2807779).

    The others are what an export says of it, None where it says nothing: `dn` its distinguished name, `id` its
    objectGUID, Guid or ExternalDirectoryObjectId, `type` its RecipientTypeDetails. `source` and `row` are the file and
    the line, or the number of the record, that it was read from; they do not count when recipients are compared.
    """

    display_name: str
    proxies: ProxyList
    target_address: ProxyAddress | None = None
    alias: str | None = None
    legacy_dn: str | None = None
    dn: str | None = None
    id: str | None = None
    mail: str | None = None
    user_principal_name: str | None = None
    type: str | None = None
    source: str | None = field(default=None, compare=False)
    row: int | None = field(default=None, compare=False)

    def __init__(
        self,
        display_name: str,
        proxies: ProxyList | str | Iterable[str | ProxyAddress],
        target_address: ProxyAddress | str | None = None,
        alias: str | None = None,
        legacy_dn: str | None = None,
        *,
        dn: str | None = None,
        id: str | None = None,
        mail: str | None = None,
        user_principal_name: str | None = None,
        type: str | None = None,
        source: str | None = None,
        row: int | None = None,
    ) -> None:
        check_text(display_name, "display_name")
        texts = {
            "alias": alias,
            "legacy_dn": legacy_dn,
            "dn": dn,
            "id": id,
            "mail": mail,
            "user_principal_name": user_principal_name,
            "type": type,
            "source": source,
        }
        for argument, text in texts.items():
            if text is not None:
                check_text(text, argument)
        if row is not None:
            check_type(row, int, "row", "a whole number")
        if isinstance(proxies, ProxyList):
            known = proxies
        elif isinstance(proxies, bytes) or not isinstance(proxies, Iterable):
            raise TypeError(f"proxies must be text or an iterable of texts, not {proxies.__class__.__name__}")
        else:
            known = parse_proxies(proxies if isinstance(proxies, str) else map(_as_text, proxies))
        for error in known.errors:
            raise error
        target = target_address
        if target is not None and not isinstance(target, ProxyAddress):
            check_text(target, "target_address")
            target = parse_proxy(target)
        values = {"display_name": display_name, "proxies": known, "target_address": target, "row": row, **texts}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def addresses(self) -> Iterator[TypedAddress]:
        """The addresses by which it is found: its proxies, and its legacy DN as an EX address."""
        yield from self.proxies
        if self.legacy_dn is not None and self.legacy_dn.strip(BLANKS):
            yield OneOffAddress("EX", self.legacy_dn)

    @property
    def label(self) -> str:
        """Its name, and in parentheses what tells it from others of that name: the DN, else what else is known.

        >>> Recipient("Jane", "SMTP:jane@contoso.com", mail="jane@contoso.com").label
        'Jane (jane@contoso.com)'
        """
        known = (getattr(self, name) for name in _TELLING)
        identity = next((text for text in known if text and text != self.display_name), None)
        return self.display_name if identity is None else f"{self.display_name} ({identity})"

    def held_as(self, address: TypedAddress) -> TypedAddress | None:
        """Return the address of this recipient that an address is, as a directory compares them; None for none."""
        wanted = look_up_key(address)
        alike = (held for held in self.addresses if _kind(held) == wanted[0])
        return next((held for held in alike if look_up_key(held) == wanted), None)


def look_up_key(address: TypedAddress) -> tuple[str, Hashable]:
    """Return what a directory looks up for an address.

    It is an O/R address by its attributes (Q108732), a legacy DN whether it is written as EX or as X500 (KB2807779),
    an Internet address with its domain in IDNA form and without a dot at the end, and any other address by its type
    and value without case.
    """
    kind = _kind(address)
    if kind == "X400":
        from proxyaddr.x400.address import X400Address  # noqa: PLC0415 - takes 10 ms, and few are asked for

        try:
            return kind, X400Address.parse(address.value)
        except AddressSyntaxError:  # then it is compared as text
            return address.comparison_key
    if kind in _WITH_DOMAIN:
        local, at, domain = address.value.rpartition("@")
        return kind, f"{local.casefold()}{at}{ascii_domain(domain)}" if at else domain.casefold()
    return kind, address.value.casefold()


def _kind(address: TypedAddress) -> str:
    """Return the type by which an address is looked up: one for all legacy DNs."""
    return LEGACY_DN_TYPES[0] if address.type in LEGACY_DN_TYPES else address.type


def _as_text(proxy: str | ProxyAddress) -> str:
    return str(proxy) if isinstance(proxy, ProxyAddress) else proxy
