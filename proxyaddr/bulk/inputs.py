"""The inputs of a run: files, patterns of names, folders and standard input, and opening them."""

from __future__ import annotations

import errno
import glob
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from proxyaddr.bulk.formats import Format, format_of, is_named, named_compression
from proxyaddr.errors import ConfigurationError

__all__ = ["STANDARD_STREAM", "Input", "find_inputs"]

STANDARD_STREAM = "-"
"""The name of standard input and standard output."""

_NOTHING = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
"""Errors by which the system says that there is nothing of a name."""

_NOTHING_ON_WINDOWS = (21, 123, 1921)
"""The same of Windows: a device that is not ready, a name such as `*`, a link that leads nowhere."""


class Input(NamedTuple):
    """One file, or standard input where `path` is None."""

    path: Path | None
    format: Format
    compression: str | None
    size: int | None

    @property
    def name(self) -> str:
        """What messages call it."""
        return "standard input" if self.path is None else str(self.path)

    def open(self) -> BinaryIO:
        """Return the raw octets, compressed as they are; whatever comes out can be closed."""
        if self.path is None:
            return open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
        return self.path.open("rb", buffering=0)

    def uncompressed(self, raw: BinaryIO) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return a stream that unpacks the raw octets; the raw ones where nothing is packed."""
        if self.compression is None:
            return raw
        import pyarrow as pa  # noqa: PLC0415 - only for packed inputs

        return pa.CompressedInputStream(pa.PythonFile(raw, "r"), self.compression)

    def open_seekable(self) -> BinaryIO:
        """Return the unpacked octets of a stream or a packed file, copied to a temporary file without a name."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self.open() as raw:
            shutil.copyfileobj(self.uncompressed(raw), copy)
        copy.seek(0)
        return copy


def find_inputs(names: Iterable[str], given: Format | None = None) -> list[Input]:
    """Return the inputs that names stand for, in the order of the names, a pattern's and a folder's sorted.

    A folder stands for all files below it whose names end in a known format and start neither with `.` nor `_`.
    `given` overrides what the names end in. ConfigurationError for a name that stands for nothing.
    """
    found: list[Input] = []
    for name in names:
        if name == STANDARD_STREAM:
            found.append(Input(None, given or Format.TEXT, None, None))
            continue
        paths = _paths(name)
        if not paths:
            raise ConfigurationError("no-input", "no such file, or nothing in it that can be read", source=name)
        for path in paths:
            size = None
            with suppress(OSError):
                size = path.stat().st_size
            found.append(Input(path, given or format_of(path), named_compression(path), size))
    return found


def _paths(name: str) -> list[Path]:
    path = Path(name)
    try:
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            return sorted(file for file in path.rglob("*") if _is_data(file, path))
        if mode or not glob.has_magic(name):
            return [path] if mode else []
        matches = glob.glob(name, recursive=True)  # noqa: PTH207 - a pattern may start at the root
        return sorted(path for path in map(Path, matches) if stat.S_ISREG(_mode(path)))
    except OSError as error:
        raise ConfigurationError("unreadable-file", f"cannot be read: {error}", source=name) from error


def _mode(path: Path) -> int:
    """Return what there is of a name, 0 for nothing; OSError where that can't be seen.

    Path.exists and its like swallow that error from Python 3.14 on: a file nobody may see would pass for none.
    """
    try:
        return path.stat().st_mode
    except ValueError:  # a name with a NUL
        return 0
    except OSError as error:
        if error.errno in _NOTHING or getattr(error, "winerror", None) in _NOTHING_ON_WINDOWS:
            return 0
        raise


def _is_data(file: Path, folder: Path) -> bool:
    """Return whether a file of a folder is an input: markers such as _SUCCESS and hidden files are none."""
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    return not hidden and is_named(file) and stat.S_ISREG(_mode(file))
