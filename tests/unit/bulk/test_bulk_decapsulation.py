"""Files through `decapsulate`, and columns whose type is given: the same answers as for single texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main

Answers = Callable[..., tuple[int, list[dict[str, Any]]]]

LEGACY = "IMCEAEX-_O=CONTOSO_OU=First+20Site_cn=Recipients_cn=john+5Fjacob@contoso.com"
ENCAPSULATED = [
    LEGACY,
    "IMCEAX500-_o=A_ou=B_cn=c@contoso.com",
    "IMCEAFAX-1@contoso.com",
    "IMCEASMTP-joe+40fabrikam+2Ecom@contoso.com",
    "IMCEAEX-_o=A_cn=d@contoso.com",
    "IMCEAEX-_o=A_ou=B_cn=" + "c" * 65 + "@contoso.com",
    "IMCEAEX-_o=A_ou=B_cn=c",
    "IMCEAEX-_o=A_ou=B_cn=+E9@contoso.com",
    f"Your message to <{LEGACY}> was returned",
    f"{LEGACY} {LEGACY}",
    "hello",
    "IMCEA-x@contoso.com",
    "IMCEAEX-_o=A_ou=B_cn=c@contoso.com?subject=x",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["native", "python"])
def answers(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """A function that runs a command over a column of texts with one engine, and returns its status and its rows."""
    monkeypatch.setenv("PROXYADDR_ENGINE", request.param)

    def run(texts: list[str | None], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
        files = ["--in", "in.jsonl", "--column", "text", "--out", "out.jsonl"]
        status = main([arguments[0], *files, *arguments[1:]])
        return status, [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]

    return run


@pytest.mark.parametrize("options", [(), ("--tolerant",)])
@pytest.mark.parametrize("text", ENCAPSULATED)
def test_a_cell_has_the_answer_of_a_single_text(
    text: str, options: tuple[str, ...], answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = main(["decapsulate", "--json", *options, text])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    status, (row, _, blank) = answers([text, LEGACY, None], "decapsulate", *options)
    assert status == alone
    if "error" in printed[0]:
        assert row["error"] == printed[0]["error"]["code"]
        assert row["findings"] is None
    else:
        assert {key: row[key] for key in ("type", "value", "domain", "proxy", "error")} == {
            **{key: printed[0][key] for key in ("type", "value", "domain", "proxy")},
            "error": None,
        }
        assert row["findings"] == [found["code"] for found in printed[0]["findings"]]
    assert set(blank.values()) == {None}


def test_a_cell_with_several_addresses_is_a_bad_row(answers: Answers) -> None:
    status, (row,) = answers([f"{LEGACY} IMCEAFAX-1@contoso.com"], "decapsulate")
    assert (status, row["error"], row["value"]) == (2, "several-addresses", None)


def test_the_summary_counts_addresses_proxies_and_findings(
    answers: Answers, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(
        [LEGACY, "IMCEAFAX-1@contoso.com", "IMCEAEX-_o=A_cn=d@contoso.com", "x"], "decapsulate", "--report", "r.html"
    )
    shown = capsys.readouterr().err.splitlines()
    assert shown[:4] == [
        "4 rows",
        "3 decapsulated (EX 2, FAX 1)",
        "1 with a proxy",
        "1 finding of severity error (dn-order 1)",
    ]
    assert "<td>dn-order</td>" in (folder / "r.html").read_text("utf-8")


TYPED = {
    "legacyExchangeDN": [
        "/o=A/ou=B/cn=c",
        "/o=A/ou=B, C/cn=c;d",
        "EX:/o=A/ou=B/cn=c",
        "SMTP:a@b.com",
        "/o=A",
        " ",
        "a@b.com",
    ],
    "X400": ["c=US;a= ;p=Org;o=O;s=Doe;", "/C=US/A= /P=Org/S=Doe", "c=USA;a= ;p=x;"],
    "SMTP": ["a@contoso.com", "SMTP:a@contoso.com", "a@b..c", "Jane <a@b.com>", "junk", "X500:/o=A/ou=B/cn=c"],
    "notes": ["Jane Doe/Sales@Contoso", "a; b@c"],
}


@pytest.mark.parametrize("kind", TYPED)
def test_a_column_of_a_type_has_the_answers_of_single_values(kind: str, answers: Answers) -> None:
    status, found = answers([*TYPED[kind], None], "parse", "--type", kind)
    wanted: list[tuple[object, ...]] = []
    for text in TYPED[kind]:
        try:
            address = px.parse(text, type=kind)
        except px.AddressSyntaxError as error:
            wanted.append((None, None, None, None, error.code))
        else:
            codes = [each.code for each in address.validate()]
            wanted.append((address.type, address.value, getattr(address, "is_primary", None), codes, None))
    columns = ("type", "value", "is_primary", "findings", "error")
    assert [tuple(row[name] for name in columns) for row in found] == [*wanted, (None,) * 5]
    assert status in (0, 1, 2)


def test_cells_of_a_type_are_not_split(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = answers(["SMTP:a@contoso.com;SMTP:b@contoso.com"], "parse", "--type", "SMTP")
    assert len(found) == 1
    assert answers(["SMTP:a@contoso.com;SMTP:b@contoso.com"], "parse", "--type", "SMTP", "--no-list")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--type", "!"], "not an address type"),
        (["--type", "EX", "--list"], "--type is for single addresses"),
        (["--recipients"], "--recipients is for single inputs"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "in.csv").write_text("mail\na@b\n", "utf-8")
    assert main(["parse", "--in", "in.csv", "--out", "out.csv", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "out.csv").exists()
