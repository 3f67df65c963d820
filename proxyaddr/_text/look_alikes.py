"""Characters that make a text look like another one: bidirectional controls, invisible ones, letters of two scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from proxyaddr.errors import Finding, Span

__all__ = ["findings", "name_findings"]

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Property Bidi_Control (UAX 9): they change the order in which text is shown."""

CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Controls, and the line ends of Unicode."""

INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0"
INVISIBLE += "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""Shown as nothing or as a blank (property Default_Ignorable_Code_Point), but for those that emoji and scripts need."""

JOINERS = "\u200c\u200d"
"""Needed in the words of some scripts and in emoji (RFC 5892 A.1 and A.2), suspicious elsewhere."""

JOINED_SCRIPTS = frozenset(
    {
        *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL"),
        *("TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR", "KHMER", "TIBETAN"),
    }
)
"""First words of the names of characters that a joiner may follow."""

ALIKE_SCRIPTS = frozenset({"LATIN", "GREEK", "COPTIC", "CYRILLIC", "ARMENIAN", "CHEROKEE", "LISU"})
"""Scripts with letters that look alike: a word mixes none of them (UTS 39 5.2; Japanese, say, goes with Latin)."""

CYRILLIC_AS_LATIN = frozenset("асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡ")
"""Cyrillic letters that pass for Latin ones, as browsers list them: a label of nothing else passes for a Latin one."""

_SUSPICIOUS = (
    ("control-character", re.compile(f"[{CONTROLS}]"), "a control character or line end"),
    ("bidi-control", re.compile(f"[{BIDI_CONTROLS}]"), "a control that changes the order in which text is shown"),
    ("invisible-character", re.compile(f"[{INVISIBLE}]"), "a character that is not seen"),
)
_JOINER = re.compile(f"[{JOINERS}]")
_WORD = re.compile(r"[^\x00-/:-@\[-`{-\xbf\u2000-\u206f\u3000-\u303f]+")
"""Letters with their marks, and digits: what no punctuation or blank parts."""

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\".]{1,63}\.[^\s@<>()\[\],;:\"]{1,255}")
"""As long as its parts may be, so that looking for it takes no square of the length (RFC 5321 4.5.3.1)."""

_MEMBER_OF_EMOJI = frozenset({"So", "Sk", "Mn"})  # a symbol, a skin tone, a variation selector


def findings(value: str, *, internet: bool = False) -> tuple[Finding, ...]:
    """Report what makes a value look like another one: the first place of each kind, nothing for plain text.

    Plain words of any script are none. An `internet` address may hold no character that IDNA or a directory would turn
    into an ASCII one, and its domain no label of Cyrillic letters that all look Latin, unless it lies below another
    domain in Cyrillic.
    """
    if value.isascii():
        found = _SUSPICIOUS[0][1].search(value)
        return () if found is None else (_finding(*_SUSPICIOUS[0][::2], found.span()),)
    return tuple(_each_kind(value, internet=internet))


def name_findings(name: str, value: str) -> tuple[Finding, ...]:
    """Report what makes a display name forge: the same, and an address in it that is not the one beside it."""
    found = [Finding(each.code, f"the display name holds {each.message}") for each in findings(name)]
    shown = unicodedata.normalize("NFKC", name)
    for match in _ADDRESS.finditer(shown):
        if match[0].casefold() not in value.casefold():
            found.append(Finding("address-in-name", f"the display name holds another address, {match[0]!r}"))
            break
    return tuple(found)


def _each_kind(value: str, *, internet: bool) -> Iterator[Finding]:
    for code, pattern, what in _SUSPICIOUS:
        if match := pattern.search(value) or (_lone_joiner(value) if code == "invisible-character" else None):
            yield _finding(code, what, match.span())
    mixed = next(filter(_mixes_scripts, _WORD.finditer(value)), None)
    if mixed is not None:
        yield _finding("confusable", "a word that mixes letters of scripts that look alike", mixed.span())
    elif internet and (span := _compatible(value) or _whole_word(value)):
        yield _finding("confusable", "what looks like ASCII letters and is not", span)


def _finding(code: str, what: str, span: Span) -> Finding:
    return Finding(code, what, span)


def _lone_joiner(value: str) -> re.Match[str] | None:
    """Return the first joiner that joins nothing."""
    for match in _JOINER.finditer(value):
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
    """Return the first character that normalization turns into ASCII, such as a full-width letter."""
    for place, character in enumerate(value):
        if not character.isascii() and unicodedata.normalize("NFKC", character).isascii():
            return place, place + 1
    return None


def _whole_word(value: str) -> Span | None:
    """Return the first label of a domain that is Cyrillic and could be read as Latin."""
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
