"""Replaces an output as a whole or not at all: writes a temporary file beside it, flushes it to the disk, renames it.

By hand, because atomicwrites, which is no longer maintained, keeps neither the permissions of the target nor its link,
and leaves the temporary file of a process that was killed: here the next run removes it.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proxyaddr.bulk.errors import unwritable
from proxyaddr.errors import ConfigurationError

try:
    import fcntl
except ImportError:  # Windows: the temporary file of a killed run is not removed there
    fcntl = None  # type: ignore[assignment]

__all__ = ["atomic_path"]

_SUFFIX = ".part"
_RANDOM = re.compile("[a-z0-9_]{8}")
"""The part of a name that tempfile makes up between prefix and suffix."""


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield the path to write to; at the end it replaces the target, and after an error it is removed.

    A device or a pipe is itself the path. Temporary files that killed runs left beside the target are removed; those of
    running ones are not. ConfigurationError where the target is a folder or can't be written.
    """
    target = Path(os.path.realpath(target))  # a link stays a link
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        if target.is_dir():
            raise ConfigurationError("unwritable-file", "is a folder", source=str(target))
        yield target
        return
    try:
        temporary, lock = _temporary(target)
    except OSError as error:
        raise unwritable(str(target), error) from None
    try:
        yield temporary
        try:
            _flush(temporary, os.O_RDWR)
            temporary.replace(target)
            if os.name != "nt":  # Windows opens no folders
                _flush(target.parent, os.O_RDONLY)
        except OSError as error:
            raise unwritable(str(target), error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _temporary(target: Path) -> tuple[Path, int | None]:
    """Make an empty file beside the target, with its permissions; return its path and the descriptor that locks it."""
    prefix = f".{target.name}."
    _remove_leftovers(target.parent, prefix)
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


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove the temporary files of one target that no running process has locked."""
    for left in folder.glob("*"):
        middle = left.name.removeprefix(prefix).removesuffix(_SUFFIX)
        if fcntl is None or f"{prefix}{middle}{_SUFFIX}" != left.name or not _RANDOM.fullmatch(middle):
            continue
        with suppress(OSError):
            if not stat.S_ISREG(left.lstat().st_mode):
                continue  # a pipe would never open
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError where a run holds the lock
            left.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(path: Path, flags: int) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
