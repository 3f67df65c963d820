"""What is refused says so with its code, its place and what was expected there, for every kind of input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.formats.internet import envelope_recipient
from tests.cases import cases

CALLS: dict[str, Callable[..., Any]] = {
    "parse": px.parse,
    "parse_one_off": px.parse_one_off,
    "parse_proxy": px.parse_proxy,
    "parse_recipients": px.parse_recipients,
    "parse_proxies": px.parse_proxies,
    "canonical_type": lambda kind: px.TypedAddress(kind, "x").type,
    "address": px.TypedAddress,
    "envelope_recipient": envelope_recipient,
    "encapsulate": px.encapsulate,
    "decapsulate": px.decapsulate,
    "x500": px.X500Address.parse,
    "x400": px.X400Address.parse,
    "x400_parts": px.X400Address,
    "space": px.AddressSpace,
    "exchange55": lambda text: px.AddressSpace.parse(text, dialect="exchange55"),
    "exchange2007": lambda text: px.AddressSpace.parse(text, dialect="exchange2007"),
    "validate": lambda kind, value: px.TypedAddress(kind, value).validate(),
}


def outcome(call: str, given: list[Any]) -> dict[str, Any]:
    """What a call refuses, as a case has it: one error, the errors of a list, or findings."""
    try:
        found = CALLS[call](*given)
    except px.AddressSyntaxError as error:
        check_words(error)
        record = {"code": error.code, "span": list(error.span), "expected": list(error.expected)}
        return record if error.text == given[0] else {**record, "text": error.text}
    if isinstance(found, tuple):
        assert all(finding.message.strip() for finding in found)
        return {"findings": [[finding.code, finding.span and list(finding.span)] for finding in found]}
    assert all(error.message.strip() and error.text in (given[0], *given[0]) for error in found.errors)
    findings = getattr(found, "findings", ())
    assert all(finding.message.strip() for finding in findings)
    return {
        "errors": [
            [error.code, list(error.span), list(error.expected), *([] if error.item is None else [error.item])]
            for error in found.errors
        ],
        "findings": [[finding.code, finding.span and list(finding.span)] for finding in findings],
    }


def check_words(error: px.AddressSyntaxError) -> None:
    """An error has words, and draws the place."""
    assert error.message.strip()
    assert str(error).startswith(error.message.split("\n")[0][:20])
    assert "^" in str(error).splitlines()[-1]


@pytest.mark.parametrize("case", cases("refusals"), ids=str)
def test_refusal(case: dict[str, Any]) -> None:
    assert outcome(case["call"], case["given"]) == {k: v for k, v in case.items() if k not in ("call", "given")}
