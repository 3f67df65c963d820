"""The wheel and the source distribution hold every file and work without the checkout; each is built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import email_validator
import lark
import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[3]
GRAMMARS = sorted(file.name for file in (ROOT / "grammar").glob("*.lark"))
USE = """
import proxyaddr
print(proxyaddr.__file__)
print(repr(str(proxyaddr.parse_one_off("User [SMTPOUT:user@internal.domain.com]"))))
print(len(proxyaddr.parse_proxies("SMTP:a@b.com;smtp:c@d.com")))
table = proxyaddr.RoutingTable.from_gwart("SMTP,*@contoso.com;,1,imc")
print(list(table.compile().match_many(["a@contoso.com", None, "é@contoso.com"])))
print(proxyaddr.matcher.engine)
"""


def output(*command: str | Path, cwd: Path, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_REQUIRE"))}
    done = subprocess.run(
        command, cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, into: Path, **environment: str) -> Path:
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", into)
    output(*pip, source, cwd=into, **environment)
    (wheel,) = into.glob("proxyaddr-*.whl")
    return wheel


def dependencies() -> list[str]:
    """Return the folders in which this environment keeps the packages that proxyaddr requires."""
    return sorted({str(Path(str(module.__file__)).parents[1]) for module in (lark, email_validator)})


def check_use(printed: str, place: Path, engine: str) -> None:
    file, one_off, count, matched, used = printed.splitlines()
    assert (matched, used) == ("[0, -1, 0]", engine)
    assert Path(file).is_relative_to(place)
    assert one_off == "'User [SMTPOUT:user@internal.domain.com]'"
    assert count == "2"


@pytest.fixture(scope="session", params=["native", "python"])
def built_for(request: pytest.FixtureRequest) -> str:
    """Return the engine that the wheel is built with."""
    name: str = request.param
    if name == "native" and not any(map(shutil.which, ("cc", "gcc", "clang", "cl"))):
        pytest.skip("there is no C compiler to build the native engine with")
    return name


@pytest.fixture(scope="session")
def wheel(built_for: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    setting = "PROXYADDR_RELEASE" if built_for == "native" else "PROXYADDR_PURE"
    return build(ROOT, tmp_path_factory.mktemp(built_for), **{setting: "1"})


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    output(sys.executable, "-m", "build", "--sdist", "--outdir", folder, ROOT, cwd=folder)
    (archive,) = folder.glob("proxyaddr-*.tar.gz")
    return archive


def expected_in_wheel() -> set[str]:
    modules = {str(file.relative_to(ROOT).as_posix()) for file in (ROOT / "proxyaddr").rglob("*.py")}
    return (
        modules
        | {"proxyaddr/py.typed", "proxyaddr/rulebook.toml", "proxyaddr/columns/_native_columns.pyi"}
        | {"proxyaddr/delivery/bounce_codes.toml"}
        | {"proxyaddr/auditing/_native_audit.pyi"}
        | {"proxyaddr/matcher/_native.pyi", "proxyaddr/matcher/_native_arrow.pyi"}
        | {f"proxyaddr/grammar/{name}" for name in GRAMMARS}
    )


def test_wheel_holds_modules_grammar_and_type_marker(wheel: Path) -> None:
    assert GRAMMARS
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert expected_in_wheel() <= names
    assert {name.split("/")[0] for name in names} == {"proxyaddr", "proxyaddr-0.1.0.dist-info"}


def test_only_a_pure_wheel_is_for_every_platform(wheel: Path, built_for: str) -> None:
    assert wheel.name.endswith("-py3-none-any.whl") == (built_for == "python")


def test_without_a_compiler_the_wheel_is_pure_and_a_release_fails(tmp_path: Path) -> None:
    none = {"CC": str(tmp_path / "no-compiler")}
    assert build(ROOT, tmp_path, **none).name.endswith("-py3-none-any.whl")
    with pytest.raises(AssertionError, match=r"(?i)compiler"):
        build(ROOT, tmp_path, PROXYADDR_RELEASE="1", **none)


def test_zipped_wheel_is_importable_as_it_is(wheel: Path, tmp_path: Path) -> None:
    search = os.pathsep.join((str(wheel), *dependencies()))
    # -S: without `site`, so that an editable install in this environment does not come first
    check_use(output(sys.executable, "-S", "-c", USE, cwd=tmp_path, PYTHONPATH=search), wheel, "python")


class Installed(NamedTuple):
    """A virtual environment with the package in it."""

    python: Path
    packages: Path


def install(place: Path, *what: str | Path, **environment: str) -> Installed:
    venv.create(place, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps")
    output(*pip, *what, cwd=place, **environment)
    # The dependencies come from this environment, after the new one's own packages, so nothing is downloaded. `site`
    # does not read the .pth files of folders that a .pth file names, so an editable install here is not picked up.
    (packages,) = place.glob("**/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(dependencies()) + "\n", "utf-8")
    return Installed(python, packages)


@pytest.fixture(scope="session")
def installed(wheel: Path, built_for: str, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel in a folder whose name has blanks and letters outside ASCII."""
    return install(tmp_path_factory.mktemp(f"{built_for} Straße и пробелы") / "venv", wheel)


OVERRIDE = ("--override-proxy-out", "SMTPOUT", "--site-domain", "internal.domain.com")
COMMANDS = [
    ("--version",),
    ("parse", "--json", "Jane [X400:c=US;a= ;p=Org;s=Doe;]", "a@bücher.de"),
    ("parse", "--list", "SMTP:a@contoso.com;smtp:b@contoso.com"),
    ("resolve", *OVERRIDE, "[SMTPOUT:user@internal.domain.com]"),
    ("route", "--spaces", "spaces.txt", "--explain", "a@contoso.com"),
    ("encapsulate", "--domain", "contoso.com", "FAX:+1 555 0100"),
    ("decapsulate", "IMCEAFAX-+2B1+20555@contoso.com"),
]


def run_commands(python: Path, folder: Path, *options: str, **environment: str) -> str:
    """Run every command once; return what they printed."""
    (folder / "spaces.txt").write_text("SMTP,*@contoso.com;,1,imc\n")
    return "".join(
        output(python, *options, "-m", "proxyaddr", *command, cwd=folder, **environment) for command in COMMANDS
    )


def test_installed_wheel_works_with_its_command(installed: Installed, built_for: str, tmp_path: Path) -> None:
    check_use(output(installed.python, "-c", USE, cwd=tmp_path), installed.packages, built_for)
    command = installed.python.with_name("proxyaddr")
    printed = output(command, "resolve", *OVERRIDE, "[SMTPOUT:user@internal.domain.com]", cwd=tmp_path)
    assert "user@internal.domain.com" in printed


@pytest.mark.parametrize(
    "options",
    [("-O",), ("-OO",), ("-W", "error"), ("-X", "dev", "-W", "error"), ("-I",), ("-X", "utf8=0"), ("-B",)],
    ids=" ".join,
)
def test_every_mode_of_the_interpreter(
    installed: Installed, built_for: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    check_use(output(installed.python, *options, "-c", USE, cwd=tmp_path), installed.packages, built_for)
    assert run_commands(installed.python, tmp_path, *options) == run_commands(installed.python, tmp_path)


AUDIT = """
import sys
NETWORK = ("socket.", "urllib.", "http.", "smtplib.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")
WRITES = ("w", "a", "x", "+")
def refuse(event, arguments):
    if event.startswith(NETWORK) and event != "socket.__new__":
        raise RuntimeError(event)
    if event == "open" and isinstance(arguments[1], str) and any(mark in arguments[1] for mark in WRITES):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
"""
"""Raises where the interpreter connects, looks up a name, starts a program or writes a file."""


def test_nothing_is_looked_up_started_or_written(installed: Installed, built_for: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AUDIT)
    settings = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    for attempt in ("socket.getaddrinfo('localhost', 25)", "open('x', 'w')", "__import__('os').system('true')"):
        with pytest.raises(AssertionError, match="RuntimeError"):
            output(installed.python, "-c", f"import socket; {attempt}", cwd=tmp_path, **settings)
    check_use(output(installed.python, "-c", USE, cwd=tmp_path, **settings), installed.packages, built_for)
    assert "imc" in run_commands(installed.python, tmp_path, **settings)


def test_a_read_only_installation_works(installed: Installed, built_for: str, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no read-only folders")
    if (
        hasattr(os, "geteuid") and os.geteuid() == 0
    ):  # root may write despite permissions, but not into a read-only mount
        bind = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
        wrap: tuple[str, ...] = ("unshare", "--mount", "sh", "-c", bind, "sh", str(installed.packages))
        if not shutil.which("unshare") or subprocess.run((*wrap, "true"), capture_output=True, check=False).returncode:
            pytest.skip("root can write everywhere, and can not mount anything here")
    else:
        wrap = ("env",)
    for folder in (installed.packages, *installed.packages.rglob("__pycache__")):
        if folder.name == "__pycache__" and folder.exists():
            shutil.rmtree(folder)
    folders = [installed.packages, *(folder for folder in installed.packages.rglob("*") if folder.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        check_use(output(*wrap, installed.python, "-c", USE, cwd=tmp_path), installed.packages, built_for)
        assert not list(installed.packages.rglob("__pycache__"))
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_editable_installation_follows_the_sources(built_for: str, tmp_path: Path) -> None:
    source = tmp_path / "quelle mit blank ä"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "*.egg-info", "build", "__pycache__", ".*_cache")
    )
    setting = "PROXYADDR_RELEASE" if built_for == "native" else "PROXYADDR_PURE"
    place = install(tmp_path / "venv", "-e", source, **{setting: "1"})
    check_use(output(place.python, "-c", USE, cwd=tmp_path), source, built_for)
    file = source / "proxyaddr" / "__init__.py"
    file.write_text(file.read_text("utf-8").replace('"0.1.0"', '"9.9.9"'), "utf-8")
    assert "9.9.9" in output(place.python, "-m", "proxyaddr", "--version", cwd=tmp_path)


def test_sdist_holds_the_sources_and_builds_a_complete_wheel(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("proxyaddr-*")
    assert {file.name for file in (source / "grammar").glob("*.lark")} == set(GRAMMARS)
    assert (source / "tests").is_dir()
    assert (source / "proxyaddr/native/look_ups.c").is_file()
    into = tmp_path / "wheel"
    into.mkdir()
    with zipfile.ZipFile(build(source, into, PROXYADDR_PURE="1")) as archive:
        assert expected_in_wheel() <= set(archive.namelist())
