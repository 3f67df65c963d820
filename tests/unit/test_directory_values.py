"""Values of recipients as other libraries and programs hold them: NumPy, pandas, python-ldap, AdFind, a depth limit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import proxyaddr as px
from proxyaddr.cli.main import main


class Named(StrEnum):
    """Text of another class than that of Python's own."""

    JANE = "SMTP:jane@contoso.com"


class Word(str):
    """The same, without a `__str__` of its own."""

    __slots__ = ()


PRIMARY, SECONDARY = "SMTP:jane@contoso.com", "smtp:j@contoso.com"


def addresses(record: Mapping[str, object]) -> list[str]:
    """The addresses of the one recipient that a record is, which is found by each of them; nothing is left out."""
    directory = px.Directory.from_records([record])
    (recipient,) = directory
    assert directory.errors == ()
    for proxy in recipient.proxies:
        assert directory.find(proxy) == (recipient,)
    return list(map(str, recipient.proxies))


@pytest.mark.parametrize(
    "value",
    [
        *(Named.JANE, [Named.JANE], Word(PRIMARY), [Word(PRIMARY)], {"ProxyAddressString": Word(PRIMARY)}),
        *(np.array([PRIMARY]), np.array([PRIMARY], dtype=object), np.str_(PRIMARY), [np.str_(PRIMARY)]),
        *([PRIMARY.encode()], PRIMARY.encode(), pd.Series([PRIMARY]), {PRIMARY}, (PRIMARY,), iter([PRIMARY])),
        *({"address": PRIMARY}, [{"name": "Jane", "address": PRIMARY}]),
    ],
)
def test_addresses_of_other_classes_are_read(value: object) -> None:
    assert addresses({"proxyAddresses": value}) == [PRIMARY]


@pytest.mark.parametrize(
    "value", [None, "", float("nan"), np.float64("nan"), np.array([]), pd.NA, pd.NaT, [], np.array(None)]
)
def test_no_value_is_no_address(value: object) -> None:
    assert addresses({"displayName": "Jane", "proxyAddresses": value}) == []


def test_words_of_other_classes_are_kept() -> None:
    held = {"displayName": np.str_("Jane"), "alias": Named.JANE, "mail": [Word("j@b")], "id": np.int64(5), "dn": pd.NA}
    (jane,) = px.Directory.from_records([{**held, "proxyAddresses": PRIMARY}])
    assert (jane.display_name, jane.alias, jane.mail, jane.id, jane.dn) == ("Jane", str(Named.JANE), "j@b", "5", None)
    (row,) = px.Directory.from_records([{"alias": Word("j@contoso.com"), "target": Word("jane@contoso.com")}])
    assert row.mail == "jane@contoso.com"


def test_octets_that_are_no_text_are_an_error() -> None:
    directory = px.Directory.from_records([{"proxyAddresses": [PRIMARY.encode(), b"\xff\xfe"]}])
    assert [error.code for error in directory.errors] == ["bad-proxy"]
    assert len(directory.find(PRIMARY)) == 1


def test_a_list_in_a_column_of_one_type_has_that_type() -> None:
    record = {
        "smtp": ["j@contoso.com", PRIMARY],
        "x500": ["/o=A/cn=b"],
        "sip": ("a@b", "sip:c@d"),
        "fax": ["1", "FAX:2"],
    }
    assert addresses(record) == ["smtp:j@contoso.com", PRIMARY, "X500:/o=A/cn=b", "SIP:a@b", "sip:c@d", "FAX:2"]
    directory = px.Directory.from_records([{"x400": [["c=US;a= ;p=A"]]}, {"x400": {"a": 1}}])
    assert [error.code for error in directory.errors] == ["bad-proxy", "bad-proxy"]


def test_the_routing_address_of_a_remote_mailbox_is_its_target(tmp_path: Path) -> None:
    file = tmp_path / "remote.csv"
    file.write_text(
        '"Name","RemoteRoutingAddress","EmailAddresses"\n'
        '"Jane","SMTP:jane@contoso.mail.onmicrosoft.com","SMTP:jane@contoso.com"\n'
    )
    service = px.InternetMailService(directory=px.Directory.from_file(file))
    outcome = service.resolve(px.parse("jane@contoso.com"))
    assert isinstance(outcome, px.Delivery)
    assert (outcome.rule, outcome.envelope_recipient) == ("target-address", "jane@contoso.mail.onmicrosoft.com")


def test_the_name_in_an_export_of_gam_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("primaryEmail,name.fullName,aliases,aliases.0\njane@contoso.com,Jane Doe,1,j@contoso.com\n")
    assert [found.display_name for found in px.Directory.from_file(file).find("j@contoso.com")] == ["Jane Doe"]


JOINED = {"value": f"{PRIMARY} {SECONDARY}", "Count": 2}


def test_a_list_that_a_depth_limit_made_text_in_its_wrapper_is_read(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text(json.dumps([{"Name": "Jane", "proxyAddresses": JOINED}]))
    (jane,) = px.Directory.from_file(file)
    assert list(map(str, jane.proxies)) == [PRIMARY, SECONDARY]
    file.write_text(json.dumps([{"Name": "Jane", "proxyAddresses": {"value": PRIMARY, "other": 1}}]))
    assert [error.code for error in px.Directory.from_file(file).errors] == ["bad-proxy"]


ADFIND = """\

AdFind V01.52.00cpp (support@contoso.com) January 2020

Using server: dc.contoso.com:389
 and a line that goes on

dn:CN=Jane,DC=contoso,DC=com
>displayName: Jane
>proxyAddresses: smtp:j@contoso.com
>proxyAddresses: X400:c=US;a= ;p=Contoso;s=Doe;
>proxyAddresses: SMTP:jane@contoso.com

dn:CN=Joe,DC=contoso,DC=com
>proxyAddresses: SMTP:joe@contoso.com


2 Objects returned
"""


@pytest.mark.parametrize("text", [ADFIND, ADFIND.partition("on\n\n")[2], ADFIND.replace("\n", "\r\n")])
def test_the_text_of_adfind_is_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "users.txt"
    file.write_bytes(text.encode())
    directory = px.Directory.from_file(file)
    assert directory.errors == ()
    jane, joe = directory
    assert list(map(str, jane.proxies)) == [SECONDARY, "X400:c=US;a= ;p=Contoso;s=Doe;", PRIMARY]
    assert (jane.dn, jane.display_name, joe.dn) == ("CN=Jane,DC=contoso,DC=com", "Jane", "CN=Joe,DC=contoso,DC=com")
    assert jane.row is not None
    assert text.splitlines()[jane.row - 1] == f"dn:{jane.dn}"


@pytest.mark.parametrize("piece", [">", "dn:", "a\n", ">a\n", "dn:\n", "dn:\n>", " \n"])
def test_what_looks_like_adfind_takes_linear_time(tmp_path: Path, piece: str) -> None:
    """Quadratic time would be minutes."""
    file = tmp_path / "users.txt"
    file.write_text("dn:CN=Jane\n>proxyAddresses: SMTP:jane@contoso.com\n" + piece * 100_000)
    assert len(px.Directory.from_file(file)) >= 1


@pytest.mark.parametrize(
    "lines", ["jane@contoso.com\njoe@contoso.com\n", "o'neil@contoso.com,Joe\njoe@contoso.com,Joe\n"]
)
def test_a_file_without_names_of_columns_is_said_to_have_none(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "users.csv"
    file.write_text(lines)
    with pytest.raises(px.ConfigurationError, match=r"are .*@contoso\.com.*the first line must name the columns"):
        px.Directory.from_file(file)


def test_a_bulk_run_takes_no_address_for_the_name_of_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.csv"
    file.write_text("jane@contoso.com\njoe@contoso.com\n")
    assert main(["parse", "--in", str(file), "--out", str(tmp_path / "out.csv")]) == 2
    assert "the first line holds an address in place of the names of columns" in capsys.readouterr().err


MIXED = [{"ProxyAddressString": PRIMARY, "Prefix": {"a": 1}}, {"ProxyAddressString": SECONDARY, "Prefix": "smtp"}]


def parsed(tmp_path: Path, members: Sequence[object]) -> list[dict[str, object]]:
    """The rows of a bulk run over one object with such addresses."""
    file, out = tmp_path / "users.json", tmp_path / "out.jsonl"
    file.write_text(json.dumps({"value": [{"displayName": "Jane", "proxyAddresses": members}]}))
    main(["parse", "--in", str(file), "--out", str(out)])
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_a_bulk_run_reads_address_objects_whose_other_properties_differ_in_type(tmp_path: Path) -> None:
    assert [row["value"] for row in parsed(tmp_path, MIXED)] == ["jane@contoso.com", "j@contoso.com"]


def test_a_bulk_run_keeps_other_objects_whose_properties_differ_in_type_as_json(tmp_path: Path) -> None:
    rows = parsed(tmp_path, [{"a": 1}, {"a": "b"}])
    assert all(row["value"] is None or "a" in str(row["value"]) for row in rows)


def test_octets_that_identify_a_recipient_are_shown_as_windows_shows_them() -> None:
    held = {
        "objectGUID": bytes(range(16)),
        "displayName": [b"J\xc3\xb6"],
        "alias": b"J\xff",
        "mail": [],
        "dn": [b"CN=J"],
    }
    (jane,) = px.Directory.from_records([{**held, "proxyAddresses": [PRIMARY.encode()]}])
    assert (jane.id, jane.display_name) == ("03020100-0504-0706-0809-0a0b0c0d0e0f", "J\u00f6")
    assert (jane.alias, jane.mail, jane.dn) == ("J\ufffd", None, "CN=J")


def test_ldif_is_read_as_that_alone(tmp_path: Path) -> None:
    file = tmp_path / "users.txt"
    file.write_text(f"dn: CN=Jane\nproxyAddresses: {PRIMARY}\n")
    assert len(px.Directory.from_ldif(file).find("jane@contoso.com")) == 1
    file.write_text(f"Name,EmailAddresses\nJane,{PRIMARY}\n")
    with pytest.raises(px.ConfigurationError, match="not LDIF: the content is CSV"):
        px.Directory.from_ldif(file)


@pytest.mark.parametrize("proxies", [PRIMARY.encode(), 5])
def test_a_recipient_takes_texts_alone(proxies: object) -> None:
    with pytest.raises(TypeError, match="proxies must be text or an iterable of texts, not"):
        px.Recipient("Jane", proxies)  # type: ignore[arg-type]  # what is tested
