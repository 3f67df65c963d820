"""The documentation as it is built: every link leads somewhere, and a browser shows pages, navigation and search."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

from proxyaddr.rulebook import CODE, DELIVERY, entries
from tests.browser import shown

pytest.importorskip("sphinx", reason="the extra docs is not installed")
pytest.importorskip("furo", reason="the extra docs is not installed")

ROOT = Path(__file__).parents[3]


class Page(HTMLParser):
    """The links of a page, what it loads, and the names that links may lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name == "id":
                self.names.add(value)
            if value and (tag, name) in {("link", "href"), ("script", "src"), ("img", "src")}:
                self.loaded.append(value)
            elif value and (tag, name) == ("a", "href"):
                self.links.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the documentation, from a copy of its sources, with warnings as errors."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("_build", "__pycache__"))
    for name in ("benchmarks/README.md", "proxyaddr/ARCHITECTURE.md", "CHANGELOG.md"):  # pages include them
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", "site"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=1_200, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site on a loopback port."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = {file: Page(file.read_text("utf-8")) for file in site.rglob("*.html")}
    assert len(pages) > len(entries())
    broken = []
    for file, page in pages.items():
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            fragment = unquote(parts.fragment)
            if not target.is_file() or (fragment and target in pages and fragment not in pages[target].names):
                broken.append(f"{file.relative_to(site)}: {link}")
    assert broken == []


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert not [link for link in Page(file.read_text("utf-8")).loaded if urlsplit(link).netloc], file


def test_the_browser_shows_the_front_page_and_its_navigation(address: str, tmp_path: Path) -> None:
    page = shown(f"{address}/index.html", tmp_path)
    for title in ("For administrators", "For data engineers", "Files in bulk", "Codes of errors and findings"):
        assert title in page


@pytest.mark.parametrize("kind", [DELIVERY, CODE])
def test_the_browser_shows_the_page_of_a_rule(address: str, kind: str, tmp_path: Path) -> None:
    entry = next(entry for entry in entries() if entry.kind == kind and entry.remedy and entry.source)
    folder = {DELIVERY: "delivery", CODE: "codes"}[kind]
    page = shown(f"{address}/reference/{folder}/{entry.slug}.html", tmp_path)
    assert f"<h1>{entry.name}" in page
    assert entry.source in page


def test_the_search_finds_a_code(address: str, tmp_path: Path) -> None:
    page = shown(f"{address}/search.html?q=two-primaries", tmp_path)
    assert "reference/codes/two-primaries.html" in page
