"""What the rules say of a value or an object, before it is told as a finding, and what they judge by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from proxyaddr._text.types import SPELLINGS, WHITE_SPACE
from proxyaddr.auditing.context import AuditContext
from proxyaddr.auditing.rules import AuditSeverity
from proxyaddr.auditing.top_level_domains import DomainList

__all__ = ["Fix", "Found", "Judges", "TypedValue", "as_secondary", "split_value"]

Fix = Mapping[str, object]
"""What mends a finding, one of: `set` a value, `add` one, `remove` it (True), `split` it into a list of values,
`set-primary` a secondary address as it stands, or `keep` one primary address."""


class Found(NamedTuple):
    """A rule that a value breaks: the attribute, its value, what mends it, and what to add to the rule's own words.

    `severity` is given where it is not that of the rule.
    """

    rule: str
    attribute: str
    value: str | Sequence[str] | None
    fix: Fix | None = None
    told: str = ""
    severity: AuditSeverity | None = None


class Judges(NamedTuple):
    """What values are judged by: the context, and the list of top-level domains with its additions."""

    context: AuditContext
    domains: DomainList


class TypedValue(NamedTuple):
    """A proxy address taken apart as it is held: the type as written, in its canonical form, and the address.

    Blanks around the type and the address do not count here; the rules of values judge them. `kind` is empty where
    there is no type.
    """

    text: str
    written: str
    kind: str
    address: str

    @property
    def is_primary(self) -> bool:
        """Whether the type is in capitals."""
        return self.written.isupper()

    @property
    def key(self) -> str:
        """The value as a directory compares it, without case."""
        return f"{self.kind.lower()}:{self.address.lower()}"


def split_value(text: str) -> TypedValue:
    """Take a proxy address apart.

    >>> split_value("smtp:Jane@contoso.com").key
    'smtp:jane@contoso.com'
    """
    return _known_split(text) if len(text) <= _LONGEST_KEPT else _split(text)


def _split(text: str) -> TypedValue:
    written, colon, address = text.partition(":")
    written = written.strip(WHITE_SPACE)
    if not colon or "@" in written:  # no type holds one: an address stands there
        return TypedValue(text, "", "", text.strip(WHITE_SPACE))
    kind = written.upper()
    return TypedValue(text, written, SPELLINGS.get(kind, kind), address.strip(WHITE_SPACE))


_known_split = lru_cache(maxsize=1024)(_split)
"""The rules of an object ask for its values again and again."""

_LONGEST_KEPT = 512


def as_secondary(text: str) -> str:
    """Return a proxy address with its type in small letters, and the rest as it is held.

    >>> as_secondary("SMTP:Jane@contoso.com")
    'smtp:Jane@contoso.com'
    """
    written, colon, address = text.partition(":")
    return f"{written.lower()}{colon}{address}"
