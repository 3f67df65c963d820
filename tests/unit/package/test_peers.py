"""We read addresses as other parsers do, but where a document or a written reason says why not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agreement import GOAL, Tally, agrees, main, peers, read, tally
from tests.cases import Case

_PEERS = peers()


def _vector(kind: str, text: str, expected: object, **more: object) -> Case:
    return Case("peers/made_up", 1, {"kind": kind, "text": text, "expected": expected, **more})


@pytest.mark.parametrize("peer", _PEERS)
def test_agreement(peer: str) -> None:
    assert tally(_PEERS[peer]).share >= GOAL


def test_vectors_are_enough() -> None:
    assert len(_PEERS) == 9
    assert sum(map(len, _PEERS.values())) >= 800


@pytest.mark.parametrize("peer", _PEERS)
def test_differences_say_why(peer: str) -> None:
    """A difference has a rule or a reason, and what agrees has neither: a note goes when its difference does."""
    wrong = [
        (str(vector), vector["text"])
        for vector in _PEERS[peer]
        if ("rule" in vector) + ("reason" in vector) != (not agrees(vector))
        or "" in (vector.get("rule"), vector.get("reason"))
    ]
    assert not wrong


@pytest.mark.parametrize("peer", _PEERS)
def test_vectors_are_whole(peer: str) -> None:
    for vector in _PEERS[peer]:
        assert vector["peer"] == peer
        assert vector["source"]
        assert isinstance(vector["expected"], bool if vector["kind"] == "valid" else list)
    texts = [(vector["kind"], vector["text"]) for vector in _PEERS[peer]]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("kind", "text", "expected", "more", "agreed"),
    [
        ("one", "Jane Doe <jane@contoso.com>", [["Jane Doe", "jane@contoso.com"]], {}, True),
        ("one", "Jane Doe <jane@contoso.com>", [["Jane", "jane@contoso.com"]], {}, False),
        ("one", "Jane Doe <jane@contoso.com>", [[None, "jane@contoso.com"]], {"names": False}, True),
        ("one", "Jane Doe <jane@contoso.com>", [[None, "joe@contoso.com"]], {"names": False}, False),
        ("one", "jane@Contoso.com", [[None, "jane@contoso.COM"]], {}, True),
        ("one", "Jane@contoso.com", [[None, "jane@contoso.com"]], {}, False),
        ("one", '"jane.doe"@contoso.com', [[None, "jane.doe@contoso.com"]], {}, True),
        ("one", '"jane doe"@contoso.com', [[None, "jane doe@contoso.com"]], {}, False),
        ("one", "[X400:c=US;a= ;s=Doe]", [[None, "c=US;a= ;s=Doe"]], {}, False),
        ("one", "jane", [], {}, True),
        ("one", "jane@contoso..com", [], {}, True),
        ("one", "jane@contoso.com", [], {}, False),
        (
            "list",
            "jane@contoso.com; joe@contoso.com",
            [[None, "jane@contoso.com"], [None, "joe@contoso.com"]],
            {},
            True,
        ),
        (
            "list",
            "jane@contoso.com; joe@contoso.com",
            [[None, "joe@contoso.com"], [None, "jane@contoso.com"]],
            {},
            False,
        ),
        ("list", "", [], {}, True),
        ("valid", "jane@contoso.com", True, {}, True),
        ("valid", "jane@contoso.com", False, {}, False),
        ("valid", "jane@contoso..com", False, {}, True),
        ("valid", "jane", False, {}, True),
        ("valid", "jane", True, {}, False),
    ],
)
def test_what_agrees(kind: str, text: str, expected: object, more: dict[str, Any], agreed: bool) -> None:
    assert agrees(_vector(kind, text, expected, **more)) is agreed


def test_rules_do_not_count() -> None:
    agreeing = _vector("valid", "jane@contoso.com", True)
    ruled = _vector("valid", "joe@contoso.com", False, rule="Q184957")
    left = _vector("valid", "ann@contoso.com", False, reason="none")
    assert tally([agreeing, ruled, left]) == Tally(vectors=3, same=1, by_rule=1, left=1)
    assert tally([agreeing, ruled, left]).share == 0.5


def test_refused_text_reads_as_nothing() -> None:
    assert list(read(_vector("one", "Jane Doe", []))) == []
    assert list(read(_vector("list", "Jane Doe", []))) == []


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    printed = capsys.readouterr().out
    for peer in (*_PEERS, "all"):
        assert f"\n{peer} " in printed
    assert "none is written down" not in printed
