"""Tells whether two names are those of one file."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["file_key"]


def file_key(path: Path | None) -> tuple[int, int] | str:
    """Return a key that all names of one file share; None stands for standard input."""
    real = 0 if path is None else os.path.realpath(path)  # as what replaces a file, which ignores a folder before `..`
    try:
        found = os.stat(real)  # noqa: PTH116 - Path takes no file descriptor
    except OSError:
        return str(real)
    return found.st_dev, found.st_ino
