"""Which domains the public DNS can know: those below a top-level domain, and no name for special use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from proxyaddr._text.domains import ascii_domain

__all__ = ["SPECIAL_USE", "DomainList"]

SPECIAL_USE = frozenset(
    {
        *("local", "localhost", "test", "invalid", "example", "onion", "alt", "internal", "home.arpa"),
        *("example.com", "example.net", "example.org"),
    }
)
"""Domains for use inside or for no use (RFC 2606, 6761, 6762, 7686, 8375 and 9476, and `internal` by ICANN in 2024)."""

_KEPT = 10_000
"""Routable domains that are remembered, since most addresses have the same few."""

_KEPT_ADDRESSES, _LONGEST_KEPT = 100, 512

_MARK = "// ===END ICANN DOMAINS==="


@cache
def _published() -> frozenset[str] | None:
    """Return the top-level domains of the Public Suffix List, which its package renews with each release.

    The section of ICANN has a rule for every one that IANA lists. None where the package is not installed.
    """
    try:
        text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    except ModuleNotFoundError:
        return None
    rules = (line.split()[0] for line in text.partition(_MARK)[0].splitlines() if line.strip() and line[0] != "/")
    return frozenset(ascii_domain(name) for name in {rule.rpartition(".")[2] for rule in rules})


class DomainList:
    """The known top-level domains with those that a setting adds, in A-labels.

    Where nobody asks for the rule about them, `is_asked` is false, and every domain is taken for a routable one.
    `sound` has addresses with which nothing is wrong: objects have the same one in several attributes.
    """

    def __init__(self, additions: Iterable[str] = (), *, is_asked: bool = True) -> None:
        self._is_asked = is_asked
        self._routable: set[str] = set()
        self.sound: set[str] = set()
        self._additions = frozenset(ascii_domain(name.lstrip(".")) for name in additions)

    @property
    def is_complete(self) -> bool:
        """Whether the list is there; without it only special names and single labels are told."""
        return _published() is not None

    def why_not_routable(self, domain: str) -> str | None:
        """Return why the public DNS can't know a domain in ASCII, None for one that it can.

        >>> DomainList().why_not_routable("contoso.local")
        "'local' is for special use"
        """
        if not self._is_asked or domain in self._routable:
            return None
        why = self._why_not_routable(domain)
        if why is None and len(self._routable) < _KEPT:
            self._routable.add(domain)
        return why

    def keep_sound(self, address: str) -> None:
        """Remember for a while that nothing is wrong with an address."""
        if len(self.sound) >= _KEPT_ADDRESSES:
            self.sound.clear()
        if len(address) <= _LONGEST_KEPT:
            self.sound.add(address)

    def _why_not_routable(self, domain: str) -> str | None:
        labels = domain.lower().split(".")
        if len(labels) == 1 and labels[0] not in self._additions:
            return "the domain is a single label"
        ends = (labels[-1], ".".join(labels[-2:]))
        if not self._additions.isdisjoint(ends):
            return None
        special = next((end for end in ends if end in SPECIAL_USE), None)
        if special is not None:
            return f"{special!r} is for special use"
        published = _published()
        if published is not None and labels[-1] not in published:
            return f"{labels[-1]!r} is no top-level domain"
        return None
