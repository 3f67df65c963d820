"""Counts the machine instructions of public calls under callgrind: `python -m tests.work`.

`unit/package/test_linear_work.py` counts lines of Python, which do not show how long a regular expression searches.
This does.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import proxyaddr as px
from tests.hostile import CALLS, text
from tests.many_recipients import MANY, recipients

SIZES = (500, 2_000, 8_000)
INPUTS = (("", "@"), ("a <", "@"), ("[SMTP:", "[a"), ('"', '\\"'), ("X400:", "; "), ("", "a%b:"))
"""Beginnings and pieces at which a careless regular expression backtracks or scans ahead at every character."""

MANY_SIZES = (25, 100, 400)
"""Recipients."""

GROWTH, SLACK = 8, 3_000_000
"""How much more the second step may cost than the first, and instructions on top of that.

The second step is four times as long as the first: linear work costs 4 times as much, quadratic work 16 times. 8 leaves
room for memory that is copied as it grows.
"""

MARK = "#include <valgrind/callgrind.h>\nvoid mark(void) { CALLGRIND_DUMP_STATS; }\n"
"""A function that makes callgrind write its counts and start again from zero."""


def measured() -> list[tuple[str, str, str]]:
    """Return the name, beginning and piece of each measured call of a text, in order."""
    return [(name, beginning, piece) for name in CALLS for beginning, piece in INPUTS]


def measured_with_many() -> list[str]:
    """Return the names of the measured calls over many recipients, in order: all of them where pyarrow is there."""
    return list(MANY) if find_spec("pyarrow") else list(MANY)[:-2]


def run(library: str) -> None:
    """Make every measured call at each size, with a mark before and after."""
    mark = ctypes.CDLL(library).mark
    for name, beginning, piece in measured():
        for size in (SIZES[0], *SIZES):  # the first call loads and compiles
            given = text(beginning, piece, size)
            mark()
            with suppress(px.ProxyAddrError):
                CALLS[name](given)
    mark()
    for name in measured_with_many():
        for size in (MANY_SIZES[0], *MANY_SIZES):
            call = MANY[name](recipients(size))
            mark()
            call()
            mark()


def main() -> int:
    """Count, compare and print; return 1 where a call grows faster than its input."""
    valgrind, compiler = shutil.which("valgrind"), shutil.which(os.environ.get("CC", "cc"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = folder / "mark.so"
        (folder / "mark.c").write_text(MARK)
        compilation = (str(compiler), "-shared", "-fPIC", "-o", str(library), str(folder / "mark.c"))
        if valgrind is None or compiler is None or subprocess.run(compilation, check=False).returncode:
            print("skipped: valgrind, its headers and a C compiler are needed")
            return 0
        options = ("--tool=callgrind", f"--callgrind-out-file={folder / 'counts'}", "--quiet")
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc", "PROXYADDR_ENGINE": "python"}
        command = (valgrind, *options, sys.executable, "-m", "tests.work", "--run", str(library))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
        subprocess.run(command, env=environment, check=True, cwd=folder)
        files = sorted(folder.glob("counts.*"), key=lambda file: int(file.suffix[1:]))
        counts = [int(re.findall(r"^totals: ([0-9]+)", file.read_text(), re.MULTILINE)[0]) for file in files[1:]]
    bad = 0
    for number, (name, beginning, piece) in enumerate(measured()):
        if grows_too_fast(*counts[4 * number + 1 : 4 * number + 4]):
            bad += 1
            print(
                f"{name}: {beginning!r} and {piece!r} repeated: {counts[4 * number + 1 : 4 * number + 4]} instructions"
            )
    print(f"{len(measured())} calls at {SIZES} characters: {bad} grow faster than their input")
    rest, bad_with_many = counts[4 * len(measured()) :], 0
    for number, name in enumerate(measured_with_many()):
        found = rest[8 * number + 3 : 8 * number + 8 : 2]  # between them is what makes the calls
        bad_with_many += grows_too_fast(*found)
        print(f"{name}: {found} instructions")
    print(f"{len(measured_with_many())} calls at {MANY_SIZES} recipients: {bad_with_many} grow faster than their input")
    return int(bad + bad_with_many > 0)


def grows_too_fast(first: int, second: int, third: int) -> bool:
    """Return whether the counts of a call at three sizes grow faster than these."""
    return third - second > GROWTH * max(second - first, 0) + SLACK


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2])
    else:
        sys.exit(main())
