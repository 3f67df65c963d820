"""Finds encapsulated addresses in texts of any kind: prose, bounces, logs, messages, HTML and exports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proxyaddr._files.messages import Message, read_message
from proxyaddr._text.encodings import (
    ENTITY,
    CarriedText,
    without_entities,
    without_percents,
    without_quoted_printable,
    without_soft_breaks,
)
from proxyaddr._text.types import BLANKS, LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulation import Encapsulated
from proxyaddr.errors import AddressSyntaxError, Finding, Span
from proxyaddr.formats import imcea, legacy_dn
from proxyaddr.limits import DEFAULT_LIMITS

__all__ = ["FoundAddress", "find_encapsulated", "read_encapsulated"]


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address that was found in a text, or in an entry identifier, and what is wrong with it.

    `source` is the encapsulated address or the identifier, on one line and without the encodings that carried it;
    `span` is the place in the part of the text that it was found in.
    """

    source: str
    span: Span
    type: str
    value: str
    findings: tuple[Finding, ...] = ()
    domain: str | None = None
    display_name: str | None = None

    @property
    def is_joined(self) -> bool:
        """Whether the text was broken over lines that were joined."""
        return any(found.code == "joined-lines" for found in self.findings)

    @property
    def proxy(self) -> str | None:
        """The X500 proxy that makes replies to a legacy DN arrive; None for other types and broken DNs."""
        return legacy_dn.proxy_of(self.type, self.value, self.findings)

    @property
    def key(self) -> tuple[str, str]:
        """What two reports of one address have in common: legacy DNs compare without case."""
        return self.type, self.value.casefold() if self.type in LEGACY_DN_TYPES else self.value


def find_encapsulated(
    text: str | bytes | Message, *, tolerant: bool = False
) -> Iterator[FoundAddress | AddressSyntaxError]:
    """Yield every encapsulated address of a text as often as it stands there, or the error of what looks like one.

    The prefix may be in any case. An address that is broken over lines is joined where it then ends in a domain, and
    has the finding `joined-lines`. `tolerant` forgives slips of the encoding, as `proxyaddr.decapsulate` does, but no
    missing domain. AddressSyntaxError for a message whose parts nest too deeply.

    >>> [found.value for found in find_encapsulated("to=imceafax-+2B1+20555@contoso.com, relay=none")]
    ['+1 555']
    """
    message = text if isinstance(text, Message) else read_message(text)
    for part in message.parts:
        yield from _found_in(part, tolerant=tolerant)


def read_encapsulated(
    source: str, *, tolerant: bool = False, span: Span | None = None, findings: tuple[Finding, ...] = ()
) -> FoundAddress:
    """Return the address that a text is as a whole, its prefix in any case; AddressSyntaxError where it is none.

    `findings` are those of the text that it comes from.
    """
    DEFAULT_LIMITS.check_address(source)
    start = len(source) - len(source.lstrip(BLANKS))
    after = start + len(imcea.PREFIX)
    is_prefix = source[start:after].upper() == imcea.PREFIX
    text = source[:start] + imcea.PREFIX + source[after:] if is_prefix else source
    try:
        inside = Encapsulated(*imcea.parse(text, tolerant=tolerant))
    except AddressSyntaxError as error:
        raise AddressSyntaxError(error.code, error.message, source, error.span, error.expected) from None
    if not inside.domain:
        raise _no_domain(source)
    judged = legacy_dn.findings(inside.value) if inside.type in LEGACY_DN_TYPES else ()
    found = (*inside.findings, *findings, *judged)
    return FoundAddress(source, span or (0, len(source)), inside.type, inside.value, found, inside.domain)


def _no_domain(source: str) -> AddressSyntaxError:
    message = "no @domain ends the address, so its end may be missing"
    return AddressSyntaxError("no-domain", message, source, (len(source), len(source)), ("@domain",))


_BREAK = r"[ \t]*+(?:\r\n|\r|\n)[ \t>]*+"
_LINE_BREAK = re.compile(_BREAK)
_PREFIX = re.compile(f"(?:=?{_BREAK})?".join(imcea.PREFIX), re.IGNORECASE)
_RUN = re.compile(rf"(?:{ENTITY}|[^\s<>\"();,\[\]])++")
_RUN_WITHOUT_ENTITIES = re.compile(r"[^\s<>\"();,\[\]]++")
_END = re.compile(r"[\s<>\"();,\[\]]")
"""What ends an encapsulated address, and stands in none."""

_AT = re.compile("@|%40|=40|&#64;|&#x40;|&commat;", re.IGNORECASE)
_HOST = r"(?:\*|\w(?:[\w-]*[^\W_])?(?:\.\w(?:[\w-]*[^\W_])?)*)"
"""The domain of an encapsulated address is a host name or `*` (Q189492)."""

_ADDRESS = re.compile(rf"[^@]*(?:@(?>{_HOST}))++(?![@+])")
_NEXT_LABEL = re.compile(r"\.\w")
_BROKEN_LABEL = re.compile(r"[\w-]+\.?\Z")
_REST_OF_DOMAIN = re.compile(r"\w[\w-]*\.\w")
_CUT_OFF = ("...", "\N{HORIZONTAL ELLIPSIS}")
"""What stands for the rest of a text that was cut off (PowerShell, `Format-Table`): nothing is joined to it."""

_STILL_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|&#?\w{1,32};")


@dataclass(frozen=True, slots=True)
class _Word:
    """What stands at a prefix in a text, on one line, encodings undone; and whether a line end was dropped in it."""

    text: str
    span: Span
    is_joined: bool

    @property
    def address(self) -> str | None:
        """The text up to the end of its domain; None where it has none."""
        found = _ADDRESS.match(self.text)
        return None if found is None else found[0]


def _found_in(part: CarriedText, *, tolerant: bool) -> Iterator[FoundAddress | AddressSyntaxError]:
    soft = part.has_soft_breaks
    place = 0
    while prefix := _PREFIX.search(part.text, place):
        place = prefix.end()
        word = _word_at(part, prefix, soft=soft)
        if word is not None:
            place = word.span[1]
            yield _read(word, tolerant=tolerant)


def _word_at(part: CarriedText, prefix: re.Match[str], *, soft: bool) -> _Word | None:
    """Return the word that starts with a prefix; None where it is no encapsulated address, whole or not."""
    lines, ends = _lines(part, prefix, soft=soft)
    start = prefix.start()
    first = _joined(lines[:1], part, (start, ends[0]), soft=soft)
    whole = first if len(lines) == 1 else _joined(lines, part, (start, ends[-1]), soft=soft)
    broken_prefix = len(prefix[0]) > len(imcea.PREFIX)
    if whole.address is not None:
        return _Word(whole.text, whole.span, is_joined=whole.is_joined or (broken_prefix and not soft))
    kind, hyphen, _ = first.text[len(imcea.PREFIX) :].partition("-")
    return first if kind and hyphen and not broken_prefix else None


def _lines(part: CarriedText, prefix: re.Match[str], *, soft: bool) -> tuple[list[str], list[int]]:
    """Return the lines of an address, up to the one with its domain, and the place in the text after each.

    It goes on behind a line end where no domain has ended it and no other address begins there.
    """
    run = _RUN if part.entities else _RUN_WITHOUT_ENTITIES
    place, head = prefix.end(), imcea.PREFIX
    lines, ends = [], []
    while True:
        piece = run.match(part.text, place)
        place = place if piece is None else piece.end()
        line = head if piece is None else head + piece[0]
        lines.append(line)
        ends.append(place)
        line_end = _LINE_BREAK.match(part.text, place)
        following = line_end and run.match(part.text, line_end.end())
        if line_end is None or following is None or _PREFIX.search(following[0]) or line.endswith(_CUT_OFF):
            return lines, ends
        if not (soft and line.endswith("=")) and not _goes_on(line, following[0]):
            return lines, ends
        place, head = line_end.end(), ""


def _goes_on(line: str, following: str) -> bool:
    """Return whether an address goes on behind a line end: before its domain, or within it.

    A domain of one label may be whole; it is taken for a broken one where the next line makes a host name of it.
    """
    at = _AT.search(line)
    if at is None or at.end() == len(line) or _NEXT_LABEL.match(following):
        return True
    return _BROKEN_LABEL.match(line, at.end()) is not None and _REST_OF_DOMAIN.match(following) is not None


def _joined(lines: list[str], part: CarriedText, span: Span, *, soft: bool) -> _Word:
    text = without_soft_breaks(lines) if soft else None
    is_joined = any(text is None or not line.endswith("=") for line in lines[:-1])
    text = "".join(lines) if text is None else text
    if part.quoted_printable:
        text = without_quoted_printable(text)
    if part.entities:
        text = without_entities(text)
    end = _END.search(text)
    return _Word(without_percents(text if end is None else text[: end.start()]), span, is_joined)


def _read(word: _Word, *, tolerant: bool) -> FoundAddress | AddressSyntaxError:
    source = word.text.rstrip(".:'!?") if word.address is None else word.address
    findings = []
    if word.is_joined:
        findings.append(Finding("joined-lines", "the address was broken over lines, which were joined"))
    if _STILL_ENCODED.search(source):
        findings.append(Finding("still-encoded", "the address was encoded more than once to be carried here"))
    try:
        found = read_encapsulated(source, tolerant=tolerant, span=word.span, findings=tuple(findings))
    except AddressSyntaxError as error:
        return error
    return _no_domain(source) if word.address is None else found
