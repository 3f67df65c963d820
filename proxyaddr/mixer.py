"""O/R addresses to Internet addresses and back: MIXER (RFC 2156), as the Exchange connectors apply it."""

from __future__ import annotations

import re

from proxyaddr.errors import AddressSyntaxError, check_text, check_type
from proxyaddr.x400.address import X400Address
from proxyaddr.x400.ddas import RepeatedDDAs
from proxyaddr.x400.keywords import DDA_VALUE_MAX_LENGTH
from proxyaddr.x400.printable_string import from_printable_string, to_printable_string

__all__ = ["from_domain_form", "from_gateway_form", "smtp_address", "to_domain_form", "to_gateway_form", "with_smtp"]

CONTINUATIONS = 3
"""RFC822C1 to RFC822C3 continue a value that is too long for one attribute (RFC 2156)."""

INTERNET_DDAS = ("SMTP", "RFC-822", "RFC822")
"""DDA types that hold an Internet address (Q183270, Q255024, Q176181)."""

_LABEL = re.compile(r"[^\s.@\"\\<>()\[\],;:\x00-\x1f\x7f]+")
_USER = re.compile(r"(?:([^.]{2,})\.(?:((?:[^.]\.)*))?)?([^.]+)|((?:[^.]\.)+)([^.]+)")
_GATEWAY = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|(/[^@"]*))@([^@\s"<>]+)', re.DOTALL)


def with_smtp(address: X400Address, smtp: str, *, dda_type: str = "SMTP") -> X400Address:
    """Return an O/R address that holds an Internet address as a domain-defined attribute (Q262112, Q255024).

    `SMTP` keeps it as written; `RFC-822` substitutes the characters that a PrintableString can't hold, and continues in
    RFC822C1 to RFC822C3 after 128 characters (RFC 2156). AddressSyntaxError for an address that is longer still.
    """
    check_text(smtp, "smtp")
    new: dict[str, str] = {}
    if dda_type.upper() == "SMTP":
        new["SMTP"] = smtp
    else:
        text = to_printable_string(smtp)
        if len(text) > DDA_VALUE_MAX_LENGTH * (CONTINUATIONS + 1):
            raise AddressSyntaxError("x400-too-long", "too long for RFC822C1 to RFC822C3", smtp, (0, len(smtp)))
        for number, start in enumerate(range(0, len(text), DDA_VALUE_MAX_LENGTH)):
            kind = f"RFC822C{number}" if number else dda_type
            new[kind] = text[start : start + DDA_VALUE_MAX_LENGTH]
    old = [(kind, value) for kind, value in _ddas(address) if kind.upper() not in INTERNET_DDAS and kind not in new]
    return X400Address({**address.components, "DDA": RepeatedDDAs((*old, *new.items()))})


def smtp_address(address: X400Address) -> str | None:
    """Return the Internet address in a domain-defined attribute, substitutions undone once; None without one."""
    ddas = {kind.upper(): value for kind, value in reversed(_ddas(address))}  # the first of a type counts
    for kind in INTERNET_DDAS:
        if kind in ddas:
            more = "".join(ddas.get(f"RFC822C{number}", "") for number in range(1, CONTINUATIONS + 1))
            return from_printable_string((ddas[kind] + (more if kind != "SMTP" else "")).strip('"'))
    return None


def to_domain_form(address: X400Address) -> str:
    """Return `alias@ou.o.prmd.admd.country` (Q238491); the user part is s, g.s or g.i.s (Q239007).

    A blank ADMD is left out. AddressSyntaxError where a value is no label of a domain, or there is no surname.

    >>> to_domain_form(X400Address.parse("c=de;a=admd;p=microsoft;o=pss;s=alias"))
    'alias@pss.microsoft.admd.de'
    """
    parts = _x400(address).components
    units = parts.get("OU", [])
    names = [parts.get("G"), *str(parts.get("I", "")), parts.get("S")]
    user = [str(name) for name in names if name]
    labels = [*reversed(list(units)), *(parts.get(key) for key in "OPAC")]
    domain = [str(label) for label in labels if label is not None and str(label).strip()]
    text = address.format()
    if "S" not in parts:
        raise AddressSyntaxError("x400-no-surname", "the user part needs a surname (Q239007)", text, (0, len(text)))
    for label in (*user, *domain):
        if not _LABEL.fullmatch(label):
            message = f"{label!r} is no label of an Internet address"
            raise AddressSyntaxError("x400-no-domain-form", message, text, (0, len(text)))
    return f"{'.'.join(user)}@{'.'.join(domain)}"


def from_domain_form(text: str) -> X400Address:
    """Return the O/R address of `alias@ou.o.prmd.admd.country`: the last labels are C, A, P, O, then OU1 and so on.

    The user part is s, g.s or g.i.s (Q238491, Q239007). AddressSyntaxError for another form.
    """
    check_text(text, "text")
    user, at, domain = text.rpartition("@")
    labels = domain.split(".")
    match = _USER.fullmatch(user)
    if not at or match is None or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        expected = ("surname@organization.prmd.admd.country",)
        raise AddressSyntaxError("not-a-domain-form", "no O/R address in this form", text, (0, len(text)), expected)
    country, admd, prmd, organization, *units = [*reversed(labels), "", ""] if len(labels) < 4 else labels[::-1]
    given, initials, surname = match[1], (match[2] or match[4] or "").replace(".", ""), match[3] or match[5]
    named = {"C": country, "A": admd, "P": prmd, "O": organization, "G": given, "I": initials, "S": surname}
    parts: dict[str, str | list[str]] = {key: value for key, value in named.items() if value}
    units = [unit for unit in units if unit]
    return X400Address({**parts, "OU": units} if units else parts)


def to_gateway_form(address: X400Address, gateway: str) -> str:
    """Return `"/S=.../PRMD=.../C=.../"@gateway`, the form that reaches X.400 through a gateway (Q254992, RFC 2156)."""
    check_text(gateway, "gateway")
    if not all(map(_LABEL.fullmatch, gateway.split("."))):
        raise AddressSyntaxError("bad-domain", "a gateway is a domain", gateway, (0, len(gateway)))
    local = re.sub(r'["\\]', r"\\\g<0>", _x400(address).format("rfc2156"))
    return f'"{local}"@{gateway}'


def from_gateway_form(text: str) -> tuple[X400Address, str]:
    """Return the O/R address inside `"/S=.../C=.../"@gateway`, and the gateway; AddressSyntaxError for another form."""
    check_text(text, "text")
    match = _GATEWAY.fullmatch(text)
    if match is None:
        expected = ('"/S=surname/C=country/"@gateway',)
        raise AddressSyntaxError("not-a-gateway-form", "no O/R address in this form", text, (0, len(text)), expected)
    local = match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
    return X400Address.parse(local, "rfc2156"), match[3]


def _x400(address: X400Address) -> X400Address:
    """Return an O/R address; TypeError where it is none."""
    check_type(address, X400Address, "address")
    return address


def _ddas(address: X400Address) -> list[tuple[str, str]]:
    found = _x400(address).components.get("DDA", {})
    return [] if isinstance(found, str | list) else list(found.items())


def __dir__() -> list[str]:
    """Return the public names: completion shows no others."""
    return sorted(__all__)
