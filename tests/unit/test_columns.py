"""Columns give for every row what the one-at-a-time functions give for its text."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr import columns

ADDRESSES = ["SMTP:Jane@Contoso.com", "smtp:j@contoso.com", "[SMTPOUT:a@b]", "", None, "X.400:c=US;a= ;p=Org;"]


def test_parse_gives_columns() -> None:
    assert columns.parse(ADDRESSES).to_pydict() == {
        "type": ["SMTP", "SMTP", "SMTPOUT", None, None, "X400"],
        "value": ["Jane@Contoso.com", "j@contoso.com", "a@b", None, None, "c=US;a= ;p=Org;"],
        "is_primary": [True, False, None, None, None, True],
        "error": [None, None, None, "empty-text", None, None],
    }


def test_normalize_gives_comparison_keys() -> None:
    assert columns.normalize(["SMTP:Jane@Contoso.com", "x:", None]).to_pydict() == {
        "key": ["SMTP:jane@contoso.com", None, None],
        "error": [None, "empty-value", None],
    }


def test_decapsulate_gives_what_was_inside() -> None:
    assert columns.decapsulate(["IMCEAFAX-+2B1+20555@contoso.com", "jane@contoso.com", None]).to_pydict() == {
        "type": ["FAX", None, None],
        "value": ["+1 555", None, None],
        "domain": ["contoso.com", None, None],
        "error": [None, "not-encapsulated", None],
    }


def test_route_gives_the_winner() -> None:
    table = px.RoutingTable.from_gwart("SMTP,*@contoso.com;,3,imc\nFAX,;,2,fax\n")
    asked = ["jane@contoso.com", "FAX:1", "jane@fabrikam.com", None]
    wanted = {
        "index": [0, 1, -1, -1],
        "connector": ["imc", "fax", None, None],
        "match": ["wildcard", "blank", None, None],
        "cost": [3, 2, None, None],
    }
    assert columns.route(table, asked).to_pydict() == wanted
    assert pickle.loads(pickle.dumps(columns.Router(table))).route(pa.array(asked)).to_pydict() == wanted


@pytest.mark.parametrize("column", ["text", 3, [1], pa.array([1]), pa.array([["a"]])])
def test_what_holds_no_text_is_refused(column: object) -> None:
    with pytest.raises(TypeError):
        columns.parse(column)


def test_a_missing_package_is_named_with_its_extra() -> None:
    from proxyaddr._extras import needed  # noqa: PLC0415 - the module alone is what is asked

    with pytest.raises(px.ConfigurationError, match=r'pip install "proxyaddr\[arrow\]"') as raised:
        needed("no_such_package.inner", "arrow")
    assert raised.value.code == "missing-extra"
