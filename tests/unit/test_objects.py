"""The one reader of exported objects: every form, known by its content, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._files.objects import Exported, Form, form_of, is_true, key_of, plain, read_objects
from proxyaddr.errors import RowError
from tests.text_files import written

NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"
HELD = {"DisplayName": "Jane Doe", "EmailAddresses": ["SMTP:jane@contoso.com", "smtp:j@contoso.com"]}
CLIXML = (
    f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}"><Obj RefId="0"><TN RefId="0"><T>User</T></TN><ToString>x</ToString>'
    '<MS><S N="DisplayName">Jane Doe</S><Obj N="EmailAddresses" RefId="1"><TN RefId="1"><T>List</T></TN><LST>'
    "<S>SMTP:jane@contoso.com</S><S>smtp:j@contoso.com</S></LST></Obj></MS></Obj></Objs>"
)
FORMS = {
    Form.JSON: [
        json.dumps(HELD),
        json.dumps([HELD], indent=2),
        json.dumps({"value": [HELD], "Count": 1}, indent=4),
        json.dumps({"@odata.context": "x", "value": [HELD]}),
        json.dumps([{**HELD, "EmailAddresses": {"value": HELD["EmailAddresses"], "Count": 2}}]),
    ],
    Form.CLIXML: [CLIXML, f"#< CLIXML\r\n{CLIXML}", f'<?xml version="1.0" encoding="utf-16"?>\n{CLIXML}'],
    Form.LDIF: [
        "dn: CN=J\nDisplayName: Jane Doe\nEmailAddresses: SMTP:jane@contoso.com\nEmailAddresses: smtp:j@contoso.com\n",
        "# extended LDIF\n#\nversion: 1\n\ndn: CN=J\nDisplayName: Jane Doe\nEmailAddresses: SMTP:jane@contoso.com\n"
        "EmailAddresses:: c210cDpqQGNvbnRvc28uY29t\n\n# reference\nref: ldap://x\n\nsearch: 2\nresult: 0 Success\n",
    ],
    Form.FORMAT_LIST: [
        "\n\nDisplayName    : Jane Doe\nEmailAddresses : {SMTP:jane@contoso.com, smtp:j@contoso.com}\n\n",
        "DisplayName    : Jane Doe\r\nEmailAddresses : {SMTP:jane@contoso.com,\r\n        smtp:j@contoso.com}\r\n",
    ],
    Form.CSV: [
        "DisplayName,EmailAddresses\nJane Doe,SMTP:jane@contoso.com;smtp:j@contoso.com\n",
        "#TYPE Selected.User\nsep=;\nDisplayName;EmailAddresses\nJane Doe;SMTP:jane@contoso.com,smtp:j@contoso.com\n",
        "EmailAddresses|DisplayName\nSMTP:jane@contoso.com;smtp:j@contoso.com|Jane Doe\n",
        '"Display Name"~"E-mail Addresses"\nJane Doe~SMTP:jane@contoso.com;smtp:j@contoso.com\n',
    ],
}


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in FORMS.items() for text in texts])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_form_is_known_by_its_content(tmp_path: Path, form: Form, text: str, encoding: str) -> None:
    path = written(tmp_path, "export.dat", text.encode(encoding))
    assert read_objects(path).form is form
    directory = px.Directory.from_file(path)
    assert [recipient.display_name for recipient in directory] in (["Jane Doe"], [])
    if form is not Form.LDIF:  # whose attributes have other names
        (recipient,) = directory
        assert [str(proxy) for proxy in recipient.proxies] == HELD["EmailAddresses"]
    assert directory.errors == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[\n{"a": 1},\n\n{"a": 2}]', [2, 4]),
        ('{"a": 1}\n{"a": 2}\n', [1, 2]),
        ('{"@odata.context": "x",\n "value": [\n{"a": 1},\n{"a": 2}]\n}', [3, 4]),
        ("a : 1\n\na : 2\n", [1, 3]),
        ("a : 1\nb : 2\na : 3\n", [1, 3]),
        ("dn: a\n\n\ndn: b\n", [1, 4]),
        ("sep=,\na,b\n1,2\n\n3,4\n", [3, 5]),
    ],
)
def test_objects_know_the_line_where_they_start(tmp_path: Path, text: str, lines: list[int]) -> None:
    found = list(read_objects(written(tmp_path, "a.txt", text)).objects)
    assert [(type(entry), entry.line) for entry in found] == [(Exported, line) for line in lines]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ('[1, {"a": 2}]', [("not-an-object", 1)]),
        ('{"a": 1}\n{"a": \n{"a": 3}', [("bad-json", 2)]),
        ('{"value": [{"a": 1}], "@odata.nextLink": "https://x"}', [("more-pages", 1)]),
        (f'<Objs xmlns="{NAMESPACE}">\n<S>text</S>\n{CLIXML[CLIXML.index("<Obj ") :]}', [("not-an-object", 2)]),
        ("a : 1\nno property\nb : 2\n", [("bad-row", 2)]),
        ("dn: a\nchangetype: modify\nadd: b\nb: c\n-\nb:< file:///x\n", [("ldif-change", 1)]),
        ("dn: a\nb;range=0-1: c\nb;range=2-3: d\n", [("cut-off-list", 1)]),
        ("dn: a\nb;range=0-1: c\nb;range=2-*: d\n", []),
        ("version: 1\n\nname: no dn\n\ndn: a\nb:< file:///x\nc\n", [("bad-ldif", 3), ("bad-ldif", 6), ("bad-ldif", 7)]),
    ],
)
def test_what_can_not_be_read_is_an_error_and_the_rest_is_kept(
    tmp_path: Path, text: str, errors: list[tuple[str, int]]
) -> None:
    found = list(read_objects(written(tmp_path, "a.txt", text)).objects)
    assert [(entry.code, entry.line) for entry in found if isinstance(entry, RowError)] == errors


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unknown-form", "CSV, JSON, Format-List text, CLIXML, LDIF"),
        (b"PK\x03\x04xl/workbook.xml", "unknown-form", "workbook"),
        (b"", "unknown-form", "empty"),
        (b"Name  Addresses\n----  ---------\nJane  {SMTP:j@x...}\n", "unknown-form", "Export-Clixml"),
        (b"<html><body></body></html>", "unknown-form", "CLIXML"),
        (b"[internet_mail_service]\nsite = 1\n", "unknown-form", "JSON"),
        (b'[{"a": 1}', "bad-json", "cut off"),
        (b'[{"a": 1} {"a": 2}]', "bad-json", "','"),
        (b'[{"a": 1}, ', "bad-json", "cut off"),
        (b'[{"a": 1}] x', "bad-json", "after the array"),
        (b'{"value": [{"a": 1}] x', "bad-json", "what follows"),
        (b'{"a": ', "bad-json", "not JSON"),
        (b"[" * 100_000, "bad-json", "nested"),
        (b'[{"a": ' + b'{"b":' * 70 + b"1" + b"}" * 70 + b"}]", "bad-json", "nested"),
        (b'[{"a": ' + b"9" * 5_000 + b"}]", "bad-json", "whole number"),
        (CLIXML[:300].encode(), "bad-clixml", "no element found"),
        (b'<!DOCTYPE Objs [<!ENTITY a "b">]><Objs/>', "bad-clixml", "document type"),
        (b"<Obj><Objs/></Obj>", "bad-clixml", "Objs"),
        (b"<Objs>" + b'<Obj RefId="0"><MS>' * 1_000, "bad-clixml", "nested"),
    ],
)
def test_a_file_that_is_no_export_is_one_error(tmp_path: Path, content: bytes, code: str, words: str) -> None:
    path = written(tmp_path, "a.dat", content)
    with pytest.raises(px.ConfigurationError, match=words) as caught:
        list(read_objects(path).objects)
    assert (caught.value.code, caught.value.source) == (code, str(path))


def test_values_of_clixml_have_their_types(tmp_path: Path) -> None:
    text = f"""<Objs xmlns="{NAMESPACE}"><Obj RefId="0"><MS>
      <S N="Text">a_x000A_b</S><B N="Flag">true</B><I32 N="Number">5</I32><Nil N="Nothing"/><G N="Guid">1-2</G>
      <Obj N="Object" RefId="1"><TNRef RefId="0"/><ToString>shown</ToString></Obj>
      <Obj N="Named" RefId="2"><Props><S N="Address">a@b</S></Props></Obj>
      <Obj N="Text with properties" RefId="3"><S>c@d</S></Obj>
      <Obj N="Table" RefId="4"><DCT><En><S N="Key">k</S><I32 N="Value">1</I32></En></DCT></Obj>
      <Obj N="List" RefId="5"><LST><I32>1</I32><Ref RefId="2"/><Nil/></LST></Obj>
      <Ref N="Again" RefId="2"/><I32 N="No number">x</I32>
    </MS></Obj></Objs>"""
    (entry,) = read_objects(written(tmp_path, "a.xml", text)).objects
    assert isinstance(entry, Exported)
    assert entry.properties == {
        "Text": "a\nb",
        "Flag": True,
        "Number": 5,
        "Nothing": None,
        "Guid": "1-2",
        "Object": "shown",
        "Named": {"Address": "a@b"},
        "Text with properties": "c@d",
        "Table": {"k": 1},
        "List": [1, {"Address": "a@b"}, None],
        "Again": {"Address": "a@b"},
        "No number": "x",
    }


def test_a_broken_word_of_format_list_is_joined_without_a_blank(tmp_path: Path) -> None:
    text = "LegacyDN : /o=Contoso/cn=R\n           ecipients\nName     : Jane\n           Doe\n"
    (entry,) = read_objects(written(tmp_path, "a.txt", text)).objects
    assert isinstance(entry, Exported)
    assert entry.properties == {"LegacyDN": "/o=Contoso/cn=Recipients", "Name": "Jane Doe"}


@pytest.mark.parametrize(
    ("name", "key"),
    [("E-mail Addresses", "emailaddresses"), ("proxyAddresses_12", "proxyaddresses"), ("aliases.0", "aliases")],
)
def test_names_compare_without_case_blanks_hyphens_and_numbers(name: str, key: str) -> None:
    assert key_of(name) == key


def test_values_are_taken_out_of_their_wrappers() -> None:
    assert plain({"value": {"value": [1], "Count": 1}}) == {"value": {"value": [1], "Count": 1}}
    assert (plain({"value": [1], "Count": 1}), plain({"value": [1], "x": 2})) == ([1], {"value": [1], "x": 2})
    assert [is_true(value) for value in (True, "True", "$false", "no", None)] == [True, True, False, None, None]


@given(st.text(max_size=200))
def test_any_text_has_a_form_or_none(text: str) -> None:
    assert form_of(text) in (*Form, None)
