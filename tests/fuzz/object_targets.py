"""The fuzz targets of what programs export: objects in every form, and the directories and tables in such files.

What is read is written where there is a form for it, and reads again as the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import proxyaddr as px
from proxyaddr._files.objects import Exported, Form, Objects, objects_in_text, objects_of
from proxyaddr._files.powershell import MARK
from proxyaddr._text.types import TRIMMED
from proxyaddr.bulk.files import Format
from proxyaddr.errors import RowError
from proxyaddr.limits import DEFAULT_LIMITS
from proxyaddr.routing.accepted_files import read_accepted_domains
from tests.fuzz.bulk_targets import TARGETS, files
from tests.fuzz.targets import SHORT, bad_input, check, file_target, holds_sums, scratch, text_of

__all__ = ["TARGETS"]

SOURCE = "the input"


def check_objects(read: Objects) -> None:
    """Check that errors say where they are, and that the objects read as the same when they are written as JSON."""
    found = []
    line = 0
    for entry in read.objects:
        assert entry.line is not None
        assert entry.line > 0, entry
        if isinstance(entry, RowError):
            assert entry.code
            assert all(map(str.isprintable, str(entry).split("\n"))), entry
        else:
            assert entry.line >= line, entry
            line = entry.line
            assert all(isinstance(name, str) for name in entry.properties)
            found.append(entry.properties)
    written = json.dumps(found)
    again = objects_of(Form.JSON, [written], SOURCE, DEFAULT_LIMITS)
    assert json.dumps([each.properties for each in again if isinstance(each, Exported)]) == written


def objects(data: bytes) -> None:
    """A file of objects in any form, known by its content."""
    for limits in (DEFAULT_LIMITS, SHORT):
        with bad_input():
            check_objects(objects_in_text(text_of(data), SOURCE, limits))


def of_form(form: Form) -> Callable[[bytes], None]:
    """Return a target that reads every input as objects of one form."""

    def target(data: bytes) -> None:
        for limits in (DEFAULT_LIMITS, SHORT):
            with bad_input():
                check_objects(Objects(form, objects_of(form, [text_of(data)], SOURCE, limits)))

    target.__doc__ = f"Objects as {form}."
    return target


def clixml_pieces(data: bytes) -> None:
    """CLIXML in one piece and in many; both are the same objects."""
    text = text_of(data).replace(MARK, "")  # it stands in the first piece, which files give as a block
    found: list[object] = []
    for size in (len(text) or 1, 7):
        pieces = [text[place : place + size] for place in range(0, len(text), size)]
        try:
            found.append([repr(entry) for entry in objects_of(Form.CLIXML, pieces, SOURCE, DEFAULT_LIMITS)])
        except px.ConfigurationError as error:
            found.append((error.code, error.line))
    assert found[0] == found[1]


def format_list(data: bytes) -> None:
    """Objects as Format-List text; a value without blanks around it is the text behind the colon."""
    of_form(Form.FORMAT_LIST)(data)
    value = text_of(data).partition("\n")[0].rstrip("\r")
    if "\r" in value or value != value.strip(TRIMMED) or not value:
        return
    lines = f"Name : a\nValue : {value}\nLast : {value}\n"
    (entry,) = objects_of(Form.FORMAT_LIST, [lines], SOURCE, DEFAULT_LIMITS)
    assert isinstance(entry, Exported)
    assert entry.properties == {"Name": "a", "Value": value, "Last": value}, entry


def check_whole_table(table: px.RoutingTable) -> None:
    """Check that a table routes, finds and compares, and that each file that it writes reads as the same routes."""
    check(table)
    for finding in table.findings():
        assert all(0 <= index < len(table.routes) for index in finding.routes), finding
        assert all(map(str.isprintable, finding.message.split("\n"))), finding
    assert not table.diff(table)
    if holds_sums(table):
        return
    for write, read, ending in (
        (table.to_toml, px.RoutingTable.from_toml, ".toml"),
        (table.to_csv, lambda path: px.RoutingTable.from_csv(path, dialect=table.dialect), ".csv"),
        (table.to_json, lambda path: px.RoutingTable.from_connectors_json(path, dialect=table.dialect), ".json"),
    ):
        with bad_input():
            text = write()
            path = scratch() / f"written{ending}"
            path.write_text(text, "utf-8", newline="")
            again = read(path)
            assert not again.errors, (again.errors, text)
            assert again.dialect is table.dialect
            if table.dialect is not px.Dialect.EXCHANGE2000 or ending != ".json":  # connectors have a later form
                assert _spaces(again) == _spaces(table), text
    with bad_input():
        table.to_powershell()


def _spaces(table: px.RoutingTable) -> list[tuple[str, str]]:
    """Return the spaces of a table and their first connectors, which every form keeps."""
    routes = [*table.routes, *table.accepted_spaces]
    return sorted((str(route.space), route.connector) for route in routes)


def tables(name: str, says: str, ending: str, *, by_column: bool = False) -> None:
    """Register a target that reads tables from files with an ending, by their content."""

    def run(data: bytes) -> None:
        path = scratch() / f"{name}{ending}"
        path.write_bytes(data)
        for dialect in (None, *px.Dialect):
            with bad_input():
                check_whole_table(px.RoutingTable.from_file(path, dialect=dialect))
        with bad_input():
            px.RoutingTable.from_file(path, limits=SHORT)
        if by_column:
            with bad_input():
                check_whole_table(px.RoutingTable.from_connectors(path))
        with bad_input():
            table = px.RoutingTable.from_file(path, accepted_domains=["contoso.com", "*.fabrikam.com"])
            table.findings()
            assert not table.diff(table)
            with bad_input():
                table.compile()

    run.__doc__ = says
    TARGETS[name] = run


def accepted_domains(data: bytes) -> None:
    """Accepted domains, in a file of any form; each is one that a table takes."""
    path = scratch() / "accepted"
    path.write_bytes(data)
    with bad_input():
        read = read_accepted_domains(path, SHORT)
        for error in read.errors:
            str(error)
    with bad_input():
        read = read_accepted_domains(path)
        for domain in read.domains:
            with bad_input():
                taken = px.RoutingTable([]).with_accepted_domains([domain]).accepted_domains
                assert taken, domain
        lines = "\n".join(read.domains)
        path.write_text(lines, "utf-8", newline="")
        if read.domains and all("." in domain for domain in read.domains):
            assert read_accepted_domains(path).domains == read.domains


TARGETS |= {
    "objects": objects,
    "format_list": format_list,
    "clixml": of_form(Form.CLIXML),
    "clixml_pieces": clixml_pieces,
    "json_objects": of_form(Form.JSON),
    "ldif": of_form(Form.LDIF),
    "accepted_domains": accepted_domains,
    "files_ldif": files(Format.LDIF),
    "files_clixml": files(Format.CLIXML),
    "files_list": files(Format.LIST),
}
file_target("directory_file", "A directory in a file of any form.", ".txt", px.Directory.from_file)
tables("table_file", "A routing table in a file of any form.", ".txt")
tables("connectors", "Connectors in a file of any form.", ".data", by_column=True)
