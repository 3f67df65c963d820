"""The parts of a mail message as texts, read by the standard library's `email`."""

from __future__ import annotations

from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesFeedParser

from proxyaddr._files.mail_bytes import from_octets, to_octets
from proxyaddr._text.encodings import CarriedText, from_html
from proxyaddr.errors import AddressSyntaxError

__all__ = ["MAX_NESTING", "mail_parts"]

MAX_NESTING = 32
"""Parts inside each other; the parser compares each line with the boundary of every part that is open."""

TRANSFER_ENCODINGS = frozenset({"quoted-printable", "base64", "x-uuencode", "uuencode", "uue", "x-uue"})
"""The encodings that are undone in a part (RFC 2045 6.1, and those of the programs before it)."""

TEXT_TYPES = frozenset({"text", "multipart", "message"})
"""Main types of parts that hold text; the last two where they have no parts inside."""


class _Part(Message):
    """A part that knows how many parts are around it."""

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]  # typeshed has a type variable here
        """Take a part inside; AddressSyntaxError where there are too many inside each other."""
        if isinstance(payload, _Part):
            payload.depth = self.depth + 1
            if payload.depth > MAX_NESTING:
                message = f"a message has at most {MAX_NESTING} parts inside each other"
                raise AddressSyntaxError("too-nested", message, "", (0, 0))
        super().attach(payload)


def mail_parts(octets: bytes) -> tuple[CarriedText, ...]:
    """Return the texts of a message: the header of each part, then what stands in it."""
    parser = BytesFeedParser(_factory=_Part)  # and its policy compat32, which takes linear time for any header
    parser.feed(octets)
    return tuple(text for part in parser.close().walk() for text in _texts(part) if text.text)


def _texts(part: Message) -> Iterator[CarriedText]:
    yield CarriedText("\n".join(f"{name}: {_unencoded(str(value))}" for name, value in part.raw_items()))
    for around in (part.preamble, part.epilogue):
        if around:
            yield CarriedText(_repaired(around))
    if not isinstance(part.get_payload(), list) and part.get_content_maintype() in TEXT_TYPES:
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
    if "=?" not in value:
        return _repaired(value)
    try:
        words = decode_header(value)
    except HeaderParseError:
        return _repaired(value)
    return "".join(word if isinstance(word, str) else from_octets(word, charset) for word, charset in words)


def _repaired(text: str) -> str:
    return from_octets(to_octets(text))
