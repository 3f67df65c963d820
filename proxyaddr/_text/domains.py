"""Domains of Internet addresses: the form in which they compare."""

from __future__ import annotations

import re
from functools import lru_cache

from proxyaddr._text.folding import fold

__all__ = [
    "DOMAIN_MAX_LENGTH",
    "DOTS",
    "STAND_IN",
    "ascii_domain",
    "canonical",
    "comparable_domain",
    "same_domain",
    "unquoted_local",
]

DOMAIN_MAX_LENGTH = 255
"""Bytes of a domain (RFC 5321 4.5.3.1.2)."""

STAND_IN = "a"
"""A letter to put where only the rest of an address matters; lengths and label boundaries stay as they are."""

_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


DOTS = (".", "\u3002", "\uff0e", "\uff61")
"""What separates the labels of a domain (RFC 3490 3.1)."""

_TO_DOT = str.maketrans(dict.fromkeys(DOTS, "."))
_RUN = re.compile(r"[^.*]+")
_LABEL_MAX_LENGTH = 63
_LABEL = r"[0-9a-z_\-\x80-\U0010ffff]+"  # compiled on first use: its set of characters takes long
_FINAL_DOT = re.compile(r"[^.*%]\.")


def canonical(value: str) -> str:
    """Return an address with its domain in lower case and IDNA form, its local part as written."""
    local, at, domain = value.rpartition("@")
    if not at:
        return value
    if domain.isascii() or len(domain) > DOMAIN_MAX_LENGTH:
        return f"{local}@{domain.lower()}"
    import idna  # noqa: PLC0415 - slow to import, and email-validator brings it

    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii').lower()}"
    except UnicodeError:  # what idna raises; such a domain equals itself alone
        return f"{local}@{domain.casefold()}"


def comparable_domain(domain: str) -> str:
    """Return a domain, or the pattern of one, as address spaces compare it: in A-labels, without the dot at its end.

    A label that has no A-label (RFC 5890 2.3.2.1) is only folded, and `*` ends one. A dot behind a wildcard or another
    dot stays.
    """
    folded = fold(domain)
    if not folded.isascii() and len(folded) <= DOMAIN_MAX_LENGTH:
        folded = _RUN.sub(lambda run: _a_label(run[0]), folded.translate(_TO_DOT))
    return folded[:-1] if _FINAL_DOT.fullmatch(folded, max(len(folded) - 2, 0)) else folded


@lru_cache(maxsize=4096)  # a domain comes again and again in a column, and its labels take 20 us each
def _a_label(label: str) -> str:
    """Return a folded label as an A-label, as it is where it has none."""
    if label.isascii() or len(label) > _LABEL_MAX_LENGTH:
        return label
    import idna  # noqa: PLC0415 - slow to import, and email-validator brings it

    try:
        mapped = idna.uts46_remap(label, std3_rules=False, transitional=False)
        if not re.fullmatch(_LABEL, mapped):  # full width signs may become wildcards, dots or an `@`
            return label
        return mapped if mapped.isascii() else idna.alabel(mapped).decode("ascii")
    except UnicodeError:  # what idna raises
        return label


def same_domain(one: str, other: str) -> bool:
    """Return whether two spellings name one domain: in any case, in IDNA form, in full width, with a dot at the end.

    Letters of another script that only look alike make another domain.
    """
    return ascii_domain(one) == ascii_domain(other)


def unquoted_local(local: str) -> str:
    """Return a local part without its quotes and backslashes: quoted, it names the same mailbox (RFC 5321 4.1.2)."""
    return _QUOTED_PAIR.sub(r"\1", local[1:-1]) if _QUOTED_LOCAL.fullmatch(local) else local


def ascii_domain(domain: str) -> str:
    """Return a domain as it compares: in lower case and IDNA form, without a dot at the end."""
    return canonical(f"{STAND_IN}@{domain}").removeprefix(f"{STAND_IN}@").rstrip(".")
