"""The codes of non-delivery reports: where they stand in a text, which is the most precise, what each means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["LEGACY_DN_NOT_FOUND", "Meaning", "codes_in", "meaning", "meanings", "ms_mail_code", "precision"]

UNKNOWN, WITHOUT_CODE = "unknown-code", "no-code"
"""The rules of a code that no row knows, and of a report that states none."""

LEGACY_DN_NOT_FOUND = "legacy-dn-not-found"
"""The rule of a legacy DN that nobody has, which an X500 proxy mends."""

ADDRESSING = "1"
"""The subject of enhanced status codes that say something of the recipient's address (RFC 3463)."""

TRANSIENT = "4"

_SIGNATURE = "MSEXCH:"
"""What starts the diagnostic line of Exchange 4.0 to 5.5, where any number in parentheses is a code."""

_HEXADECIMAL = re.compile(r"\(([0-9A-Fa-f]{8})\)")
_NUMBER = re.compile(r"[0-9A-F]{8}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_ENHANCED = re.compile(r"(?<![\w.])(?:[45]\d\d[ -])?#?([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)", re.ASCII)
_REPLY = re.compile(r"(?:^|[\s;:'\"#<(])([45]\d\d)(?=[ -])", re.ASCII)
_NAME = re.compile(r"(?<![\w-])[A-Za-z]+-[A-Za-z-]*[a-z](?![\w-])", re.ASCII)


class Meaning(NamedTuple):
    """What a code says: the rule that decided, the reason, the document that states it, and what mends it.

    `recipient_exists` is whether the recipient was found, so that no address of it is missing.
    """

    rule: str
    reason: str
    article: str
    remedy: tuple[str, ...]
    recipient_exists: bool = False


def codes_in(text: str) -> tuple[str, ...]:
    """Return every code of a text that a server wrote, the most precise first; nothing where it has none.

    Enhanced status codes, hexadecimal numbers of the Internet Mail Service, names of X.400, what the texts of old
    reports say, and SMTP replies.
    """
    found = dict.fromkeys(_codes(text)) if text else ()
    return tuple(sorted(found, key=precision, reverse=True))


def precision(code: str) -> tuple[int, int]:
    """Return how precise a code is, to compare it with others: a row of its own is more than a class of errors."""
    if "." not in code:
        return (1, 0) if len(code) == 3 else (5 if _NUMBER.fullmatch(code) else 4, 0)
    _, subject, detail = code.split(".")
    if detail == "0":
        return (2, 0) if subject != "0" else (0, 0)
    return (4 if _rows(code) else 3, len(detail))


def ms_mail_code(reason: int, diagnostic: int) -> str | None:
    """Return the name of X.400 behind the numbers of the MS Mail layout: of the diagnostic, else of the reason."""
    tables = _tables()
    name: str | None = tables["ms_mail_diagnostics"].get(str(diagnostic))
    return name or tables["ms_mail_reasons"].get(str(reason))


def meaning(code: str | None, text: str) -> Meaning:
    """Return what a code says in the text in which it stands; an unknown one is said to be unknown.

    Beside an unknown number of the Internet Mail Service the reply of the other server says why, if it stands there.
    """
    if code is None:
        reason = "The report states no code that says why."
        return Meaning(WITHOUT_CODE, reason, "", ("read what the report says, or ask for the whole of it",))
    lower = text.lower()
    for row in _rows(code):
        if any(word in lower for word in row.get("words", [""])):
            return _stated(row, code)
    general = _general(code)
    reply = _REPLY.search(text) if _NUMBER.fullmatch(code) and general.rule == UNKNOWN else None
    return general if reply is None else _general(reply[1])


def meanings(name: str) -> tuple[Meaning, ...]:
    """Return all that a code may say, in any case of its letters; nothing for a name that is no code of a report."""
    codes = {code.lower(): code for code in (*_index()[0], *_x400_names().values(), *_tables()["replies"])}
    code = codes.get(name.lower(), name)
    if code not in codes.values() and _STATUS.fullmatch(code) is None:
        return ()
    return tuple(_stated(row, code) for row in _rows(code)) or (_general(code),)


def _stated(row: Mapping[str, Any], code: str) -> Meaning:
    tables = _tables()
    rule = tables["rules"][row["rule"]]
    article = tables["articles"].get(row["article"], row["article"])
    exists = rule.get("exists", False) or code.startswith(f"{TRANSIENT}.")
    return Meaning(row["rule"], row["reason"], article, tuple(rule["remedy"]), exists)


def _general(code: str) -> Meaning:
    """Return what the standards say of a code that no row knows."""
    tables = _tables()
    if "." in code:
        kind, subject, detail = code.split(".")
        what = f"{tables['classes'][kind]}, {tables['subjects'].get(subject, f'subject {subject}')}"
        exists = kind == TRANSIENT or (subject != ADDRESSING and subject in tables["subjects"] and subject in "267")
        known = tables["details"].get(f"{subject}.{detail}")
        if known is not None:
            return Meaning("enhanced-status-code", f"{what}: {known}.", tables["articles"]["statuses"], _ADVICE, exists)
        reason = f"The code {code} is unknown; its class is: {what}."
        return Meaning(UNKNOWN, reason, tables["articles"]["statuses"], _ADVICE, exists)
    known = tables["replies"].get(code)
    if known is not None:
        return Meaning("smtp-reply", f"The server replied {code}: {known}.", tables["articles"]["replies"], _ADVICE)
    if code in _x400_names().values():
        reason = f"The message transfer agent returned it for {code}."
        return Meaning("x400-diagnostic", reason, tables["articles"]["x400"], _ADVICE)
    return Meaning(UNKNOWN, f"The code {code} is unknown.", "", _ADVICE)


_ADVICE = ("check the address, and read what the server says in the report: its administrator knows more",)


def _codes(text: str) -> Iterator[str]:
    """Yield the codes of a text by their kind; what texts and replies say only where no code stands in it."""
    found = False
    for number in _HEXADECIMAL.finditer(text):
        if _SIGNATURE in text or number[1].upper() in _index()[0]:
            found = True
            yield number[1].upper()
    for code in _ENHANCED.finditer(text):
        found = True
        yield code[1]
    names = _x400_names()
    for name in _NAME.finditer(text):
        if name[0].lower() in names:
            found = True
            yield names[name[0].lower()]
    if found:
        return
    lower = " ".join(text.lower().split())
    for words, meant in _tables()["texts"].items():
        if words in lower:
            found = True
            yield meant
    if not found:
        yield from (reply[1] for reply in _REPLY.finditer(text))


@lru_cache(maxsize=256)  # a report repeats few codes
def _rows(code: str) -> list[dict[str, Any]]:
    """Return the rows of a code: its own, then those of ranges that hold it."""
    own, ranges = _index()
    rows = list(own.get(code, ()))
    place = _place(code)
    return rows + [row for first, last, row in ranges if place is not None and first <= place <= last]


def _place(code: str) -> tuple[int, ...] | None:
    """Return the numbers of an enhanced status code; None for another code."""
    return tuple(map(int, code.split("."))) if "." in code else None


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("proxyaddr") / "delivery" / "bounce_codes.toml").read_text("utf-8"))


@cache
def _index() -> tuple[dict[str, list[dict[str, Any]]], list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]]]:
    own: dict[str, list[dict[str, Any]]] = {}
    ranges = []
    for row in _tables()["codes"]:
        first, _, last = row["code"].partition("-")
        if last and "." in last:
            ranges.append((tuple(map(int, first.split("."))), tuple(map(int, last.split("."))), row))
        else:
            own.setdefault(row["code"], []).append(row)
    return own, ranges


@cache
def _x400_names() -> dict[str, str]:
    """Return the names of X.400 reasons and diagnostics by their lower case."""
    tables = _tables()
    names = (*tables["ms_mail_reasons"].values(), *tables["ms_mail_diagnostics"].values())
    return {name.lower(): name for name in names}
