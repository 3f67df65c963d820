"""Times matching one address against a hostile pattern, at three lengths: the time a character must not grow."""

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
    """Print the table; the peer is one pass of `str.find` over the same address."""
    contests = []
    for name, pattern in PATTERNS.items():
        space = AddressSpace.parse(f"SMTP:{pattern}")
        for length in LENGTHS[:2] if short else LENGTHS:
            address = "SMTP:" + "a" * length
            contests.append(
                Contest(
                    f"{name}, {length:,} characters",
                    lambda space=space, address=address: space.match(address),  # type: ignore[misc]
                    "str.find of what is not there",
                    lambda address=address: address.find("b"),  # type: ignore[misc]
                    items=length,
                )
            )
    compare("hostile patterns, a character", "ns", contests, rounds=3)
