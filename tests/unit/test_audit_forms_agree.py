"""One directory in every form that an audit reads has the same findings."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

import proxyaddr as px
from proxyaddr import columns
from proxyaddr.auditing.single_values import VALUE_RULES

SINGLE = (
    *("mail", "userPrincipalName", "targetAddress", "mailNickname", "displayName", "givenName", "cn"),
    *("legacyExchangeDN", "homeMDB", "msExchRecipientTypeDetails"),
)
LISTS = ("proxyAddresses", "objectClass", "previousLegacyExchangeDN")
SCHEMA = pa.schema(
    [("dn", pa.string()), *((n, pa.string()) for n in SINGLE), *((n, pa.list_(pa.string())) for n in LISTS)]
)

NAMES = ["jane", "Jane", "joe", "o'doe", "a&b", "jané", "j doe", ".x", "x.", "a..b", "", "j\u00a0d", "(a)", "x" * 65]
DOMAINS = [
    *("contoso.com", "CONTOSO.com", "fabrikam.com", "contoso.local", "con_toso.com", "bücher.de", "contoso.com."),
    *("contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com"),
]
ADDRESSES = st.builds(
    "{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(["@"] * 4 + ["@@", ""]), st.sampled_from(DOMAINS)
)
TYPES = ["SMTP:", "smtp:", "smtp:", "Smtp:", "", "SIP:", "sip:", "NOTES:", "X400:", ":", "smtp :"]
DNS = ["/o=Contoso/ou=First/cn=Recipients/cn=jane", "/O=contoso/OU=first/cn=recipients/CN=Jane", "/o=c/ou=a/cn=é"]
PROXIES = st.builds("{}{}".format, st.sampled_from(TYPES), ADDRESSES) | st.sampled_from([f"X500:{dn}" for dn in DNS])


def untyped_first(values: list[str]) -> list[str]:
    """Return addresses in an order in which those in one text can be told: what has no type may end one that has."""
    return sorted(values, key=lambda value: bool(value.partition(":")[1]) and not value.startswith(":"))


VALUES = {
    **{"mail": ADDRESSES, "userPrincipalName": ADDRESSES, "mailNickname": st.sampled_from(NAMES)},
    "targetAddress": st.builds("{}{}".format, st.sampled_from(TYPES), ADDRESSES),
    **{"displayName": st.sampled_from(["Jane", "Ж", "x" * 257]), "givenName": st.sampled_from(["Jane", "x" * 65])},
    **{"cn": st.just("Jane"), "legacyExchangeDN": st.sampled_from(DNS), "homeMDB": st.just("CN=DB1")},
    # a mailbox, a mail user, a contact, a mailbox in the cloud, and a group (msExchRecipientTypeDetails)
    "msExchRecipientTypeDetails": st.sampled_from(["1", "128", "64", "2147483648", "1024"]),
    "proxyAddresses": st.lists(PROXIES.filter(bool), max_size=4).map(untyped_first),
    "objectClass": st.sampled_from([["top", "user"], ["contact"], ["group"]]),
    "previousLegacyExchangeDN": st.lists(st.sampled_from(DNS), max_size=2),
}
PEOPLE = st.lists(st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=4)
CONTEXTS = st.sampled_from(
    [
        px.AuditContext(),
        px.AuditContext(accepted_domains=["contoso.com"], initial_domain="contoso.onmicrosoft.com"),
        px.AuditContext(coexistence_domain="contoso.mail.onmicrosoft.com", sync=True, max_proxies=2),
    ]
)


SOUND = {
    **{"dn": "CN=sound,DC=contoso,DC=com", "cn": "Ann", "displayName": "Ann", "givenName": "Ann", "homeMDB": "CN=DB1"},
    **{"mail": "ann@contoso.com", "userPrincipalName": "ann@contoso.com", "mailNickname": "ann"},
    **{"targetAddress": "SMTP:ann@contoso.com", "legacyExchangeDN": "/o=Contoso/ou=First/cn=Recipients/cn=ann"},
    **{"msExchRecipientTypeDetails": "1", "objectClass": ["top", "user"]},
    "proxyAddresses": ["SMTP:ann@contoso.com", "X500:/o=Contoso/ou=Old/cn=Recipients/cn=ann"],
    "previousLegacyExchangeDN": ["/o=Contoso/ou=Old/cn=Recipients/cn=ann"],
}
"""An object with a value of each attribute: in LDIF there are no others."""


def whole(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return objects with names and every attribute, without empty values: no form tells those from none."""
    kept = [{name: value for name, value in each.items() if value not in ("", [])} for each in people]
    return [
        SOUND,
        *(
            {"dn": f"CN=u{number},DC=contoso,DC=com", **dict.fromkeys(SCHEMA.names[1:]), **each}
            for number, each in enumerate(kept)
        ),
    ]


def as_csv(people: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, SCHEMA.names)
    writer.writeheader()
    for each in people:
        writer.writerow({name: ";".join(value) if isinstance(value, list) else value for name, value in each.items()})
    return out.getvalue().encode()


def as_ldif(people: list[dict[str, Any]]) -> bytes:
    lines = ["version: 1"]
    for each in people:
        lines += ["", f"dn: {each['dn']}"]
        for name in SCHEMA.names[1:]:
            values = each[name] if isinstance(each[name], list) else [each[name]]
            lines += [f"{name}:: {base64.b64encode(value.encode()).decode()}" for value in values if value is not None]
    return "\n".join([*lines, ""]).encode()


def as_table(people: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.Table.from_pylist(people, SCHEMA)


def as_parquet(people: list[dict[str, Any]]) -> bytes:
    out = pa.BufferOutputStream()
    parquet.write_table(as_table(people), out)
    return bytes(out.getvalue())


def as_stream(people: list[dict[str, Any]]) -> bytes:
    out = pa.BufferOutputStream()
    with ipc.new_stream(out, SCHEMA) as writer:
        writer.write_table(as_table(people))
    return bytes(out.getvalue())


FILES = {
    "json": lambda people: json.dumps(people).encode(),
    "jsonl": lambda people: "\n".join(map(json.dumps, people)).encode(),
    **{"csv": as_csv, "ldif": as_ldif, "parquet": as_parquet, "arrows": as_stream},
}


def forms_of(people: list[dict[str, Any]], folder: Path) -> Iterator[tuple[str, object]]:
    yield "directory", px.Directory.from_records(people)
    yield "table", as_table(people)
    for form, written in FILES.items():
        path = folder / f"export.{form}"
        path.write_bytes(written(people))
        yield form, path


@given(PEOPLE, CONTEXTS)
@settings(deadline=None)
def test_every_form_has_the_same_findings(made: list[dict[str, Any]], context: px.AuditContext) -> None:
    people = whole(made)
    expected = list(px.audit(people, context=context).findings)
    with TemporaryDirectory() as folder:
        for form, given_form in forms_of(people, Path(folder)):
            found = list(px.audit(given_form, context=context).findings)
            assert found == expected, form


BROKEN = [
    "smtp:smtp:@smtp:x.onmicrosoft.com",
    "smtp:@x.onmicrosoft.com",
    "x.onmicrosoft.com",
    "smtp:a@b@x.onmicrosoft.com",
]


@pytest.mark.parametrize("value", [*BROKEN, "smtp:a b@x.onmicrosoft.com", "smtp:a@x.onmicrosoft.com."])
def test_a_broken_address_is_reserved_by_what_it_becomes(value: str) -> None:
    rules = VALUE_RULES["proxyAddresses"]
    found = px.audit([{"proxyAddresses": [value]}], rules=rules).findings
    [row] = columns.validate([value], attribute="proxyAddresses").to_pylist()
    assert row["rules"] == [each.rule for each in found]
    is_mended = value in ("smtp:a b@x.onmicrosoft.com", "smtp:a@x.onmicrosoft.com.", "smtp:@x.onmicrosoft.com")
    assert ("reserved-domain" in row["rules"]) == is_mended
