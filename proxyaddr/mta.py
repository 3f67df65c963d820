"""How the MTA routes one-off and custom recipients: by the address itself, then by an X.400 address that holds it."""

from __future__ import annotations

from typing import NamedTuple

from proxyaddr.addresses.values import TypedAddress
from proxyaddr.directory.recipient import Recipient
from proxyaddr.errors import AddressSyntaxError, Finding, check_type
from proxyaddr.routing.explanation import Explanation
from proxyaddr.routing.route import Route
from proxyaddr.routing.state import Message
from proxyaddr.routing.table import RoutingTable

__all__ = ["MtaRoute", "route_custom_recipient", "route_one_off"]

_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;"})


class MtaRoute(NamedTuple):
    """How a table routes a recipient.

    `by` says which address was routed: `dda` for the recipient's own, `x400` for the X.400 address that holds it, None
    where neither has a route, or where that depends on accepted domains which are not given. `x400_address` holds the
    own address as a domain-defined attribute; where a custom recipient has no X.400 proxy, it and `explanation` are
    None. `findings` warn of a loop.
    """

    explanation: Explanation | None
    by: str | None
    x400_address: str | None
    findings: tuple[Finding, ...] = ()

    @property
    def route(self) -> Route | None:
        """The route taken, None where there is none."""
        winner = self.explanation.winner if self.explanation is not None else None
        return None if winner is None else winner.route


def route_one_off(
    table: RoutingTable,
    address: str | TypedAddress,
    site_address: str,
    *,
    size: int | None = None,
    site: str | None = None,
    location: str | None = None,
) -> MtaRoute:
    """Route a one-off recipient: by its type and value, then by the site's X.400 address with it as a DDA (Q262112).

    `site_address` is such as `c=US;a= ;p=Org;o=Site`; `size`, `site` and `location` are those of
    `RoutingTable.explain`. A finding says where a space such as `C=*` takes the X.400 address, because the mail comes
    back to the site that way (Q262124).
    """
    return _routed(table, address, site_address, Message(size, site, location))


def route_custom_recipient(table: RoutingTable, recipient: Recipient) -> MtaRoute:
    """Route a custom recipient: by its target address, then by its own X.400 proxy with the target as a DDA (Q262116).

    Without an X.400 proxy it has no route (Q262146). AddressSyntaxError where it has no target address.
    """
    check_type(recipient, Recipient, "recipient")
    target = recipient.target_address
    if target is None:
        message = "a custom recipient has a target address"
        raise AddressSyntaxError("no-target-address", message, recipient.display_name, (0, len(recipient.display_name)))
    proxy = recipient.proxies.primary("X400")
    if proxy is None:
        missing = Finding("no-x400-proxy", "every recipient needs an X.400 proxy to be routed (Q262146)")
        return MtaRoute(None, None, None, (missing,))
    return _routed(table, target, proxy.value, Message())


def _routed(table: RoutingTable, address: str | TypedAddress, x400: str, message: Message) -> MtaRoute:
    target = table.read(address)
    held = f"{x400.rstrip('; ')};dda:{target.type}={target.written.translate(_ESCAPED)};"
    known = message._asdict()
    own = table.explain(address, **known)
    if own.winner is not None:
        return MtaRoute(own, "dda", held)
    if own.unknown is not None:  # it may have a route of its own: no other one is said to take it
        return MtaRoute(own, None, held)
    holding = table.explain(f"X400:{held}", **known)
    winner = holding.winner
    if winner is None:
        return MtaRoute(own, None, held)
    catches = (
        f"{winner.route.space} catches {target.type}:{target.written}, which has no address space of its own: "
        "the mail may loop about 512 times (Q262124)"
    )
    loop = () if winner.literals else (Finding("x400-catch-all", catches),)
    return MtaRoute(holding, "x400", held, loop)


def __dir__() -> list[str]:
    """Return the public names: completion shows no others."""
    return sorted(__all__)
