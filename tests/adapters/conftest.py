"""What the adapters are held against: a table, texts of every kind, and the answers of `proxyaddr.columns`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr import columns

Rows = list[Any]
"""One answer a row: a dict by field, or an index."""

TEXTS: Sequence[str | None] = (
    "jane@contoso.com",
    None,
    "SMTP:Jane@Mail.Contoso.com",
    "smtp:é@ü.example",
    "",
    "FAX:+1 555 0100",
    "[FAX:",
    "X400:c=US;a= ;p=Org;s=Doe;",
    "NOTES:nobody",
    "IMCEAFAX-+2B1+20555@contoso.com",
    "somebody-with-a-long-name@contoso.com",
)


@pytest.fixture(scope="package")
def table() -> px.RoutingTable:
    return px.RoutingTable.from_columns(
        type=["SMTP", "SMTP", "X400", "FAX"],
        pattern=["*@contoso.com", "*@*.contoso.com", "c=us;a= ;p=Org", "*"],
        cost=[1, 2, 5, 3],
        connector=["imc", "imc", "x400", "fax"],
    )


@pytest.fixture(scope="package")
def expected(table: px.RoutingTable) -> dict[str, Rows]:
    """The answers of each function for the texts."""
    routed = columns.route(table, TEXTS).to_pylist()
    return {
        "route": routed,
        "route_index": [row["index"] for row in routed],
        "parse": columns.parse(TEXTS).to_pylist(),
        "normalize": columns.normalize(TEXTS).to_pylist(),
        "decapsulate": columns.decapsulate(TEXTS).to_pylist(),
        "validate": columns.validate(TEXTS).to_pylist(),
    }


@pytest.fixture(scope="package")
def texts(expected: dict[str, Rows]) -> list[str | None]:
    """The texts, of which some have a route and some an error; otherwise the tests would show little."""
    assert {-1, 0, 1, 2, 3} == set(expected["route_index"])
    assert sum(row["error"] is not None for row in expected["parse"]) > 1
    assert sum(row["error"] is None for row in expected["decapsulate"]) == 2  # a null and one that is encapsulated
    assert sum(bool(row["rules"]) for row in expected["validate"]) > 3
    return list(TEXTS)
