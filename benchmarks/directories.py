"""Times a directory read from CSV beside `csv.DictReader` into a dict of addresses, and measures what it keeps."""

from __future__ import annotations

import csv
import tempfile
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import proxyaddr as px
from benchmarks._run import Contest, compare

SIZES = (20_000, 200_000)
"""Recipients with five addresses each."""

GOAL = 4
BYTES_GOAL = 1024
LOOK_UPS = 100

HEADER = ("displayName", "distinguishedName", "userPrincipalName", "proxyAddresses")


def main(*, short: bool) -> None:
    """Print the time of a recipient, what it takes to look one up, and the bytes that one takes."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES[:1] if short else SIZES:
            path = Path(folder) / f"{size}.csv"
            write_directory(path, size)
            directory = px.Directory.from_file(path)
            held = _dict_of_addresses(path)
            wanted = [px.parse(address) for address in list(held)[:: len(held) // LOOK_UPS]]
            read: Callable[[], object] = partial(px.Directory.from_file, path)
            walk: Callable[[], object] = partial(_dict_of_addresses, path)
            peer = "csv.DictReader into a dict of addresses"
            contests = [
                Contest("Directory.from_file", read, peer, walk, size, GOAL),
                Contest(
                    "Directory.find",
                    lambda directory=directory, wanted=wanted: [directory.find(each) for each in wanted],  # type: ignore[misc]  # bound while the loop is here
                    "a look-up in that dict",
                    lambda held=held, wanted=wanted: [held.get(str(each).lower()) for each in wanted],  # type: ignore[misc]  # as above
                    len(wanted),
                ),
            ]
            compare(f"{size:,} recipients with five addresses", "us", contests, rounds=1 if short else 5)
            del directory, held
            print(f"  {_bytes_kept(read, size):.0f} bytes a recipient, {_bytes_kept(walk, size):.0f} in the dict")
    print(f"  goal: at most {BYTES_GOAL} bytes")


def _dict_of_addresses(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            address.lower(): row["displayName"]
            for row in csv.DictReader(file)
            for address in row["proxyAddresses"].split(";")
        }


def _bytes_kept(read: Callable[[], object], size: int) -> float:
    """Return the bytes that a reading leaves allocated, for each recipient."""
    tracemalloc.start()
    kept = read()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return used / size


def write_directory(path: Path, size: int) -> None:
    """Write an export of so many recipients with five addresses each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(size):
            user, domain = f"user{number * 7919 % 100_003:06}.{number}", f"contoso{number % 50}.example"
            addresses = [
                *(f"SMTP:{user}@{domain}", f"smtp:{user}@alias.{domain}", f"smtp:u{number}@{domain}"),
                *(f"SIP:{user}@{domain}", f"X500:/o=Contoso/ou=First/cn=Recipients/cn={user}"),
            ]
            dn = f"CN=User {number},OU=People,DC=contoso,DC=example"
            writer.writerow((f"User {number}", dn, f"{user}@{domain}", ";".join(addresses)))
