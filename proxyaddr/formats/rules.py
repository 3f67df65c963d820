"""Which rules judge and compare which type: a table from address type to its rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from proxyaddr._text import look_alikes
from proxyaddr._text.domains import canonical
from proxyaddr.errors import Finding
from proxyaddr.formats import internet, legacy_dn
from proxyaddr.x400 import reading as x400

__all__ = ["canonical_value", "findings"]


class Form(NamedTuple):
    """The documented form of the values of a type: its pattern, how it is written, and the article that says so."""

    pattern: str
    written: str
    article: str


JUDGES: dict[str, Callable[[str], tuple[Finding, ...]]] = {
    "X400": x400.findings,
    "EX": legacy_dn.findings,
    "X500": legacy_dn.findings,
}
"""Types whose values have a module of their own, to what judges them."""

FORMS = {
    "MS": Form(r"[^/,]{1,10}/[^/,]{1,10}/[^/,]{1,10}", "network/postoffice/mailbox, 1 to 10 each", "Q89410, Q193842"),
    "CSI": Form(r"[^/,]{1,10}/[^/,]{1,10}/[^/,]{1,10}", "network/postoffice/mailbox, 1 to 10 each", "Q156730"),
    "PCM": Form(r"[^\\,]{1,10}\\[^\\,]{1,10}\\[^\\,]{1,10}", r"network\postoffice\mailbox, 1 to 10 each", "Q116466"),
    "MSMAIL": Form(r"[^@]+@[^@]+", "user@postoffice", "Q89410"),
    "MSA": Form(r"[^@]+@[^@]+", "user@postoffice", "Q181939"),
    "CCMAIL": Form(r".+ at .+", "user at postoffice, with blanks around 'at'", "Q184994"),
    "SNADS": Form(
        r"[^()/]{1,8}\([^()/]{1,8}\)|[^()/]+(?:/[^()/]{1,8}){2}", "DGN(DEN), up to 8 each", "Q232307, Q166643"
    ),
    "PROFS": Form(r"[^()/]{1,8}\([^()/]{1,8}\)|[^()/]+(?:/[^()/]{1,8}){2}", "node(user), up to 8 each", "Q232318"),
    "GWISE": Form(r"[^.]+\.[^.]+\.[^.]+", "domain.postoffice.object", "Q240874"),
    "NOTES": Form(r"[^@]+@[^@]+", "name/organisation@domain", "Q180517"),
    "MHS": Form(r"[^@]+@[^@]+", "user@host, with {network/postoffice} where it goes on", "Q103802"),
    "AT&T": Form(r"!.+", "!user", "Q105957"),
}


def findings(
    address_type: str, value: str, display_name: str | None = None, *, idna: bool = True, smtputf8: bool = True
) -> tuple[Finding, ...]:
    """Return what breaks the rules of the address's type, and what makes it look like another address.

    A type without documented rules breaks none.
    """
    found = _by_type(address_type, value, idna=idna, smtputf8=smtputf8)
    known = {finding.code for finding in found}
    alike = look_alikes.findings(value, internet=address_type in internet.INTERNET_TYPES)
    return (
        *found,
        *(finding for finding in alike if finding.code not in known),
        *(look_alikes.name_findings(display_name, value) if display_name else ()),
    )


def _by_type(address_type: str, value: str, *, idna: bool, smtputf8: bool) -> tuple[Finding, ...]:
    if address_type in internet.INTERNET_TYPES:
        return internet.findings(value, idna=idna, smtputf8=smtputf8)
    if judge := JUDGES.get(address_type):
        return judge(value)
    form = FORMS.get(address_type)
    if form is None or re.fullmatch(form.pattern, value, re.IGNORECASE):
        return ()
    message = f"an {address_type} value is written {form.written} ({form.article})"
    return (Finding("unknown-form", message, (0, len(value))),)


def canonical_value(address_type: str, value: str) -> str:
    """Return a value as equality sees it: SMTP domains without case and in IDNA form, all else as written."""
    if address_type == "SMTP":
        return canonical(value)
    return value
