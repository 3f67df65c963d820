"""Accepted domains as exports of Get-AcceptedDomain in any form of objects, and as lists with a domain a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files.objects import Exported, Form, Objects, is_true, key_of, objects_in_text, unknown_column
from proxyaddr._files.row_errors import RowErrors
from proxyaddr._files.text import each_line, read_text
from proxyaddr._text.types import TRIMMED
from proxyaddr.errors import ConfigurationError, RowError
from proxyaddr.limits import DEFAULT_LIMITS, Limits
from proxyaddr.spaces.space import DOMAIN

__all__ = ["AcceptedDomains", "read_accepted_domains"]

_COLUMNS = ("domainname", "smtpdomain", "domain", "accepteddomain")
"""Properties that hold the domain, as names compare, the best first; Name is only what the entry is called."""


class AcceptedDomains(NamedTuple):
    """The accepted domains of a file, and an error for each object that names none."""

    domains: list[str]
    errors: list[RowError]


def read_accepted_domains(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> AcceptedDomains:
    """Return the accepted domains of a file; of one with MatchSubDomains also the subdomains.

    ConfigurationError for a file that can't be read, is of no known form, or has no column of domains.
    """
    source, text = str(path), read_text(path, limits)
    if domains := _domain_lines(text):
        return AcceptedDomains(domains, [])
    read = objects_in_text(text, source, limits)
    if read.form is Form.CSV and not {key_of(name) for name in read.header} & set(_COLUMNS):
        raise unknown_column("bad-header", read.header, ("DomainName",), source)
    return _domains(read, source, limits)


def _domain_lines(text: str) -> list[str]:
    """Return the lines of a text that has nothing but a domain in each, else none."""
    domains: list[str] = []
    for line in each_line(text):
        domain = line.strip(TRIMMED)
        if domain and not _is_domain(domain):
            return []
        domains += [domain] if domain else []
    return domains


def _is_domain(text: str) -> bool:
    return "." in text and DOMAIN.fullmatch(text) is not None


def _domains(read: Objects, source: str, limits: Limits) -> AcceptedDomains:
    domains: list[str] = []
    errors = RowErrors(source, limits)
    for entry in read.objects:
        if isinstance(entry, RowError):
            errors.add(entry)
            continue
        domain = _domain(entry)
        if domain is None:
            message = "expected an object with DomainName, as Get-AcceptedDomain exports it"
            errors.add(RowError("bad-accepted-domain", message, entry.line, source))
        else:
            domains.append(domain)
    found = AcceptedDomains(domains, errors.listed())
    if not found.domains and not found.errors:
        raise ConfigurationError("bad-accepted-domain", "no accepted domains in it", "accepted_domains", source)
    return found


def _domain(entry: Exported) -> str | None:
    held = {key_of(name): value for name, value in entry.properties.items()}
    value = next((held[key] for key in _COLUMNS if held.get(key) not in (None, "")), None)
    with_subdomains = is_true(held.get("matchsubdomains"))
    for _ in range(2):  # an object with Domain, SmtpDomain or Address, within another one where the export went deeper
        if isinstance(value, Mapping):
            inner = {key_of(name): part for name, part in value.items()}
            with_subdomains = with_subdomains or is_true(inner.get("includesubdomains"))
            value = next(
                (inner[key] for key in (*_COLUMNS, "address", "tostring") if inner.get(key) not in (None, "")), None
            )
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str) or not DOMAIN.fullmatch(value.strip(TRIMMED).rstrip(".")):
        return None
    domain = value.strip(TRIMMED).rstrip(".")
    return f"*.{domain}" if with_subdomains and "*" not in domain else domain
