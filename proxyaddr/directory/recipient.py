"""A recipient of the directory, its proxies, and by which of its addresses it is found."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from proxyaddr._text.types import BLANKS, LEGACY_DN_TYPES
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse_proxies, parse_proxy
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
from proxyaddr.errors import AddressSyntaxError, check_text

__all__ = ["Recipient", "look_up_key"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """An entry of the directory; a custom recipient has a target address, which may differ from its proxies (Q166905).

    `proxies` may be given as text or strings, `target_address` as text: AddressSyntaxError where that does not parse.
    `legacy_dn` is its legacyExchangeDN, by which clients that know it from the address book send (KB2807779).
    """

    display_name: str
    proxies: ProxyList
    target_address: ProxyAddress | None = None
    alias: str | None = None
    legacy_dn: str | None = None

    def __init__(
        self,
        display_name: str,
        proxies: ProxyList | str | Iterable[str | ProxyAddress],
        target_address: ProxyAddress | str | None = None,
        alias: str | None = None,
        legacy_dn: str | None = None,
    ) -> None:
        check_text(display_name, "display_name")
        for text, argument in ((alias, "alias"), (legacy_dn, "legacy_dn")):
            if text is not None:
                check_text(text, argument)
        if isinstance(proxies, ProxyList):
            known = proxies
        elif isinstance(proxies, bytes) or not isinstance(proxies, Iterable):
            raise TypeError(f"proxies must be text or an iterable of texts, not {type(proxies).__name__}")
        else:
            known = parse_proxies(proxies if isinstance(proxies, str) else map(_as_text, proxies))
        for error in known.errors:
            raise error
        target = target_address
        if target is not None and not isinstance(target, ProxyAddress):
            check_text(target, "target_address")
            target = parse_proxy(target)
        for name, value in (
            ("display_name", display_name),
            ("proxies", known),
            ("target_address", target),
            ("alias", alias),
            ("legacy_dn", legacy_dn),
        ):
            object.__setattr__(self, name, value)

    @property
    def addresses(self) -> Iterator[TypedAddress]:
        """The addresses by which it is found: its proxies, and its legacy DN as an EX address."""
        yield from self.proxies
        if self.legacy_dn is not None and self.legacy_dn.strip(BLANKS):
            yield OneOffAddress("EX", self.legacy_dn)

    def held_as(self, address: TypedAddress) -> TypedAddress | None:
        """Return the address of this recipient that an address is, as a directory compares them; None for none."""
        wanted = look_up_key(address)
        return next((held for held in self.addresses if look_up_key(held) == wanted), None)


def look_up_key(address: TypedAddress) -> tuple[str, Hashable]:
    """Return what a directory looks up for an address.

    It is an O/R address by its attributes (Q108732), a legacy DN whether it is written as EX or as X500 (KB2807779),
    and any other address by its type and value without case.
    """
    if address.type == "X400":
        from proxyaddr.x400.address import X400Address  # noqa: PLC0415 - takes 10 ms, and few are asked for

        try:
            return address.type, X400Address.parse(address.value)
        except AddressSyntaxError:  # then it is compared as text
            return address.comparison_key
    kind, value = address.comparison_key
    return LEGACY_DN_TYPES[0] if kind in LEGACY_DN_TYPES else kind, value


def _as_text(proxy: str | ProxyAddress) -> str:
    return str(proxy) if isinstance(proxy, ProxyAddress) else proxy
