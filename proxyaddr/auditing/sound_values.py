"""Which values of an Arrow column break no rule, told by the column: nearly all of a directory, without judging each.

A value is sound here only where its form shows it; one that is not may still be, and is judged by the rules themselves.
All forms are ASCII, so that the bytes of a value are its characters. The domains of a column repeat, and each is judged
once by the rules. Needs pyarrow.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.domains import DOMAIN_MAX_LENGTH, STAND_IN
from proxyaddr.auditing.found import Judges
from proxyaddr.auditing.internet import LOCAL_MAX_LENGTH, SUFFIX_MAX_LENGTH, USER_NAME_MAX_LENGTH, judge_address
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, MAIL, NAME, PROXIES, TARGET, UPN
from proxyaddr.auditing.value_rules import (
    ALIAS_MAX_LENGTH,
    GIVEN_NAME_MAX_LENGTH,
    MAIL_MAX_LENGTH,
    NAME_MAX_LENGTH,
    TARGET_MAX_LENGTH,
)
from proxyaddr.formats import legacy_dn

__all__ = ["SoundValues"]

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_USER_ATOM = "[A-Za-z0-9'_!#^~-]+"
_ALIAS_ATOM = "[A-Za-z0-9!#$%'*+/=?^_`{|}~-]+"
_DOMAIN = "[A-Za-z0-9.-]+"


def _dotted(atom: str) -> str:
    return rf"{atom}(?:\.{atom})*"


def _whole(*patterns: str) -> str:
    return rf"\A(?:{'|'.join(patterns)})\z"


_SMTP = rf"(?:smtp|SMTP):{_dotted(_ATOM)}@{_DOMAIN}"

_NAME = r"[A-Za-z](?:[A-Za-z0-9 ()._-]{0,62}[A-Za-z0-9()_-])?"
_COMPONENT = r"[A-Za-z0-9(](?:[A-Za-z0-9 ()._-]{0,62}[A-Za-z0-9()_-])?"
_LEGACY_DN = rf"/[Oo]={_NAME}/[Oo][Uu]={_COMPONENT}(?:/[Cc][Nn]={_COMPONENT}){{1,6}}"
"""A legacy DN with components of at most 64 characters, of which the first does not begin as quoted-printable does."""

_OTHER = rf"(?:X500|x500|EX|ex):{_LEGACY_DN}"
_FREE = r"(?:SIP|sip|EUM|eum|SPO|spo|FAX|fax|NOTES|notes|MS|ms|CCMAIL|ccmail):[!-~][ -~]*"
"""Types whose values no rule judges, among those that directories hold most."""

_USER_NAME_TOTAL = USER_NAME_MAX_LENGTH + 1 + SUFFIX_MAX_LENGTH

_MOST_DOMAINS = 1 << 16
"""Domains whose verdicts are kept for the next array."""


class _Forms(NamedTuple):
    """The forms of an attribute's sound values: with an Internet address, whose domain is judged, or others.

    `before` is how many characters stand before the address, `most` and `most_in_domain` are the greatest lengths of
    the value and of its domain.
    """

    internet: str | None
    other: str | None
    most: int
    most_in_domain: int = DOMAIN_MAX_LENGTH
    before: int = 0


_FORMS = {
    PROXIES: _Forms(_whole(_SMTP), _whole(_OTHER, _FREE), legacy_dn.MAX_LENGTH, before=len("smtp:")),
    MAIL: _Forms(_whole(rf"{_dotted(_ATOM)}@{_DOMAIN}"), None, MAIL_MAX_LENGTH),
    UPN: _Forms(_whole(rf"{_dotted(_USER_ATOM)}@{_DOMAIN}"), None, _USER_NAME_TOTAL, SUFFIX_MAX_LENGTH),
    TARGET: _Forms(_whole(_SMTP), None, TARGET_MAX_LENGTH, before=len("smtp:")),
    ALIAS: _Forms(None, _whole(_dotted(_ALIAS_ATOM)), ALIAS_MAX_LENGTH),
    NAME: _Forms(None, _whole("[ -~]*[!-~][ -~]*"), NAME_MAX_LENGTH),
    GIVEN_NAME: _Forms(None, _whole("[ -~]*"), GIVEN_NAME_MAX_LENGTH),
}


class SoundValues:
    """Tells the sound values of columns of one attribute."""

    def __init__(self, attribute: str, judges: Judges) -> None:
        self._forms = _FORMS[attribute]
        self._attribute = attribute
        self._judges = judges
        self._most = (
            min(self._forms.most, judges.context.max_proxy_length) if attribute == PROXIES else self._forms.most
        )
        self._known: dict[bytes, bool] = {}

    def mask(self, array: pa.Array) -> pa.Array:
        """Return a mask of the sound values of an array of binary; null is none."""
        internet, other = self._forms.internet, self._forms.other
        fits = pc.fill_null(pc.less_equal(pc.binary_length(array), self._most), False)
        if internet is None:
            return pc.and_(fits, _matching(array, other))
        sound = pc.and_(fits, _matching(array, internet))
        if pc.any(sound).as_py():
            sound = pc.replace_with_mask(sound, sound, self._with_sound_parts(pc.filter(array, sound)))
        if other is None:
            return sound
        rest = pc.and_not(fits, sound)
        if pc.any(rest).as_py():
            sound = pc.replace_with_mask(sound, rest, _matching(pc.filter(array, rest), other))
        return sound

    def _with_sound_parts(self, array: pa.Array) -> pa.Array:
        """Return a mask of the addresses whose parts are not too long, and whose domain is sound."""
        parts = pc.split_pattern(array, b"@", max_splits=1)
        local, domain = pc.list_element(parts, 0), pc.list_element(parts, 1).dictionary_encode()
        verdicts = pa.array([self._is_sound_domain(name) for name in domain.dictionary.to_pylist()], pa.bool_())
        is_short = pc.less_equal(pc.binary_length(local), LOCAL_MAX_LENGTH + self._forms.before)
        return pc.and_(is_short, verdicts.take(domain.indices))

    def _is_sound_domain(self, name: bytes) -> bool:
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _MOST_DOMAINS:
                self._known.clear()
            known = self._known[name] = self._judged(name.decode())
        return known

    def _judged(self, domain: str) -> bool:
        if len(domain) > self._forms.most_in_domain:
            return False
        if self._attribute == PROXIES and self._judges.context.is_reserved(domain):
            return False
        judged = judge_address(f"{STAND_IN}@{domain}", self._judges.domains)
        return judged is None or (self._attribute == MAIL and judged.fault == "not-routable")


def _matching(array: pa.Array, pattern: str | None) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(array, pattern), False)
