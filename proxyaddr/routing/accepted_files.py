"""Accepted domains as exports of Get-AcceptedDomain in any form of objects, and as lists of the domains alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from proxyaddr._files.bare_values import BareValueError
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


_SEPARATORS = re.compile("[,;]")
_GAPS = re.compile(rf"[{TRIMMED}]+")
"""What stands between the domains of a line; blanks do too, between what can be nothing else than domains."""

_EXPECTED = "expected an object with DomainName, as Get-AcceptedDomain exports it"


class AcceptedDomains(NamedTuple):
    """The accepted domains of a file, and an error for each object or piece of text that names none."""

    domains: list[str]
    errors: list[RowError]


def read_accepted_domains(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> AcceptedDomains:
    """Return the accepted domains of a file; of one with MatchSubDomains also the subdomains.

    Text that begins with domains is a list of them, with comments behind `#`. ConfigurationError for a file that can't
    be read, is of no known form, or has no column of domains.
    """
    source, text = str(path), read_text(path, limits)
    lines = _lines(text)
    first = next(lines, None)
    if first is not None and all(map(_is_plain, first[1])):
        return _listed(chain([first], lines), source, limits)
    read = objects_in_text(text, source, limits)
    if read.form is Form.CSV and not {key_of(name) for name in read.header} & set(_COLUMNS):
        raise unknown_column("bad-header", read.header, ("DomainName",), source)
    return _domains(read, source, limits)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a text that hold anything, each with its pieces that may be domains."""
    for number, line in enumerate(each_line(text), 1):
        pieces: list[str] = []
        for part in _SEPARATORS.split(line.partition("#")[0].strip(TRIMMED + "{}")):
            piece = part.strip(TRIMMED + "\"'").removeprefix("@")
            words = [word for word in _GAPS.split(piece) if word]
            pieces += words if all(map(_is_plain, words)) else [piece]
        if pieces:
            yield number, pieces


def _is_plain(text: str) -> bool:
    """Return whether a text can be nothing else than a domain: a single word may be the name of a column."""
    return text == "*" or ("." in text and _is_domain(text))


def _is_domain(text: str) -> bool:
    return DOMAIN.fullmatch(text.rstrip(".")) is not None


def _listed(lines: Iterable[tuple[int, list[str]]], source: str, limits: Limits) -> AcceptedDomains:
    """Return the domains of lines; one of a single word is a domain where it stands alone."""
    domains: list[str] = []
    errors = RowErrors(source, limits)
    for line, pieces in lines:
        for piece in pieces:
            if _is_plain(piece) or (len(pieces) == 1 and _is_domain(piece)):
                domains.append(piece.rstrip("."))
            else:
                message = f"expected a domain, or '*.' and a domain, not {piece[:80]!r}"
                errors.add(RowError("bad-accepted-domain", message, line, source))
    return AcceptedDomains(domains, errors.listed())


def _domains(read: Objects, source: str, limits: Limits) -> AcceptedDomains:
    domains: list[str] = []
    errors = RowErrors(source, limits)
    for entry in map(_with_bare_text, read.objects):
        if isinstance(entry, RowError):
            errors.add(entry)
            continue
        domain = _domain(entry)
        if domain is None:
            errors.add(RowError("bad-accepted-domain", _EXPECTED, entry.line, source))
        else:
            domains.append(domain)
    found = AcceptedDomains(domains, errors.listed())
    if not found.domains and not found.errors:
        raise ConfigurationError("bad-accepted-domain", "no accepted domains in it", "accepted_domains", source)
    return found


def _with_bare_text(entry: Exported | RowError) -> Exported | RowError:
    """Return the object that a text stands for, the name of a domain; anything else as it is."""
    if isinstance(entry, BareValueError) and isinstance(entry.value, str):
        return Exported(entry.line, {_COLUMNS[0]: entry.value})
    return entry


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
    if not isinstance(value, str) or not _is_domain(value.strip(TRIMMED)):
        return None
    domain = value.strip(TRIMMED).rstrip(".")
    return f"*.{domain}" if with_subdomains and "*" not in domain else domain
