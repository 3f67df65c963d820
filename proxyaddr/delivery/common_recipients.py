"""Which address of a recipient goes out, told without reading all of them; whatever is uncommon gives None.

Common are the recipients of a file whose addresses have the forms of `directory.common_lists`, and plain Internet
addresses. The answers are those of the rules in `resolver`, which decides on all others; a property holds the two
against each other.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Container
from functools import lru_cache, partial
from typing import Any, NamedTuple

from proxyaddr._text.types import DEFAULT_TYPE
from proxyaddr.delivery.rules import NO_ADDRESS_SPACE, NO_PROXY, SELECTION
from proxyaddr.delivery.settings import ServiceSettings
from proxyaddr.directory.common_lists import LISTED_TYPES, WITH_DOMAIN, pieces_of
from proxyaddr.formats.imcea import PREFIX
from proxyaddr.formats.internet import is_plain

__all__ = [
    "Choice",
    "Chooser",
    "CommonRecipient",
    "PlainAddress",
    "common_recipient",
    "first_address",
    "other_addresses",
    "plain_address",
    "unrouted",
    "written_types",
]

TARGET_ADDRESS, PRIMARY_PROXY, ONE_OFF_TYPE, _ = (rule.name for rule in SELECTION)

_DEFAULT = f"{DEFAULT_TYPE}:"
_ATOM = "[A-Za-z0-9_+-]++"
_PLAIN = rf"({_ATOM}(?:\.{_ATOM})*+)@([A-Za-z0-9.-]++)"
_TYPES = "|".join(spelled for name in WITH_DOMAIN for spelled in (name, name.lower()))
_GIVEN = re.compile(rf"(?:({_TYPES}):)?+(?!(?i:{PREFIX})){_PLAIN}")
"""An address that is read as it is written, and that encapsulates nothing."""

_IN_VALUE = "[A-Za-z0-9.+_@-]*+"
_DEFAULT_PRIMARY = re.compile(rf"{_DEFAULT}{_IN_VALUE}")
_WRITTEN = re.compile(rf"({'|'.join(LISTED_TYPES)}):{_IN_VALUE}")
"""A primary address in a common list, where no value has a colon: its type is in upper case, its value may go on."""

_NEVER = re.compile(r"(?!)")

_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 180
"""Characters; the longest that an envelope takes are a few more (RFC 5321 4.5.3.1)."""


class PlainAddress(NamedTuple):
    """A plain Internet address."""

    type: str
    value: str


class CommonRecipient(NamedTuple):
    """What a recipient is called, its target address, a primary address that is in none of its lists, and these.

    `target` and `primary` are `TYPE:value`, or empty; `held` is the text of the lists, and `kept` what all was read
    from. `given` is the address by which the recipient was found, if any.
    """

    name: str
    target: str
    primary: str
    held: str
    kept: bytes
    given: PlainAddress | None = None


_as_common = partial(tuple.__new__, CommonRecipient)
"""Makes one in half the time."""

Choice = tuple[str, str, str | None, str | None]
"""The name of a recipient, the rule that decides, and the type and the value of the address; None for no address."""


def common_recipient(kept: bytes) -> CommonRecipient | None:
    """Return what is kept of a recipient of a file; None where its addresses are in no common form."""
    _, is_common, display_name, name, alias, _, _, _, _, _, _, primary, target, proxies, _ = _loaded(kept)
    if not is_common:
        return None
    if len(proxies) == 1 and isinstance(proxies[0], str):
        held = proxies[0]
    else:
        held = ";".join([column if isinstance(column, str) else ";".join(column) for column in proxies])
    if primary:
        primary = "" if _DEFAULT in held else _typed(primary)
    known = display_name or name or alias
    if not known:
        found = _DEFAULT_PRIMARY.search(held)
        known = "" if target else primary if found is None else found[0]
        if not known:
            return None
    return _as_common((known, target and _typed(target), primary, held, kept, None))


def plain_address(text: str) -> PlainAddress | None:
    """Return what a text is read as that is a plain Internet address; None for any other."""
    found = _GIVEN.fullmatch(text)
    if found is None or not _fits(found[2], found[3]):
        return None
    return PlainAddress((found[1] or DEFAULT_TYPE).upper(), text[found.start(2) :])


def first_address(common: CommonRecipient | PlainAddress) -> str | None:
    """Return the first of the addresses that a site asks its table about; None where there is none."""
    if isinstance(common, PlainAddress):
        return f"{common.type}:{common.value}"
    if common.target or common.primary:
        return common.target or common.primary
    found = _WRITTEN.search(common.held)
    if found is None:
        return None
    return found[0] if found[1] in WITH_DOMAIN else _addresses_of(common)[0]


def other_addresses(common: CommonRecipient | PlainAddress, is_routed: re.Pattern[str]) -> list[str]:
    """Return the addresses behind the first one that a site asks its table about, where one may have a route.

    `is_routed` is the pattern of `written_types` for the types of the table.
    """
    if isinstance(common, PlainAddress):
        return []
    if common.target or common.primary:
        return _addresses_of(common)[1:]
    found = _WRITTEN.search(common.held)
    is_last = found is None or is_routed.search(common.held, found.end()) is None
    return [] if is_last else _addresses_of(common)[1:]


def written_types(types: Container[str]) -> re.Pattern[str]:
    """Return the pattern of a primary address of these types in a common list."""
    listed = [name for name in LISTED_TYPES if name in types]
    return re.compile(rf"(?:{'|'.join(listed)}):") if listed else _NEVER


def _addresses_of(common: CommonRecipient) -> list[str]:
    """Return all addresses of a recipient that a site asks its table about: its target address, and its primaries."""
    columns = _loaded(common.kept)[-2]
    pieces = [piece for column in columns for piece in (pieces_of(column) if isinstance(column, str) else column)]
    primaries = [piece for piece in pieces if piece.partition(":")[0] in LISTED_TYPES]
    return [address for address in (common.target, common.primary, *primaries) if address]


def unrouted(common: CommonRecipient | PlainAddress) -> Choice:
    """Return the answer for what no connector of a site takes."""
    if isinstance(common, PlainAddress):
        return (common.value, NO_ADDRESS_SPACE.name, *common)
    return (common.name, NO_ADDRESS_SPACE.name, *(common.given or (None, None)))


class Chooser:
    """Chooses among the addresses of common recipients, and plain ones, as the rules do for a connector."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._outbound = settings.outbound_type
        self._encapsulates = settings.encapsulate
        is_listed = self._outbound in LISTED_TYPES
        self._is_quick = self._outbound in WITH_DOMAIN or not is_listed
        # A list without the type has none of its primaries; one that the envelope may not take ends the search too
        self._search = (re.compile(rf"{self._outbound}:(?:{_PLAIN}|)") if is_listed else _NEVER).search

    def choice(self, common: CommonRecipient | PlainAddress) -> Choice | None:
        """Return which address goes out, whether or not it has a route; None where that is not certain."""
        if isinstance(common, PlainAddress):
            return self._of_address(common)
        return self._of_recipient(common) if self._is_quick else None

    def _of_recipient(self, common: CommonRecipient) -> Choice | None:
        name, target, primary, held, _, given = common
        if target:
            kind, _, value = target.partition(":")
            if kind == self._outbound:
                return (name, TARGET_ADDRESS, kind, value) if is_plain(value) else None
            if self._encapsulates:
                return None
        found = self._search(held)
        if found is not None:
            local, domain = found.groups()
            if local is None or not _fits(local, domain):
                return None
            return name, PRIMARY_PROXY, self._outbound, f"{local}@{domain}"
        if primary and self._outbound == DEFAULT_TYPE:
            value = primary[len(_DEFAULT) :]
            return (name, PRIMARY_PROXY, DEFAULT_TYPE, value) if is_plain(value) else None
        return (name, NO_PROXY.name, *(given or (None, None)))

    def _of_address(self, address: PlainAddress) -> Choice | None:
        if address.type == self._outbound:
            return address.value, ONE_OFF_TYPE, *address
        return None if self._encapsulates else (address.value, NO_PROXY.name, *address)


def _typed(text: str) -> str:
    """Return the text of an address in a common form with its type in upper case."""
    kind, colon, value = text.rpartition(":")
    return f"{kind.upper()}:{value}" if colon else f"{_DEFAULT}{text}"


def _fits(local: str, domain: str) -> bool:
    """Return whether an envelope takes an address, whose local part is atoms with dots between them."""
    return len(local) <= _LONGEST_LOCAL and _is_plain_domain(domain)


@lru_cache(maxsize=4096)
def _is_plain_domain(domain: str) -> bool:
    return len(domain) <= _LONGEST_DOMAIN and is_plain(f"a@{domain}")


def _loaded(kept: bytes) -> Any:  # noqa: ANN401 - the words of a record, as `kept_record` wrote them
    return marshal.loads(kept)  # noqa: S302 - as in `record_kept`
