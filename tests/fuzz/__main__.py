"""Runs fuzz targets under atheris, each in a process of its own: `python -m tests.fuzz [TARGET ...] [SECONDS]`."""

from __future__ import annotations

import argparse
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

from tests.cases import texts

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4_096
"""Bytes of an input; the limits under test are far lower."""

INSTRUMENTED = ("proxyaddr", "lark")
"""Packages whose branches atheris counts to choose inputs."""

SLOWEST = 10
"""Seconds that one input may take."""

SLOWER = {"files_parquet": 60}
"""The same for targets that need longer: pyarrow fills as much memory as a Parquet page claims to hold, up to 2 GiB."""

SECONDS = 10
"""How long each target runs unless the command line says otherwise."""


def seeds(name: str) -> list[bytes]:
    """Return the inputs that a target starts from: its corpus, and the texts of the cases."""
    corpus = [json.loads(line).encode("latin-1") for line in corpus_lines(name)]
    return corpus + [text.encode("utf-8", "surrogatepass") for text in texts()]


def corpus_lines(name: str) -> list[str]:
    """Return the corpus of a target: one JSON string per input, whose code points are the bytes."""
    file = CORPUS / f"{name}.jsonl"
    return file.read_text("ascii").splitlines() if file.exists() else []


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Run one target in this process; atheris ends the process with it."""
    import atheris  # noqa: PLC0415 - an extra, which --help does without

    import proxyaddr  # noqa: PLC0415 - the parent process does without
    from tests.fuzz.bulk_targets import TARGETS  # noqa: PLC0415 - as above

    package = Path(str(proxyaddr.__file__)).parent
    for file in sorted(package.rglob("*.py")):  # most load on first use, too late to be instrumented
        if not file.stem.startswith("__"):
            importlib.import_module(".".join(("proxyaddr", *file.relative_to(package).with_suffix("").parts)))
    for function in gc.get_objects():  # an import hook misses an editable install
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


def targets() -> dict[str, str]:
    """Return what each target reads, by its name."""
    from tests.fuzz.bulk_targets import TARGETS  # noqa: PLC0415 - `fuzz` loads atheris before the package

    return {name: str(function.__doc__) for name, function in TARGETS.items()}


def run(name: str, seconds: int) -> int:
    """Run one target in a process of its own and print its figures; return 0 where nothing was found."""
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


def arguments_of(command_line: list[str]) -> tuple[list[str], int]:
    """Return the targets to run and the seconds for each; end the process where the words are neither."""
    known = targets()
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Run fuzz targets one after the other. The exit status is 0 where none has a finding;\n"
        "otherwise the folder that is printed keeps the input and the log.",
        epilog="targets:\n" + "\n".join(f"  {name:17} {says}" for name, says in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="TARGET", help="targets to run (default: all)")
    parser.add_argument(
        "seconds", nargs="?", metavar="SECONDS", help=f"a number: how long each target runs (default: {SECONDS})"
    )
    words: list[str] = parser.parse_args(command_line).words  # a number is the last of them
    seconds = int(words.pop()) if words and words[-1].isdigit() else SECONDS
    if unknown := [word for word in words if word not in known]:
        parser.error(f"no such target: {', '.join(unknown)}")
    return words or list(known), seconds


def main(command_line: list[str]) -> int:
    """Run the targets that the command line asks for; return 0 where none has a finding."""
    if command_line[:1] == ["--one"]:  # the process that `run` starts
        fuzz(command_line[1], int(command_line[2]), Path(command_line[3]))
        return 0
    names, seconds = arguments_of(command_line)
    return max(run(name, seconds) for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
