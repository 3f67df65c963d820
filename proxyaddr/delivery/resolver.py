"""A recipient and a connector to a delivery or a non-delivery report, with the trace of the rules tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxyaddr._text.domains import same_domain, unquoted_local
from proxyaddr._text.types import BLANKS
from proxyaddr.addresses.encapsulation import Encapsulated, decapsulate
from proxyaddr.addresses.lists import ProxyList
from proxyaddr.addresses.parser import parse
from proxyaddr.addresses.values import OneOffAddress, TypedAddress
from proxyaddr.delivery.connector import DEFAULT_OUTBOUND_TYPE
from proxyaddr.delivery.outcomes import Delivery, NonDelivery, Reason, Step
from proxyaddr.delivery.rules import ADMISSION, NO_ADDRESS_SPACE, NO_PROXY, NOT_RECOGNIZED, SELECTION, Case, Rule
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError
from proxyaddr.formats.imcea import PREFIX
from proxyaddr.formats.internet import INTERNET_TYPES, envelope_recipient

if TYPE_CHECKING:
    from proxyaddr.delivery.connector import InternetMailService

__all__ = ["resolve", "unrouted"]

_EXAMPLE_DOMAIN = "example.com"


def resolve(
    service: InternetMailService, recipient: str | TypedAddress | ProxyList | Recipient
) -> Delivery | NonDelivery:
    """Say which address of a recipient the connector sends to, or why none: the rules of Q183801 and Q166905.

    Text is parsed first: AddressSyntaxError when it is no address.
    """
    name, case = _case(service, recipient)
    trace: list[Step] = []
    rule, found = _first(SELECTION, case, trace)
    if rule is None or not isinstance(found, TypedAddress):
        return _returned(rule or SELECTION[-1], name, case, trace)
    case = case._replace(chosen=found)
    refused, _ = _first(ADMISSION, case, trace)
    if refused is not None:
        return _returned(refused, name, case, trace)
    route = case.route()
    return Delivery(
        name,
        found,
        envelope_recipient(found.value),
        rule.name,
        tuple(trace),
        None if route is None else route.connector,
        None if route is None else route.space,
    )


def unrouted(service: InternetMailService, recipient: str | TypedAddress | ProxyList | Recipient) -> NonDelivery:
    """Return the report of the MTA for a recipient that no address space takes (Q133403)."""
    name, case = _case(service, recipient)
    step = Step(NO_ADDRESS_SPACE.name, NO_ADDRESS_SPACE.article, NO_ADDRESS_SPACE.says, applied=True)
    return _returned(NO_ADDRESS_SPACE, name, case._replace(chosen=case.address), [step])


def _case(service: InternetMailService, recipient: str | TypedAddress | ProxyList | Recipient) -> tuple[str, Case]:
    if isinstance(recipient, Recipient):
        return recipient.display_name, Case(service, None, (recipient,))
    if isinstance(recipient, ProxyList):
        name = str(recipient.primary() or recipient)
        return name, Case(service, None, (Recipient(name, recipient),))
    given = recipient if isinstance(recipient, TypedAddress) else parse(recipient)
    holders = _holders(service, given)
    unwrapped = None if holders else _unwrapped(service, given)
    address = given if unwrapped is None else unwrapped.address
    if unwrapped is not None:
        holders = _holders(service, address)
    return getattr(given, "display_name", None) or given.value, Case(service, address, holders, unwrapped=unwrapped)


def _holders(service: InternetMailService, address: TypedAddress) -> tuple[Recipient, ...]:
    """Look an address up; a legacy DN may be held as an X500 proxy (KB2807779)."""
    if service.directory is None:
        return ()
    found = service.directory.find(address)
    return found or (service.directory.find(OneOffAddress("X500", address.value)) if address.type == "EX" else ())


def _unwrapped(service: InternetMailService, address: TypedAddress) -> Encapsulated | None:
    """Take an address out of the one that encapsulates it, for the local domain alone: no relaying (Q264330)."""
    local, _, domain = address.value.rpartition("@")
    outgoing = {*INTERNET_TYPES, service.outbound_type}
    if address.type not in outgoing or service.local_domain is None or not same_domain(domain, service.local_domain):
        return None
    try:
        found = decapsulate(address.value)
    except AddressSyntaxError:  # no encapsulated address, or a corrupt one: then it is its own address (Q193782)
        return _relayed(local, domain, outgoing)
    return found if found.value.strip(BLANKS) else None


def _relayed(local: str, domain: str, outgoing: set[str]) -> Encapsulated | None:
    """Return what a laxer reader than ours would take out and relay, to be refused; None where that is nothing.

    Such a reader takes any case of IMCEA, and a quoted local part as what it says: the hole of Q264330.
    """
    name = unquoted_local(local)
    if name[: len(PREFIX)].upper() != PREFIX:
        return None
    try:
        found = decapsulate(f"{name}@{domain}", tolerant=True)
    except AddressSyntaxError:
        return Encapsulated(DEFAULT_OUTBOUND_TYPE, name[len(PREFIX) :], domain) if "@" in name else None
    return found if found.findings or found.type in outgoing else None


def _first(rules: tuple[Rule, ...], case: Case, trace: list[Step]) -> tuple[Rule | None, object]:
    for rule in rules:
        found = rule.applies(case)
        trace.append(Step(rule.name, rule.article, rule.says, bool(found)))
        if found:
            return rule, found
    return None, None


def _returned(rule: Rule, name: str, case: Case, trace: list[Step]) -> NonDelivery:
    reason = rule.reason or NO_PROXY
    return NonDelivery(
        recipient=name,
        address=case.chosen or case.address,
        rule=rule.name,
        trace=tuple(trace),
        code=reason.code,
        reason=reason.text,
        diagnostic=f"{reason.number} ({reason.code}) {reason.diagnostic}" if reason.component == "IMS" else reason.code,
        remedy=_remedy(reason, case),
        details=reason,
        organization=case.service.organization,
        site=case.service.site,
        server=case.service.server,
    )


def _remedy(reason: Reason, case: Case) -> tuple[str, ...]:
    """Say which settings, or which change to the recipient, would deliver it."""
    outbound = case.outbound_type
    if reason is NOT_RECOGNIZED:
        wanted = case.outbound_type if case.chosen is None else case.chosen.type
        return (f"add an address space of the right type and cost: {wanted}:*;1",)
    if reason is not NO_PROXY:
        return _OTHER_REMEDIES.get(reason.code, ())
    if case.recipients:
        return (f"give the recipient a primary {outbound} proxy; secondaries serve inbound mail only (Q166905)",)
    wanted = case.address.type if case.address is not None else outbound
    if wanted == "SMTP":
        return (f"send it through a connector whose outbound type is SMTP; this one sends {outbound} only (Q183801)",)
    return (
        f"OverrideProxyOut = {wanted}",
        f"SiteDomain = the local domain, for example {case.service.site_domain or _EXAMPLE_DOMAIN}",
        f"an address space of that type: {wanted}:*;1",
    )


_OTHER_REMEDIES = {
    "000C0595": ("remove the address from all recipients but one (Q251152)",),
    "000B0981": ("correct the address: the envelope takes a valid Internet address only (Q193924)",),
}
