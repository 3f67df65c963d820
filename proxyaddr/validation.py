"""Which rules judge and compare which type: a table from address type to its rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from proxyaddr import look_alikes, smtp
from proxyaddr.errors import Finding

if TYPE_CHECKING:
    from proxyaddr.addresses import TypedAddress

__all__ = ["canonical_value", "validate"]


class Form(NamedTuple):
    """The documented form of the values of a type: its pattern, how it is written, and the article that says so."""

    pattern: str
    written: str
    article: str


MODULES = {
    "X400": "proxyaddr.x400",
    "EX": "proxyaddr.x500",
    "X500": "proxyaddr.x500",
}
"""Types whose values have a room of their own, loaded on first use."""

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


def validate(address: TypedAddress, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
    """Return what breaks the rules of the address's type, and what makes it look like another address.

    A type without documented rules breaks none.
    """
    internet = address.type in smtp.INTERNET_TYPES
    found = _by_type(address, idna=idna, smtputf8=smtputf8)
    known = {finding.code for finding in found}
    alike = look_alikes.findings(address.value, internet=internet)
    name: str | None = getattr(address, "display_name", None)
    return (
        *found,
        *(finding for finding in alike if finding.code not in known),
        *(look_alikes.name_findings(name, address.value) if name else ()),
    )


def _by_type(address: TypedAddress, *, idna: bool, smtputf8: bool) -> tuple[Finding, ...]:
    if address.type in smtp.INTERNET_TYPES:
        return smtp.findings(address.value, idna=idna, smtputf8=smtputf8)
    if module := MODULES.get(address.type):
        judge: Callable[[str], tuple[Finding, ...]] = import_module(module).findings
        return judge(address.value)
    form = FORMS.get(address.type)
    if form is None or re.fullmatch(form.pattern, address.value, re.IGNORECASE):
        return ()
    message = f"an {address.type} value is written {form.written} ({form.article})"
    return (Finding("unknown-form", message, (0, len(address.value))),)


def canonical_value(address_type: str, value: str) -> str:
    """Return a value as equality sees it: SMTP domains without case and in IDNA form, all else as written."""
    if address_type == "SMTP":
        return smtp.canonical(value)
    return value
