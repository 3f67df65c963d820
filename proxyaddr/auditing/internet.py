"""What is wrong with one Internet address as a directory holds it, and what mends it: functions of one text.

Of the faults of an address the first in the order of `FAULTS` is told. What mends it never deletes inside a domain and
never cuts: both would make another address.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from proxyaddr._text.domains import DOMAIN_MAX_LENGTH
from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.formats.imcea import PREFIX

__all__ = [
    "FAULTS",
    "LONG_LOCAL_PART",
    "SUFFIX_MAX_LENGTH",
    "TARGET_UNFIT",
    "USER_NAME_MAX_LENGTH",
    "Judgement",
    "judge_address",
    "judge_user_name",
    "transliterated",
]

FAULTS = ("joined", "invalid-character", "non-ascii", "syntax", "domain-syntax", "not-routable")
"""What can be wrong with an address, in the order in which it is told."""

LOCAL_MAX_LENGTH, LABEL_MAX_LENGTH = 64, 63
"""RFC 5321 4.5.3.1.1 and RFC 1035 2.3.4."""

LONG_LOCAL_PART = f"more than {LOCAL_MAX_LENGTH} characters before the @"

USER_NAME_MAX_LENGTH, SUFFIX_MAX_LENGTH = 64, 48
"""The parts of a userPrincipalName, before and behind the `@` (prepare-for-directory-synchronization)."""

SMTP_UNFIT = re.compile(rf'[{WHITE_SPACE}\x00-\x20\x7f<>();,\[\]":]')
"""Blanks and characters that proxyAddresses must not hold (prepare-for-directory-synchronization)."""

TARGET_UNFIT = re.compile(rf'[{WHITE_SPACE}\x00-\x20\x7f<>();,\[\]":\\]')
"""As above, and the backslash, which targetAddress must not hold."""

USER_NAME_UNFIT = re.compile(rf"[{WHITE_SPACE}]|(?![A-Za-z0-9'._!#^~@-])[\x00-\x7f]")
"""All that is in ASCII but letters, digits, `' . - _ ! # ^ ~` and the `@` (as above)."""

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:[.]{_LABEL})*")
_PREFIX = re.compile(r"(?:\s*(?:smtp|mailto)\s*:)+", re.IGNORECASE)
_IN_ANGLE_BRACKETS = re.compile(r"[^<>@]*<([^<>]*)>\s*")
_SEPARATOR = re.compile("[,;]")
_TRANSLITERATED_LENGTH = 1024
"""The most characters that are written without accents: Unicode sorts marks by the square of their number."""

_WIDE_AT = "\uff20"

_LETTERS = str.maketrans(
    {
        **{"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"},
        **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
        **{"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T"},
        **dict.fromkeys("\u2018\u2019\u201b\u02bc", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    }
)
"""Letters as Exchange writes them in aliases, those that Unicode does not take apart, and typographic signs."""


class Judgement(NamedTuple):
    """A fault of an address, the address when it is mended or None, what to say of it, and the joined addresses."""

    fault: str
    mended: str | None
    told: str
    parts: tuple[str, ...] = ()


def judge_address(
    address: str, domains: DomainList, *, unfit: re.Pattern[str] = SMTP_UNFIT, may_be_joined: bool = True
) -> Judgement | None:
    """Return what is wrong with an address, `local@domain`; None for a sound one."""
    if address in domains.sound:
        return None
    judged = _judge_whole(address, domains, unfit, may_be_joined=may_be_joined)
    if judged is None:
        domains.keep_sound(address)
    return judged


def _judge_whole(address: str, domains: DomainList, unfit: re.Pattern[str], *, may_be_joined: bool) -> Judgement | None:
    if may_be_joined and (parts := _joined(address, domains)):
        return Judgement("joined", None, f"{len(parts):,} of them", parts)
    if found := unfit.search(address):
        mended = _without(address, unfit)
        return Judgement("invalid-character", _if_usable(mended, domains), _character(found[0]))
    if not address.isascii():
        other = next(character for character in address if not character.isascii())
        return Judgement("non-ascii", _if_usable(_in_ascii(address), domains), _character(other))
    local, _, domain = address.rpartition("@")
    if not _DOT_ATOM.fullmatch(local) or not domain:
        mended = _with_periods_mended(address)
        usable = _if_usable(mended, domains) if mended != address else None
        return Judgement("syntax", usable, _misplaced(local, domain, address))
    if len(local) > LOCAL_MAX_LENGTH and not local.startswith(PREFIX):
        return Judgement("syntax", None, LONG_LOCAL_PART)
    return _judge_domain(address, domain, domains)


def judge_user_name(name: str, domains: DomainList) -> Judgement | None:
    """Return what is wrong with a userPrincipalName, None for a sound one; a fault of the domain is one of syntax."""
    if found := USER_NAME_UNFIT.search(name):
        mended = _without(name, USER_NAME_UNFIT)
        rest = None if mended is None else judge_user_name(mended, domains)
        return Judgement("invalid-character", mended if rest is None else rest.mended, _character(found[0]))
    judged = judge_address(name, domains, may_be_joined=False)
    if judged is not None and judged.mended is not None and USER_NAME_UNFIT.search(judged.mended):
        return judged._replace(mended=None)
    return judged._replace(fault="syntax") if judged is not None and judged.fault == "domain-syntax" else judged


def transliterated(text: str) -> str | None:
    """Return a text in ASCII without accents; None where a letter has no form there.

    >>> transliterated("Jörg.Łukasz.jané"), transliterated("иван")
    ('Joerg.Lukasz.jane', None)
    """
    if len(text) > _TRANSLITERATED_LENGTH:
        return None
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    kept = "".join(c for c in apart if c.isascii() or unicodedata.category(c) not in ("Mn", "Cf"))
    return kept if kept.isascii() else None


def _judge_domain(address: str, domain: str, domains: DomainList) -> Judgement | None:
    if not _DOMAIN.fullmatch(domain):
        trimmed = address.rstrip(".") if address.endswith(".") else None
        bad = next(label for label in domain.split(".") if not _DOMAIN.fullmatch(label))
        return Judgement("domain-syntax", _if_usable(trimmed, domains), repr(bad[:64]) if bad else "an empty one")
    if len(domain) > LABEL_MAX_LENGTH and _is_too_long(domain):
        return Judgement("domain-syntax", None, "the domain or a label of it is too long")
    why = domains.why_not_routable(domain)
    return None if why is None else Judgement("not-routable", None, why)


def _misplaced(local: str, domain: str, address: str) -> str:
    """Return what is wrong with the form of an address."""
    if "@" not in address:
        return "there is no @"
    if not domain or not local:
        return "nothing stands behind the @" if local else "nothing stands before the @"
    if "@" in local:
        return "there is more than one @"
    other = re.sub(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]", "", local)
    return _character(other[0]) if other else "a period stands at an end or beside another"


def _is_too_long(domain: str) -> bool:
    return len(domain) > DOMAIN_MAX_LENGTH or any(len(label) > LABEL_MAX_LENGTH for label in domain.split("."))


def _joined(address: str, domains: DomainList) -> tuple[str, ...]:
    """Return the addresses that a value is made of, with the type where one has it; else nothing."""
    parts = _SEPARATOR.split(address)
    if len(parts) == 1:
        return ()
    found = []
    for part in parts:
        prefix = _PREFIX.match(part)
        start = prefix.end() if prefix else 0
        judged = judge_address(part[start:].strip(WHITE_SPACE), domains)
        if judged is not None and judged.fault != "not-routable":
            return ()
        found.append(f"{part[:start].strip(WHITE_SPACE)}{part[start:].strip(WHITE_SPACE)}")
    return tuple(found)


def _without(address: str, unfit: re.Pattern[str]) -> str | None:
    """Return an address without unfit characters, None where one is inside the domain; a name before it goes too."""
    prefix = _PREFIX.match(address)
    rest = address[prefix.end() :] if prefix else address
    bracketed = _IN_ANGLE_BRACKETS.fullmatch(rest)
    local, _, domain = (bracketed[1] if bracketed else rest).rpartition("@")
    if domain.startswith("["):  # an address literal, of which the brackets are a part
        return None
    start, end = 0, len(domain)
    while start < end and unfit.match(domain[start]):
        start += 1
    while end > start and unfit.match(domain[end - 1]):
        end -= 1
    pieces = _SEPARATOR.split(local)
    is_several = len(pieces) > 1 and (":" in local or any("@" in piece for piece in pieces[:-1]))
    if is_several or unfit.search(domain, start, end):
        return None  # the pieces would make another address
    return f"{unfit.sub('', local)}@{domain[start:end]}"


def _in_ascii(address: str) -> str | None:
    local, at, domain = address.replace(_WIDE_AT, "@").rpartition("@")
    name = transliterated(local)
    if name is None or not at:
        return None
    if domain.isascii():
        return f"{name}@{domain}"
    import idna  # noqa: PLC0415 - slow to import, and email-validator brings it

    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except UnicodeError:  # what idna raises
        return None


def _with_periods_mended(address: str) -> str:
    local, at, domain = re.sub("@{2,}", "@", address).rpartition("@")
    return f"{re.sub('[.]{2,}', '.', local).strip('.')}{at}{domain}"


def _if_usable(mended: str | None, domains: DomainList) -> str | None:
    """Return what mends an address, all its faults together; None where one is left."""
    if mended is None:
        return None
    rest = judge_address(mended, domains)
    return mended if rest is None else rest.mended


def _character(character: str) -> str:
    name = {" ": "a blank", "\t": "a tab", "\xa0": "a no-break blank"}.get(character)
    return name or (repr(character) if character.isprintable() else f"the character U+{ord(character):04X}")
