"""One-off addresses as people paste them: the transformer of grammar/pasted.lark, and what the parts of a text make."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lark import Token, Transformer

from proxyaddr._text.grammar import Grammar
from proxyaddr._text.types import BLANKS, DEFAULT_TYPE, KNOWN_TYPES, WHITE_SPACE, canonical_type
from proxyaddr.addresses.display_names import commented_name, display_name
from proxyaddr.addresses.mailboxes import LINK, MAILBOX, linked, mailbox, named
from proxyaddr.addresses.shapes import typed_by_shape
from proxyaddr.addresses.surroundings import SURROUNDING_BLANKS, trimmed_inside, unfolded, without_comments
from proxyaddr.addresses.values import OneOffAddress
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = ["read_pasted"]

Reader = Callable[[str], OneOffAddress | None]

_DOUBLED = re.compile(r"(?<!<)(<{2,})([^<>]*)(>{2,})(?!>)")
"""Excessive angle brackets (RFC 7103 7.1.2)."""

_GAPS = re.compile(r'("(?:[^"\\]|\\.)*")|\([^()]*\)|[^\S\x1c-\x1f]+')


class _Part(NamedTuple):
    """A part of a pasted text: the terminal or rule that it is, and its place."""

    kind: str
    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part as it is written in the text."""
        return text[self.start : self.end]

    def address_of(self, text: str) -> str:
        """Return an Internet address without the comments and blanks inside it (RFC 5322 4.4)."""
        return _GAPS.sub(r"\1", without_comments(self.of(text)))


class _Link(NamedTuple):
    """The place of the address in a link behind another address."""

    part: _Part


class _InAngles(NamedTuple):
    """What stands in angle brackets: a type if one is written, the MAILBOX or VALUE, and a link behind it."""

    label: _Part | None
    written: _Part
    link: _Part | None


class _Pasted(NamedTuple):
    """The parts of a text in its order, before and behind the angle brackets."""

    before: list[_Part]
    in_angles: _InAngles | None
    behind: list[_Part]


def read_pasted(text: str, read_bracketed: Reader) -> OneOffAddress | None:
    """Return the one-off address that a text with folds and other surroundings is; None where it is none.

    `read_bracketed` reads `[TYPE:value]`, or returns None.
    """
    undone = trimmed_inside(text)
    try:
        found: _Pasted = _PASTED.parse(_DOUBLED.sub(_once, without_comments(undone)), "pasted")
    except AddressSyntaxError:  # the grammar of one-off addresses has refused the text, and says why
        return None
    reading = () if undone == text else (SURROUNDING_BLANKS,)
    if found.in_angles is not None:
        return _named_in_angles(undone, found, found.in_angles, reading)
    return _without_angles(undone, found.before, reading, read_bracketed)


def _once(match: re.Match[str]) -> str:
    """Return angle brackets that are doubled on both sides as one pair, and blanks for the others."""
    before, inside, behind = match.groups()
    if len(before) != len(behind):
        return match[0]
    blanks = " " * (len(before) - 1)
    return f"{blanks}<{inside}>{blanks}"


def _named_in_angles(
    text: str, found: _Pasted, angles: _InAngles, reading: tuple[Finding, ...]
) -> OneOffAddress | None:
    address = _angled(text, angles)
    if address is None:
        return None
    if not found.before:
        return named(address, _name_of_notes(text, found.behind), reading)
    shown = text[found.before[0].start : found.before[-1].end]
    if angles.label and MAILBOX.fullmatch(shown) and mailbox(shown).same_address(address):  # a link and its text
        return named(address, None, reading)
    return named(address, _name(text, found.before), reading)


def _angled(text: str, angles: _InAngles) -> OneOffAddress | None:
    """Return the address in angle brackets; None where there is none."""
    is_mailbox = angles.written.kind == "SPREAD"
    value = angles.written.address_of(text) if is_mailbox else angles.written.of(text)
    if angles.link is not None:
        address = mailbox(value)
        return address if is_mailbox and address.same_address(mailbox(angles.link.of(text))) else None
    if angles.label is not None:
        return _labelled(angles.label.of(text), value)
    if is_mailbox:
        return mailbox(value)
    shaped = typed_by_shape(value)
    return None if shaped is None else OneOffAddress(*shaped)


def _labelled(label: str, value: str) -> OneOffAddress | None:
    if LINK.fullmatch(label):
        return linked(value)
    address_type, trimmed = canonical_type(label[:-1]), value.strip(WHITE_SPACE)
    if address_type == DEFAULT_TYPE:
        return mailbox(value)
    return OneOffAddress(address_type, trimmed) if address_type in KNOWN_TYPES and trimmed else None


def _noted(text: str, part: _Part, notes: list[_Part], reading: tuple[Finding, ...]) -> OneOffAddress | None:
    """Return the only address of a text with the name that the notes around it give; None for `"N"user@domain`."""
    if any(note.kind == "QUOTED" and note.end == part.start for note in notes):
        return None
    is_link = part.kind == "MAIL_LINK"
    address = linked(LINK.sub("", part.of(text), count=1)) if is_link else mailbox(part.address_of(text))
    return None if address is None else named(address, _name_of_notes(text, notes), reading)


def _without_angles(
    text: str, parts: list[_Part], reading: tuple[Finding, ...], read_bracketed: Reader
) -> OneOffAddress | None:
    """Return the address of a text in which exactly one part is an address, the others its name or notes on it."""
    if not parts or any(_is_typed(text, part) for part in parts[:-1]):
        return None
    kinds = [part.kind for part in parts]
    addresses = [part for part in parts if part.kind in ("MAILBOX", "MAIL_LINK")]
    if len(addresses) == 1 and not {"WORDS", "SQUARE"} & set(kinds):
        (part,) = addresses
        return _noted(text, part, [each for each in parts if each is not part], reading)
    last, before = parts[-1], parts[:-1]
    is_literal = text[: last.start].endswith("@")  # with characters that an address literal can't hold
    if (
        last.kind == "SQUARE"
        and not addresses
        and not is_literal
        and (found := read_bracketed(unfolded(last.of(text))))
    ):
        return named(found, _name(text, before) if before else None, reading)
    written = last.of(text)[1:-1].strip(WHITE_SPACE)
    if addresses or is_literal or not MAILBOX.fullmatch(written):
        return None
    if last.kind == "SQUARE" or (last.kind == "COMMENT" and {"WORDS", "QUOTED", "SQUARE"} & set(kinds[:-1])):
        return named(mailbox(written), _name(text, before) if before else None, reading)
    return None


def _is_typed(text: str, part: _Part) -> bool:
    """Return whether a part is square brackets with a known type and a value: an address, and not the name of one."""
    label, _, value = part.of(text)[1:-1].partition(":")
    return part.kind == "SQUARE" and label.strip(BLANKS).upper() in KNOWN_TYPES and bool(value.strip(WHITE_SPACE))


def _name(text: str, parts: list[_Part]) -> str | None:
    """Return the display name that parts make: the quoted one where the others are comments, else all as written."""
    quoted = [part for part in parts if part.kind == "QUOTED"]
    if len(quoted) == 1 and all(part.kind in ("QUOTED", "COMMENT") for part in parts):
        parts = quoted
    return display_name(text[parts[0].start : parts[-1].end])


def _name_of_notes(text: str, notes: list[_Part]) -> str | None:
    """Return the name that notes around an address give: a quoted one before the first comment that is not empty."""
    for part in sorted(notes, key=lambda note: note.kind != "QUOTED"):
        written = part.of(text)
        if name := display_name(written) if part.kind == "QUOTED" else commented_name(written):
            return name
    return None


class _PastedTransformer(Transformer[Token, object]):
    """Returns the parts of a text by their places."""

    def pasted(self, children: list[object]) -> _Pasted:
        """pasted: element* (in_angles note*)?."""
        parts = [_part_of(each) if isinstance(each, Token) else each for each in children]
        place = next((number for number, each in enumerate(parts) if isinstance(each, _InAngles)), len(parts))
        before, angles, behind = parts[:place], parts[place : place + 1], parts[place + 1 :]
        in_angles = angles[0] if angles else None
        return _Pasted(before, in_angles, behind)  # type: ignore[arg-type]  # the grammar orders them so

    def link(self, children: list[Token]) -> _Link:
        """link: "<" LABEL? MAILBOX ">"."""
        return _Link(_part_of(children[-1]))

    def in_angles(self, children: list[object]) -> _InAngles:
        """in_angles: "<" COMMENT* ((ROUTE COMMENT*)? SPREAD | LABEL (SPREAD | VALUE) | VALUE) COMMENT* link? ">"."""
        parts = {each.type: _part_of(each) for each in children if isinstance(each, Token)}
        link = children[-1].part if isinstance(children[-1], _Link) else None
        return _InAngles(parts.get("LABEL"), parts.get("SPREAD") or parts["VALUE"], link)


def _part_of(token: Token) -> _Part:
    return _Part(token.type, token.start_pos or 0, token.end_pos or 0)


# Compiled only where the forms of the articles do not fit: no terminal has a name, since its errors are not shown
_PASTED = Grammar("pasted.lark", ("pasted",), _PastedTransformer(), {})
