"""The type-selection rules as a table: name, article, condition and outcome, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from proxyaddr.addresses.encapsulation import Encapsulated
from proxyaddr.addresses.values import OneOffAddress, ProxyAddress, TypedAddress
from proxyaddr.delivery.outcomes import Reason
from proxyaddr.errors import ProxyAddrError
from proxyaddr.formats.imcea import UNDELIVERABLE, encapsulate
from proxyaddr.formats.internet import INTERNET_TYPES, envelope_recipient

if TYPE_CHECKING:
    from proxyaddr.delivery.connector import InternetMailService
    from proxyaddr.directory.recipient import Recipient
    from proxyaddr.routing.route import Route

__all__ = ["ADMISSION", "NO_ADDRESS_SPACE", "SELECTION", "Case", "Rule"]


AMBIGUOUS = Reason("000C0595", "The recipient name is ambiguous.", "Ambiguous Recipient", "IMS")  # Q251152
NO_PROXY = Reason(
    "000D06B5",
    "Unable to deliver the message due to a communications failure",
    "No proxy for Recipient",
    "IMS",
)  # Q183801
NOT_RECOGNIZED = Reason(
    "unrecognized-OR-name",
    "The recipient name is not recognized",
    "",
    "MTA",
    ms_mail=((1, "transfer impossible"), (0, "OR name unrecognized")),
)  # Q133403, Q186235, Q262146
REFUSED = NOT_RECOGNIZED._replace(diagnostic="encapsulated address refused")  # Q237927, Q264330
MALFORMED = Reason(
    "000B0981", "Unable to deliver the message due to a communications failure", "553 malformed address", "IMS", 3553
)  # Q189492, Q193924


class Case(NamedTuple):
    """What the rules look at: the connector, the recipients that the address stands for, the address once chosen."""

    service: InternetMailService
    address: TypedAddress | None
    """The bare address that was given, None for a recipient of the directory."""
    recipients: tuple[Recipient, ...]
    chosen: TypedAddress | None = None
    unwrapped: Encapsulated | None = None
    """What `address` was taken out of, where it came encapsulated."""

    @property
    def outbound_type(self) -> str:
        """The type that the connector sends."""
        return self.service.outbound_type

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

    def refused(self) -> bool:
        """Tell whether an address that came encapsulated would be relayed, or may not be delivered (Q264330)."""
        if self.unwrapped is None or self.recipients:
            return False
        return bool(self.unwrapped.findings) or self.unwrapped.type in {*INTERNET_TYPES, self.outbound_type}

    def encapsulated(self) -> OneOffAddress | None:
        """Return the address of a foreign type inside an Internet address, where the service encapsulates."""
        address = next((r.target_address for r in self.recipients), None) if self.recipients else self.address
        domain = self.service.local_domain
        if not self.service.encapsulate or address is None or domain is None or self.unwrapped is not None:
            return None
        if address.type in {*INTERNET_TYPES, *UNDELIVERABLE}:
            return None
        try:
            return OneOffAddress(self.outbound_type, encapsulate(address.type, address.value, domain))
        except ProxyAddrError:  # it gets too long
            return None

    def route(self) -> Route | None:
        """Return the route that the table has for the address chosen."""
        table = self.service.table()
        return None if table is None or self.chosen is None else table.route(self.chosen)

    def unrouted(self) -> bool:
        """Tell whether there is a table and it has no route for the address chosen."""
        return self.service.table() is not None and self.route() is None

    def envelope_error(self) -> ProxyAddrError | None:
        """Return why the address chosen can't be an envelope recipient, None where it can."""
        try:
            if self.chosen is not None:
                envelope_recipient(self.chosen.value)
        except ProxyAddrError as error:
            return error
        return None


class Rule(NamedTuple):
    """A row: when `applies` gives something, that is the address to send to; with a `reason`, the mail is returned."""

    name: str
    article: str
    says: str
    applies: Callable[[Case], object]
    reason: Reason | None = None


SELECTION = (
    Rule(
        "refused-encapsulation",
        "Q264330",
        "an encapsulated address that would be relayed through the site, or is marked as invalid",
        Case.refused,
        REFUSED,
    ),
    Rule(
        "ambiguous-recipient",
        "Q251152",
        "two recipients of the directory hold this address",
        lambda case: len(case.recipients) > 1,
        AMBIGUOUS,
    ),
    Rule("target-address", "Q166905", "the target address has the outbound type", Case.target),
    Rule("primary-proxy", "Q166905", "the recipient's primary proxy of the outbound type", Case.primary),
    Rule(
        "one-off-type",
        "Q183801",
        "the one-off address has the outbound type",
        lambda case: (
            case.address if not case.recipients and case.address and case.address.type == case.outbound_type else None
        ),
    ),
    Rule(
        "encapsulation",
        "MS-OXCMAIL 2.1.3.1.8",
        "an address of another type goes out inside an Internet address of the local domain",
        Case.encapsulated,
    ),
    Rule("no-proxy", "Q183801", "no address of the outbound type", lambda _: True, NO_PROXY),
)
"""Which address goes out: the first row that applies decides."""

NO_ADDRESS_SPACE = Rule(
    "no-address-space",
    "Q133403",
    "no address space matches",
    Case.unrouted,
    NOT_RECOGNIZED,
)

ADMISSION = (
    Rule(
        "envelope-address",
        "Q193924",
        "the address is no Internet address that an envelope may hold",
        Case.envelope_error,
        MALFORMED,
    ),
    NO_ADDRESS_SPACE,
)
"""What may still return an address that was chosen."""
