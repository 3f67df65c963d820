"""Findings about an address that is compared with address spaces."""

from __future__ import annotations

from proxyaddr._text.domains import DOTS
from proxyaddr.errors import Finding
from proxyaddr.spaces.matching import Target

__all__ = ["address_findings"]


def address_findings(target: Target) -> tuple[Finding, ...]:
    """Return what is odd about an address that `read_address` read, though it has a route; nothing of most."""
    if target.written.endswith(DOTS) and not target.domain.endswith(DOTS):
        place = len(target.written) - 1
        message = "the dot at the end of the domain does not count, and a product may refuse it (RFC 5321 4.1.2)"
        return (Finding("trailing-dot", message, (place, place + 1)),)
    return ()
