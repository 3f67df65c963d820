"""The two steps in which the MTA routes a one-off or custom recipient."""

from __future__ import annotations

import pytest

import proxyaddr as px
from proxyaddr.mta import route_custom_recipient, route_one_off


def table(*routes: tuple[str, str]) -> px.RoutingTable:
    return px.RoutingTable([px.Route(px.AddressSpace.parse(space), connector) for space, connector in routes])


def test_one_off_goes_by_dda_then_by_x400() -> None:
    spaces = table(
        ("SMTP:*@contoso.com", "imc"), ("X400:c=us;a= ;p=org;o=site;dda:FAX=12*", "fax"), ("X400:c=*", "all")
    )
    site = "C=us;a= ;p=Org;o=Site"
    direct = route_one_off(spaces, "a@contoso.com", site)
    assert (direct.by, direct.route, direct.findings) == ("dda", spaces.routes[0], ())
    held = route_one_off(spaces, px.parse_one_off("[FAX:12;34]"), site)
    assert (held.by, held.route) == ("x400", spaces.routes[1])
    assert held.x400_address == r"C=us;a= ;p=Org;o=Site;dda:FAX=12\;34;"
    loop = route_one_off(spaces, "a@fabrikam.com", site)
    assert (loop.route, [finding.code for finding in loop.findings]) == (spaces.routes[2], ["x400-catch-all"])
    assert route_one_off(table(), "a@b", site).route is None


def test_custom_recipient_goes_by_target_then_by_its_own_x400_proxy() -> None:
    spaces = table(("SMTP:*@contoso.com", "imc"), ("X400:c=us;o=site", "site"))
    proxies = ["SMTP:reply@contoso.com", "X400:c=US;a= ;p=Org;o=Site;s=Doe;"]
    assert route_custom_recipient(spaces, px.Recipient("A", proxies, "SMTP:a@contoso.com")).by == "dda"
    assert route_custom_recipient(spaces, px.Recipient("A", proxies, "FAX:1")).route == spaces.routes[1]
    missing = route_custom_recipient(spaces, px.Recipient("A", proxies[:1], "SMTP:a@contoso.com"))
    assert (missing.route, missing.findings[0].code) == (None, "no-x400-proxy")
    with pytest.raises(px.AddressSyntaxError):
        route_custom_recipient(spaces, px.Recipient("A", proxies))
