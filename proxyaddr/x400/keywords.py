"""The attributes of O/R addresses: keywords, limits and order in each form, and how their text compares."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from proxyaddr._text.folding import fold

__all__ = [
    "ATTRIBUTES",
    "COUNTRY_KEYWORD",
    "DDA_KEYWORD_PREFIXES",
    "DDA_TYPE_KEYWORDS",
    "DDA_TYPE_MAX_LENGTH",
    "DDA_VALUE_KEYWORDS",
    "DDA_VALUE_MAX_LENGTH",
    "EXCHANGE_ORDER",
    "MAX_UNITS",
    "PERSONAL_NAME",
    "POSTAL",
    "POSTAL_ATTRIBUTE",
    "RFC1685_ORDER",
    "RFC2156_ORDER",
    "RULES",
    "AttributeRules",
    "Form",
    "compared",
]


class Form(StrEnum):
    """How an O/R address is written: by Exchange (Q108732), RFC 1685 or RFC 2156."""

    EXCHANGE = "exchange"
    RFC1685 = "rfc1685"
    RFC2156 = "rfc2156"


class AttributeRules(NamedTuple):
    """How an attribute is spelled, how many characters it may have, and whether it names a person or a terminal.

    `keywords` are read in every form and in any case. The attribute is written under its own name, in RFC 2156 under
    `rfc2156_keyword` where it has another one there (RFC 2156 4.1).
    """

    keywords: tuple[str, ...]
    max_length: int | None = None
    rfc2156_keyword: str | None = None
    names_person: bool = False


RULES = {
    "C": AttributeRules(("c",)),
    "A": AttributeRules(("a", "admd"), 16, "ADMD"),
    "P": AttributeRules(("p", "prmd"), 16, "PRMD"),
    "O": AttributeRules(("o",), 64),
    "OU": AttributeRules(("ou", "ou1", "ou2", "ou3", "ou4"), 32),
    "CN": AttributeRules(("cn",), names_person=True),
    "S": AttributeRules(("s",), 40, names_person=True),
    "G": AttributeRules(("g",), 16, names_person=True),
    "I": AttributeRules(("i",), 5),
    "Q": AttributeRules(("q", "gq"), 3, "GQ"),
    "X121": AttributeRules(("x.121", "x121"), 15, names_person=True),
    "N-ID": AttributeRules(("n-id", "ua-id"), None, "UA-ID", names_person=True),
    "T-ID": AttributeRules(("t-id",)),
    "T-TY": AttributeRules(("t-ty",)),
    "ISDN": AttributeRules(("isdn",), names_person=True),
    "PSAP": AttributeRules(("psap",)),
    "PD": AttributeRules((), names_person=True),
    "DDA": AttributeRules((), names_person=True),
}
"""Every attribute, in the order in which Exchange writes them (Q257578).

Keywords: Q108732, Q118563; ISDN and PSAP: RFC 1685 table F.3; PD stands for every POSTAL_ATTRIBUTE. Most characters:
Q118563, Q160947. One of those that name a person is needed: Q178537.
A new attribute needs a row here and its place in the two orders below.
"""

COUNTRY_KEYWORD = "c"
"""What every O/R address has, so that a text without a type is known as one."""

EXCHANGE_ORDER = tuple(RULES)

_PERSON_FIRST = ("G", "I", "S", "Q", "CN", "X121", "N-ID", "T-ID", "T-TY", "ISDN", "PSAP", "PD", "DDA")
"""The attributes that both RFCs write before the organization."""

RFC1685_ORDER = (*_PERSON_FIRST, "O", "OU", "P", "A", "C")

RFC2156_ORDER = (*_PERSON_FIRST, "OU", "O", "P", "A", "C")

MAX_UNITS = 4
"""OU1 to OU4 (Q118563)."""

DDA_TYPE_MAX_LENGTH = 8

DDA_VALUE_MAX_LENGTH = 128
"""Of a domain-defined attribute (Q118563)."""

DDA_KEYWORD_PREFIXES = ("dda:", "dd.")
"""A domain-defined attribute is `dda:TYPE=value` or `DD.TYPE=value`; also `dda=TYPE:value`."""

DDA_TYPE_KEYWORDS = ("dda.type", "ddat")
DDA_VALUE_KEYWORDS = ("dda.value", "ddav")
"""Or two attributes, first the type and then the value."""

ATTRIBUTES = {
    **{keyword: name for name, rules in RULES.items() for keyword in rules.keywords},
    **{"ou": "OU1", **{f"ou{number}": f"OU{number}" for number in range(1, MAX_UNITS + 1)}},
    "pn": "PN",
}
"""Keyword in lower case to attribute, each unit by its number; PN stands for the parts of a name, see PERSONAL_NAME."""

POSTAL = "PD"

POSTAL_ATTRIBUTE = re.compile("pd-[a-z0-9]+(?:-[a-z0-9]+)*", re.IGNORECASE)
"""Attributes of physical delivery, `PD-STREET` and the like: one for each line of a postal address (RFC 2156 4.2)."""

PERSONAL_NAME = re.compile(r"(?:([^.]{2,})\.)?((?:[^.]\.)*)(.+)", re.DOTALL)
"""`[given of two letters or more.](initial.)*surname` (facts exchange55, PN)."""

_BLANKS = re.compile(r"\s+")


def compared(text: str) -> str:
    """Trim a text, collapse its blanks and fold its case: so is X.400 text compared (Q108732)."""
    return fold(_BLANKS.sub(" ", text.strip()))
