"""Address types with blanks, which count where the table has them, through compiled tables and columns."""

from __future__ import annotations

import json
from pathlib import Path

import proxyaddr as px
from proxyaddr import columns
from tests.text_files import written


def test_a_type_counts_where_the_connectors_of_its_routes_are_disabled(tmp_path: Path, engine: str) -> None:
    exported = [
        {"Name": "Internet", "AddressSpaces": ["SMTP:*;1"], "Enabled": True},
        {"Name": "Notes", "AddressSpaces": ["Lotus Notes:*;1"], "Enabled": False},
    ]
    table = px.RoutingTable.from_file(written(tmp_path, "connectors.json", json.dumps(exported)))
    asked = ["Lotus Notes:jane", "Lotus Notes:", "jane@contoso.com"]
    assert [table.route_index(address) for address in asked] == [-1, -1, 0]
    assert list(table.compile(engine=engine).match_many(asked)) == [-1, -1, 0]
    assert columns.Router(table).route(asked)["index"].to_pylist() == [-1, -1, 0]
