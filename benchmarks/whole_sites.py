"""Times a whole directory resolved beside `columns.parse` of its addresses, and beside one recipient at a time."""

from __future__ import annotations

import csv
import gc
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa

import proxyaddr as px
from benchmarks._run import Contest, compare
from benchmarks.directories import SIZES, write_directory
from proxyaddr import columns
from proxyaddr.delivery.resolutions import Resolutions

GOAL = 30
"""The most that a recipient may take over `columns.parse` of its five addresses; 10 would be better still."""

ONE_AT_A_TIME = 500
"""Recipients that are resolved one at a time."""

TEXTS = 20_000

DOMAINS = 40
"""Domains with an address space of their own, of the fifty of the directory; the others are returned."""


def main(*, short: bool) -> None:
    """Print the time of a recipient for a connector, a site, their Arrow columns, and texts looked up."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES[:1] if short else SIZES:
            path = Path(folder) / f"{size}.csv"
            write_directory(path, size)
            _measure(path, size, rounds=1 if short else 5)


def _measure(path: Path, size: int, *, rounds: int) -> None:
    directory = px.Directory.from_file(path)
    names = [f"imc{number}" for number in range(4)]
    table = px.RoutingTable(
        px.Route(px.AddressSpace.parse(f"SMTP:*@contoso{number}.example;1"), names[number % 4])
        for number in range(DOMAINS)
    )
    service = px.InternetMailService(name=names[0], routing_table=table, directory=directory)
    site = px.Site([px.InternetMailService(name=name) for name in names], table, directory=directory)
    with path.open(encoding="utf-8", newline="") as file:
        column = pa.array([text for row in csv.DictReader(file) for text in row["proxyAddresses"].split(";")])
    texts = column.slice(0, TEXTS)
    few = px.Directory(directory.recipients[:ONE_AT_A_TIME])
    parsed: Callable[[], object] = partial(columns.parse, column)
    peer = "columns.parse of its addresses"
    contests = [
        Contest(
            "service.resolve_many, counted", lambda: _counted(service.resolve_many(directory)), peer, parsed, size, GOAL
        ),
        Contest("site.resolve_many, counted", lambda: _counted(site.resolve_many(directory)), peer, parsed, size, GOAL),
        Contest("columns.resolve of a service", partial(columns.resolve, service, directory), peer, parsed, size, GOAL),
        Contest("columns.resolve of a site", partial(columns.resolve, site, directory), peer, parsed, size, GOAL),
    ]
    gc.collect()
    compare(f"{size:,} recipients with five addresses", "us", contests, rounds=rounds)
    looked_up: Callable[[], object] = partial(columns.resolve, service, texts)
    read: Callable[[], object] = partial(columns.parse, texts)
    known: Callable[[], object] = partial(columns.resolve, service, few)
    others = [
        Contest("columns.resolve of texts in the directory", looked_up, "columns.parse of the texts", read, len(texts)),
        Contest(
            "columns.resolve of a few",
            known,
            "service.resolve of each",
            lambda: [service.resolve(each) for each in few],
            len(few),
        ),
    ]
    compare("texts, and recipients that were made before", "us", others, rounds=rounds)
    found = site.resolve_many(directory)
    print(f"  {found.delivered:,} delivered, by connector {dict(found.connectors)}, codes {dict(found.codes)}")
    step = max(size // ONE_AT_A_TIME, 1)
    expected = Counter(site.resolve(directory.recipients[row]).rule for row in range(0, size, step))
    rules = columns.resolve(site, directory)["rule"].to_pylist()[::step]
    print(f"  {sum((Counter(rules) - expected).values())} of {len(rules)} differ from one at a time")


def _counted(found: Resolutions) -> int:
    return found.delivered
