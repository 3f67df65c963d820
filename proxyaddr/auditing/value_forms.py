"""What the rules say of the values of an Arrow column, told by their forms: nearly all of a directory.

Of an Internet address in its plain form it is what they say of its domain, which repeats and is judged once. Other
forms are sound. A value in none of them is left to the rules. All forms are ASCII, so that the bytes of a value are its
characters. Needs pyarrow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from proxyaddr._text.domains import STAND_IN
from proxyaddr.auditing.internet import LOCAL_MAX_LENGTH, SUFFIX_MAX_LENGTH, USER_NAME_MAX_LENGTH
from proxyaddr.auditing.objects import ALIAS, GIVEN_NAME, MAIL, NAME, PROXIES, TARGET, UPN
from proxyaddr.auditing.single_values import SOUND, ValueJudge, Verdict
from proxyaddr.auditing.value_rules import (
    ALIAS_MAX_LENGTH,
    GIVEN_NAME_MAX_LENGTH,
    MAIL_MAX_LENGTH,
    NAME_MAX_LENGTH,
    TARGET_MAX_LENGTH,
)
from proxyaddr.formats import legacy_dn

__all__ = ["FormVerdicts"]

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
    """The forms of an attribute's values: Internet addresses, whose domain is judged, and others, which are sound.

    `before` is what stands before the address, in either case, and `most` the greatest length of the value.
    """

    internet: str | None
    other: str | None
    most: int
    before: str = ""


_FORMS = {
    PROXIES: _Forms(_whole(_SMTP), _whole(_OTHER, _FREE), legacy_dn.MAX_LENGTH, before="smtp:"),
    MAIL: _Forms(_whole(rf"{_dotted(_ATOM)}@{_DOMAIN}"), None, MAIL_MAX_LENGTH),
    UPN: _Forms(_whole(rf"{_dotted(_USER_ATOM)}@{_DOMAIN}"), None, _USER_NAME_TOTAL),
    TARGET: _Forms(_whole(_SMTP), None, TARGET_MAX_LENGTH, before="smtp:"),
    ALIAS: _Forms(None, _whole(_dotted(_ALIAS_ATOM)), ALIAS_MAX_LENGTH),
    NAME: _Forms(None, _whole("[ -~]*[!-~][ -~]*"), NAME_MAX_LENGTH),
    GIVEN_NAME: _Forms(None, _whole("[ -~]*"), GIVEN_NAME_MAX_LENGTH),
}


class FormVerdicts:
    """Gives the verdicts on values of one attribute that their forms show."""

    def __init__(self, judge: ValueJudge) -> None:
        self._judge = judge
        self._forms = forms = _FORMS[judge.attribute]
        is_proxy = judge.attribute == PROXIES
        self._most = min(forms.most, judge.judges.context.max_proxy_length) if is_proxy else forms.most
        self._known: dict[bytes, Verdict] = {}

    def numbers(self, array: pa.Array, number: Callable[[Verdict], int]) -> pa.Array:
        """Return the numbers of the verdicts on an array of binary; null for null, and where no form shows one.

        `number` gives a verdict its number.
        """
        internet, other = self._forms.internet, self._forms.other
        found = pa.nulls(len(array), pa.int32())
        fits = pc.fill_null(pc.less_equal(pc.binary_length(array), self._most), False)
        if internet is not None:
            named = pc.and_(fits, _matching(array, internet))
            if pc.any(named).as_py():
                found = pc.replace_with_mask(found, named, self._by_domain(pc.filter(array, named), number))
            fits = pc.and_not(fits, named)
        if other is not None and pc.any(fits).as_py():
            sound = pc.if_else(_matching(pc.filter(array, fits), other), number(SOUND), pa.scalar(None, pa.int32()))
            found = pc.replace_with_mask(found, fits, sound.cast(pa.int32()))
        return found

    def _by_domain(self, array: pa.Array, number: Callable[[Verdict], int]) -> pa.Array:
        """Return the numbers of the verdicts on addresses that have nothing wrong before the domain."""
        parts = pc.split_pattern(array, b"@", max_splits=1)
        local, domain = pc.list_element(parts, 0), pc.list_element(parts, 1).dictionary_encode()
        verdicts = pa.array([number(self._on_domain(name)) for name in domain.dictionary.to_pylist()], pa.int32())
        is_short = pc.less_equal(pc.binary_length(local), LOCAL_MAX_LENGTH + len(self._forms.before))
        return pc.if_else(is_short, verdicts.take(domain.indices), pa.scalar(None, pa.int32()))

    def _on_domain(self, name: bytes) -> Verdict:
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _MOST_DOMAINS:
                self._known.clear()
            known = self._known[name] = self._judge.verdict(f"{self._forms.before}{STAND_IN}@{name.decode()}")
        return known


def _matching(array: pa.Array, pattern: str | None) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(array, pattern), False)
