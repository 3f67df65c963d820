"""`encapsulate`, `decapsulate` and the components of `parse`, as a user runs them."""

from __future__ import annotations

import json

import pytest

import proxyaddr as px
from tests.cases import FOLDER
from tests.unit.test_command import run

BOUNCE = (FOLDER / "bounce.txt").read_bytes()
PROXIES = [
    "X500:/O=CONTOSO/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=ann_ex",
    "X500:/o=Contoso/ou=First Site, East/cn=Recipients/cn=Bob",
    "X500:/O=CONTOSO/OU=SITE/CN=RECIPIENTS/CN=C.D'E",
]


def test_a_bounce_goes_in_and_the_proxies_come_out() -> None:
    status, out, err = run("decapsulate", stdin=BOUNCE)
    found = [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("  proxy:")]
    assert (status, found, err) == (0, PROXIES, "")
    status, out, _ = run("decapsulate", "--json", stdin=BOUNCE)
    assert (status, [json.loads(line)["proxy"] for line in out.splitlines()]) == (0, PROXIES)


def test_powershell_quotes_what_it_is_given() -> None:
    status, out, _ = run("decapsulate", "--powershell", "--identity", "o'neil", stdin=BOUNCE)
    wanted = "Set-Mailbox -Identity 'o''neil' -EmailAddresses @{Add='X500:/O=CONTOSO/OU=SITE/CN=RECIPIENTS/CN=C.D''E'}"
    assert (status, out.splitlines()[-1]) == (0, wanted)


def test_both_ways() -> None:
    status, out, _ = run("encapsulate", "--domain", "contoso.com", "X400:c=US;a= ;p=Org;s=Doe;", "[FAX:+1 555]")
    assert status == 0
    status, back, _ = run("decapsulate", "--json", *out.splitlines())
    values = [json.loads(line)["value"] for line in back.splitlines()]
    assert (status, values) == (0, ["c=US;a= ;p=Org;s=Doe;", "+1 555"])


def test_an_entry_identifier_in_hexadecimal() -> None:
    data = px.OneOffEntryId("Jane Doe", "SMTP", "jane@contoso.com").to_bytes().hex()
    status, out, _ = run("decapsulate", f"0x{data[:40]} {data[40:]}")
    assert (status, "Jane Doe" in out, "jane@contoso.com" in out) == (0, True, True)
    status, _, err = run("decapsulate", data[:60])
    assert (status, "does not end" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["jane@contoso.com"], "no encapsulated address"),
        (["imceafax-1@contoso.com"], "tolerant"),
        (["IMCEAFAX-1+2@contoso.com"], "hexadecimal"),
        ([""], "no encapsulated address"),
        (["--json", "IMCEAFAX-"], '"empty-value"'),
    ],
)
def test_what_is_not_encapsulated_is_refused(arguments: list[str], words: str) -> None:
    status, out, err = run("decapsulate", *arguments)
    assert (status, words in out + err, "Traceback" in err) == (2, True, False)


def test_tolerance_and_refusals() -> None:
    status, out, _ = run("decapsulate", "--tolerant", "imceafax-1 555")
    assert (status, "1" in out) == (0, True)
    status, out, _ = run("decapsulate", "IMCEASMTP-a+40b@contoso.com")
    assert (status, "refused-encapsulation" in out) == (0, True)


def test_a_bad_address_in_a_bounce_hides_no_good_one() -> None:
    status, out, err = run("decapsulate", stdin=b"<IMCEAFAX-+@x> <IMCEAFAX-1@x>")
    assert (status, "value:        1" in out, "hexadecimal" in err) == (2, True, True)


def test_parse_shows_components() -> None:
    status, out, _ = run("parse", "X400:c=US;a= ;ou1=East;s=Doe;dda:ID=7")
    assert (status, "  S:          Doe" in out, "  OU1:        East" in out, "  DDA ID:     7" in out) == (
        0,
        True,
        True,
        True,
    )
    status, out, _ = run("parse", "--json", "X500:/o=Org/ou=Site/cn=Recipients/cn=jane", "X400:c=US;s=Doe;")
    first, second = map(json.loads, out.splitlines())
    assert first["components"][-1] == ["cn", "jane"]
    assert second["components"] == {"C": "US", "S": "Doe"}
    status, out, _ = run("parse", "--json", "X400:s=Doe")
    assert ("components" in json.loads(out), json.loads(out)["findings"][0]["code"]) == (False, "x400-no-country")
