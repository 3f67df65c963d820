"""What an audit knows of the organization: its domains, whether it synchronizes, and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxyaddr._files.settings import FLAG, TEXT, TEXTS, WHOLE_NUMBER, Setting, check_names, read_settings
from proxyaddr._text.domains import ascii_domain
from proxyaddr.errors import ConfigurationError, check_type
from proxyaddr.limits import DEFAULT_LIMITS, Limits

__all__ = ["AUDIT_TABLE", "AuditContext"]

AUDIT_TABLE = "audit"
"""The table of a TOML file that holds the context."""

TENANT, COEXISTENCE = ".onmicrosoft.com", ".mail.onmicrosoft.com"
"""The ends of a tenant's initial domain and of its coexistence domain (hybrid configuration wizard)."""

_SETTINGS: dict[str, Setting] = {
    "accepted_domains": TEXTS,
    "coexistence_domain": TEXT,
    "initial_domain": TEXT,
    "sync": FLAG,
    "max_proxies": WHOLE_NUMBER,
    "max_proxy_length": WHOLE_NUMBER,
    "top_level_domains": TEXTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditContext:
    """What is known of the organization; what is not known is judged by no rule that needs it.

    `accepted_domains` are its domains, `*.` before one takes in those below it. `coexistence_domain` is the domain of
    routing addresses, contoso.mail.onmicrosoft.com, and `initial_domain` the tenant's contoso.onmicrosoft.com.
    `sync` says that the objects are synchronized to the cloud. `max_proxies` and `max_proxy_length` are the most
    addresses of an object and the most characters of one. `top_level_domains` are known beside the published ones.
    TypeError for a value of another type, ConfigurationError for a maximum below 1.
    """

    accepted_domains: Sequence[str] = ()
    coexistence_domain: str | None = None
    initial_domain: str | None = None
    sync: bool = False
    max_proxies: int = 300
    max_proxy_length: int = 256
    top_level_domains: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("accepted_domains", "top_level_domains"):
            object.__setattr__(self, name, _texts(getattr(self, name), name))
        for name in ("coexistence_domain", "initial_domain"):
            if getattr(self, name) is not None:
                check_type(getattr(self, name), str, name, "text")
        check_type(self.sync, bool, "sync", "True or False")
        for name in ("max_proxies", "max_proxy_length"):
            check_type(getattr(self, name), int, name, "a whole number")
            if getattr(self, name) < 1:
                raise ConfigurationError("bad-maximum", f"{name} is a whole number from 1", name)

    @classmethod
    def from_toml(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> AuditContext:
        """Read the table `[audit]` of a TOML file, whose keys are the names of the fields.

        ConfigurationError for a file that can't be read, another table, or a setting that is unknown or malformed.
        """
        from proxyaddr._files.documents import toml_document  # noqa: PLC0415 - json and tomllib take their time

        source = str(path)
        document = toml_document(path, limits)
        check_names(document, (AUDIT_TABLE,), source, "a file of a context")
        table = document.get(AUDIT_TABLE)
        if not isinstance(table, dict):
            raise ConfigurationError("no-audit-table", f"no table [{AUDIT_TABLE}] in it", AUDIT_TABLE, source)
        settings: dict[str, Any] = read_settings(table, _SETTINGS, source, "an audit")
        return cls(**settings)

    def with_domains(self, domains: Iterable[str]) -> AuditContext:
        """Return the context with accepted domains added, and with the tenant's own among them where none is given."""
        found = tuple(dict.fromkeys((*self.accepted_domains, *domains)))
        plain = [domain.removeprefix("*.").lower() for domain in found]
        coexistence = next((domain for domain in plain if domain.endswith(COEXISTENCE)), None)
        initial = next((d for d in plain if d.endswith(TENANT) and not d.endswith(COEXISTENCE)), None)
        given: dict[str, Any] = {name: getattr(self, name) for name in _SETTINGS}
        given["accepted_domains"] = found
        given["coexistence_domain"] = self.coexistence_domain or coexistence
        given["initial_domain"] = self.initial_domain or initial
        return AuditContext(**given)

    def is_accepted(self, domain: str) -> bool:
        """Return whether a domain is an accepted one, or one of the tenant's own, as far as they are known."""
        name = ascii_domain(domain)
        if self.coexistence_domain is None and self.is_coexistence(name):
            return True
        own = (self.coexistence_domain, self.initial_domain)
        return any(name == ascii_domain(each) for each in own if each) or any(
            name == ascii_domain(each)
            if not each.startswith("*.")
            else f".{name}".endswith(f".{ascii_domain(each[2:])}")
            for each in self.accepted_domains
        )

    def is_coexistence(self, domain: str) -> bool:
        """Return whether a domain is that of routing addresses.

        Where that is not known, every domain that has its form is taken for it.
        """
        name = ascii_domain(domain)
        if self.coexistence_domain is None:
            return name.endswith(COEXISTENCE)
        return name == ascii_domain(self.coexistence_domain)

    def is_reserved(self, domain: str) -> bool:
        """Return whether the sync drops addresses of a domain: those of tenants, but for the coexistence domain."""
        name = ascii_domain(domain)
        return not self.is_coexistence(name) and name.endswith((TENANT, ".microsoftonline.com"))


def _texts(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be an iterable of texts, not {type(value).__name__}")
    texts = tuple(value)
    for text in texts:
        check_type(text, str, f"each of {name}", "text")
    return texts
