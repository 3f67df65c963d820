"""Measures how long a whole process takes that imports the package or runs one command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks._run import ROOT, Contest, compare

IMPORT_GOAL = 2.0
RESOLVE_GOAL = 1.8
_INSTALLED = Path(sys.executable).with_name("proxyaddr")
COMMAND = (str(_INSTALLED),) if _INSTALLED.exists() else ("-m", "proxyaddr")
"""The installed command, as users start it, or the module if no command is installed."""

VALIDATE_ONE = "from email_validator import validate_email as v; v('user@contoso.com', check_deliverability=False)"


def main(*, short: bool) -> None:
    """Print times per process."""
    contests = (
        Contest(
            "import proxyaddr", _process("-c", "import proxyaddr"), "pass", _process("-c", "pass"), goal=IMPORT_GOAL
        ),
        Contest(
            "proxyaddr resolve [SMTP:user@contoso.com]",
            _process(*COMMAND, "resolve", "[SMTP:user@contoso.com]"),
            "email-validator, one address",
            _process("-c", VALIDATE_ONE),
            goal=RESOLVE_GOAL,
        ),
    )
    compare("whole processes", "ms", contests, rounds=5 if short else 31)


def _process(*arguments: str) -> Callable[[], object]:
    """Return a call that runs a process; modules are kept compiled, as in an installation."""
    program = (sys.executable,) if arguments[0].startswith("-") else ()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> object:
        return subprocess.run((*program, *arguments), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)

    return run
