"""Generates address spaces and addresses like those of large organisations and gateways, from a fixed seed."""

from __future__ import annotations

import random
from typing import NamedTuple

__all__ = ["Spaces", "addresses", "spaces"]

SEED = 20261124
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOP = ("com", "net", "org", "example", "test", "co.example", "de", "fr")
MOST_INFIXES = 100


class Spaces(NamedTuple):
    """The columns of a routing table, and the domains in its patterns."""

    types: list[str]
    patterns: list[str]
    costs: list[int]
    connectors: list[str]
    domains: list[str]


def _word(chance: random.Random, shortest: int, longest: int) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(shortest, longest)))


def spaces(count: int) -> Spaces:
    """Return `count` spaces: 80 % `*@domain`, 12 % `*@*.domain`, 5 % addresses, 2 % `prefix*@domain`, 1 % infixes."""
    chance = random.Random(SEED + count)
    types, patterns = ["SMTP", "X400", "FAX", "NOTES"], ["*", "", "*", "*@*acme"]
    domains: dict[str, None] = {}
    infixes = 0
    while len(patterns) < count:
        domain = f"{_word(chance, 5, 12)}.{chance.choice(TOP)}"
        if domain in domains:
            continue
        domains[domain] = None
        kind = chance.random()
        if kind < 0.80:
            pattern = f"*@{domain}"
        elif kind < 0.92:
            pattern = f"*@*.{domain}"
        elif kind < 0.97:
            pattern = f"{_word(chance, 3, 8)}@{domain}"
        elif kind < 0.99 or infixes == MOST_INFIXES:
            pattern = f"{_word(chance, 3, 5)}*@{domain}"
        else:
            infixes += 1
            pattern = f"*{_word(chance, 5, 8)}*"
        types.append("SMTP")
        patterns.append(pattern)
    costs = [chance.randint(1, 100) for _ in patterns]
    connectors = [f"connector {chance.randint(1, 20)}" for _ in patterns]
    return Spaces(types, patterns, costs, connectors, list(domains))


def addresses(table: Spaces, count: int) -> list[str]:
    """Return addresses of about 30 characters: domains by Zipf's law, 5 % of other types, 15 % with upper case."""
    chance = random.Random(SEED - count)
    domains = table.domains[:]
    chance.shuffle(domains)
    rank, weights = 0.0, []
    for place in range(len(domains)):
        rank += 1 / (place + 1)
        weights.append(rank)
    chosen = chance.choices(range(len(domains)), cum_weights=weights, k=count)
    locals_ = [_word(chance, 6, 16) for _ in range(5000)]
    found = []
    for place in chosen:
        domain, roll = domains[place], chance.random()
        if roll < 0.05:
            found.append(chance.choice(["X400:c=US;a= ;p=Org;o=Site;s=Doe;", "FAX:+1 555 0100", "NOTES:jane@acme"]))
            continue
        if roll < 0.15:
            domain = f"{_word(chance, 3, 6)}.{domain}"
        elif roll < 0.25:
            domain = f"{_word(chance, 5, 12)}.{chance.choice(TOP)}"
        address = f"{chance.choice(locals_)}@{domain}"
        if chance.random() < 0.15:
            address = address.title()
        found.append(f"SMTP:{address}" if chance.random() < 0.5 else address)
    return found
