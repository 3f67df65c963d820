"""The files of a run: their formats by the endings of their names, finding the inputs, and opening them."""

from __future__ import annotations

import errno
import glob
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any, BinaryIO, NamedTuple

from proxyaddr._files.objects import Form, form_of, is_refused, key_of, unknown_form
from proxyaddr._files.text import before_header, decoded, delimiter_of
from proxyaddr.directory.records import ADDRESS_FIELDS, FIELDS
from proxyaddr.errors import ConfigurationError

__all__ = [
    "ENDINGS",
    "OUTPUT_FORMATS",
    "STANDARD_STREAM",
    "Format",
    "Input",
    "find_inputs",
    "format_of",
    "named_compression",
]

STANDARD_STREAM = "-"
"""The name of standard input and standard output."""

_NOTHING = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
"""Errors of the operating system for a name that stands for no file."""

_NOTHING_ON_WINDOWS = (21, 123, 1921)
"""The same on Windows: a device that is not ready, a name such as `*`, a link to nothing."""


class Format(StrEnum):
    """The format of a file of rows; `list` is the text of Format-List."""

    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    ARROW = "arrow"
    ARROW_STREAM = "arrows"
    JSON_LINES = "jsonl"
    TEXT = "text"
    LDIF = "ldif"
    CLIXML = "clixml"
    LIST = "list"


ENDINGS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".arrow": Format.ARROW,
    ".feather": Format.ARROW,
    ".ipc": Format.ARROW,
    ".arrows": Format.ARROW_STREAM,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON_LINES,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".ldif": Format.LDIF,
    ".ldf": Format.LDIF,
    ".xml": Format.CLIXML,
    ".clixml": Format.CLIXML,
}

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
"""The ending after that of the format, and the name by which pyarrow knows the codec."""

_ONLY_READ = {Format.TEXT, Format.LDIF, Format.CLIXML, Format.LIST}

OUTPUT_FORMATS = tuple(name for name in Format if name not in _ONLY_READ)
"""All but text, which holds one column where an output has several, and the forms of objects."""

KNOWN_BY_CONTENT = {Form.JSON: Format.JSON_LINES, Form.LDIF: Format.LDIF, Form.CLIXML: Format.CLIXML}
KNOWN_BY_CONTENT[Form.FORMAT_LIST] = Format.LIST
"""The format of a text whose content shows a form of objects, whatever its name says."""

_TEXTUAL = {Format.CSV, Format.TSV, Format.TEXT, Format.JSON_LINES, *KNOWN_BY_CONTENT.values()}
_HEAD = 1 << 16


def named_compression(path: PurePath) -> str | None:
    """Return the codec that the last ending of a name stands for, None for no codec."""
    return COMPRESSIONS.get(path.suffix.lower())


def _has_known_ending(path: PurePath) -> bool:
    """Return whether the name has the ending of a known format."""
    return _ending(path) in ENDINGS


def format_of(path: PurePath, *, output: bool = False) -> Format:
    """Return the format by the ending of a name; ConfigurationError for an unknown ending.

    For an output, the endings of formats that are only read are unknown too.
    """
    known = {ending: name for ending, name in ENDINGS.items() if not output or name in OUTPUT_FORMATS}
    found = known.get(_ending(path))
    if found is None:
        message = (
            f"the name ends in no format that can be {'written' if output else 'read'}: expected "
            f"{', '.join(known)}, then {' or '.join(COMPRESSIONS)} or nothing"
        )
        raise ConfigurationError("unknown-format", message, source=str(path))
    return found


def _ending(path: PurePath) -> str:
    stem = path.with_suffix("") if named_compression(path) else path
    return stem.suffix.lower()


class Input(NamedTuple):
    """One file, or standard input where `path` is None; `size` in bytes, None where it is not known."""

    path: Path | None
    format: Format
    compression: str | None
    size: int | None

    @property
    def name(self) -> str:
        """The name for messages."""
        return "standard input" if self.path is None else str(self.path)

    def open(self) -> BinaryIO:
        """Return the bytes as they are stored; closing them leaves standard input open."""
        if self.path is None:
            return open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
        return self.path.open("rb", buffering=0)

    def uncompressed(self, raw: BinaryIO) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return the stream of the decompressed bytes; `raw` itself where nothing is compressed."""
        if self.compression is None:
            return raw
        import pyarrow as pa  # noqa: PLC0415 - `--help` and the checks of the options do without it

        return pa.CompressedInputStream(raw, self.compression)

    def open_seekable(self) -> BinaryIO:
        """Return the decompressed bytes of a stream or a compressed file, copied to an unnamed temporary file."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self.open() as raw:
            shutil.copyfileobj(self.uncompressed(raw), copy)
        copy.seek(0)
        return copy


def find_inputs(names: Iterable[str], given: Format | None = None) -> list[Input]:
    """Return the inputs of the names, patterns and folders that the user gave, in that order.

    The files of a pattern and of a folder are sorted. A folder stands for all files below it whose endings are known
    and whose paths in it have no part that starts with `.` or `_`. `given` is the format, whatever the endings say.
    ConfigurationError for a name without any file.
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
            codec = named_compression(path)
            found.append(Input(path, given or _by_content(path, codec) or format_of(path), codec, size))
    return found


def _by_content(path: Path, codec: str | None) -> Format | None:
    """Return the format that the content of a text shows, whatever its name says; None where the name decides."""
    if codec is not None or (_has_known_ending(path) and format_of(path) not in _TEXTUAL):
        return None
    text = ""
    with suppress(OSError), path.open("rb") as file:
        text = decoded(file.read(_HEAD))
    form = form_of(text)
    if form is None and is_refused(text):
        raise unknown_form(text, str(path))
    if form is Form.CSV and not (_has_known_ending(path) and format_of(path) is not Format.TEXT):
        return Format.CSV if _has_header(text) else None
    return None if form is None else KNOWN_BY_CONTENT.get(form)


def _has_header(text: str) -> bool:
    """Return whether a text begins with a header that names addresses, whatever the name of its file."""
    start, _ = before_header(text)
    header = text[start:].partition("\n")[0]
    if "@" in header:
        return False
    names = [name.strip().strip('"') for name in header.split(delimiter_of(header))]
    return len(names) > 1 and any(FIELDS.get(key_of(name)) in ADDRESS_FIELDS for name in names)


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
        raise ConfigurationError("unreadable-file", f"cannot be read: {error.strerror or error}", source=name) from None


def _mode(path: Path) -> int:
    """Return the mode of a file, 0 where there is none; OSError where the system does not let us look.

    Path.exists and the like return False for that error from Python 3.14 on, as if there were no file.
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
    """Return whether a file of a folder is an input; hidden files and markers such as _SUCCESS are not."""
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    return not hidden and _has_known_ending(file) and stat.S_ISREG(_mode(file))
