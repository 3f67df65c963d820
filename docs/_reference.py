"""Writes the pages of the reference that are made from the package: rules, codes, help of the command, public names."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import proxyaddr
from proxyaddr.cli.main import COMMANDS
from proxyaddr.errors import WARNINGS
from proxyaddr.rulebook import AUDIT, CODE, DELIVERY, HEADINGS, ROUTING, Entry, entries, find, routing_order

MODULES = (
    *("columns", "matcher", "mixer", "mta", "x400"),
    *("adapters.polars", "adapters.duckdb", "adapters.spark"),
)
"""The public modules beside the package itself."""

FOLDERS = {DELIVERY: "delivery", ROUTING: "routing", AUDIT: "audits", CODE: "codes"}
INDEXES = {"rules": (DELIVERY, ROUTING, AUDIT), "codes": (CODE,)}
TITLES = {"rules": "Rules", "codes": "Codes of errors and findings"}
INTRODUCTIONS = {
    "rules": """
Every rule with the article or document that states it. The command `proxyaddr rules NAME` prints the same. Rules of
delivery apply in the order of the table, and findings of audits are told in it.
""".strip(),
    "codes": """
Codes are stable: a program may depend on them, while messages may change. An *error* is raised, or listed in `.errors`
of a list or a file; a *finding* is something that parses but breaks a rule. The command prints the code behind the
message, and `proxyaddr rules CODE` prints what is said here.
""".strip(),
}


def write(folder: Path) -> None:
    """Write all generated pages below a folder."""
    for kind in FOLDERS.values():
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for entry in entries():
        _put(folder / FOLDERS[entry.kind] / f"{entry.slug}.md", _page(entry))
    for name, kinds in INDEXES.items():
        _put(folder / f"{name}.md", _index(name, kinds))
    _put(folder / "command.md", _commands())
    _put(folder / "api.md", _api())


def _put(path: Path, text: str) -> None:
    """Write a page, but leave one alone that says the same: Sphinx reads again what is newer."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _page(entry: Entry) -> str:
    parts = [f"# {entry.name}", f"*{HEADINGS[entry.kind]}*", entry.meaning]
    if entry.source:
        parts.append(f"Source: {entry.source}")
    if entry.remedy:
        parts += ["## What mends it", entry.remedy]
    if entry.example:
        language = "sh" if entry.example.startswith("$ ") else "python"
        parts += ["## Example", f"```{language}\n{entry.example.strip().removeprefix('$ ')}\n```"]
    return "\n\n".join(parts) + "\n"


def _index(name: str, kinds: tuple[str, ...]) -> str:
    chosen = [entry for entry in entries() if entry.kind in kinds]
    parts = [f"# {TITLES[name]}", INTRODUCTIONS[name]]
    for kind, members in groupby(chosen, lambda entry: entry.kind):
        rows = [
            f"| [{entry.name}]({FOLDERS[kind]}/{entry.slug}.md) | {_cell(entry.meaning)} | {_cell(entry.source)} |"
            for entry in members
        ]
        heading = [f"## {HEADINGS[kind]}"] if len(kinds) > 1 else []
        order = [f"Order in `{name}`: {', '.join(names)}." for name, names in routing_order().items()]
        parts += [*heading, *(order if kind == ROUTING else [])]
        parts.append("\n".join(["| name | meaning | source |", "|---|---|---|", *rows]))
    names = "\n".join(f"{FOLDERS[entry.kind]}/{entry.slug}" for entry in chosen)
    return "\n\n".join([*parts, f"```{{toctree}}\n:hidden:\n\n{names}\n```"]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _commands() -> str:
    parts = [
        "# The command",
        "Each subcommand takes arguments, or lines on standard input; `--json` prints one object a line "
        "([](json.md)).\n\n"
        "| exit status | meaning |\n|---|---|\n| 0 | all is well |\n"
        "| 1 | something is undeliverable, has no route, or breaks a rule |\n"
        "| 2 | bad input, configuration or usage |\n| 129, 130, 143 | interrupted by SIGHUP, Ctrl-C or SIGTERM |\n\n"
        "The highest of all inputs wins. Findings of these codes are warnings and leave it as it is: "
        f"{', '.join(f'[{code}](codes/{code}.md)' for code in sorted(WARNINGS) if find(code))}.",
    ]
    for name in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "proxyaddr", name, "--help"],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHON_COLORS": "0"},
            check=True,
        )
        parts.append(
            f"## {name}\n\n{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}.\n\n```text\n{done.stdout.rstrip()}\n```"
        )
    return "\n\n".join(parts) + "\n"


def _api() -> str:
    """Return a page of all public names: functions, then classes, then modules."""
    functions = [name for name in proxyaddr.__all__ if name[0].islower()]
    classes = [name for name in proxyaddr.__all__ if name[0].isupper()]
    lines = ["# Python API", "```{eval-rst}", ".. currentmodule:: proxyaddr", "```", "## Functions"]
    lines += [_directive("autofunction", f"proxyaddr.{name}") for name in sorted(functions)]
    lines.append("## Classes")
    lines += [_directive("autoclass", f"proxyaddr.{name}") for name in sorted(classes)]
    lines.append("## Modules")
    for module in MODULES:
        lines += [f"### proxyaddr.{module}", _directive("automodule", f"proxyaddr.{module}", module=True)]
    return "\n\n".join(lines) + "\n"


def _directive(kind: str, name: str, *, module: bool = False) -> str:
    options = "\n   :noindex:" if module else ""
    return f"```{{eval-rst}}\n.. {kind}:: {name}{options}\n```"
