"""Times `proxyaddr parse` over JSON lines with three bad lines beside the same lines without them, in turn."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path

from benchmarks._run import Contest, compare

LINES = 75_000
"""Lines of about 8 MB."""

GOAL = 1.5

BAD_LINE = '{"email": \n'


class _WithoutPandas(MetaPathFinder):
    """Hides pandas: pyarrow tries to import it for each array that it infers, which is slowest where it is missing."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main(*, short: bool) -> None:
    """Print the times and the ratio."""
    hidden = _WithoutPandas()
    sys.meta_path.insert(0, hidden)
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "good.jsonl", Path(folder) / "bad.jsonl"
        lines = [_line(number) for number in range(LINES)]
        good.write_text("".join(lines), "utf-8")
        for sixth in (1, 3, 5):
            lines[LINES * sixth // 6] += BAD_LINE
        bad.write_text("".join(lines), "utf-8")
        parse: Callable[[Path], object] = partial(_parse, out=Path(folder) / "out.parquet")
        contest = Contest("3 bad lines", lambda: parse(bad), "no bad line", lambda: parse(good), goal=GOAL)
        title = f"JSON lines to Parquet, {LINES:,} lines ({good.stat().st_size / 1e6:.0f} MB), pandas not installed"
        compare(title, "ms", [contest], rounds=3 if short else 9)
    sys.meta_path.remove(hidden)


def _line(number: int) -> str:
    record = {
        "id": number,
        "email": f"user{number * 7919 % 100_003}@contoso{number % 50}.example",
        "display_name": f"User {number:06}",
        "department": f"Department {number % 50}",
    }
    return json.dumps(record) + "\n"


def _parse(source: Path, out: Path) -> None:
    from proxyaddr.cli.main import main as run  # noqa: PLC0415 - after pandas is hidden

    with contextlib.redirect_stderr(io.StringIO()):
        run(["parse", "--in", str(source), "--column", "email", "--out", str(out)])
