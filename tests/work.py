"""Counts machine instructions of public calls under callgrind: `python -m tests.work`.

Lines of Python do not show what a regular expression does; the tests count those, this counts the rest.
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
from pathlib import Path

import proxyaddr as px
from tests.hostile import CALLS, text

SIZES = (500, 2_000, 8_000)
INPUTS = (("", "@"), ("a <", "@"), ("[SMTP:", "[a"), ('"', '\\"'), ("X400:", "; "), ("", "a%b:"))
"""Beginnings and pieces at which a careless regular expression looks back or ahead again and again."""

GROWTH, SLACK = 8, 3_000_000
"""How much more the second step may cost than the first: 4 is linear, 16 is quadratic; memory is moved as it grows."""

MARK = "#include <valgrind/callgrind.h>\nvoid mark(void) { CALLGRIND_DUMP_STATS; }\n"
"""Makes callgrind write its counts and start anew."""


def measured() -> list[tuple[str, str, str]]:
    """What is measured, in order."""
    return [(name, beginning, piece) for name in CALLS for beginning, piece in INPUTS]


def run(library: str) -> None:
    """Call everything at each size, with a mark before and after."""
    mark = ctypes.CDLL(library).mark
    for name, beginning, piece in measured():
        for size in (SIZES[0], *SIZES):  # the first loads and compiles
            given = text(beginning, piece, size)
            mark()
            with suppress(px.ProxyAddrError):
                CALLS[name](given)
    mark()


def main() -> int:
    """Count and compare; 1 where something grows faster than its input."""
    valgrind, compiler = shutil.which("valgrind"), shutil.which(os.environ.get("CC", "cc"))
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        library = folder / "mark.so"
        (folder / "mark.c").write_text(MARK)
        compile_it = (str(compiler), "-shared", "-fPIC", "-o", str(library), str(folder / "mark.c"))
        if valgrind is None or compiler is None or subprocess.run(compile_it, check=False).returncode:
            print("skipped: valgrind, its headers and a C compiler are needed")
            return 0
        options = ("--tool=callgrind", f"--callgrind-out-file={folder / 'out'}", "--quiet")
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc", "PROXYADDR_ENGINE": "python"}
        command = (valgrind, *options, sys.executable, "-m", "tests.work", "--run", str(library))
        subprocess.run(command, env=environment, check=True)
        files = sorted(folder.glob("out.*"), key=lambda file: int(file.suffix[1:]))
        counts = [int(re.findall(r"^totals: ([0-9]+)", file.read_text(), re.MULTILINE)[0]) for file in files[1:]]
    bad = 0
    for number, (name, beginning, piece) in enumerate(measured()):
        first, second, third = counts[4 * number + 1 : 4 * number + 4]
        if third - second > GROWTH * max(second - first, 0) + SLACK:
            bad += 1
            print(f"{name}: {beginning!r} and {piece!r} repeated: {first}, {second}, {third} instructions")
    print(f"{len(measured())} calls at {SIZES} characters: {bad} grow faster than their input")
    return int(bad > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2])
    else:
        sys.exit(main())
