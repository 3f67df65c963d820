"""Files that tests write for the package to read."""

from __future__ import annotations

from pathlib import Path

__all__ = ["TOO_LONG", "written"]

TOO_LONG = "x" * 200_000
"""More than the csv module takes in one field."""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file, text as UTF-8, and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
