"""Address types: how one is written, and its canonical form."""

from __future__ import annotations

import re
from sys import intern

from proxyaddr.errors import AddressSyntaxError

__all__ = [
    "ATTRIBUTE_TYPES",
    "BLANKS",
    "DDA_KEYWORD",
    "DEFAULT_TYPE",
    "INTERNET_TYPES",
    "KNOWN_TYPES",
    "LABELS",
    "LEGACY_DN_TYPES",
    "LINK_TYPE",
    "OTHER_WHITE_SPACE",
    "SPELLINGS",
    "TRIMMED",
    "TYPE_PATTERN",
    "WHITE_SPACE",
    "WHITE_SPACE_IN_LINE",
    "canonical_type",
    "type_named",
]

TYPE_PATTERN = r"(?=[0-9&._-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9&._-]*"
"""An address type: `SMTP`, `X.400`, `AT&T`, `3COM` (facts exchange55 (a), (c)); held against the grammar by a test."""

BLANKS = " \t\r\n\f\v"
"""ASCII white space, which the grammars skip."""

WHITE_SPACE = BLANKS + "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000\u200b"
"""The characters of Unicode's property White_Space, and the zero width space: what surrounds pasted addresses."""

OTHER_WHITE_SPACE = frozenset(WHITE_SPACE) - frozenset(BLANKS)
"""White space outside ASCII, which the grammars do not skip."""

WHITE_SPACE_IN_LINE = WHITE_SPACE.replace("\r", "").replace("\n", "")
"""White space but for the line ends that separate."""

TRIMMED = "".join(character for character in WHITE_SPACE if character not in "\x85\u200b")
"""White space that is left out around a value without a word: none of it is invisible or, but for blanks, a control.

`str.strip` without an argument leaves out U+001C to U+001F as well, which Unicode counts as no white space.
"""

DEFAULT_TYPE = "SMTP"
"""The type of an address or an address space that names none (Q262112, Set-Mailbox, New-SendConnector)."""

INTERNET_TYPES = frozenset({DEFAULT_TYPE, "SMTPOUT"})
"""Types whose values are Internet addresses; SMTPOUT is Internet mail under another name (Q183801)."""

LEGACY_DN_TYPES = ("EX", "X500")
"""Types whose values are legacy DNs: a name that nobody has as its own may be held as an X500 proxy (KB2807779)."""

KNOWN_TYPES = INTERNET_TYPES | {
    *("X400", "X500", "EX", "MS", "PCM", "CSI", "MSMAIL", "MSA", "CCMAIL", "NOTES", "GWISE", "PROFS", "SNADS", "MHS"),
    *("FAX", "MCI", "AT&T", "MEMO", "MIGRATE", "MBX", "LOCAL", "TEST"),  # facts exchange55 (c)
    *("3COM", "ATT", "COMPUSERVE", "MSFAX", "MSN", "MAPIPDL"),  # PidTagAddressType, facts exchange2000-on (f)
    *("SIP", "EUM", "SPO"),  # the proxyAddresses attribute of Exchange 2007 and later, and of Exchange Online
}
"""Address types that the products know; another one is read too, and may be a finding."""

ATTRIBUTE_TYPES = {
    "legacyexchangedn": "EX",
    "textencodedoraddress": "X400",
    "mail": DEFAULT_TYPE,
    "primarysmtpaddress": DEFAULT_TYPE,
    "windowsemailaddress": DEFAULT_TYPE,
    "userprincipalname": DEFAULT_TYPE,
}
"""Attributes whose values are addresses without a type, in lower case, and the type of those."""

LINK_TYPE = "MAILTO"
"""What begins a link to an Internet address (RFC 6068), which is read as SMTP where people paste one.

Where the product itself writes it, as in IMCEAMAILTO, it is a type of its own.
"""

DDA_KEYWORD = "DDA"
"""What begins a domain-defined attribute, `DDA:type=value`: a part of an O/R address, and no type."""

LABELS = frozenset({"TO", "CC", "BCC", "FROM", "REPLY-TO", "SENDER", DDA_KEYWORD, *map(str.upper, ATTRIBUTE_TYPES)})
"""What stands before a colon as a type does and is none: names of headers and attributes, and the keyword of X.400."""

SPELLINGS = {"X.400": "X400"}
"""Other spellings of a type: Q89410 writes X.400, every later article X400."""

_TYPE = re.compile(TYPE_PATTERN)
_TYPE_WITH_BLANKS = re.compile(TYPE_PATTERN.replace("._-", "._ -"))


def canonical_type(text: str, *, blanks: bool = False) -> str:
    """Return an address type in upper case, `X.400` as X400; AddressSyntaxError for a text that is not a type.

    With `blanks` it may hold some, as `Lotus Notes` does: Exchange 2007 and later take any name of a type.
    """
    trimmed = text.strip(BLANKS)
    if not (_TYPE_WITH_BLANKS if blanks else _TYPE).fullmatch(trimmed):
        raise AddressSyntaxError(
            "bad-type" if trimmed else "empty-type",
            "not an address type" if trimmed else "the address type is empty",
            text,
            (0, len(text)),
            ("letters and digits, '&', '.', '-' or '_'",),
        )
    upper = intern(trimmed.upper())  # a directory holds millions of a few types
    return SPELLINGS.get(upper, upper)


def type_named(text: str) -> str:
    """Return the type that a text names: a type, or an attribute whose values are of one type, such as `mail`.

    Case does not count. AddressSyntaxError for a text that is neither.
    """
    return ATTRIBUTE_TYPES.get(text.strip(BLANKS).lower()) or canonical_type(text)
