"""The rules of Internet addresses: email-validator's, but domains that Exchange organisations use inside are valid."""

from __future__ import annotations

import re

from proxyaddr._text.domains import STAND_IN
from proxyaddr._text.look_alikes import find_control
from proxyaddr.errors import AddressSyntaxError, Finding
from proxyaddr.formats import imcea

__all__ = ["envelope_recipient", "findings"]

INTERNAL_SUFFIXES = ("local", "localhost", "test", "internal", "home.arpa")
"""Domains reserved for inside use (RFC 6761, RFC 6762, RFC 8375), which email-validator refuses and Exchange serves."""

_INTERNAL = re.compile(rf"(?:^|(?<=\.))(?:{'|'.join(map(re.escape, INTERNAL_SUFFIXES))})$", re.IGNORECASE)
_ANGLE = re.compile(r"[<>]")
_NOT_A_DOT = re.compile(r"[^.]")


def findings(value: str, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
    """Return the rule that an Internet address, `local@domain`, breaks; nothing for a valid one. Never asks the DNS.

    Single-label domains, domains reserved for inside use and underscores in host names are valid here. `idna` allows
    domains outside ASCII, `smtputf8` local parts outside ASCII (RFC 5890, RFC 6531).
    """
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
