"""The page of a run: what it says of the run, its size, what a browser lets it do, and how it fits a narrow window."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import pytest

import proxyaddr
from proxyaddr.cli.main import main
from tests.browser import Page, shown

LARGEST = 1_500_000
SPACES = "type,pattern,cost,connector\nSMTP,*@contoso.com,1,Internet Mail\nSMTP,*@@,x,Bad\nSMTP,,\n"
ROUTE = ["route", "--spaces", "spaces.csv"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spaces.csv").write_text(SPACES, "utf-8")
    Path("in.txt").write_text("jane@contoso.com\n" * 1500 + "joe@fabrikam.example\n", "utf-8")
    return tmp_path


def text_of(name: str = "page.html") -> str:
    return Path(name).read_text("utf-8")


def facts(name: str = "page.html") -> dict[str, list[str]]:
    found = re.findall(r'<dt>([^<]*)</dt><dd class="\w+">(.*?)</dd>', text_of(name))
    return {key: [html.unescape(line) for line in value.split("<br>")] for key, value in found}


def table(title: str, name: str = "page.html") -> list[tuple[str, str]]:
    section = text_of(name).partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]
    return [
        (html.unescape(cell), count) for cell, count in re.findall(r"<tr><t[hd]>(.*?)</t.><t[hd]>(.*?)</t.>", section)
    ]


def test_the_page_says_what_was_run(folder: Path) -> None:
    line = [*ROUTE, "--in", "in.txt", "--report", "page.html", "--prefix", "a b<c>"]
    assert main(line) == 2
    found = facts()
    assert list(found) == ["Date", "Command", "Inputs", "Routing table", "Unread lines", "Version"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", found["Date"][0])
    assert found["Command"] == [
        "proxyaddr route --spaces spaces.csv --in in.txt --report page.html --prefix 'a b<c>'",
    ]
    assert found["Inputs"] == ["in.txt"]
    assert found["Routing table"] == ["spaces.csv: 1 route, dialect exchange55"]
    assert found["Unread lines"] == [
        "2",
        "spaces.csv, line 3: invalid route [bad-cost]: a cost is from 1 to 100",
        "spaces.csv, line 4: 3 fields where the header has 4",
    ]
    assert found["Version"] == [f"proxyaddr {proxyaddr.__version__}"]


def test_without_out_nothing_but_the_report_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ROUTE, "--in", "in.txt", "--report", "page.html", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["routed"] == 1500
    assert sorted(path.name for path in folder.iterdir()) == ["in.txt", "page.html", "spaces.csv"]


def test_without_out_an_input_may_have_columns_of_the_added_names(folder: Path) -> None:
    Path("in.csv").write_text("email,error\na@contoso.com,x\n[bad,y\n", "utf-8")
    line = ["parse", "--in", "in.csv", "--column", "email", "--report", "page.html"]
    assert main(line) == 2
    assert table("Rows with an error, by code") == [("code", "rows"), ("unbalanced-brackets", "1")]
    assert main([*line, "--out", "out.csv"]) == 2
    assert not Path("out.csv").exists()


def test_without_out_bad_rows_may_be_put_aside(folder: Path) -> None:
    Path("in.csv").write_text("email\na@contoso.com\n[bad\n", "utf-8")
    assert main(["parse", "--in", "in.csv", "--column", "email", "--report", "p.html", "--rejects", "bad.csv"]) == 2
    assert Path("bad.csv").read_text("utf-8").splitlines()[1:] == ['"[bad",2,"in.csv","unbalanced-brackets"']


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--in needs --out or --report"),
        (["--report", "page.html", "--out-format", "csv"], "--out-format needs --out"),
        (["--report", "page.html", "--compression", "zstd"], "--compression needs --out"),
        (["--report", "page.html", "--raw-csv"], "--raw-csv needs --out"),
    ],
)
def test_options_that_need_an_output(
    arguments: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ROUTE, "--in", "in.txt", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not Path("page.html").exists()


def test_of_many_inputs_the_first_are_named(folder: Path) -> None:
    for number in range(12):
        Path(f"part{number:02}.txt").write_text("x@contoso.com\n", "utf-8")
    assert main(["parse", "--in", "part*.txt", "--report", "page.html"]) == 0
    assert facts()["Inputs"] == [*(f"part{number:02}.txt" for number in range(10)), "and 2 more"]
    assert "Routing table" not in facts()


def test_domains_keep_their_end_and_tables_the_whole(folder: Path) -> None:
    domain = "mail." + "department-of-many-words." * 3 + "example.contoso.com"
    Path("in.txt").write_text(f"a@{domain}\n" * 1234 + "b@=1+1\n", "utf-8")
    assert main([*ROUTE, "--in", "in.txt", "--report", "page.html"]) == 2
    assert f"<span>…{domain[-39:]}</span>" in text_of()
    # Copied into a spreadsheet, no value is a formula and every number is one in any country.
    assert table("Unrouted rows by domain") == [("domain", "rows"), (domain, "1234"), ("'=1+1", "1")]


def test_the_page_stays_small_whatever_the_data(folder: Path) -> None:
    names = [f"{number}" + "&'\u202e" * 8000 for number in range(40)]
    Path("in.txt").write_text("".join(f"a@{n}.example\na@{name}\n" for n, name in enumerate(names)), "utf-8")
    routes = "".join(f"SMTP,*@{n}.example,1,{name}\nSMTP,x@@,y,z\n" for n, name in enumerate(names))
    Path("spaces.csv").write_text(f"type,pattern,cost,connector\n{routes}", "utf-8")
    assert main([*ROUTE, "--in", "in.txt", "--report", "page.html", "--prefix", names[0]]) == 2
    assert len(table("Routed rows by connector")) == len(table("Unrouted rows by domain")) == 22
    assert Path("page.html").stat().st_size < LARGEST < 2 * sum(map(len, names))
    assert len(facts()["Unread lines"]) == 11


def test_the_policy_allows_the_style_of_the_page_alone(folder: Path) -> None:
    assert main([*ROUTE, "--in", "in.txt", "--report", "page.html"]) == 2
    page = text_of()
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    assert not [attributes for _, attributes in Page(page).elements if "style" in attributes]


def test_a_narrow_window_needs_no_sideways_scrolling(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    long = "x" * 300
    Path("in.txt").write_text(f"a@{long}.example\n{long}:y\njane@contoso.com\n" * 5000, "utf-8")
    Path("spaces.csv").write_text(f"{SPACES}SMTP,*@{long},x{long},{long}\n", "utf-8")
    assert main([*ROUTE, "--in", "in.txt", "--report", "page.html", "--prefix", long]) == 2
    # The page runs no script: another one shows it in a frame of that width, and measures it.
    measure = "const d = frames[0].document; document.title = `${d.documentElement.scrollWidth} ${d.body.offsetWidth}`"
    Path("frame.html").write_text(
        f'<iframe src="page.html" width="420" height="900" style="border: 0"></iframe>'
        f"<script>onload = () => {{ {measure} }}</script>",
        "utf-8",
    )
    profile = tmp_path_factory.mktemp("profile")
    document = shown(Path("frame.html").absolute().as_uri(), profile, "--allow-file-access-from-files")
    title = re.search(r"<title>(\d+) (\d+)</title>", document)
    assert title is not None, document
    scrolled, width = map(int, title.groups())
    assert scrolled <= 420
    assert width <= 420
