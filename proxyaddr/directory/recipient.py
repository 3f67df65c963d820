"""A recipient of the directory and its proxies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse_proxies, parse_proxy
from proxyaddr.addresses.values import ProxyAddress
from proxyaddr.errors import check_text

__all__ = ["Recipient"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """An entry of the directory; a custom recipient has a target address, which may differ from its proxies (Q166905).

    `proxies` may be given as text or strings, `target_address` as text: AddressSyntaxError where that does not parse.
    """

    display_name: str
    proxies: ProxyList
    target_address: ProxyAddress | None = None
    alias: str | None = None

    def __init__(
        self,
        display_name: str,
        proxies: ProxyList | str | Iterable[str | ProxyAddress],
        target_address: ProxyAddress | str | None = None,
        alias: str | None = None,
    ) -> None:
        check_text(display_name, "display_name")
        if alias is not None:
            check_text(alias, "alias")
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
        ):
            object.__setattr__(self, name, value)


def _as_text(proxy: str | ProxyAddress) -> str:
    return str(proxy) if isinstance(proxy, ProxyAddress) else proxy
