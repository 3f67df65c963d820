"""Threads and processes that share parsers, tables, matchers and services get the answers that one thread gets."""

from __future__ import annotations

import ast
import multiprocessing
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Barrier

import pyarrow as pa
import pytest

import proxyaddr as px
from proxyaddr.matcher.engines import is_installed

THREADS = 32
ROUNDS = 2

SPACES = [
    "SMTP:*@contoso.com;1",
    "SMTP:*@*.contoso.com",
    "SMTP:a*b%c@x",
    "X400:c=us;a= ;p=Org",
    "EX:/o=Org",
    "SMTP:;9",
]
ADDRESSES = [
    "jane@contoso.com",
    "jane@mail.contoso.com",
    "aXbYc@x",
    "X400:c=US;a= ;p=Org;s=Doe",
    "EX:/o=org/ou=site/cn=x",
    "é@bücher.de",
    "FAX:1",
]
TEXTS = [
    "[SMTP:a@b.de]",
    "Jane <jane@contoso.com>",
    "smtp:x@y.de",
    "[",
    "X400:c=US;a= ;p=Org;s=Doe;",
    "[FAX:1]",
    "\u202e",
]


@cache  # nothing is parsed before the tests run: some start where no grammar is compiled
def shared() -> tuple[px.RoutingTable, px.InternetMailService]:
    """Return the table and the service that all threads ask."""
    table = px.RoutingTable([px.Route(px.AddressSpace.parse(space), f"c{n}") for n, space in enumerate(SPACES)])
    directory = px.Directory([px.Recipient("Jane", ["SMTP:jane@contoso.com", "smtp:j@contoso.com"])])
    return table, px.InternetMailService(site_domain="contoso.com", directory=directory, address_spaces=["SMTP:*"])


@pytest.fixture
def matcher() -> px.Matcher:
    """Return a matcher of the native engine."""
    if not is_installed("native"):
        pytest.skip("there was no C compiler")
    return shared()[0].compile(engine="native")


def answers(table: px.RoutingTable | None = None, matcher: px.Matcher | None = None) -> list[object]:
    """Return what every public function says, as values that compare and pickle."""
    shared_table, service = shared()
    table = table or shared_table
    found: list[object] = []
    for text in TEXTS:
        try:
            address = px.parse(text)
            found += [str(address), address.comparison_key, [finding.code for finding in address.validate()]]
            outcome = service.resolve(address)
            found += [outcome.delivered, outcome.rule]
        except px.AddressSyntaxError as error:
            found.append((error.code, error.span))
    parsed = px.parse_proxies(";".join([*TEXTS, *ADDRESSES]))
    found += [str(parsed), [error.code for error in parsed.errors]]
    found += [[address.value for address in px.parse_recipients("; ".join(ADDRESSES))]]
    for form in ("exchange", "rfc1685", "rfc2156"):
        found.append(px.X400Address.parse("c=US;a= ;p=Org;o=Site;s=Doe;").format(form))
    found.append(px.decapsulate(px.encapsulate("FAX", "+1 555", "contoso.com")).value)
    found += [table.route_index(address) for address in ADDRESSES]
    if matcher is not None:
        found += [matcher.match(address) for address in ADDRESSES]
        found += list(matcher.match_many([*ADDRESSES, None] * 50))
    return found


def together(ask: Callable[[], object]) -> list[object]:
    """Return what each of 32 threads got that started at the same moment and were switched as often as can be."""
    start = Barrier(THREADS)

    def work(_: int) -> list[object]:
        start.wait()
        return [ask() for _ in range(ROUNDS)]

    kept = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return [found for of_thread in pool.map(work, range(THREADS)) for found in of_thread]
    finally:
        sys.setswitchinterval(kept)


def test_threads_that_share_everything(engine: str) -> None:
    matcher = shared()[0].compile()
    expected = answers(matcher=matcher)
    assert all(found == expected for found in together(lambda: answers(matcher=matcher)))


@pytest.mark.unmeasured
def test_threads_that_are_the_first_to_ask(engine: str) -> None:
    columns = px.RoutingTable.from_columns(
        ["SMTP"] * 300, [f"*@d{n}.de" for n in range(300)], [1] * 300, [f"c{n}" for n in range(300)]
    )
    asked = [f"a@d{n}.de" for n in range(0, 300, 50)]

    def ask() -> list[int]:
        routes = columns.routes  # made on first use
        assert len(routes) == 300
        return [columns.route_index(address) for address in asked] + [columns.compile().match(asked[1])]

    assert all(found == [0, 50, 100, 150, 200, 250, 50] for found in together(ask))


def first_answers() -> list[object]:
    """Return what threads get of which the first to ask compiles a grammar; run in a process of its own."""
    return together(answers)


def test_threads_that_compile_the_grammars() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(first_answers).result()
    assert found == [answers()] * (THREADS * ROUNDS)


@pytest.mark.unmeasured
def test_native_threads_in_threads(matcher: px.Matcher) -> None:
    column = ADDRESSES * 2_000
    expected = list(matcher.match_many(column, threads=1))

    def ask() -> bool:
        return list(matcher.match_many(column, threads=3)) == expected

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(lambda _: ask(), range(THREADS)))


def test_threads_that_share_the_rows_of_a_column(matcher: px.Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxyaddr.matcher.native.ROWS_AT_ONCE", 3)  # many turns to miss
    column = ADDRESSES * 100
    expected = list(matcher.match_many(column, threads=1))
    assert all(found == expected for found in together(lambda: list(matcher.match_many(column, threads=3))))


def test_threads_that_export_a_column(matcher: px.Matcher) -> None:
    column = matcher.match_many(ADDRESSES)
    address, length = column.buffer_info()

    def export() -> bool:
        arrays = [pa.array(column) for _ in range(50)]
        return all((len(array), array.buffers()[1].address) == (length, address) for array in arrays)

    assert all(together(export))


def test_native_modules_need_no_gil() -> None:
    sources = list(Path(str(px.__file__)).parent.glob("native/*.pyx"))
    if not sources:
        pytest.skip("the sources of the native engine are not here")
    assert all("freethreading_compatible=True" in source.read_text("utf-8").splitlines()[0] for source in sources)


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python always has the GIL")
def test_native_modules_leave_the_gil_off() -> None:
    modules = "proxyaddr.columns._native_columns, proxyaddr.matcher._native, proxyaddr.matcher._native_arrow"
    modules += ", proxyaddr.auditing._native_audit"
    loaded = f"import sys, {modules}; sys.exit(sys._is_gil_enabled())"
    subprocess.run([sys.executable, "-W", "error", "-c", loaded], check=True, timeout=60)


def in_process(given: tuple[px.RoutingTable, px.Matcher]) -> list[object]:
    """Return what a process of its own gets from the table and the matcher that were sent to it."""
    return answers(*given)


def test_processes(engine: str) -> None:
    table, _ = shared()
    matcher = table.compile()
    expected = answers(matcher=matcher)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(in_process, [(table, matcher)] * 4)) == [expected] * 4


EMPTY = {"{}", "[]", "set()", "dict()", "list()"}
"""Values that a module could fill later, and so keep state."""


def assigned(file: Path) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a module assigns when it is loaded, each with its value."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value


def test_no_module_keeps_state() -> None:
    package = Path(str(px.__file__)).parent
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package).as_posix()
        nodes = ast.walk(ast.parse(file.read_text("utf-8")))
        assert not any(isinstance(node, ast.Global) for node in nodes), f"{name}: global"
        assert not [target for target, value in assigned(file) if ast.unparse(value) in EMPTY], name
