"""Every public name, used as its users do: mypy holds the types that they may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import assert_type

import proxyaddr as px
import proxyaddr.adapters.duckdb
import proxyaddr.adapters.polars
import proxyaddr.adapters.spark
from proxyaddr.matcher.arrow import IndexColumn


def addresses() -> None:
    one_off = px.parse_one_off("[SMTP:a@b.de]")
    assert_type(one_off, px.OneOffAddress)
    assert_type(one_off.display_name, str | None)
    proxy = px.parse_proxy("SMTP:a@b.de")
    assert_type(proxy, px.ProxyAddress)
    assert_type(proxy.is_primary, bool)
    assert_type(px.parse("a@b.de", limits=px.Limits(address_length=255)), px.OneOffAddress | px.ProxyAddress)
    proxies = px.parse_proxies(["SMTP:a@b.de"])
    assert_type(proxies, px.ProxyList)
    assert_type(proxies[0], px.ProxyAddress)
    assert_type(proxies.primary("SMTP"), px.ProxyAddress | None)
    assert_type(proxies.of_type("SMTP"), tuple[px.ProxyAddress, ...])
    assert_type(proxies.errors, tuple[px.AddressSyntaxError, ...])
    assert_type(proxies.findings, tuple[px.Finding, ...])
    assert_type(px.parse_recipients("a@b.de"), px.ParsedList[px.OneOffAddress])
    typed: px.TypedAddress = one_off
    assert_type(typed.type, str)
    assert_type(typed.value, str)
    assert_type(typed.comparison_key, tuple[str, str])
    assert_type(proxies[0].same_address(one_off), bool)
    assert_type(typed.validate(idna=False, smtputf8=False), tuple[px.Finding, ...])


def other_formats() -> None:
    assert_type(px.encapsulate("FAX", "1", "b.de"), str)
    inside = px.decapsulate("IMCEAFAX-1@b.de", tolerant=True)
    assert_type(inside, px.Encapsulated)
    assert_type((inside.type, inside.value, inside.domain), tuple[str, str, str])
    bounce: tuple[px.Diagnosis, ...] = px.diagnose("550 5.1.10 a@b.de")
    assert_type((bounce[0].recipient, bounce[0].code), tuple[str | None, str | None])
    assert_type((bounce[0].remedy, bounce[0].proxies), tuple[tuple[str, ...], tuple[str, ...]])
    x400 = px.X400Address.parse("c=us;s=Doe", form="exchange")
    assert_type(x400.components, Mapping[str, str | list[str] | Mapping[str, str]])
    assert_type(x400.format("rfc2156"), str)
    assert_type(px.x400.to_printable_string("@"), str)
    assert_type(px.x400.from_printable_string("(a)"), str)
    assert_type(px.mixer.smtp_address(x400), str | None)
    name = px.X500Address.parse("/o=a/ou=b/cn=c")
    assert_type(name.components, tuple[tuple[str, str], ...])
    entry = px.OneOffEntryId.from_bytes(px.OneOffEntryId("Jane", "SMTP", "a@b.de").to_bytes())
    assert_type(entry.flags, px.OneOffFlags)
    assert_type(entry.to_bytes(), bytes)
    entries = px.read_entry_ids(entry.to_bytes().hex(), code_page="cp1252")
    assert_type(entries, list[px.EntryAddress])
    assert_type(entries[0].display_name, str | None)


def routing(path: Path) -> None:
    space = px.AddressSpace.parse("SMTP:*@b.de;1", dialect=px.Dialect.EXCHANGE55, scope=px.Scope.SITE)
    assert_type(space.cost, int)
    assert_type(space.scope, px.Scope)
    assert_type(space.match("a@b.de"), px.MatchKind | None)
    route = px.Route(space, ["imc", "hop"])
    assert_type(route.connectors, tuple[str, ...])
    connector = px.Connector("imc", proximity=px.Proximity.LOCAL, activation=px.Activation.ACTIVE_NOW)
    table = px.RoutingTable([route], "exchange55", connectors=[connector])
    assert_type(table.routes, tuple[px.Route, ...])
    assert_type(table.errors, tuple[px.RowError, ...])
    assert_type(table.route("a@b.de"), px.Route | None)
    assert_type(table.explain("a@b.de"), px.Explanation)
    assert_type(px.mta.route_one_off(table, "a@b.de", "c=us;s=x").route, px.Route | None)
    for read in (px.RoutingTable.from_csv, px.RoutingTable.from_connectors_json):
        assert_type(read(path, limits=px.Limits()), px.RoutingTable)
    assert_type(px.RoutingTable.from_gwart(""), px.RoutingTable)
    assert_type(px.RoutingTable.from_columns(["SMTP"], ["*"], [1], ["imc"], dialect="exchange2007"), px.RoutingTable)
    matcher = table.compile()
    assert_type(matcher, px.Matcher)
    assert_type(matcher.match("a@b.de"), int)
    assert_type(matcher.match_many(["a@b.de", None], threads=2), IndexColumn)
    assert_type(px.matcher.engine, str)


def whole_columns(table: px.RoutingTable) -> None:
    router = px.columns.Router(table)
    assert_type(router.matcher, px.Matcher)
    assert_type(px.columns.NOT_UTF8, str)
    assert router.route(["a@b.de"], threads=1).equals(px.columns.route(table, ["a@b.de"]))
    assert px.columns.resolve(px.InternetMailService(), ["a@b.de"]).num_rows == 1
    assert px.columns.parse(["a@b.de"]).num_rows == px.columns.decapsulate(["a@b.de"], tolerant=True).num_rows
    assert px.columns.validate(["a b"], attribute="mail", context=px.AuditContext()).num_rows == 1
    for adapter in (px.adapters.duckdb, px.adapters.polars, px.adapters.spark):
        assert adapter.__all__


def resolving(path: Path) -> None:
    recipient = px.Recipient("Jane", ["SMTP:a@b.de"], target_address=None, alias=None)
    directory = px.Directory([recipient])
    assert_type(directory.find("a@b.de"), tuple[px.Recipient, ...])
    for read in (px.Directory.from_csv, px.Directory.from_json, px.Directory.from_ldif):
        assert_type(read(path), px.Directory)
    report = px.audit(directory, rules=["primary-missing"], context=px.AuditContext(sync=True))
    assert_type(report, px.AuditReport)
    assert_type(report.findings[0], px.AuditFinding)
    assert_type(report.counts, Mapping[str, int])
    assert_type(report.write_fixes(path), int)
    assert_type(report.write_mended(path), int)
    service = px.InternetMailService(
        override_proxy_out="SMTPOUT",
        site_domain="b.de",
        site_addresses={"SMTP": "@b.de"},
        address_spaces=["SMTPOUT:*"],
        routing_table=None,
        directory=directory,
        organization="Org",
        site="SITE",
        server="SERVER",
        encapsulate=False,
    )
    assert_type(px.InternetMailService.from_toml(path), px.InternetMailService)
    assert_type(px.InternetMailService.from_registry_export(path), px.InternetMailService)
    assert_type(px.Site.from_toml(path).resolve("a@b.de"), px.Delivery | px.NonDelivery)
    outcome = service.resolve("a@b.de")
    if outcome.delivered:
        assert_type(outcome, px.Delivery)
        assert_type(outcome.envelope_recipient, str)
        assert_type(outcome.address, px.TypedAddress)
        assert_type(outcome.address_space, px.AddressSpace | None)
        assert_type(outcome.connector, str | None)
    else:
        assert_type(outcome, px.NonDelivery)
        assert_type((outcome.code, outcome.reason, outcome.diagnostic), tuple[str, str, str])
        assert_type(outcome.remedy, tuple[str, ...])
        assert_type(outcome.report(subject="x", sent=datetime(1998, 1, 5)), str)


def errors() -> None:
    try:
        px.parse("[")
    except px.AddressSyntaxError as error:
        assert_type((error.code, error.message, error.text), tuple[str, str, str])
        assert_type(error.span, tuple[int, int])
        assert_type(error.expected, tuple[str, ...])
    except px.ConfigurationError as problem:
        assert_type((problem.source, problem.line), tuple[str | None, int | None])
    except px.ProxyAddrError as base:
        assert_type(base.code, str)
