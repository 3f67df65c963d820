"""Which texts of a column are plain: one address that no rule has anything to say of, told without reading it.

Plain is less than good. Every text that is not plain goes through the parsers and the judges, one distinct text at a
time; that takes some 50 microseconds, and a column has millions. So the patterns here take the forms that columns
consist of, and a test holds them against `parse` and `validate`: no plain text has a finding.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["is_plain", "is_plain_text"]

_MAILBOX = r"[A-Za-z0-9_+-]+(?:[.'][A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}"
"""Part of what RFC 5321 4.1.2 calls Mailbox: host names of RFC 1123, no punctuation that means something elsewhere."""

_INTERNET = rf"^(?:SMTP:|smtp:)?{_MAILBOX}$"
_LONGEST_INTERNET = 64
"""Characters: a local part may have 64, a label of a domain 63 (RFC 5321 4.5.3.1, RFC 1035 2.3.4)."""

_SPECIAL = r"(?i)\.(?:arpa|invalid|onion|alt)$"
"""Domains that are no domains of the Internet (RFC 6761, RFC 7686, RFC 9476), and that no organisation uses inside."""

_NAME = r"[A-Za-z0-9(_](?:[A-Za-z0-9 ()_.-]*[A-Za-z0-9)_-])?"
_DN = rf"/[oO]=(?:{_NAME})/[oO][uU]=(?:{_NAME})(?:/[cC][nN]=(?:{_NAME})){{1,14}}"
_WORDS = r"[A-Za-z0-9](?:[A-Za-z0-9 -]{{0,{}}}[A-Za-z0-9])?".format
_X400 = (
    rf"[cC]=[A-Z]{{2}};[aA]=(?: |{_WORDS(14)});[pP]={_WORDS(14)};[oO]={_WORDS(62)};"
    rf"(?:[oO][uU]1={_WORDS(30)};)?[sS]={_WORDS(38)};(?:[gG]={_WORDS(14)};)?"
)
"""An O/R address of personal names, as Exchange writes it, with values no longer than X.411 allows less one."""

_OTHERS = rf"^(?:(?:X500|x500|EX|ex):{_DN}|(?:X400|x400):{_X400})$"
_LONGEST_OTHER = 256
"""Characters of a legacy DN with its type: without it may have as many (MS-OXOAB)."""

_ENCODED_OR_LONG = r"=3[dD]|=[^/;]{65}"
"""A legacy DN with an undecoded `=`, and one of a component that is too long (MS-OXOAB x500-dn)."""


def is_plain(texts: pa.Array) -> pa.Array:
    """Return a mask of the rows of a column of text that are plain; a null is plain too."""
    if pa.types.is_null(texts.type):
        return pa.repeat(True, len(texts))
    if pa.types.is_dictionary(texts.type):
        return pc.fill_null(is_plain(texts.dictionary).take(texts.indices), True)
    texts = texts.cast(pa.large_binary())  # a bad row may hold text that is not UTF-8
    plain = pc.fill_null(_matches(texts, _INTERNET, _LONGEST_INTERNET, _SPECIAL), True)
    if plain.true_count == len(plain):
        return plain
    others = pc.invert(plain)
    return pc.replace_with_mask(
        plain, others, _matches(texts.filter(others), _OTHERS, _LONGEST_OTHER, _ENCODED_OR_LONG)
    )


def is_plain_text(text: str) -> bool:
    """Return whether one text is plain: what `is_plain` says, for a text that is no part of a column."""
    return (
        len(text) <= _LONGEST_INTERNET
        and re.match(_INTERNET, text) is not None
        and text[-1:] != "\n"
        and re.search(_SPECIAL, text) is None
    )


def _matches(texts: pa.Array, pattern: str, longest: int, exceptions: str) -> pa.Array:
    """Return a mask of the texts that match a pattern, are not too long and do not match the exceptions."""
    found = pc.and_(pc.match_substring_regex(texts, pattern), pc.less_equal(pc.binary_length(texts), longest))
    # Few texts are left out; looking through the others again takes as long as the first pattern does
    return pc.and_not(found, pc.match_substring_regex(texts, exceptions))
