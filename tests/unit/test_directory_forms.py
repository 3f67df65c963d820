"""What a directory keeps of its recipients, the forms that it is read from, and how an address is looked up in it."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.directory.keys import Holders
from tests.text_files import written

GUID = "12345678-9abc-def0-1234-567890abcdef"
OCTETS = "78563412bc9af0de1234567890abcdef"
JANE = {
    "DisplayName": "Jane Doe",
    "DistinguishedName": "CN=Jane,OU=People,DC=contoso,DC=com",
    "Guid": GUID,
    "WindowsEmailAddress": "jane@contoso.com",
    "UserPrincipalName": "jane@upn.example",
    "Alias": "jane",
    "LegacyExchangeDN": "/o=Contoso/ou=First/cn=Recipients/cn=jane",
    "RecipientTypeDetails": "UserMailbox",
    "EmailAddresses": "SMTP:jane@contoso.com;smtp:j.doe@contoso.com",
}
KNOWN = {
    "display_name": "Jane Doe",
    "dn": JANE["DistinguishedName"],
    "id": GUID,
    "mail": "jane@contoso.com",
    "user_principal_name": "jane@upn.example",
    "alias": "jane",
    "legacy_dn": JANE["LegacyExchangeDN"],
    "type": "UserMailbox",
}
TABLE = pa.table(
    {
        "displayName": ["Jane", "Joe"],
        "proxyAddresses": [["SMTP:jane@contoso.com", "X500:/o=Old/cn=jane"], ["SMTP:joe@contoso.com", ":x"]],
        "photo": [b"\xff", None],
        "mail": ["jane@contoso.com", None],
    }
)


def known(recipient: px.Recipient) -> dict[str, object]:
    """Return what is kept of a recipient."""
    return {name: getattr(recipient, name) for name in KNOWN}


def csv(*records: Mapping[str, str]) -> str:
    """Return the text of a CSV file of records with the same names."""
    return "".join(
        ",".join(f'"{value}"' for value in row) + "\n" for row in (records[0], *(record.values() for record in records))
    )


@pytest.mark.parametrize(
    ("name", "text", "row"),
    [
        ("people.csv", csv(JANE), 2),
        ("people.json", json.dumps([JANE]), 1),
        ("people.txt", "".join(f"{name} : {value}\n" for name, value in JANE.items()), 1),
        (
            "people.ldf",
            "# export\n"
            + "".join(
                f"{name}: {value}\n" for name, value in ({"dn": JANE["DistinguishedName"]} | JANE).items()
            ).replace(";smtp:", "\nEmailAddresses: smtp:"),
            2,
        ),
    ],
)
def test_a_recipient_keeps_what_identifies_it(tmp_path: Path, name: str, text: str, row: int) -> None:
    path = written(tmp_path, name, text)
    (jane,) = px.Directory.from_file(path).find("J.DOE@contoso.com")
    assert known(jane) == KNOWN
    assert (jane.source, jane.row) == (str(path), row)
    assert jane.label == f"Jane Doe ({JANE['DistinguishedName']})"


@pytest.mark.parametrize(
    "identifier",
    [
        f"objectGUID:: {base64.b64encode(bytes.fromhex(OCTETS)).decode()}\nobjectSid:: AQX/",
        f"objectGUID: X'{OCTETS}'",
        f"ExternalDirectoryObjectId: {GUID}",
    ],
)
def test_a_guid_of_octets_is_written_as_text(tmp_path: Path, identifier: str) -> None:
    path = written(tmp_path, "d.ldf", f"dn: CN=Jane\n{identifier}\nproxyAddresses: SMTP:jane@contoso.com\n")
    directory = px.Directory.from_file(path)
    assert directory.errors == ()
    assert [recipient.id for recipient in directory] == [GUID]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("SMTP:a@b.de;smtp:c@d.de", ["SMTP:a@b.de", "smtp:c@d.de"]),
        (["SMTP:a@b.de", "smtp:c@d.de"], ["SMTP:a@b.de", "smtp:c@d.de"]),
        (("a@b.de",), ["smtp:a@b.de"]),
        ({"ProxyAddressString": "SMTP:a@b.de"}, ["SMTP:a@b.de"]),
        ((text for text in ["SMTP:a@b.de"]), ["SMTP:a@b.de"]),
        (
            "%".join(["SMTP:a@b.de", "MS:A/B/C", "CCMAIL:Doe, Jane at C"]),
            ["SMTP:a@b.de", "MS:A/B/C", "CCMAIL:Doe, Jane at C"],
        ),
        (None, []),
        (float("nan"), []),
        ([], []),
    ],
)
def test_values_of_records(value: object, read: list[str]) -> None:
    (recipient,) = px.Directory.from_records([{"Name": 7, "Proxy-Addresses": value, "Phone": object()}])
    assert [str(proxy) for proxy in recipient.proxies] == read
    assert (recipient.display_name, recipient.source, recipient.row) == ("7", None, 1)


def test_a_bad_member_of_a_record_is_an_error_that_names_the_recipient() -> None:
    records = [
        {"displayName": "Jane", "mail": "j@b.de", "proxyAddresses": ["SMTP:a@b.de", 5, b"x"], "emailAddress": b"m"}
    ]
    directory = px.Directory.from_records(records)
    assert [(error.code, error.line, error.source) for error in directory.errors] == [("bad-proxy", 1, None)] * 2
    assert all("a proxy of Jane (j@b.de) is left out" in str(error) for error in directory.errors)
    (bad,) = px.Directory.from_records([{"displayName": "Jane", "proxyAddresses": ":x", "dn": "CN=\x1b"}]).errors
    assert bad.message.startswith(r"a proxy of Jane (CN=\x1b) is left out: ")
    assert isinstance(bad.cause, px.AddressSyntaxError)


@pytest.mark.parametrize("records", [5, "text", b"x", {"proxyAddresses": "a@b"}, [5], ["a@b"]])
def test_what_is_no_record_is_a_type_error(records: object) -> None:
    with pytest.raises(TypeError, match="record"):
        px.Directory.from_records(records)


@pytest.mark.parametrize(
    "records",
    [
        [{"displayName": "Jane", "proxyAdresses": "SMTP:a@b"}, {"Phone": 1}],
        pa.table({"displayName": ["Jane"], "proxyAdresses": ["SMTP:a@b"]}),
    ],
)
def test_records_that_name_no_addresses_are_refused_with_what_may_be_meant(records: object) -> None:
    if isinstance(records, list):
        records = [*records, {f"a{number}": 1 for number in range(40)}, {"b": 1}]
    with pytest.raises(px.ConfigurationError, match=r"displayName, proxyAdresses.*is proxyAdresses meant") as caught:
        px.Directory.from_records(records)
    assert caught.value.code == "no-proxy-column"


def test_records_of_many_shapes_are_all_read() -> None:
    records = [{f"attribute{number}": number, "proxyAddresses": f"SMTP:u{number}@b.de"} for number in range(150)]
    directory = px.Directory.from_records([{"x" * 300: 1}, *records])
    assert len(directory.find("u149@b.de")) == 1
    assert len(directory) == 151
    assert len(px.Directory.from_records([])) == 0


@pytest.mark.parametrize(("known_type", "kept"), [("Fax", 0), ("Notes", 0), ("SIP", 1)])
def test_a_fax_number_beside_addresses_is_no_address(known_type: str, kept: int) -> None:
    (jane,) = px.Directory.from_records([{"EmailAddresses": "SMTP:jane@contoso.com", known_type: "jane@contoso.com"}])
    assert len(jane.proxies) == 1 + kept
    (alone, typed) = px.Directory.from_records([{known_type: "1"}, {known_type: f"{known_type}:1"}])
    assert len(alone.proxies) == kept  # with a number alone nothing says that it is an address
    assert len(typed.proxies) == 1


def arrow_file(path: Path, table: pa.Table) -> None:
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


def arrow_stream(path: Path, table: pa.Table) -> None:
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


WRITERS: list[Callable[[Path, pa.Table], object]] = [
    arrow_file,
    arrow_stream,
    lambda path, table: parquet.write_table(table, path),
    lambda path, table: feather.write_feather(table, path),
]


@pytest.mark.parametrize("write", WRITERS)
def test_parquet_and_arrow_files(tmp_path: Path, write: Callable[[Path, pa.Table], object]) -> None:
    path = tmp_path / "people.bin"
    write(path, TABLE)
    directory = px.Directory.from_file(path)
    assert [recipient.display_name for recipient in directory.find("[EX:/o=old/cn=JANE]")] == ["Jane"]
    assert [(recipient.row, recipient.source) for recipient in directory] == [(1, str(path)), (2, str(path))]
    assert [(error.code, error.line) for error in directory.errors] == [("bad-proxy", 2)]
    with pytest.raises(px.ConfigurationError, match="not CSV: the content is Arrow data"):
        px.Directory.from_csv(path)


class OfArrays:
    """A table of a library that gives its rows as one array."""

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return TABLE.to_batches()[0].__arrow_c_array__(requested_schema)


@pytest.mark.parametrize("table", [TABLE, TABLE.to_batches()[0], TABLE.to_reader(), OfArrays()])
def test_tables_in_memory(table: object) -> None:
    directory = px.Directory.from_records(table)
    assert [recipient.mail for recipient in directory] == ["jane@contoso.com", None]
    assert len(directory.find("jane@contoso.com")) == 1


def test_text_of_a_list_in_arrow() -> None:
    column = pa.array(["SMTP:a@b.de;smtp:c@d.de", None]).dictionary_encode()
    directory = px.Directory.from_records(pa.table({"EmailAddresses": column, "Name": ["A", "B"]}))
    assert [len(recipient.proxies) for recipient in directory] == [2, 0]
    assert len(px.Directory.from_records(pa.table({}))) == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table([pa.array([2**31 - 1], pa.date32()), ["a@b"]], ["mail", "proxyAddresses"]), "Arrow data"),
        (pa.table([["x"], ["a@b"], ["c@d"]], ["cn", "proxyAddresses", "proxyAddresses"]), "two columns are named"),
        (pa.table({"proxyAddresses": pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"]).buffers())}), "UTF"),
    ],
)
def test_a_table_that_can_not_be_read(table: pa.Table, message: str) -> None:
    with pytest.raises(px.ConfigurationError, match=message):
        px.Directory.from_records(table)


@pytest.mark.parametrize("write", WRITERS)
def test_a_damaged_file_is_one_error(tmp_path: Path, write: Callable[[Path, pa.Table], object]) -> None:
    whole = tmp_path / "whole"
    write(whole, TABLE)
    data = whole.read_bytes()
    for kept in (8, len(data) // 3, len(data) // 2, len(data) - 9):
        path = tmp_path / "cut"
        path.write_bytes(data[:kept])
        try:
            assert len(px.Directory.from_file(path)) in (0, 2)  # a stream may end where its last batch does
        except px.ConfigurationError as error:
            assert error.code in ("unreadable-file", "unknown-form")  # noqa: PT017 - it need not be raised
    with pytest.raises(px.ConfigurationError, match="at most 1 rows"):
        px.Directory.from_file(whole, limits=px.Limits(file_rows=1))


DIRECTORY = px.Directory.from_records(
    [
        {
            "displayName": "Jane",
            "legacyExchangeDN": "/o=Org/ou=A/cn=Jane",
            "proxyAddresses": [
                *("SMTP:Jane.Doe@contoso.com", "sip:jane@b\u00fccher.example", "smtp:\u00c4rger@b\u00fccher.example"),
                *(
                    "X400:c=US;a= ;p=Org;s=Doe;g=Jane;",
                    "X500:/o=Old/cn=J",
                    "NOTES:Jane Doe/Sales@Org",
                    "smtpout:x@y.de.",
                ),
            ],
        },
        {
            "E-mail Addresses": "SMTP:joe@contoso.com",
            "Secondary-Proxy-Addresses": "SMTP:j@contoso.com%X400:c=us;s=Roe;",
        },
        {"displayName": "Plain", "proxyAddresses": "SMTP:plain@b\u00fccher.example;smtp:info@contoso.com"},
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("JANE.DOE@CONTOSO.COM", ["Jane"]),
        ("jane.doe@contoso.com.", ["Jane"]),
        ("[SIP:Jane@xn--bcher-kva.example]", ["Jane"]),
        ("\u00e4rger@XN--BCHER-KVA.example.", ["Jane"]),
        ("plain@B\u00dcCHER.example", ["Plain"]),
        ("[SMTPOUT:X@Y.DE]", ["Jane"]),
        ("[X400:/g=jane/s=DOE/p=org/a= /c=us/]", ["Jane"]),
        ("[EX:/O=org/OU=a/CN=jane]", ["Jane"]),
        ("[X500:/o=Org/ou=A/cn=Jane]", ["Jane"]),
        ("[EX:/o=old/cn=j]", ["Jane"]),
        ("[NOTES:jane doe/sales@org]", ["Jane"]),
        ("j@contoso.com", ["SMTP:joe@contoso.com"]),
        ("[X400:s=roe;c=US]", ["SMTP:joe@contoso.com"]),
        ("[X400:s=roe;c=US;g=j]", []),
        ("[SIP:jane.doe@contoso.com]", []),
        ("jane.doe@contoso.com.org", []),
    ],
)
def test_look_up(text: str, found: list[str]) -> None:
    assert [recipient.display_name for recipient in DIRECTORY.find(text)] == found


def test_both_columns_of_a_recipient_are_judged_together() -> None:
    (joe,) = DIRECTORY.find("joe@contoso.com")
    assert [finding.code for finding in joe.proxies.findings] == []
    records = [{"E-mail Addresses": "SMTP:a@b.de", "Secondary-Proxy-Addresses": "smtp:A@b.de"}]
    (twice,) = px.Directory.from_records(records)
    assert [finding.code for finding in twice.proxies.findings] == ["duplicate"]


def test_the_primary_address_counts_where_there_is_none_among_the_proxies() -> None:
    directory = px.Directory.from_records(
        [
            {"PrimarySmtpAddress": "a@b.de", "EmailAddresses": "smtp:c@b.de"},
            {"PrimarySmtpAddress": "e@b.de", "EmailAddresses": "SMTP:f@b.de"},
            {"PrimarySmtpAddress": "sip:g@b.de", "EmailAddresses": "SMTP:h@b.de"},
        ]
    )
    assert [len(directory.find(text)) for text in ("a@b.de", "c@b.de", "e@b.de", "f@b.de", "[SIP:g@b.de]")] == [
        1,
        1,
        0,
        1,
        1,
    ]


def test_rows_with_an_address_each_make_one_recipient(tmp_path: Path) -> None:
    path = written(tmp_path, "d.csv", "DN;proxyAddress\nCN=A;SMTP:a@b.de\nCN=B;SMTP:b@b.de\ncn=a;smtp:c@b.de\nshort\n")
    directory = px.Directory.from_file(path)
    assert [(recipient.dn, len(recipient.proxies), recipient.row) for recipient in directory] == [
        ("CN=A", 2, 2),
        ("CN=B", 1, 3),
    ]
    assert [error.line for error in directory.errors] == [5]
    aliases = written(tmp_path, "e.csv", "Alias,Target\nalias@b.de,jane@b.de\nnone,5\nother@b.de,jane@b.de\n")
    directory = px.Directory.from_file(aliases)
    assert [recipient.mail for recipient in directory] == ["jane@b.de", None]
    assert [len(directory.find(text)) for text in ("jane@b.de", "alias@b.de", "OTHER@b.de")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SMTP:a@b.de; X500:/o=A B/cn=c; smtp:d@b.de", ["a@b.de", "[EX:/o=a b/cn=C]", "d@b.de"]),
        ("SMTP:a@b.de, smtp:d@b.de", ["a@b.de", "d@b.de"]),
        ("SMTP:a@b.de X400:c=US;s=Doe;; smtp:d@b.de", ["a@b.de", "d@b.de", "[X400:s=DOE;c=us]"]),
        ("SMTP:a@b.de;", ["a@b.de"]),
    ],
)
def test_lists_in_common_forms(text: str, found: list[str]) -> None:
    directory = px.Directory.from_records([{"proxyAddresses": text}])
    assert directory.errors == ()
    assert [len(directory.find(each)) for each in found] == [1] * len(found)
    assert len(directory.recipients[0].proxies) == len(found)


def test_a_column_of_one_type_and_octets(tmp_path: Path) -> None:
    record = {
        "smtp": "a@b.de; c@b.de",
        "X500": ["X500:/o=A/cn=b"],
        "SIP": "sip:e@b.de",
        "proxyAddresses": "X'736d74703a66406" + "22e6465';smtp:g@b.de",
        "mail": ["m@b.de", "n@b.de"],
        "cn": "X'4a'",
        "displayName": {"Address": "Jane"},
        "targetAddress": [],
        "dn": "X'4",
        "": 1,
    }
    (recipient,) = px.Directory.from_records([record])
    assert [str(proxy) for proxy in recipient.proxies] == [
        *("smtp:a@b.de", "smtp:c@b.de", "X500:/o=A/cn=b", "sip:e@b.de", "smtp:f@b.de", "smtp:g@b.de"),
    ]
    assert (recipient.display_name, recipient.mail, recipient.dn) == ("Jane", "m@b.de", "X'4")


def test_two_keys_of_one_hash_are_two_keys() -> None:
    holders = Holders()
    assert not holders
    modulus = 2**61 - 1  # whole numbers that differ by it have the same hash
    holders.add([1, 1 + modulus], 0)
    holders.add([1, 2, 1 + modulus], 5)
    holders.add([1 + modulus], 7)
    assert (holders.with_key(1), holders.with_key(2), holders.with_key(3)) == ([0, 5, 7], [5], [])


def test_recipients_are_a_sequence(tmp_path: Path) -> None:
    directory = px.Directory.from_file(written(tmp_path, "d.csv", csv(JANE, JANE | {"DisplayName": "Joe"})))
    recipients = directory.recipients
    jane, joe = list(recipients)
    assert recipients[1:] == (joe,)
    assert recipients[-1] == joe != jane
    assert recipients == (jane, joe)
    assert hash(recipients) == hash((jane, joe))
    others: list[object] = [(jane,), (joe, jane), 5]
    assert all(recipients != other for other in others)
    assert recipients == directory.recipients
    with pytest.raises(IndexError):
        directory.recipients[len(directory)]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_a_directory_is_copied_and_pickled(again: Callable[[Any], Any]) -> None:
    twin = again(DIRECTORY)
    assert twin.recipients == DIRECTORY.recipients
    assert [each.row for each in twin] == [1, 2, 3]
    assert len(twin.find("[X400:s=roe;c=US]")) == len(twin.find("jane.doe@contoso.com.")) == 1
    assert px.Directory([]).holds_addresses is False


def test_resolve_shows_who_matched_and_what_is_wrong_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path,
        "d.csv",
        'DisplayName,DN,EmailAddresses\nJane,CN=Jane,"SMTP:jane@contoso.com;SMTP:j@contoso.com"\n'
        "Twin,,SMTP:twin@contoso.com\nTwin,,SMTP:twin@contoso.com\n",
    )
    assert main(["resolve", "--directory", str(path), "jane@contoso.com"]) == 1
    shown = capsys.readouterr().out
    assert "recipient   Jane (CN=Jane), which holds SMTP:jane@contoso.com\n" in shown
    assert "finding     two-primaries: SMTP:j@contoso.com: the second primary of type SMTP\n" in shown
    assert main(["resolve", "--json", "--directory", str(path), "jane@contoso.com"]) == 1
    (match,) = json.loads(capsys.readouterr().out)["matches"]
    assert (match["dn"], match["row"], [each["code"] for each in match["findings"]]) == (
        "CN=Jane",
        2,
        ["two-primaries"],
    )
    assert main(["resolve", "--directory", str(path), "twin@contoso.com"]) == 1
    shown = capsys.readouterr().out
    assert f"recipient   Twin, {path} line 3, which holds SMTP:twin@contoso.com\n" in shown
    assert f"recipient   Twin, {path} line 4, which holds SMTP:twin@contoso.com\n" in shown


@pytest.mark.parametrize(
    "text", ["DisplayName,EmailAddresses\n", "DisplayName,EmailAddresses\nJane,\n", '[{"proxyAddresses": []}]']
)
def test_a_directory_without_any_address_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["resolve", "--directory", str(written(tmp_path, "d.txt", text)), "jane@contoso.com"]) == 2
    assert "nothing can be looked up in it" in capsys.readouterr().err


def test_the_target_of_a_custom_recipient_in_exports_of_exchange_55() -> None:
    record = {"Display Name": "Custom", "E-mail Address": "SMTP:out@fabrikam.com", "E-mail Addresses": "SMTP:in@b.de"}
    (custom,) = px.Directory.from_records([record])
    assert (str(custom.target_address), str(custom.proxies[0])) == ("SMTP:out@fabrikam.com", "SMTP:in@b.de")
    (bad,) = px.Directory.from_records([record | {"E-mail Address": ":x"}]).errors
    assert bad.code == "bad-proxy"


def test_a_directory_of_targets_alone_is_one(tmp_path: Path) -> None:
    path = written(tmp_path, "d.csv", "Name,ExternalEmailAddress,EmailAddresses\nCustom,SMTP:out@fabrikam.com,\n")
    assert px.Directory.from_file(path).holds_addresses


def test_attributes_are_checked() -> None:
    with pytest.raises(TypeError, match="row must be a whole number, not str"):
        px.Recipient("Jane", [], row="1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="dn must be text, not int"):
        px.Recipient("Jane", [], dn=5)  # type: ignore[arg-type]
    assert px.Recipient("Jane", [], source="a", row=1) == px.Recipient("Jane", [], source="b", row=2)
    assert px.Recipient("Jane", [], mail="Jane").label == "Jane"
