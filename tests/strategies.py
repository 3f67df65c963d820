"""The strategies of hypothesis that the tests draw from: texts, addresses, address spaces, tables, columns.

Pieces are few and chosen to meet: random text would hardly ever match an address space or reach a rare branch.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

import proxyaddr as px
from tests.cases import texts

__all__ = [
    "ADDRESSES",
    "ADDRESS_TYPES",
    "ANSI_TEXTS",
    "CSV_CELLS",
    "DIALECTS",
    "DN_NAMES",
    "DOMAIN_PATTERNS",
    "DOTTED",
    "FRAGMENTS",
    "IMCEA_TEXTS",
    "LISTS",
    "MAPI_TEXTS",
    "PATTERNS",
    "PROXIES",
    "ROUTE_COLUMNS",
    "ROWS",
    "ROW_TEXTS",
    "SPACE_ADDRESSES",
    "VALUES",
    "X400_TEXTS",
    "case_texts",
    "costed",
    "joined",
    "spaces",
    "tables",
    "tables_with_states",
    "x400_addresses",
]


def joined(pieces: list[str], most: int, separator: str = "") -> st.SearchStrategy[str]:
    """Return texts of at most so many of the pieces."""
    return st.lists(st.sampled_from(pieces), max_size=most).map(separator.join)


DIALECTS = st.sampled_from(list(px.Dialect))

# One address and lists of them

ADDRESS_TYPES = st.sampled_from(["SMTP", "SMTPOUT", "X400", "AT&T", "3COM", "MS", "FAX", "EX", "NOTES"])
"""Types as they are kept, in upper case."""

VALUES = st.text(st.characters(codec=None), min_size=1, max_size=40).filter(lambda text: text.strip(" \t\r\n\f\v"))
"""Any text, lone surrogates too, that is not blank."""

_LIST_PIECES = [*';,%\n\t{}:"@~', "SMTP:", "x400:", "a@b", "~del", "<FAX:1>", "...", "c=us", "\\", '"a;b"@c', " "]
LISTS = st.text(max_size=80) | st.lists(st.sampled_from(_LIST_PIECES)).map("".join)
"""Lists of addresses, most of them bad."""

PROXIES = st.sampled_from(
    ["SMTP:a@b", "smtp:c@d", "X400:c=US;a= ;p=O;s=x;", "X500:/o=A, B/ou=C/cn=d", "MS:A/B/C", "FAX:+1 555"]
)
"""Proxy addresses that may stand in one list, whatever separates them."""

# IMCEA, legacy DNs and entry identifiers

IMCEA_TEXTS = st.text(st.sampled_from("IMCEAimcea+2F_-@ .é\n\ud800"), max_size=60).map("IMCEAEX-".__add__)
"""Encapsulated addresses, most of them corrupt."""

DN_NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="/"), min_size=1, max_size=12)
DN_NAMES = DN_NAMES.filter(lambda name: name == name.strip() and not name.upper().startswith(("3D", "EX:", "X500:")))
"""Values of one component of a legacy DN."""

MAPI_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
"""What an entry identifier can hold in UTF-16: a null ends the text there."""

ANSI_TEXTS = st.text(st.characters(codec="cp1252", exclude_characters="\x00"), max_size=30)
"""What an entry identifier can hold in the code page 1252."""

# O/R addresses

_X400_LENGTHS = {"A": 16, "P": 16, "O": 64, "CN": 30, "S": 40, "G": 16, "I": 5, "Q": 3, "X121": 15}
_X400_LENGTHS |= {"N-ID": 30, "T-ID": 30, "T-TY": 30}
"""The attributes with one value, and the most characters that are tried (Q118563, where it states a limit)."""

X400_TEXTS = st.text(st.sampled_from("cCsSoOuU1aA=;/\\$ .:dDtTvV"), max_size=60)
"""Texts that look like O/R addresses, most of them bad."""


def _x400_values(longest: int) -> st.SearchStrategy[str]:
    alphabet = st.one_of(st.sampled_from("aZ0 .;/\\=$:\"*%@'_"), st.characters(exclude_categories=("Cs", "Zl", "Zp")))
    return st.text(alphabet, min_size=1, max_size=longest).map(str.strip).filter(bool)


def _compared(text: str) -> str:
    return " ".join(text.casefold().split())


@st.composite
def x400_addresses(draw: st.DrawFn) -> px.X400Address:
    """Draw an O/R address of any attributes."""
    parts: dict[str, object] = {"C": draw(st.sampled_from(["us", "GB", "840"]))}
    for key, longest in _X400_LENGTHS.items():
        if draw(st.booleans()):
            parts[key] = " " if key == "A" and draw(st.booleans()) else draw(_x400_values(longest))
    if draw(st.booleans()):
        parts["OU"] = draw(st.lists(_x400_values(32), min_size=1, max_size=4))
    if draw(st.booleans()):
        kinds = draw(st.lists(_x400_values(8), min_size=1, max_size=3, unique_by=_compared))
        parts["DDA"] = {kind: draw(_x400_values(128)) for kind in kinds}
    return px.X400Address(parts)  # type: ignore[arg-type]  # the values are of several types


# Patterns of address spaces, which are texts that addresses are made of too

_PIECES = ["a", "b", "A", "*", "%", "@", ".", "é", "!", "a.b", "@a.b", "*@a.b", "*.b"]
_ODD_PIECES = ["*@", "*.", "c.a.b", "É", "ß", "İ", " ", ":", ";", "xn--9ca", "\uff41", "\u3002"]
"""Pieces of which address spaces refuse some."""

_X400_PIECES = ["c=us", "c=*", "a= ", "a=x", "p=org", "p=o*", "p=%rg", "p=*", "o=y", "o=*", "s=Doe", "dda:SMTP=a@b"]
_X400_PIECES += ["nonsense"]
_DN_PIECES = ["o", "ou=*", "cn=x", "cn=%", "%", "*", ""]

_DOMAINS = ["*", "*.b", "a.b", "*.a.b", "b", "a.b.", "*.b.", "é.b", "*.xn--9ca.b"]
"""What Exchange 2007 and later take for SMTP."""

_ENDS = ["*b", "c.*.b", "a.*", "*é.b", "**.a.b"]
"""What Exchange 2000 takes too."""

_WITH_BLANKS = ["Lotus Notes:*/a@b", "Lotus Notes:a", "lotus notes : A/a@b", "LOTUS NOTES:x*", "Lotus Notes:*"]
"""Spaces, and addresses, of a type that has a blank in the dialects of Exchange 2000 and later."""

PATTERNS = joined(_PIECES, 7)

DOTTED = joined(["a", "b", "com", "", "x-1", "é", "xn--9ca"], 4, ".")
"""Domains, good and bad."""

DOMAIN_PATTERNS = st.one_of(
    st.builds("*@{}".format, DOTTED),
    st.builds("*@*.{}".format, DOTTED),
    st.builds("{}@{}".format, DOTTED, DOTTED),
    st.builds("{}*@{}".format, DOTTED, DOTTED),
    st.builds("*{}*".format, DOTTED),
    st.builds("*{}".format, DOTTED),
    st.builds("{}%*{}".format, DOTTED, DOTTED),
    DOTTED,
).filter(lambda pattern: pattern == "*" or pattern.rstrip(".") != "*")  # `*.` is refused in every dialect
"""Patterns of every kind that the matcher looks up in a way of its own."""

FRAGMENTS = st.text("ab@.%", min_size=1, max_size=8)
"""Texts between two asterisks."""


def costed(patterns: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, int]]:
    """Return pairs of a pattern and its cost, which often meets the cost of another."""
    return st.tuples(patterns, st.integers(1, 3))


# Address spaces that meet often, and tables of them

_UNIQUE_X400 = st.lists(st.sampled_from(_X400_PIECES), max_size=5, unique_by=lambda text: text.partition("=")[0])
_ANY_SPACE = st.one_of(
    PATTERNS.map("SMTP:{}".format),
    _UNIQUE_X400.map(";".join).map("X400:{}".format),
    PATTERNS.map(lambda text: f"MS:{text.replace('.', '/')}"),
    st.sampled_from(_WITH_BLANKS),
    PATTERNS.map("FAX:{}".format),
)
_MEETING = [
    *("SMTP:*", "SMTP:", "SMTP:*@a.b", "SMTP:a@b", "SMTP:*!*"),
    *("X400:c=*", "X400:c=us;a=x", "X400:", "MS:a", "MS:*"),
]

SPACE_ADDRESSES = st.sampled_from(["SMTP:a@a.b", "a@a.b", "SMTP:a!a@b", "X400:c=us;a=x;o=y", "MS:a/b"]) | _ANY_SPACE
"""Addresses that the spaces of `spaces` match often."""


@st.composite
def spaces(draw: st.DrawFn, dialect: str = "exchange55") -> px.AddressSpace:
    """Draw an address space."""
    text = draw(st.sampled_from(_MEETING) | _ANY_SPACE)
    if dialect != "exchange55" and text.startswith("SMTP:"):
        text = draw(st.sampled_from(_DOMAINS if dialect == "exchange2007" else _DOMAINS + _ENDS))
    try:
        return px.AddressSpace.parse(f"{text};{draw(st.integers(1, 100))}", dialect=dialect)
    except px.AddressSyntaxError:
        assume(False)
        raise


@st.composite
def tables(draw: st.DrawFn, dialect: str = "exchange55") -> px.RoutingTable:
    """Draw a table whose routes have a connector each."""
    found = draw(st.lists(spaces(dialect), max_size=8))
    return px.RoutingTable([px.Route(space, f"c{i}") for i, space in enumerate(found)], dialect)


# Tables, addresses and columns that the compiled matcher is held against

_MATCHER_TYPES = st.sampled_from(["SMTP", "smtp", "SMTPOUT", "FAX", "Lotus Notes", "X400", "EX", "MS"])
_MATCHER_VALUES = st.one_of(joined(_PIECES + _ODD_PIECES, 6), joined(_X400_PIECES, 4, ";"), joined(_DN_PIECES, 4, "/"))
_MATCHER_DOMAINS = st.sampled_from([*_DOMAINS, *_ENDS, "C.a.b", "*.c.a.b", "x*.b", "x*"])
_CONNECTORS = st.sampled_from(["x", "y", "Z"])
_STATES = st.builds(
    px.Connector,
    _CONNECTORS,
    enabled=st.booleans(),
    proximity=st.sampled_from(list(px.Proximity)),
    open_retries=st.integers(0, 1),
    site_cost=st.integers(0, 2),
    activation=st.sampled_from(list(px.Activation)),
)

_MATCHED_PREFIXES = st.sampled_from(
    ["", "SMTP:", "fax:", "X400:", "EX:", "MS:", " smtp:", "SMTPOUT:", "Lotus Notes:", "LOTUS NOTES:", "lotus notes :"]
)

ADDRESSES = st.lists(
    st.builds("{}{}".format, _MATCHED_PREFIXES, _MATCHER_VALUES | _MATCHER_DOMAINS.map("x@{}".format)),
    max_size=8,
)
"""Lists of addresses, good and bad."""


@st.composite
def tables_with_states(draw: st.DrawFn) -> px.RoutingTable:
    """Draw a table of few connectors, of which some have a state."""
    dialect = draw(DIALECTS)
    patterns = st.one_of(_MATCHER_VALUES, _MATCHER_DOMAINS)
    rows = draw(st.lists(st.tuples(_MATCHER_TYPES, patterns, st.integers(1, 3), _CONNECTORS), max_size=12))
    routes = []
    for kind, pattern, cost, connector in rows:
        try:
            routes.append(px.Route(px.AddressSpace(kind, pattern, cost, dialect=dialect), connector))
        except px.AddressSyntaxError:
            continue
    return px.RoutingTable(routes, dialect, connectors=draw(st.lists(_STATES, max_size=2)))


ROUTE_COLUMNS = st.lists(
    st.tuples(
        st.one_of(_MATCHER_TYPES, st.sampled_from([None, "", "LOCAL", "b@d", 7, "X.400"])),
        st.one_of(
            *(_MATCHER_VALUES, _MATCHER_DOMAINS),
            st.sampled_from([None, " *@x ", "a;", 3, "SMTP:*", "a\nb", "*@x\x00"]),
        ),
        st.one_of(st.integers(0, 4), st.sampled_from([None, "5", 100, 101, True, 2.0])),
        st.sampled_from(["x", "Y", "z", "", None]),
    ),
    max_size=12,
)
"""Rows of type, pattern, cost and connector, of which some make no route."""

# Cells of columns and files


def case_texts() -> list[str]:
    """Return the texts of the cases that a column can hold, with their items, in brackets and after a type."""
    found: dict[str, None] = {}
    for text in texts():
        if text == text.encode("utf-8", "replace").decode():  # no lone surrogate
            found.update(dict.fromkeys([text, *text.split(";"), f"SMTP:{text}", f" {text}\t", f"[{text}]"]))
    return list(found)


_TYPED = ["SMTP:", "smtp:", "Smtp:", "X.400:", "x400 :", "3COM:", "AT&T:", "12:", "-A:", ":"]
_TYPED += ["mailto:", "MAILTO :", "DDA:", "="]
_TYPED += ["T" * 24 + ":", "t" * 25 + ":"]  # the longest type, and one that is too long
_MARKS = [*"[]<>{}\"();,@'/=\\ \t\n\x00\x1c\x7f", "\\x41", "~del"]
_WORDS = [
    "a",
    "B",
    "jane",
    "a@b",
    "com.",
    "é",
    "İ",
    "ß",
    "\u212a",
    "\u2003",
    "\x85",
    "\u200b",
    "\u3000",
    "\uff1b",
    "'a@b'",
    "c=us;a=b",
    "/c=us/a=b",
    "/o=a/cn=b",
    "=EX:/o=a",
    "=?utf-8?q?=C3=A9?=",
    "\U0001f600",
    "名",
    "ŉ",
    "z" * 300,
]
_ENCODED = ["IMCEA", "imcea", "IMCEAFAX-", "IMCEAX.400-", "IMCEA-", "\u0131mcea", "+2B", "+c3", "+A9", "+4", "_", "-"]
_ROW_PIECES = [*_TYPED, *_MARKS, *_WORDS, *_ENCODED, "@x.org"]

ROW_TEXTS = st.one_of(
    joined(_ROW_PIECES, 7),
    st.builds("{}{}@{}".format, st.sampled_from(["", *_TYPED]), st.sampled_from(_WORDS), joined(_ROW_PIECES, 2)),
    st.builds(
        "IMCEA{}-{}@{}".format,
        st.sampled_from(["FAX", "X400", "fax", "1"]),
        joined(_ROW_PIECES, 4),
        st.sampled_from(["x.org", "é", ""]),
    ),
    st.sampled_from(case_texts()),
    st.text(max_size=12),
)
"""Texts that a column of addresses may hold."""

ROWS = st.one_of(
    st.none(), ROW_TEXTS.map(str.encode), st.builds(bytes.__add__, ROW_TEXTS.map(str.encode), st.binary(max_size=4))
)
"""Rows of such a column as bytes, not always UTF-8, or null."""

CSV_CELLS = st.text(st.sampled_from('ab,;"\n\r\t\u00e9\0'), max_size=6)
"""Cells that have to be quoted in CSV, among others."""
