"""The layouts of non-delivery reports: which recipients a report names, and what it says of each.

A report is read line by line. A line that names a recipient opens a block, and what follows is said of it. The words
that head a section are English; a block whose text holds a code is read without them, in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from proxyaddr.delivery.bounce_codes import codes_in, ms_mail_code

__all__ = ["Report", "from_lines", "from_status"]

LONGEST_LINE = 800
"""Characters of a line that names a recipient: an address, and a name beside it."""

SHORTEST_HEADING, LONGEST_HEADING = 20, 120

LONGEST_DETAIL = 2_000
"""Characters that are kept of what is said of one recipient."""

DELIVERED = frozenset({"delivered", "relayed", "expanded"})
"""Actions of a delivery status that report no failure (RFC 3464 2.3.3)."""


class Section(Enum):
    """What the lines of a part of a report are: they name recipients with a date, or list them, or state details."""

    NONE = "none"
    DATED = "dated"
    LISTED = "listed"
    ADMINISTRATORS = "administrators"
    MS_MAIL = "ms-mail"
    ORIGINAL = "original"


HEADINGS = (
    ("the following recipient(s) could not be reached", Section.DATED),
    ("the following recipient(s) cannot be reached", Section.DATED),
    ("did not reach the following recipient(s)", Section.DATED),
    ("delivery has failed to these recipients", Section.LISTED),
    ("delivery is delayed to these recipients", Section.LISTED),
    ("couldn't deliver to the following recipients", Section.LISTED),
    ("could not deliver to the following recipients", Section.LISTED),
    ("couldn't deliver the message to the following recipients", Section.LISTED),
    ("delivery to the following recipients failed", Section.LISTED),
    ("----- the following addresses had permanent fatal errors", Section.LISTED),
    ("diagnostic information for administrators", Section.ADMINISTRATORS),
    ("was not delivered for the following reasons", Section.MS_MAIL),
    ("original message headers", Section.ORIGINAL),
)
"""What starts the line above a section, in lower case and with straight apostrophes."""

_HEADING_WORDS = tuple(words for words, _ in HEADINGS)

LISTED_BELOW = ("the following address(es) failed:", "deliver your message to the following addresses.")
"""What ends the line above the recipients in the reports of Exim and qmail, in the same letters."""

_APOSTROPHES = str.maketrans("\u2018\u2019", "''")
_QUOTE_MARKS = ">| \t\xa0"
"""What stands before the lines of a report that is quoted."""

_LOCAL = r"[^\s<>()\[\],;\"@]{1,400}"
_ADDRESS = rf"(?:(?:mailto:)?{_LOCAL}@[\w.*-]{{1,255}}|IMCEA[\w.&]{{1,16}}-{_LOCAL})"
_WORD = re.compile(r"[^\s<>()\[\],;\"]+")
_MAY_NAME = re.compile("@|/o=|IMCEA", re.IGNORECASE)
"""What every line that names a recipient by an address has."""

_ALONE = re.compile(rf"[<'\"]?(?P<address>{_ADDRESS})[>'\"]?:?", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<name>\S[^<>()\n]*?)[ \t]*[(<\[](?P<address>{_ADDRESS})[)>\]][ \t]*(?:<{_ADDRESS}>)?:?", re.IGNORECASE
)
_LINKED = re.compile(rf"mailto:(?P<address>{_ADDRESS})[ \t]+(?P<name>\S.*)", re.IGNORECASE)
_LEGACY_DN = re.compile(r"(?:EX:|X500:)?(?P<address>/o=[^/\n]+/.+)", re.IGNORECASE)
_DATE = re.compile(r"[\w,./ -]{0,40}\d[\w,./ -]{0,20}\d{1,2}[:.]\d{2}[\w:.+ -]{0,20}")
_FAILED = "(?:couldn't be|could not be|can't be|wasn't|was not|hasn't been|has not been) delivered"
_WHOLE_SENTENCE = re.compile(rf"your message to[ \t]+(?:{_ADDRESS}[ \t]+)?({_ADDRESS})[ \t]+{_FAILED}", re.IGNORECASE)
_FAILED_SENTENCE = re.compile(rf"your message {_FAILED} to[ \t]+(?:{_ADDRESS}[ \t]+)?({_ADDRESS})", re.IGNORECASE)
_LABELLED = re.compile(rf"(?:recipient address|recipient|to address):[ \t]*<?({_ADDRESS})>?", re.IGNORECASE)
_SENTENCE_STARTS = "YyRrTt"
"""The letters with which those three begin."""

_OF_OTHERS = re.compile(r"(?:sender address|sender|from|reply-to|message rejected by|cc|to|subject):", re.IGNORECASE)
_ADDRESSEE = re.compile(r"to:[ \t]*(\S.*)", re.IGNORECASE)
_FAILED_TO = re.compile(r"delivery failed to[ \t]+(\S.*)", re.IGNORECASE)
_MS_MAIL_NUMBER = re.compile(r"(reason|diagnostic):[ \t]*(-?\d{1,4})[ \t]*\(", re.IGNORECASE)
_LEADING = re.compile(rf"[<'\"]?(?P<address>{_ADDRESS})[>'\"]?(?=[ \t:(])", re.IGNORECASE)
_SAID_OF = re.compile(rf"<(?P<address>{_ADDRESS})>(?:[ \t]*\([^()\n]{{0,400}}\))?:[ \t]", re.IGNORECASE)
"""What starts the line of a recipient in the reports of Postfix: `<user@domain> (expanded from <user@domain>): ..`."""

_TRACKED = re.compile(rf",({_ADDRESS}(?:;{_ADDRESS})*),[^,]{{0,40}}?[45]\d\d[ -]", re.IGNORECASE)
"""The recipients, and their status behind them, in a line of message tracking, which names the sender as well."""

_SENDER = re.compile(r"(?<![\w-])(?:from|sender|message-id)[=:][ \t]*<?[^\s<>,;]*>?", re.IGNORECASE)
_SERVER_SPOKE = re.compile(r"(?<![\w.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?![\w.]*\d)|MSEXCH:", re.ASCII)


@dataclass
class Report:
    """What a report says of one recipient: the address or name it gives, a name beside it, and the texts of servers.

    `is_listed` is whether the report says itself that it is a recipient, where no code says so; `is_ms_mail` whether it
    is in the layout of MS Mail, where `name` is that of the whole message.
    """

    recipient: str | None
    name: str | None = None
    details: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    is_listed: bool = False
    is_ms_mail: bool = False
    length: int = 0

    def add(self, detail: str) -> None:
        """Take a line, up to a limit in all."""
        if self.length < LONGEST_DETAIL:
            self.details.append(detail[:LONGEST_DETAIL])
            self.length += len(detail) + 1

    @property
    def text(self) -> str:
        """All that is said of the recipient, on one line."""
        return " ".join(self.details)

    def all_codes(self) -> tuple[str, ...]:
        """Return the codes that were stated beside the text, and those in it, the most precise first."""
        return codes_in(self.text) if not self.codes else (*self.codes, *codes_in(self.text))


def from_status(fields: Mapping[str, str]) -> Report | None:
    """Return what a delivery status says of a recipient (RFC 3464 2.3), None where it reports no failure."""
    if fields.get("action", "").strip().lower() in DELIVERED:
        return None
    given = fields.get("final-recipient") or fields.get("original-recipient", "")
    kind, separator, address = given.partition(";")
    recipient = (address if separator else kind).strip()
    report = Report(recipient or None, fields.get("x-display-name") or None, is_listed=True)
    report.codes += codes_in(fields.get("status", ""))
    if diagnostic := fields.get("diagnostic-code"):
        report.add(diagnostic)
    return report


def from_lines(lines: Iterable[str]) -> Iterator[Report]:
    """Yield what the lines of a text say of each recipient that they name, as often as they name it."""
    reader = _Reader()
    for line in lines:
        if line and not line.isspace():
            yield from reader.read(line)
    yield from reader.close()


class _Reader:
    """Reads the lines of one text: the section that they stand in, and the block of a recipient that is open."""

    def __init__(self) -> None:
        self.section = Section.NONE
        self.block: Report | None = None
        self.label = ""
        self.addressee: str | None = None
        self.ms_mail_numbers: dict[str, int] = {}

    def read(self, line: str) -> Iterator[Report]:
        """Take a line, and yield the block that it closes."""
        said = line.lstrip(_QUOTE_MARKS).rstrip()
        if not said.isascii():
            said = said.translate(_APOSTROPHES)
        heading = _heading(said)
        if heading is not None:
            yield from self.close()
            self.section = heading
        if self.section is Section.ORIGINAL or not said:
            return
        label, self.label = self.label, said
        if self.block is None and (addressee := _ADDRESSEE.fullmatch(said)):
            self.addressee = addressee[1]
        if self.section is Section.LISTED and "@" in said and (listed := _several(said)):
            yield from self.close()
            yield from listed
            return
        opened = None if label[-1:] == ":" and _OF_OTHERS.fullmatch(label) else self._opened(said)
        if opened is not None:
            yield from self.close()
            self.block = opened
        elif self.block is not None:
            self._add(said)
        elif _server_spoke(said) and not _OF_OTHERS.match(said):
            yield from _alone(said)

    def close(self) -> Iterator[Report]:
        """Yield the open block, if it says anything."""
        block, self.block = self.block, None
        if block is None:
            return
        if self.ms_mail_numbers:
            code = ms_mail_code(self.ms_mail_numbers.get("reason", -1), self.ms_mail_numbers.get("diagnostic", -1))
            block.codes += [code] if code is not None else []
            self.ms_mail_numbers = {}
        if block.is_listed or block.all_codes():
            yield block

    def _add(self, said: str) -> None:
        assert self.block is not None  # noqa: S101 - the caller has asked
        if self.section is Section.MS_MAIL and (number := _MS_MAIL_NUMBER.match(said)):
            self.ms_mail_numbers.setdefault(number[1].lower(), int(number[2]))
        self.block.add(said)

    def _opened(self, said: str) -> Report | None:
        """Return the block that a line opens by naming a recipient; None for every other line."""
        if self.section is Section.MS_MAIL:
            failed = _FAILED_TO.match(said)
            return None if failed is None else Report(failed[1], self.addressee, is_listed=True, is_ms_mail=True)
        is_dated = self.section is Section.DATED
        recipient = _dated(said)
        if recipient is not None and (is_dated or not _OF_OTHERS.match(said)):
            return Report(recipient, is_listed=is_dated)
        if is_dated or not _MAY_NAME.search(said):
            return None
        is_listed = self.section is Section.LISTED
        return _spoken_of(said, is_listed=is_listed) or _named(said, is_listed=is_listed)


def _named(said: str, *, is_listed: bool) -> Report | None:
    """Return a block for a line that is the address of a recipient, alone, with a name or with a label."""
    if said[0] in _SENTENCE_STARTS:
        for pattern in (_WHOLE_SENTENCE, _FAILED_SENTENCE, _LABELLED):
            if labelled := pattern.match(said):
                return Report(_without_link(labelled[1]), is_listed=True)
    if len(said) > LONGEST_LINE or _OF_OTHERS.match(said):
        return None
    for pattern in (_ALONE, _LEGACY_DN, _NAMED, _LINKED):
        if named := pattern.fullmatch(said):
            name = named.groupdict().get("name")
            return Report(_without_link(named["address"]), name and _name(name), is_listed=is_listed)
    return None


def _server_spoke(said: str) -> bool:
    """Return whether a line has what a server said: most lack the dot of a code, which is seen before a search."""
    return ("5." in said or "4." in said or "MSEXCH:" in said) and _SERVER_SPOKE.search(said) is not None


def _spoken_of(said: str, *, is_listed: bool) -> Report | None:
    """Return a block for a line that starts with the address of a recipient and goes on with what a server said."""
    found = _LEADING.match(said) if _server_spoke(said) else _SAID_OF.match(said)
    if found is None or _OF_OTHERS.match(said):
        return None
    report = Report(_without_link(found["address"]), is_listed=is_listed)
    report.add(said)
    return report


def _heading(said: str) -> Section | None:
    """Return the section that a line heads; None for a line that heads none."""
    if len(said) < SHORTEST_HEADING:
        return None
    lower = said[:LONGEST_HEADING].lower()
    if lower.endswith(LISTED_BELOW):
        return Section.LISTED
    if not lower.startswith(_HEADING_WORDS):
        return None
    return next(section for words, section in HEADINGS if lower.startswith(words))


def _dated(said: str) -> str | None:
    """Return the recipient of `name on date`, as Outlook and the Internet Mail Service write; None for other lines."""
    recipient, on, date = said.rpartition(" on ")
    if not on or _DATE.fullmatch(date) is None:
        return None
    recipient = recipient.strip(" \t")
    quoted = len(recipient) > 2 and recipient[0] == recipient[-1] == "'"
    return recipient[1:-1] if quoted else recipient or None


def _alone(said: str) -> Iterator[Report]:
    """Yield a report for each address in a line of a server that stands alone, or one without a recipient."""
    tracked = _TRACKED.search(said)
    text = _SENDER.sub(" ", said) if tracked is None else tracked[1]
    words = (_ALONE.fullmatch(word[0].strip("'.:")) for word in _WORD.finditer(text))
    addresses = dict.fromkeys(_without_link(word["address"]) for word in words if word is not None)
    for address in addresses or (None,):
        report = Report(address)
        report.add(said)
        yield report


def _several(said: str) -> list[Report]:
    """Return a report for each address of a line that lists several and holds nothing else; none for another line."""
    words = [_ALONE.fullmatch(word[0]) for word in _WORD.finditer(said)]
    addresses = dict.fromkeys(_without_link(word["address"]) for word in words if word is not None)
    return (
        [Report(address, is_listed=True) for address in addresses] if len(addresses) > 1 and None not in words else []
    )


def _without_link(address: str) -> str:
    return (address[7:] if address[:7].lower() == "mailto:" else address).rstrip(".")


def _name(text: str) -> str | None:
    """Return the name beside an address, None where it is an address itself or only punctuation."""
    name = text.strip(" \t'\"<>()")
    return name if name and _ALONE.fullmatch(name) is None else None
