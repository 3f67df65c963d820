"""Address spaces that stand for the accepted domains, once those are given: `SMTP:--` and AllAcceptedDomains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from proxyaddr._text.domains import comparable_domain
from proxyaddr._text.types import DEFAULT_TYPE, TRIMMED
from proxyaddr.errors import AddressSyntaxError, ConfigurationError, check_text
from proxyaddr.matcher import Plan
from proxyaddr.routing.route import Route
from proxyaddr.spaces.dialect import Dialect
from proxyaddr.spaces.matching import Fit, MatchKind
from proxyaddr.spaces.space import ACCEPTED_DOMAINS, AddressSpace

__all__ = [
    "NOT_GIVEN",
    "accepted_fit",
    "accepted_routes",
    "as_written",
    "checked_domains",
    "not_given",
    "without_stated",
]

NOT_GIVEN = "accepted-domains-not-given"
"""What an answer says that depends on accepted domains which nobody gave."""

_SUBDOMAINS = "*."

_LONGEST_DOMAIN = 255
"""Characters of a domain (RFC 5321 4.5.3.1.2): more literal ones than these no space of a domain has."""


def as_written(route: Route) -> Route:
    """Return a space of the accepted domains as a file states it, `SMTP:--`; only Exchange 5.5 has such a pattern."""
    space = replace(route.space, pattern=ACCEPTED_DOMAINS, dialect=Dialect.EXCHANGE55)
    return Route(space, route.connectors)


def not_given(address: str | None = None) -> ConfigurationError:
    """Return the error of an address that may fall under the accepted domains, or of every Internet address."""
    which = "an Internet address" if address is None else repr(address[:80])
    message = (
        f"{which} may fall under the accepted domains, for which a space of the table stands: give them by "
        "accepted_domains= or with_accepted_domains"
    )
    return ConfigurationError(NOT_GIVEN, message, "accepted_domains")


def checked_domains(domains: Iterable[str], dialect: Dialect) -> tuple[str, ...]:
    """Return domains in the form in which spaces keep them, each once, and none that another one covers.

    `*.contoso.com` stands for a domain and its subdomains, as in an address space. ConfigurationError for what is no
    domain, TypeError for a text in place of several.
    """
    if isinstance(domains, str):
        raise TypeError("accepted_domains are several domains, not one text")
    rules = Dialect.EXCHANGE2007 if dialect is Dialect.EXCHANGE55 else dialect
    kept: dict[str, str] = {}
    for domain in domains:
        check_text(domain, "an accepted domain")
        try:
            pattern = AddressSpace(
                DEFAULT_TYPE, domain.strip(TRIMMED).rstrip(".")[:_LONGEST_DOMAIN], dialect=rules
            ).pattern
        except AddressSyntaxError:
            message = f"an accepted domain is a domain, or '*.' and a domain, not {domain[:80]!r}"
            raise ConfigurationError("bad-accepted-domain", message, "accepted_domains") from None
        kept.setdefault(comparable_domain(pattern), pattern)
    return tuple(pattern for folded, pattern in kept.items() if not _is_covered(folded, kept))


def _is_covered(domain: str, among: Iterable[str]) -> bool:
    """Return whether another domain, with its subdomains, holds this one; `among` is a mapping by domain."""
    if domain == "*":
        return False
    labels = domain.removeprefix(_SUBDOMAINS).split(".")
    wider = (f"{_SUBDOMAINS}{'.'.join(labels[place:])}" for place in range(len(labels)))
    return "*" in among or any(each in among and each != domain for each in wider)


def accepted_routes(accepted: Sequence[Route], domains: Sequence[str]) -> list[Route]:
    """Return a route for each domain of each space that stands for them."""
    return [Route(replace(route.space, pattern=domain), route.connectors) for route in accepted for domain in domains]


def accepted_fit(fit: Fit) -> Fit:
    """Return how an accepted domain fits: after every exact domain that a space states, before every wildcard.

    That is the order of Exchange Online (Use connectors to configure mail flow, AllAcceptedDomains).
    """
    if fit.kind is MatchKind.EXACT:
        return Fit(MatchKind.EXACT, 0)
    return Fit(fit.kind, fit.literals + _LONGEST_DOMAIN)


def without_stated(plan: Plan, first: int) -> Plan:
    """Return a plan without the accepted domains that another space states; their routes begin at the index `first`."""
    stated = {
        comparable_domain(pattern)
        for kind, pattern, row in zip(plan.types, plan.patterns, plan.indices, strict=True)
        if kind == DEFAULT_TYPE and row < first
    }
    kept = [
        place
        for place, row in enumerate(plan.indices)
        if row < first or comparable_domain(plan.patterns[place]) not in stated
    ]
    types, patterns = ([column[place] for place in kept] for column in (plan.types, plan.patterns))
    ranks, rows = ([column[place] for place in kept] for column in (plan.ranks, plan.indices))
    return Plan(plan.dialect, types, patterns, ranks, rows)
