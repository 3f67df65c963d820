"""The project's checks, one nox session each: `nox --list` names them, `nox -s lint` runs one from a clean checkout.

A session makes its own virtual environment and installs only what it needs. With `nox --no-venv` it installs nothing
and uses the environment of the caller, which then holds the package with its `test` extra: `.ci/run` does that, so that
the package is built once for all checks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.4.15"
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")["project"]

INSTALL_AND_TRY = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/proxyaddr resolve"
    ' --override-proxy-out SMTPOUT --site-domain internal.domain.com "[SMTPOUT:user@internal.domain.com]"'
)
INSTALL_AND_TEST = '.venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest'
"""The two commands of README.md, word for word."""

CONFORMANCE = ROOT.parent / "shared" / "conformance"
"""Cases that are kept outside this repository; the `conformance` session skips where they are missing."""

FIELD_AREAS: tuple[str, ...] = (
    *("one_off", "parse_one", "recipient_list", "proxy_list", "x400"),
    *("address_space", "route", "gwart", "command"),
)
NEXT_AREAS: tuple[str, ...] = ("audit",)
"""The areas of the folders `field` and `next` beside the conformance cases that the package passes completely."""

ON_ALL_CORES = {"PYTEST_ADDOPTS": "--numprocesses=auto --dist=loadfile"}
"""Has pytest run the files of tests side by side, one process for each core (pytest-xdist)."""

NATIVE = Path("proxyaddr/native")
SANITIZED = (
    ("fuzz_kernel", "-UPROXYADDR_SCALAR", ("building.c", "look_ups.c")),
    ("fuzz_kernel", "-DPROXYADDR_SCALAR", ("building.c", "look_ups.c")),  # as for processors without SSE2
    ("fuzz_columns", "-UPROXYADDR_SCALAR", ("forms.c", "route_kinds.c")),
    ("fuzz_recipients", "-UPROXYADDR_SCALAR", ("recipients.c", "holdings.c")),
)
"""Programs of tests/native, each with a flag of the compiler and the native sources that it calls."""

SANITIZER_FLAGS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DSTANDALONE")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, without those of the wheel; arguments after `--` go to pytest."""
    _install_package(session, "test")
    session.run("python", "-m", "pytest", *session.posargs, env=ON_ALL_CORES)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and require that they cover every branch of the package, subprocesses included."""
    _install_package(session, "test")
    session.run("coverage", "erase")
    session.run("python", "-m", "pytest", env=_measuring_coverage(ROOT))
    _report_coverage(session)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the rules of ruff and the format of the code."""
    if session.venv_backend != "none":
        session.install(next(line for line in PROJECT["optional-dependencies"]["test"] if line.startswith("ruff")))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package, the tests and the benchmarks with mypy."""
    _install_package(session, "test", native=False)
    session.run("mypy")
    session.run("mypy", "--python-executable", sys.executable, "noxfile.py")  # nox is where this runs


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and the source distribution, and test them in fresh environments."""
    _install_package(session, "test", native=False)
    session.run("python", "-m", "pytest", "-m", "wheel")


@nox.session(venv_backend="none")
def sanitizers(session: nox.Session) -> None:
    """Run random inputs through the C sources under sanitizers, and compare the answers with and without SSE2."""
    build = (*os.environ.get("CC", "cc").split(), *SANITIZER_FLAGS)
    with tempfile.TemporaryDirectory() as folder:
        nothing = Path(folder, "nothing.c")
        nothing.write_text("int main(void) { return 0; }\n")
        try:
            session.run(*build, str(nothing), "-o", f"{folder}/nothing")
        except CommandFailed:
            session.skip("there is no C compiler with sanitizers")
        for program, flag, sources in SANITIZED:
            files = (f"tests/native/{program}.c", *(str(NATIVE / source) for source in sources))
            session.run(*build, flag, f"-I{NATIVE}", *files, "-o", f"{folder}/{program}{flag}")
            session.run(f"{folder}/{program}{flag}", "10", str(int(time.time())))  # ten seconds, a new seed each time
        digests = []
        for flag in ("-UPROXYADDR_SCALAR", "-DPROXYADDR_SCALAR"):
            printed = session.run(f"{folder}/fuzz_kernel{flag}", "600", "7", "2000", silent=True)  # seed 7, 2000 inputs
            digests.append(str(printed).partition("answers")[2].strip())
        if not digests[0] or digests[0] != digests[1]:
            session.error(f"the kernel answers otherwise without SSE2: {digests}")


@nox.session
def work(session: nox.Session) -> None:
    """Count the machine instructions of public calls for inputs of three sizes; needs valgrind and a C compiler."""
    _install_package(session, "arrow", native=False)
    session.run("python", "-m", "tests.work")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Run each fuzz target on the same inputs each time, or as the arguments after `--` say."""
    _install_package(session, "arrow")
    try:
        session.run("python", "-m", "pip", "install", "--quiet", *PROJECT["optional-dependencies"]["fuzz"])
    except CommandFailed:
        session.skip("atheris can't be installed here")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def conformance(session: nox.Session) -> None:
    """Check the package against the conformance cases in ../shared, where there are any."""
    runner = CONFORMANCE / "run.py"
    if not runner.is_file():
        session.skip(f"there is no {runner}")
    _install_package(session, "arrow")
    session.run("python", str(runner))
    for folder, areas in (("field", FIELD_AREAS), ("next", NEXT_AREAS)):
        if areas:
            session.run("python", str(runner), str(CONFORMANCE / folder), *areas)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build, with warnings as errors."""
    _install_package(session, "docs", native=False)
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "-q", "docs", "docs/_build")


@nox.session
def bench(session: nox.Session) -> None:
    """Run every benchmark briefly, or as the arguments after `--` say."""
    _install_package(session, "all")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["--short"]))


@nox.session(venv_backend="none")
def readme(session: nox.Session) -> None:
    """Run README's two commands, word for word, in a copy of the checkout; the tests are measured as by `coverage`.

    The copy is made in the folder named after `--`, and is kept there; else it is a temporary one.
    """
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    for command in (INSTALL_AND_TRY, INSTALL_AND_TEST):
        if command not in lines:
            session.error(f"README.md does not hold this command on a line of its own: {command}")
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(session.posargs[0] if session.posargs else temporary, "checkout").absolute()
        _copy_checkout(copy)
        with session.chdir(copy):
            session.run("bash", "-euo", "pipefail", "-c", INSTALL_AND_TRY)
            session.run("bash", "-euo", "pipefail", "-c", INSTALL_AND_TEST, env=_measuring_coverage(copy))
            _report_coverage(session, copy / ".venv" / "bin" / "coverage")


def _install_package(session: nox.Session, *extras: str, native: bool = True) -> None:
    """Install the checkout with these extras, editable, if the session has an environment of its own.

    `native` is false where the session does not need the native engine.
    """
    if session.venv_backend != "none":
        named = f"[{','.join(extras)}]" if extras else ""
        session.install("-e", f".{named}", env={} if native else {"PROXYADDR_PURE": "1"})


def _measuring_coverage(folder: Path) -> dict[str, str]:
    """Return the environment in which the tests run on all cores and every process measures coverage."""
    return {"COVERAGE_PROCESS_START": str(folder / "pyproject.toml"), **ON_ALL_CORES}


def _report_coverage(session: nox.Session, command: Path | str = "coverage") -> None:
    """Combine what the processes measured, and fail below the coverage that pyproject.toml asks for."""
    session.run(str(command), "combine", "--quiet")
    has_java = shutil.which("java") or os.environ.get("JAVA_HOME")
    omitted = () if has_java else ("--omit", "proxyaddr/adapters/*spark*.py")  # without Java the tests of Spark skip
    session.run(str(command), "report", *omitted)


def _copy_checkout(target: Path) -> None:
    """Copy what git tracks or would track, as it stands: no virtual environment and no built file comes along."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),  # noqa: S607 - git is on the PATH
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).exists():  # a file that was deleted is still listed until the deletion is committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
