"""The page of a run, as a browser shows it: what it holds, and that data stays text."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxyaddr.bulk.tally import Tally
from proxyaddr.cli.main import main
from tests.browser import Page, shown

HOSTILE = {
    "domain": '<img/src=x/onerror="document.title=`taken`">.example',
    "bold": "<b>bold</b>&lt;i&gt;.example",
    "link": "<a/href=javascript:taken()>.example",
    "tex": "$\\alpha$.example",
    "type": "&lt;B&gt;",
}
SPACES = (
    "type,pattern,cost,connector\n"
    "SMTP,*@contoso.com,1,Internet Mail <script>document.title='taken'</script>\n"
    "SMTP,*@*.contoso.com,2,Gateway\nX400,*,1,X.400 & more\n"
)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    addresses = ["jane@contoso.com"] * 1203 + ["joe@eu.contoso.com"] * 17 + ["X400:c=US;a= ;p=Org;"] * 5 + ["[bad"] * 4
    addresses += ["FAX:+1"] * 6 + [f"{HOSTILE['type']}:x"] * 3 + ["NOTES:jane@acme"] * 2 + [""]
    for place, name in enumerate(("domain", "bold", "link", "tex")):
        addresses += [f"[SMTP:user@{HOSTILE[name]}]"] * (30 + place)
    (folder / "in.txt").write_text("".join(f"{text}\n" for text in addresses), "utf-8")
    (folder / "spaces.csv").write_text(SPACES, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        line = ["route", "--spaces", "spaces.csv", "--in", "in.txt", "--out", "out.parquet", "--report", "page.html"]
        line.append("--lenient")  # so that a type of markup reaches the page
        assert main(line) == 2
    return folder / "page.html"


@pytest.fixture(scope="module")
def page(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(shown(html.as_uri(), tmp_path_factory.mktemp("profile")))


def test_the_page_shows_the_figures_of_the_run(page: Page) -> None:
    start = page.texts.index("rows read")
    cards = dict(zip(page.texts[start : start + 10 : 2], page.texts[start + 1 : start + 10 : 2], strict=True))
    assert cards == {
        "rows read": "1,367",
        "rows routed to a connector": "1,225",
        "rows without a route: NDR": "137",
        "rows without an address": "1",
        "rows with an error": "4",
    }


@pytest.mark.parametrize(
    ("title", "bars"),
    [
        (
            "Routed rows by connector",
            [("Internet Mail <script>document.title='t…", "1,203"), ("Gateway", "17"), ("X.400 & more", "5")],
        ),
        ("Routed rows by kind of match", [("wildcard", "1,225")]),
        ("Rows with an error, by code", [("unbalanced-brackets", "4")]),
        ("Unrouted rows by type", [("SMTP", "126"), ("FAX", "6"), ("&LT;B&GT;", "3"), ("NOTES", "2")]),
        (
            "Unrouted rows by domain",
            [(HOSTILE["tex"], "33"), (HOSTILE["link"], "32"), (HOSTILE["bold"], "31"), (HOSTILE["domain"], "30")],
        ),
    ],
)
def test_a_chart_shows_its_bars_as_text(title: str, bars: list[tuple[str, str]], page: Page) -> None:
    texts = page.texts[page.texts.index(title) + 1 :]
    for label, count in bars:
        shown = label if len(label) <= 40 else "…" + label[-39:]
        assert shown in texts, (shown, texts)
        assert count in texts
    places = [texts.index(count) for _, count in bars]
    assert places == sorted(places)  # the longest first


def test_data_is_text_and_never_an_element(page: Page) -> None:
    assert page.texts[0] == "proxyaddr route"
    for tag, attributes in page.elements:
        assert tag not in {"img", "b", "i", "iframe"}, attributes
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert "javascript:" not in str(attributes.get("href") or attributes.get("xlink:href"))


def test_the_page_loads_nothing(html: Path) -> None:
    text = html.read_text("utf-8")
    assert "http" not in text.replace("http-equiv", "")
    found = Page(text).elements
    assert {"section", "dl", "table"} <= {tag for tag, _ in found}
    assert not {"script", "link"} & {tag for tag, _ in found}
    assert not [(tag, attributes) for tag, attributes in found if attributes.keys() & {"src", "href", "data"}]


def test_no_half_page_when_the_run_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("email,error\na@b,x\n")
    (tmp_path / "page.html").write_text("old")
    line = ["parse", "--in", "in.csv", "--column", "email", "--out", "out.csv", "--report", "page.html"]
    assert main(line) == 2
    assert (tmp_path / "page.html").read_text() == "old"
    assert main([*line, "--prefix", "x_"]) == 0
    assert "Rows by type" in (tmp_path / "page.html").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv", "page.html"]


def test_a_tally_is_bounded_and_says_when_it_is_not_exact() -> None:
    tally = Tally(10)
    for number in range(100):
        tally.add({"often": 2, f"seldom {number}": 1})
    assert tally.total() == 300
    assert tally.most_common(1) == {"often": 200, "(others)": 100}
    assert len(tally.most_common()) <= 11
    assert not tally.is_exact
    exact = Tally(10)
    exact.add({"b": 1, "a": 1, "c": 5})
    assert (list(exact.most_common()), exact.is_exact) == (["c", "a", "b"], True)
