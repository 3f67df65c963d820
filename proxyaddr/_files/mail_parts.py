"""The parts of a mail message as texts, read by the standard library's `email`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32

from proxyaddr._files.mail_bytes import from_octets, to_octets
from proxyaddr._text.encodings import CarriedText, from_html
from proxyaddr.errors import AddressSyntaxError

__all__ = ["MAX_NESTING", "mail_parts"]

MAX_NESTING = 12
"""Parts inside each other, which bounces of messages that were forwarded twice stay below.

The parser compares each line with the boundary of every part that is open: 32 of them took a megabyte of short lines
four seconds.
"""

TRANSFER_ENCODINGS = frozenset({"quoted-printable", "base64", "x-uuencode", "uuencode", "uue", "x-uue"})
"""The encodings that are undone in a part (RFC 2045 6.1, and those of the programs before it)."""

TEXT_TYPES = frozenset({"text", "multipart", "message"})
"""Main types of parts that hold text; the last two where they have no parts inside."""

RICH_TEXT = "application/rtf"
"""A part that holds text though its main type is no text."""


CONTENT_FIELD_MAX_LENGTH = 10_000
"""Characters of a field such as Content-Type that are read: its parameters take quadratic time."""

_ENCODED_WORD = re.compile(r"(=\?[^?\s]{1,75}\?[bq]\?[^?\s]*\?=)(?:\s+(?==\?))?", re.IGNORECASE)
"""An encoded word, and the white space before the next one, which does not count (RFC 2047 6.2)."""


class _Policy(Compat32):
    """The policy that reads any header in linear time, and cuts the fields whose parameters are read."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return the name and the value of a field."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:CONTENT_FIELD_MAX_LENGTH] if name.lower().startswith("content-") else value


class _Part(Message):
    """A part that knows how many parts are around it."""

    depth = 0

    def get_content_type(self) -> str:
        """Return the type, a text for a delivery status: else each paragraph of it would be a part."""
        found = super().get_content_type()
        return "text/plain" if found == "message/delivery-status" else found

    def attach(self, payload: _Part) -> None:  # type: ignore[override]  # the parser makes parts of this class alone
        """Take a part inside; AddressSyntaxError where there are too many inside each other."""
        payload.depth = self.depth + 1
        if payload.depth > MAX_NESTING:
            message = (
                f"a message has at most {MAX_NESTING} parts inside each other: save the inner one and read it alone"
            )
            raise AddressSyntaxError("too-nested", message, "", (0, 0))
        super().attach(payload)


def mail_parts(octets: bytes) -> tuple[CarriedText, ...]:
    """Return the texts of a message: the header of each part, then what stands in it."""
    parser = BytesFeedParser(_factory=_Part, policy=_Policy())
    parser.feed(octets)
    return tuple(text for part in parser.close().walk() for text in _texts(part) if text.text)


def _texts(part: Message) -> Iterator[CarriedText]:
    yield CarriedText("\n".join(f"{name}: {_unencoded(str(value))}" for name, value in part.raw_items()))
    for around in (part.preamble, part.epilogue):
        if around:
            yield CarriedText(_repaired(around))
    is_text = part.get_content_maintype() in TEXT_TYPES or part.get_content_type() == RICH_TEXT
    if is_text and not isinstance(part.get_payload(), list):
        yield _content(part)


def _content(part: Message) -> CarriedText:
    octets = part.get_payload(decode=True)
    text = from_octets(octets if isinstance(octets, bytes) else b"", part.get_content_charset())
    encoded = str(part.get("content-transfer-encoding", "")).strip().lower() in TRANSFER_ENCODINGS
    if part.get_content_subtype() == "html":
        return CarriedText(from_html(text), quoted_printable=not encoded, entities=False)
    return CarriedText(text, quoted_printable=not encoded)


def _unencoded(value: str) -> str:
    """Return the value of a header with its line ends, encoded words decoded (RFC 2047)."""
    return _ENCODED_WORD.sub(lambda word: _decoded(word[1]), _repaired(value))


def _decoded(word: str) -> str:
    """Return the text of one encoded word: decode_header takes quadratic time for many."""
    try:
        ((octets, charset),) = decode_header(word)
    except (HeaderParseError, ValueError):
        return word
    return octets if isinstance(octets, str) else from_octets(octets, charset)


def _repaired(text: str) -> str:
    return from_octets(to_octets(text))
