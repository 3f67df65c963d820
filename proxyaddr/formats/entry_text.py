"""Entry identifiers in texts, as programs show them: hexadecimal or base64, with labels, on one line or on several."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from proxyaddr.errors import AddressSyntaxError
from proxyaddr.formats import imcea
from proxyaddr.formats.entry_id import DEFAULT_CODE_PAGE
from proxyaddr.formats.entry_kinds import KNOWN_PROVIDERS, EntryAddress, read_octets
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["read_text"]

SHORTEST = 22
"""Bytes of hexadecimal digits that can only be meant as an identifier: flags, provider and version."""

START = b"\x00\x00\x00\x00"
SHORTEST_START = 8
"""Flags of zero and the first bytes of a known provider begin an identifier, on however many lines it stands."""

_RULE = re.compile(r"[-_=\s]*")
_LABEL = re.compile(r".*[:=][ \t]*(?=[^\s=])|[A-Za-z_]\w*[ \t]+(?=00|[A-Za-z0-9+/]{20})|.*:[ \t]*\Z")
_NOISE = re.compile(r"0x|\\x|x'|[\s,:\"'{}-]", re.IGNORECASE)
_DIGITS = re.compile("[0-9A-Fa-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_URL_SAFE = str.maketrans("-_", "+/")


def read_text(
    text: str, *, code_page: str = DEFAULT_CODE_PAGE, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[str, EntryAddress | AddressSyntaxError]] | None:
    """Return the addresses of the identifiers in a text, each with its text, or errors; None where it holds none.

    The identifiers are in hexadecimal digits with white space, dashes or `0x`, or in base64, and may have a label. Each
    begins on a line of its own and may go on over several. Nothing else may stand there but other labelled values.
    """
    written = _identifiers(text, code_page)
    if not any(_is_identifier(one, code_page) for one in written):
        return None
    return ((one, found) for one in written for found in _read(one, code_page, limits))


def _identifiers(text: str, code_page: str) -> list[str]:
    """Return the texts of identifiers, without labels and joined; an empty list where a line is none."""
    groups: list[list[str]] = []
    labelled = True
    for line in text.splitlines():
        body = line.strip()
        if _RULE.fullmatch(body):
            continue
        if not _DIGITS.fullmatch(_NOISE.sub("", body)):
            if "@" in body and imcea.PREFIX in body.upper():
                return []
            label = _LABEL.match(body)
            labelled = labelled or label is not None
            body = body[label.end() :] if label else body
            if not body:
                continue
        digits = _NOISE.sub("", body)
        if not _DIGITS.fullmatch(digits) and not _BASE64.fullmatch(body):
            if not labelled or imcea.PREFIX in body.upper():
                return []
            continue
        if labelled or _begins(body, code_page):
            groups.append([])
        groups[-1].append(body)
        labelled = False
    written = ["".join(group) for group in groups]
    return [one for one in written if len(one) >= SHORTEST or _is_identifier(one, code_page)]


def _begins(body: str, code_page: str) -> bool:
    """Return whether a line begins an identifier: by its first bytes, or because it is a whole one."""
    digits = _NOISE.sub("", body[: 8 * SHORTEST])
    head = digits[: len(digits) & ~1] if _DIGITS.fullmatch(digits) else body[: 8 * SHORTEST]
    return _is_start(_octets(head[: len(head) & ~3] or head)) or _is_whole(_octets(body), code_page)


def _is_identifier(written: str, code_page: str) -> bool:
    digits = _NOISE.sub("", written)
    if _DIGITS.fullmatch(digits) and len(digits) >= 2 * SHORTEST:
        return True
    data = _octets(written)
    return _is_start(data) or _is_whole(data, code_page)


def _is_start(data: bytes | None) -> bool:
    provider = b"" if data is None else data[4:20]
    return (
        data is not None
        and len(data) >= SHORTEST_START
        and data.startswith(START)
        and any(known.startswith(provider) for known in KNOWN_PROVIDERS)
    )


def _is_whole(data: bytes | None, code_page: str) -> bool:
    """Return whether bytes are an identifier or a search key of a known kind."""
    return data is not None and all(
        not isinstance(found, AddressSyntaxError) or found.code == "entry-without-address"
        for found in read_octets(data, code_page=code_page)
    )


def _read(written: str, code_page: str, limits: Limits) -> Iterator[EntryAddress | AddressSyntaxError]:
    data = _octets(written)
    if data is None:
        message = "the identifier does not end with a whole byte"
        yield AddressSyntaxError("truncated", message, written, (0, len(written)))
        return
    yield from read_octets(data, code_page=code_page, limits=limits)


def _octets(written: str) -> bytes | None:
    """Return the bytes of hexadecimal digits or of base64; None where they are not whole."""
    digits = _NOISE.sub("", written)
    if _DIGITS.fullmatch(digits):
        return None if len(digits) % 2 else bytes.fromhex(digits)
    plain = written.translate(_URL_SAFE).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
