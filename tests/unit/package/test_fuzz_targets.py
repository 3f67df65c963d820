"""The corpus of every fuzz target and the texts of the cases pass the targets, without a fuzzer."""

from __future__ import annotations

import pytest

import proxyaddr as px
from tests.fuzz.__main__ import CORPUS, seeds
from tests.fuzz.object_targets import TARGETS
from tests.fuzz.targets import bad_input


@pytest.mark.parametrize("name", TARGETS)
def test_corpus_and_cases_pass(name: str) -> None:
    found = seeds(name)
    assert len(found) > 100
    for data in found:
        TARGETS[name](data)


def test_every_corpus_has_a_target() -> None:
    assert {file.stem for file in CORPUS.iterdir()} <= TARGETS.keys()


def test_every_other_exception_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (
        KeyError(),
        RecursionError(),
        UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
        ValueError(),
        AssertionError(),
    ):

        def fails(*_: object, error: Exception = wrong, **__: object) -> None:
            raise error

        for call in ("parse", "parse_proxies", "decapsulate", "X500Address"):
            monkeypatch.setattr(px, call, fails)
        for name in ("parse", "parse_proxies", "decapsulate"):
            with pytest.raises(type(wrong)):
                TARGETS[name](b"a@b")


def test_an_error_without_a_code_or_with_unprintable_words_is_a_finding() -> None:
    with pytest.raises(AssertionError), bad_input():
        raise px.ProxyAddrError("", "x")
    with bad_input():
        raise px.ProxyAddrError("x", "x\x1b")
