"""What a form of a table can't hold is refused when it is written, and no value of a command is ever run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.routing.columns import read_columns
from tests.strategies import spaces

WRITERS: dict[str, Callable[[px.RoutingTable], str]] = {
    "json": px.RoutingTable.to_json,
    "powershell": px.RoutingTable.to_powershell,
    "csv": px.RoutingTable.to_csv,
    "toml": px.RoutingTable.to_toml,
}


def gwart(text: str, dialect: str) -> px.RoutingTable:
    read = px.RoutingTable.from_gwart(text, dialect=dialect)
    assert not read.errors
    return read


@pytest.mark.parametrize("form", WRITERS)
def test_a_sum_over_hops_stands_in_gwart_text_alone(form: str) -> None:
    table = gwart("SMTP,*;,140,A\n", "exchange2007")
    with pytest.raises(px.ConfigurationError, match="above 100") as caught:
        WRITERS[form](table)
    assert caught.value.code == "unwritable-space"
    assert gwart(table.to_gwart(), "exchange2007").routes == table.routes


@pytest.mark.parametrize("dialect", ["exchange55", "exchange2000"])
def test_older_tables_keep_their_sums(tmp_path: Path, dialect: str) -> None:
    table = gwart("SMTP,*;,140,A\n", dialect)
    for name, text in (("t.csv", table.to_csv()), ("t.toml", table.to_toml())):
        (tmp_path / name).write_text(text, "utf-8")
        assert px.RoutingTable.from_file(tmp_path / name, dialect=dialect).routes == table.routes
    with pytest.raises(px.ConfigurationError, match="above 100"):
        table.to_powershell()


@pytest.mark.parametrize(
    ("pattern", "written"),
    [("abc.*.contoso.com", "*.contoso.com"), ("x*", "*"), ("*.contoso.com", "*.contoso.com"), ("Contoso.com", None)],
)
def test_exchange2000_is_written_as_what_counts_of_it(tmp_path: Path, pattern: str, written: str | None) -> None:
    table = gwart(f"SMTP,{pattern};,5,A\nFAX,*;,1,F\n", "exchange2000")
    text = f"SMTP:{written or pattern};5"
    assert table.to_powershell().splitlines()[0] == f"New-SendConnector -Name 'A' -AddressSpaces '{text}'"
    (tmp_path / "t.json").write_text(table.to_json(), "utf-8")
    read = px.RoutingTable.from_file(tmp_path / "t.json")
    assert [str(route.space) for route in read.routes] == [text, "FAX:*;1"]
    assert read.errors == ()
    for address in ("u@contoso.com", "u@a.contoso.com", "u@fabrikam.com"):
        assert read.route_index(address) == table.route_index(address)


@pytest.mark.parametrize("write", [px.RoutingTable.to_json, px.RoutingTable.to_powershell])
def test_a_text_that_is_no_domain_is_refused(write: Callable[[px.RoutingTable], str]) -> None:
    with pytest.raises(px.ConfigurationError, match="has no form in Exchange 2007") as caught:
        write(gwart("SMTP,*contoso.com;,1,A\n", "exchange2000"))
    assert caught.value.code == "unwritable-space"


@pytest.mark.parametrize("dialect", list(px.Dialect))
@pytest.mark.parametrize("text", ["SMTP:*.", "smtp:*.;5", "*."])
def test_a_star_before_nothing_is_refused(engine: str, dialect: px.Dialect, text: str) -> None:
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.AddressSpace.parse(text, dialect=dialect)
    assert caught.value.code == "bad-domain"
    columns, errors = read_columns(["SMTP", "SMTP"], ["*.", "*"], [1, 1], ["a", "b"], dialect)
    assert (columns.connectors, [error.line for error in errors]) == (["b"], [1])


QUOTES = "'\u2018\u2019\u201a\u201b"
NAMES = st.text(st.sampled_from([*QUOTES, *'"$`;|&(){}@#\\\n\r\u2028\u2013-,% ', *"ab\u00e9"]), min_size=1, max_size=8)
LITERAL = re.compile(f"'((?:[^{QUOTES}]|([{QUOTES}])\\2)*)'")
"""A text in single quotes, as the shell reads it: any of the five quotes ends it unless it is doubled."""


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(NAMES, spaces("exchange2007"), st.booleans(), st.none() | st.integers(0, 10**12))
@example("a'; Remove-Mailbox b; '", px.AddressSpace("FAX", "$(Get-Date)'`n", dialect=px.Dialect.EXCHANGE2007), True, 5)
@example("a\u2019; Remove-Mailbox b; \u2019", px.AddressSpace("FAX", "*", dialect=px.Dialect.EXCHANGE2007), False, None)
def test_a_command_holds_values_in_quotes_alone(
    name: str, space: px.AddressSpace, enabled: bool, size: int | None
) -> None:
    state = px.Connector(name, enabled=enabled, max_message_size=size)
    table = px.RoutingTable([px.Route(space, name)], "exchange2007", connectors=[state])
    if not name.isprintable() or name != name.strip():
        with pytest.raises(px.ConfigurationError) as caught:
            table.to_powershell()
        assert caught.value.code == "unwritable-connector"
        return
    text = table.to_powershell()
    said = [re.sub(f"([{QUOTES}])\\1", r"\1", found[1]) for found in LITERAL.finditer(text)]
    assert set(said) == {name, f"{space.type}:{space.pattern};{space.cost}"}
    left = LITERAL.sub("''", text)
    command = "(?:New|Set)-(?:Send|Foreign)Connector -(?:Name|Identity) ''"
    rest = r"(?: -AddressSpaces '')?(?: -IsScopedConnector \$true)?(?: -Enabled \$false)?(?: -MaxMessageSize \d+B)?"
    assert re.fullmatch(f"(?:{command}{rest}\n){{1,2}}", left)
