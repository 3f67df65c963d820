"""Internet address rules: email-validator's, made to know the host names that Exchange organisations use inside."""

from __future__ import annotations

import re

from proxyaddr.encapsulation import MAX_LENGTH, PREFIX, decapsulate
from proxyaddr.errors import AddressSyntaxError, Finding

__all__ = ["INTERNET_TYPES", "canonical", "envelope_recipient", "findings", "same_domain", "unquoted_local"]

INTERNET_TYPES = frozenset({"SMTP", "SMTPOUT"})
"""SMTPOUT is Internet mail under another name (Q183801)."""

DOMAIN_MAX_LENGTH = 255
"""RFC 5321 4.5.3.1.2, octets."""

INTERNAL_SUFFIXES = ("local", "localhost", "test", "internal", "home.arpa")
"""Domains reserved for inside use (RFC 6761, RFC 6762, RFC 8375), which email-validator refuses and Exchange serves."""

_INTERNAL = re.compile(rf"(?:^|(?<=\.))(?:{'|'.join(map(re.escape, INTERNAL_SUFFIXES))})$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ANGLE = re.compile(r"[<>]")
_NOT_A_DOT = re.compile(r"[^.]")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_STAND_IN = "a"  # a letter keeps lengths and label boundaries as they are


def findings(value: str, *, idna: bool = True, smtputf8: bool = True) -> tuple[Finding, ...]:
    """Judge an Internet address, `local@domain`, without any DNS look-up; nothing when it is valid.

    Single-label domains, domains reserved for inside use and underscores in host names are valid here. `idna` allows
    domains outside ASCII, `smtputf8` local parts outside ASCII (RFC 5890, RFC 6531).
    """
    for code, pattern, what in (
        ("control-character", _CONTROL, "control character or line end"),
        ("lone-surrogate", _SURROGATE, "lone surrogate"),
    ):
        if match := pattern.search(value):
            return (Finding(code, f"an Internet address holds no {what}", match.span()),)
    if len(value) > MAX_LENGTH:  # email-validator takes the square of the length
        message = f"an Internet address has at most {MAX_LENGTH} characters"
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
            f"{_STAND_IN if _is_encapsulated(value) else local}@{_stand_in(domain)}",
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


def canonical(value: str) -> str:
    """Return an address with its domain in lower case and IDNA form, its local part as written."""
    local, at, domain = value.rpartition("@")
    if not at:
        return value
    if domain.isascii() or len(domain) > DOMAIN_MAX_LENGTH:
        return f"{local}@{domain.lower()}"
    import idna  # noqa: PLC0415 - slow to import, and email-validator brings it

    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii').lower()}"
    except UnicodeError:  # idna's errors are UnicodeErrors; such a domain equals itself alone
        return f"{local}@{domain.casefold()}"


def same_domain(one: str, other: str) -> bool:
    """Tell whether two spellings name one domain: in any case, in IDNA form or not, full-width or not, fully qualified.

    Letters of another script that only look alike make another domain.
    """
    return _ascii_domain(one) == _ascii_domain(other)


def unquoted_local(local: str) -> str:
    """Return what a local part says: a quoted one means the same as the text in its quotes (RFC 5321 4.1.2)."""
    return _QUOTED_PAIR.sub(r"\1", local[1:-1]) if _QUOTED_LOCAL.fullmatch(local) else local


def envelope_recipient(value: str) -> str:
    """Return the address as it may stand in RCPT TO; AddressSyntaxError when it is invalid or could inject."""
    if match := _ANGLE.search(value):
        raise AddressSyntaxError("angle-bracket", "an envelope address holds no angle bracket", value, match.span())
    for finding in findings(value):
        raise AddressSyntaxError(finding.code, finding.message, value, finding.span or (0, len(value)))
    return value


def _ascii_domain(domain: str) -> str:
    return canonical(f"{_STAND_IN}@{domain}").removeprefix(f"{_STAND_IN}@").rstrip(".")


def _is_encapsulated(value: str) -> bool:
    """Tell whether this is an encapsulated address, whose local part may be longer than others (MS-OXCMAIL)."""
    if not value.startswith(PREFIX):  # nor with a blank before it, which `decapsulate` trims
        return False
    try:
        decapsulate(value)
    except AddressSyntaxError:
        return False
    return True


def _stand_in(domain: str) -> str:
    """Put letters where email-validator, which judges names of the public Internet, would refuse an internal one."""
    if not domain.startswith("["):
        domain = _INTERNAL.sub(lambda match: _NOT_A_DOT.sub(_STAND_IN, match[0]), domain.replace("_", _STAND_IN))
    return domain
