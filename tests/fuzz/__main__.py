"""Runs one target under atheris: `python -m tests.fuzz TARGET [SECONDS]`; without a target, every target in turn."""

from __future__ import annotations

import gc
import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FunctionType

CORPUS = Path(__file__).parent / "corpus"
CASES = Path(__file__).parent.parent / "cases"
LONGEST = 4_096
"""Octets of an input; every bound is reached far below."""

INSTRUMENTED = ("proxyaddr", "lark")
"""Packages whose branches are coverage."""

SLOWEST = 10
"""Seconds that one input may take."""

SLOWER = {"files_parquet": 60}
"""The same, where pyarrow fills as much memory as a page claims to hold, up to 2 GiB."""


def seeds(name: str) -> list[bytes]:
    """The corpus of a target, and the texts of the cases that reviewers read."""
    found = [json.loads(line).encode("latin-1") for line in kept(name)]
    for file in sorted(CASES.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            texts = [value for value in json.loads(line).values() if isinstance(value, str)]
            found += [text.encode("utf-8", "surrogatepass") for text in texts]
    return found


def kept(name: str) -> list[str]:
    """The lines of a corpus: JSON strings, a code point an octet."""
    file = CORPUS / f"{name}.jsonl"
    return file.read_text("ascii").splitlines() if file.exists() else []


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Run one target in this process, which ends with it."""
    import atheris  # noqa: PLC0415 - an extra

    import proxyaddr  # noqa: PLC0415 - for this command alone
    from tests.fuzz.bulk_targets import TARGETS  # noqa: PLC0415 - as above

    place = Path(str(proxyaddr.__file__)).parent
    for file in sorted(place.rglob("*.py")):  # the package loads most on first use, too late to be instrumented
        if not file.stem.startswith("__"):
            importlib.import_module(".".join(("proxyaddr", *file.relative_to(place).with_suffix("").parts)))
    for function in gc.get_objects():  # not by an import hook, which does not see through that of an editable install
        if isinstance(function, FunctionType) and str(function.__module__).partition(".")[0] in INSTRUMENTED:
            atheris.instrument_func(function)
    options = (
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOWER.get(name, SLOWEST)}",
        f"-artifact_prefix={folder}/",
        "-len_control=20",
        "-print_final_stats=1",
    )
    atheris.Setup([name, *options, str(folder / "found"), str(folder / "seeds")], TARGETS[name])
    atheris.Fuzz()


def names() -> list[str]:
    """Every target, without instrumenting anything."""
    from tests.fuzz.bulk_targets import TARGETS  # noqa: PLC0415 - must not be loaded where `fuzz` runs

    return list(TARGETS)


def run(name: str, seconds: int) -> int:
    """Run one target in a process of its own and print its speed and what it found."""
    folder = Path(tempfile.mkdtemp(prefix=f"proxyaddr-{name}-"))
    (folder / "found").mkdir()
    (folder / "seeds").mkdir()
    for number, seed in enumerate(seeds(name)):
        (folder / "seeds" / f"{number}").write_bytes(seed)
    command = [sys.executable, "-m", "tests.fuzz", "--one", name, str(seconds), str(folder)]
    with (folder / "log").open("wb") as log:
        status = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
    text = (folder / "log").read_text("utf-8", "replace")
    figures = dict(re.findall(r"stat::(\w+):\s+([0-9]+)", text))
    corpus = re.findall(r"corp: ([0-9]+)", text)[-1:]
    print(
        f"{name:18} {'ok' if status == 0 else f'FAILED ({status}), see {folder}'}: "
        f"{figures.get('number_of_executed_units')} executions, {figures.get('average_exec_per_sec')} a second, "
        f"corpus of {''.join(corpus)}",
        flush=True,
    )
    if status == 0:
        shutil.rmtree(folder)
    return abs(status)


def main(arguments: list[str]) -> int:
    """Run what was asked for; not 0 where something was found."""
    if arguments[:1] == ["--one"]:
        fuzz(arguments[1], int(arguments[2]), Path(arguments[3]))
        return 0
    seconds = int(arguments[-1]) if arguments and arguments[-1].isdigit() else 10
    wanted = [argument for argument in arguments if not argument.isdigit()] or names()
    return max(run(name, seconds) for name in wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
