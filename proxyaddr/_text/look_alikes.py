"""Texts that look like another one: by bidirectional controls, invisible characters, or letters of two scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from proxyaddr._text.domains import ascii_domain, unquoted_local
from proxyaddr.errors import Finding, Span

__all__ = ["find_control", "findings", "name_findings"]

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Property Bidi_Control (UAX 9): characters that change the order in which text is shown."""

CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Controls, and the line ends of Unicode."""

INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0"
INVISIBLE += "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""Characters that show nothing or a blank (Default_Ignorable_Code_Point), without those that emoji and scripts need."""

JOINERS = "\u200c\u200d"
"""Characters that some scripts and emoji need (RFC 5892 A.1 and A.2), and that are suspicious elsewhere."""

JOINED_SCRIPTS = frozenset(
    {
        *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL"),
        *("TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR", "KHMER", "TIBETAN"),
    }
)
"""Scripts whose characters a joiner may follow."""

ALIKE_SCRIPTS = frozenset({"LATIN", "GREEK", "COPTIC", "CYRILLIC", "ARMENIAN", "CHEROKEE", "LISU"})
"""Scripts with letters that look alike: a word has letters of one (UTS 39 5.2). Japanese, say, may mix with Latin."""

CYRILLIC_AS_LATIN = frozenset("асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡ")
"""Cyrillic letters that look like Latin ones, as browsers list them: so does a label with no other letters."""

_SUSPICIOUS = {
    "control-character": (CONTROLS, "a control character or line end"),
    "bidi-control": (BIDI_CONTROLS, "a control that changes the order in which text is shown"),
    "invisible-character": (INVISIBLE, "a character that is not seen"),
}
"""Code to the characters that have it, as in a class of a regular expression, and words for one of them."""

_WORD = r"[^\x00-/:-@\[-`{-\xbf\u2000-\u206f\u3000-\u303f]+"
"""Letters with their marks, and digits, up to a blank or punctuation."""

_ADDRESS = re.compile(r"([^\s@<>()\[\],;:\"]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,127})")
"""No part is longer than it may be (RFC 5321 4.5.3.1): a search without these limits would take quadratic time."""

_AROUND = "'`\u2018\u2019\u201c\u201d*_~|/\\{}.!?&=#+-"
"""Punctuation that may stand right before an address in a name and is no part of it there."""

_MEMBER_OF_EMOJI = frozenset({"So", "Sk", "Mn"})  # a symbol, a skin tone, a variation selector


def findings(value: str, *, internet: bool = False) -> tuple[Finding, ...]:
    """Return what makes a value look like another one: the first place of each kind, nothing for plain text.

    Plain words of any script are no finding. In an `internet` address a character that IDNA or a directory would turn
    into an ASCII one is a finding, and so is a label of its domain with only Cyrillic letters that look Latin, unless
    the last label is Cyrillic too.
    """
    if value.isascii():
        return tuple(_character_findings(value, "control-character"))
    return (*_character_findings(value, *_SUSPICIOUS), *_word_findings(value, internet=internet))


def find_control(value: str) -> re.Match[str] | None:
    """Return the match of the first control or line end; None without any."""
    return _class_of(CONTROLS).search(value)


def name_findings(name: str, value: str, *, internet: bool = False) -> tuple[Finding, ...]:
    """Return what in a display name misleads: the same, and an address that is not the one of the `value`.

    A value that is no `internet` address may hold one: a name may show that.
    """
    found = [Finding(each.code, f"the display name holds {each.message}") for each in findings(name)]
    if "@" in name or not name.isascii():
        own = [value.rpartition("@")[::2]] if internet else [inside.groups() for inside in _ADDRESS.finditer(value)]
        known = {
            _compared(part, domain)
            for local, domain in own
            for part in ((local,) if internet else (local, local.rpartition("=")[2]))
        }
        for shown in _ADDRESS.finditer(unicodedata.normalize("NFKC", name)):
            local, domain = shown.groups()
            if not {_compared(local, domain), _compared(local.lstrip(_AROUND), domain)} & known:
                found.append(Finding("address-in-name", f"the display name holds another address, {shown[0]!r}"))
                break
    return tuple(found)


def _compared(local: str, domain: str) -> tuple[str, str]:
    return unquoted_local(local).casefold(), ascii_domain(domain)


@cache
def _class_of(characters: str) -> re.Pattern[str]:
    """Return the pattern of one of the characters; compiled on first use, since it takes long."""
    return re.compile(f"[{characters}]")


def _character_findings(value: str, *codes: str) -> Iterator[Finding]:
    for code in codes:
        characters, words = _SUSPICIOUS[code]
        match = _class_of(characters).search(value)
        if match is None and characters is INVISIBLE:
            match = _lone_joiner(value)
        if match is not None:
            yield Finding(code, words, match.span())


def _word_findings(value: str, *, internet: bool) -> Iterator[Finding]:
    mixed = next(filter(_mixes_scripts, re.finditer(_WORD, value)), None)
    if mixed is not None:
        yield Finding("confusable", "a word that mixes letters of scripts that look alike", mixed.span())
    elif internet and (span := _compatible(value) or _latin_look_alike(value)):
        yield Finding("confusable", "characters that look like ASCII letters and are none", span)


def _lone_joiner(value: str) -> re.Match[str] | None:
    """Return the first joiner that joins nothing."""
    for match in _class_of(JOINERS).finditer(value):
        before = value[match.start() - 1] if match.start() else " "
        if _script(before) not in JOINED_SCRIPTS and unicodedata.category(before) not in _MEMBER_OF_EMOJI:
            return match
    return None


def _script(character: str) -> str:
    """Return the first word of a character's name, which is the script of a letter."""
    return unicodedata.name(character, "").partition(" ")[0]


def _mixes_scripts(word: re.Match[str]) -> bool:
    return not word[0].isascii() and len({script for c in word[0] if (script := _script(c)) in ALIKE_SCRIPTS}) > 1


def _compatible(value: str) -> Span | None:
    """Return the place of the first character that normalization turns into ASCII, such as a full-width letter."""
    for place, character in enumerate(value):
        if not character.isascii() and unicodedata.normalize("NFKC", character).isascii():
            return place, place + 1
    return None


def _latin_look_alike(value: str) -> Span | None:
    """Return the place of the first label of a domain that is Cyrillic and could be read as Latin."""
    start = value.rfind("@") + 1
    labels = value[start:].split(".")
    if not labels[-1].isascii():
        return None
    for label in labels:
        letters = set(label.lower()) - set("0123456789-")
        if letters and letters <= CYRILLIC_AS_LATIN:
            return start, start + len(label)
        start += len(label) + 1
    return None
