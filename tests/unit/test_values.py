"""Values as other code meets them: equal, hashed, printed, pickled; what is no value of the kind."""

from __future__ import annotations

import copy
import dataclasses
import os
import pickle
import subprocess
import sys

import pytest

import proxyaddr as px
from proxyaddr import mixer
from proxyaddr.delivery.rules import Case

PROXIES = px.parse_proxies("SMTP:a@b;smtp:c@d;:bad")


def test_every_public_name_is_listed() -> None:
    assert set(px.__all__) <= set(dir(px))
    with pytest.raises(AttributeError, match="no attribute 'parse_all'"):
        px.parse_all  # noqa: B018 - it is asked for


def test_lists_are_sequences_equal_by_their_good_items() -> None:
    again = px.parse_proxies(["SMTP:a@b", "smtp:c@d"])
    assert (PROXIES, hash(PROXIES), str(PROXIES)) == (again, hash(again), "SMTP:a@b;smtp:c@d")
    assert px.parse_proxies("SMTP:a@b") != PROXIES
    assert PROXIES != ["SMTP:a@b", "smtp:c@d"]
    assert (PROXIES[-1], PROXIES[:1], len(PROXIES)) == (px.parse("smtp:c@d"), (px.parse("SMTP:a@b"),), 2)
    assert repr(PROXIES).startswith("ProxyList([ProxyAddress(type='SMTP', value='a@b', is_primary=True), ")
    assert repr(PROXIES).endswith(f"], errors={list(PROXIES.errors)!r})")
    assert repr(px.parse_recipients("")) == "ParsedList([], errors=[])"


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


def test_addresses_of_other_classes_differ() -> None:
    one_off, proxy = px.parse("[SMTP:a@b]"), px.parse("SMTP:a@b")
    assert one_off != proxy
    assert one_off.comparison_key == proxy.comparison_key
    assert one_off != "[SMTP:a@b]"
    assert one_off != px.OneOffAddress("SMTP", "a@b", "Jane")
    assert hash(one_off) == hash(px.parse("[smtp:a@B]"))
    assert PROXIES.primary("FAX") is None
    assert PROXIES.of_type("smtp") == tuple(PROXIES)


def test_different_values_have_different_hashes() -> None:
    for kind, texts in (
        (px.parse, ("SMTP:a@b", "SMTP:a@c", "[SMTP:a@b]", "FAX:1")),
        (px.parse_proxies, ("SMTP:a@b", "SMTP:a@b;smtp:c@d", "")),
        (px.X500Address.parse, ("/o=a/ou=b/cn=c", "/o=a/ou=b/cn=d")),
        (px.X400Address.parse, ("c=us;s=a", "c=us;s=b", "c=us;s=a;g=b")),
    ):
        assert len({hash(kind(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("value", "text"),
    [("  x ", r"[FAX:\x20\x20x\x20]"), (r"a\x41", r"[FAX:a\\x41]"), (r"a\b", r"[FAX:a\b]"), (r"a\\b", r"[FAX:a\\\b]")],
)
def test_a_value_is_escaped_where_it_would_be_read_as_another(value: str, text: str) -> None:
    address = px.OneOffAddress("FAX", value)
    assert str(address) == text
    assert px.parse_one_off(text).value == value


def test_a_name_is_quoted_and_escaped_as_it_is_read() -> None:
    address = px.OneOffAddress("SMTP", "a]b\\@c", 'say "x"\t\\')
    assert str(address) == r'"say \"x\"\x09\\" [SMTP:a\x5db\@c]'
    assert px.parse_one_off(str(address)) == address


def test_a_legacy_dn_is_read_from_an_address_and_refused_where_its_parts_make_none() -> None:
    dn = px.X500Address.parse(px.parse_proxy("EX:/o=Org/ou=Site/cn=Recipients/cn=jane"))
    assert (str(dn), dn.components[0]) == ("/o=Org/ou=Site/cn=Recipients/cn=jane", ("o", "Org"))
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X500Address((("o", "Org"), ("cn", "jane")))
    assert (caught.value.code, caught.value.text, caught.value.span) == ("dn-order", "/o=Org/cn=jane", (0, 14))


def test_an_o_r_address_prints_as_text_and_as_what_makes_it() -> None:
    address = px.X400Address.parse("c=US;a= ;p=Org;s=Doe;ou1=East;dda:ID=7")
    assert str(address) == "c=US;a= ;p=Org;ou1=East;s=Doe;dda:ID=7;"
    assert repr(address) == (
        "X400Address({'C': 'US', 'A': ' ', 'P': 'Org', 'OU': ['East'], 'S': 'Doe', 'DDA': {'ID': '7'}})"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("c=us;ou1=a;ou2=b;ou3=c;ou4=d;ou5=e", "x400-unknown-keyword"), ("c=us;pn=", "x400-empty-value")],
)
def test_o_r_addresses_that_break_a_limit(text: str, code: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse(text)
    assert caught.value.code == code


def test_an_o_r_address_of_five_units_is_refused() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address({"C": "us", "OU": ["a", "b", "c", "d", "e"]})
    assert caught.value.code == "x400-too-many-units"
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.X400Address.parse("/C=us/OU=e/OU=d/OU=c/OU=b/OU=a/", "rfc2156")
    assert caught.value.code == "x400-too-many-units"


def test_a_gateway_is_a_domain() -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        mixer.to_gateway_form(px.X400Address.parse("c=us;s=Doe"), "a b")
    assert (caught.value.code, caught.value.text) == ("bad-domain", "a b")


SHIFT_JIS = px.OneOffFlags(0)


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        (("a", "SMTP", "v", px.OneOffFlags(0x1_0000)), "bad-flags", "65536"),
        (("¥", "SMTP", "v", SHIFT_JIS, "shift_jis"), "bad-text", "¥"),  # its octet is read back as a backslash
    ],
)
def test_entry_identifiers_that_no_bytes_can_hold(fields: tuple[object, ...], code: str, text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.OneOffEntryId(*fields)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.text) == (code, text)


def test_bytes_that_are_no_entry_identifier() -> None:
    ansi = px.OneOffEntryId("name", "SMTP", "a@b", px.OneOffFlags(0)).to_bytes()
    for data, code_page, code in (
        (ansi.replace(b"name", b"n\x81me"), "cp1252", "bad-text"),
        (ansi, "no such", "bad-code-page"),
        (ansi + b"x", "cp1252", "trailing-octets"),
        (ansi.replace(b"SMTP", b"S TP"), "cp1252", "bad-type"),
        (ansi[:-4], "cp1252", "truncated"),
        (ansi[:25], "cp1252", "truncated"),
    ):
        with pytest.raises(px.AddressSyntaxError) as caught:
            px.OneOffEntryId.from_bytes(data, code_page=code_page)
        assert caught.value.code == code


def test_a_service_is_pickled_with_its_settings() -> None:
    service = px.InternetMailService(
        override_proxy_out="SMTPOUT", site_domain="x.test", site_addresses={"SMTP": "site@x.test"}
    )
    again = pickle.loads(pickle.dumps(service))
    assert (again.outbound_type, again.site_domain, dict(again.site_addresses)) == (
        "SMTPOUT",
        "x.test",
        {"SMTP": "site@x.test"},
    )


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


def test_text_without_a_chosen_address_breaks_no_rule_of_the_envelope() -> None:
    case = Case(px.InternetMailService(address_spaces=["SMTP:*"]), None, ())
    assert (case.is_malformed(), case.route(), case.is_unrouted()) == (False, None, True)


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


def test_a_site_resolves_every_kind_of_recipient() -> None:
    routes = [px.Route(px.AddressSpace.parse(space), name) for space, name in (("SMTP:*@a.test", "a"), ("SMTP:*", "b"))]
    held = px.Recipient("Jane", "SMTP:jane@a.test;smtp:j@b.test")
    site = px.Site(
        [px.InternetMailService(name="a"), px.InternetMailService(name="b")],
        px.RoutingTable(routes),
        directory=px.Directory([held]),
    )
    for recipient in ("j@b.test", px.parse("j@b.test"), held, held.proxies):
        found = site.resolve(recipient)
        assert found.delivered
        assert (found.connector, found.envelope_recipient) == ("a", "jane@a.test")
    custom = site.resolve(px.Recipient("Joe", "SMTP:joe@a.test", "SMTP:joe@c.test"))
    assert custom.delivered
    assert (custom.connector, custom.envelope_recipient) == ("b", "joe@c.test")
    nobody = site.resolve(px.parse_proxies("smtp:only@secondary.test"))
    assert (nobody.delivered, nobody.rule) == (False, "no-address-space")
    with pytest.raises(px.ConfigurationError) as caught:
        px.Site([], px.RoutingTable(routes))
    assert caught.value.code == "no-connector"


@pytest.mark.parametrize(("engine", "status"), [("python", 0), ("fastest", 1)])
def test_the_engine_is_chosen_by_the_environment(engine: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import proxyaddr.matcher as m; print(m.engine)"],
        env={**os.environ, "PROXYADDR_ENGINE": engine},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, "python\n" if status == 0 else "")
    assert status == 0 or "PROXYADDR_ENGINE is native or python, not 'fastest'" in done.stderr


@pytest.mark.parametrize("text", [None, b"SMTP,*;,1,imc", 5])
def test_a_table_of_what_is_no_text_is_a_type_error(text: object) -> None:
    with pytest.raises(TypeError, match="a routing table is text"):
        px.RoutingTable.from_gwart(text)  # type: ignore[arg-type]
