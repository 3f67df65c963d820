"""Puts an output in place whole or not at all: written beside the target, flushed to the disk, then renamed."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proxyaddr.bulk.foreign_errors import unwritable
from proxyaddr.errors import ConfigurationError

try:
    import fcntl
except ImportError:  # Windows: what a killed run left is then not removed
    fcntl = None  # type: ignore[assignment]

__all__ = ["placed"]

_SUFFIX = ".part"
_MADE = re.compile("[a-z0-9_]{8}")
"""What tempfile puts between a prefix and a suffix."""


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Give the path to write to; it takes the place of the target at the end, and is removed where the block fails.

    A device or a pipe is written to itself. What a killed run left beside the same target is removed, and what a
    running one is writing is not.
    """
    target = Path(os.path.realpath(target))  # a link keeps leading to it
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        if target.is_dir():
            raise ConfigurationError("unwritable-file", "is a folder", source=str(target))
        yield target
        return
    try:
        beside, lock = _beside(target)
    except OSError as error:
        raise unwritable(str(target), error) from error
    try:
        yield beside
        try:
            _flush(beside, os.O_RDWR)
            beside.replace(target)
            if os.name != "nt":  # it opens no folders
                _flush(target.parent, os.O_RDONLY)
        except OSError as error:
            raise unwritable(str(target), error) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _beside(target: Path) -> tuple[Path, int | None]:
    """Make an empty file beside the target, as readable as the target was, and lock it as being written."""
    prefix = f".{target.name}."
    _remove_left(target.parent, prefix)
    lock: int | None
    lock, name = tempfile.mkstemp(_SUFFIX, prefix, target.parent)
    if fcntl is None:
        os.close(lock)  # Windows moves no file that is open
        lock = None
    else:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.chmod(name, stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())  # noqa: PTH101
    return Path(name), lock


def _remove_left(folder: Path, prefix: str) -> None:
    for left in folder.glob("*"):
        middle = left.name.removeprefix(prefix).removesuffix(_SUFFIX)
        if fcntl is None or f"{prefix}{middle}{_SUFFIX}" != left.name or not _MADE.fullmatch(middle):
            continue
        with suppress(OSError):
            if not stat.S_ISREG(left.lstat().st_mode):
                continue  # a pipe would never open
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where a run holds it
            left.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(path: Path, flags: int) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
