"""The wheel and the source distribution, built once, hold everything and work without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import email_validator
import lark
import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[2]
GRAMMARS = sorted(file.name for file in (ROOT / "grammar").glob("*.lark"))
USE = """
import proxyaddr, proxyaddr.parser
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
    """The folders in which this environment keeps what proxyaddr requires."""
    return sorted({str(Path(str(module.__file__)).parents[1]) for module in (lark, email_validator)})


def check_use(printed: str, place: Path, engine: str) -> None:
    file, one_off, count, matched, used = printed.splitlines()
    assert (matched, used) == ("[0, -1, 0]", engine)
    assert Path(file).is_relative_to(place)
    assert one_off == "'User [SMTPOUT:user@internal.domain.com]'"
    assert count == "2"


@pytest.fixture(scope="session", params=["native", "python"])
def built_for(request: pytest.FixtureRequest) -> str:
    """The engine that the wheel is built with."""
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
        | {"proxyaddr/py.typed", "proxyaddr/_native_columns.pyi", "proxyaddr/matcher/_native.pyi"}
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


def test_installed_wheel_works_with_its_command(wheel: Path, built_for: str, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    output(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    # The dependencies come from this environment, behind the new one's own packages, so nothing is downloaded. `site`
    # runs no .pth file of a folder that it only takes from another one, so an editable install here is not picked up.
    (packages,) = place.glob("**/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(dependencies()) + "\n", "utf-8")
    check_use(output(python, "-c", USE, cwd=tmp_path), packages, built_for)
    command = python.with_name("proxyaddr")
    settings = ("--override-proxy-out", "SMTPOUT", "--site-domain", "internal.domain.com")
    printed = output(command, "resolve", *settings, "[SMTPOUT:user@internal.domain.com]", cwd=tmp_path)
    assert "user@internal.domain.com" in printed


def test_sdist_holds_the_sources_and_builds_a_whole_wheel(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("proxyaddr-*")
    assert {file.name for file in (source / "grammar").glob("*.lark")} == set(GRAMMARS)
    assert (source / "tests").is_dir()
    assert (source / "proxyaddr/matcher/native/kernel.c").is_file()
    into = tmp_path / "wheel"
    into.mkdir()
    with zipfile.ZipFile(build(source, into, PROXYADDR_PURE="1")) as archive:
        assert expected_in_wheel() <= set(archive.namelist())
