"""Legacy distinguished names, `/o=Org/ou=Site/cn=Recipients/cn=alias`: the grammar and limits of MS-OXOAB."""

from __future__ import annotations

import re

from proxyaddr.errors import Finding

__all__ = ["MAX_COMPONENTS", "MAX_LENGTH", "NAME_MAX_LENGTH", "findings"]


NAME_MAX_LENGTH = 64
"""One component, MS-OXOAB x500-dn."""

MAX_COMPONENTS = 16
"""MS-OXOAB x500-dn: o, ou, up to 13 containers, and the object."""

MAX_LENGTH = 256
"""The whole name, MS-OXOAB."""

_COMPONENT = re.compile(r"/([A-Za-z]+)=([^/]*)")


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
