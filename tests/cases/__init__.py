"""Loads the cases: each line of a `.jsonl` file in this folder is one, with the source of what it states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "Case", "cases", "texts"]

FOLDER = Path(__file__).parent

_SHOWN = ("call", "source", "text", "space", "encoded", "line", "recipient", "given")
"""The fields by which a reader knows a case."""


class Case(dict[str, Any]):
    """The fields of one case. As text it names its file, its line and what it is about: `ids=str` in a test."""

    def __init__(self, name: str, line: int, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self._place = f"{name}.jsonl:{line}"

    def __str__(self) -> str:
        words = " ".join(str(self[field]) for field in _SHOWN if field in self)
        return f"{self._place} {words[:60]}"


def cases(name: str) -> list[Case]:
    """Return the cases of `NAME.jsonl`, in the order of the file."""
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [Case(name, number, json.loads(line)) for number, line in enumerate(lines, 1)]


def texts() -> list[str]:
    """Return every text that a field of a case holds, alone or in a list, once each."""
    found: dict[str, None] = {}
    for file in sorted(FOLDER.glob("*.jsonl")):
        for case in cases(file.stem):
            for value in case.values():
                held = value if isinstance(value, list) else [value]
                found.update(dict.fromkeys(text for text in held if isinstance(text, str)))
    return list(found)
