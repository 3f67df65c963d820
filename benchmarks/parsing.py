"""Measures how long an address takes to parse: a single one, in a short list, and in an export of 100,000."""

from __future__ import annotations

import random
from collections.abc import Callable
from email.utils import parseaddr

from benchmarks._run import Contest, compare
from proxyaddr import parse_one_off, parse_proxies

SEED = 183801
REPEATS = 200
SHORT_LIST = 20
LONG_LIST = 100_000


def main(*, short: bool) -> None:
    """Print times per address."""
    contests = (
        Contest(
            "parse_one_off, one address",
            _repeated(lambda: parse_one_off("John Smith [SMTP:john.smith@contoso.com]")),
            "email.utils.parseaddr",
            _repeated(lambda: parseaddr("John Smith <john.smith@contoso.com>")),
            items=REPEATS,
            goal=1,
        ),
        _list_contest(SHORT_LIST, REPEATS),
        _list_contest(LONG_LIST // 10 if short else LONG_LIST, 1),
    )
    compare("parsing, per item", "us", contests, rounds=3 if short else 7)


def _list_contest(count: int, repeats: int) -> Contest:
    text = ";".join(_proxies(count))
    ours, peer = _repeated(lambda: parse_proxies(text), repeats), _repeated(lambda: text.split(";"), repeats)
    return Contest(f"parse_proxies, {count:,} proxies", ours, "str.split, types not read", peer, items=count * repeats)


def _repeated(call: Callable[[], object], repeats: int = REPEATS) -> Callable[[], object]:
    def run() -> None:
        for _ in range(repeats):
            call()

    return run


def _proxies(count: int) -> list[str]:
    """Return proxy addresses like those of an export: mostly SMTP, one in twenty X.400, without duplicates."""
    chance = random.Random(SEED)
    return [
        f"X400:c=us;a= ;p=contoso;o=site{index};s=user{index};"
        if chance.random() < 0.05
        else f"{'SMTP' if index == 0 else 'smtp'}:user{index}@dept{chance.randrange(100)}.contoso.com"
        for index in range(count)
    ]
