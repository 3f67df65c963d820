"""Legacy distinguished names, `/o=Org/ou=Site/cn=Recipients/cn=alias`: the grammar and limits of MS-OXOAB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from proxyaddr._text.types import LEGACY_DN_TYPES
from proxyaddr.errors import Finding

__all__ = ["MAX_COMPONENTS", "MAX_LENGTH", "NAME_MAX_LENGTH", "components", "findings", "proxy_of"]

NAME_MAX_LENGTH = 64
"""One component, MS-OXOAB x500-dn."""

MAX_COMPONENTS = 16
"""MS-OXOAB x500-dn: o, ou, up to 13 containers, and the object."""

MAX_LENGTH = 256
"""The whole name, MS-OXOAB."""

_COMPONENT = re.compile(r"/([A-Za-z]+)=([^/]*)")


def components(value: str) -> tuple[tuple[str, str], ...]:
    """Return (keyword, name) for each component of a legacy DN, as written."""
    return tuple((match[1], match[2]) for match in _COMPONENT.finditer(value))


def proxy_of(address_type: str, value: str, found: Iterable[Finding]) -> str | None:
    """Return the X500 proxy that makes replies to a legacy DN arrive (KB2807779).

    None for an address of another type, and for one of which something of severity error was found.
    """
    if address_type not in LEGACY_DN_TYPES or any(finding.severity == "error" for finding in found):
        return None
    return f"X500:{value}"


def findings(value: str) -> tuple[Finding, ...]:
    """Return the rule of MS-OXOAB that a legacy DN breaks, if any, and what shows that it was read wrongly.

    >>> [found.code for found in findings("/o=3DOrg/ou=3DSite/cn=3Djane")]
    ['dn-encoded']
    """
    return (*_broken_rule(value), *_slips(value))


_BAD_CHARACTER = re.compile("[^ -~]")
_ENCODED_EQUALS = re.compile("/x003D/", re.IGNORECASE)
_TYPE_INSIDE = re.compile("(?:^|[/=])((?:EX|X500):)", re.IGNORECASE)


def _slips(value: str) -> Iterator[Finding]:
    """Yield what the ways of a DN through programs leave in it, and what no program stores."""
    if bad := _BAD_CHARACTER.search(value):
        yield Finding("dn-charset", "a legacy DN has printable ASCII characters alone (MS-OXOABK)", bad.span())
    if encoded := _ENCODED_EQUALS.search(value):
        yield Finding("dn-encoded", "'/x003D/' is '=' in the encoding of another program", encoded.span())
    if (written := components(value)) and all(name.upper().startswith("3D") for _, name in written):
        message = "every component starts with 3D: '=3D' is '=' in quoted-printable"
        yield Finding("dn-encoded", message, (0, len(value)))
    if inside := _TYPE_INSIDE.search(value):
        yield Finding("dn-type-inside", "an address type stands inside the name", inside.span(1))


def _broken_rule(value: str) -> tuple[Finding, ...]:
    """Return the rule of MS-OXOAB that a legacy DN breaks, its grammar or a limit; nothing for a good one."""
    if len(value) > MAX_LENGTH:
        return (Finding("dn-too-long", f"a legacy DN has at most {MAX_LENGTH} characters", (MAX_LENGTH, len(value))),)
    place, keywords = 0, []
    while place < len(value):
        match = _COMPONENT.match(value, place)
        if match is None:
            return (Finding("dn-syntax", "a legacy DN is written /o=Org/ou=Site/cn=...", (place, len(value))),)
        keywords.append(match[1].lower())
        name, span = match[2], match.span(2)
        if not name or name != name.strip() or len(name) > NAME_MAX_LENGTH:
            rule = f"a component is 1 to {NAME_MAX_LENGTH} characters without a blank at either end"
            return (Finding("dn-component", rule, span),)
        place = match.end()
    if keywords[:2] != ["o", "ou"] or set(keywords[2:]) != {"cn"} or len(keywords) > MAX_COMPONENTS:
        rule = f"a legacy DN is /o=, /ou=, then /cn= up to {MAX_COMPONENTS} components in all"
        return (Finding("dn-order", rule, (0, len(value))),)
    return ()
