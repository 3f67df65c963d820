"""Keywords of O/R addresses and how their values compare."""

from __future__ import annotations

import re
from enum import StrEnum

from proxyaddr._text.folding import fold

__all__ = [
    "ATTRIBUTES",
    "EXCHANGE_ORDER",
    "PERSONAL_NAME",
    "RFC1685_ORDER",
    "RFC2156_KEYWORDS",
    "RFC2156_ORDER",
    "Form",
    "compared",
]


ATTRIBUTES = {
    **{"c": "C", "a": "A", "admd": "A", "p": "P", "prmd": "P", "o": "O", "cn": "CN", "pn": "PN"},
    **{"s": "S", "g": "G", "i": "I", "q": "Q", "gq": "Q"},
    **{"ou": "OU1", "ou1": "OU1", "ou2": "OU2", "ou3": "OU3", "ou4": "OU4"},
    **{"x.121": "X121", "x121": "X121", "n-id": "N-ID", "ua-id": "N-ID", "t-id": "T-ID", "t-ty": "T-TY"},
}
"""Keyword in lower case to attribute (Q108732, Q118563)."""

PERSONAL_NAME = re.compile(r"(?:([^.]{2,})\.)?((?:[^.]\.)*)(.+)", re.DOTALL)
"""`[given of two letters or more.](initial.)*surname` (facts exchange55, PN)."""

_BLANKS = re.compile(r"\s+")


def compared(text: str) -> str:
    """Trim, collapse blanks and fold: how X.400 text is compared (Q108732)."""
    return fold(_BLANKS.sub(" ", text.strip()))


EXCHANGE_ORDER = ("C", "A", "P", "O", "OU", "CN", "S", "G", "I", "Q", "X121", "N-ID", "T-ID", "T-TY", "DDA")
"""Q257578."""

RFC1685_ORDER = ("G", "I", "S", "Q", "CN", "X121", "N-ID", "T-ID", "T-TY", "DDA", "O", "OU", "P", "A", "C")

RFC2156_ORDER = ("G", "I", "S", "Q", "CN", "X121", "N-ID", "T-ID", "T-TY", "DDA", "OU", "O", "P", "A", "C")

RFC2156_KEYWORDS = {"A": "ADMD", "P": "PRMD", "Q": "GQ", "N-ID": "UA-ID"}
"""RFC 2156 4.1, where an attribute has another keyword there."""


class Form(StrEnum):
    """How an O/R address is written: by Exchange (Q108732), RFC 1685 or RFC 2156."""

    EXCHANGE = "exchange"
    RFC1685 = "rfc1685"
    RFC2156 = "rfc2156"
