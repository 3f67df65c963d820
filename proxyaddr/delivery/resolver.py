"""Resolves a recipient to a delivery or a non-delivery, by the rules in order, with the trace of those tried."""

from __future__ import annotations

from collections.abc import Iterable

from proxyaddr._text.domains import same_domain, unquoted_local
from proxyaddr._text.types import BLANKS, INTERNET_TYPES, LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulation import Encapsulated, decapsulate
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import TypedAddress
from proxyaddr.delivery.outcomes import Delivery, Match, NonDelivery, Step
from proxyaddr.delivery.rules import (
    ADMISSION,
    NO_ADDRESS_SPACE,
    NO_PROXY,
    RECIPIENT,
    SELECTION,
    Case,
    Refusal,
    Selection,
    remedy,
)
from proxyaddr.delivery.settings import DEFAULT_OUTBOUND_TYPE, ServiceSettings
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.formats.imcea import PREFIX
from proxyaddr.formats.internet import envelope_recipient

__all__ = ["resolve", "returned_as_unrouted"]


def resolve(settings: ServiceSettings, recipient: str | TypedAddress | ProxyList | Recipient) -> Delivery | NonDelivery:
    """Return which address of a recipient a connector sends to, or the report of why none (Q183801, Q166905).

    Text is parsed first: AddressSyntaxError when it is no address.
    """
    name, case = _case(settings, recipient)
    trace: list[Step] = []
    if refusal := _first_refusal(RECIPIENT, case, trace):
        return _returned(refusal, name, case, trace)
    selected = _first_selection(case, trace)
    if selected is None:
        trace.append(_step(NO_PROXY, applied=True))
        return _returned(NO_PROXY, name, case, trace)
    rule, address = selected
    case = case._replace(chosen=address)
    if refusal := _first_refusal(ADMISSION, case, trace):
        return _returned(refusal, name, case, trace)
    route = case.route()
    return Delivery(
        name,
        address,
        envelope_recipient(address.value),
        rule.name,
        tuple(trace),
        None if route is None else route.connector,
        None if route is None else route.space,
        case.matches,
        _found(case),
    )


def returned_as_unrouted(
    settings: ServiceSettings, recipient: str | TypedAddress | ProxyList | Recipient
) -> NonDelivery:
    """Return the report of the MTA for a recipient that no address space takes (Q133403)."""
    name, case = _case(settings, recipient)
    step = _step(NO_ADDRESS_SPACE, applied=True)
    return _returned(NO_ADDRESS_SPACE, name, case._replace(chosen=case.address), [step])


def _case(settings: ServiceSettings, recipient: str | TypedAddress | ProxyList | Recipient) -> tuple[str, Case]:
    """Return the name that a report gives a recipient, and what the rules look at."""
    if isinstance(recipient, Recipient):
        return recipient.display_name, Case(settings, None, (recipient,))
    if isinstance(recipient, ProxyList):
        name = str(recipient.primary() or recipient)
        return name, Case(settings, None, (Recipient(name, recipient),))
    given = recipient if isinstance(recipient, TypedAddress) else parse(recipient)
    holders = _holders(settings, given)
    unwrapped = None if holders else _unwrapped(settings, given)
    address = given if unwrapped is None else unwrapped.address
    if unwrapped is not None:
        holders = _holders(settings, address)
    matches = None
    if settings.directory is not None:
        matches = tuple(Match(holder.display_name, holder.held_as(address) or address) for holder in holders)
    name = holders[0].display_name if len(holders) == 1 else getattr(given, "display_name", None) or given.value
    return name, Case(settings, address, holders, unwrapped=unwrapped, given=given, matches=matches)


def _holders(settings: ServiceSettings, address: TypedAddress) -> tuple[Recipient, ...]:
    """Return the recipients of the directory that hold an address."""
    return () if settings.directory is None else settings.directory.find(address)


def _unwrapped(settings: ServiceSettings, address: TypedAddress) -> Encapsulated | None:
    """Return what an address of the local domain encapsulates, None where it is an address of its own.

    No other domain's addresses are unwrapped, so that nothing is relayed (Q264330). Where the local domain is not
    known, a legacy DN is unwrapped that the directory holds: nothing of it can be relayed.
    """
    local, _, domain = address.value.rpartition("@")
    outgoing = {*INTERNET_TYPES, settings.outbound_type}
    if address.type not in outgoing:
        return None
    if settings.local_domain is not None and not same_domain(domain, settings.local_domain):
        return None
    try:
        found = decapsulate(address.value)
    except AddressSyntaxError:  # no encapsulated address, or a corrupt one: then it is its own address (Q193782)
        return None if settings.local_domain is None else _relayed(local, domain, outgoing)
    if not found.value.strip(BLANKS):
        return None
    if settings.local_domain is not None:
        return found
    return found if found.type in LEGACY_DN_TYPES and _holders(settings, found.address) else None


def _relayed(local: str, domain: str, outgoing: set[str]) -> Encapsulated | None:
    """Return what a more tolerant reader than ours would take out and relay, so that it is refused; None for nothing.

    Such a reader takes any case of IMCEA, and a quoted local part as the text in its quotes: the hole of Q264330.
    """
    name = unquoted_local(local)
    if name[: len(PREFIX)].upper() != PREFIX:
        return None
    try:
        found = decapsulate(f"{name}@{domain}", tolerant=True)
    except AddressSyntaxError:
        return Encapsulated(DEFAULT_OUTBOUND_TYPE, name[len(PREFIX) :], domain) if "@" in name else None
    return found if found.is_refused or found.type in outgoing else None


def _first_refusal(rules: Iterable[Refusal], case: Case, trace: list[Step]) -> Refusal | None:
    """Return the first rule that refuses, None where none does; the trace gets a step for each rule tried."""
    for rule in rules:
        applies = rule.applies(case)
        trace.append(_step(rule, applied=applies))
        if applies:
            return rule
    return None


def _first_selection(case: Case, trace: list[Step]) -> tuple[Selection, TypedAddress] | None:
    """Return the first rule that selects an address, and that address; the trace gets a step for each rule tried."""
    for rule in SELECTION:
        address = rule.address(case)
        trace.append(_step(rule, applied=address is not None))
        if address is not None:
            return rule, address
    return None


def _step(rule: Selection | Refusal, *, applied: bool) -> Step:
    return Step(rule.name, rule.article, rule.says, applied)


def _returned(rule: Refusal, name: str, case: Case, trace: list[Step]) -> NonDelivery:
    reason = rule.reason
    return NonDelivery(
        recipient=name,
        address=case.chosen or case.address,
        rule=rule.name,
        trace=tuple(trace),
        code=reason.code,
        reason=reason.text,
        diagnostic=f"{reason.number} ({reason.code}) {reason.diagnostic}" if reason.component == "IMS" else reason.code,
        remedy=remedy(rule, case),
        details=reason,
        organization=case.settings.organization,
        site=case.settings.site,
        server=case.settings.server,
        matches=case.matches,
        holders=_found(case),
    )


def _found(case: Case) -> tuple[Recipient, ...]:
    """Return the recipients of the directory that hold the address given, none where no directory was asked."""
    return () if case.matches is None else case.recipients
