"""The rules of Internet addresses: email-validator's, but domains that Exchange organisations use inside are valid."""

from __future__ import annotations

import re

from proxyaddr._text.domains import STAND_IN
from proxyaddr._text.look_alikes import find_control
from proxyaddr.errors import AddressSyntaxError, Finding
from proxyaddr.formats import imcea

__all__ = ["envelope_recipient", "findings", "is_plain"]

INTERNAL_SUFFIXES = ("local", "localhost", "test", "internal", "home.arpa")
"""Domains reserved for inside use (RFC 6761, RFC 6762, RFC 8375), which email-validator refuses and Exchange serves."""

_INTERNAL = re.compile(rf"(?:^|(?<=\.))(?:{'|'.join(map(re.escape, INTERNAL_SUFFIXES))})$", re.IGNORECASE)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}+(?<!-)"
_DOT_ATOMS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*+@(?!.*--){_LABEL}(?:\.{_LABEL})*+")
"""An Internet address of dot-atoms in ASCII, within the limits of its parts (RFC 5321 4.1.2, 4.5.3.1).

Two hyphens in a row begin the rest of an A-label, which may be none (RFC 5890 2.3.1): that is left to email-validator.
"""

_MAX_PATH = 254
"""Characters of an address that an envelope may hold (RFC 5321 4.5.3.1.3)."""

_NEVER_MAIL = frozenset({"arpa", "invalid", "onion"})
"""The last labels of domains that email-validator refuses and Exchange does not serve (RFC 6761, RFC 7686)."""

_ANGLE = re.compile(r"[<>]")
_NOT_A_DOT = re.compile(r"[^.]")


def findings(value: str, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
    """Return the rule that an Internet address, `local@domain`, breaks; nothing for a valid one. Never asks the DNS.

    Single-label domains, domains reserved for inside use and underscores in host names are valid here. `idna` allows
    domains outside ASCII, `smtputf8` local parts outside ASCII (RFC 5890, RFC 6531).
    """
    return () if is_plain(value) else _judged(value, idna=idna, smtputf8=smtputf8)


def _judged(value: str, *, idna: bool, smtputf8: bool) -> tuple[Finding, ...]:
    """Return the rule that an address breaks which may break one."""
    if found := _unfit_character(value):
        return (found,)
    if len(value) > imcea.MAX_LENGTH:  # the time of email-validator is quadratic
        message = f"an Internet address has at most {imcea.MAX_LENGTH} characters"
        return (Finding("not-an-internet-address", message, (0, len(value))),)
    local, at, domain = value.rpartition("@")
    if not at:
        return (Finding("no-domain", "an Internet address is local@domain; there is no '@'", (0, len(value))),)
    span = (len(local) + 1, len(value))
    if not idna and not domain.isascii():
        return (Finding("idna-refused", "the domain is not ASCII and IDNA is switched off", span),)
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow to import

    try:
        validate_email(
            f"{STAND_IN if _is_encapsulated(value) else local}@{_as_public(domain)}",
            allow_smtputf8=smtputf8,
            allow_quoted_local=True,
            allow_domain_literal=True,
            strict=True,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        return (Finding("not-an-internet-address", str(error), (0, len(value))),)
    return ()


def envelope_recipient(value: str) -> str:
    """Return the address, fit for RCPT TO; AddressSyntaxError when it is invalid or could inject a command."""
    if match := _ANGLE.search(value):
        raise AddressSyntaxError("angle-bracket", "an envelope address holds no angle bracket", value, match.span())
    for finding in findings(value):
        raise AddressSyntaxError(finding.code, finding.message, value, finding.span or (0, len(value)))
    return value


def is_plain(value: str) -> bool:
    """Return whether a value is valid for certain: to load email-validator takes longer than most commands."""
    if len(value) > _MAX_PATH or _DOT_ATOMS.fullmatch(value) is None:
        return False
    return value[max(value.rfind("."), value.rfind("@")) + 1 :].lower() not in _NEVER_MAIL


def _unfit_character(value: str) -> Finding | None:
    if match := find_control(value):
        return Finding("control-character", "an Internet address holds no control character or line end", match.span())
    try:
        value.encode()
    except UnicodeEncodeError as error:
        span = (error.start, error.start + 1)
        return Finding("lone-surrogate", "an Internet address holds no lone surrogate", span)
    return None


def _is_encapsulated(value: str) -> bool:
    """Return whether this is an encapsulated address, whose local part may be longer than others (MS-OXCMAIL)."""
    if not value.startswith(imcea.PREFIX):  # a blank before it, which `imcea.parse` trims, is not allowed here
        return False
    try:
        imcea.parse(value)
    except AddressSyntaxError:
        return False
    return True


def _as_public(domain: str) -> str:
    """Return a domain with letters where email-validator, which knows public domains, would refuse an internal one."""
    if not domain.startswith("["):
        domain = _INTERNAL.sub(lambda match: _NOT_A_DOT.sub(STAND_IN, match[0]), domain.replace("_", STAND_IN))
    return domain
