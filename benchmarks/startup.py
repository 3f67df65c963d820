"""Times whole processes: importing the package, and resolving one address."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from importlib.metadata import version

BARE = ("-c", "pass")
IMPORT = ("-c", "import proxyaddr")
VALIDATE = (
    "-c",
    "import email_validator as e; e.validate_email('user@contoso.com', check_deliverability=False)",
)
RESOLVE = ("-m", "proxyaddr", "resolve", "[SMTP:user@contoso.com]")

QUESTIONS = (
    ("import proxyaddr / bare interpreter", IMPORT, BARE, 2.5),
    ("resolve one address / email-validator validates one", RESOLVE, VALIDATE, 3.0),
)


def main(*, short: bool = False) -> None:
    """Print the median ratio of each pair, run in turn, and its goal."""
    print(f"\nWhole processes, Python {sys.version.split()[0]}, email-validator {version('email-validator')}")
    for name, ours, theirs, goal in QUESTIONS:
        pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(7 if short else 25)][1:]
        ratio = statistics.median(a / b for a, b in pairs)
        mine, other = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        print(f"  {name:54} {ratio:5.2f}  (goal at most {goal}; {mine:.0f} ms against {other:.0f} ms)")


def _seconds(arguments: tuple[str, ...]) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin
