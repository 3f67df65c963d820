"""The type-selection rules as tables: name, article, condition and outcome, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from proxyaddr._text.domains import same_domain
from proxyaddr._text.types import INTERNET_TYPES, LEGACY_DN_TYPES
from proxyaddr.addresses.encapsulation import Encapsulated, decapsulate
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
from proxyaddr.delivery.outcomes import Match, Reason
from proxyaddr.delivery.settings import DEFAULT_OUTBOUND_TYPE, ServiceSettings
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError, ProxyAddrError
from proxyaddr.formats.imcea import UNDELIVERABLE, encapsulate
from proxyaddr.formats.internet import envelope_recipient

if TYPE_CHECKING:  # for annotations alone; it would take its time at each start
    from proxyaddr.routing.route import Route

__all__ = [
    "ADMISSION",
    "NO_ADDRESS_SPACE",
    "NO_PROXY",
    "RECIPIENT",
    "RULES",
    "SELECTION",
    "Case",
    "Refusal",
    "Selection",
    "remedy",
]

_EXAMPLE_DOMAIN = "example.com"

_NAMED = 5
"""Recipients that a remedy names, of those that hold one address."""


class Case(NamedTuple):
    """The input of the rules: the settings, the recipients that the address stands for, and the address once chosen."""

    settings: ServiceSettings
    address: TypedAddress | None
    """The bare address that was given, None for a recipient of the directory."""
    recipients: tuple[Recipient, ...]
    chosen: TypedAddress | None = None
    unwrapped: Encapsulated | None = None
    """The encapsulated address that `address` was taken out of, None where it was given as it is."""
    given: TypedAddress | None = None
    """The address as it was given, before it was unwrapped."""
    matches: tuple[Match, ...] | None = None

    @property
    def outbound_type(self) -> str:
        """The type that the connector sends."""
        return self.settings.outbound_type

    def is_ambiguous(self) -> bool:
        """Return whether several recipients hold the address."""
        return len(self.recipients) > 1

    def target(self) -> ProxyAddress | None:
        """Return the target address of the one recipient, where it has the outbound type."""
        for recipient in self.recipients:
            target = recipient.target_address
            if target is not None and target.type == self.outbound_type:
                return target
        return None

    def primary(self) -> ProxyAddress | None:
        """Return the primary proxy of the outbound type of the one recipient."""
        for recipient in self.recipients:
            return recipient.proxies.primary(self.outbound_type)
        return None

    def one_off(self) -> TypedAddress | None:
        """Return the bare address, where no recipient holds it and it has the outbound type."""
        if self.recipients or self.address is None or self.address.type != self.outbound_type:
            return None
        return self.address

    def encapsulated(self) -> OneOffAddress | None:
        """Return the address of a foreign type inside an Internet address, where the connector encapsulates."""
        address = next((r.target_address for r in self.recipients), None) if self.recipients else self.address
        domain = self.settings.local_domain
        if not self.settings.encapsulate or address is None or domain is None or self.unwrapped is not None:
            return None
        if address.type in {*INTERNET_TYPES, *UNDELIVERABLE}:
            return None
        try:
            return OneOffAddress(self.outbound_type, encapsulate(address.type, address.value, domain))
        except ProxyAddrError:  # the result would be too long
            return None

    def may_not_be_unwrapped(self) -> bool:
        """Return whether an address that came encapsulated would be relayed, or may not be delivered (Q264330)."""
        if self.unwrapped is None or self.recipients:
            return False
        return self.unwrapped.is_refused or self.unwrapped.type in {*INTERNET_TYPES, self.outbound_type}

    def is_malformed(self) -> bool:
        """Return whether the address chosen can't be an envelope recipient."""
        try:
            if self.chosen is not None:
                envelope_recipient(self.chosen.value)
        except ProxyAddrError:
            return True
        return False

    def route(self) -> Route | None:
        """Return the route that the table has for the address chosen; None without a route, a table or an address."""
        table = self.settings.table()
        return None if table is None or self.chosen is None else table.route(self.chosen)

    def unknown_legacy_dn(self) -> Encapsulated | None:
        """Return the legacy DN that was sent to and that nobody holds, and where it was encapsulated; None for none.

        The domain is empty for one that was not encapsulated.
        """
        if self.recipients or self.given is None:
            return None
        if self.given.type in LEGACY_DN_TYPES:
            return Encapsulated(self.given.type, self.given.value, "")
        try:
            found = decapsulate(self.given.value)
        except AddressSyntaxError:
            return None
        return found if found.type in LEGACY_DN_TYPES else None

    def is_unrouted(self) -> bool:
        """Return whether there is a table and it has no route for the address chosen."""
        return self.settings.table() is not None and self.route() is None


class Selection(NamedTuple):
    """A rule that selects the address to send to: `address` returns it, None where the rule does not apply."""

    name: str
    article: str
    says: str
    address: Callable[[Case], TypedAddress | None]


class Refusal(NamedTuple):
    """A rule that returns the mail where it `applies`, for a `reason`; `remedy` returns what would deliver it."""

    name: str
    article: str
    says: str
    applies: Callable[[Case], bool]
    reason: Reason
    remedy: Callable[[Case], tuple[str, ...]]


def remedy(rule: Refusal, case: Case) -> tuple[str, ...]:
    """Return what would deliver the mail that a rule returns.

    For a legacy DN that nobody holds it is the X500 proxy, whatever the rule (KB2807779). At a domain that is known not
    to be ours the rule's own remedy comes first: the mail has to get there.
    """
    name = case.unknown_legacy_dn()
    if name is None:
        return rule.remedy(case)
    domain = case.settings.local_domain
    if not name.domain or domain is None or same_domain(name.domain, domain):
        return (_x500_proxy(name.value, "the recipient that had this name"),)
    return (*rule.remedy(case), _x500_proxy(name.value, f"the recipient at {name.domain} that had this name"))


def _x500_proxy(name: str, holder: str) -> str:
    """Return the remedy for a legacy DN that nobody holds; one that breaks the rules of legacy DNs makes no proxy."""
    for found in OneOffAddress("X500", name).validate():
        return f"choose the recipient from the address book anew: the name {name} is broken, {found.message}"
    return f"add the proxy address X500:{name} to {holder} (KB2807779)"


NOT_RECOGNIZED = Reason(
    "unrecognized-OR-name",
    "The recipient name is not recognized",
    "",
    "MTA",
    ms_mail=((1, "transfer impossible"), (0, "OR name unrecognized")),
)  # Q133403, Q186235, Q262146

COMMUNICATIONS_FAILURE = "Unable to deliver the message due to a communications failure"


def _remedy_for_no_proxy(case: Case) -> tuple[str, ...]:
    """Return what gives a recipient an address of the outbound type, or a connector that sends the type given."""
    outbound = case.outbound_type
    if case.recipients:
        return (f"give the recipient a primary {outbound} proxy; secondaries serve inbound mail only (Q166905)",)
    wanted = case.address.type if case.address is not None else outbound
    if wanted == DEFAULT_OUTBOUND_TYPE:
        return (
            f"send it through a connector whose outbound type is {wanted}; this one sends {outbound} only (Q183801)",
        )
    return (
        f"OverrideProxyOut = {wanted}",
        f"SiteDomain = the local domain, for example {case.settings.site_domain or _EXAMPLE_DOMAIN}",
        f"an address space of that type: {wanted}:*;1",
    )


def _remedy_for_refused_encapsulation(case: Case) -> tuple[str, ...]:
    if case.unwrapped is not None and case.unwrapped.type == "INVALID":
        return ("choose the recipient from the address book anew: the sender's system marked the address as invalid",)
    return ("send it to the address itself, without encapsulating it (Q264330)",)


def _remedy_for_ambiguous_recipient(case: Case) -> tuple[str, ...]:
    names = " and ".join(recipient.label for recipient in case.recipients[:_NAMED])
    more = f" and {len(case.recipients) - _NAMED} more" if len(case.recipients) > _NAMED else ""
    return (f"remove the address from all recipients but one: {names}{more} hold it (Q251152)",)


def _remedy_for_no_address_space(case: Case) -> tuple[str, ...]:
    wanted = case.outbound_type if case.chosen is None else case.chosen.type
    return (f"add an address space of the right type and cost: {wanted}:*;1",)


RECIPIENT = (
    Refusal(
        "refused-encapsulation",
        "Q264330",
        "an encapsulated address that would be relayed through the site, or is marked as invalid",
        Case.may_not_be_unwrapped,
        NOT_RECOGNIZED._replace(diagnostic="encapsulated address refused"),  # Q237927, Q264330
        _remedy_for_refused_encapsulation,
    ),
    Refusal(
        "ambiguous-recipient",
        "Q251152",
        "two recipients of the directory hold this address",
        Case.is_ambiguous,
        Reason("000C0595", "The recipient name is ambiguous.", "Ambiguous Recipient", "IMS"),  # Q251152
        _remedy_for_ambiguous_recipient,
    ),
)
"""Which recipients get no mail at all; these rules come first."""

SELECTION = (
    Selection("target-address", "Q166905", "the target address has the outbound type", Case.target),
    Selection("primary-proxy", "Q166905", "the recipient's primary proxy of the outbound type", Case.primary),
    Selection("one-off-type", "Q183801", "the one-off address has the outbound type", Case.one_off),
    Selection(
        "encapsulation",
        "MS-OXCMAIL 2.1.3.1.8",
        "an address of another type goes out inside an Internet address of the local domain",
        Case.encapsulated,
    ),
)
"""Which address goes out: that of the first rule that gives one."""

NO_PROXY = Refusal(
    "no-proxy",
    "Q183801",
    "no address of the outbound type",
    lambda _: True,
    Reason("000D06B5", COMMUNICATIONS_FAILURE, "No proxy for Recipient", "IMS"),  # Q183801
    _remedy_for_no_proxy,
)
"""The rule that remains when no address was selected."""

NO_ADDRESS_SPACE = Refusal(
    "no-address-space",
    "Q133403",
    "no address space matches",
    Case.is_unrouted,
    NOT_RECOGNIZED,
    _remedy_for_no_address_space,
)

ADMISSION = (
    Refusal(
        "envelope-address",
        "Q193924",
        "the address is no Internet address that an envelope may hold",
        Case.is_malformed,
        Reason("000B0981", COMMUNICATIONS_FAILURE, "553 malformed address", "IMS", 3553),  # Q189492, Q193924
        lambda _: ("correct the address: the envelope takes a valid Internet address only (Q193924)",),
    ),
    NO_ADDRESS_SPACE,
)
"""Why an address that was selected may still be returned."""

RULES = (*RECIPIENT, *SELECTION, NO_PROXY, *ADMISSION)
"""Every rule, in the order in which they are tried."""
