"""Which rules judge the values of which address type, and how values compare: tables by type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from proxyaddr._text import look_alikes
from proxyaddr._text.domains import canonical
from proxyaddr._text.types import DEFAULT_TYPE, INTERNET_TYPES, KNOWN_TYPES, LABELS
from proxyaddr.errors import Finding
from proxyaddr.formats import internet, legacy_dn

__all__ = ["canonical_value", "findings"]


class DocumentedForm(NamedTuple):
    """The form of the values of a type: its pattern without case, how it is written, and the article that says so."""

    pattern: str
    written: str
    article: str


def _judge_x400(value: str) -> tuple[Finding, ...]:
    """Return what breaks the rules of O/R addresses."""
    from proxyaddr.x400.reading import findings as x400_findings  # noqa: PLC0415 - 5 % of a start, for one type alone

    return x400_findings(value)


JUDGES: dict[str, Callable[[str], tuple[Finding, ...]]] = {
    "X400": _judge_x400,
    "EX": legacy_dn.findings,
    "X500": legacy_dn.findings,
}
"""The function that judges the values of a type, where a module is about them."""

FORMS = {
    "MS": DocumentedForm(
        r"[^/,]{1,10}/[^/,]{1,10}/[^/,]{1,10}", "network/postoffice/mailbox, 1 to 10 each", "Q89410, Q193842"
    ),
    "CSI": DocumentedForm(
        r"[^/,]{1,10}/[^/,]{1,10}/[^/,]{1,10}", "network/postoffice/mailbox, 1 to 10 each", "Q156730"
    ),
    "PCM": DocumentedForm(
        r"[^\\,]{1,10}\\[^\\,]{1,10}\\[^\\,]{1,10}", r"network\postoffice\mailbox, 1 to 10 each", "Q116466"
    ),
    "MSMAIL": DocumentedForm(r"[^@]+@[^@]+", "user@postoffice", "Q89410"),
    "MSA": DocumentedForm(r"[^@]+@[^@]+", "user@postoffice", "Q181939"),
    "CCMAIL": DocumentedForm(r".+ at .+", "user at postoffice, with blanks around 'at'", "Q184994"),
    "SNADS": DocumentedForm(
        r"[^()/]{1,8}\([^()/]{1,8}\)|[^()/]+(?:/[^()/]{1,8}){2}", "DGN(DEN), up to 8 each", "Q232307, Q166643"
    ),
    "PROFS": DocumentedForm(
        r"[^()/]{1,8}\([^()/]{1,8}\)|[^()/]+(?:/[^()/]{1,8}){2}", "node(user), up to 8 each", "Q232318"
    ),
    "GWISE": DocumentedForm(r"[^.]+\.[^.]+\.[^.]+", "domain.postoffice.object", "Q240874"),
    "NOTES": DocumentedForm(r"[^@]+@[^@]+", "name/organisation@domain", "Q180517"),
    "MHS": DocumentedForm(r"[^@]+@[^@]+", "user@host, with {network/postoffice} where it goes on", "Q103802"),
    "AT&T": DocumentedForm(r"!.+", "!user", "Q105957"),
}


def findings(
    address_type: str, value: str, display_name: str | None = None, *, idna: bool = True, smtputf8: bool = True
) -> tuple[Finding, ...]:
    """Return the rules of its type that a value breaks, and what makes it or the name look like another address.

    `idna` and `smtputf8` are for Internet addresses. A value of a type without documented rules breaks none.
    """
    found = _by_type(address_type, value, idna=idna, smtputf8=smtputf8)
    reported = {finding.code for finding in found}
    internet = address_type in INTERNET_TYPES
    alike = look_alikes.findings(value, internet=internet)
    return (
        *found,
        *(finding for finding in alike if finding.code not in reported),
        *(look_alikes.name_findings(display_name, value, internet=internet) if display_name else ()),
    )


def _by_type(address_type: str, value: str, *, idna: bool, smtputf8: bool) -> tuple[Finding, ...]:
    if address_type in INTERNET_TYPES:
        return internet.findings(value, idna=idna, smtputf8=smtputf8)
    if judge := JUDGES.get(address_type):
        return judge(value)
    if address_type in LABELS:
        return (Finding("unknown-type", f"{address_type} is no address type but a label"),)
    form = FORMS.get(address_type)
    if address_type not in KNOWN_TYPES and "@" in value and not internet.findings(value, idna=idna, smtputf8=smtputf8):
        message = f"{address_type} is no known address type, and the value is an Internet address"
        return (Finding("unknown-type", message),)
    if form is None or re.fullmatch(form.pattern, value, re.IGNORECASE):
        return ()
    message = f"an {address_type} value is written {form.written} ({form.article})"
    return (Finding("unknown-form", message, (0, len(value))),)


def canonical_value(address_type: str, value: str) -> str:
    """Return a value as equality sees it: SMTP domains without case and in IDNA form, all else as written."""
    if address_type == DEFAULT_TYPE:
        return canonical(value)
    return value
