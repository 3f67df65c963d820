"""The fuzz targets of everything but columns and bulk files.

A target is a function that takes the bytes of one input and returns nothing. ProxyAddrError is an answer and is caught;
every other exception is a finding. The first line of a target's docstring is its line in `python -m tests.fuzz --help`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import proxyaddr as px
from proxyaddr._files.messages import read_message
from proxyaddr._text.types import WHITE_SPACE
from proxyaddr.addresses.encapsulated_text import find_encapsulated
from proxyaddr.formats.entry_kinds import KNOWN_PROVIDERS
from proxyaddr.matcher.engines import ENGINES, is_installed

__all__ = ["TARGETS"]

Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {}
"""Every target by its name."""

SHORT = px.Limits(address_length=300, list_items=20, file_rows=20, line_length=400, nesting=8)
"""Limits so tight that a small input reaches them."""


DEFAULT_SERVICE = px.InternetMailService()


def target(function: Callable[[str], None]) -> Callable[[str], None]:
    """Register a function of a text as the target of its name, and return it."""

    def run(data: bytes) -> None:
        with suppress(px.ProxyAddrError):
            function(text_of(data))

    run.__doc__ = function.__doc__
    TARGETS[function.__name__] = run
    return function


def text_of(data: bytes) -> str:
    """Return bytes as text: as UTF-8, lone surrogates allowed, or else as Latin-1."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


@cache
def scratch() -> Path:
    """Return the folder in which targets write the files that readers read."""
    return Path(tempfile.mkdtemp(prefix="proxyaddr-fuzz-"))


@contextmanager
def bad_input() -> Iterator[None]:
    """Catch ProxyAddrError; raise AssertionError where it has no code or its message can't be printed."""
    try:
        yield
    except px.ProxyAddrError as error:
        lines = str(error).split("\n")
        if not error.code or not all(map(str.isprintable, lines)):
            raise AssertionError(
                f"an error without a code, or with a message that can't be printed: {lines}"
            ) from error


def judge(address: px.TypedAddress) -> None:
    """Check what holds for every address: findings lie within it, it hashes, its type starts its comparison key."""
    for finding in address.validate():
        assert finding.span is None or 0 <= finding.span[0] <= finding.span[1] <= len(address.value), finding
        assert finding.message.strip(), finding
    assert len({address, address}) == 1
    assert address.comparison_key[0] == address.type


def accepted(recipient: str) -> bool:
    """Return whether a service with default settings sends to this recipient as it stands."""
    outcome = DEFAULT_SERVICE.resolve(px.OneOffAddress("SMTP", recipient))
    return outcome.delivered and outcome.envelope_recipient == recipient


def check_errors(errors: tuple[px.AddressSyntaxError, ...], text: str) -> None:
    """Check that the errors of a list have spans within its text, in order."""
    place = 0
    for error in errors:
        assert place <= error.span[0] <= error.span[1] <= len(text), error
        place = error.span[0]
        str(error)


@target
def parse(text: str) -> None:
    """One address, as one-off and as proxy; its text parses to the same address."""
    for function in (px.parse, px.parse_one_off, px.parse_proxy):
        with bad_input():
            address: px.TypedAddress = function(text)
            judge(address)
            again = px.parse_one_off if isinstance(address, px.OneOffAddress) else px.parse_proxy
            assert again(str(address)) == address, str(address)


@target
def parse_recipients(text: str) -> None:
    """The recipients of a To line; what parses is written back and parses again."""
    found = px.parse_recipients(text)
    check_errors(found.errors, text)
    empty = not text.strip(WHITE_SPACE + ";,{}") or any(mark in text for mark in ":(")  # an empty group, comments alone
    assert found or found.errors or empty
    again = px.parse_recipients(str(found))
    assert (again, again.errors) == (found, ()), str(found)
    counted = px.parse_recipients(text, limits=px.Limits(list_items=len(found) + len(found.errors) + 1))
    assert counted == found


@target
def parse_proxies(text: str) -> None:
    """A list of proxy addresses, separated in several ways; each item parses alone as it does in the list."""
    for separator in "&|; ":
        check_errors(px.parse_proxies(text, separator=separator).errors, text)
    found = px.parse_proxies(text)
    check_errors(found.errors, text)
    for proxy in found:
        judge(proxy)
        assert px.parse_proxy(str(proxy)) == proxy
    separators = sum(map(text.count, ";,%|\r\n:"))  # a list of as many items is counted
    with suppress(px.AddressSyntaxError):  # it has one piece more, at most
        counted = px.parse_proxies(text, limits=px.Limits(list_items=max(separators, 1)))
        assert (counted, len(counted.errors)) == (found, len(found.errors))
    assert list(px.parse_proxies([*map(str, found)])) == list(found)


@target
def address_space(text: str) -> None:
    """One address space in both dialects, written back and matched."""
    for dialect in px.Dialect:
        with bad_input():
            space = px.AddressSpace.parse(text, dialect=dialect)
            again = px.AddressSpace.parse(str(space), dialect=dialect)
            assert again == space, str(space)
            space.match(text)
            space.match(space.pattern)


@target
def x400(text: str) -> None:
    """An O/R address in its three forms, written back."""
    for form in ("exchange", "rfc1685", "rfc2156"):
        with bad_input():
            address = px.X400Address.parse(text, form)
            if "C" in address.components:
                assert px.X400Address.parse(address.format()) == address
            hash(address)
            for other in ("exchange", "rfc1685", "rfc2156"):
                address.format(other)
    with bad_input():
        judge(px.OneOffAddress("X400", text))


@target
def printable_string(text: str) -> None:
    """Printable strings, there and back."""
    encoded = px.x400.to_printable_string(text)
    assert encoded.isascii()
    assert px.x400.from_printable_string(encoded) == text
    px.x400.from_printable_string(text)


@target
def x500(text: str) -> None:
    """A legacy DN, written back."""
    with bad_input():
        name = px.X500Address.parse(text)
        assert px.X500Address.parse(str(name)) == name
        assert px.parse_proxy(str(name.proxy)) == name.proxy
    with bad_input():
        judge(px.OneOffAddress("EX", text))


@target
def decapsulate(text: str) -> None:
    """An IMCEA address, strict and tolerant; what is encapsulated again is the same."""
    with bad_input():
        found = px.decapsulate(text, tolerant=True)
        with bad_input():
            judge(found.address)
    with bad_input():
        found = px.decapsulate(text)
        assert px.decapsulate(text, tolerant=True) == found
        again = px.encapsulate(found.type, found.value, found.domain)
        assert px.decapsulate(again) == found
    kind, _, value = text.partition(":")
    with bad_input():
        written = px.encapsulate(kind, value, "contoso.com")
        assert px.decapsulate(written).value == value
        assert accepted(written)


@target
def diagnose(text: str) -> None:
    """A non-delivery report; what is said of a recipient can be printed, and a proxy that is advised parses."""
    with bad_input():
        for found in px.diagnose(text):
            assert found.reason
            assert found.remedy
            assert str(found).isprintable()
            for proxy in found.proxies:
                assert not [each for each in px.parse_proxy(proxy).validate() if each.severity == "error"], proxy


@target
def mixer(text: str) -> None:
    """The mappings between O/R addresses and Internet mail."""
    with bad_input():
        address = px.mixer.from_domain_form(text)
        px.mixer.to_domain_form(address)
    with bad_input():
        address, gateway = px.mixer.from_gateway_form(text)
        again, _ = px.mixer.from_gateway_form(px.mixer.to_gateway_form(address, gateway))
        assert again == address
    with bad_input():
        px.mixer.smtp_address(px.X400Address.parse(text))
    plain = px.X400Address({"C": "us", "S": "Doe"})
    for dda_type in ("SMTP", "RFC-822"):
        with bad_input():
            px.mixer.smtp_address(px.mixer.with_smtp(plain, text, dda_type=dda_type))


def entry_id(data: bytes) -> None:
    """A MAPI one-off entry identifier, with and without its header before it."""
    header = bytes.fromhex("00000000812b1fa4bea310199d6e00dd010f54020000")
    for whole in (data, header + data):
        with bad_input():
            found = px.OneOffEntryId.from_bytes(whole)
            assert px.OneOffEntryId.from_bytes(found.to_bytes()) == found
            assert isinstance(found.search_key, bytes)


TARGETS["entry_id"] = entry_id


def entry_identifiers(data: bytes) -> None:
    """Entry identifiers of every kind: bytes, with each provider before them, and a text that holds some."""
    for provider in (None, *sorted(KNOWN_PROVIDERS)):
        with bad_input():
            check(px.read_entry_ids(data if provider is None else bytes(4) + provider + data))
    with bad_input():
        check(px.read_entry_ids(text_of(data)))


TARGETS["entry_identifiers"] = entry_identifiers


def messages(data: bytes) -> None:
    """A message or a copied text, as bytes and as text, and the encapsulated addresses in it."""
    for given in (data, text_of(data), "From: a@b\nTo: c@d\n" + text_of(data)):
        with bad_input():
            message = read_message(given)
            assert isinstance(message.text, str)
            for tolerant in (False, True):
                for found in find_encapsulated(message, tolerant=tolerant):
                    if isinstance(found, px.AddressSyntaxError):
                        str(found)
                    elif found.proxy is not None:
                        assert str(px.X500Address.parse(found.proxy)) == found.value


TARGETS["messages"] = messages


def file_target(name: str, says: str, ending: str, *readers: Callable[..., object]) -> None:
    """Register a target that reads each input as a file, with the default limits and with tight ones."""

    def run(data: bytes) -> None:
        path = scratch() / f"{name}{ending}"
        path.write_bytes(data)
        for reader in readers:
            for limits in ({}, {"limits": SHORT}):
                with bad_input():
                    check(reader(path, **limits))

    run.__doc__ = says
    TARGETS[name] = run


def check(read: object) -> None:
    """Ask what was read from a file: a table routes, a directory finds its recipients, a service resolves."""
    if isinstance(read, px.RoutingTable):
        check_table(read)
    elif isinstance(read, px.Directory):
        for recipient in read:
            for proxy in recipient.proxies:
                assert recipient in read.find(proxy)
        for error in read.errors:
            str(error)
    elif isinstance(read, px.InternetMailService | px.Site):
        for text in ("a@b.de", "[FAX:1]"):
            with bad_input():
                read.resolve(text)


def check_table(table: px.RoutingTable) -> None:
    """Check that a table routes and explains, and that the files it writes read as the same routes."""
    for error in table.errors:
        assert error.line > 0
        str(error)
    str(table.explain("user@mail.contoso.com"))
    for dialect, write, read in (
        (table.dialect, table.to_gwart, px.RoutingTable.from_gwart),
        (table.dialect, table.to_csv, csv_table),
    ):
        with bad_input():
            again = read(write(), dialect=dialect)
            if read is px.RoutingTable.from_gwart or not holds_sums(table):
                assert [route.space for route in again.routes] == [route.space for route in table.routes]


def holds_sums(table: px.RoutingTable) -> bool:
    """Return whether a table of Exchange 2007 came from a GWART with costs of sums, which its other files refuse."""
    return table.dialect is px.Dialect.EXCHANGE2007 and any(route.space.cost > 100 for route in table.routes)


def csv_table(text: str, *, dialect: px.Dialect) -> px.RoutingTable:
    """Return the table that a text in CSV holds."""
    path = scratch() / "again.csv"
    path.write_text(text, "utf-8", newline="")
    return px.RoutingTable.from_csv(path, dialect=dialect)


def both_dialects(read: Callable[..., object]) -> Iterator[Callable[..., object]]:
    """Yield a reader of tables once for each dialect."""
    for dialect in px.Dialect:
        yield lambda path, dialect=dialect, **limits: read(path, dialect=dialect, **limits)


@target
def gwart(text: str) -> None:
    """A gateway address routing table."""
    for dialect in px.Dialect:
        check_table(px.RoutingTable.from_gwart(text, dialect=dialect))
        with bad_input():
            px.RoutingTable.from_gwart(text, dialect=dialect, limits=SHORT)


file_target("table_csv", "A routing table in CSV.", ".csv", *both_dialects(px.RoutingTable.from_csv))
file_target("table_json", "Connectors in JSON.", ".json", *both_dialects(px.RoutingTable.from_connectors_json))
file_target(
    *("settings_toml", "Settings in TOML: a table, a service and a site.", ".toml"),
    *(px.RoutingTable.from_toml, px.InternetMailService.from_toml, px.Site.from_toml),
)
file_target("registry", "An export of the registry.", ".reg", px.InternetMailService.from_registry_export)
file_target("directory_csv", "A directory in CSV.", ".csv", px.Directory.from_csv)
file_target("directory_json", "A directory in JSON.", ".json", px.Directory.from_json)
file_target("directory_ldif", "A directory in LDIF.", ".ldif", px.Directory.from_ldif)


@target
def columns(text: str) -> None:
    """A table from columns; both engines answer as the table does."""
    lines = text.split("\n")
    parts = [[part or None for part in line.split("\t")] for line in lines[:200]]
    rows = [[*row, None, None, None, None][:4] for row in parts]
    numbers = [int(row[2]) if row[2] and row[2].isdecimal() and len(row[2]) < 9 else row[2] for row in rows]
    for dialect in px.Dialect:
        with bad_input():
            table = px.RoutingTable.from_columns(
                [row[0] for row in rows], [row[1] for row in rows], numbers, [row[3] for row in rows], dialect=dialect
            )
            check_table(table)
            compare(table, lines)


@target
def match(text: str) -> None:
    """Address spaces and addresses; both engines answer as the table does."""
    spaces, _, addresses = text.partition("\n\n")
    asked = addresses.split("\n")[:20]
    for dialect in px.Dialect:
        routes = []
        for space in spaces.split("\n")[:20]:
            with bad_input():
                routes.append(px.Route(px.AddressSpace.parse(space, dialect=dialect), "c"))
        compare(px.RoutingTable(routes, dialect), [*asked, *(route.space.pattern for route in routes)])


def compare(table: px.RoutingTable, asked: list[str]) -> None:
    """Check that each engine answers as the table does, for one address and for a list."""
    expected = [table.route_index(address) for address in asked]
    for name in filter(is_installed, ENGINES):
        compiled = table.compile(engine=name)
        assert [compiled.match(address) for address in asked] == expected, (name, asked)
        assert list(compiled.match_many(asked)) == expected, (name, asked)


@target
def resolve(text: str) -> None:
    """A recipient, resolved by two services; what is delivered is safe in an envelope."""
    for service in (
        px.InternetMailService(site_domain="contoso.com", encapsulate=True),
        px.InternetMailService(site_domain="contoso.com", override_proxy_out="SMTPOUT", address_spaces=["SMTPOUT:*"]),
    ):
        with bad_input():
            outcome = service.resolve(text)
            if outcome.delivered:
                found = outcome.envelope_recipient
                assert not set(found) & set("<>\r\n\0")
                assert accepted(found)
            else:
                assert outcome.remedy or outcome.code
