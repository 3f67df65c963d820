"""Values as other code meets them: equal, hashed, printed, pickled; what is no value of the kind."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

import proxyaddr as px

PROXIES = px.parse_proxies("SMTP:a@b;smtp:c@d;:bad")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (PROXIES, ["errors", "findings", "deletions", "more"]),
        (px.parse_recipients("a@b; c"), ["errors", "more"]),
        (px.parse("SMTP:a@b"), ["type", "value", "is_primary"]),
        (px.X400Address.parse("c=us;s=Doe"), ["components", "more"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_can_not_be_assigned_to_and_are_copied_whole(value: object, names: list[str]) -> None:
    for name in names:
        with pytest.raises(AttributeError):
            setattr(value, name, ())
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert (again, repr(again)) == (value, repr(value))


def test_different_values_have_different_hashes() -> None:
    for kind, texts in (
        (px.parse, ("SMTP:a@b", "SMTP:a@c", "[SMTP:a@b]", "FAX:1")),
        (px.parse_proxies, ("SMTP:a@b", "SMTP:a@b;smtp:c@d", "")),
        (px.X500Address.parse, ("/o=a/ou=b/cn=c", "/o=a/ou=b/cn=d")),
        (px.X400Address.parse, ("c=us;s=a", "c=us;s=b", "c=us;s=a;g=b")),
    ):
        assert len({hash(kind(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    "error",
    [
        px.ProxyAddrError("code", "message"),
        px.AddressSyntaxError("code", "message", "text", (1, 2), ("this", "that"), 3),
        px.ConfigurationError("code", "message", "setting", "file", 7),
        px.RowError("code", "message", 7, "file", px.ProxyAddrError("cause", "why")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickling(error: px.ProxyAddrError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code) == (type(error), str(error), "code")
    assert {k: v for k, v in vars(again).items() if k != "cause"} == {
        k: v for k, v in vars(error).items() if k != "cause"
    }


def test_errors_say_where() -> None:
    assert str(px.ProxyAddrError("code", "message")) == "message"
    assert str(px.ConfigurationError("code", "message", source="file", line=7)) == "file, line 7: message"
    assert str(px.ConfigurationError("code", "message", "setting")) == "message"
    assert str(px.RowError("code", "message", 7)) == "line 7: message"


def test_sites_directories_and_services_are_immutable_and_can_be_copied() -> None:
    held = px.Recipient("Jane", "SMTP:jane@a.test")
    table = px.RoutingTable([px.Route(px.AddressSpace.parse("SMTP:*"), "a")])
    service = px.InternetMailService(name="a", address_spaces=["SMTP:*@a.test"])
    site = px.Site([service], table, directory=px.Directory([held]))
    for value, names in (
        (site, ("services", "routing_table")),
        (px.Directory([held]), ("recipients", "errors")),
        (service, ("name", "routing_table")),
    ):
        for name in names:
            with pytest.raises(AttributeError):
                setattr(value, name, getattr(value, name))
    for again in (pickle.loads(pickle.dumps(site)), copy.deepcopy(site), copy.copy(site)):
        assert (list(again.services), again.resolve("jane@a.test").rule) == (["a"], "primary-proxy")
    for directory in (pickle.loads(pickle.dumps(px.Directory([held]))), copy.deepcopy(px.Directory([held]))):
        assert directory.find("jane@a.test") == (held,)
    for other in (pickle.loads(pickle.dumps(service)), dataclasses.replace(service, server="EX2"), copy.copy(service)):
        assert not other.resolve("jane@b.test").delivered
