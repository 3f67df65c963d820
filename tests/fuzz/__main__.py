"""Runs fuzz targets under atheris, one after the other: `python -m tests.fuzz [TARGET ...] [SECONDS]`.

Without seconds a run is repeatable: each target takes a fixed number of inputs, which libFuzzer chooses from a fixed
seed, and hashes are the same in each process. CI gates on such a run, since it must not turn red by chance for a change
that has nothing to do with what was found. With seconds each target runs as long, on other inputs each time, for
hunts by hand; what they find goes into the corpus.

The package is loaded and instrumented once, which takes longer than most targets do; each target is a fork of that.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
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

SEED = 17
RUNS = 500
"""Of a repeatable run: the seed of libFuzzer, and the inputs that a target takes beside those it starts from."""

EVERY = 10
"""A repeatable run starts from each tenth text of the cases: test_fuzz_targets.py gives all of them to each target."""

PATIENCE = 300
"""Seconds that one input of a repeatable run may take: only one that never ends does, on a busy machine too."""

SLOWEST = 10
"""The same for hunts."""

SLOWER = {"files_parquet": 60}
"""The same for targets that need longer: pyarrow fills as much memory as a Parquet page claims to hold, up to 2 GiB."""

SHOWN_LINES = 60
"""Lines of a finding's log that are printed: CI keeps what is printed alone."""


def seeds(name: str) -> list[bytes]:
    """Return the inputs that a target starts from: its corpus, and the texts of the cases."""
    corpus = [json.loads(line).encode("latin-1") for line in corpus_lines(name)]
    return corpus + [text.encode("utf-8", "surrogatepass") for text in texts()]


def corpus_lines(name: str) -> list[str]:
    """Return the corpus of a target: one JSON string per input, whose code points are the bytes."""
    file = CORPUS / f"{name}.jsonl"
    return file.read_text("ascii").splitlines() if file.exists() else []


def instrument() -> None:
    """Load every module of the package and have atheris count the branches of its functions."""
    import atheris  # noqa: PLC0415 - an extra, which --help does without

    import proxyaddr  # noqa: PLC0415 - the parent process does without
    import tests.fuzz.object_targets  # noqa: F401, PLC0415 - as above; what it imports is instrumented too

    package = Path(str(proxyaddr.__file__)).parent
    for file in sorted(package.rglob("*.py")):  # most load on first use, too late to be instrumented
        if not file.stem.startswith("__"):
            importlib.import_module(".".join(("proxyaddr", *file.relative_to(package).with_suffix("").parts)))
    for function in gc.get_objects():  # an import hook misses an editable install
        if isinstance(function, FunctionType) and str(function.__module__).partition(".")[0] in INSTRUMENTED:
            atheris.instrument_func(function)


def fuzz(name: str, seconds: int | None, folder: Path) -> None:
    """Run one target in this process, where `instrument` ran; atheris ends the process with it."""
    import atheris  # noqa: PLC0415 - as in `instrument`

    from tests.fuzz.object_targets import TARGETS  # noqa: PLC0415 - as in `instrument`

    files = []
    begin = seeds(name)
    if seconds is None:
        corpus = len(corpus_lines(name))
        begin = begin[:corpus] + begin[corpus::EVERY]
    for number, seed in enumerate(begin):
        files.append(folder / f"seed-{number}")
        files[-1].write_bytes(seed)
    (folder / "seeds").write_text(",".join(map(str, files)))  # in an order that no file system decides
    (folder / "found").mkdir()
    if seconds is None:
        how_long = [f"-seed={SEED}", f"-runs={len(files) + RUNS}", f"-timeout={PATIENCE}"]
    else:
        how_long = [f"-max_total_time={seconds}", f"-timeout={SLOWER.get(name, SLOWEST)}"]
    options = (
        *how_long,
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        f"-seed_inputs=@{folder / 'seeds'}",
        "-len_control=20",
        "-print_final_stats=1",
    )

    def keeping(data: bytes) -> None:
        try:
            TARGETS[name](data)
        except BaseException:  # libFuzzer writes the input too, but not where the process ends before it gets there
            (folder / "crash-input").write_bytes(data)
            raise

    atheris.Setup([name, *options, str(folder / "found")], keeping)
    atheris.Fuzz()


def run(name: str, seconds: int | None) -> bool:
    """Run one target in a fork of this process and print its figures, or its finding; return whether it has none."""
    folder = Path(tempfile.mkdtemp(prefix=f"proxyaddr-{name}-"))
    sys.stdout.flush()
    child = os.fork()
    if not child:
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        fuzz(name, seconds, folder)  # ends the process, and writes the input of a finding while Python shuts down
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    text = (folder / "log").read_text("utf-8", "replace")
    figures = dict(re.findall(r"stat::(\w+):\s+([0-9]+)", text))
    corpus = re.findall(r"corp: ([0-9]+)", text)[-1:]
    print(
        f"{name:18} {'ok' if status == 0 else f'FAILED ({status})'}: "
        f"{figures.get('number_of_executed_units')} executions, {figures.get('average_exec_per_sec')} a second, "
        f"corpus of {''.join(corpus)}",
        flush=True,
    )
    if status:
        print(finding(name, folder, text), flush=True)
    else:
        shutil.rmtree(folder)
    return status == 0


def finding(name: str, folder: Path, log: str) -> str:
    """Return what is to be known of a finding: the traceback, and the input as a line of the target's corpus."""
    start = log.find("=== Uncaught Python exception")
    shown = log[max(start, 0) :].splitlines()
    lines = shown[:SHOWN_LINES] if start >= 0 else shown[-SHOWN_LINES:]
    inputs = {file.read_bytes() for file in folder.glob("*-*") if not file.name.startswith("seed-")}
    for data in sorted(inputs):
        lines += [f"the input, as a line of fuzz/corpus/{name}.jsonl:", json.dumps(data.decode("latin-1"))]
    return "\n".join(["", *lines, f"The input and the whole log are in {folder}", ""])


def targets() -> dict[str, str]:
    """Return what each target reads, by its name."""
    from tests.fuzz.object_targets import TARGETS  # noqa: PLC0415 - as in `instrument`

    return {name: str(function.__doc__) for name, function in TARGETS.items()}


def arguments_of(command_line: list[str]) -> tuple[list[str], int | None]:
    """Return the targets to run and the seconds for each; end the process where the words are neither."""
    known = targets()
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Run fuzz targets one after the other. The exit status is 0 where none has a finding;\n"
        "otherwise the input and its traceback are printed, and a folder keeps them.",
        epilog="targets:\n" + "\n".join(f"  {name:18} {says}" for name, says in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="TARGET", help="targets to run (default: all)")
    parser.add_argument(
        *("seconds",),
        nargs="?",
        metavar="SECONDS",
        help=f"a number: how long each target runs, on other inputs each time (default: the same {RUNS} inputs, and "
        "those it starts from)",
    )
    words: list[str] = parser.parse_args(command_line).words  # a number is the last of them
    seconds = int(words.pop()) if words and words[-1].isdigit() else None
    if unknown := [word for word in words if word not in known]:
        parser.error(f"no such target: {', '.join(unknown)}")
    return words or list(known), seconds


def main(command_line: list[str]) -> int:
    """Run the targets that the command line asks for; return 0 where none has a finding."""
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets decides which branch is counted where
        command = [sys.executable, "-m", "tests.fuzz", *command_line]
        return subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False).returncode
    names, seconds = arguments_of(command_line)
    instrument()
    passed = [run(name, seconds) for name in names]  # all of them, whatever an earlier one finds
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
