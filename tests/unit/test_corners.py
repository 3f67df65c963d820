"""Corners that other tests pass by: long lists, names that look encoded, unusual values of exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.auditing.cells import Separator, text_with
from proxyaddr.auditing.internet import transliterated
from proxyaddr.limits import Limits


def test_a_list_longer_than_an_address_of_short_items() -> None:
    found = px.parse_proxies("SMTP:a@contoso.com;smtp:b@contoso.com", limits=Limits(address_length=20))
    assert [str(address) for address in found] == ["SMTP:a@contoso.com", "smtp:b@contoso.com"]


def test_a_name_that_looks_encoded_is_quoted() -> None:
    address = px.OneOffAddress("SMTP", "a@contoso.com", "=?utf-8")
    assert str(address) == '"=?utf-8" [SMTP:a@contoso.com]'
    assert px.parse(str(address)) == address


def test_values_with_separators_are_escaped_as_before() -> None:
    before = r"SMTP:a@contoso.com;X400:c=US\;a= \;s=Doe\;"
    values = ["smtp:b@contoso.com", "X400:c=US;a= ;s=Doe;"]
    assert text_with(values, Separator(), before) == r"smtp:b@contoso.com;X400:c=US\;a= \;s=Doe\;"


def test_a_long_text_is_not_transliterated() -> None:
    assert transliterated("é" * 100_000) is None


def test_proxies_in_a_tuple_are_audited() -> None:
    report = px.audit([{"id": "u1", "proxyAddresses": ("SMTP:a@contoso.com", "smtp:")}], rules=["proxy-empty-value"])
    assert [finding.rule for finding in report.findings] == ["proxy-empty-value"]


def test_records_and_text_have_no_mended_export(tmp_path: Path) -> None:
    with pytest.raises(px.ConfigurationError, match="a mended export is of files"):
        px.audit([{"id": "u1", "proxyAddresses": ["smtp:"]}]).write_mended(tmp_path / "mended.csv")
    export = tmp_path / "export.txt"
    export.write_text("Name           : Jane\nEmailAddresses : {SMTP:a@contoso.com, smtp:}\n")
    with pytest.raises(px.ConfigurationError, match="only CSV, JSON and LDIF"):
        px.audit(export).write_mended(tmp_path / "mended.txt")


def test_ldif_without_a_last_line_end_is_mended(tmp_path: Path) -> None:
    export = tmp_path / "export.ldif"
    export.write_text("dn: cn=j\nobjectClass: user\nmail: j@contoso.com\nproxyAddresses: smtp:j@contoso.com")
    assert px.audit(export, rules=["primary-missing"]).write_mended(tmp_path / "mended.ldif") == 1
    assert "proxyAddresses: SMTP:j@contoso.com" in (tmp_path / "mended.ldif").read_text()


def test_a_site_without_connectors_is_refused() -> None:
    with pytest.raises(px.ConfigurationError, match="for each connector"):
        px.Site.from_document({"internet_mail_service": 1}, "site.toml")


def test_a_limited_scope_is_written_as_toml() -> None:
    space = px.AddressSpace("SMTP", "*@contoso.com", 1, px.Scope.SITE)
    assert 'scope = "site"' in px.RoutingTable([px.Route(space, "imc")]).to_toml()


@pytest.mark.parametrize(
    ("export", "rule", "mended"),
    [
        (  # a row an address: one more row
            "DN,mail,proxyAddress\nCN=J,j@contoso.com,sip:j@contoso.com\n",
            "primary-missing",
            "DN,mail,proxyAddress\nCN=J,j@contoso.com,sip:j@contoso.com\nCN=J,j@contoso.com,SMTP:j@contoso.com\n",
        ),
        (  # numbered columns: the next number
            "DN,mail,proxyAddresses_0,proxyAddresses_1\nCN=J,j@contoso.com,sip:j@contoso.com,sip:k@contoso.com\n",
            "primary-missing",
            "DN,mail,proxyAddresses_0,proxyAddresses_1,proxyAddresses_2\n"
            "CN=J,j@contoso.com,sip:j@contoso.com,sip:k@contoso.com,SMTP:j@contoso.com\n",
        ),
        (  # the same: the last row stays, without an address
            "DN,proxyAddress\nCN=J,smtp:\nCN=J,sip:\nCN=K,SMTP:k@contoso.com\n",
            "proxy-empty-value",
            "DN,proxyAddress\nCN=J,\nCN=K,SMTP:k@contoso.com\n",
        ),
        (  # a column a type: one for the primary address
            "DN,mail,SIP\nCN=J,j@contoso.com,j@contoso.com\n",
            "primary-missing",
            "DN,mail,SIP,PrimarySmtpAddress\nCN=J,j@contoso.com,j@contoso.com,j@contoso.com\n",
        ),
        (  # the primary address alone: a column for others
            "DN,type,userPrincipalName,PrimarySmtpAddress\nCN=J,user,jr@contoso.com,j@contoso.com\n",
            "upn-not-in-proxies",
            "DN,type,userPrincipalName,PrimarySmtpAddress,Aliases\n"
            "CN=J,user,jr@contoso.com,j@contoso.com,smtp:jr@contoso.com\n",
        ),
        (  # the primary address in a column of its own, beside an empty list: it is told in the list too
            "DN,type,userPrincipalName,PrimarySmtpAddress,EmailAddresses\nCN=J,user,jr@contoso.com,j@contoso.com,\n",
            "upn-not-in-proxies",
            "DN,type,userPrincipalName,PrimarySmtpAddress,EmailAddresses\n"
            "CN=J,user,jr@contoso.com,j@contoso.com,SMTP:j@contoso.com;smtp:jr@contoso.com\n",
        ),
        (  # the primary address once more, beside all
            "DN,EmailAddresses,PrimarySmtpAddress\nCN=J,SMTP:j r@contoso.com,j r@contoso.com\n",
            "smtp-invalid-character",
            "DN,EmailAddresses,PrimarySmtpAddress\nCN=J,SMTP:jr@contoso.com,jr@contoso.com\n",
        ),
        (  # the primary address, and others: each takes the place of its own
            "DN,PrimarySmtpAddress,Aliases\nCN=J,j r@contoso.com,smtp:k l@contoso.com;smtp:m@contoso.com\n",
            "smtp-invalid-character",
            "DN,PrimarySmtpAddress,Aliases\nCN=J,jr@contoso.com,smtp:kl@contoso.com;smtp:m@contoso.com\n",
        ),
        (  # in braces, as PowerShell shows a list
            'DN,proxyAddresses\nCN=J,"{SMTP:j@contoso.com, smtp:j r@contoso.com}"\n',
            "smtp-invalid-character",
            'DN,proxyAddresses\nCN=J,"{SMTP:j@contoso.com, smtp:jr@contoso.com}"\n',
        ),
        (  # beside an empty list, in which one would stand in place of the primary address; one that stays is as it was
            "DN,type,userPrincipalName,PrimarySmtpAddress,Aliases,EmailAddresses\n"
            "CN=J,user,jr@contoso.com,j@contoso.com,k@contoso.com;smtp:m@contoso.com,\n",
            "upn-not-in-proxies",
            "DN,type,userPrincipalName,PrimarySmtpAddress,Aliases,EmailAddresses\n"
            "CN=J,user,jr@contoso.com,j@contoso.com,k@contoso.com;smtp:m@contoso.com;smtp:jr@contoso.com,\n",
        ),
    ],
)
def test_an_address_that_has_no_room_is_kept(export: str, rule: str, mended: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export)
    px.audit(path, rules=[rule]).write_mended(tmp_path / "mended.csv")
    assert (tmp_path / "mended.csv").read_text() == mended


def test_a_mended_export_that_would_be_read_otherwise_is_refused(tmp_path: Path) -> None:
    """Without the empty values, commas separate most."""
    export = tmp_path / "export.csv"
    rows = ["SMTP:a@contoso.com;smtp:;sip:", '"X500:/o=a/cn=b,sip:c"']
    export.write_text("DN,proxyAddresses\n" + "".join(f"CN={n},{row}\n" for n, row in enumerate(rows)))
    with pytest.raises(px.ConfigurationError, match="would be read otherwise"):
        px.audit(export, rules=["proxy-empty-value"]).write_mended(tmp_path / "mended.csv")
    assert not (tmp_path / "mended.csv").exists()


def test_a_property_that_an_object_lacks_is_written(tmp_path: Path) -> None:
    objects = [
        {"id": "u1", "proxyAddresses": ["SMTP:j@contoso.com"]},
        {"id": "u2", "proxyAddresses": ["SMTP:k@contoso.com"], "mail": "k@contoso.com"},
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(objects))
    assert px.audit(path, rules=["mail-differs-from-primary"]).write_mended(tmp_path / "mended.json") == 1
    objects[0]["mail"] = "j@contoso.com"
    assert json.loads((tmp_path / "mended.json").read_text()) == objects


def test_addresses_that_an_object_lacks_are_written(tmp_path: Path) -> None:
    objects: list[dict[str, object]] = [
        {"id": "u1", "mail": "j@contoso.com"},
        {"id": "u2", "proxyAddresses": ["SMTP:k@contoso.com"], "mail": "k@contoso.com"},
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(objects))
    assert px.audit(path, rules=["primary-missing"]).write_mended(tmp_path / "mended.json") == 1
    objects[0]["proxyAddresses"] = ["SMTP:j@contoso.com"]
    assert json.loads((tmp_path / "mended.json").read_text()) == objects


def test_json_stays_indented(tmp_path: Path) -> None:
    objects = [{"id": "j\u00e4ne", "proxyAddresses": ["SMTP:j@contoso.com", "smtp:"]}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(objects, indent=2), "utf-8")
    assert px.audit(path, rules=["proxy-empty-value"]).write_mended(tmp_path / "mended.json") == 1
    objects[0]["proxyAddresses"] = ["SMTP:j@contoso.com"]
    assert (tmp_path / "mended.json").read_text("utf-8") == json.dumps(objects, ensure_ascii=False, indent=2) + "\n"


def test_entries_of_ldif_are_mended_each_by_itself(tmp_path: Path) -> None:
    """Folded lines, remarks, values of one attribute in several places, and entries with no line between them."""
    export = """version: 1

dn: cn=j
# proxyAddresses: a remark
proxyAddresses: smtp:j@contoso.com
mail: j@contoso.com
proxyAddresses: smtp:{long}@cont
 oso.com

dn: cn=k
description: a text that is
  folded
mail: k@contoso.com
dn: cn=l
proxyAddresses: SMTP:l@contoso.com
"""
    export = export.replace("{long}", "j" * 55)
    (tmp_path / "export.ldif").write_text(export)
    report = px.audit(tmp_path / "export.ldif", rules=["primary-missing"])
    assert report.write_mended(tmp_path / "mended.ldif") == 2
    assert (
        (tmp_path / "mended.ldif").read_text()
        == f"""version: 1

dn: cn=j
# proxyAddresses: a remark
proxyAddresses: SMTP:j@contoso.com
proxyAddresses: smtp:{"j" * 55}
 @contoso.com
mail: j@contoso.com

dn: cn=k
description: a text that is
  folded
mail: k@contoso.com
proxyAddresses: SMTP:k@contoso.com
dn: cn=l
proxyAddresses: SMTP:l@contoso.com
"""
    )


def test_an_alias_keeps_its_type(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("DN,PrimarySmtpAddress,Aliases\nCN=J,j@contoso.com,smtp:k l@contoso.com\n")
    px.audit(export, rules=["smtp-invalid-character"]).write_mended(tmp_path / "mended.csv")
    assert "j@contoso.com,smtp:kl@contoso.com" in (tmp_path / "mended.csv").read_text()
