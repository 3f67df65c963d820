"""The result of resolving a recipient: a delivery, or a non-delivery with the report that its sender would see."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.errors import visible

if TYPE_CHECKING:  # for annotations alone; they would take their time at each start
    from datetime import datetime

    from proxyaddr.directory.recipient import Recipient
    from proxyaddr.spaces.space import AddressSpace

__all__ = ["Delivery", "Layout", "Match", "NonDelivery", "Reason", "Step"]

_LINE_LENGTH = 76
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)  # spelled out here, since the report does not follow the locale of the process


class Layout(Enum):
    """The layout of a report, by its writer: the Internet Mail Service, the MTA, or the MS Mail connector (Q178821)."""

    IMS = "ims"
    MTA = "mta"
    MS_MAIL = "ms-mail"


class Reason(NamedTuple):
    """Why mail is returned, in the strings of the non-delivery report.

    `number` and `code` are those of the diagnostic line; `component` is what reports it; `ms_mail` holds the X.400
    reason and diagnostic numbers of the MS Mail layout (Q176128, Q178821).
    """

    code: str
    text: str
    diagnostic: str
    component: str
    number: int = 0
    ms_mail: tuple[tuple[int, str], tuple[int, str]] = ((0, "transfer failed"), (-1, "none"))


class Step(NamedTuple):
    """A rule that was tried: its name, its article, what it says, and whether it applied."""

    rule: str
    article: str
    says: str
    applied: bool


class Match(NamedTuple):
    """A recipient of the directory that an address stands for: its name, and which of its addresses that is."""

    recipient: str
    address: TypedAddress


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """A connector sends the mail to `envelope_recipient`; `address` is the proxy that was chosen, by `rule`.

    `connector` and `address_space` are those of the route taken, None where routing is not simulated. `matches` are the
    recipients that hold the address given, none where it is in no directory; None where no directory was asked.
    `holders` are those recipients themselves, in the same order.
    """

    recipient: str
    address: TypedAddress
    envelope_recipient: str
    rule: str
    trace: tuple[Step, ...]
    connector: str | None = None
    address_space: AddressSpace | None = None
    matches: tuple[Match, ...] | None = None
    holders: tuple[Recipient, ...] = ()

    @property
    def delivered(self) -> Literal[True]:
        """Whether the mail goes out."""
        return True

    def __repr__(self) -> str:
        return f"Delivery({self.recipient!r}, envelope_recipient={self.envelope_recipient!r}, rule={self.rule!r})"

    def __str__(self) -> str:
        return visible(f"{self.recipient}: delivered to {self.envelope_recipient} by the rule {self.rule}")


@dataclass(frozen=True, slots=True, repr=False)
class NonDelivery:
    """The mail is returned, with the `code`, `reason` and `diagnostic` of the report; `remedy` would deliver it.

    `matches` and `holders` are as those of a delivery.
    """

    recipient: str
    address: TypedAddress | None
    rule: str
    trace: tuple[Step, ...]
    code: str
    reason: str
    diagnostic: str
    remedy: tuple[str, ...]
    details: Reason
    organization: str
    site: str
    server: str
    matches: tuple[Match, ...] | None = None
    holders: tuple[Recipient, ...] = ()

    @property
    def delivered(self) -> Literal[False]:
        """Whether the mail goes out."""
        return False

    def __repr__(self) -> str:
        return f"NonDelivery({self.recipient!r}, code={self.code!r}, reason={self.reason!r}, rule={self.rule!r})"

    def __str__(self) -> str:
        return visible(f"{self.recipient}: returned, {self.code}: {self.reason} (rule {self.rule})")

    def report(
        self,
        *,
        subject: str,
        sent: datetime,
        reported: datetime | None = None,
        layout: Layout | str | None = None,
    ) -> str:
        """Return the non-delivery report as its sender would see it (Q183801).

        `reported` is the time of the refusal, by default `sent`; `layout` is by default that of the component which
        refused. Characters that can't be printed are replaced, so that no text of a stranger can forge a line of the
        report. ValueError for an unknown layout.
        """
        chosen = Layout(layout) if layout is not None else Layout[self.details.component]
        if chosen is Layout.MS_MAIL:
            return _ms_mail_report(self, _one_line(subject))
        return _exchange_report(self, chosen, _one_line(subject), sent, reported or sent)


def _exchange_report(
    non_delivery: NonDelivery, layout: Layout, subject: str, sent: datetime, reported: datetime
) -> str:
    name = _one_line(non_delivery.recipient)
    details = [non_delivery.reason, _signature(non_delivery, layout)]
    body = "\n".join(
        textwrap.fill(line, _LINE_LENGTH - 12, break_long_words=False, break_on_hyphens=False) for line in details
    )
    return "\n".join(
        (
            "From: System Administrator",
            f"Sent: {_long_date(reported)}",
            f"To: '{name}'",
            f"Subject: Undeliverable: {subject}",
            "",
            "Your message did not reach some or all of the intended recipients.",
            "",
            f"      Subject: {subject}",
            f"      Sent: {_short_date(sent)}",
            "",
            "The following recipient(s) could not be reached:",
            "",
            f"      '{name}' on {_short_date(reported)}",
            textwrap.indent(body, " " * 12),
            "",
        )
    )


def _ms_mail_report(non_delivery: NonDelivery, subject: str) -> str:
    name = _one_line(non_delivery.recipient)
    (reason, reason_text), (diagnostic, diagnostic_text) = non_delivery.details.ms_mail
    address = non_delivery.address
    return "\n".join(
        (
            "Your Message",
            "",
            f"      To: {name}",
            f"      Subject: {subject}",
            "",
            "Was not delivered for the following reasons:",
            "",
            f"      Delivery failed to {_one_line(f'{address.type}:{address.value}') if address is not None else name}",
            f"      Reason: {reason} ({reason_text})",
            f"      diagnostic: {diagnostic} ({diagnostic_text}).",
            f"      {_signature(non_delivery, Layout.MS_MAIL)}",
            "",
        )
    )


def _signature(non_delivery: NonDelivery, layout: Layout) -> str:
    """Return the MSEXCH line: only the IMS names the organisation beside site and server (Q183801, Q181263)."""
    place = f"{non_delivery.site}:{non_delivery.server}"
    if layout is Layout.IMS:
        return f"MSEXCH:IMS:{non_delivery.organization}:{place} {non_delivery.diagnostic}".rstrip()
    return f"MSEXCH:MSExchangeMTA:{place}"


def _long_date(moment: datetime) -> str:
    return f"{_DAYS[moment.weekday()]}, {_MONTHS[moment.month - 1]} {moment.day:02}, {moment.year} {_time(moment)}"


def _short_date(moment: datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment.year % 100:02} {_time(moment)}"


def _time(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"


def _one_line(text: str) -> str:
    """Return a text with every character that can't be printed replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
