"""What goes wrong around a bulk run: one clear line, the documented status, and no half file."""

from __future__ import annotations

import os
import pty
import resource
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

import pyarrow as pa
import pytest
from pyarrow import parquet

ROOT = Path(__file__).parents[3]
LINES = b"jane@contoso.com\nnobody@fabrikam.example\n" * 20_000
PATIENCE = 60.0
"""Seconds after which a run that should have come to a point is taken to hang."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spaces.txt").write_text("SMTP,*@contoso.com;,1,imc\n", "utf-8")
    return tmp_path


def start(
    folder: Path,
    *arguments: str,
    stderr: int = subprocess.PIPE,
    before: Callable[[], object] = lambda: None,
    measured: bool = True,
) -> subprocess.Popen[bytes]:
    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
        before()

    search = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    kept = {name: value for name, value in os.environ.items() if measured or not name.startswith("COVERAGE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "proxyaddr", "route", "--spaces", "spaces.txt", "--dialect", "exchange55", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        preexec_fn=prepare,  # noqa: PLW1509 - no thread of ours holds a lock here
    )


def run(
    folder: Path, *arguments: str, before: Callable[[], object] = lambda: None, measured: bool = True
) -> tuple[int, str]:
    done = start(folder, *arguments, before=before, measured=measured)
    _, err = done.communicate(timeout=PATIENCE)
    return done.returncode, err.decode()


def stream(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "spaces.txt")


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.glob(".*.part") if path.stat().st_size]


def in_the_middle(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run that has written rows and waits for more on standard input."""
    process = start(folder, "--in", "-", *arguments)
    stream(process).write(LINES)
    stream(process).flush()
    end = time.monotonic() + PATIENCE
    while not parts(folder):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("old", [None, "old"])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
def test_stopped_in_the_middle(number: signal.Signals, status: int, old: str | None, folder: Path) -> None:
    out = folder / "out.csv"
    if old is not None:
        out.write_text(old)
    process = in_the_middle(folder, "--out", "out.csv", "--rejects", "bad.csv")
    process.send_signal(number)
    assert process.wait(PATIENCE) == status
    assert process.stderr is not None
    err = process.stderr.read().decode()
    for opened in (process.stdin, process.stdout, process.stderr):
        assert opened is not None
        opened.close()
    left = [] if old is None else ["out.csv"]
    if number != signal.SIGKILL:  # no process outlives that to clean up
        assert err == "proxyaddr: interrupted: out.csv is as it was\n"
        assert names(folder) == left
    assert (out.read_text() if out.exists() else None) == old

    (folder / "in.txt").write_bytes(LINES)
    assert run(folder, "--in", "in.txt", "--out", "out.csv", "--rejects", "bad.csv")[0] == 1
    assert out.read_bytes().count(b"\n") == 1 + LINES.count(b"\n")
    assert names(folder) == ["bad.csv", "in.txt", "out.csv"]  # what the killed run left is gone as well


def test_what_a_running_run_writes_is_not_removed_by_another(folder: Path) -> None:
    process = in_the_middle(folder, "--out", "out.csv")
    (folder / "in.txt").write_bytes(b"a@contoso.com\n")
    assert run(folder, "--in", "in.txt", "--out", "out.csv")[0] == 0
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert (folder / "out.csv").read_bytes().count(b"\n") == 1 + LINES.count(b"\n")
    assert names(folder) == ["in.txt", "out.csv"]


def test_an_input_that_vanishes(folder: Path) -> None:
    (folder / "gone.txt").write_text("a@contoso.com\n")
    process = in_the_middle(folder, "--in", "gone.txt", "--out", "out.csv")
    (folder / "gone.txt").unlink()
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (
        2,
        b"proxyaddr: gone.txt: cannot be read as text: No such file or directory [unreadable-file]\n",
    )
    assert names(folder) == []


def test_an_unreadable_input(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "in.csv"))  # not even the superuser opens it
        status, err = run(folder, "--in", "in.csv", "--column", "email", "--out", "out.csv")
    assert (status, err) == (
        2,
        "proxyaddr: in.csv: cannot be read as csv: No such device or address [unreadable-file]\n",
    )
    assert names(folder) == ["in.csv"]


@pytest.mark.parametrize("name", ["email", "name"])
@pytest.mark.parametrize("place", [1, 2])
def test_an_arrow_file_that_points_outside_its_data(place: int, name: str, folder: Path) -> None:
    offsets = [0, 3, 6, 9]
    offsets[place] = 1 << 30
    places = pa.array(offsets, pa.int32()).buffers()[1]
    broken = pa.Array.from_buffers(pa.string(), 3, [None, places, pa.py_buffer(b"a@bc@d\xff@f")])
    columns = {"email": pa.array(["a@b", "c@d", "e@f"]), "name": pa.array(["x", "y", "z"])} | {name: broken}
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    out = folder / "in.arrows"
    with pa.ipc.new_stream(str(out), batch.schema) as stream:
        stream.write_batch(batch)
    status, err = run(folder, "--in", "in.arrows", "--column", "email", "--out", "out.csv")
    assert (status, err.count("\n")) == (2, 1)
    assert err.startswith("proxyaddr: in.arrows: cannot be read as arrows: ")
    assert names(folder) == ["in.arrows"]


FORMATS = ("csv", "tsv", "parquet", "arrow", "arrows", "jsonl", "csv.gz", "jsonl.zst", "parquet.zst")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "arrows", "jsonl"])
def test_full_device(kind: str, folder: Path) -> None:
    (folder / "in.txt").write_bytes(LINES)
    status, err = run(folder, "--in", "in.txt", "--out", "/dev/full", "--out-format", kind)
    assert (status, err) == (2, "proxyaddr: /dev/full: cannot be written: No space left on device [unwritable-file]\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.parametrize("arguments", [["--out", "-"], ["--out", "out.csv", "--json"]], ids=" ".join)
def test_full_standard_output(arguments: list[str], folder: Path) -> None:
    (folder / "in.txt").write_bytes(LINES)
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        line = [
            sys.executable,
            "-m",
            "proxyaddr",
            "route",
            "--spaces",
            "spaces.txt",
            "--dialect",
            "exchange55",
            "--in",
            "in.txt",
            *arguments,
        ]
        search = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, cwd=folder, env=search, check=False)
    assert done.returncode == 2
    assert b"standard output" in done.stderr
    assert b"cannot be written: No space left on device" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("limit", [0, 3, 20_000])
@pytest.mark.parametrize("ending", FORMATS)
def test_disk_that_fills_up(ending: str, limit: int, folder: Path) -> None:
    """The kernel refuses octets after a limit, as a full disk does: at once, in the middle, and for the rejects."""
    texts = [f"user{number * 7919 % 100_003}@contoso.com" for number in range(20_000)] + ["[bad"] * 1000
    parquet.write_table(pa.table({"email": texts}), folder / "in.parquet")
    out = folder / f"out.{ending}"
    out.write_text("old")
    line = ("--in", "in.parquet", "--column", "email", "--out", out.name, "--rejects", f"bad.{ending}")
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit))
    status, err = run(folder, *line, before=full, measured=False)  # there is no room for measurements either
    assert status == 2
    assert err.endswith(": cannot be written: File too large [unwritable-file]\n")
    assert err.count("\n") == 1
    assert out.read_text() == "old"
    assert names(folder) == ["in.parquet", out.name]


def test_a_folder_that_takes_no_files(folder: Path) -> None:
    (folder / "in.txt").write_bytes(LINES)
    status, err = run(folder, "--in", "in.txt", "--out", "/proc/out.csv")
    assert status == 2
    assert err.startswith("proxyaddr: /proc/out.csv: cannot be written: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "arrows", "jsonl"])
def test_a_reader_that_goes(kind: str, folder: Path) -> None:
    (folder / "in.txt").write_bytes(LINES * 10)
    process = start(folder, "--in", "in.txt", "--out", "-", "--out-format", kind)
    assert process.stdout is not None
    assert process.stdout.read(4)
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    stream(process).close()
    assert process.wait(PATIENCE) == 0  # as the other commands: `| head` is no failure
    assert err == b"proxyaddr: standard output was closed before the end\n"


def on_terminal(folder: Path, *arguments: str, text: bytes = b"") -> tuple[int, str]:
    """Run with standard error on a terminal; return the status and what it showed."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    process = start(folder, *arguments, stderr=theirs)
    assert process.stdin is not None
    process.stdin.write(text)  # less than a pipe holds
    process.stdin.close()
    process.stdin = None  # or communicate() would flush it
    os.close(theirs)
    shown = b""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if ready:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    process.communicate(timeout=PATIENCE)
    return process.returncode, shown.decode()


def test_progress_is_shown_on_a_terminal_only(folder: Path) -> None:
    (folder / "in.txt").write_bytes(LINES * 5)
    line = ("--in", "in.txt", "--out", "out.parquet")
    status, shown = on_terminal(folder, *line)
    assert status == 1
    assert "100%" in shown
    assert "200,000 rows, " in shown
    assert "rows/s" in shown
    assert "200,000 rows\r\n" in shown  # the summary stands after the bar
    status, err = run(folder, *line)
    assert (status, err.splitlines()[0], "rows/s" in err) == (1, "200,000 rows", False)


def test_progress_of_an_input_without_an_end_in_sight(folder: Path) -> None:
    status, shown = on_terminal(folder, "--in", "-", "--out", "out.parquet", text=LINES[: len(LINES) // 40])
    assert (status, "\r\n1,000 rows\r\n" in shown, "1,000 rows, " in shown) == (1, True, True)
    assert ("B/s" in shown, "%" in shown) == (True, False)  # a bar without a total
