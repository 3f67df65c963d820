"""Reads mail messages, such as non-delivery reports, and texts that were copied from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxyaddr._files.mail_bytes import from_octets, to_octets
from proxyaddr._text.encodings import CarriedText, from_html

__all__ = ["Message", "read_message"]

RECIPIENT_FIELDS = frozenset({"original-recipient", "final-recipient"})
REPORT_FIELDS = RECIPIENT_FIELDS | {"reporting-mta"}
"""Fields that only a delivery status has: for each recipient, and for the report (RFC 3464 2.2, 2.3)."""

_LINE_END = r"(?>\r\n|\r|\n)"  # atomic, or a CRLF would be two line ends
_NAME = r"(?!(?:mailto|https?|smtp|x[45]00|ex):)[A-Za-z][A-Za-z0-9-]*:"
_FIELD = rf"{_NAME}[^\r\n]*{_LINE_END}(?:[ \t][^\r\n]*{_LINE_END})*"
_TWO_FIELDS = re.compile(rf"(?:From [^\r\n]*{_LINE_END})?{_FIELD}{_NAME}", re.IGNORECASE)
_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|div|p)\b", re.IGNORECASE)
_ENCODED_QUOTE = re.compile("=3D[\"']", re.IGNORECASE)
_BLANK_LINE = re.compile(rf"{_LINE_END}[ \t]*{_LINE_END}")
_STATUS_FIELD = re.compile(rf"^[ \t]*({_NAME[:-1]}):[ \t]*([^\r\n]*(?:{_LINE_END}[ \t]+[^\r\n]*)*)", re.MULTILINE)
_FOLD = re.compile(rf"[ \t]*{_LINE_END}[ \t]*")


@dataclass(frozen=True, slots=True)
class Message:
    """What a message, or a text that was copied from one, says.

    `parts` are its texts in their order: the header of each part and what stands in it, with transfer encodings undone
    and HTML as text. `recipients` has the fields of each recipient in the delivery status, and `report` those of the
    report itself, by their names in lower case, unfolded.
    """

    parts: tuple[CarriedText, ...]
    recipients: tuple[Mapping[str, str], ...] = ()
    report: Mapping[str, str] | None = None

    @property
    def text(self) -> str:
        """All texts, one below the other, with every encoding undone that shows in them."""
        return "\n".join(part.plain() for part in self.parts)


def read_message(text: str | bytes) -> Message:
    """Read a message, or a text that was copied from one; AddressSyntaxError for parts that nest too deeply.

    A text is a message where it starts with two header lines (RFC 5322 2.2). Bytes are UTF-8 or UTF-16 by their byte
    order mark, else UTF-8, else ANSI.
    """
    octets = text if isinstance(text, bytes) else to_octets(text)
    plain = from_octets(octets).lstrip("\r\n")
    if _TWO_FIELDS.match(plain):
        from proxyaddr._files.mail_parts import mail_parts  # noqa: PLC0415 - loads email, which takes its time

        parts = mail_parts(octets if isinstance(text, bytes) else plain.encode("utf-8", "replace"))
    elif _HTML.match(plain) and not _ENCODED_QUOTE.search(plain):
        parts = (CarriedText(from_html(plain), quoted_printable=False, entities=False),)
    else:
        parts = (CarriedText(plain),)
    blocks = [fields for part in parts for fields in _status_blocks(part.text)]
    report = next((fields for fields in blocks if not fields.keys() & RECIPIENT_FIELDS), None)
    return Message(parts, tuple(fields for fields in blocks if fields.keys() & RECIPIENT_FIELDS), report)


def _status_blocks(text: str) -> Iterable[Mapping[str, str]]:
    """Yield the fields of each paragraph that has one of a delivery status."""
    lower = text.lower()
    if any(f"{name}:" in lower for name in REPORT_FIELDS):
        for block in _BLANK_LINE.split(text):
            fields = {name.lower(): _FOLD.sub(" ", value).strip() for name, value in _STATUS_FIELD.findall(block)}
            if fields.keys() & REPORT_FIELDS:
                yield fields
