"""Recipients, and the exports that directories are read from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proxyaddr as px
from tests.text_files import TOO_LONG, written


def test_exchange_55_export(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(
        b"Obj-Class,Alias Name,Display Name,E-mail Addresses,Secondary-Proxy-Addresses\r\n"
        b"Mailbox,jane,Jane D\xf6e,SMTP:jane@contoso.com%MS:ORG/SITE/JANE,SMTP:j.doe@contoso.com%SMTP:\r\n"
        b"Mailbox,short\r\n"
    )
    directory = px.Directory.from_file(path)
    (jane,) = directory.find("[smtp:J.DOE@contoso.com]")
    assert (jane.display_name, jane.alias) == ("Jane Döe", "jane")
    assert [str(proxy) for proxy in jane.proxies][2] == "smtp:j.doe@contoso.com"
    assert [(error.code, error.line) for error in directory.errors] == [("bad-proxy", 2), ("wrong-field-count", 3)]


def test_get_recipient_csv_and_json(tmp_path: Path) -> None:
    table = tmp_path / "recipients.csv"
    table.write_text('#TYPE x\nDisplayName,EmailAddresses\nJane,"{SMTP:jane@contoso.com, smtp:j@contoso.com}"\n')
    assert len(px.Directory.from_csv(table).find("j@contoso.com")) == 1
    users = tmp_path / "users.json"
    users.write_text('{"value": [{"displayName": "Jane", "proxyAddresses": ["SMTP:jane@contoso.com", ":x"]}, 3]}')
    directory = px.Directory.from_file(users)
    assert len(directory.find("jane@contoso.com")) == 1
    assert [error.code for error in directory.errors] == ["bad-proxy", "not-an-object"]
    users.write_text("[1,\n")
    with pytest.raises(px.ConfigurationError, match="line 2"):
        px.Directory.from_json(users)


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("a.csv", f"{TOO_LONG},proxyAddresses\n", "bad-header", 1),
        ("a.csv", f"#TYPE x\n{TOO_LONG},proxyAddresses\n", "bad-header", 2),
        ("a.csv", "Name,Phone\nJane,1\n", "no-proxy-column", 1),
        ("a.csv", "", "unknown-form", None),
        ("a.json", '[\n{"a": 1},\nx]', "bad-json", 3),
        ("a.json", "[" * 100_000, "bad-json", 1),
        ("a.json", f"[{'9' * 5_000}]", "bad-json", 1),
        ("a.json", '"SMTP:jane@contoso.com"', "no-proxy-column", 1),
    ],
)
def test_a_file_that_is_no_directory_is_refused_with_its_line(
    tmp_path: Path, name: str, content: str, code: str, line: int
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(px.ConfigurationError) as caught:
        px.Directory.from_file(path)
    assert (caught.value.code, caught.value.source, caught.value.line) == (code, str(path), line)


def test_what_recipients_as_json_may_look_like(tmp_path: Path) -> None:
    deep = {"Prefix": "SMTP", "ProxyAddressString": "SMTP:deep@contoso.com"}
    recipients: list[object] = [
        {"Name": "Deep", "EmailAddresses": [deep, {"ProxyAddressString": "smtp:d@contoso.com"}], "Phone": 1},
        {"EmailAddresses": deep, "DisplayName": "One"},
        {"DisplayName": None, "alias": "text", "proxyAddresses": "SMTP:text@contoso.com;smtp:t@contoso.com"},
        {"displayName": "None at all", "proxyAddresses": None},
        {"name": "Unknown form", "EmailAddresses": [{"Address": "a@contoso.com"}, None, 5, "SMTP:u@contoso.com"]},
        {"name": "Custom", "EmailAddresses": [], "ExternalEmailAddress": "SMTP:out@fabrikam.com"},
        {"name": "Bad target", "EmailAddresses": ["SMTP:b@contoso.com"], "targetAddress": ":x"},
    ]
    text = "".join(f"{json.dumps(recipient)}\n" for recipient in recipients)
    directory = px.Directory.from_json(written(tmp_path, "a.json", text))
    assert [recipient.display_name for recipient in directory] == [
        "Deep",
        "One",
        "text",
        "None at all",
        "Unknown form",
        "Custom",
        "Bad target",
    ]
    assert [[str(proxy) for proxy in recipient.proxies] for recipient in directory][:5] == [
        ["SMTP:deep@contoso.com", "smtp:d@contoso.com"],
        ["SMTP:deep@contoso.com"],
        ["SMTP:text@contoso.com", "smtp:t@contoso.com"],
        [],
        ["smtp:a@contoso.com", "SMTP:u@contoso.com"],
    ]
    custom, bad = directory.recipients[5:]
    assert (str(custom.target_address), bad.target_address) == ("SMTP:out@fabrikam.com", None)
    assert [(error.code, error.line) for error in directory.errors] == [
        ("bad-proxy", 5),
        ("bad-proxy", 5),
        ("bad-proxy", 7),
    ]
    only = px.Directory.from_json(written(tmp_path, "one.json", json.dumps(recipients[2])))
    assert [recipient.alias for recipient in only] == ["text"]


def test_a_recipient_with_more_proxies_than_are_read_costs_its_row_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "name,proxyAddresses\nA,SMTP:a@b;smtp:c@d;smtp:e@f\nB,SMTP:b@b\n")
    directory = px.Directory.from_csv(path, limits=px.Limits(list_items=2))
    assert [recipient.display_name for recipient in directory] == ["B"]
    assert [(error.code, error.line) for error in directory.errors] == [("too-many-items", 2)]
    people: list[dict[str, object]] = [
        {"displayName": "A", "proxyAddresses": ["SMTP:a@b", "smtp:c@d", "smtp:e@f"]},
        {"displayName": "B", "proxyAddresses": ["SMTP:b@b", "smtp:c@d"]},
    ]
    directory = px.Directory.from_records(people, limits=px.Limits(list_items=2))
    assert [(error.code, error.line) for error in directory.errors] == [("too-many-items", 1)]
    assert [recipient.display_name for recipient in directory.find("c@d")] == ["B"]


def test_a_recipient_takes_proxies_in_any_form_and_no_bad_one() -> None:
    parsed = px.parse_proxies("SMTP:a@b")
    assert px.Recipient("A", parsed).proxies is parsed
    assert px.Recipient("A", "SMTP:a@b").proxies == px.Recipient("A", list(parsed)).proxies == parsed
    with pytest.raises(px.AddressSyntaxError) as caught:
        px.Recipient("A", "SMTP:a@b;:x")
    assert caught.value.code == "empty-type"
