"""Compares how addresses are read with what the test suites of other parsers say: `python -m tests.agreement`.

The vectors are in `cases/peers/`, a file for each peer: a text, what the peer's own suite says of it, and the file of
that suite. Names and domains were replaced by invented ones; quotes, comments, case and punctuation are the suite's.
There are three kinds:

- `one` and `list` hold the addresses that the peer reads from the text, with their names; where `names` is false, the
  suite states the addresses alone. We agree when `parse_one_off` or `parse_recipients` gives the same, but for quotes
  around a local part that needs none, and the case of domains. Where the peer reads no address, we agree when we refuse
  the text, or each address that we give has a finding of severity `error`.
- `valid` holds whether the peer takes the text for a valid address. We agree when `parse_one_off` reads it without such
  a finding and the peer takes it, or neither.

A vector on which we differ says why: `rule` names the document by which it is decided otherwise, `reason` why it is
left without one. The share is of the vectors that no rule decides otherwise.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

import proxyaddr as px
from tests.cases import FOLDER, Case, cases

__all__ = ["GOAL", "Tally", "agrees", "main", "peers", "read", "tally"]

GOAL = 0.9
"""The least share of vectors on which we agree with a peer."""

_UNNEEDED_QUOTES = re.compile(r'"((?:[^\s"\\()<>\[\]:;@,.]|\\[^\s"\\()<>\[\]:;@,.]|\.(?=[^".]))+)"(?=@)')


class Tally(NamedTuple):
    """How many vectors a peer has, on how many we agree, how many a rule decides otherwise, and how many are left."""

    vectors: int
    same: int
    by_rule: int
    left: int

    @property
    def share(self) -> float:
        """The vectors on which we agree, of those that no rule decides otherwise."""
        return self.same / (self.vectors - self.by_rule)


def peers() -> dict[str, list[Case]]:
    """Return the vectors of each peer, by its name."""
    files = sorted(FOLDER.glob("peers/*.jsonl"))
    by_file = [cases(f"peers/{file.stem}") for file in files]
    return {vectors[0]["peer"]: vectors for vectors in by_file}


def agrees(vector: Case) -> bool:
    """Return whether we read the text of a vector as the peer does."""
    found = read(vector)
    if vector["kind"] == "valid":
        return vector["expected"] is bool(found and not _refused(found))
    expected = [(name, _comparable(value)) for name, value in vector["expected"]]
    if not expected:
        return all(_refused([address]) for address in found)
    ours = [(address.display_name, _comparable(_shown(address))) for address in found]
    if vector.get("names", True):
        return ours == expected
    return [value for _, value in ours] == [value for _, value in expected]


def read(vector: Case) -> Sequence[px.OneOffAddress]:
    """Return what we read from the text of a vector: no address where it is refused."""
    if vector["kind"] == "list":
        return px.parse_recipients(vector["text"])
    try:
        return [px.parse_one_off(vector["text"])]
    except px.AddressSyntaxError:
        return []


def tally(vectors: Sequence[Case]) -> Tally:
    """Count the vectors of a peer."""
    apart = [vector for vector in vectors if not agrees(vector)]
    by_rule = sum("rule" in vector for vector in apart)
    return Tally(len(vectors), len(vectors) - len(apart), by_rule, len(apart) - by_rule)


def main() -> int:
    """Print a row for each peer, and what is left; return 1 where a share is below the goal."""
    by_peer = {peer: tally(vectors) for peer, vectors in peers().items()}
    totals = Tally(*map(sum, zip(*by_peer.values(), strict=True)))
    print(f"{'peer':20} {'vectors':>8} {'same':>6} {'by a rule':>10} {'left':>6} {'share':>7}")
    for peer, row in (*by_peer.items(), ("all", totals)):
        print(f"{peer:20} {row.vectors:8} {row.same:6} {row.by_rule:10} {row.left:6} {row.share:7.1%}")
    for word in ("rule", "reason"):
        print(f"\nWhere we differ, by {word}:")
        for note, count in _notes(word):
            print(f"{count:5}  {note}")
    return int(any(row.share < GOAL for row in (*by_peer.values(), totals)))


def _notes(word: str) -> list[tuple[str, int]]:
    """Return the notes of the vectors on which we differ, and how many have each; the most frequent first."""
    counts: dict[str, int] = {}
    for vectors in peers().values():
        for vector in vectors:
            if not agrees(vector) and (word in vector or (word == "reason" and "rule" not in vector)):
                note = vector.get(word, f"none is written down: {vector}")
                counts[note] = counts.get(note, 0) + 1
    return sorted(counts.items(), key=lambda row: -row[1])


def _refused(addresses: Sequence[px.OneOffAddress]) -> bool:
    """Return whether a finding of severity `error` stands on one of the addresses."""
    return any(finding.severity == "error" for address in addresses for finding in address.validate())


def _shown(address: px.OneOffAddress) -> str:
    return address.value if address.type == "SMTP" else f"{address.type}:{address.value}"


def _comparable(value: str) -> str:
    """Return an address without quotes that its local part does not need, and its domain as directories compare it."""
    plain = _UNNEEDED_QUOTES.sub(lambda match: match[1].replace("\\", ""), value)
    local, at, domain = px.TypedAddress("SMTP", plain).canonical_value.rpartition("@")
    return f"{local}{at}{domain.lower()}"


if __name__ == "__main__":
    sys.exit(main())
