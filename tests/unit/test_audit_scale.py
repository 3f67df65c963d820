"""An audit by whole columns: it finds what the rules find object by object, and makes objects of few rows alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

import proxyaddr as px
from proxyaddr.auditing import column_source, reading, running, tables
from proxyaddr.auditing.cells import Separator
from proxyaddr.auditing.classes import Classifier
from proxyaddr.auditing.column_source import ColumnSource
from proxyaddr.auditing.found import Judges
from proxyaddr.auditing.holdings import SEVERAL, Holdings
from proxyaddr.auditing.layouts import Layout
from proxyaddr.auditing.reading import Audited, read_audited
from proxyaddr.auditing.sources import opened
from proxyaddr.auditing.top_level_domains import DomainList
from proxyaddr.limits import DEFAULT_LIMITS
from proxyaddr.matcher import engine
from tests.measured import lines_run

TEXTS = (
    *("id", "displayName", "givenName", "mail", "userPrincipalName", "mailNickname", "targetAddress"),
    *("legacyExchangeDN", "homeMDB", "PrimarySmtpAddress", "recipientTypeDetails"),
)
LISTS = ("proxyAddresses", "objectClass", "previousLegacyExchangeDN")
SCHEMA = pa.schema([*((name, pa.string()) for name in TEXTS), *((name, pa.list_(pa.string())) for name in LISTS)])

CONTEXTS = [
    px.AuditContext(),
    px.AuditContext(sync=True, initial_domain="contoso.onmicrosoft.com", max_proxies=3),
    px.AuditContext(accepted_domains=["contoso.com", "*.contoso.net"], max_proxy_length=40),
    px.AuditContext(coexistence_domain="contoso.mail.onmicrosoft.com", top_level_domains=["corp"]),
]

_NAMES = ["jane", "Jane", "joe.roe", "o'doe", "a&b", "j=d", "j..d", ".j", "j.", "x" * 64, "x" * 65, "jané", "j d", ""]
_DOMAINS = ["contoso.com", "Contoso.COM", "a.contoso.net", "fabrikam.com", "contoso.local", "contoso", "x.corp"]
_DOMAINS += [
    "contoso.onmicrosoft.com",
    "contoso.mail.onmicrosoft.com",
    "-a.com",
    "a..com",
    "con_toso.com",
    "bücher.com",
]
_DOMAINS += ["l" * 63 + ".com", "l" * 64 + ".com", "b.com,smtp:c@d.com", "b.com ", "@b.com", "xn--bcher-kva.com", "."]
ADDRESSES = st.builds("{}@{}".format, st.sampled_from(_NAMES), st.sampled_from(_DOMAINS))
_DNS = [
    "/o=Contoso/ou=First/cn=Recipients/cn=jane",
    "/o=c/cn=a",
    "/o=3Dc/ou=3Da/cn=3Dx",
    "/O=C/OU=A/CN=B (c)",
    "jane",
    "",
]
_DNS += [
    "/o=c/ou=a/cn= b",
    "/o=c/ou=a/cn=EX:b",
    "/o=c/ou=a/cn=é",
    "/o=c/ou=a" + "/cn=x" * 15,
    "/o=c/ou=a" + "/cn=xyz" * 60,
]
_TYPES = [
    "SMTP:",
    "smtp:",
    "Smtp:",
    "smtp :",
    "",
    "SIP:",
    "sip:",
    "NOTES:",
    "X.400:",
    "X400:",
    "x.y:",
    "1:",
    ":",
    "DDA:",
]
PROXIES = st.one_of(
    st.builds("{}{}".format, st.sampled_from(_TYPES), ADDRESSES),
    st.builds("{}{}".format, st.sampled_from(["X500:", "x500:", "EX:", "ex:"]), st.sampled_from(_DNS)),
    st.sampled_from(
        ["X400:C=US;A= ;P=Contoso;S=Doe;", "smtp:a@b.com,smtp:c@d.com", "smtp:", "fax:12 34", "SIP: a", "x", ""]
    ),
)
NAMES = st.sampled_from(["Jane", "Jörg", "山田", "\u3000", " ", "", "\u3041", "x" * 257, "é" * 129, "\u200b", "\x01"])
VALUES = {
    "displayName": NAMES,
    "givenName": st.sampled_from(["Jane", "x" * 65, "é" * 40]),
    "mail": ADDRESSES,
    "userPrincipalName": ADDRESSES | st.sampled_from(["", " ", "jane@" + "s" * 50 + ".com"]),
    "mailNickname": st.sampled_from([*_NAMES, "a|b", "é"]),
    "targetAddress": st.builds("{}{}".format, st.sampled_from(_TYPES), ADDRESSES),
    "legacyExchangeDN": st.sampled_from(_DNS),
    "homeMDB": st.sampled_from(["CN=DB1", ""]),
    "PrimarySmtpAddress": ADDRESSES,
    "recipientTypeDetails": st.sampled_from(["UserMailbox", "MailContact", "RemoteUserMailbox", "MailUser", "128", ""]),
    "objectClass": st.sampled_from([["user"], ["top", "contact"], ["group"], ["user", None], ["user\x1fx"], []]),
    "previousLegacyExchangeDN": st.sampled_from([["/o=c/ou=a/cn=old"], []]),
}
_PRESENT = {"displayName": "Jane", "objectClass": ["top", "user"], "recipientTypeDetails": None}


@st.composite
def recipients(draw: st.DrawFn) -> dict[str, Any]:
    """A recipient with which nothing is wrong, and then a few values that may be."""
    name, domain = draw(st.sampled_from(["jane", "joe", "ann.roe", "bob"])), draw(st.sampled_from(_DOMAINS[:4]))
    address = f"{name}@{domain}"
    made: dict[str, Any] = dict.fromkeys(SCHEMA.names) | _PRESENT
    made |= {"id": name, "mail": address, "userPrincipalName": address, "mailNickname": name}
    made["proxyAddresses"] = [f"SMTP:{address}", f"smtp:{name}2@{domain}", f"SIP:{address}"][: draw(st.integers(1, 3))]
    for changed in draw(st.lists(st.sampled_from([*VALUES, "proxyAddresses"]), max_size=3)):
        if changed == "proxyAddresses":
            made[changed] = [*made[changed], *draw(st.lists(PROXIES, max_size=3))][draw(st.integers(0, 1)) :]
        else:
            made[changed] = draw(st.none() | VALUES[changed])
    if draw(st.integers(0, 9)) == 0:
        made |= {"proxyAddresses": draw(st.sampled_from([None, [], [None]])), "mail": None}
    return made


def one_by_one(directory: object, *, context: px.AuditContext | None = None) -> px.AuditReport:
    """Audit without columns: every object is judged by the rules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "opened", read_audited)
        return px.audit(directory, context=context)


def is_alike(one: px.AuditReport, other: px.AuditReport, folder: Path | None = None) -> bool:
    if folder is not None:
        for report, name in ((one, "one.csv"), (other, "other.csv")):
            report.write_fixes(folder / name)
        assert (folder / "one.csv").read_bytes() == (folder / "other.csv").read_bytes()
    assert list(one.findings) == list(other.findings)
    return one.objects == other.objects and list(map(str, one.errors)) == list(map(str, other.errors))


@given(st.lists(recipients(), max_size=8), st.sampled_from(CONTEXTS), st.sets(st.sampled_from(SCHEMA.names[1:-3])))
@settings(max_examples=200)
def test_columns_find_what_the_rules_find(
    made: list[dict[str, Any]], context: px.AuditContext, missing: set[str]
) -> None:
    table = pa.Table.from_pylist(made, SCHEMA).select([name for name in SCHEMA.names if name not in missing])
    assert is_alike(px.audit(table, context=context), one_by_one(table, context=context))


def clean(number: int) -> dict[str, Any]:
    address = f"user{number}@d{number % 3}.contoso.com"
    return {
        **dict.fromkeys(SCHEMA.names),
        **{"id": f"u{number}", "displayName": "山田", "mail": address, "userPrincipalName": address.upper()},
        **{
            "mailNickname": f"user{number}",
            "objectClass": ["top", "user"],
            "recipientTypeDetails": "RemoteUserMailbox",
        },
        "targetAddress": f"SMTP:u{number}@contoso.mail.onmicrosoft.com",
        "legacyExchangeDN": f"/o=Contoso/ou=First/cn=Recipients/cn=u{number}",
        "proxyAddresses": [
            *(f"SMTP:{address}", f"smtp:u{number}@contoso.mail.onmicrosoft.com", f"SIP:{address}"),
            *(f"X500:/o=Contoso/ou=Old/cn=u{number}", f"NOTES:User {number}/Contoso"),
        ],
    }


WHOLE = px.AuditContext(
    accepted_domains=["*.contoso.com"],
    coexistence_domain="contoso.mail.onmicrosoft.com",
    initial_domain="contoso.onmicrosoft.com",
    sync=True,
)


@pytest.mark.skipif(engine != "native", reason="the Python engine judges each object")
def test_no_objects_are_made_of_clean_recipients() -> None:
    table = tables.table_of(pa.Table.from_pylist(list(map(clean, range(500))), SCHEMA), DEFAULT_LIMITS)
    layout = Layout.of(table.schema)
    assert layout is not None
    classifier = Classifier(Judges(WHOLE, DomainList()))
    (batch,) = table.batches(layout.read)
    odd = classifier.odd_rows(batch, layout, Separator(), layout.attributes, 0, is_text=False)
    assert odd == []
    assert len(classifier.holdings) == 500 * 7  # type: ignore[arg-type]  # that of the native engine has a length
    assert classifier.holdings.shared(500) == bytearray(500 // 8 + 2)
    assert classifier.holdings.holder("smtp:user7@d1.contoso.com") == 7
    assert classifier.holdings.holder("smtp:user@d1.contoso.com") is None


def held() -> Holdings:
    return Classifier(Judges(WHOLE, DomainList())).holdings


@pytest.mark.parametrize("chosen", [engine, "python"])
def test_holdings_tell_who_shares_what(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXYADDR_ENGINE", chosen)
    holdings = held()
    for place in range(20_000):  # texts that differ in two places only are the hardest for a hash
        holdings.add(f"smtp:user{place * 7919 % 100_003:06}.{place}@contoso.com", place)
    for place in range(40):
        holdings.add("smtp:all@contoso.com", 500 * place)
    holdings.add("smtp:own@contoso.com", 7)
    holdings.add("smtp:own@contoso.com", 7)
    shared = holdings.shared(20_000)
    assert [place for place in range(20_000) if shared[place >> 3] >> (place & 7) & 1] == list(range(0, 20_000, 500))
    assert holdings.holder("smtp:all@contoso.com") == SEVERAL
    assert holdings.holder("smtp:own@contoso.com") == 7
    assert holdings.holder("smtp:\ud800@contoso.com") is None


def messy(number: int) -> dict[str, Any]:
    """One of some thousand recipients, with every fault here and there, and what several share."""
    made = clean(number)
    other = clean(number * 7 // 8)
    match number % 23:
        case 3:
            made["proxyAddresses"][0] = made["proxyAddresses"][0].replace("SMTP", "smtp")
        case 5:
            made["proxyAddresses"].append(
                other["proxyAddresses"][0].replace("SMTP", "smtp").upper().replace("SMTP", "smtp")
            )
        case 7:
            made["mail"] = other["mail"]
        case 9:
            made["userPrincipalName"] = f"jané{number}@contoso.com"
        case 11:
            made["mailNickname"] = other["mailNickname"]
        case 13:
            made |= {"mailNickname": None, "displayName": " ", "legacyExchangeDN": other["legacyExchangeDN"]}
        case 15:
            made["proxyAddresses"] = [f"smtp:us er{number}@contoso.com"]
        case 17:
            made["id"] = None
    return made


MESSY = [messy(number) for number in range(3_000)]


def as_texts(made: dict[str, Any]) -> dict[str, Any]:
    return {name: ";".join(value) if isinstance(value, list) else value for name, value in made.items()}


def write(path: Path, form: str, rows: list[dict[str, Any]] = MESSY) -> Path:
    table = pa.Table.from_pylist(rows, SCHEMA)
    if form == "parquet":
        parquet.write_table(table, path, row_group_size=700)
    elif form == "arrow":
        with ipc.new_file(path, table.schema) as out:
            out.write_table(table, 700)
    elif form == "arrows":
        with ipc.new_stream(path, table.schema) as out:
            out.write_table(table, 700)
    elif form == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, SCHEMA.names)
            writer.writeheader()
            writer.writerows(map(as_texts, rows))
            file.write("a row,with too,few\n")
    else:
        path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


@pytest.mark.parametrize(
    ("form", "chosen"), [*product(["parquet", "arrow", "arrows", "csv", "json"], [engine]), ("parquet", "python")]
)
def test_every_form_of_a_file_finds_the_same(
    form: str, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXYADDR_ENGINE", chosen)
    monkeypatch.setattr(tables, "ROWS", 500)
    monkeypatch.setattr(column_source, "KEPT", 100)
    path = write(tmp_path / f"messy.{form}", form)
    assert isinstance(opened(path, DEFAULT_LIMITS), Audited if form == "json" else ColumnSource)
    found = px.audit(path, context=WHOLE)
    assert is_alike(found, one_by_one(path, context=WHOLE), tmp_path)
    assert len(found.counts) > 9
    assert (form == "csv") == bool(found.errors)


def test_files_of_several_forms_are_one_directory(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"messy.{form}", form, MESSY[:300]) for form in ("parquet", "csv")]
    assert is_alike(px.audit(paths), one_by_one(paths), tmp_path)
    paths.append(write(tmp_path / "messy.json", "json", MESSY[200:400]))
    assert is_alike(px.audit(paths), one_by_one(paths))


def test_an_attribute_that_one_file_lacks_is_missing_nowhere(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(list(map(clean, range(9))), SCHEMA)
    parquet.write_table(table, tmp_path / "one.parquet")
    parquet.write_table(table.drop_columns(["mail"]), tmp_path / "two.parquet")
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    found = px.audit(paths)
    assert is_alike(found, one_by_one(paths))
    assert "mail-differs-from-primary" not in found.counts


TEXT_LISTS = [
    "SMTP:jane@contoso.com;smtp:j@contoso.com",
    "SMTP:jane@contoso.com, smtp:j@contoso.com",
    "SMTP:jane@contoso.com;smtp:j@contoso.com;",
    "{SMTP:jane@contoso.com, smtp:j@contoso.com}",
    r"SMTP:jane@contoso.com;NOTES:Jane\;x",
    "SMTP:jane@contoso.com;NOTES:Jane;x:=y",
    "SMTP:jane@contoso.com;X400:C=US;DDA:SMTP=x",
    "SMTP:jane@contoso.com;CCMAIL:Doe; Jane",
    "",
]


@given(
    st.lists(st.sampled_from(TEXT_LISTS) | st.none(), min_size=1, max_size=4),
    st.sampled_from(["string", "large_string"]),
)
@example(["", None], "string_view")
def test_texts_of_several_addresses_are_taken_apart(texts: list[str | None], kind: str) -> None:
    columns = {"id": list(map(str, range(len(texts)))), "mail": ["jane@contoso.com"] * len(texts)}
    table = pa.table({**columns, "proxyAddresses": pa.array(texts, kind)})
    assert is_alike(px.audit(table), one_by_one(table))


def test_the_separator_is_told_by_the_first_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_source, "SAMPLE", 2)
    monkeypatch.setattr(reading, "SAMPLE", 2)
    table = pa.table({"id": ["1", "2", "3"], "proxyAddresses": [None, TEXT_LISTS[1], TEXT_LISTS[0]]})
    assert is_alike(px.audit(table), one_by_one(table))


def test_a_long_address_is_judged_each_time() -> None:
    address = f"IMCEAEX-{'_O=CONTOSO' * 60}@contoso.com"
    context = px.AuditContext(max_proxy_length=1_000)
    assert px.audit([{"id": "u", "proxyAddresses": [f"SMTP:{address}"], "mail": address}], context=context).counts == {
        "mail-too-long": 1
    }


def test_csv_without_a_good_row_has_errors_alone(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("id,proxyAddresses\na,b,c\n", "utf-8")
    assert is_alike(px.audit(path), one_by_one(path))
    assert px.audit(path).errors


def schema_of(**columns: pa.DataType) -> pa.Schema:
    return pa.schema({"id": pa.int64(), "proxyAddresses": pa.list_(pa.string()), **columns})


@pytest.mark.parametrize(
    "schema",
    [
        pa.schema({"id": pa.string(), "mail": pa.string()}),
        pa.schema({"ProxyAddress": pa.string(), "id": pa.string()}),
        pa.schema({"SMTP": pa.string(), "id": pa.string()}),
        schema_of(SMTP=pa.string()),
        schema_of(EmailAddresses=pa.string()),
        schema_of(proxyAddresses_1=pa.string()),
        schema_of(mail=pa.list_(pa.string())),
        schema_of(homeMDB=pa.int64()),
        schema_of(recipientType=pa.float64()),
        schema_of(objectClass=pa.int64()),
    ],
    ids=str,
)
def test_columns_that_are_to_be_put_together_are_read_object_by_object(schema: pa.Schema) -> None:
    assert Layout.of(schema) is None
    assert isinstance(opened(schema.empty_table(), DEFAULT_LIMITS), Audited)


def test_dictionaries_numbers_and_other_layouts_are_columns() -> None:
    table = pa.Table.from_pylist(MESSY[:200], SCHEMA)
    table = table.drop_columns(["recipientTypeDetails"])
    table = table.append_column("msExchRecipientTypeDetails", pa.array([1, 128, None, 64] * 50))
    table = table.append_column("EmailAddress", table["mail"].cast(pa.large_string()))
    for name in ("mail", "displayName"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].dictionary_encode())
    lists = pc.cast(table["proxyAddresses"], pa.large_list(pa.large_string()))
    table = table.set_column(table.schema.get_field_index("proxyAddresses"), "proxyAddresses", lists)
    assert isinstance(opened(table, DEFAULT_LIMITS), ColumnSource)
    assert is_alike(px.audit(table), one_by_one(table))
    assert is_alike(px.audit(table.to_batches()[0]), one_by_one(table))
    assert is_alike(px.audit(table.to_reader()), one_by_one(table))
    views = pc.cast(lists, pa.list_(pa.string())).combine_chunks().cast(pa.list_(pa.string_view()))
    seen = table.set_column(table.schema.get_field_index("proxyAddresses"), "proxyAddresses", views)
    assert isinstance(opened(seen, DEFAULT_LIMITS), ColumnSource)
    assert is_alike(px.audit(seen), one_by_one(table))


def test_kinds_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.auditing.classes._KEPT_KINDS", 0)
    monkeypatch.setattr(tables, "ROWS", 50)
    table = pa.Table.from_pylist(MESSY[:200], SCHEMA)
    assert is_alike(px.audit(table), one_by_one(table))


@pytest.mark.parametrize(
    ("classes", "users"),
    [
        ([None, ["user", None]], ["u1"]),
        ([["user", None], None], ["u0"]),
        ([["top\x1fuser"], ["top", "user"]], ["u1"]),
        ([["top", "user"], ["top\x1fuser"]], ["u0"]),
        ([["top", "user"], None, ["top", "user"]], ["u0", "u2"]),
    ],
)
def test_objects_of_two_kinds_are_never_taken_for_one(classes: list[list[str] | None], users: list[str]) -> None:
    """Nothing in a list, and characters in a value, are told from no list and from what separates values."""
    plain = {"recipientTypeDetails": None, "userPrincipalName": None, "targetAddress": None}
    made = [clean(number) | plain | {"objectClass": words} for number, words in enumerate(classes)]
    found = px.audit(pa.Table.from_pylist(made, SCHEMA))
    assert [(each.object, each.rule) for each in found.findings] == [(user, "upn-missing") for user in users]


def test_damaged_data_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "messy.parquet", "parquet")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(px.ConfigurationError, match="cannot be read"):
        px.audit(path)
    path.write_bytes(data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :])
    with pytest.raises(px.ConfigurationError, match="cannot be read"):
        px.audit(path)
    text = pa.array([b"SMTP:a\xff@contoso.com"]).cast(pa.string(), safe=False)
    with pytest.raises(px.ConfigurationError, match="cannot be read"):
        px.audit(pa.table({"proxyAddresses": text}))

    def broken() -> Iterator[pa.RecordBatch]:
        raise OSError("broken off")
        yield  # so that it is a generator

    with pytest.raises(px.ConfigurationError, match="broken off"):
        px.audit(pa.RecordBatchReader.from_batches(SCHEMA, broken()))
    with pytest.raises(px.ConfigurationError) as refused:
        px.audit(pa.Table.from_pylist(MESSY, SCHEMA), limits=px.Limits(file_rows=2_999))
    assert refused.value.code == "too-many-rows"


def test_what_can_not_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "messy.parquet", "parquet", MESSY[:9])

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(px.ConfigurationError, match="cannot be read"):
        px.audit(tmp_path)
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(px.ConfigurationError, match="Permission denied"):
        px.audit(path)


def test_without_pyarrow_files_are_read_object_by_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "messy.csv", "csv", MESSY[:100])
    monkeypatch.setattr("proxyaddr.auditing.sources.find_spec", lambda _: None)
    assert isinstance(opened(path, DEFAULT_LIMITS), Audited)
    assert is_alike(px.audit(path), one_by_one(path))


def test_a_file_without_rows_has_no_objects(tmp_path: Path) -> None:
    for form in ("parquet", "arrow"):
        assert is_alike(px.audit(write(tmp_path / form, form, [])), one_by_one(tmp_path / form))


def test_half_of_a_surrogate_pair_is_audited_object_by_object(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = write(tmp_path / "messy.csv", "csv")
    monkeypatch.setattr(
        "proxyaddr._files.objects.octets_as_text", lambda text, _: text.replace("user7@", "\ud800@"), raising=True
    )
    assert isinstance(opened(path, DEFAULT_LIMITS), Audited)


@pytest.mark.unmeasured
@pytest.mark.parametrize("piece", ["a", "ab", "abcdefghij"])
@pytest.mark.parametrize("in_columns", [False, True])
def test_work_grows_no_faster_than_the_objects(piece: str, *, in_columns: bool) -> None:
    def audit(size: int) -> Callable[[], object]:
        made = [messy(number) | {"mail": f"{piece[number % len(piece)]}@contoso.com"} for number in range(size)]
        directory: object = pa.Table.from_pylist(made, SCHEMA) if in_columns else made
        return lambda: px.audit(directory, context=WHOLE)

    lines_run(audit(100))  # loads and compiles what is needed once
    first, second, third = (lines_run(audit(size)) for size in (100, 200, 400))
    assert third - second <= 2.3 * (second - first) + 600, f"{first}, {second}, {third}"
