"""Measures whether hostile patterns take more time per character when the address gets longer."""

from __future__ import annotations

from benchmarks._run import Contest, compare
from proxyaddr import AddressSpace

PATTERNS = {
    "*a*a*...*b": "*a" * 100 + "*b",
    "*a%*a%*...*b": "*a%" * 100 + "*b",
    "*aaa...%b*": "*" + "a" * 50 + "%b*",
}
LENGTHS = (10_000, 100_000, 1_000_000)


def main(*, short: bool) -> None:
    """Print times per character; the peer is a single `str.find` over the same address."""
    contests = []
    for name, pattern in PATTERNS.items():
        space = AddressSpace.parse(f"SMTP:{pattern}")
        for length in LENGTHS[:2] if short else LENGTHS:
            address = "SMTP:" + "a" * length
            contests.append(
                Contest(
                    f"{name}, {length:,} characters",
                    lambda space=space, address=address: space.match(address),  # type: ignore[misc]
                    "str.find of a missing letter",
                    lambda address=address: address.find("b"),  # type: ignore[misc]
                    items=length,
                )
            )
    compare("hostile patterns, per character", "ns", contests, rounds=3)
