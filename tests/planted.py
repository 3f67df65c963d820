"""A directory of invented recipients with planted faults: each rule of audits a few times, and what it then finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import proxyaddr as px
from proxyaddr.auditing.rules import RULE_NAMES

__all__ = ["CONTEXT", "Planted", "planted"]

Record = dict[str, Any]
Finding = tuple[str, str]
"""The object, or the key of several, and the rule."""

ROUTING = "contoso.mail.onmicrosoft.com"
CONTEXT = px.AuditContext(
    accepted_domains=["contoso.com", "*.contoso.com", ROUTING],
    coexistence_domain=ROUTING,
    initial_domain="contoso.onmicrosoft.com",
    sync=True,
)
LONG = f"{'a' * 40}.{'b' * 40}.{'c' * 40}.{'d' * 40}"


class Planted(NamedTuple):
    """The recipients, and what an audit has to find: each once, and nothing else."""

    records: list[Record]
    findings: set[Finding]


def user(number: int) -> Record:
    """Return a mailbox user in which nothing is wrong."""
    name = f"person{number}"
    address = f"{name}@contoso.com"
    return {
        "dn": f"CN={name},OU=People,DC=contoso,DC=com",
        "objectClass": "user",
        "cn": name,
        "displayName": f"Person {number}",
        "givenName": "Person",
        "mail": address,
        "userPrincipalName": address,
        "mailNickname": name,
        "legacyExchangeDN": f"/o=CONTOSO/ou=First/cn=Recipients/cn={name}",
        "previousLegacyExchangeDN": "" if number % 50 else f"/o=OLD/ou=Site/cn=Recipients/cn={name}",
        "msExchRemoteRecipientType": "",
        "targetAddress": "",
        "proxyAddresses": [
            f"SMTP:{address}",
            f"smtp:p.{number}@contoso.com",
            f"smtp:{name}@{ROUTING}",
            f"X400:c=US;a= ;p=Contoso;o=Site;s=Person;g=No{number};",
            f"X500:/o=OLD/ou=Site/cn=Recipients/cn={name}",
        ],
    }


def remote_mailbox(number: int) -> Record:
    """Return a mailbox in the cloud in which nothing is wrong."""
    made = user(number)
    return {**made, "msExchRemoteRecipientType": "4", "targetAddress": f"SMTP:{made['cn']}@{ROUTING}"}


def contact(number: int) -> Record:
    """Return a contact in which nothing is wrong."""
    address = f"person{number}@fabrikam.com"
    plain = {"objectClass": "contact", "mail": address, "userPrincipalName": "", "targetAddress": f"SMTP:{address}"}
    return {**user(number), **plain, "previousLegacyExchangeDN": "", "proxyAddresses": [f"SMTP:{address}"]}


def group(number: int) -> Record:
    """Return a distribution group in which nothing is wrong."""
    made = user(number)
    plain = {"objectClass": "group", "givenName": "", "userPrincipalName": "", "previousLegacyExchangeDN": ""}
    return {**made, **plain, "proxyAddresses": [f"SMTP:{made['mail']}"]}


def with_address(text: str, make: Callable[[int], Record] = user) -> Callable[[int], Record]:
    def made(number: int) -> Record:
        record = make(number)
        record["proxyAddresses"].append(text.format(number=number))
        return record

    return made


def with_value(attribute: str, text: str, make: Callable[[int], Record] = user) -> Callable[[int], Record]:
    return lambda number: {**make(number), attribute: text.format(number=number)}


def without(start: str, make: Callable[[int], Record] = user) -> Callable[[int], Record]:
    def made(number: int) -> Record:
        record = make(number)
        kept = [text for text in record["proxyAddresses"] if not text.startswith(start.format(number=number))]
        return {**record, "proxyAddresses": kept}

    return made


def without_primary(number: int) -> Record:
    record = user(number)
    return {**record, "proxyAddresses": [text.replace("SMTP:", "smtp:") for text in record["proxyAddresses"]]}


def with_primary(text: str) -> Callable[[int], Record]:
    def made(number: int) -> Record:
        record, address = user(number), text.format(number=number)
        proxies = [f"SMTP:{address}", *record["proxyAddresses"][1:]]
        return {**record, "mail": address, "userPrincipalName": address, "proxyAddresses": proxies}

    return made


def with_many(number: int) -> Record:
    record = user(number)
    record["proxyAddresses"] += [f"smtp:many{number}.{each}@contoso.com" for each in range(300)]
    return record


ONE: list[tuple[tuple[str, ...], Callable[[int], Record]]] = [
    (("proxy-no-type",), with_address("untyped{number}@contoso.com")),
    (("proxy-empty-value",), with_address("smtp:")),
    (("proxy-too-long",), with_address(f"smtp:{'x' * 60}{{number:04}}@{LONG}.eeeeeeeeeee.contoso.com")),
    (("proxy-joined-values",), with_address("smtp:j{number}@contoso.com,smtp:k{number}@contoso.com")),
    (("proxy-mixed-case-type",), with_address("Smtp:mixed{number}@contoso.com")),
    (("smtp-invalid-character",), with_address("smtp:a blank{number}@contoso.com")),
    (("smtp-non-ascii",), with_address("smtp:jos\u00e9{number}@contoso.com")),
    (("smtp-syntax",), with_address("smtp:two..periods{number}@contoso.com")),
    (("smtp-domain-syntax",), with_address("smtp:under{number}@sub_domain.contoso.com")),
    (("domain-not-routable",), with_address("smtp:inside{number}@contoso.local", group)),
    (("x400-syntax",), with_address("x400:hello{number}")),
    (("x500-syntax",), with_address("X500:hello{number}")),
    (("primary-missing",), without_primary),
    (("primary-multiple",), with_address("SMTP:second{number}@contoso.com")),
    (("proxy-repeated",), with_address("smtp:PERSON{number}@contoso.com")),
    (("mail-differs-from-primary",), with_value("mail", "p.{number}@contoso.com")),
    (("mail-syntax",), with_value("mail", " person{number}@contoso.com")),
    (
        ("mail-too-long", "mail-differs-from-primary"),
        with_value("mail", f"{'m' * 60}{{number:04}}@{LONG}.{'f' * 16}.contoso.com"),
    ),
    (("upn-missing",), with_value("userPrincipalName", "")),
    (("upn-syntax",), with_value("userPrincipalName", "person{number}.@contoso.com")),
    (("upn-invalid-character",), with_value("userPrincipalName", "per&son{number}@contoso.com")),
    (("upn-non-ascii",), with_value("userPrincipalName", "p\u00e9rson{number}@contoso.com")),
    (
        ("upn-too-long", "upn-differs-from-primary", "upn-not-in-proxies"),
        with_value("userPrincipalName", f"{'u' * 61}{{number:04}}@contoso.com"),
    ),
    (("upn-differs-from-primary",), with_value("userPrincipalName", "p.{number}@contoso.com")),
    (("upn-not-in-proxies", "upn-differs-from-primary"), with_value("userPrincipalName", "upn{number}@contoso.com")),
    (("target-missing",), with_value("targetAddress", "", remote_mailbox)),
    (("target-no-type",), with_value("targetAddress", "person{number}@fabrikam.com", contact)),
    (("target-invalid-character",), with_value("targetAddress", "SMTP:per\\son{number}@fabrikam.com", contact)),
    (
        ("target-too-long", "target-not-in-proxies"),
        with_value("targetAddress", f"SMTP:{'t' * 60}{{number:04}}@{LONG}.{'g' * 10}.fabrikam.com", contact),
    ),
    (("target-not-in-proxies",), with_value("targetAddress", "SMTP:other{number}@fabrikam.com", contact)),
    (("routing-address-missing",), without(f"smtp:person{{number}}@{ROUTING}")),
    (("reserved-domain",), with_address("smtp:t{number}@fabrikam.onmicrosoft.com", group)),
    (("domain-not-accepted",), with_address("smtp:person{number}@fabrikam.net")),
    (("primary-domain-not-accepted",), with_primary("person{number}@fabrikam.net")),
    (("legacy-dn-not-in-x500",), with_value("previousLegacyExchangeDN", "/o=OLDER/ou=Site/cn=Recipients/cn={number}")),
    (("alias-leading-period",), with_value("mailNickname", ".person{number}")),
    (("alias-invalid-character",), with_value("mailNickname", "per,son{number}")),
    (("alias-too-long",), with_value("mailNickname", f"{'l' * 61}{{number:04}}")),
    (("display-name-blank",), with_value("displayName", "  ")),
    (("display-name-too-long",), with_value("displayName", "d" * 257)),
    (("given-name-too-long",), with_value("givenName", "g" * 65)),
    (("proxies-too-many",), with_many),
]
"""The rules that find something in one object, and how it is made."""


def shared_legacy_dn(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["legacyExchangeDN"] = one["legacyExchangeDN"].upper()
    return one["legacyExchangeDN"].lower(), []


def shared_address(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["proxyAddresses"].append(one["proxyAddresses"][1].upper().replace("SMTP:", "smtp:"))
    return one["proxyAddresses"][1], []


def shared_across(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["mail"] = one["proxyAddresses"][1].partition(":")[2]
    return other["mail"], [(other["dn"], "mail-differs-from-primary")]


def shared_mail(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["mail"] = one["mail"].upper()
    return one["mail"], [(other["dn"], "mail-differs-from-primary")]


def shared_upn(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["userPrincipalName"] = one["userPrincipalName"].upper()
    return one["userPrincipalName"], [
        (other["dn"], "upn-differs-from-primary"),
        (other["dn"], "upn-not-in-proxies"),
    ]


def shared_alias(one: Record, other: Record) -> tuple[str, list[Finding]]:
    other["mailNickname"] = one["mailNickname"].upper()
    return one["mailNickname"], []


def clashing(one: Record, other: Record) -> tuple[str, list[Finding]]:
    one["mailNickname"], other["mailNickname"] = "", one["cn"]
    return f"{one['cn']}@contoso.onmicrosoft.com", []


TWO: list[tuple[str, Callable[[Record, Record], tuple[str, list[Finding]]]]] = [
    ("legacy-dn-duplicate", shared_legacy_dn),
    ("proxy-duplicate", shared_address),
    ("address-shared-across-attributes", shared_across),
    ("mail-duplicate", shared_mail),
    ("upn-duplicate", shared_upn),
    ("alias-duplicate", shared_alias),
    ("routing-address-clash", clashing),
]
"""The rules that find something in two objects; each makes it, and returns the key and what else is then found."""


def planted(count: int, *, times: int = 3, seed: int = 19, leave_out: frozenset[str] = frozenset()) -> Planted:
    """Return so many recipients in a random order, with every rule but some planted so many times."""
    assert {rule for rules, _ in ONE for rule in rules} | {rule for rule, _ in TWO} == set(RULE_NAMES)
    chooser = random.Random(seed)
    numbers = iter(range(count))
    records: list[Record] = []
    findings: set[Finding] = set()
    for _ in range(times):
        for rules, make in ONE:
            if leave_out.isdisjoint(rules):
                record = make(next(numbers))
                records.append(record)
                findings |= {(record["dn"], rule) for rule in rules}
        for rule, share in TWO:
            one, other = user(next(numbers)), user(next(numbers))
            key, further = share(one, other)
            records += [one, other]
            findings |= {(key, rule), *further}
    records += [chooser.choice([user, user, user, remote_mailbox, contact, group])(number) for number in numbers]
    chooser.shuffle(records)
    return Planted(records, findings)
